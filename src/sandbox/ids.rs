//! Where identifiers come from: a counter per kind, hashed, so that the same calls give the same ids.
//!
//! Flows in: the kind of thing that needs a name. Flows out: a UUID (v5) or an opaque token. Reads draw from
//! counters of their own, so that a read never changes the id of the next document.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The counters.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    salt: Uuid,
    counters: BTreeMap<&'static str, u64>,
}

impl Ids {
    /// Counters for one sandbox; `salt` tells two sandboxes apart.
    pub(super) fn new(salt: &str) -> Self {
        Self {
            salt: Uuid::new_v5(&Uuid::NAMESPACE_URL, salt.as_bytes()),
            counters: BTreeMap::new(),
        }
    }

    fn tick(&mut self, kind: &'static str) -> u64 {
        let n = self.counters.entry(kind).or_insert(0);
        *n += 1;
        *n
    }

    /// The next id of a kind.
    pub(super) fn next(&mut self, kind: &'static str) -> Uuid {
        let n = self.tick(kind);
        Uuid::new_v5(&self.salt, format!("{kind}:{n}").as_bytes())
    }

    /// An id that depends on a name alone.
    pub(super) fn named(&self, kind: &str, name: &str) -> Uuid {
        Uuid::new_v5(&self.salt, format!("{kind}={name}").as_bytes())
    }

    /// The next opaque token of a kind, 43 characters of URL-safe text.
    pub(super) fn token(&mut self, kind: &'static str) -> String {
        let n = self.tick(kind);
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{}:{kind}:{n}", self.salt)))
    }
}
