//! One world: its true time, its chance, its log.
//!
//! Flows in: a seed. Flows out: the same numbers and the same log for the same seed. Nothing else in the
//! simulation knows the time or rolls dice. Bounded by [`LOG_LINES`].

use super::vendor::{Fate, Ledger};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use crossfoot::clock::Clock;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Most lines of log kept of one seed.
const LOG_LINES: usize = 20_000;

/// Milliseconds of true time since the world began.
pub type Ms = i64;
/// One second.
pub const S: Ms = 1_000;
/// One minute.
pub const MIN: Ms = 60 * S;

/// Chance, from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// From `low` to `high`, `high` not included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }
    /// True so many times in ten thousand.
    pub fn hits(&mut self, in_ten_thousand: i64) -> bool {
        self.range(0, 10_000) < in_ten_thousand
    }
}

/// How likely what goes wrong is, in ten thousand.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    pub name: &'static str,
    /// A crash at an await.
    pub crash: i64,
    /// The process stands still at an await of the journal, for up to twenty minutes.
    pub stall: i64,
    /// Not sent at all.
    pub not_sent: i64,
    /// The request is lost on its way.
    pub drop_request: i64,
    /// The answer is lost on its way.
    pub drop_answer: i64,
    /// 429.
    pub too_many: i64,
    /// 500 before anything was done, kept for the key.
    pub fail_before: i64,
    /// 500 after all was done, kept for the key.
    pub fail_after: i64,
    /// A cut-off or short answer.
    pub cut: i64,
    /// The request is under way or at work for up to 130 s.
    pub slow: i64,
    /// The request arrives twice.
    pub twice: i64,
    /// A worker's clock goes back, per minute.
    pub clock_back: i64,
}

/// No faults at all.
pub const CALM: Weather = Weather {
    name: "calm",
    crash: 0,
    stall: 0,
    not_sent: 0,
    drop_request: 0,
    drop_answer: 0,
    too_many: 0,
    fail_before: 0,
    fail_after: 0,
    cut: 0,
    slow: 0,
    twice: 0,
    clock_back: 0,
};

/// What one worker waits for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waiting {
    /// Not to be polled before.
    pub wake: Ms,
    /// How far its clock is from the true time.
    pub offset: Ms,
    /// The request whose answer it waits for.
    pub request: Option<u64>,
}

/// Everything that is shared.
pub struct World {
    pub now: Ms,
    pub dice: Dice,
    pub weather: Weather,
    pub workers: [Waiting; 2],
    pub ledger: Ledger,
    pub violations: Vec<String>,
    /// What befalls the next request, whatever the weather; and whether it is late.
    pub next_fate: Option<(Fate, bool)>,
    fence: i64,
    holder: String,
    pub hash: u64,
    pub events: u64,
    verbose: bool,
    pub log: Vec<String>,
}

/// A handle to the world.
pub type Shared = Arc<Mutex<World>>;

impl World {
    pub fn new(seed: u64, weather: Weather, ledger: Ledger, verbose: bool) -> Self {
        Self {
            now: 0,
            dice: Dice::new(seed),
            weather,
            workers: [Waiting::default(); 2],
            ledger,
            violations: Vec::new(),
            next_fate: None,
            fence: 0,
            holder: String::new(),
            hash: 0xcbf2_9ce4_8422_2325,
            events: 0,
            verbose,
            log: Vec::new(),
        }
    }

    /// Notes an event: its word and two numbers go into the hash, the text only into the log.
    pub fn note(&mut self, word: &'static str, a: i64, b: i64, text: impl FnOnce() -> String) {
        self.events += 1;
        let bytes = word.bytes().map(u64::from);
        let numbers = [self.now, a, b].into_iter().map(|n| n.cast_unsigned());
        for x in bytes.chain(numbers) {
            self.hash = (self.hash ^ x).wrapping_mul(0x0000_0100_0000_01B3);
        }
        if self.verbose && self.log.len() < LOG_LINES {
            let t = self.now;
            let line = format!("{:>6}.{:03}  {word:<12} {}", t / S, t % S, text());
            self.log.push(line);
        }
    }

    /// What must never be, was.
    pub fn violation(&mut self, what: String) {
        self.note("VIOLATION", 0, 0, || what.clone());
        self.violations.push(what);
    }
}

/// Locks the world.
pub fn lock(shared: &Shared) -> MutexGuard<'_, World> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time the world begins.
pub fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default()
}

/// A worker's own clock: the true time and how far it is off.
pub struct WorkerClock {
    pub shared: Shared,
    pub who: usize,
}

#[async_trait]
impl Clock for WorkerClock {
    fn now(&self) -> DateTime<Utc> {
        let w = lock(&self.shared);
        beginning() + Duration::milliseconds(w.now + w.workers[self.who].offset)
    }
    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::from_millis(lock(&self.shared).now.unsigned_abs())
    }
    async fn sleep_until(&self, until: DateTime<Utc>) {
        let left = (until - self.now()).num_milliseconds().max(0);
        pause(&self.shared, self.who, left).await;
    }
}

/// Lets true time pass; every such place is one where a worker may die.
pub fn pause(shared: &Shared, who: usize, ms: Ms) -> Pause<'_> {
    Pause {
        shared,
        who,
        ms,
        until: None,
    }
}

/// See [`pause`].
pub struct Pause<'a> {
    shared: &'a Shared,
    who: usize,
    ms: Ms,
    until: Option<Ms>,
}

impl Future for Pause<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let (who, ms, until) = (self.who, self.ms, self.until);
        let mut w = lock(self.shared);
        let until = until.unwrap_or(w.now + ms);
        // The first poll always waits, so that even no time at all is a place to die.
        if self.until.is_some() && w.now >= until {
            return Poll::Ready(());
        }
        w.workers[who].wake = until;
        drop(w);
        self.until = Some(until);
        Poll::Pending
    }
}

impl World {
    /// I5: the fence grows with every taking.
    pub fn gave_fence(&mut self, holder: &str, fence: i64) {
        let (last, who) = (self.fence, self.holder.as_str());
        let fine = if who == holder {
            fence >= last
        } else {
            fence > last
        };
        if !fine {
            self.violation(format!(
                "I5: {holder} was given fence {fence} after {last} was given"
            ));
        }
        self.fence = self.fence.max(fence);
        holder.clone_into(&mut self.holder);
    }

    /// I5: nothing is committed under an older fence than the newest.
    pub fn committed(&mut self, fence: i64) {
        if fence < self.fence {
            let newest = self.fence;
            self.violation(format!(
                "I5: fence {fence} committed after {newest} was given"
            ));
        }
    }
}
