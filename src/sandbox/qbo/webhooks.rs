//! Webhooks: thin notices of what changed, signed, up to a hundred in one POST, of all companies of the app.
//!
//! Flows in: what happened in companies that an app is connected with. Flows out: POSTs with `intuit-signature` =
//! base64(HMAC-SHA256(body, verifier token)), in the CloudEvents form or the one before. What was not answered with 200 goes
//! out again as it was, ids and all: after 20, 30 and 50 minutes, then never.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::switches::Switches;
use super::work::{Event, What};
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::Outbound;

/// The most notices in one POST.
const MOST: usize = 100;
/// The most POSTs whose outcome is waited for.
const MOST_UNDER_WAY: usize = 10_000;
/// Minutes until each further try.
const AGAIN: [i64; 3] = [20, 30, 50];

/// A notice that waits.
#[derive(Debug, Clone)]
struct Notice {
    id: String,
    realm: String,
    event: Event,
    at: DateTime<Utc>,
}

/// An app's registration.
#[derive(Debug, Clone)]
struct Hook {
    url: String,
    verifier: String,
    waiting: Vec<Notice>,
    again: Vec<Delivery>,
    given_up: u64,
}

/// One POST under way.
#[derive(Debug, Clone)]
struct Delivery {
    app: String,
    body: Vec<u8>,
    kind: &'static str,
    tries: usize,
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
    /// Registers an app's address.
    pub(super) fn register(&mut self, app: &str, url: &str, verifier: &str) {
        let hook = Hook {
            url: url.into(),
            verifier: verifier.into(),
            waiting: Vec::new(),
            again: Vec::new(),
            given_up: 0,
        };
        self.hooks.insert(app.into(), hook);
    }

    /// Queues what happened for the apps that are connected with the company.
    pub(super) fn tell(
        &mut self,
        apps: &[String],
        realm: &str,
        events: &[Event],
        ids: &mut Ids,
        now: DateTime<Utc>,
    ) {
        for app in apps {
            let Some(hook) = self.hooks.get_mut(app) else {
                continue;
            };
            for event in events.iter().filter(|e| e.key.0.is_notified()) {
                hook.waiting.push(Notice {
                    id: ids.next("notice").to_string(),
                    realm: realm.into(),
                    event: event.clone(),
                    at: now,
                });
            }
        }
    }

    /// What is due now.
    pub(super) fn due(
        &mut self,
        sw: &Switches,
        ids: &mut Ids,
        now: DateTime<Utc>,
    ) -> Vec<Outbound> {
        let mut out = Vec::new();
        let legacy = sw.is("webhook_form", "legacy");
        let kind = match legacy || sw.is("webhook_content_type", "json") {
            true => "application/json",
            false => "application/cloudevents+json",
        };
        for (app, hook) in &mut self.hooks {
            let (ready, later) = std::mem::take(&mut hook.again)
                .into_iter()
                .partition(|d| d.due <= now);
            hook.again = later;
            let mut going: Vec<Delivery> = ready;
            let waiting = std::mem::take(&mut hook.waiting);
            for some in waiting.chunks(MOST) {
                let body = if legacy {
                    older(some)
                } else {
                    cloud_events(app, some)
                };
                let body = body.to_string().into_bytes();
                going.push(Delivery {
                    app: app.clone(),
                    body,
                    kind,
                    tries: 0,
                    due: now,
                });
            }
            for delivery in going {
                let id = ids.next("delivery").to_string();
                out.push(post(hook, &delivery, &id));
                self.under_way.insert(id, delivery);
                // Whoever never says how a POST was received must not fill the memory.
                if self.under_way.len() > MOST_UNDER_WAY {
                    self.under_way.pop_first();
                }
            }
        }
        out
    }

    /// How a POST was received: `{"id", "status"}`. Anything but 200 is tried again.
    pub(super) fn delivered(&mut self, body: &[u8], now: DateTime<Utc>) {
        let told: Value = serde_json::from_slice(body).unwrap_or_default();
        let id = told.get("id").and_then(Value::as_str).unwrap_or_default();
        let status = told.get("status").and_then(Value::as_u64).unwrap_or(0);
        let Some(mut delivery) = self.under_way.remove(id).filter(|_| status != 200) else {
            return;
        };
        let Some(hook) = self.hooks.get_mut(&delivery.app) else {
            return;
        };
        match AGAIN.get(delivery.tries) {
            Some(minutes) => {
                delivery.tries += 1;
                delivery.due = now + Duration::minutes(*minutes);
                hook.again.push(delivery);
            }
            None => hook.given_up += 1,
        }
    }

    /// Registrations for the state report, without their keys.
    pub(super) fn report(&self) -> Value {
        let one = |(app, h): (&String, &Hook)| {
            json!({
                "client_id": app,
                "url": h.url,
                "waiting": h.waiting.len() + h.again.len(),
                "given_up": h.given_up,
            })
        };
        Value::Array(self.hooks.iter().map(one).collect())
    }
}

/// What is said of what happened: in the new form, and in the old.
fn word(what: What) -> (&'static str, &'static str) {
    match what {
        What::Created => ("created", "Create"),
        What::Updated => ("updated", "Update"),
        What::Deleted => ("deleted", "Delete"),
        What::Merged => ("merged", "Merge"),
        What::Voided => ("voided", "Void"),
        What::Emailed => ("emailed", "Emailed"),
    }
}

fn cloud_events(app: &str, notices: &[Notice]) -> Value {
    let one = |n: &Notice| {
        let entity = n.event.key.0.word().to_ascii_lowercase();
        json!({
            "specversion": "1.0",
            "id": n.id,
            "source": format!("intuit.{}", STANDARD.encode(app)),
            "type": format!("qbo.{entity}.{}.v1", word(n.event.what).0),
            "datacontenttype": "application/json",
            "time": n.at.to_rfc3339_opts(SecondsFormat::Nanos, true),
            "intuitentityid": n.event.key.1.to_string(),
            "intuitaccountid": n.realm,
            "data": {},
        })
    };
    Value::Array(notices.iter().map(one).collect())
}

fn older(notices: &[Notice]) -> Value {
    let mut realms: Map<String, Value> = Map::new();
    for n in notices {
        let told = json!({
            "name": n.event.key.0.word(),
            "id": n.event.key.1.to_string(),
            "operation": word(n.event.what).1,
            "lastUpdated": n.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        let list = realms.entry(n.realm.clone()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(told);
        }
    }
    let one = |(realm, entities): (String, Value)| json!({"realmId": realm, "dataChangeEvent": {"entities": entities}});
    json!({"eventNotifications": realms.into_iter().map(one).collect::<Vec<_>>()})
}

fn post(hook: &Hook, delivery: &Delivery, id: &str) -> Outbound {
    let mut headers = HeaderMap::new();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static(delivery.kind),
    );
    if let Ok(signature) = HeaderValue::from_str(&sign(&hook.verifier, &delivery.body)) {
        headers.insert("intuit-signature", signature);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-sandbox-delivery", id);
    }
    Outbound {
        url: hook.url.clone(),
        headers,
        body: Bytes::from(delivery.body.clone()),
    }
}
