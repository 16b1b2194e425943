//! One test binary; one module a behaviour.
//! The one test binary: a module a behaviour.
mod sandbox_keap;
mod rules;
mod sandbox_plane;
