//! The limits on calls, and the meter of the month.
//!
//! A company takes so many calls a minute, an app of it so many a second, batches are counted besides. What brings data out
//! (reads, queries, changes, each query of a batch) is metered for each app and month; what brings data in is free. Two
//! refusals with one status: the one ends by waiting, the other with the month.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::gateway::Gate;
use super::switches::Switches;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60_000;

/// Calls in a rolling window; times in milliseconds.
#[derive(Debug, Clone, Default)]
struct Window(VecDeque<i64>);

impl Window {
    fn count(&mut self, now: i64, length: i64) -> u64 {
        while self.0.front().is_some_and(|t| *t <= now - length) {
            self.0.pop_front();
        }
        self.0.iter().filter(|t| **t <= now).count() as u64
    }
}

/// What an app brought in and out in a month.
#[derive(Debug, Clone, Copy, Default)]
struct Month {
    writes: u64,
    reads: u64,
}

/// All meters.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    windows: BTreeMap<(&'static str, String), Window>,
    months: BTreeMap<(String, String), Month>,
}

/// A call, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costs {
    /// Metered reads in it.
    pub(super) reads: u64,
    pub(super) batch: bool,
}

impl Limits {
    /// Counts a call, or refuses it; a refused one does not count.
    pub(super) fn take(
        &mut self,
        app: &str,
        realm: &str,
        costs: Costs,
        sw: &Switches,
        now: DateTime<Utc>,
    ) -> Result<(), Gate> {
        let at = now.timestamp_millis();
        let both = format!("{app}|{realm}");
        let mut windows = vec![
            ("minute_limit", realm.to_string(), MINUTE),
            ("second_limit", both.clone(), SECOND),
        ];
        if costs.batch {
            windows.push(("batch_minute_limit", both, MINUTE));
            windows.push(("batch_company_limit", realm.to_string(), MINUTE));
        }
        let month = (app.to_string(), now.format("%Y-%m").to_string());
        if sw.is("limits", "on") {
            for (name, key, length) in &windows {
                let window = self.windows.entry((name, key.clone())).or_default();
                if window.count(at, *length) >= sw.level(name) {
                    return Err(Gate::throttled());
                }
            }
            let used = self.months.get(&month).copied().unwrap_or_default().reads;
            if costs.reads > 0 && used + costs.reads > sw.level("read_month_limit") {
                return Err(Gate::month_is_spent(sw));
            }
            for (name, key, _) in windows {
                self.windows.entry((name, key)).or_default().0.push_back(at);
            }
        }
        let month = self.months.entry(month).or_default();
        month.reads += costs.reads;
        month.writes += u64::from(costs.reads == 0);
        Ok(())
    }

    /// The meters, for the state report.
    pub(super) fn report(&self) -> Value {
        let one = |((app, month), used): (&(String, String), &Month)| json!({"client_id": app, "month": month, "core": used.writes, "core_plus": used.reads});
        Value::Array(self.months.iter().map(one).collect())
    }
}
