//! When a tenant runs next.
//!
//! Flows in: a tenant's trigger, and since when its times count. Flows out: the next time, which may have passed
//! already: what was due while nobody was there is due now, once. A cron expression is read in its own zone, where a
//! day may have 23 or 25 hours: a time that does not exist that day is the first one after it, and a time that comes
//! twice counts once.

use crate::connectors::Session;
use crate::mapping::Trigger;
use crate::model::TenantId;
use crate::pipeline::ports::StoreError;
use crate::store::Store;
use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use croner::parser::CronParser;

/// Since when a tenant's times count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimesSince {
    /// It was switched on then, and has not run since.
    On(DateTime<Utc>),
    /// A run of everything began then, and came to its end.
    Ran(DateTime<Utc>),
}

/// The next time of a trigger, which may have passed already; `None` for a tenant that runs only when told to.
pub fn next_run(trigger: &Trigger, since: TimesSince) -> Option<DateTime<Utc>> {
    match (trigger, since) {
        (Trigger::Manual, _) => None,
        (Trigger::Every(_), TimesSince::On(at)) => Some(at),
        (Trigger::Every(seconds), TimesSince::Ran(at)) => {
            Some(at + Duration::seconds(i64::from(*seconds)))
        }
        (Trigger::Cron { expression, zone }, TimesSince::On(at) | TimesSince::Ran(at)) => {
            // The expression was checked when the file was compiled.
            let cron = CronParser::new().parse(expression).ok()?;
            let next = cron.find_next_occurrence(&at.with_timezone(zone), false);
            Some(next.ok()?.with_timezone(&Utc))
        }
    }
}

fn note(tenant: &TenantId) -> String {
    format!("since:{tenant}")
}

/// Since when a tenant's times count, as it was kept.
///
/// # Errors
/// [`StoreError`].
pub async fn since(store: &Store, tenant: &TenantId) -> Result<Option<TimesSince>, StoreError> {
    let kept = store.note(&note(tenant)).await?.unwrap_or_default();
    let read = |t: &str| DateTime::parse_from_rfc3339(t).ok().map(|t| t.to_utc());
    Ok(match kept.split_once(' ') {
        Some(("on", at)) => read(at).map(TimesSince::On),
        Some(("ran", at)) => read(at).map(TimesSince::Ran),
        _ => None,
    })
}

/// Keeps it, for whichever process looks next.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_since(
    store: &Store,
    tenant: &TenantId,
    since: TimesSince,
) -> Result<(), StoreError> {
    let (word, at) = match since {
        TimesSince::On(at) => ("on", at),
        TimesSince::Ran(at) => ("ran", at),
    };
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    store
        .keep_note(&note(tenant), &format!("{word} {at}"))
        .await
}

/// The day in a source's own calendar, by the `zone` of its connection. Where nobody says which that is, the latest day that
/// it may be anywhere: what is of an earlier one is surely not of a later.
pub fn local_day(from: &Session, at: DateTime<Utc>) -> NaiveDate {
    match from.settings.get("zone", "").parse::<chrono_tz::Tz>() {
        Ok(zone) => at.with_timezone(&zone).date_naive(),
        Err(_) => (at + Duration::hours(LATEST_ZONE_H)).date_naive(),
    }
}

/// No clock on earth is further ahead of UTC, in hours.
const LATEST_ZONE_H: i64 = 14;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn cron(expression: &str, zone: &str) -> Trigger {
        Trigger::Cron {
            expression: expression.into(),
            zone: zone.parse().unwrap(),
        }
    }

    /// The times of a trigger from a moment on, each run beginning a second late.
    fn times(trigger: &Trigger, from: &str, n: usize) -> Vec<String> {
        let mut since = TimesSince::On(at(from));
        let mut out = Vec::new();
        for _ in 0..n {
            let next = next_run(trigger, since).unwrap();
            out.push(next.format("%m-%d %H:%MZ").to_string());
            since = TimesSince::Ran(next + Duration::seconds(1));
        }
        out
    }

    #[test]
    fn every_half_hour_counts_from_the_last_run() {
        let every = Trigger::Every(1800);
        let now = at("2026-07-15T02:10:00Z");
        assert_eq!(next_run(&every, TimesSince::On(now)), Some(now));
        let last = TimesSince::Ran(at("2026-07-15T02:00:00Z"));
        assert_eq!(next_run(&every, last), Some(at("2026-07-15T02:30:00Z")));
        assert_eq!(next_run(&Trigger::Manual, last), None);
    }

    #[test]
    fn a_cron_expression_is_read_in_its_own_zone() {
        // A Friday evening: the next weekday is Monday, six o'clock summer time.
        let weekdays = cron("0 6 * * 1-5", "Europe/London");
        let found = times(&weekdays, "2026-07-17T20:00:00Z", 2);
        assert_eq!(found, ["07-20 05:00Z", "07-21 05:00Z"]);
    }

    #[test]
    fn a_day_of_23_hours_has_each_of_its_times_once() {
        // London's clocks go from 01:00 to 02:00 on 29 March: 01:30 does not exist, and is 02:00 (01:00 UTC).
        let nightly = cron("30 1 * * *", "Europe/London");
        let found = times(&nightly, "2026-03-28T00:00:00Z", 3);
        assert_eq!(found, ["03-28 01:30Z", "03-29 01:00Z", "03-30 00:30Z"]);
    }

    #[test]
    fn a_day_of_25_hours_has_each_of_its_times_once() {
        // They go back from 02:00 to 01:00 on 25 October: 01:30 comes twice.
        let nightly = cron("30 1 * * *", "Europe/London");
        let found = times(&nightly, "2026-10-24T12:00:00Z", 3);
        assert_eq!(found, ["10-25 00:30Z", "10-26 01:30Z", "10-27 01:30Z"]);
        // What is every hour is every hour, the doubled one too.
        let hourly = cron("0 * * * *", "Europe/London");
        let found = times(&hourly, "2026-10-24T23:30:00Z", 3);
        assert_eq!(found, ["10-25 00:00Z", "10-25 01:00Z", "10-25 02:00Z"]);
    }

    #[test]
    fn many_missed_times_are_one() {
        let hourly = cron("0 * * * *", "Australia/Sydney");
        let asleep = TimesSince::Ran(at("2026-07-15T02:00:05Z"));
        assert_eq!(next_run(&hourly, asleep), Some(at("2026-07-15T03:00:00Z")));
        // It ran once at nine, and the hours in between are gone.
        let woken = TimesSince::Ran(at("2026-07-15T09:20:00Z"));
        assert_eq!(next_run(&hourly, woken), Some(at("2026-07-15T10:00:00Z")));
    }
}
