//! One test binary; one module a behaviour.
//! The one test binary: a module a behaviour.
mod rules;
mod sandbox_plane;

mod mapping;
