//! Idempotency keys: six minutes from the first call, the answer kept whatever it was.
//!
//! Flows in: a write with an `Idempotency-Key`. Flows out: the first answer again, or a 400 when the key stood for another
//! request. Checked after the limits, so that a repetition costs a call too.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use http::{Method, StatusCode};
use sha2::{Digest, Sha256};

use super::fail;
use super::texts;
use crate::sandbox::wire::{Call, Reply};

const KEPT: Duration = Duration::minutes(6);
const LONGEST: usize = 128;

#[derive(Debug, Clone)]
struct Entry {
    request: [u8; 32],
    reply: Reply,
    first: DateTime<Utc>,
}

/// What the keys stood for.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    kept: BTreeMap<(String, String), Entry>,
}

/// What a key says about a call.
pub(super) enum Said {
    /// There is no key, or the method takes none.
    Nothing,
    /// The key is new: remember the answer under this.
    New((String, String)),
    /// The answer is known.
    Known(Box<Reply>),
}

impl Keys {
    /// Looks a call's key up. `scope` is the app, or the app and the organisation.
    pub(super) fn look(
        &mut self,
        call: &Call,
        scope: &str,
        now: DateTime<Utc>,
        instance: &str,
    ) -> Said {
        if ![Method::POST, Method::PUT, Method::PATCH].contains(&call.method) {
            return Said::Nothing;
        }
        let Some(key) = call.header("idempotency-key").filter(|k| !k.is_empty()) else {
            return Said::Nothing;
        };
        self.kept.retain(|_, e| now < e.first + KEPT);
        let bad = |text: &str| {
            Said::Known(Box::new(fail::gateway(
                StatusCode::BAD_REQUEST,
                "Bad Request",
                text,
                instance,
            )))
        };
        if key.chars().count() > LONGEST {
            return bad("Idempotency Key must not exceed 128 characters.");
        }
        let slot = (scope.to_string(), key.to_lowercase());
        match self.kept.get(&slot) {
            None => Said::New(slot),
            Some(entry) if entry.request == fingerprint(call) => {
                Said::Known(Box::new(entry.reply.clone()))
            }
            Some(_) => bad(&texts::key_reused(key)),
        }
    }

    /// Remembers an answer.
    pub(super) fn keep(
        &mut self,
        slot: (String, String),
        call: &Call,
        reply: &Reply,
        now: DateTime<Utc>,
    ) {
        let entry = Entry {
            request: fingerprint(call),
            reply: reply.clone(),
            first: now,
        };
        self.kept.insert(slot, entry);
    }
}

fn fingerprint(call: &Call) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(call.method.as_str());
    hash.update([0]);
    hash.update(&call.path);
    for (name, value) in &call.query {
        hash.update([0]);
        hash.update(name);
        hash.update([1]);
        hash.update(value);
    }
    hash.update([2]);
    hash.update(&call.body);
    hash.finalize().into()
}
