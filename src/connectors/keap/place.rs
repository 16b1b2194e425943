//! Where a walk of one of Keap's lists stands: what a cursor says.
//!
//! Flows in: a cursor, and where a page ended. Flows out: the next cursor.
//! Refuses nothing it is given: a cursor it cannot read starts from the beginning, which only repeats work.
//! Bounded by: `page_size` elements a page (setting; 500, at most 1,000).

use super::call::broken;
use super::connect::Profile;
use super::wait::Waiting;
use crate::connectors::{CallError, Cursor, Session};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// How far the next walk goes back before the last change seen, in seconds.
pub(super) const OVERLAP_S: i64 = 60;

/// What a cursor says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PullPlace {
    /// Changed since.
    pub(super) since: Option<DateTime<Utc>>,
    /// The page within that, where one second holds more than a page.
    pub(super) token: String,
    /// The latest change seen.
    pub(super) high: Option<DateTime<Utc>>,
    /// When this walk began.
    pub(super) began: Option<DateTime<Utc>>,
    /// When the last complete walk began.
    pub(super) walked: Option<DateTime<Utc>>,
    /// The account's profile, and when it was read.
    pub(super) profile: Profile,
    pub(super) profile_at: Option<DateTime<Utc>>,
    /// Orders that are looked at again at the next walk.
    pub(super) waiting: Waiting,
}

impl PullPlace {
    pub(super) fn of(cursor: Option<&Cursor>) -> Self {
        cursor
            .and_then(|c| serde_json::from_str(&c.0).ok())
            .unwrap_or_default()
    }

    pub(super) fn cursor(&self) -> Result<Cursor, CallError> {
        serde_json::to_string(self)
            .map(Cursor)
            .map_err(|e| broken(e.to_string()))
    }

    /// Where to go on after a page that ended at `last` with this token.
    pub(super) fn next(&mut self, last: Option<DateTime<Utc>>, token: String) {
        self.high = self.high.max(last);
        if token.is_empty() {
            self.since = self
                .high
                .map(|t| t - Duration::seconds(OVERLAP_S))
                .max(self.since);
            self.token = String::new();
            self.walked = self.began.take();
            return;
        }
        // One second less, since it is not documented whether "since" contains its moment.
        let by_time = last.map(|t| t - Duration::seconds(1));
        if by_time > self.since {
            self.since = by_time;
            self.token = String::new();
        } else {
            self.token = token;
        }
    }
}

/// How many elements a page has.
pub(super) fn page_size(session: &Session) -> usize {
    let size: usize = session.settings.get("page_size", "").parse().unwrap_or(500);
    size.clamp(1, 1000)
}
