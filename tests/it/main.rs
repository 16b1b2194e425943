//! The one test binary: a module a behaviour.
mod sandbox_plane;
mod sandbox_xero;
