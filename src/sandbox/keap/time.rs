//! The time of the fake.

use chrono::{DateTime, Utc};

/// A moment, by the clock of whoever calls.
pub(super) type Time = DateTime<Utc>;
