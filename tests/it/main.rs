//! The one test binary: a module a behaviour.
mod cli;
mod connectors_keap;
mod connectors_xero;
mod mapping;
mod rules;
mod sandbox_keap;
mod sandbox_plane;
mod sandbox_xero;
mod support;
