//! What is asked of the database, counted: for those who hold what a verb costs to what it says.
//!
//! Flows in: each statement as it is carried out, and each commit. Flows out: how many there were, and, where somebody has asked
//! for it, how often each text was said.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// How often each text was said.
pub(super) type ByText = BTreeMap<&'static str, u64>;

/// The counters of a store and its rehearsals.
#[derive(Debug, Default)]
pub(super) struct StatementCount {
    statements: AtomicU64,
    /// Hand-overs to the thread of the database: several statements may go together.
    hops: AtomicU64,
    commits: AtomicU64,
    /// There once somebody wants to know.
    said: OnceLock<Mutex<ByText>>,
}

impl StatementCount {
    /// A statement is carried out; `alone` where it is a change that is on the disk when it answers.
    pub(super) fn says(&self, text: &'static str, alone: bool) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        if alone {
            self.commits();
        }
        if let Some(said) = self.said.get() {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            *said.entry(text).or_default() += 1;
        }
    }

    /// The database is handed what it is told next.
    pub(super) fn hops(&self) {
        self.hops.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it was.
    pub(super) fn handed(&self) -> u64 {
        self.hops.load(Ordering::Relaxed)
    }

    /// A transaction is kept.
    pub(super) fn commits(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    /// How many statements were carried out.
    pub(super) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How many transactions were kept.
    pub(super) fn kept(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// How often each text was said since this was asked last.
    pub(super) fn said(&self) -> ByText {
        let said = self.said.get_or_init(Mutex::default);
        std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
