//! The one test binary: a module a behaviour.
mod cli;
mod connectors_keap;
mod connectors_xero;
mod mapping;
mod rules;
mod sandbox_keap;
mod sandbox_plane;
mod sandbox_xero;

mod agree;
mod bed;
mod connectors_auth;
mod connectors_budget;
mod connectors_files;
mod connectors_keap;
mod connectors_xero;
mod demo_story;
mod first_invoice;
mod mapping;
mod rules;
mod sandbox_demo;
mod sandbox_keap;
mod sandbox_plane;
mod sandbox_xero;
mod simulation;
mod storm;
mod support;
