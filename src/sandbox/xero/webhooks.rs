//! Webhooks: thin notices, signed, in sequence; and the intent-to-receive test that comes first.
//!
//! Flows in: what happened in organisations that an app is connected with. Flows out: POSTs with
//! `x-xero-signature` = base64(HMAC-SHA256(body, key)).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use super::ctx::Event;
use super::ids::Ids;
use crate::sandbox::wire::Outbound;

/// The most notices in one POST.
const MOST: usize = 100;

/// An app's registration.
#[derive(Debug, Clone)]
struct Hook {
    url: String,
    key: String,
    categories: Vec<String>,
    sequence: u64,
    intent_due: bool,
    waiting: Vec<Value>,
}

/// All registrations, by app.
#[derive(Debug, Clone, Default)]
pub(super) struct Webhooks {
    hooks: BTreeMap<String, Hook>,
}

/// base64 of the signature of a body.
fn sign(key: &str, body: &[u8]) -> String {
    // HMAC takes keys of any length, so this never fails; an empty signature would be refused.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Webhooks {
    /// Registers an app's address; the intent-to-receive test becomes due. No categories means all.
    pub(super) fn register(&mut self, app: &str, url: &str, key: &str, categories: Vec<String>) {
        let hook = Hook {
            url: url.into(),
            key: key.into(),
            categories,
            sequence: 0,
            intent_due: true,
            waiting: Vec::new(),
        };
        self.hooks.insert(app.into(), hook);
    }

    /// Queues a notice for every app that is connected with the organisation.
    pub(super) fn tell(&mut self, apps: &[String], tenant: Uuid, base: &str, event: &Event, now: DateTime<Utc>) {
        for app in apps {
            let Some(hook) = self.hooks.get_mut(app) else {
                continue;
            };
            if !hook.categories.is_empty() && !hook.categories.iter().any(|c| c == event.category) {
                continue;
            }
            let mut notice = json!({
                "resourceUrl": format!("{base}/api.xro/2.0/{}/{}", event.path, event.id),
                "resourceId": event.id,
                "eventDateUtc": now.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
                "eventType": event.kind,
                "eventCategory": event.category,
                "tenantId": tenant,
                "tenantType": "ORGANISATION",
            });
            if let (Value::Object(map), Some((kind, status))) = (&mut notice, &event.data) {
                map.insert("data".into(), json!({"Type": kind, "Status": status}));
            }
            hook.waiting.push(notice);
        }
    }

    /// What is due now.
    pub(super) fn due(&mut self, ids: &mut Ids) -> Vec<Outbound> {
        let mut out = Vec::new();
        for hook in self.hooks.values_mut() {
            if std::mem::take(&mut hook.intent_due) {
                // Two signed rightly, two wrongly; a receiver must tell them apart.
                for right in [true, false, false, true] {
                    let body = payload(&[], 0, ids);
                    let key = if right { hook.key.clone() } else { format!("{}x", hook.key) };
                    out.push(post(&hook.url, &key, body));
                }
            }
            let waiting = std::mem::take(&mut hook.waiting);
            for some in waiting.chunks(MOST) {
                let body = payload(some, hook.sequence + 1, ids);
                hook.sequence += some.len() as u64;
                out.push(post(&hook.url, &hook.key, body));
            }
        }
        out
    }
}

fn payload(events: &[Value], first: u64, ids: &mut Ids) -> Vec<u8> {
    let last = (first + events.len() as u64).saturating_sub(1);
    let last = if events.is_empty() { 0 } else { last };
    let entropy: String = ids.token("entropy").chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    json!({
        "events": events,
        "firstEventSequence": first,
        "lastEventSequence": last,
        "entropy": entropy,
    })
    .to_string()
    .into_bytes()
}

fn post(url: &str, key: &str, body: Vec<u8>) -> Outbound {
    let mut headers = HeaderMap::new();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(signature) = HeaderValue::from_str(&sign(key, &body)) {
        headers.insert("x-xero-signature", signature);
    }
    Outbound { url: url.into(), headers, body: Bytes::from(body) }
}
