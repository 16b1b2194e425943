//! Who counts calls for all processes together.

use super::log::lock;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Counts calls by key, by their day (UTC) and of the last moments, across processes.
#[async_trait]
pub trait DayCounter: Send + Sync {
    /// Adds calls of now to their day's count, and to what is known of the last moments, of which nothing before `since` is of
    /// use any more; answers the day's new count.
    ///
    /// # Errors
    /// A sentence: the count cannot be kept.
    async fn add(
        &self,
        key: &str,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
        calls: u64,
    ) -> Result<u64, String>;
    /// The same under several keys, each with the time before which nothing of it is of use; answers their counts in that
    /// order.
    ///
    /// # Errors
    /// A sentence: the counts cannot be kept.
    async fn add_to_each(
        &self,
        keys: &[(&str, DateTime<Utc>)],
        now: DateTime<Utc>,
        calls: u64,
    ) -> Result<Vec<u64>, String> {
        let mut used = Vec::new();
        for (key, since) in keys {
            used.push(self.add(key, *since, now, calls).await?);
        }
        Ok(used)
    }
    /// The calls of the last moments, by whichever process, each with the moment from which it counts
    /// ([`counts_from`](super::counts_from)).
    ///
    /// # Errors
    /// A sentence: they cannot be read.
    async fn recent(
        &self,
        key: &str,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, usize)>, String>;
    /// Raises a day's count to at least so many: the vendor knows of calls that were not ours.
    ///
    /// # Errors
    /// A sentence: the count cannot be kept.
    async fn raise(&self, key: &str, day: NaiveDate, to: u64) -> Result<(), String>;
}

/// Counts in memory: for tests, and where one process makes all calls.
#[derive(Debug, Default)]
pub struct MemoryDays(Mutex<BTreeMap<(String, NaiveDate), u64>>);

#[async_trait]
impl DayCounter for MemoryDays {
    async fn add(
        &self,
        key: &str,
        _: DateTime<Utc>,
        now: DateTime<Utc>,
        calls: u64,
    ) -> Result<u64, String> {
        let day = now.date_naive();
        let mut all = lock(&self.0);
        // Yesterday's count is of no use to anyone.
        all.retain(|(_, d), _| *d >= day);
        let count = all.entry((key.to_owned(), day)).or_default();
        *count = count.saturating_add(calls);
        Ok(*count)
    }
    async fn recent(
        &self,
        _: &str,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, usize)>, String> {
        // The one process knows by itself.
        Ok(Vec::new())
    }
    async fn raise(&self, key: &str, day: NaiveDate, to: u64) -> Result<(), String> {
        let mut all = lock(&self.0);
        let count = all.entry((key.to_owned(), day)).or_default();
        *count = (*count).max(to);
        Ok(())
    }
}
