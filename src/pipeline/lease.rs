//! The right to work on a tenant's flow: one process at a time, and every change of the journal checks it.

use crate::model::TenantId;

/// Seconds for which the flow is taken, anew before each request.
pub const LEASE_S: i64 = 120;

/// The right to work on a tenant's flow. Every write to the journal checks its fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose flow.
    pub tenant: TenantId,
    /// Who holds it.
    pub holder: String,
    /// Grows with every taking.
    pub fence: i64,
}
