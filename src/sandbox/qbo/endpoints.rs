//! The addresses below a company: read, write, query, batch, changes, files.
//!
//! Flows in: a call that passed the token and the limits. Flows out: the answer's body, without its time, or a refusal; and
//! what webhooks are to tell.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::batch;
use super::books::Company;
use super::cdc;
use super::change::{self, key_of};
use super::fault::{Fault, Refusal};
use super::files;
use super::kinds::{Family, Kind};
use super::limits::Costs;
use super::perform;
use super::query;
use super::requestid::{self, Answers, Said};
use super::switches::Switches;
use super::tax_service;
use super::values::{self, Fields};
use super::view;
use super::work::{Cx, Event, What};
use crate::sandbox::wire::{Call, Reply};

/// One call at one company.
pub(super) struct Desk<'a> {
    pub(super) co: &'a mut Company,
    pub(super) sw: &'a Switches,
    pub(super) now: DateTime<Utc>,
    pub(super) answers: &'a mut Answers,
    pub(super) events: &'a mut Vec<Event>,
}

/// What a call costs: reads are metered, each query of a batch is one.
pub(super) fn costs(call: &Call, path: &[&str]) -> Costs {
    let batch = path == ["batch"];
    let reads = match batch {
        true => body(call).map_or(0, |b| batch::queries(&b)),
        false => u64::from(call.method == Method::GET || path == ["query"]),
    };
    Costs { reads, batch }
}

/// Answers a call; `path` is what stands behind the realm.
pub(super) fn answer(desk: &mut Desk<'_>, call: &Call, path: &[&str]) -> Reply {
    if let (&Method::GET, [kind, id, "pdf"]) = (&call.method, path)
        && let Some(row) = Kind::from_path(kind).and_then(|k| desk.co.find(k, id))
    {
        let text = format!("%PDF-1.4\n% {} {}\n%%EOF\n", row.kind().word(), row.id());
        return Reply::text(StatusCode::OK, "application/pdf", text);
    }
    let french = desk.sw.is("texts", "french");
    match said(desk, call, path) {
        Err(refusal) => refusal.reply(french, desk.now),
        Ok(mut body) => {
            if let Value::Object(map) = &mut body {
                map.insert("time".into(), json!(values::answered(desk.now)));
            }
            Reply::json(StatusCode::OK, &body)
                .with("content-type", "application/json;charset=utf-8")
        }
    }
}

fn said(desk: &mut Desk<'_>, call: &Call, path: &[&str]) -> Said {
    let post = call.method == Method::POST;
    if !post && call.method != Method::GET {
        return Err(nowhere(desk.co, path));
    }
    match path {
        ["query"] => {
            let statement = match post {
                true => String::from_utf8_lossy(&call.body).into_owned(),
                false => call.param("query").unwrap_or_default().to_string(),
            };
            query::answer(desk.co, desk.sw, desk.now, &statement)
                .map(|rows| json!({"QueryResponse": rows}))
        }
        ["cdc"] if !post => {
            let (entities, since) = (call.param("entities"), call.param("changedSince"));
            cdc::answer(desk.co, desk.sw, desk.now, entities, since)
                .map(|told| json!({"CDCResponse": told}))
        }
        ["batch"] if post => whole_batch(desk, call),
        ["upload"] if post => {
            let cx = cx(desk, Vec::new(), NONE);
            files::upload(desk.co, &cx, call).map(|made| json!({"AttachableResponse": made}))
        }
        ["taxservice", "taxcode"] if post => {
            let body = body(call)?;
            change::open(desk.co)?;
            tax_service::create(desk.co, desk.now, &body)
        }
        ["preferences"] if !post => read(desk.co, Kind::Preferences, "1"),
        ["companyinfo", _] if !post => read(desk.co, Kind::CompanyInfo, "1"),
        ["reports", ..] if !post => {
            Err(Fault::new("5030", "Requested feature is not supported.").into())
        }
        [kind] if post => match Kind::from_path(kind) {
            Some(kind) => write(desk, call, kind),
            None => Err(nowhere(desk.co, path)),
        },
        [kind, id] if !post => match Kind::from_path(kind) {
            Some(kind) => read(desk.co, kind, id),
            None => Err(nowhere(desk.co, path)),
        },
        [kind, id, "send"] if post => match Kind::from_path(kind) {
            Some(kind) if kind.family() == Family::Sale => send(desk, call, kind, id),
            _ => Err(nowhere(desk.co, path)),
        },
        _ => Err(nowhere(desk.co, path)),
    }
}

/// 500: an address that there is not.
fn nowhere(co: &Company, path: &[&str]) -> Refusal {
    let at = format!("/v3/company/{}/{}", co.realm, path.join("/"));
    Fault::new(
        "500",
        format!(
            "Operation Could not find resource for relative : {at} of full path: \
             https://c50.sandbox.qbo.intuit.com/qbo50{at} is not supported."
        ),
    )
    .into()
}

fn read(co: &Company, kind: Kind, id: &str) -> Said {
    let row = co.row(key_of(kind, id)?).ok_or_else(Fault::not_found)?;
    Ok(json!({kind.word(): view::read(co, row)}))
}

/// The body, which is an object of JSON.
fn body(call: &Call) -> Result<Fields, Refusal> {
    let read = serde_json::from_slice::<Map<String, Value>>(&call.body);
    read.map_err(|e| Fault::property(format_args!("Unexpected character: {e}\n")).into())
}

const NONE: &BTreeSet<super::books::Key> = &BTreeSet::new();

fn cx<'a>(desk: &Desk<'a>, include: Vec<String>, fresh: &'a BTreeSet<super::books::Key>) -> Cx<'a> {
    Cx {
        sw: desk.sw,
        now: desk.now,
        fresh,
        person: false,
        include,
    }
}

fn wanted_id(call: &Call) -> Option<String> {
    call.param("requestid")
        .filter(|id| !id.is_empty())
        .map(str::to_string)
}

fn write(desk: &mut Desk<'_>, call: &Call, kind: Kind) -> Said {
    let sent = body(call)?;
    let operation = call.param("operation").unwrap_or_default();
    let Some(id) = wanted_id(call) else {
        return once(desk, call, kind, operation, &sent);
    };
    if let Some(fault) = requestid::too_long(&id, false) {
        return Err(fault.into());
    }
    let request =
        requestid::fingerprint(&[kind.word().as_bytes(), operation.as_bytes(), &call.body]);
    let realm = desk.co.realm.clone();
    if let Some(said) = desk.answers.look(&realm, &id, request, desk.sw, desk.now) {
        return said;
    }
    let said = once(desk, call, kind, operation, &sent);
    desk.answers
        .keep(&realm, &id, request, &said, desk.sw, desk.now);
    said
}

fn once(desk: &mut Desk<'_>, call: &Call, kind: Kind, operation: &str, sent: &Fields) -> Said {
    let cx = cx(desk, perform::words(call.param("include")), NONE);
    let done = perform::perform(desk.co, &cx, kind, operation, sent)?;
    desk.events.extend(done.events.iter().cloned());
    Ok(perform::told(desk.co, &done))
}

fn whole_batch(desk: &mut Desk<'_>, call: &Call) -> Said {
    let sent = body(call)?;
    let cx = cx(desk, Vec::new(), NONE);
    let mut inner = batch::Desk {
        answers: desk.answers,
        events: desk.events,
        requestid: wanted_id(call),
    };
    let items = batch::answer(desk.co, &cx, &sent, &mut inner)?;
    Ok(json!({"BatchItemResponse": items}))
}

/// Sends a form by mail: it says so from then on.
fn send(desk: &mut Desk<'_>, call: &Call, kind: Kind, id: &str) -> Said {
    let mut row = desk
        .co
        .row(key_of(kind, id)?)
        .ok_or_else(Fault::not_found)?
        .clone();
    if let Some(to) = call.param("sendTo") {
        row.fields
            .insert("BillEmail".into(), json!({"Address": to}));
    }
    if values::object(&row.fields, "BillEmail").is_none() {
        return Err(Fault::missing("BillEmail").into());
    }
    row.fields.insert("EmailStatus".into(), json!("EmailSent"));
    let told = json!({"DeliveryType": "Email", "DeliveryTime": values::stamp(desk.now)});
    row.fields.insert("DeliveryInfo".into(), told);
    row.touch(desk.now);
    let key = row.key;
    desk.co.put(row);
    desk.events.push(Event {
        key,
        what: What::Emailed,
    });
    read(desk.co, kind, id)
}
