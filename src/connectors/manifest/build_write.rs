//! How a kind is written, as a manifest says it.

use super::build_call::{body, call, template, write_path};
use super::build_safe::{safe_by, version_check};
use super::reader::ManifestReader;
use super::request::{BodySpec, CallSpec};
use super::shape::Manifest;
use super::words;
use super::write_shape::{ChangeCall, KindWrite, WriteCall, WriteSpec};
use crate::mapping::yaml::Node;
use crate::model::Kind;
use http::Method;
use std::collections::BTreeSet;

/// Decimals of a price or quantity where nothing is said.
const PLACES: u32 = 4;

/// `write`.
pub(super) fn write(told: &mut ManifestReader<'_>, node: &Node) -> Option<WriteSpec> {
    told.keys(node, "write", words::WRITE);
    let kind = |told: &mut ManifestReader<'_>, name: &str| {
        let n = node.get(name)?;
        kind_write(told, n, name)
    };
    let contacts = kind(told, "contacts");
    let invoices = kind(told, "invoices");
    let payments = kind(told, "payments");
    let mut accounts = Vec::new();
    if let Some(n) = node.get("accounts") {
        if n.items().is_empty() {
            let fix = "Write the words there are: `accounts: [Cash, Card]`.";
            told.wrong(n.at, "type", "`accounts` takes a list of words", fix);
        }
        for item in n.items() {
            accounts.extend(told.text(item, "accounts").map(str::to_owned));
        }
    }
    Some(WriteSpec {
        contacts,
        invoices,
        payments,
        accounts,
    })
}

fn kind_write(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<KindWrite> {
    told.keys(node, of, words::WRITE_KIND);
    let safe = safe_by(told, node, of);
    let create = told.need(node, "create", of);
    let create = create.and_then(|n| write_call(told, n, "create", &[Method::POST, Method::PUT]));
    let change = node.get("change").and_then(|n| change(told, n));
    let remove = node.get("remove").and_then(|n| {
        let ways = [Method::DELETE, Method::POST, Method::PUT, Method::PATCH];
        write_call(told, n, "remove", &ways)
    });
    let made = told.need(node, "body", of);
    let made = made.and_then(|n| body(told, n, "body"));
    let line = node.get("line").and_then(|n| body(told, n, "line"));
    let tax_line = node.get("tax_line").and_then(|n| body(told, n, "tax_line"));
    let numbers = node
        .get("amounts")
        .and_then(|n| told.word(n, "amounts", &["text", "number"]));
    let places = |told: &mut ManifestReader<'_>, key: &str| {
        let said = node.get(key).and_then(|n| decimals(told, n, key));
        said.unwrap_or(PLACES)
    };
    let places = (
        places(told, "price_places"),
        places(told, "quantity_places"),
    );
    let find = node.get("find").and_then(|n| find(told, n));
    let loses = loses(told, node);
    let (safe_by, mark) = safe?;
    Some(KindWrite {
        at: node.at,
        safe_by,
        mark,
        create: create?,
        change,
        remove,
        body: made?,
        line,
        tax_line,
        numbers: numbers == Some("number"),
        places,
        find,
        loses,
    })
}

fn decimals(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<u32> {
    let text = told.text(node, of)?;
    let read = text.parse::<u32>().ok().filter(|n| *n <= 10);
    if read.is_none() {
        let what = format!("`{of}` is `{text}`, which is no number of decimals");
        told.wrong(node.at, "number", what, "Write a number from 0 to 10.");
    }
    read
}

/// Fields that the trial of a system compares.
pub(super) const COMPARED: [&str; 9] = [
    "number",
    "reference",
    "date",
    "due",
    "currency",
    "total",
    "lines",
    "name",
    "email",
];

fn loses(told: &mut ManifestReader<'_>, node: &Node) -> BTreeSet<String> {
    let items = node.get("loses").map(Node::items).unwrap_or_default();
    let words = items
        .iter()
        .filter_map(|n| told.word(n, "loses", &COMPARED).map(str::to_owned));
    words.collect()
}

fn find(
    told: &mut ManifestReader<'_>,
    node: &Node,
) -> Option<(CallSpec, Option<super::path::RecordPath>)> {
    told.keys(node, "find", words::FIND);
    let records = node.get("records").and_then(|n| told.path(n, "records"));
    Some((call(told, node, "find")?, records))
}

fn change(told: &mut ManifestReader<'_>, node: &Node) -> Option<ChangeCall> {
    let ways = [Method::PUT, Method::POST, Method::PATCH];
    let call = write_call(told, node, "change", &ways);
    let versioned = version_check(told, node);
    let own = node.get("body").filter(|n| n.text() != Some("none"));
    let own = own.and_then(|n| body(told, n, "change.body"));
    Some(ChangeCall {
        call: call?,
        versioned,
        body: own,
    })
}

/// A call that writes: one method with its path, parameters and headers.
fn write_call(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
    ways: &[Method],
) -> Option<WriteCall> {
    told.keys(node, of, words::WRITE_CALL);
    let word = |m: &Method| m.as_str().to_ascii_lowercase();
    let all = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut said = all.iter().filter_map(|m| Some((m, node.get(&word(m))?)));
    let found = (said.next(), said.next());
    let (Some((method, path)), None) = found else {
        let names: Vec<String> = ways.iter().map(word).collect();
        let fix = format!("Write one of {}, with a path.", names.join(", "));
        let what = format!("`{of}` says not, or not once, how it is called");
        told.wrong(node.at, "missing", what, fix);
        return None;
    };
    if !ways.contains(method) {
        let names: Vec<String> = ways.iter().map(word).collect();
        let what = format!("`{of}` is no call of {}", method.as_str());
        told.wrong(
            path.at,
            "method",
            what,
            format!("Write one of {}.", names.join(", ")),
        );
    }
    let mut call = write_path(told, path, &format!("{of}.{}", word(method)))?;
    for (key, value) in node.get("query").map(Node::entries).unwrap_or_default() {
        if let Some(t) = template(told, value, &format!("{of}.query.{}", key.text)) {
            call.query.push((key.text.clone(), t));
        }
    }
    Some(WriteCall {
        method: method.clone(),
        call,
        headers: headers(told, node, of),
        record: node.get("record").and_then(|n| told.path(n, "record")),
        id_from: node.get("id_from").and_then(|n| told.path(n, "id_from")),
    })
}

fn headers(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
) -> Vec<(String, super::template::Template)> {
    let mut all = Vec::new();
    for (key, value) in node.get("headers").map(Node::entries).unwrap_or_default() {
        let name = key.text.to_ascii_lowercase();
        let ours = [
            "authorization",
            "host",
            "cookie",
            "content-length",
            "content-type",
        ];
        let is_header = http::HeaderName::from_bytes(name.as_bytes()).is_ok();
        if ours.contains(&name.as_str()) || !is_header {
            let fix = "A key is said with `auth`, and kept by `crossfoot connect`.";
            let what = format!("the header `{}` is not set here", key.text);
            told.wrong(key.at, "header", what, fix);
        } else if let Some(t) = template(told, value, &format!("{of}.headers.{}", key.text)) {
            all.push((name, t));
        }
    }
    all
}

/// What a manifest says of the body of a change: its own, or that of a create.
pub(super) fn body_of(spec: &KindWrite, update: bool) -> &BodySpec {
    let own = spec.change.as_ref().and_then(|c| c.body.as_ref());
    own.filter(|_| update).unwrap_or(&spec.body)
}

/// A manifest with another list in the place of its invoices, so that one walk goes through both.
pub(super) fn of_contacts(manifest: &Manifest) -> Option<Manifest> {
    let contacts = manifest.contacts.clone()?;
    Some(Manifest {
        kind: Kind::Contact,
        invoices: contacts,
        others: Vec::new(),
        ..manifest.clone()
    })
}
