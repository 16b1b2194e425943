//! `requestid`: an answer that was given is given again, without a second write.
//!
//! Kept for each company as long as the switch says, whatever became of what was written; a refusal is kept like an answer.
//! In a batch each item has the batch's id and its own. What stood for another body is answered by the switch.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fault::{Fault, Refusal};
use super::schema;
use super::switches::Switches;

/// The longest id of a call, of a batch, and of an item then.
const LONGEST: usize = 50;
const LONGEST_BATCH: usize = 36;
const LONGEST_ITEM: usize = 10;

/// What was answered: a status's worth, and the body.
pub(super) type Said = Result<Value, Refusal>;

#[derive(Debug, Clone)]
struct Entry {
    request: [u8; 32],
    said: Said,
    at: DateTime<Utc>,
}

/// The answers that are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    kept: BTreeMap<(String, String), Entry>,
}

/// 2050, when an id is too long.
pub(super) fn too_long(id: &str, batch: bool) -> Option<Fault> {
    schema::length(id, if batch { LONGEST_BATCH } else { LONGEST }, "requestid")
}

/// 2050, when an item's own id is too long beside the batch's.
pub(super) fn item_too_long(id: &str) -> Option<Fault> {
    schema::length(id, LONGEST_ITEM, "bId")
}

/// What tells two requests apart.
pub(super) fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl Answers {
    /// What an id was answered with, if it was.
    pub(super) fn look(
        &mut self,
        realm: &str,
        id: &str,
        request: [u8; 32],
        sw: &Switches,
        now: DateTime<Utc>,
    ) -> Option<Said> {
        let life = sw.seconds("requestid_seconds");
        self.kept.retain(|_, e| now < e.at + life);
        let entry = self.kept.get(&(realm.to_string(), id.to_string()))?;
        if entry.request != request && sw.is("requestid_other_body", "refuse") {
            let detail = "The request ID you're trying to use already exists";
            return Some(Err(Fault::new("600", detail).into()));
        }
        Some(entry.said.clone())
    }

    /// Keeps an answer.
    pub(super) fn keep(
        &mut self,
        realm: &str,
        id: &str,
        request: [u8; 32],
        said: &Said,
        sw: &Switches,
        now: DateTime<Utc>,
    ) {
        if said.is_err() && sw.is("requestid_faults", "forget") {
            return;
        }
        let entry = Entry {
            request,
            said: said.clone(),
            at: now,
        };
        self.kept.insert((realm.to_string(), id.to_string()), entry);
    }
}
