//! The fake vendors.
pub mod agree;
mod consent;
pub mod demo;
mod ids;
pub mod invoiceasap;
pub mod keap;
pub mod kickserv;
pub mod klipboard;
pub mod plane;
pub mod qbo;
pub mod servicem8;
pub mod wire;
pub mod xero;
