//! Intuit's limits, and how it tells of them: two refusals with one status.
//!
//! 500 calls a minute a company, 10 a second a company and app, 40 batches a minute a company and app. Reads are metered
//! by the month besides, for all companies of an app together: once these are used up no wait helps before the next month.

use super::connect::BASE;
use crate::connectors::Session;
use crate::connectors::budget::{Allowance, Limits, Window};
use crate::connectors::http::HttpResponse;
use crate::connectors::send::{Dialect, Learned, Limited};
use chrono::{DateTime, Datelike, Duration, TimeZone, Utc};

const SECOND: Window = Window {
    seconds: 1,
    most: 10,
};
const MINUTE: Window = Window {
    seconds: 60,
    most: 500,
};
const BATCHES: Window = Window {
    seconds: 60,
    most: 40,
};
/// What a refusal for too many calls asks to wait.
pub(super) const PAUSE_S: i64 = 60;

/// What is peculiar to Intuit.
pub struct QboDialect {
    /// Whether the call is a batch, which is counted apart.
    pub batch: bool,
}

fn key(session: &Session) -> String {
    let client = session.settings.get("client_id", "-");
    let realm = session.settings.get("organisation", "-");
    let base = session.settings.get("base", BASE);
    format!("qbo/{client}/{realm}@{base}")
}

fn allowance(key: String, windows: Vec<Window>) -> Allowance {
    Allowance {
        key,
        limits: Limits {
            // "10 concurrent" was the older wording.
            at_once: 10,
            windows,
            a_day: 0,
        },
    }
}

/// The first moment of the next month, where Intuit's clocks stand: eight hours behind, so that the month is over there too.
fn next_month(now: DateTime<Utc>) -> DateTime<Utc> {
    let there = now - Duration::hours(8);
    let (year, month) = match there.month() {
        12 => (there.year() + 1, 1),
        m => (there.year(), m + 1),
    };
    let first = Utc.with_ymd_and_hms(year, month, 1, 8, 0, 0).single();
    first.unwrap_or(now + Duration::days(31))
}

/// Whether a refusal for too many calls is the month's: its texts are not published, so any word of it will do.
fn is_the_months(body: &[u8]) -> bool {
    let said = String::from_utf8_lossy(body).to_lowercase();
    ["month", "coreplus", "core plus", "quota"]
        .iter()
        .any(|w| said.contains(w))
}

impl Dialect for QboDialect {
    fn system(&self) -> &'static str {
        "qbo"
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        let all = key(session);
        let batches = format!("{all}/batch");
        let mut out = vec![allowance(all, vec![SECOND, MINUTE])];
        if self.batch {
            out.push(allowance(batches, vec![BATCHES]));
        }
        out
    }

    fn learn(&self, _: &Session, _: &HttpResponse) -> Vec<Learned> {
        // No header tells what is left.
        Vec::new()
    }

    fn limited(&self, session: &Session, answer: &HttpResponse, now: DateTime<Utc>) -> Limited {
        let month = is_the_months(&answer.body);
        let (until, why) = match month {
            true => (next_month(now), "the month's reads of the app are used"),
            false => (
                now + Duration::seconds(PAUSE_S),
                "the minute's calls are used",
            ),
        };
        Limited {
            key: key(session),
            until,
            why: why.to_owned(),
            park: month,
        }
    }

    fn hopeless(&self, answer: &HttpResponse) -> Option<(String, String)> {
        // 401 with 3200 is a token that is no longer good; with 120 the person who connected has lost their rights.
        let lost = super::faults::codes_of(&answer.body)
            .iter()
            .any(|c| c == "120");
        lost.then(|| {
            (
                "whoever made the connection may no longer enter the company".to_owned(),
                "have somebody who may connect it: `crossfoot connect TENANT qbo`".to_owned(),
            )
        })
    }

    fn closes(&self, _: u16) -> bool {
        // 403 is a wrong company, and in an older form too many calls: only the body tells.
        false
    }

    fn keeps(&self, status: u16) -> bool {
        // Whether a refusal is kept for a requestid is not published; a new attempt has another one in any case.
        status == 500
    }

    fn correlation(&self) -> &'static str {
        "intuit_tid"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_intuit_is() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (now, until) in [
            ("2026-07-15T02:00:00Z", "2026-08-01T08:00:00Z"),
            ("2026-08-01T07:59:59Z", "2026-08-01T08:00:00Z"),
            ("2026-12-31T12:00:00Z", "2027-01-01T08:00:00Z"),
        ] {
            assert_eq!(next_month(at(now)), at(until), "{now}");
        }
    }
}
