//! Xero's limits and how it tells of them: headers `X-*Limit-Remaining`, `X-Rate-Limit-Problem`, `Retry-After`.

use crate::connectors::budget::{Allowance, Limits, Window};
use crate::connectors::http::HttpResponse;
use crate::connectors::send::{Dialect, Learned, Limited};
use crate::connectors::{CallError, Session};
use chrono::{DateTime, Duration, Utc};

const ORG_MINUTE: Window = Window {
    seconds: 60,
    most: 60,
};
const APP_MINUTE: Window = Window {
    seconds: 60,
    most: 10_000,
};
/// What is told of a call that the connection has no permission for.
pub(super) const LACKS: &str = "the connection was made without a permission that this call needs";

/// A call that was refused for want of a permission is told with its name, where that is one we do not always ask for.
pub(super) fn lacks(e: CallError, permissions: &[&str]) -> CallError {
    match e {
        CallError::Gone { system, why, fix } if why == LACKS && !permissions.is_empty() => {
            CallError::Gone {
                system,
                why: format!("{why}: {}", permissions.join(", ")),
                fix,
            }
        }
        other => other,
    }
}

/// Calls a day of a paid plan of the client; the free one has 1,000 (setting `calls_a_day`).
const A_DAY: u64 = 5000;

/// What is peculiar to Xero.
pub struct XeroDialect;

fn app_key(session: &Session) -> String {
    format!("xero/client/{}", session.settings.get("client_id", "-"))
}

fn organisation(session: &Session) -> Option<Allowance> {
    let id = session.settings.get("organisation", "");
    if id.is_empty() {
        return None;
    }
    let a_day = session.settings.get("calls_a_day", "");
    Some(Allowance {
        key: format!("xero/org/{}/{id}", session.settings.get("client_id", "-")),
        limits: Limits {
            at_once: 5,
            windows: vec![ORG_MINUTE],
            a_day: a_day.parse().unwrap_or(A_DAY),
        },
    })
}

fn left(answer: &HttpResponse, header: &str) -> Option<u64> {
    answer.header(header).trim().parse().ok()
}

impl Dialect for XeroDialect {
    fn system(&self) -> &'static str {
        "xero"
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        let app = Allowance {
            key: app_key(session),
            limits: Limits {
                at_once: 0,
                windows: vec![APP_MINUTE],
                a_day: 0,
            },
        };
        std::iter::once(app).chain(organisation(session)).collect()
    }

    fn learn(&self, session: &Session, answer: &HttpResponse) -> Vec<Learned> {
        let window = |key: String, window: Window, header: &str| {
            left(answer, header).map(|n| Learned::Window {
                key,
                window,
                left: usize::try_from(n).unwrap_or(usize::MAX),
            })
        };
        let mut learned = Vec::new();
        learned.extend(window(
            app_key(session),
            APP_MINUTE,
            "x-appminlimit-remaining",
        ));
        if let Some(allowance) = organisation(session) {
            let key = allowance.key.clone();
            learned.extend(window(key, ORG_MINUTE, "x-minlimit-remaining"));
            let day = left(answer, "x-daylimit-remaining");
            learned.extend(day.map(|left| Learned::Day { allowance, left }));
        }
        learned
    }

    fn limited(&self, session: &Session, answer: &HttpResponse, now: DateTime<Utc>) -> Limited {
        let problem = answer.header("x-rate-limit-problem").trim().to_lowercase();
        let told = left(answer, "retry-after").and_then(|s| i64::try_from(s).ok());
        let told = told.map(|s| s.clamp(1, 90_000));
        let org = organisation(session).map(|a| a.key);
        let mut limited = Limited {
            key: org.unwrap_or_else(|| app_key(session)),
            until: now,
            why: String::new(),
            park: false,
        };
        let (seconds, why) = match problem.as_str() {
            "day" => {
                limited.park = true;
                // A day's window begins at a time of Xero's choosing, so without its word an hour is tried.
                (told.unwrap_or(3600), "the day's calls are used")
            }
            // No Retry-After here: another call of this organisation must end first.
            "concurrent" => (told.unwrap_or(2), "too many calls at once"),
            "appminute" => {
                limited.key = app_key(session);
                (
                    told.unwrap_or(60),
                    "the minute's calls of the client are used",
                )
            }
            _ => (told.unwrap_or(60), "the minute's calls are used"),
        };
        // Whatever it is called, a wait of hours is one for the day.
        limited.park |= seconds > 900;
        limited.until = now + Duration::seconds(seconds);
        limited.why = why.to_owned();
        limited
    }

    fn hopeless(&self, answer: &HttpResponse) -> Option<(String, String)> {
        // Xero's own spelling, and the right one.
        let said = answer.header("www-authenticate").to_lowercase();
        let scope = said.contains("insufficent_scope") || said.contains("insufficient_scope");
        scope.then(|| {
            (
                LACKS.to_owned(),
                "connect again, with `crossfoot connect TENANT xero`, and agree to all permissions"
                    .to_owned(),
            )
        })
    }

    fn closes(&self, status: u16) -> bool {
        // 403: the organisation is not connected, or its access was revoked; 402: its plan has ended.
        matches!(status, 402 | 403)
    }

    fn keeps(&self, status: u16) -> bool {
        status == 500
    }

    fn correlation(&self) -> &'static str {
        "xero-correlation-id"
    }
}
