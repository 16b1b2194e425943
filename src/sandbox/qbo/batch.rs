//! Batches: up to thirty operations in one call, one after the other, each for itself.
//!
//! The answer is 200 in any case; an item that is refused has its fault in its place. No item sees what an earlier one made.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::books::{Company, Key};
use super::fault::{Fault, Refusal};
use super::perform;
use super::query;
use super::requestid::{self, Answers, Said};
use super::values::{self, Fields};
use super::work::{Cx, Event, What};

/// The items of a body.
pub(super) fn items(body: &Fields) -> &[Value] {
    values::list(body, "BatchItemRequest")
}

/// How many items ask for data.
pub(super) fn queries(body: &Fields) -> u64 {
    let asks = |item: &&Value| item.get("Query").is_some();
    items(body).iter().filter(asks).count() as u64
}

/// What a batch needs beside its body.
pub(super) struct Desk<'a> {
    pub(super) answers: &'a mut Answers,
    pub(super) events: &'a mut Vec<Event>,
    pub(super) requestid: Option<String>,
}

/// Answers what stands below `BatchItemResponse`.
pub(super) fn answer(
    co: &mut Company,
    cx: &Cx<'_>,
    body: &Fields,
    desk: &mut Desk<'_>,
) -> Result<Value, Refusal> {
    let items = items(body);
    if items.is_empty() {
        return Err(Fault::new("400", "Batch Request is Empty").into());
    }
    let most = cx.sw.level("batch_items");
    if items.len() as u64 > most {
        return Err(Fault::new("1040", format!("batch limit is {most}")).into());
    }
    if let Some(fault) = desk
        .requestid
        .as_deref()
        .and_then(|id| requestid::too_long(id, true))
    {
        return Err(fault.into());
    }
    let mut fresh: BTreeSet<Key> = BTreeSet::new();
    let mut out = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let empty = Fields::new();
        let item = item.as_object().unwrap_or(&empty);
        let said = once(co, cx, (place, item), &mut fresh, desk);
        let mut answer = match said {
            Ok(Value::Object(map)) => map,
            Ok(_) => Map::new(),
            Err(refusal) => {
                let mut map = Map::new();
                map.insert("Fault".into(), refusal.body(cx.sw.is("texts", "french")));
                map
            }
        };
        if let Some(id) = values::raw(item, "bId") {
            answer.insert("bId".into(), id.clone());
        }
        out.push(Value::Object(answer));
    }
    Ok(Value::Array(out))
}

/// One item; what its `requestid` was answered with before is answered again.
fn once(
    co: &mut Company,
    cx: &Cx<'_>,
    (place, item): (usize, &Fields),
    fresh: &mut BTreeSet<Key>,
    desk: &mut Desk<'_>,
) -> Said {
    let (Some(batch), None) = (desk.requestid.clone(), item.get("Query")) else {
        return one(co, cx, item, fresh, desk.events);
    };
    let own = values::text(item, "bId").unwrap_or_else(|| format!("#{place}"));
    if let Some(fault) = requestid::item_too_long(&own) {
        return Err(fault.into());
    }
    let id = format!("{batch}|{own}");
    let request =
        requestid::fingerprint(&[b"batch", Value::Object(item.clone()).to_string().as_bytes()]);
    let realm = co.realm.clone();
    if let Some(said) = desk.answers.look(&realm, &id, request, cx.sw, cx.now) {
        return said;
    }
    let said = one(co, cx, item, fresh, desk.events);
    desk.answers
        .keep(&realm, &id, request, &said, cx.sw, cx.now);
    said
}

fn one(
    co: &mut Company,
    cx: &Cx<'_>,
    item: &Fields,
    fresh: &mut BTreeSet<Key>,
    events: &mut Vec<Event>,
) -> Said {
    if let Some(statement) = values::text(item, "Query") {
        let rows = query::answer(co, cx.sw, cx.now, &statement)?;
        return Ok(json!({"QueryResponse": rows}));
    }
    let operation = values::text(item, "operation").ok_or_else(|| Fault::missing("operation"))?;
    let (kind, body) = perform::entity(item).ok_or_else(|| {
        Fault::new(
            "2010",
            "Property Name:BatchItemRequest has no entity specified is unsupported or invalid",
        )
    })?;
    let seen = fresh.clone();
    let inner = Cx {
        sw: cx.sw,
        now: cx.now,
        fresh: &seen,
        person: cx.person,
        include: perform::words(values::text(item, "optionsData").as_deref()),
    };
    let done = perform::perform(co, &inner, kind, &operation, body)?;
    if done
        .events
        .iter()
        .any(|e| e.key == done.key && e.what == What::Created)
    {
        fresh.insert(done.key);
    }
    events.extend(done.events.iter().cloned());
    Ok(perform::told(co, &done))
}
