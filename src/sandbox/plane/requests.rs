//! The record of every request to a fake vendor.
//!
//! Flows in: one [`Entry`] a request. Flows out: `GET /_sandbox/requests`: the entries (from a sequence number
//! on) and the counts per endpoint. Keeps no secret: a token is shown as the first eight hex digits of its
//! SHA-256, so that a test can tell tokens apart. Bodies are kept only while that is switched on, their secrets likewise. Bounded: the last 50,000 entries; the counts cover them all.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::HeaderMap;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The most entries kept; older ones fall out, their counts stay.
const MOST_ENTRIES: usize = 50_000;
/// The most bytes of a body that are kept, where bodies are.
const MOST_BODY_KEPT: usize = 65_536;
/// The headers that are shown as they are.
const SHOWN: [&str; 6] = [
    "idempotency-key",
    "xero-tenant-id",
    "if-modified-since",
    "content-type",
    "user-agent",
    "x-hook-secret",
];

/// One request, as it will be shown.
pub(super) struct Entry {
    pub time: DateTime<Utc>,
    pub system: String,
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub status: Option<u16>,
    pub committed: bool,
    pub fault: Option<&'static str>,
    pub headers: Value,
    /// The body as it came; what is kept of it is [`Requests`]' affair.
    pub body: Bytes,
    pub body_bytes: usize,
    pub body_sha256: String,
}

/// The record of one plane.
#[derive(Default)]
pub(super) struct Requests {
    seq: u64,
    kept: VecDeque<(u64, Entry)>,
    counts: BTreeMap<String, u64>,
    /// Whether bodies are kept, without their secrets.
    bodies: bool,
}

impl Requests {
    /// Whether bodies are kept from now on.
    pub(super) fn keep_bodies(&mut self, on: bool) {
        self.bodies = on;
    }

    pub(super) fn add(&mut self, mut entry: Entry) {
        entry.body = match self.bodies {
            true => shown_body(&entry.body),
            false => Bytes::new(),
        };
        self.seq += 1;
        let endpoint = format!(
            "{} {} {}",
            entry.system,
            entry.method,
            template(&entry.path)
        );
        *self.counts.entry(endpoint).or_insert(0) += 1;
        if self.kept.len() == MOST_ENTRIES {
            self.kept.pop_front();
        }
        self.kept.push_back((self.seq, entry));
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn show(&self, since: u64, counts_only: bool) -> Value {
        let mut answer = json!({"total": self.seq, "counts": self.counts});
        if !counts_only {
            let list: Vec<Value> = self
                .kept
                .iter()
                .filter(|(seq, _)| *seq > since)
                .map(|(seq, e)| show_one(*seq, e))
                .collect();
            answer["requests"] = Value::Array(list);
        }
        answer
    }
}

fn show_one(seq: u64, e: &Entry) -> Value {
    let query: Vec<Value> = e
        .query
        .iter()
        .map(|(k, v)| {
            let secret = k == "access_token" || k == "accesstoken";
            json!([k, if secret { fingerprint(v) } else { v.clone() }])
        })
        .collect();
    let mut shown = json!({
        "seq": seq,
        "time": e.time.to_rfc3339_opts(SecondsFormat::Millis, true),
        "system": e.system,
        "method": e.method,
        "path": e.path,
        "query": query,
        "status": e.status,
        "reached_vendor": e.committed,
        "fault": e.fault,
        "headers": e.headers,
        "body_bytes": e.body_bytes,
        "body_sha256": e.body_sha256,
    });
    if !e.body.is_empty() {
        shown["body"] = Value::String(String::from_utf8_lossy(&e.body).into_owned());
    }
    shown
}

/// Names under which a body carries what lets somebody in.
const SECRETS: [&str; 8] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code_verifier",
    "id_token",
    "password",
    "refresh_token",
];
/// And those that do so in a form alone: in a document they are codes of accounts.
const SECRETS_OF_FORMS: [&str; 3] = ["code", "key", "token"];

/// A body without its secrets: JSON or a form, each secret as its fingerprint. Nothing of a body that is neither, or of
/// one that is large.
fn shown_body(body: &Bytes) -> Bytes {
    if body.len() > MOST_BODY_KEPT {
        return Bytes::from_static(b"(too large to be kept)");
    }
    if let Ok(mut json) = serde_json::from_slice::<Value>(body) {
        hide(&mut json);
        hide_alone(&mut json);
        return json.to_string().into();
    }
    let text = std::str::from_utf8(body).unwrap_or_default();
    if !text.contains('=') || text.contains(['\n', '<', '{']) {
        return Bytes::from_static(b"(neither JSON nor a form)");
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(body) {
        match is_secret(&name) || SECRETS_OF_FORMS.contains(&name.as_ref()) {
            true => form.append_pair(&name, &fingerprint(&value)),
            false => form.append_pair(&name, &value),
        };
    }
    form.finish().into()
}

fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|s| name.eq_ignore_ascii_case(s))
}

fn hide(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(hide),
        Value::Object(map) => {
            for (name, inner) in map.iter_mut() {
                match inner.as_str().filter(|_| is_secret(name)) {
                    Some(secret) => *inner = Value::String(fingerprint(secret)),
                    None => hide(inner),
                }
            }
        }
        _ => {}
    }
}

/// A body of nothing but a token revokes it: the form's other shape.
fn hide_alone(value: &mut Value) {
    let alone = value.as_object_mut().filter(|map| map.len() == 1);
    if let Some(token) = alone.and_then(|map| map.get_mut("token"))
        && let Some(secret) = token.as_str()
    {
        *token = Value::String(fingerprint(secret));
    }
}

/// The headers a test asks about, secrets as fingerprints.
pub(super) fn shown_headers(headers: &HeaderMap) -> Value {
    let mut shown = Map::new();
    for name in SHOWN {
        if let Some(v) = headers.get(name).and_then(|v| v.to_str().ok()) {
            shown.insert(name.to_owned(), Value::String(v.to_owned()));
        }
    }
    for name in ["authorization", "x-keap-api-key", "x-api-key"] {
        if let Some(v) = headers.get(name).and_then(|v| v.to_str().ok()) {
            let token = v.split_once(' ').map_or(v, |(_, t)| t);
            shown.insert(
                format!("{name}-fingerprint"),
                Value::String(fingerprint(token)),
            );
        }
    }
    Value::Object(shown)
}

/// The first eight hex digits of the SHA-256 of a secret.
pub(super) fn fingerprint(secret: &str) -> String {
    sha256_hex(secret.as_bytes()).chars().take(8).collect()
}

/// The SHA-256 of some bytes in hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// The path with what looks like an id taken out: `/Invoices/{id}`.
fn template(path: &str) -> String {
    path.split('/')
        .map(|part| if is_id(part) { "{id}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

fn is_id(part: &str) -> bool {
    let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let uuid = part.len() == 36 && part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let numbered = part.contains('-') && part.bytes().filter(u8::is_ascii_digit).count() >= 3;
    digits || uuid || numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revocation_shows_no_token_in_either_shape() {
        let shown = |body: &'static str| shown_body(&Bytes::from_static(body.as_bytes()));
        for body in ["token=RT1-secret", r#"{"token": "RT1-secret"}"#] {
            let shown = String::from_utf8_lossy(&shown(body)).into_owned();
            assert!(
                !shown.contains("RT1") && shown.contains(&fingerprint("RT1-secret")),
                "{shown}"
            );
        }
        assert_eq!(
            &shown(r#"{"token":"AU","tax":"GST"}"#)[..],
            br#"{"token":"AU","tax":"GST"}"#
        );
    }

    #[test]
    fn ids_are_taken_out_of_the_endpoint() {
        assert_eq!(
            template("/crm/rest/v2/orders/1041/payments"),
            "/crm/rest/v2/orders/{id}/payments"
        );
        assert_eq!(
            template("/api.xro/2.0/Invoices/243216c5-369e-4056-ac67-05388f86dc81"),
            "/api.xro/2.0/Invoices/{id}"
        );
        assert_eq!(
            template("/api.xro/2.0/Invoices/INV-1041"),
            "/api.xro/2.0/Invoices/{id}"
        );
    }
}
