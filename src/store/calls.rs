//! How many calls were made, by day and in the last moments, for all processes together.

use super::rows::{number, text};
use super::sql::{Db, sql};
use super::tokens::{TokenVault, said};
use crate::connectors::budget::{DayCounter, counts_from};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

impl TokenVault {
    /// Calls that were noted for later than now stay noted as calls of now: whoever asks next counts them from the same time.
    async fn clock_went_back(&self, key: &str, now: DateTime<Utc>) -> Result<(), String> {
        let mut tx = self.store.begin().await.map_err(said)?;
        let late = sql("SELECT calls FROM recent_calls WHERE name = $1 AND second > $2");
        let late = late.bind(key).bind(now.timestamp());
        let late = late.all(&mut tx, |r| number(r, "calls")).await;
        let calls = late.map_err(said)?.into_iter().fold(0, i64::saturating_add);
        sql("DELETE FROM recent_calls WHERE name = $1 AND second > $2")
            .bind(key)
            .bind(now.timestamp())
            .run(&mut tx)
            .await
            .map_err(said)?;
        note(&mut tx, key, now.timestamp(), calls).await?;
        tx.commit().await.map_err(said)
    }
}

/// Notes calls of a second.
async fn note(db: &mut Db, key: &str, second: i64, calls: i64) -> Result<(), String> {
    let ask = sql(
        "INSERT INTO recent_calls (name, second, calls) VALUES ($1,$2,$3)
         ON CONFLICT (name, second) DO UPDATE SET calls = recent_calls.calls + excluded.calls",
    );
    let ask = ask.bind(key).bind(second).bind(calls);
    ask.run(db).await.map(|_| ()).map_err(said)
}

#[async_trait]
impl DayCounter for TokenVault {
    async fn add(
        &self,
        key: &str,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
        calls: u64,
    ) -> Result<u64, String> {
        let used = self.add_to_each(&[(key, since)], now, calls).await?;
        used.first()
            .copied()
            .ok_or_else(|| "nothing was counted".into())
    }

    async fn add_to_each(
        &self,
        keys: &[(&str, DateTime<Utc>)],
        now: DateTime<Utc>,
        calls: u64,
    ) -> Result<Vec<u64>, String> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let calls = i64::try_from(calls).map_err(said)?;
        let mut tx = self.store.begin().await.map_err(said)?;
        let mut days = sql(
            "INSERT INTO day_counters (name, day, used) VALUES ($1,$2,$3)
             ON CONFLICT (name, day) DO UPDATE SET used = day_counters.used + excluded.used RETURNING name, used",
        )
        .rows(keys.len());
        let mut recent = sql(
            "INSERT INTO recent_calls (name, second, calls) VALUES ($1,$2,$3)
             ON CONFLICT (name, second) DO UPDATE SET calls = recent_calls.calls + excluded.calls",
        )
        .rows(keys.len());
        for (key, _) in keys {
            let name = (*key).to_owned();
            let day = now.date_naive().to_string();
            days = days.bind(name.clone()).bind(day).bind(calls);
            recent = recent.bind(name).bind(now.timestamp()).bind(calls);
        }
        let read = |r: &_| Ok((text(r, "name")?, number(r, "used")?));
        let used: BTreeMap<String, i64> = (days.all(&mut tx, read).await.map_err(said)?)
            .into_iter()
            .collect();
        if calls > 0 {
            // With each that comes the old ones go: a key that many share is never left alone for long.
            let oldest = keys.iter().map(|(_, since)| since.timestamp()).min();
            let names: Vec<String> = keys.iter().map(|(key, _)| (*key).to_owned()).collect();
            sql("DELETE FROM recent_calls WHERE second < $1 AND name IN ($2)")
                .bind(oldest.unwrap_or_default())
                .list(&names)
                .run(&mut tx)
                .await
                .map_err(said)?;
            recent.run(&mut tx).await.map_err(said)?;
        }
        tx.commit().await.map_err(said)?;
        let one = |(key, _): &(&str, DateTime<Utc>)| {
            let used = used.get(*key).copied().unwrap_or_default();
            u64::try_from(used).map_err(said)
        };
        keys.iter().map(one).collect()
    }

    async fn recent(
        &self,
        key: &str,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, usize)>, String> {
        let all = sql(
            "SELECT second, calls FROM recent_calls WHERE name = $1 AND second >= $2 ORDER BY second",
        )
        .bind(key)
        .bind(since.timestamp())
        .all(&mut *self.db().await?, |r| {
            Ok((number(r, "second")?, number(r, "calls")?))
        })
        .await
        .map_err(said)?;
        if all.iter().any(|(second, _)| *second > now.timestamp()) {
            self.clock_went_back(key, now).await?;
        }
        // A call counts from the end of its second, or from now where that is not over yet.
        let one = |(second, calls): (i64, i64)| {
            let at = DateTime::from_timestamp(second.saturating_add(1), 0).unwrap_or(now);
            (counts_from(at, now), usize::try_from(calls).unwrap_or(0))
        };
        Ok(all.into_iter().map(one).collect())
    }

    async fn raise(&self, key: &str, day: NaiveDate, to: u64) -> Result<(), String> {
        let to = i64::try_from(to).map_err(said)?;
        sql(
            "INSERT INTO day_counters (name, day, used) VALUES ($1,$2,$3)
             ON CONFLICT (name, day) DO UPDATE SET used = excluded.used WHERE excluded.used > day_counters.used",
        )
        .bind(key)
        .bind(day.to_string())
        .bind(to)
        .run(&mut *self.db().await?)
        .await
        .map_err(said)?;
        Ok(())
    }
}
