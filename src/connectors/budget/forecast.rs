//! When calls that are still to be made would have been let go, were they made one after another from now on.
//!
//! Flows in: a limit, what of its day is used, how many calls, for whom. Flows out: a time: the earliest, since answers take
//! theirs too. Bounded by: a number of days that a calendar has.

use super::allowance::{Limits, Urgency, Window};
use super::midnight_after;
use chrono::{DateTime, Duration, Utc};

/// What is left of a day's share; none where the day has no limit.
pub fn day_left(limits: &Limits, used: u64, urgency: Urgency) -> Option<u64> {
    let share = urgency.share(limits.a_day);
    (limits.a_day > 0).then(|| share.saturating_sub(used))
}

/// How long so many calls take under a window.
fn within(window: &Window, calls: u64) -> Duration {
    let most = u64::try_from(window.most).unwrap_or(u64::MAX).max(1);
    let full = calls.saturating_sub(1).checked_div(most).unwrap_or(0);
    let seconds = i64::try_from(full).unwrap_or(i64::MAX);
    Duration::try_seconds(seconds.saturating_mul(window.seconds)).unwrap_or(Duration::MAX)
}

fn after(start: DateTime<Utc>, limits: &Limits, calls: u64) -> DateTime<Utc> {
    let longest = limits.windows.iter().map(|w| within(w, calls)).max();
    let then = start.checked_add_signed(longest.unwrap_or_default());
    then.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// When the last of so many calls would be let go, beginning now.
pub fn done_by(
    limits: &Limits,
    used: u64,
    calls: u64,
    (urgency, now): (Urgency, DateTime<Utc>),
) -> DateTime<Utc> {
    let left = day_left(limits, used, urgency).unwrap_or(calls);
    if calls <= left {
        return after(now, limits, calls);
    }
    let (rest, share) = (calls - left, urgency.share(limits.a_day).max(1));
    let whole = rest.saturating_sub(1).checked_div(share).unwrap_or(0);
    let days = i64::try_from(whole).unwrap_or(i64::MAX);
    let days = Duration::try_days(days).unwrap_or(Duration::MAX);
    let last = midnight_after(now).checked_add_signed(days);
    let on_it = rest.saturating_sub(whole.saturating_mul(share));
    after(last.unwrap_or(DateTime::<Utc>::MAX_UTC), limits, on_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(a_day: u64) -> Limits {
        let window = |seconds, most| Window { seconds, most };
        Limits {
            at_once: 5,
            windows: vec![window(1, 10), window(60, 60)],
            a_day,
        }
    }

    fn by(a_day: u64, used: u64, calls: u64) -> String {
        let now = "2026-07-15T02:00:00Z".parse().unwrap();
        let done = done_by(&limits(a_day), used, calls, (Urgency::Routine, now));
        done.format("%dT%H:%M").to_string()
    }

    #[test]
    fn the_minute_counts_and_then_the_day_of_which_a_timer_may_use_its_share() {
        assert_eq!(by(0, 0, 60), "15T02:00");
        assert_eq!(by(0, 0, 61), "15T02:01");
        assert_eq!(by(0, 0, 6_000), "15T03:39");
        // 70 of 100 are for a timer; 20 are used.
        assert_eq!(by(100, 20, 50), "15T02:00");
        assert_eq!(by(100, 20, 51), "16T00:00");
        assert_eq!(by(100, 20, 50 + 70), "16T00:01");
        assert_eq!(by(100, 20, 50 + 71), "17T00:00");
        assert_eq!(by(100, 500, 1), "16T00:00");
        assert!(by(100, 0, u64::MAX).len() > 5);
        let all = |used| day_left(&limits(100), used, Urgency::Routine);
        assert_eq!((all(0), all(20), all(90)), (Some(70), Some(50), Some(0)));
        assert_eq!(day_left(&limits(0), 3, Urgency::Routine), None);
    }
}
