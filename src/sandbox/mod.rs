//! The fake vendors.
pub mod agree;
mod consent;
pub mod demo;
mod ids;
pub mod keap;
pub mod kickserv;
pub mod plane;
pub mod qbo;
pub mod wire;
pub mod xero;
