//! The one place that reads time.
//!
//! Everything else is given a [`Clock`]. The real one reads the machine's; a [`TestClock`] stands where
//! it is put, and a sleep on it moves it, so that a day of quota passes in no time.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use std::sync::{Mutex, OnceLock};

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time, in UTC.
    fn now(&self) -> DateTime<Utc>;
    /// How long this process has run since some moment of its own, whatever the time is set to meanwhile.
    fn elapsed(&self) -> std::time::Duration;
    /// Waits until a time has come.
    async fn sleep_until(&self, until: DateTime<Utc>);
}

/// A moment by the time and by the process's own count: a clock that goes back cannot make it look recent.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time, in UTC.
    pub at: DateTime<Utc>,
    ran: std::time::Duration,
}

impl Moment {
    /// This moment.
    pub fn now(clock: &dyn Clock) -> Self {
        Self {
            at: clock.now(),
            ran: clock.elapsed(),
        }
    }

    /// Whether no more than so many seconds have gone by since, by the time and by the process's count.
    pub fn within(&self, clock: &dyn Clock, seconds: i64) -> bool {
        let by_time = clock.now() - self.at;
        let ran = clock.elapsed().saturating_sub(self.ran);
        (Duration::zero()..=Duration::seconds(seconds)).contains(&by_time)
            && ran.as_secs() <= u64::try_from(seconds).unwrap_or(0)
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealClock;

#[async_trait]
#[allow(
    clippy::disallowed_methods,
    reason = "this is the one place that reads time"
)]
impl Clock for RealClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
    fn elapsed(&self) -> std::time::Duration {
        static BEGAN: OnceLock<std::time::Instant> = OnceLock::new();
        BEGAN.get_or_init(std::time::Instant::now).elapsed()
    }
    async fn sleep_until(&self, until: DateTime<Utc>) {
        let left = until - Utc::now();
        if let Ok(left) = left.to_std() {
            tokio::time::sleep(left).await;
        }
    }
}

/// A clock that stands still until it is moved; sleeping moves it.
#[derive(Debug)]
pub struct TestClock(Mutex<StoodAt>);

#[derive(Debug)]
struct StoodAt {
    now: DateTime<Utc>,
    ran: Duration,
}

impl StoodAt {
    fn pass(&mut self, by: Duration) {
        self.now += by;
        self.ran += by;
    }
}

impl TestClock {
    /// A clock that stands at a time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(StoodAt {
            now,
            ran: Duration::zero(),
        }))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.lock().pass(by);
    }

    /// Puts it to a time, earlier or later.
    pub fn set(&self, to: DateTime<Utc>) {
        self.lock().now = to;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, StoodAt> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        self.lock().now
    }
    fn elapsed(&self) -> std::time::Duration {
        self.lock().ran.to_std().unwrap_or_default()
    }
    async fn sleep_until(&self, until: DateTime<Utc>) {
        let mut clock = self.lock();
        let left = until - clock.now;
        if left > Duration::zero() {
            clock.pass(left);
        }
    }
}
