//! What calls wait for just now, for whoever watches a run.
//!
//! Flows in: a wait that begins, and ends when its [`WaitBegun`] is dropped. Flows out: the one that ends last. Where nobody
//! watches, a wait that somebody would wonder about is told in the log.

use super::allowance::Window;
use super::log::lock;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// From how many seconds on a wait is told: a shorter one nobody notices.
const TOLD_S: i64 = 3;

/// What a call waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitNow {
    /// The system's word.
    pub system: String,
    /// The limit that is used, where it is one of ours to count.
    pub limit: Option<Window>,
    /// Why, in words.
    pub why: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// The waits of one process. A clone looks at the same ones.
#[derive(Debug, Clone, Default)]
pub struct Waits(Arc<WaitsKept>);

#[derive(Debug, Default)]
struct WaitsKept {
    all: Mutex<BTreeMap<u64, WaitNow>>,
    next: AtomicU64,
    watched: AtomicBool,
}

/// A wait; dropping it says that it is over.
#[derive(Debug)]
pub struct WaitBegun {
    of: Arc<WaitsKept>,
    id: u64,
}

impl Drop for WaitBegun {
    fn drop(&mut self) {
        lock(&self.of.all).remove(&self.id);
    }
}

impl Waits {
    /// A wait begins.
    pub fn begin(&self, wait: WaitNow, now: DateTime<Utc>) -> WaitBegun {
        let seconds = (wait.until - now).num_seconds();
        if seconds >= TOLD_S && !self.0.watched.load(Ordering::Relaxed) {
            let at = wait.until.format("%H:%M:%S UTC");
            tracing::warn!(
                "{} waits: {}; goes on in {seconds} s, at {at}",
                wait.system,
                wait.why
            );
        }
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.0.all).insert(id, wait);
        WaitBegun {
            of: Arc::clone(&self.0),
            id,
        }
    }

    /// A wait before something is tried again begins.
    pub fn again(
        &self,
        system: &str,
        why: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> WaitBegun {
        let wait = WaitNow {
            system: system.to_owned(),
            limit: None,
            why: why.to_owned(),
            until,
        };
        self.begin(wait, now)
    }

    /// The wait that ends last.
    pub fn now(&self) -> Option<WaitNow> {
        let all = lock(&self.0.all);
        all.values().max_by_key(|w| w.until).cloned()
    }

    /// Somebody watches, and need not be told in the log.
    pub fn watch(&self, watched: bool) {
        self.0.watched.store(watched, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_ends_last_is_told_until_it_is_over() {
        let now = DateTime::UNIX_EPOCH;
        let wait = |system: &str, seconds| WaitNow {
            system: system.to_owned(),
            limit: None,
            why: String::new(),
            until: now + chrono::Duration::seconds(seconds),
        };
        let waits = Waits::default();
        assert_eq!(waits.now(), None);
        let long = waits.begin(wait("a", 60), now);
        let short = waits.clone().begin(wait("b", 1), now);
        assert_eq!(waits.now(), Some(wait("a", 60)));
        drop(long);
        assert_eq!(waits.now(), Some(wait("b", 1)));
        drop(short);
        assert_eq!(waits.now(), None);
    }
}
