//! The one test binary: a module a behaviour.
mod sandbox_keap;
mod sandbox_plane;
