//! One test binary; one module a behaviour.

mod mapping;
