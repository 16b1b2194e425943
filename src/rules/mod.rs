//! The tenant's rules: Rhai functions with a hook's name that have a say on every document.
//!
//! Flows in: rule files as text, lookup tables, a document or draft, and a context (tenant, run, today).
//! Flows out: a verdict with a reason and the line that decided, and the changes the rule made to a draft.
//!
//! Rules are hostile input. They run in an engine that has only the functions listed in [`api`], no I/O,
//! no clock, no randomness, no `eval`, no `import`, and a limit on everything ([`limits`]). The count of
//! operations decides; wall time is a safety stop that yields a [`MachineFault`], which is retried and is
//! never a verdict. What a rule changed before it skipped, held, failed or broke is taken back whole.
//!
//! Money cannot go wrong quietly: every number in a document is an exact decimal, comparing values of
//! different types is an error ([`api::ops`]) and so is dividing whole numbers.
//!
//! Rhai appears in this room only.

pub mod api;
mod cell;
mod compile;
mod condition;
pub mod definitions;
mod engine;
mod fault;
mod given;
mod habits;
mod hook;
pub mod limits;
pub mod lint;
mod looked;
mod outcome;
mod runner;
pub mod shipped;
mod short;
pub mod shown;
pub mod spec;
mod sums;
mod tracked;

pub use compile::RuleSet;
pub use condition::Condition;
pub use definitions::{definitions, reference};
pub use fault::MachineFault;
pub use given::{Otherwise, Param, RuleFile, Table};
pub use hook::{Hook, HookKind};
pub use lint::lint;
pub use looked::{LookedField, looked_for};
pub use outcome::{Choice, KeptSide, Ruling, SideRuling};
pub use runner::{Context, DisputedField, PaidDocument, Runner, SideView};
pub use tracked::tracked;
