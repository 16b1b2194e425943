//! One test binary; one module a behaviour.
mod bed;
mod first_invoice;

mod mapping;
//! The one test binary: a module a behaviour.
mod rules;
mod sandbox_keap;
mod sandbox_plane;
mod support;
mod sandbox_xero;
mod simulation;
mod storm;
//! The one test binary: a module a behaviour.
mod connectors_keap;
mod connectors_xero;
mod sandbox_plane;
mod support;
mod sandbox_demo;
