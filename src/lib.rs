//! Crossfoot keeps a business's sales system and its ledger in agreement.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod checks;
pub mod cli;
pub mod clock;
pub mod connectors;
pub mod mapping;
pub mod model;
pub mod pipeline;
pub mod rules;
pub mod sandbox;
pub mod service;
pub mod store;
