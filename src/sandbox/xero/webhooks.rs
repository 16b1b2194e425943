//! Webhooks: thin notices, signed, in sequence; and the intent-to-receive test that comes first.
//!
//! Flows in: what happened in organisations that an app is connected with. Flows out: POSTs with
//! `x-xero-signature` = base64(HMAC-SHA256(body, key)).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use super::ctx::Event;
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::Outbound;

/// The most notices in one POST.
const MOST: usize = 100;

/// The most POSTs whose outcome is waited for.
const MOST_UNDER_WAY: usize = 10_000;

/// An app's registration.
#[derive(Debug, Clone)]
struct Hook {
    url: String,
    key: String,
    categories: Vec<String>,
    sequence: u64,
    state: State,
    waiting: Vec<Value>,
    /// Signed bodies that go out again, and when.
    again: Vec<Delivery>,
}

/// Where a registration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The intent-to-receive test is due.
    New,
    /// Notices go out.
    Open,
    /// The test was answered wrongly, or notices for a day: nothing goes out.
    Shut,
}

/// One POST under way.
#[derive(Debug, Clone)]
struct Delivery {
    app: String,
    body: Vec<u8>,
    /// What the test must be answered with; `None` for notices.
    expect: Option<u16>,
    first: DateTime<Utc>,
    tries: u32,
    due: DateTime<Utc>,
}

/// All registrations, by app.
#[derive(Debug, Clone, Default)]
pub(super) struct Webhooks {
    hooks: BTreeMap<String, Hook>,
    under_way: BTreeMap<String, Delivery>,
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
            state: State::New,
            waiting: Vec::new(),
            again: Vec::new(),
        };
        self.hooks.insert(app.into(), hook);
    }

    /// Queues a notice for every app that is connected with the organisation.
    pub(super) fn tell(
        &mut self,
        apps: &[String],
        tenant: Uuid,
        base: &str,
        event: &Event,
        now: DateTime<Utc>,
    ) {
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
    pub(super) fn due(&mut self, ids: &mut Ids, now: DateTime<Utc>) -> Vec<Outbound> {
        let mut out = Vec::new();
        for (app, hook) in &mut self.hooks {
            let new = |body: Vec<u8>, expect| Delivery {
                app: app.clone(),
                body,
                expect,
                first: now,
                tries: 0,
                due: now,
            };
            let mut going: Vec<Delivery> = Vec::new();
            if hook.state == State::New {
                hook.state = State::Open;
                // Two signed rightly, two wrongly; a receiver must tell them apart.
                for expect in [200, 401, 401, 200] {
                    going.push(new(payload(&[], 0, ids), Some(expect)));
                }
            }
            if hook.state == State::Open {
                let (ready, later) = std::mem::take(&mut hook.again)
                    .into_iter()
                    .partition(|d| d.due <= now);
                hook.again = later;
                going.extend::<Vec<Delivery>>(ready);
                let waiting = std::mem::take(&mut hook.waiting);
                for some in waiting.chunks(MOST) {
                    going.push(new(payload(some, hook.sequence + 1, ids), None));
                    hook.sequence += some.len() as u64;
                }
            }
            for delivery in going {
                let wrong = delivery.expect == Some(401);
                let key = if wrong {
                    format!("{}x", hook.key)
                } else {
                    hook.key.clone()
                };
                let id = ids.next("delivery").to_string();
                out.push(post(&hook.url, &key, delivery.body.clone(), &id));
                self.under_way.insert(id, delivery);
                // Whoever never says how a POST was received must not fill the memory.
                if self.under_way.len() > MOST_UNDER_WAY {
                    self.under_way.pop_first();
                }
            }
        }
        out
    }

    /// How a POST was received: `{"id", "status"}`. Anything but the expected answer is tried again: at once, then every
    /// 15 minutes for a day; then the registration is shut, as it is by one wrong answer to the test.
    pub(super) fn delivered(&mut self, body: &[u8], now: DateTime<Utc>) {
        let told: Value = serde_json::from_slice(body).unwrap_or_default();
        let id = told.get("id").and_then(Value::as_str).unwrap_or_default();
        let status = told.get("status").and_then(Value::as_u64).unwrap_or(0);
        let Some(mut delivery) = self.under_way.remove(id) else {
            return;
        };
        let Some(hook) = self.hooks.get_mut(&delivery.app) else {
            return;
        };
        match delivery.expect {
            Some(expect) if status != u64::from(expect) => hook.state = State::Shut,
            Some(_) => {}
            None if (200..300).contains(&status) => {}
            None if now >= delivery.first + Duration::days(1) => hook.state = State::Shut,
            None => {
                delivery.due = if delivery.tries == 0 {
                    now
                } else {
                    now + Duration::minutes(15)
                };
                delivery.tries += 1;
                hook.again.push(delivery);
            }
        }
    }

    /// Registrations for the state report, without keys.
    pub(super) fn report(&self) -> Value {
        let one = |(app, h): (&String, &Hook)| {
            json!({
                "client_id": app,
                "url": h.url,
                "state": match h.state { State::New => "new", State::Open => "open", State::Shut => "shut" },
                "last_sequence": h.sequence,
                "waiting": h.waiting.len() + h.again.len(),
            })
        };
        Value::Array(self.hooks.iter().map(one).collect())
    }
}

fn payload(events: &[Value], first: u64, ids: &mut Ids) -> Vec<u8> {
    let last = (first + events.len() as u64).saturating_sub(1);
    let last = if events.is_empty() { 0 } else { last };
    let entropy: String = ids
        .token("entropy")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(20)
        .collect();
    json!({
        "events": events,
        "firstEventSequence": first,
        "lastEventSequence": last,
        "entropy": entropy,
    })
    .to_string()
    .into_bytes()
}

fn post(url: &str, key: &str, body: Vec<u8>, id: &str) -> Outbound {
    let mut headers = HeaderMap::new();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(signature) = HeaderValue::from_str(&sign(key, &body)) {
        headers.insert("x-xero-signature", signature);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-sandbox-delivery", id);
    }
    Outbound {
        url: url.into(),
        headers,
        body: Bytes::from(body),
    }
}
