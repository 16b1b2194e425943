//! The one test binary: a module a behaviour.
mod mapping;
mod rules;
mod sandbox_plane;
