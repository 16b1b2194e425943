//! Keap's limits: of an OAuth client over all its tenants, or of one key; headers `x-keap-product-*`.
//!
//! A blank header means that nothing is known. A header may carry several windows, parted by `|`.

use crate::connectors::Session;
use crate::connectors::budget::{Allowance, Limits, Window};
use crate::connectors::http::HttpResponse;
use crate::connectors::send::{Dialect, Learned, Limited};
use chrono::{DateTime, Duration, NaiveTime, Utc};

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

/// Every number of a header; a blank one is none.
fn numbers(answer: &HttpResponse, header: &str) -> Vec<u64> {
    answer
        .header(header)
        .split('|')
        .filter_map(|n| n.trim().parse().ok())
        .collect()
}

impl Dialect for KeapDialect {
    fn system(&self) -> &'static str {
        "keap"
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        vec![allowance(session)]
    }

    fn learn(&self, session: &Session, answer: &HttpResponse) -> Vec<Learned> {
        let allowance = allowance(session);
        let mut learned = Vec::new();
        let minute = allowance.limits.windows.iter().find(|w| w.seconds == 60);
        let throttle = numbers(answer, "x-keap-product-throttle-available");
        if let (Some(window), [left]) = (minute, throttle.as_slice()) {
            learned.push(Learned::Window {
                key: allowance.key.clone(),
                window: *window,
                left: usize::try_from(*left).unwrap_or(usize::MAX),
            });
        }
        if let [left] = numbers(answer, "x-keap-product-quota-available").as_slice() {
            learned.push(Learned::Day {
                allowance,
                left: *left,
            });
        }
        learned
    }

    fn limited(&self, session: &Session, answer: &HttpResponse, now: DateTime<Utc>) -> Limited {
        let told = numbers(answer, "retry-after").first().copied();
        let told = told.and_then(|s| i64::try_from(s).ok());
        let day = numbers(answer, "x-keap-product-quota-available") == [0]
            && !answer.header("x-keap-product-quota-limit").is_empty();
        let midnight = now.date_naive().succ_opt().unwrap_or(now.date_naive());
        let midnight = midnight.and_time(NaiveTime::MIN).and_utc();
        // Retry-After is not promised: without it a minute's window has passed after a minute.
        let wait = now + Duration::seconds(told.unwrap_or(60).clamp(1, 90_000));
        Limited {
            key: allowance(session).key,
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

    fn keeps(&self, _: u16) -> bool {
        false
    }

    fn correlation(&self) -> &'static str {
        "x-request-id"
    }
}
