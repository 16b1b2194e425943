//! One test binary; one module a behaviour.
mod rules;
mod sandbox_keap;
mod sandbox_plane;
