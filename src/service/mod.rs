//! A workspace at work: its files read, its connections made, its tenants run.
//!
//! Flows in: a folder, a clock, a transport, randomness. Flows out: tenants that can be run, and what they
//! did. Refuses a file with mistakes, a connection that was not made, a second process. Nothing here knows
//! a vendor: the systems there are come with the workspace.

mod compiled;
pub mod coverage;
pub mod demo;
mod engine;
pub mod notify;
mod report;
pub mod retention;
mod sandbox_clock;
mod schedule;
mod worker;
mod workspace;

pub use compiled::{Compiled, KEPT, Look};
pub use engine::{Engine, EngineError, Outside, SyncAsk};
pub use report::{Cause, causes};
pub use sandbox_clock::SandboxClock;
pub use schedule::{Since, keep_since, next_run, since};
pub use worker::{Event, LONGEST_REST_S, LOOK_S, REST_S, Tell, Worker, broken_note, mail_note};
pub use workspace::{Loaded, UsedTables, Workspace, WorkspaceError};
