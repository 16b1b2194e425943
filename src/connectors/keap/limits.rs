//! Keap's limits: of an OAuth client over all its tenants, or of one key (headers `x-keap-product-*`), and of the
//! application that is called, whoever calls it (headers `x-keap-tenant-*`).
//!
//! A blank header means that nothing is known. A header may carry several windows, parted by `|`; which one a number
//! is of stands in `...-time-unit` at the same place. The gateway's spike arrest (25 a second) stands in no header; its
//! 429 is known by its words, and is over in a moment.

use crate::connectors::Session;
use crate::connectors::budget::{Allowance, Limits, Window};
use crate::connectors::http::HttpResponse;
use crate::connectors::send::{Dialect, Learned, Limited};
use chrono::{DateTime, Duration, NaiveTime, Utc};

/// How long to wait after the gateway's spike arrest, in seconds: it counts by the second.
const SPIKE_S: i64 = 2;

/// How long to wait where the calls of a second are used.
const SECOND_S: i64 = 1;

/// What is peculiar to Keap.
pub struct KeapDialect;

fn window(seconds: i64, most: usize) -> Window {
    Window { seconds, most }
}

fn allowance(session: &Session) -> Allowance {
    let client = session.settings.get("client_id", "");
    if client.is_empty() {
        return Allowance {
            key: format!("keap/key/{}/{}", session.tenant, session.connection),
            limits: Limits {
                at_once: 5,
                windows: vec![window(1, 10), window(60, 240)],
                a_day: 30_000,
            },
        };
    }
    Allowance {
        key: format!("keap/client/{client}"),
        limits: Limits {
            at_once: 10,
            // The second window is the gateway's own: 25 a second, which it does not tell of.
            windows: vec![window(1, 20), window(60, 1500)],
            a_day: 150_000,
        },
    }
}

/// What anyone together may ask of an application: other programs of the business count as well.
fn application(session: &Session) -> Allowance {
    Allowance {
        key: format!("keap/application/{}/{}", session.tenant, session.connection),
        limits: Limits {
            at_once: 0,
            windows: vec![window(60, 10_000)],
            a_day: 250_000,
        },
    }
}

/// What one family of headers says: units of time, each with the calls left. What is blank is not there.
fn told(answer: &HttpResponse, family: &str) -> Vec<(String, u64)> {
    let at = |what: &str| answer.header(&format!("x-keap-{family}-{what}"));
    let units = match (at("time-unit"), family) {
        ("", "product-quota") => "day",
        ("", "product-throttle") => "minute",
        ("", _) => "minute|day",
        (units, _) => units,
    };
    let both = units.split('|').zip(at("available").split('|'));
    both.filter_map(|(unit, left)| Some((unit.trim().to_owned(), left.trim().parse().ok()?)))
        .collect()
}

/// What is left of an allowance, as one family of headers tells it.
fn learned(answer: &HttpResponse, family: &str, allowance: &Allowance) -> Vec<Learned> {
    let windows = &allowance.limits.windows;
    let of_window = |seconds: i64, left: u64| {
        let window = windows.iter().find(|w| w.seconds == seconds)?;
        Some(Learned::Window {
            key: allowance.key.clone(),
            window: *window,
            left: usize::try_from(left).unwrap_or(usize::MAX),
        })
    };
    let one = |(unit, left): (String, u64)| match unit.as_str() {
        "second" => of_window(1, left),
        "minute" => of_window(60, left),
        "day" => Some(Learned::Day {
            allowance: allowance.clone(),
            left,
        }),
        _ => None,
    };
    told(answer, family).into_iter().filter_map(one).collect()
}

/// Whether a family of headers says that nothing is left of a unit of time.
fn used_up(answer: &HttpResponse, family: &str, unit: &str) -> bool {
    told(answer, family).contains(&(unit.to_owned(), 0))
}

/// How many calls of a unit of time a family of headers says are left.
fn told_left(answer: &HttpResponse, family: &str, unit: &str) -> Option<u64> {
    let all = told(answer, family).into_iter();
    all.filter(|(u, _)| u == unit).map(|(_, n)| n).min()
}

/// Every number of a header; a blank one is none.
fn numbers(answer: &HttpResponse, header: &str) -> Vec<u64> {
    answer
        .header(header)
        .split('|')
        .filter_map(|n| n.trim().parse().ok())
        .collect()
}

fn contains(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|w| w == word)
}

impl Dialect for KeapDialect {
    fn system(&self) -> &'static str {
        "keap"
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        vec![allowance(session), application(session)]
    }

    fn learn(&self, session: &Session, answer: &HttpResponse) -> Vec<Learned> {
        let own = allowance(session);
        let mut all = learned(answer, "product-throttle", &own);
        all.extend(learned(answer, "product-quota", &own));
        all.extend(learned(answer, "tenant-throttle", &application(session)));
        all
    }

    fn limited(&self, session: &Session, answer: &HttpResponse, now: DateTime<Utc>) -> Limited {
        let told = numbers(answer, "retry-after").first().copied();
        let told = told.and_then(|s| i64::try_from(s).ok());
        let all_minute = used_up(answer, "tenant-throttle", "minute");
        let all_day = used_up(answer, "tenant-throttle", "day");
        let day = used_up(answer, "product-quota", "day") || all_day;
        let key = if all_minute || all_day {
            application(session).key
        } else {
            allowance(session).key
        };
        let spike = contains(&answer.body, b"SpikeArrest");
        let midnight = now.date_naive().succ_opt().unwrap_or(now.date_naive());
        let midnight = midnight.and_time(NaiveTime::MIN).and_utc();
        // Where calls of the minute are left, and of the day, it was the second's that were used.
        let own = told_left(answer, "product-throttle", "minute");
        let second = used_up(answer, "product-throttle", "second")
            || (own.is_some_and(|n| n > 0) && !all_minute && !day);
        // Retry-After is not promised: without it a minute's window has passed after a minute.
        let usual = match (spike, second) {
            (true, _) => SPIKE_S,
            (false, true) => SECOND_S,
            (false, false) => 60,
        };
        let wait = now + Duration::seconds(told.unwrap_or(usual).clamp(1, 90_000));
        Limited {
            key,
            until: if day && told.is_none() {
                midnight
            } else {
                wait
            },
            why: if day {
                "the day's calls are used".to_owned()
            } else {
                "too many calls".to_owned()
            },
            park: day || told.is_some_and(|s| s > 900),
        }
    }

    fn hopeless(&self, _: &HttpResponse) -> Option<(String, String)> {
        None
    }

    fn closes(&self, status: u16) -> bool {
        // The key or the token does not reach the application's records.
        matches!(status, 402 | 403)
    }

    fn keeps(&self, _: u16) -> bool {
        false
    }

    fn correlation(&self) -> &'static str {
        "x-request-id"
    }
}
