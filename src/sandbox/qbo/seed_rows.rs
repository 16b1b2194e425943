//! Rows of a seed: as the API would write them, or exactly as they stand.
//!
//! An element with a `SyncToken` is put as it stands, sums and times and all, and nothing of it is checked; any other is written
//! as the API would write it, by a person: with its `Id` if it names one.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

use super::books::{Company, Key, Link, Part, Row, number};
use super::change;
use super::ends;
use super::fault::Refusal;
use super::kinds::{Family, Kind};
use super::perform;
use super::schema;
use super::switches::Switches;
use super::values::{self, Fields};
use super::work::{Cx, Event};

const NONE: &BTreeSet<Key> = &BTreeSet::new();

/// What a person works with.
pub(super) fn person(sw: &Switches, now: DateTime<Utc>) -> Cx<'_> {
    Cx {
        sw,
        now,
        fresh: NONE,
        person: true,
        include: vec!["allowduplicatedocnum".into()],
    }
}

fn sentence(kind: Kind, refusal: &Refusal) -> String {
    format!("{} is refused: {}", kind.word(), refusal.body(false))
}

/// Puts one element in; answers its id.
pub(super) fn put(co: &mut Company, cx: &Cx<'_>, kind: Kind, body: &Fields) -> Result<Key, String> {
    if body.contains_key("SyncToken") {
        return as_it_stands(co, cx, kind, body);
    }
    Refusal::of(schema::check(kind, body)).map_err(|r| sentence(kind, &r))?;
    let id = match values::text(body, "Id") {
        Some(text) => {
            number(kind, &text).ok_or_else(|| format!("`{text}` is no id of {}", kind.word()))?
        }
        None => co.coming(kind),
    };
    let done = change::create(co, cx, kind, body, Some(id)).map_err(|r| sentence(kind, &r))?;
    Ok(done.key)
}

/// The fields that a row keeps typed.
const TYPED: &[&str] = &[
    "Id",
    "SyncToken",
    "MetaData",
    "domain",
    "sparse",
    "status",
    "TotalAmt",
    "Balance",
    "BalanceWithJobs",
    "UnappliedAmt",
    "RemainingCredit",
    "HomeTotalAmt",
    "HomeBalance",
    "LinkedTxn",
];

fn as_it_stands(co: &mut Company, cx: &Cx<'_>, kind: Kind, body: &Fields) -> Result<Key, String> {
    let text = |name: &str| values::text(body, name).unwrap_or_default();
    let id = number(kind, &text("Id"))
        .ok_or_else(|| format!("{} has a SyncToken but no Id", kind.word()))?;
    let mut row = Row::new((kind, id), cx.now);
    row.token = text("SyncToken")
        .parse()
        .map_err(|_| format!("{} {id}: SyncToken is no number", kind.word()))?;
    if let Some(meta) = values::object(body, "MetaData") {
        let time = |name: &str| values::text(meta, name).and_then(|t| values::parse_time(&t));
        row.created = time("CreateTime").unwrap_or(cx.now);
        row.updated = time("LastUpdatedTime").unwrap_or(row.created);
    }
    let own = body
        .iter()
        .filter(|(k, v)| !TYPED.contains(&k.as_str()) && values::says(v));
    row.fields = own.map(|(k, v)| (k.clone(), v.clone())).collect();
    let sum = |name: &str| values::dec(body, name).unwrap_or_default();
    row.sums.total = sum("TotalAmt");
    row.sums.open = if kind == Kind::Payment {
        sum("UnappliedAmt")
    } else {
        sum("Balance")
    };
    row.sums.tax = values::object(body, "TxnTaxDetail")
        .and_then(|t| values::dec(t, "TotalTax"))
        .unwrap_or_default();
    row.links = values::list(body, "LinkedTxn")
        .iter()
        .filter_map(link)
        .collect();
    if kind.family() == Family::Payment {
        row.parts = values::list(body, "Line").iter().filter_map(part).collect();
    }
    let lines = values::list(body, "Line")
        .iter()
        .filter_map(|l| l.get("Id")?.as_str()?.parse().ok());
    row.last_line = lines.max().unwrap_or(0);
    row.void = row.sums.total.is_zero() && text("PrivateNote").starts_with("Voided");
    let key = row.key;
    co.put(row);
    Ok(key)
}

fn link(value: &Value) -> Option<Link> {
    let map = value.as_object()?;
    Some(Link {
        id: values::text(map, "TxnId")?,
        kind: values::text(map, "TxnType")?,
    })
}

fn part(line: &Value) -> Option<Part> {
    let map = line.as_object()?;
    let link = link(values::list(map, "LinkedTxn").first()?)?;
    let amount: Decimal = values::dec(map, "Amount")?;
    Some(Part {
        on: (Kind::from_word(&link.kind)?, link.id.parse().ok()?),
        amount,
    })
}

/// What a person does at the screen: `{"create" | "update" | "delete" | "void": {"Invoice": {..}}}`, `{"merge": {"Customer":
/// {"from", "into"}}}`, `{"deposit": {"Payment": {"Id"}}}`.
pub(super) fn act(co: &mut Company, cx: &Cx<'_>, deed: &Value) -> Result<Vec<Event>, String> {
    let shape = "a deed is {\"create\" | \"update\" | \"delete\" | \"void\" | \"merge\" | \"deposit\": {\"Invoice\": {..}}}";
    let map = deed.as_object().ok_or(shape)?;
    let (verb, what) = map.iter().next().ok_or(shape)?;
    let (kind, body) = what.as_object().and_then(perform::entity).ok_or(shape)?;
    let text = |name: &str| values::text(body, name).unwrap_or_default();
    match verb.as_str() {
        "merge" => {
            ends::merge(co, cx, kind, &text("from"), &text("into")).map_err(|r| sentence(kind, &r))
        }
        "deposit" => {
            let mut row = co
                .find(kind, &text("Id"))
                .cloned()
                .ok_or("what is to be deposited is not there")?;
            row.deposited = true;
            row.touch(cx.now);
            co.put(row);
            Ok(Vec::new())
        }
        "update" => {
            let mut sparse = body.clone();
            sparse.entry("sparse").or_insert(Value::Bool(true));
            let done =
                perform::perform(co, cx, kind, verb, &sparse).map_err(|r| sentence(kind, &r))?;
            Ok(done.events)
        }
        "create" | "delete" | "void" => {
            let done =
                perform::perform(co, cx, kind, verb, body).map_err(|r| sentence(kind, &r))?;
            Ok(done.events)
        }
        _ => Err(shape.into()),
    }
}
