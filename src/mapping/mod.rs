//! A tenant's file, compiled, and applied to documents. Pure: no I/O, no clock.
//!
//! Flows in: YAML (built-in defaults, a preset, the tenant's file), the facts that connectors declare,
//! the workspace's connections. Flows out: a [`Mapping`] of which every value knows the line it came
//! from, or diagnostics that say where, what, and what to do; the JSON Schema and the reference page of
//! the file; and, from a mapping, the functions that turn a canonical document into drafts. Refused:
//! whatever is not in the table of keys, whatever is not built yet, whatever contradicts itself.
//! Bounds: 256 KiB and 20,000 values a file (`connections.yaml` 16 MiB and 1,000,000), 24 levels; no aliases.

mod apply;
mod build;
mod check;
mod compile;
mod config;
mod connection_schema;
mod connections;
mod cross;
#[rustfmt::skip]
mod grammar;
mod habits;
pub mod keys;
mod later;
mod layers;
mod located;
mod lookup;
mod node;
mod presets;
mod reference;
mod scalars;
mod schema;
mod setting;
mod shape;
mod skeleton;
pub mod sku_lists;
mod syntax;
mod why;
mod words;
pub mod yaml;
mod zones;

pub use apply::{
    ContactClash, ContactMatch, ItemMatch, SwitchedRule, TaxBecause, TaxSays, with_suffix,
};
pub use build::series_key;
pub use compile::{Compiled, Effective, Input, compile};
pub use config::*;
pub use connection_schema::{connections_reference, connections_schema};
pub use connections::{Connection, Connections};
pub use later::{LaterWord, later};
pub use presets::{Preset, Presets};
pub use reference::reference;
pub use schema::{SchemaFor, schema};
pub use skeleton::{Answers, skeleton};
pub use why::{WhyRow, one_line_text};
pub use words::{SWITCH, Word, switch};

/// The most likely of some words for one that was mistyped.
pub fn nearest<'a>(given: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    words
        .map(|w| (strsim::damerau_levenshtein(&given, &w.to_lowercase()), w))
        .filter(|(distance, w)| *distance <= 1 + w.len() / 4)
        .min()
        .map(|(_, w)| w)
}
