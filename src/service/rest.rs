//! Rests after failures: each longer than the one before.

use crate::model::TenantId;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;

/// After a failure a tenant, or the mail, rests for so many seconds; after each further one twice as long.
pub const REST_S: i64 = 120;

/// The longest rest, in seconds.
pub const LONGEST_REST_S: i64 = 3600;

/// One rest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest {
    pub(super) until: DateTime<Utc>,
    pub(super) times: u32,
}

impl Rest {
    /// The rest after a failure, given the one before.
    pub(super) fn after(before: Option<Rest>, now: DateTime<Utc>) -> Rest {
        let times = before.map_or(0, |r| r.times.saturating_add(1));
        let seconds = REST_S.saturating_mul(1 << times.min(8)).min(LONGEST_REST_S);
        Rest {
            until: now + Duration::seconds(seconds),
            times,
        }
    }
}

/// Who the last letter that did not go was for: one tenant, or all because of the server.
#[derive(Debug, Default)]
pub(super) struct MailRests {
    pub(super) server: Option<Rest>,
    pub(super) tenants: BTreeMap<TenantId, Rest>,
}
