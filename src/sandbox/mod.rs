//! The fake vendors.
pub mod agree;
pub mod demo;
pub mod keap;
pub mod plane;
pub mod qbo;
pub mod wire;
pub mod xero;
