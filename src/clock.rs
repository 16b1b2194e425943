//! The one place that reads time.
//!
//! Everything else is given a [`Clock`]. The real one reads the machine's; a [`TestClock`] stands where
//! it is put, and a sleep on it moves it, so that a day of quota passes in no time.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use std::sync::Mutex;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time, in UTC.
    fn now(&self) -> DateTime<Utc>;
    /// Waits until a time has come.
    async fn sleep_until(&self, until: DateTime<Utc>);
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
    async fn sleep_until(&self, until: DateTime<Utc>) {
        let left = until - Utc::now();
        if let Ok(left) = left.to_std() {
            tokio::time::sleep(left).await;
        }
    }
}

/// A clock that stands still until it is moved; sleeping moves it.
#[derive(Debug)]
pub struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    /// A clock that stands at a time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        let mut now = self.lock();
        *now += by;
    }

    /// Puts it to a time, earlier or later.
    pub fn set(&self, to: DateTime<Utc>) {
        *self.lock() = to;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, DateTime<Utc>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.lock()
    }
    async fn sleep_until(&self, until: DateTime<Utc>) {
        let mut now = self.lock();
        if *now < until {
            *now = until;
        }
    }
}
