//! A workspace at work: its files read, its connections made, its tenants run.
//!
//! Flows in: a folder, a clock, a transport, randomness. Flows out: tenants that can be run, and what they
//! did. Refuses a file with mistakes, a connection that was not made, a second process. Nothing here knows
//! a vendor: the systems there are come with the workspace.

mod apps;
pub mod codes;
mod compiled;
mod connecting;
mod connections;
pub mod coverage;
pub mod demo;
mod denied;
mod described;
pub mod desk;
pub mod door;
mod engine;
mod event;
mod facts;
mod files;
mod later;
mod led;
mod left;
mod lint;
mod machine;
mod not_done;
pub mod notify;
mod outside;
mod report;
mod rest;
pub mod retention;
mod running;
mod sandbox_clock;
mod sandbox_hooks;
mod schedule;
mod series;
mod stamp;
mod status_out;
mod systems;
mod tables;
mod trial;
mod trial_changes;
mod trial_drafts;
mod trial_words;
mod trial_writes;
mod tried;
mod waits;
pub mod wish;
mod worker;
mod workspace;

pub use compiled::{KEPT, Look, TenantCache};
pub use connecting::{Connected, Connecting, SIGN_IN_S, StartedSignIn};
pub use door::HookMade;
pub use engine::{Engine, EngineError, SyncAsk};
pub use event::{Event, Tell};
pub use facts::{against_ledger, kept_chart};
pub use files::WorkspaceError;
pub use later::{Unbuilt, later};
pub use left::left;
pub use machine::{KeyFrom, this_machine};
pub use not_done::{Grade, NotDone};
pub use outside::Outside;
pub use report::{Cause, KeptBack, causes};
pub use rest::{LONGEST_REST_S, REST_S};
pub use sandbox_clock::SandboxClock;
pub use sandbox_hooks::webhooks;
pub use schedule::{TimesSince, keep_since, next_run, since};
pub use systems::SystemTold;
pub use tables::UsedTables;
pub use trial::{Trial, TrialCheck, trial};
pub use trial_writes::{WriteTrial, trial_writes};
pub use waits::{LimitTold, WaitWatch};
pub use worker::{AT_ONCE, LOOK_S, Worker, broken_note, mail_note};
pub use workspace::{Loaded, Workspace};

// What whoever shows a run is given, and how a store is opened: theirs to pass on, not to look into.
pub use crate::connectors::SetOfBooks;
pub use crate::pipeline::ending::Ending;
pub use crate::pipeline::resend::ChangedBy;
pub use crate::pipeline::tenant::{Done, Progress, Watch};
pub use crate::store::{BeaconPlace, OpenAs};
