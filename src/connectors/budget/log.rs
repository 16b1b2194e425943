//! What one key has used, as this process knows it.

use super::allowance::{Limits, Window};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From when on a call counts that was noted for a time: one that is later than now was noted before the clock was put back,
/// and counts from now on. Forgotten, it would open its window a second time; left where it is, it would close it for as long as
/// the clock went back.
pub fn counts_from(noted: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    noted.min(now)
}

/// What one key has used.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) under_way: usize,
    pub(super) ended: VecDeque<DateTime<Utc>>,
    pub(super) blocked: Option<DateTime<Utc>>,
    pub(super) day_used_up: Option<DateTime<Utc>>,
    pub(super) counted: Option<(NaiveDate, u64)>,
}

impl Log {
    /// Forgets what is older than the longest window, and holds on to counts when the clock was put back.
    pub(super) fn tidy(&mut self, now: DateTime<Utc>, longest: i64) {
        if self.ended.back().is_some_and(|last| *last > now) {
            for ended in &mut self.ended {
                *ended = counts_from(*ended, now);
            }
        }
        let old = now - Duration::seconds(longest);
        while self.ended.front().is_some_and(|e| *e <= old) {
            self.ended.pop_front();
        }
    }

    /// When one more call may go: now, or when an older one leaves its window; and the window that is full.
    pub(super) fn next(
        &self,
        now: DateTime<Utc>,
        limits: &Limits,
    ) -> (DateTime<Utc>, Option<Window>) {
        let mut at = self.blocked.filter(|b| *b > now).unwrap_or(now);
        let mut full = None;
        for w in &limits.windows {
            let length = Duration::seconds(w.seconds);
            let edge = self.ended.partition_point(|e| *e <= now - length);
            let used = self.under_way + (self.ended.len() - edge);
            if used < w.most {
                continue;
            }
            // So many of the ended ones must leave before there is room for one.
            let leave = used + 1 - w.most;
            let free = match self.ended.get((edge + leave).saturating_sub(1)) {
                Some(ended) => *ended + length,
                None => now + Duration::milliseconds(50),
            };
            if free > at {
                (at, full) = (free, Some(*w));
            }
        }
        (at, full)
    }

    /// Whether nothing that still counts is known under the key.
    pub(super) fn is_quiet(&self) -> bool {
        self.ended.is_empty() && self.under_way == 0
    }

    /// Takes in what other processes, or this one before it began, have let go of late; nothing where somebody else has done so
    /// while that was asked for, or has called since: it would count once for each who asked. Of all these calls the latest
    /// that fill the largest window are enough to tell when the next may go.
    pub(super) fn take_in(&mut self, mut recent: Vec<(DateTime<Utc>, usize)>, largest: usize) {
        if !self.is_quiet() {
            return;
        }
        recent.sort_unstable();
        for (at, calls) in recent.into_iter().rev() {
            let room = largest.saturating_sub(self.ended.len());
            for _ in 0..calls.min(room) {
                self.ended.push_front(at);
            }
        }
    }
}
