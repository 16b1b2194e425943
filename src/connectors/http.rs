//! The one place that opens a connection to a vendor (a first frame; the connectors' author fills it).
/// Sends requests within their budgets.
pub struct Http {}
