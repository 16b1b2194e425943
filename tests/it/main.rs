//! The one test binary: a module a behaviour.
mod sandbox_keap;
mod rules;
mod sandbox_plane;

mod mapping;
mod connectors_keap;
mod connectors_xero;
mod sandbox_plane;
mod support;
mod sandbox_xero;
