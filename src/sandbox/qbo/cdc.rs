//! The change feed: what changed since a time, the oldest change first, and what was deleted.
//!
//! Thirty days back, a thousand objects an answer, without a second page: who asked for too much sees the first of it.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value, json};

use super::books::{Company, Row};
use super::fault::{Fault, Refusal};
use super::kinds::{Family, Kind};
use super::switches::Switches;
use super::values;
use super::view;

/// How far back changes are known.
const BACK: Duration = Duration::days(30);

/// Answers what stands below `CDCResponse`.
pub(super) fn answer(
    co: &Company,
    sw: &Switches,
    now: DateTime<Utc>,
    entities: Option<&str>,
    since: Option<&str>,
) -> Result<Value, Refusal> {
    let entities = entities
        .filter(|e| !e.trim().is_empty())
        .ok_or_else(|| Fault::missing("entities"))?;
    let since = since
        .filter(|s| !s.is_empty())
        .ok_or_else(|| Fault::missing("changedSince"))?;
    // A plus in a query is a blank by the time it is here.
    let since = values::parse_time(&since.replace(' ', "+"))
        .ok_or_else(|| Fault::property(format_args!("Invalid date {since} of changedSince\n")))?;
    let since = match since < now - BACK {
        true if sw.is("cdc_window", "refuse") => {
            return Err(Fault::new("5030", "changedSince can be 30 days back at most.").into());
        }
        true if sw.is("cdc_window", "clip") => now - BACK,
        _ => since,
    };
    let mut left = usize::try_from(sw.level("cdc_objects")).unwrap_or(usize::MAX);
    let mut lists = Vec::new();
    for word in entities.split(',').map(str::trim).filter(|w| !w.is_empty()) {
        let kind = Kind::from_word(word)
            .filter(|k| k.is_captured())
            .ok_or_else(|| {
                Fault::new(
                    "4001",
                    format!("QueryValidationError: invalid context declaration: {word}"),
                )
            })?;
        lists.push(changes(co, kind, since, &mut left));
    }
    Ok(json!([{"QueryResponse": lists}]))
}

enum Change<'a> {
    Row(&'a Row),
    Gone(u64, DateTime<Utc>),
}

fn changes(co: &Company, kind: Kind, since: DateTime<Utc>, left: &mut usize) -> Value {
    let rows = co.all(kind).filter(|r| r.updated >= since);
    let mut all: Vec<(DateTime<Utc>, Change<'_>)> =
        rows.map(|r| (r.updated, Change::Row(r))).collect();
    let gone = co
        .gone
        .iter()
        .filter(|((k, _), at)| *k == kind && **at >= since);
    all.extend(gone.map(|((_, id), at)| (*at, Change::Gone(*id, *at))));
    all.sort_by_key(|(at, _)| *at);
    all.truncate(*left);
    *left -= all.len();
    let mut out = Map::new();
    if all.is_empty() {
        return Value::Object(out);
    }
    let owed = match kind.family() {
        Family::Party => view::balances(co),
        _ => view::Balances::default(),
    };
    let shown = all.iter().map(|(_, change)| match change {
        Change::Row(row) => view::show(co, row, &owed),
        Change::Gone(id, at) => {
            let mut told = view::deleted((kind, *id));
            told["MetaData"] = json!({"LastUpdatedTime": values::stamp(*at)});
            told
        }
    });
    out.insert(kind.word().into(), Value::Array(shown.collect()));
    out.insert("startPosition".into(), json!(1));
    out.insert("maxResults".into(), json!(all.len()));
    Value::Object(out)
}
