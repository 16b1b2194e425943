//! The one test binary: a module a behaviour.

mod agree;
mod bed;
mod cli;
mod connectors_auth;
mod connectors_budget;
mod connectors_contract;
mod connectors_files;
mod connectors_hostile;
mod connectors_keap;
mod connectors_xero;
mod demo_story;
mod first_invoice;
mod journal_story;
mod mapping;
mod openapi;
mod rules;
mod sandbox_demo;
mod sandbox_keap;
mod sandbox_plane;
mod sandbox_xero;
mod simulation;
mod storm;
mod support;
