//! Budgets: how often a vendor may be called, kept before the vendor has to say no.
//!
//! Flows in: the [`Allowance`]s of a call (one a shared limit: an OAuth client's, an organisation's). Flows out: a
//! [`Permit`] that is held while the call is under way, or [`Denied`] with the time to come back.
//! Refuses: calls whose turn is further away than the caller's patience, and calls beyond the day's share.
//! Bounded by: the limits themselves; a log holds at most as many entries as its largest window allows.
//!
//! A call counts from the moment it is let go until a whole window after it has *ended*: the vendor counts it
//! at some moment in between, so that whatever the network does, the vendor never sees more than the limit.
//! Calls are counted by [`DayCounter`] for all processes together: the day's, and those of the last moments, which a process
//! takes in before a call under a key that it has left alone for longer than its windows: so do two that run one after another.
//! What two let go at the same time they learn of from the vendor's answers ([`Budgets::learn_window`]).
//!
//! Of the day 20 % is kept back for people and another 10 % for recovering from failures.

mod allowance;
mod days;
mod forecast;
mod log;
mod waits;

pub use allowance::{Allowance, Denied, Limits, Urgency, Window};
pub use days::{DayCounter, MemoryDays};
pub use forecast::{day_left, done_by};
pub use log::counts_from;
pub use waits::{WaitBegun, WaitNow, Waits};

use crate::clock::Clock;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use log::{Log, lock};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls a day of the smallest plan of a vendor that has plans.
const SMALL_PLAN: u64 = 1000;

/// All limits of all vendors of this process.
pub struct Budgets {
    clock: Arc<dyn Clock>,
    days: Arc<dyn DayCounter>,
    logs: Arc<Mutex<BTreeMap<String, Log>>>,
    gates: Mutex<BTreeMap<String, Arc<Semaphore>>>,
    waits: Waits,
}

/// The right to have one call under way. Dropping it says that the call has ended.
pub struct Permit {
    keys: Vec<String>,
    clock: Arc<dyn Clock>,
    logs: Arc<Mutex<BTreeMap<String, Log>>>,
    _gates: Vec<OwnedSemaphorePermit>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.clock.now();
        let mut logs = lock(&self.logs);
        for key in &self.keys {
            let log = logs.entry(key.clone()).or_default();
            log.under_way = log.under_way.saturating_sub(1);
            let at = log.ended.back().map_or(now, |last| now.max(*last));
            log.ended.push_back(at);
        }
    }
}

/// Calls that cannot be counted are not made.
fn uncounted(why: String, now: DateTime<Utc>) -> Denied {
    Denied {
        until: now + Duration::seconds(60),
        why,
        park: false,
        window: None,
    }
}

fn day_is_used(a: &Allowance, used: u64, now: DateTime<Utc>) -> Denied {
    Denied {
        until: midnight_after(now),
        why: format!(
            "{used} of the {} calls a day of {} are used; the rest is kept for people and for recovery",
            a.limits.a_day, a.key
        ),
        park: true,
        window: None,
    }
}

/// Since when calls are of use: as long as the longest window.
fn of_use(limits: &Limits, now: DateTime<Utc>) -> DateTime<Utc> {
    let longest = limits.windows.iter().map(|w| w.seconds).max();
    now - Duration::seconds(longest.unwrap_or(0))
}

fn midnight_after(now: DateTime<Utc>) -> DateTime<Utc> {
    let next = now.date_naive().succ_opt().unwrap_or(now.date_naive());
    next.and_time(NaiveTime::MIN).and_utc()
}

impl Budgets {
    /// With nothing used so far.
    pub fn new(clock: Arc<dyn Clock>, days: Arc<dyn DayCounter>) -> Self {
        Self {
            clock,
            days,
            logs: Arc::default(),
            gates: Mutex::default(),
            waits: Waits::default(),
        }
    }

    /// Waits for a call's turn under all its allowances, as long as `patience`.
    ///
    /// # Errors
    /// [`Denied`] when its turn is later than that, or the day's share is used.
    pub async fn admit(
        &self,
        allowances: &[Allowance],
        urgency: Urgency,
        patience: Duration,
    ) -> Result<Permit, Denied> {
        let mut sorted: Vec<&Allowance> = allowances.iter().collect();
        // Always in the same order, so that two calls cannot wait for one another.
        sorted.sort_by(|a, b| a.key.cmp(&b.key));
        let mut gates = Vec::new();
        for a in &sorted {
            if let Some(gate) = self.gate(a) {
                let entered = gate.acquire_owned().await;
                gates.push(entered.map_err(|_| self.closed())?);
            }
        }
        let give_up = self.clock.now() + patience;
        for a in &sorted {
            self.take_in(a).await?;
        }
        loop {
            let now = self.clock.now();
            let denied = match self.reserve(&sorted, now) {
                Ok(()) => break,
                Err(denied) => denied,
            };
            if denied.until > give_up || denied.park {
                return Err(denied);
            }
            let until = denied.until;
            let system = sorted.first().and_then(|a| a.key.split('/').next());
            let wait = WaitNow {
                system: system.unwrap_or_default().to_owned(),
                limit: denied.window,
                why: denied.why,
                until,
            };
            let _waits = self.waits.begin(wait, now);
            self.clock.sleep_until(until).await;
        }
        let permit = Permit {
            keys: sorted.iter().map(|a| a.key.clone()).collect(),
            clock: self.clock.clone(),
            logs: self.logs.clone(),
            _gates: gates,
        };
        self.count_day(&sorted, urgency).await?;
        Ok(permit)
    }

    /// What others have let go of late, where this process has not called under a key for as long as that matters.
    async fn take_in(&self, a: &Allowance) -> Result<(), Denied> {
        let now = self.clock.now();
        let largest = a.limits.windows.iter().map(|w| w.most).max();
        // Counted for others is what has a day's limit.
        let Some(largest) = largest.filter(|_| a.limits.a_day > 0) else {
            return Ok(());
        };
        let since = of_use(&a.limits, now);
        let quiet = {
            let mut logs = lock(&self.logs);
            let log = logs.entry(a.key.clone()).or_default();
            log.tidy(now, (now - since).num_seconds());
            log.is_quiet()
        };
        if quiet {
            let recent = self.days.recent(&a.key, since, now).await;
            let recent = recent.map_err(|why| uncounted(why, now))?;
            // Several may have found it quiet and asked: the first of them takes it in.
            lock(&self.logs)
                .entry(a.key.clone())
                .or_default()
                .take_in(recent, largest);
        }
        Ok(())
    }

    fn closed(&self) -> Denied {
        Denied {
            until: self.clock.now() + Duration::seconds(60),
            why: "the program is ending".to_owned(),
            park: false,
            window: None,
        }
    }

    /// What calls wait for just now.
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// As many at once as the vendor takes, and never so many that calls under way fill a window.
    fn gate(&self, a: &Allowance) -> Option<Arc<Semaphore>> {
        let smallest = a.limits.windows.iter().map(|w| w.most).min();
        let most = match (a.limits.at_once, smallest) {
            (0, None) => return None,
            (0, Some(w)) => w,
            (n, Some(w)) => n.min(w),
            (n, None) => n,
        };
        let mut gates = lock(&self.gates);
        let gate = gates
            .entry(a.key.clone())
            .or_insert_with(|| Arc::new(Semaphore::new(most.clamp(1, 1000))));
        Some(gate.clone())
    }

    fn reserve(&self, sorted: &[&Allowance], now: DateTime<Utc>) -> Result<(), Denied> {
        let mut logs = lock(&self.logs);
        let mut worst: Option<Denied> = None;
        for a in sorted {
            let log = logs.entry(a.key.clone()).or_default();
            let longest = a.limits.windows.iter().map(|w| w.seconds).max();
            log.tidy(now, longest.unwrap_or(0));
            let day = log.day_used_up.filter(|d| *d > now);
            let (free, window) = log.next(now, &a.limits);
            let at = free.max(day.unwrap_or(now));
            if at > now && worst.as_ref().is_none_or(|w| at > w.until) {
                let why = match (day, window) {
                    (Some(_), _) => "the day's calls are used".to_owned(),
                    (None, Some(w)) => format!("its limit of {w} is used"),
                    (None, None) => "it asked to be left alone for a while".to_owned(),
                };
                worst = Some(Denied {
                    until: at,
                    why,
                    park: day.is_some(),
                    window,
                });
            }
        }
        if let Some(denied) = worst {
            return Err(denied);
        }
        for a in sorted {
            logs.entry(a.key.clone()).or_default().under_way += 1;
        }
        Ok(())
    }

    async fn count_day(&self, sorted: &[&Allowance], urgency: Urgency) -> Result<(), Denied> {
        let now = self.clock.now();
        let day = now.date_naive();
        let share = |a: &Allowance| urgency.share(a.limits.a_day);
        let counted = || sorted.iter().filter(|a| a.limits.a_day > 0);
        // A call that is refused is not counted, else refusals would eat what is kept for others.
        for a in counted() {
            let known = self.known(&a.key, day);
            if known >= share(a) {
                return Err(day_is_used(a, known, now));
            }
        }
        let keys: Vec<(&str, DateTime<Utc>)> = counted()
            .map(|a| (a.key.as_str(), of_use(&a.limits, now)))
            .collect();
        let used = self.days.add_to_each(&keys, now, 1).await;
        let used = used.map_err(|why| uncounted(why, now))?;
        for (a, used) in counted().zip(used) {
            let share = share(a);
            lock(&self.logs).entry(a.key.clone()).or_default().counted = Some((day, used));
            if used > share {
                return Err(day_is_used(a, used, now));
            }
        }
        Ok(())
    }

    /// The day's count as this process last saw it; another one may have counted on.
    fn known(&self, key: &str, day: NaiveDate) -> u64 {
        let logs = lock(&self.logs);
        let counted = logs.get(key).and_then(|l| l.counted);
        counted.filter(|(d, _)| *d == day).map_or(0, |(_, n)| n)
    }

    /// The vendor says how much of a window is left: what it counts beyond ours was someone else's.
    pub fn learn_window(&self, key: &str, window: Window, left: usize) {
        let now = self.clock.now();
        let mut logs = lock(&self.logs);
        let log = logs.entry(key.to_owned()).or_default();
        let edge = log
            .ended
            .partition_point(|e| *e <= now - Duration::seconds(window.seconds));
        let ours = log.under_way + (log.ended.len() - edge);
        let theirs = window.most.saturating_sub(left);
        for _ in ours..theirs.min(window.most) {
            log.ended.push_back(now);
        }
    }

    /// The vendor says how much of the day is left.
    pub async fn learn_day(&self, a: &Allowance, left: u64) {
        let now = self.clock.now();
        let day = now.date_naive();
        let used = self.used(a, left, now).await;
        // What this process counted itself is kept already.
        if used <= self.known(&a.key, day) {
            return;
        }
        // A counter that cannot be kept refuses the next call; here nothing more can be done.
        if let Err(why) = self.days.raise(&a.key, day, used).await {
            tracing::warn!(key = a.key, why, "the day's calls cannot be counted");
        }
    }

    /// How much of the day's allowance is used, when so much is left.
    ///
    /// A plan of the client may give less than we were told (a free one a thousand calls): then what is left
    /// is less than all that could be left from the day's first answer on, and shares are taken of that.
    async fn used(&self, a: &Allowance, left: u64, now: DateTime<Utc>) -> u64 {
        let day = now.date_naive();
        let all = a.limits.a_day;
        // Of a small plan never so much is left.
        if all <= SMALL_PLAN || left > SMALL_PLAN {
            return all.saturating_sub(left);
        }
        let small = format!("{}/small", a.key);
        let known = self.days.add(&small, now, now, 0).await.unwrap_or(0) > 0;
        let own = self.days.add(&a.key, now, now, 0).await.unwrap_or(0);
        if !(known || own.saturating_add(left) <= SMALL_PLAN) {
            return all.saturating_sub(left);
        }
        if !known && let Err(why) = self.days.raise(&small, day, 1).await {
            tracing::warn!(key = a.key, why, "the plan's size cannot be kept");
        }
        all.saturating_sub(all.saturating_mul(left) / SMALL_PLAN)
    }

    /// The vendor refuses calls under a key until a time.
    pub fn block(&self, key: &str, until: DateTime<Utc>, whole_day: bool) {
        let mut logs = lock(&self.logs);
        let log = logs.entry(key.to_owned()).or_default();
        let slot = if whole_day {
            &mut log.day_used_up
        } else {
            &mut log.blocked
        };
        *slot = (*slot).max(Some(until));
    }
}
