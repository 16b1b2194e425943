//! v1 REST hooks: who wants to hear of what, and what is on its way.
//!
//! Flows in: subscriptions, changes, and how each delivery was received. Flows out: due deliveries. A hook hears
//! nothing until its address has answered the handshake: a POST with `X-Hook-Secret`, answered 200 with the same
//! header. A change is sent 30 s later, then again after 30 s, 5 min and 30 min; 410 makes the hook Inactive at
//! once, the fourth failure too. Nothing is signed. Bounded: 1,000 hooks and 10,000 deliveries under way.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{Duration, SecondsFormat};
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use super::store::Time;
use crate::sandbox::wire::Outbound;

const MOST_HOOKS: usize = 1_000;
const MOST_DELIVERIES: usize = 10_000;
/// Seconds from the change, or from the failure before, to each attempt.
const WAITS: [i64; 4] = [30, 30, 300, 1800];

/// After so many seconds without word of it (the sandbox was killed) a delivery is sent again.
const LOST: i64 = 60;

/// The events this fake can send.
pub(super) const EVENT_KEYS: [&str; 17] = [
    "company.add",
    "company.edit",
    "company.delete",
    "contact.add",
    "contact.edit",
    "contact.delete",
    "invoice.add",
    "invoice.edit",
    "invoice.delete",
    "invoice.payment.add",
    "invoice.payment.edit",
    "invoice.payment.delete",
    "order.add",
    "order.edit",
    "order.delete",
    "product.add",
    "product.edit",
];

#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub key: String,
    pub event: String,
    pub url: String,
    pub status: &'static str,
    secret: String,
}

#[derive(Debug, Clone)]
struct Delivery {
    hook: String,
    handshake: bool,
    body: Value,
    due: Time,
    attempt: usize,
    /// When it was sent, while nobody has said how it was received.
    out: Option<Time>,
}

/// The hooks of one application.
#[derive(Debug, Clone, Default)]
pub(super) struct Hooks {
    hooks: BTreeMap<String, Hook>,
    deliveries: BTreeMap<u64, Delivery>,
    serial: u64,
}

impl Hooks {
    pub(super) fn all(&self) -> impl Iterator<Item = &Hook> {
        self.hooks.values()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Hook> {
        self.hooks.get(key)
    }

    /// Adds a hook and sends its handshake; none when there are too many.
    pub(super) fn add(&mut self, event: &str, url: &str, now: Time) -> Option<Hook> {
        if self.hooks.len() >= MOST_HOOKS {
            return None;
        }
        self.serial += 1;
        let hook = Hook {
            key: self.serial.to_string(),
            event: event.to_owned(),
            url: url.to_owned(),
            status: "Unverified",
            secret: format!("{:016x}", self.serial.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        };
        self.hooks.insert(hook.key.clone(), hook.clone());
        self.verify(&hook.key, now);
        Some(hook)
    }

    pub(super) fn change(&mut self, key: &str, event: &str, url: &str, now: Time) -> Option<Hook> {
        let hook = self.hooks.get_mut(key)?;
        event.clone_into(&mut hook.event);
        url.clone_into(&mut hook.url);
        hook.status = "Unverified";
        let hook = hook.clone();
        self.verify(key, now);
        Some(hook)
    }

    pub(super) fn remove(&mut self, key: &str) -> bool {
        self.deliveries.retain(|_, d| d.hook != key);
        self.hooks.remove(key).is_some()
    }

    /// Sends the handshake (again).
    pub(super) fn verify(&mut self, key: &str, now: Time) {
        self.push(Delivery {
            hook: key.to_owned(),
            handshake: true,
            body: json!({}),
            due: now,
            attempt: 0,
            out: None,
        });
    }

    /// The caller shows the secret it was sent.
    pub(super) fn delayed_verify(&mut self, key: &str, secret: &str) -> bool {
        match self.hooks.get_mut(key) {
            Some(hook) if hook.secret == secret => {
                hook.status = "Verified";
                true
            }
            _ => false,
        }
    }

    /// Something changed: whoever listens will hear of it.
    pub(super) fn event(&mut self, event: &str, id: u64, now: Time) {
        let stamp = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let listening: Vec<String> = self
            .hooks
            .values()
            .filter(|h| h.event == event && h.status == "Verified")
            .map(|h| h.key.clone())
            .collect();
        let object = event.rsplit_once('.').map_or(event, |(object, _)| object);
        for hook in listening {
            self.push(Delivery {
                hook,
                handshake: false,
                body: json!({
                    "event_key": event, "object_type": object,
                    "object_keys": [{"id": id, "apiUrl": "", "timestamp": stamp}],
                }),
                due: now + Duration::seconds(WAITS[0]),
                attempt: 0,
                out: None,
            });
        }
    }

    fn push(&mut self, delivery: Delivery) {
        if self.deliveries.len() < MOST_DELIVERIES {
            self.serial += 1;
            self.deliveries.insert(self.serial, delivery);
        }
    }

    /// What is to be sent now; the application's name goes before the delivery's number.
    pub(super) fn due(&mut self, app: &str, now: Time) -> Vec<Outbound> {
        let mut sent = vec![];
        for (number, delivery) in &mut self.deliveries {
            let Some(hook) = self.hooks.get(&delivery.hook) else {
                continue;
            };
            let under_way = delivery
                .out
                .is_some_and(|at| at + Duration::seconds(LOST) > now);
            if under_way || delivery.due > now {
                continue;
            }
            delivery.out = Some(now);
            let mut headers = HeaderMap::new();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            if let Ok(id) = HeaderValue::from_str(&format!("{app}/{number}")) {
                headers.insert("x-sandbox-delivery", id);
            }
            if delivery.handshake
                && let Ok(secret) = HeaderValue::from_str(&hook.secret)
            {
                headers.insert("x-hook-secret", secret);
            }
            sent.push(Outbound {
                url: hook.url.clone(),
                headers,
                body: Bytes::from(delivery.body.to_string()),
            });
        }
        sent
    }

    /// How a delivery was received: `{"status": 200 or null, "headers": {..}}`.
    pub(super) fn delivered(&mut self, number: &str, told: &Value, now: Time) {
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        let Some(delivery) = self.deliveries.remove(&number) else {
            return;
        };
        let Some(hook) = self.hooks.get_mut(&delivery.hook) else {
            return;
        };
        let status = told.get("status").and_then(Value::as_u64);
        let fine = status.is_some_and(|s| (200..400).contains(&s));
        if delivery.handshake {
            let echoed = told
                .get("headers")
                .and_then(|h| h.get("x-hook-secret"))
                .and_then(Value::as_str);
            if status == Some(200) && echoed == Some(hook.secret.as_str()) {
                hook.status = "Verified";
            }
            return;
        }
        if fine {
            return;
        }
        let next = delivery.attempt + 1;
        match WAITS.get(next) {
            Some(wait) if status != Some(410) => {
                let again = Delivery {
                    due: now + Duration::seconds(*wait),
                    attempt: next,
                    out: None,
                    ..delivery
                };
                self.deliveries.insert(number, again);
            }
            _ => hook.status = "Inactive",
        }
    }
}
