//! A workspace at work: its files read, its connections made, its tenants run.
//!
//! Flows in: a folder, a clock, a transport, randomness. Flows out: tenants that can be run, and what they
//! did. Refuses a file with mistakes, a connection that was not made, a second process. Nothing here knows
//! a vendor but the list of systems.

mod apps;
pub mod codes;
mod compiled;
mod connections;
pub mod coverage;
pub mod demo;
mod engine;
mod event;
mod files;
mod lint;
pub mod notify;
mod report;
mod rest;
pub mod retention;
mod sandbox_clock;
mod schedule;
mod stamp;
mod systems;
mod tables;
mod worker;
mod workspace;

pub use compiled::{KEPT, Look, TenantCache};
pub use engine::{Engine, EngineError, Outside, SyncAsk};
pub use event::{Event, Tell};
pub use files::WorkspaceError;
pub use report::{Cause, causes};
pub use rest::{LONGEST_REST_S, REST_S};
pub use sandbox_clock::SandboxClock;
pub use schedule::{TimesSince, keep_since, next_run, since};
pub use systems::{ORGANISATION, OrganisationChoice, Systems};
pub use tables::UsedTables;
pub use worker::{LOOK_S, Worker, broken_note, mail_note};
pub use workspace::{Loaded, Workspace};
