//! Systems that are described in YAML: `mappings/connectors/NAME.yaml` makes a system readable without a line of Rust.
//!
//! Flows in: the text of a manifest. Flows out: a [`Described`] system, or every mistake with its place and its cure.
//! Refused: what is not in the table of [`words`]; what would lose something quietly ([`cross`](self)); hosts that are not
//! named. Not supported yet, and refused by name: kinds other than contacts and invoices with their payments.
//! Bounded as a tenant's file; what is read is bounded in [`walk`](self).
//!
//! `reader` and `build*` make a [`Manifest`] of the text, `request` the addresses, `call` one call; `pages`, `parts` and `walk` go
//! through the lists, and `pass` is where they stand; `one` asks for a record by its id, `touched` for what changed elsewhere,
//! `fetch` for what belongs to a record; `reading`, `element` and `value` make the invoice, `origin` says from where each field came.
//!
//! Writing: `write_shape` is what a manifest says of it and `write_facts` what follows for the journal; `written` names what a draft
//! says, `encode` makes the bytes and `post` sends them; `ours` is an id of our own, `paper` and `ledger` read what stands there.

mod build;
mod build_auth;
mod build_call;
mod build_fetch;
mod build_kind;
mod build_safe;
mod build_value;
mod build_ways;
mod build_write;
mod call;
pub mod codes;
mod cross;
mod cross_fields;
mod cross_names;
mod cross_uses;
mod cross_write;
mod dialect;
mod draft;
mod element;
mod encode;
mod fetch;
pub mod formats;
mod lacks;
mod ledger;
mod one;
mod origin;
mod ours;
mod pages;
mod paper;
mod parts;
mod pass;
pub mod path;
mod people;
mod post;
mod reader;
mod reading;
mod record;
pub mod request;
pub mod shape;
mod shipped;
mod system;
pub mod template;
mod touched;
mod value;
mod walk;
#[rustfmt::skip]
pub mod words;
mod write_facts;
pub mod write_shape;
mod written;
mod written_values;

pub use build::{is_word, parse};
pub use draft::draft;
pub use shape::Manifest;
pub use shipped::shipped;
pub use system::Described;
