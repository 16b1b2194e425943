//! The flow's stories with QuickBooks Online: once and no more, edits, doubt, and what its users learnt the hard way.
//!
//! Flows in: what a story's shop holds. Flows out: an engine over a workspace whose ledger is the fake company ([`Desk`]), and
//! the company as a person sees it. Each story is told of a company in Australia, whose lines name their tax code, or in the
//! United States, whose documents do.

mod bounds;
mod desk;
mod doubt;
mod edits;
mod gone;
mod hard;
mod money;
mod names;
mod posting;
mod rounding;
mod standing;
mod versions;

pub use desk::{AUSTRALIA, Desk, states};
