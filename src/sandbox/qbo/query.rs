//! The query language: what is asked, which rows answer, in which order, from where to where.
//!
//! `SELECT * | count(*) FROM Entity [WHERE p op v AND ..] [ORDERBY p [ASC|DESC], ..] [STARTPOSITION n] [MAXRESULTS m]`; the
//! last two in either order. Refused: OR, joins, single columns, a field that cannot be asked for (4001), a start of nought,
//! more than a thousand rows. An empty answer is `{}`. What is at rest is hidden until `Active` is asked about.

mod fields;
mod parse;
mod words;

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::books::{Company, Row};
use super::fault::Refusal;
use super::kinds::{Family, Kind};
use super::switches::Switches;
use super::view;
use fields::{Test, Worth};
use parse::{Query, Select};
use words::invalid;

/// The most rows of an answer.
const MOST: u64 = 1000;

/// Answers a statement: what stands below `QueryResponse`.
pub(super) fn answer(
    co: &Company,
    sw: &Switches,
    now: DateTime<Utc>,
    statement: &str,
) -> Result<Value, Refusal> {
    let query = parse::read(statement, sw.is("query_non_latin1", "refuse"))?;
    if query.entity.eq_ignore_ascii_case("CompanyCurrency") {
        return Ok(currencies(co));
    }
    let kind = Kind::from_word(&query.entity)
        .filter(|k| *k != Kind::Attachable)
        .ok_or_else(|| {
            invalid(format_args!(
                "invalid context declaration: {}",
                query.entity
            ))
        })?;
    let start = query.start.unwrap_or(1);
    let most = query
        .most
        .unwrap_or_else(|| sw.level("page_default").min(MOST));
    if start < 1 {
        return Err(invalid("value 0 is too small. Min allowed value is 1").into());
    }
    if most > MOST {
        return Err(invalid(format_args!(
            "value {most} is too large. Max allowed value is {MOST}"
        ))
        .into());
    }
    let tests = fields::tests(kind, &query, sw.is("query_case", "kept"))?;
    let rows = rows(co, sw, now, kind, &tests);
    if query.select == Select::Count {
        return Ok(json!({"totalCount": rows.len()}));
    }
    let rows = ordered(co, kind, rows, &query)?;
    let from = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let shown: Vec<&Row> = rows
        .into_iter()
        .skip(from)
        .take(usize::try_from(most).unwrap_or(0))
        .collect();
    Ok(page(co, kind, &shown, start))
}

/// The currencies that a company has added beside its own: rows of no kind, which nobody can write here.
fn currencies(co: &Company) -> Value {
    let added = co.currencies.iter().filter(|(code, _)| **code != co.home);
    let shown: Vec<Value> = (added.enumerate())
        .map(|(n, (code, c))| json!({"Id": (n + 1).to_string(), "Code": code, "Name": c.name, "Active": true}))
        .collect();
    match shown.is_empty() {
        true => json!({}),
        false => json!({"maxResults": shown.len(), "startPosition": 1, "CompanyCurrency": shown}),
    }
}

/// One page of rows, or nothing at all.
pub(super) fn page(co: &Company, kind: Kind, rows: &[&Row], start: u64) -> Value {
    let mut out = Map::new();
    if rows.is_empty() {
        return Value::Object(out);
    }
    let owed = match kind.family() {
        Family::Party => view::balances(co),
        _ => view::Balances::default(),
    };
    let shown = rows.iter().map(|row| view::show(co, row, &owed));
    out.insert(kind.word().into(), Value::Array(shown.collect()));
    out.insert("startPosition".into(), json!(start));
    out.insert("maxResults".into(), json!(rows.len()));
    Value::Object(out)
}

fn rows<'a>(
    co: &'a Company,
    sw: &Switches,
    now: DateTime<Utc>,
    kind: Kind,
    tests: &[Test],
) -> Vec<&'a Row> {
    let asks = tests.iter().any(|t| t.field == "Active");
    let behind = now - sw.seconds("list_lag_seconds");
    let owed = match tests.iter().any(|t| t.field.starts_with("Balance"))
        && kind.family() == Family::Party
    {
        true => view::balances(co),
        false => view::Balances::default(),
    };
    let seen = co.all(kind).map(|row| row.as_listed(behind));
    seen.filter(|row| !kind.can_rest() || asks || row.active())
        .filter(|row| tests.iter().all(|t| t.holds(co, row, &owed)))
        .collect()
}

/// By the statement's own order; else lists by name, transactions by their last change, the newest first.
fn ordered<'a>(
    co: &Company,
    kind: Kind,
    mut rows: Vec<&'a Row>,
    query: &Query,
) -> Result<Vec<&'a Row>, Refusal> {
    let mut by = Vec::new();
    for (field, descending) in &query.order {
        by.push((fields::field(kind, field)?, *descending));
    }
    let owed = view::Balances::default();
    rows.sort_by(|a, b| {
        let told = by.iter().map(|(field, descending)| {
            let (left, right) = (
                Worth::of(co, a, field, &owed),
                Worth::of(co, b, field, &owed),
            );
            let found = left.cmp(&right);
            if *descending { found.reverse() } else { found }
        });
        let told = told.fold(Ordering::Equal, Ordering::then);
        told.then_with(|| usual(kind, a, b))
    });
    Ok(rows)
}

fn usual(kind: Kind, a: &Row, b: &Row) -> Ordering {
    if kind.is_transaction() {
        return b.updated.cmp(&a.updated).then(b.key.cmp(&a.key));
    }
    let name = |row: &Row| match row.text("FullyQualifiedName") {
        full if full.is_empty() => view::name_of(row),
        full => full,
    };
    name(a).cmp(&name(b)).then(a.key.cmp(&b.key))
}
