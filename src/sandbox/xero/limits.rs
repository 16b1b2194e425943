//! The vendor's limits on calls: five at once, sixty a minute and five thousand a day per organisation, ten thousand a
//! minute per app.
//!
//! Flows in: who calls, when, and how many calls are under way. Flows out: what remains, for the headers, or a 429.
//! A refused call does not count.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use http::StatusCode;
use uuid::Uuid;

use super::switches::Switches;
use crate::sandbox::wire::Reply;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// Calls in a window, rolling or fixed; times in milliseconds.
#[derive(Debug, Clone, Default)]
struct Window {
    calls: VecDeque<i64>,
}

impl Window {
    /// Drops what no longer counts; answers how many do, and when the next stops counting.
    fn look(&mut self, now: i64, length: i64, fixed_at: Option<i64>) -> (u64, i64) {
        let start = match fixed_at {
            Some(offset) => (now - offset).div_euclid(length) * length + offset,
            None => now - length + 1,
        };
        while self.calls.front().is_some_and(|t| *t < start) {
            self.calls.pop_front();
        }
        let frees = match fixed_at {
            Some(_) => start + length,
            None => self.calls.front().map_or(now, |t| t + length),
        };
        (self.calls.len() as u64, frees)
    }
}

/// All meters.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    minutes: BTreeMap<(String, Uuid), Window>,
    days: BTreeMap<(String, Uuid), Window>,
    apps: BTreeMap<String, Window>,
}

/// What remains after this call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remaining {
    day: u64,
    minute: u64,
    app: u64,
}

impl Remaining {
    /// Writes the headers that every answer carries.
    pub(super) fn on(self, reply: Reply) -> Reply {
        reply
            .with("x-daylimit-remaining", self.day.to_string())
            .with("x-minlimit-remaining", self.minute.to_string())
            .with("x-appminlimit-remaining", self.app.to_string())
    }
}

/// Who calls.
pub(super) struct Caller<'a> {
    pub(super) app: &'a str,
    pub(super) tenant: Uuid,
    pub(super) in_flight: usize,
    pub(super) day_limit: Option<u64>,
}

impl Limits {
    /// Counts a call, or refuses it.
    pub(super) fn take(
        &mut self,
        who: &Caller<'_>,
        sw: &Switches,
        now: DateTime<Utc>,
    ) -> Result<Remaining, Box<Reply>> {
        let at = now.timestamp_millis();
        let key = (who.app.to_string(), who.tenant);
        let minute_fixed = sw.is("rate_window", "fixed").then_some(0);
        // A day ends at another time for every organisation.
        let offset = i64::try_from(who.tenant.as_u128() % 86_400).unwrap_or(0) * 1000;
        let day_fixed = sw.is("day_window", "fixed").then_some(offset);
        let most = |name: &str| sw.level(name);
        let day_most = who.day_limit.unwrap_or(u64::MAX).min(most("day_limit"));
        let minutes = self.minutes.entry(key.clone()).or_default();
        let days = self.days.entry(key).or_default();
        let app = self.apps.entry(who.app.to_string()).or_default();
        let (in_minute, minute_frees) = minutes.look(at, MINUTE, minute_fixed);
        let (in_day, day_frees) = days.look(at, DAY, day_fixed);
        let (in_app, app_frees) = app.look(at, MINUTE, minute_fixed);
        let left = |limit: u64, used: u64| limit.saturating_sub(used);
        let before = Remaining {
            day: left(day_most, in_day),
            minute: left(most("minute_limit"), in_minute),
            app: left(most("app_minute_limit"), in_app),
        };
        let refuse = |problem: &str, frees: Option<i64>| {
            Err(Box::new(before.on(throttled(
                sw,
                problem,
                frees.map(|f| f - at),
            ))))
        };
        if who.in_flight as u64 > most("concurrency_limit") {
            return refuse("concurrent", None);
        }
        if before.day == 0 {
            return refuse("day", Some(day_frees));
        }
        if before.minute == 0 {
            return refuse("minute", Some(minute_frees));
        }
        if before.app == 0 {
            return refuse("appminute", Some(app_frees));
        }
        for window in [minutes, days, app] {
            window.calls.push_back(at);
        }
        Ok(Remaining {
            day: before.day - 1,
            minute: before.minute - 1,
            app: before.app - 1,
        })
    }
}

/// A 429; `wait` in milliseconds, absent for too many calls at once.
pub(super) fn throttled(sw: &Switches, problem: &str, wait: Option<i64>) -> Reply {
    let body = if sw.is("throttle_body", "text") {
        "You have exceeded your rate limit"
    } else {
        ""
    };
    let reply = Reply::text(StatusCode::TOO_MANY_REQUESTS, "text/html", body)
        .with("x-rate-limit-problem", problem);
    match wait {
        Some(ms) => reply.with(
            "retry-after",
            ms.max(1).unsigned_abs().div_ceil(1000).to_string(),
        ),
        None => reply,
    }
}
