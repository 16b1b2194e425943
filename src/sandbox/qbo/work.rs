//! What a write has at hand, and what it does beside its own row.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::books::{Key, Link};
use super::switches::Switches;

/// One write's surroundings.
pub(super) struct Cx<'a> {
    pub(super) sw: &'a Switches,
    pub(super) now: DateTime<Utc>,
    /// What was made by earlier items of the same batch: later ones do not see it.
    pub(super) fresh: &'a BTreeSet<Key>,
    /// A person at the screen, who is asked for no SyncToken.
    pub(super) person: bool,
    /// The words of `include`.
    pub(super) include: Vec<String>,
}

impl Cx<'_> {
    /// Whether `include` has a word.
    pub(super) fn includes(&self, word: &str) -> bool {
        self.include.iter().any(|w| w.eq_ignore_ascii_case(word))
    }
}

/// What a write does to another transaction.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub(super) on: Key,
    /// By how much more of it is open.
    pub(super) open: Decimal,
    /// Links that come, and that go.
    pub(super) link: Vec<Link>,
    pub(super) unlink: Vec<Link>,
    /// A status it gets, as an estimate that became an invoice does.
    pub(super) status: Option<&'static str>,
}

/// What webhooks tell.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) key: Key,
    pub(super) what: What,
}

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Created,
    Updated,
    Deleted,
    Merged,
    Voided,
    Emailed,
}

/// A write that was done.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) key: Key,
    pub(super) events: Vec<Event>,
}
