//! The fake vendors.
pub mod keap;
pub mod plane;
pub mod wire;
pub mod xero;
