//! Systems that are described in YAML: `mappings/connectors/NAME.yaml` makes a system readable without a line of Rust.
//!
//! Flows in: the text of a manifest. Flows out: a [`Described`] system, or every mistake with its place and its cure.
//! Refused: what is not in the table of [`words`]; what would lose something quietly ([`cross`](self)); hosts that are not
//! named. Not supported yet, and refused by name: writing, a sign-in, kinds other than invoices with their payments.
//! Bounded as a tenant's file; what is read is bounded in [`walk`](self).
//!
//! `reader` and `build*` make a [`Manifest`] of the text, `request` the addresses, `call` one call, `pages` and `walk` the
//! lists, `fetch` what belongs to a record, `element` the invoice, `origin` from where each field came.

mod build;
mod build_call;
mod build_kind;
mod build_ways;
mod call;
mod cross;
mod dialect;
mod draft;
mod element;
mod fetch;
pub mod formats;
mod origin;
mod pages;
pub mod path;
mod reader;
mod record;
pub mod request;
pub mod shape;
mod shipped;
mod system;
pub mod template;
mod walk;
#[rustfmt::skip]
pub mod words;

pub use build::{is_word, parse};
pub use draft::draft;
pub use shape::Manifest;
pub use shipped::shipped;
pub use system::Described;
