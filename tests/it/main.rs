//! The one test binary: a module a behaviour.
mod sandbox_plane;
