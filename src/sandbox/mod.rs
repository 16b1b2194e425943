//! The fake vendors.
pub mod wire;
