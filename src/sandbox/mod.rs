//! The fake vendors.
pub mod plane;
pub mod wire;
pub mod xero;
