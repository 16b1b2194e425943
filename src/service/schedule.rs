//! When a tenant runs next.

use crate::mapping::Trigger;
use chrono::{DateTime, Duration, Utc};
use croner::parser::CronParser;

/// The next time of a trigger, which may have passed already; `None` for a tenant that runs only when told to.
pub fn next_run(
    trigger: &Trigger,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match trigger {
        Trigger::Manual => None,
        Trigger::Every(seconds) => {
            Some(last.map_or(now, |l| l + Duration::seconds(i64::from(*seconds))))
        }
        Trigger::Cron { expression, zone } => {
            // The expression was checked when the file was compiled.
            let cron = CronParser::new().parse(expression).ok()?;
            // What was due while nobody was there is due now, once.
            let from = last.unwrap_or(now).with_timezone(zone);
            let next = cron.find_next_occurrence(&from, false).ok()?;
            Some(next.with_timezone(&Utc))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_half_hour_counts_from_the_last_run() {
        let every = Trigger::Every(1800);
        let now = at("2026-07-15T02:10:00Z");
        assert_eq!(next_run(&every, None, now), Some(now));
        let last = Some(at("2026-07-15T02:00:00Z"));
        assert_eq!(
            next_run(&every, last, now),
            Some(at("2026-07-15T02:30:00Z"))
        );
        assert_eq!(next_run(&Trigger::Manual, last, now), None);
    }

    #[test]
    fn a_cron_expression_is_read_in_its_own_zone() {
        let cron = Trigger::Cron {
            expression: "0 6 * * 1-5".into(),
            zone: "Europe/London".parse().unwrap(),
        };
        // A Friday evening: the next weekday is Monday, six o'clock summer time.
        let now = at("2026-07-17T20:00:00Z");
        assert_eq!(
            next_run(&cron, Some(now), now),
            Some(at("2026-07-20T05:00:00Z"))
        );
    }
}
