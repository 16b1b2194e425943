//! Crossfoot keeps a business's sales system and its ledger in agreement.
//!
//! This page is the map. The flow, and where each step stands:
//!
//! 1. a source is read, page by page, into records: [`connectors`] (a [`System`](connectors::System) a folder);
//! 2. each record is a thing in a book, [`model::Key`], and holds a canonical document: [`model`];
//! 3. what the ledger holds that concerns it is gathered first: [`pipeline::gather`];
//! 4. the tenant's YAML maps it into a draft: [`mapping`];
//! 5. the tenant's Rhai rules have a say: [`rules`];
//! 6. the draft is checked to the cent, by the ledger's own rounding: [`checks`];
//! 7. 3 to 6 are one pure function, [`pipeline::decide`]; what it asks to be written is [`pipeline::plan`];
//! 8. intent, exact bytes and key are journaled before anything leaves: [`store`];
//! 9. it is posted once, whatever dies: [`pipeline::protocol`] (pure) and [`pipeline::post`] (its loop);
//! 10. the answer is compared, [`pipeline::compare`], and the two things are linked with what was agreed.
//!
//! Around it: [`clock`] is the one place that reads time, [`sandbox`] holds the fake vendors, [`service`] is a workspace at
//! work with the desk of a person's questions and words, and [`cli`] shows what the desk answers. A room uses the rooms
//! that come before it on this way, never those behind; a test keeps that law.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

// Nouns, and time.
pub mod clock;
pub mod model;
// What a tenant wants of a document. Pure.
pub mod checks;
pub mod mapping;
pub mod rules;
// The doors, and the fake vendors behind them.
pub mod connectors;
pub mod sandbox;
// The flow, and what it remembers.
pub mod pipeline;
pub mod store;
// Who works with it.
pub mod cli;
pub mod service;
