//! The one test binary: a module a behaviour.
mod connectors_auth;
mod connectors_budget;
mod connectors_files;
mod connectors_keap;
mod connectors_xero;
mod sandbox_plane;
mod support;
