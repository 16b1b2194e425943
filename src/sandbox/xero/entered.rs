//! A call that has passed the gates.

use uuid::Uuid;

/// A call that has passed the token and the organisation.
pub(super) struct Entered {
    pub(super) app: String,
    pub(super) app_name: String,
    pub(super) tenant: Uuid,
    pub(super) day_limit: Option<u64>,
}
