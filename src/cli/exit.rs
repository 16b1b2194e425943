//! How a call ends: an exit code, and for a failure where, what, and what to do.

use crate::connectors::CallError;
use crate::model::Diagnostic;
use crate::pipeline::ports::StoreError;
use crate::pipeline::post::PostError;
use crate::pipeline::tenant::SyncError;
use crate::service::{EngineError, WorkspaceError};
use crate::store::SealError;
use std::process::ExitCode;

/// The exit codes, the same for every verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Fine,
    /// Something was held, refused or disagrees.
    Attention,
    /// The call or the configuration is wrong.
    Wrong,
    /// A system could not be reached.
    Unreachable,
    /// A fault in Crossfoot.
    Fault,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Fine => 0,
            Exit::Attention => 1,
            Exit::Wrong => 2,
            Exit::Unreachable => 3,
            Exit::Fault => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// Why a verb did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// Where: a file, a tenant, a connection; may be empty.
    pub place: String,
    /// What happened, one sentence.
    pub what: String,
    /// What to do; may be empty.
    pub fix: String,
    /// Mistakes in files, each with its own place and cure.
    pub mistakes: Vec<Diagnostic>,
}

impl Failure {
    /// A failure with an exit code.
    pub fn new(exit: Exit, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            exit,
            place: String::new(),
            what: what.into(),
            fix: fix.into(),
            mistakes: Vec::new(),
        }
    }

    /// The call or the configuration is wrong.
    pub fn wrong(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Exit::Wrong, what, fix)
    }

    /// What is wrong with files.
    pub fn of_files(e: &WorkspaceError) -> Self {
        match e {
            WorkspaceError::Mistakes(mistakes) => Self {
                mistakes: mistakes.clone(),
                ..Self::wrong(e.to_string(), "correct them, and see `crossfoot lint`")
            },
            _ => Self::wrong(e.to_string(), ""),
        }
    }

    /// With the place it is about.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }
}

impl From<WorkspaceError> for Failure {
    fn from(e: WorkspaceError) -> Self {
        Self::of_files(&e)
    }
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        let exit = match e {
            StoreError::LeaseLost { .. } | StoreError::IllegalMove { .. } => Exit::Attention,
            _ => Exit::Wrong,
        };
        Self::new(exit, e.to_string(), "")
    }
}

impl From<SealError> for Failure {
    fn from(e: SealError) -> Self {
        Self::wrong(e.to_string(), "")
    }
}

impl From<CallError> for Failure {
    fn from(e: CallError) -> Self {
        let what = e.to_string();
        let later = "nothing is lost: run it again later, and it goes on where it stopped";
        match e {
            CallError::Refused { refusal, .. } => Self::new(Exit::Attention, what, refusal.fix),
            CallError::Gone { fix, .. } => Self::new(Exit::Unreachable, what, fix),
            CallError::Wait { .. } | CallError::NotSent { .. } | CallError::Uncertain { .. } => {
                Self::new(Exit::Unreachable, what, later)
            }
            CallError::Broken { .. } => Self::new(
                Exit::Unreachable,
                what,
                "run it again; if it comes again, the vendor's API or Crossfoot has changed: report it",
            ),
        }
    }
}

impl From<SyncError> for Failure {
    fn from(e: SyncError) -> Self {
        let what = e.to_string();
        match e {
            SyncError::Off(_) | SyncError::Moved { .. } => Self::wrong(what, ""),
            SyncError::NotFound { .. } => Self::wrong(
                what,
                "give the invoice's number or id, or its order's id, as the source shows it",
            ),
            SyncError::Parked { .. } => {
                Self::new(Exit::Unreachable, what, "wait until then; nothing is lost")
            }
            SyncError::Store(e) => e.into(),
            SyncError::Call(e) | SyncError::Post(PostError::Call(e)) => e.into(),
            SyncError::Post(PostError::Store(e)) => e.into(),
            SyncError::Post(_) | SyncError::Machine(_) => Self::new(Exit::Attention, what, ""),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(e: EngineError) -> Self {
        match e {
            EngineError::Workspace(e) => e.into(),
            EngineError::Store(e) => e.into(),
            EngineError::Seal(e) => e.into(),
            EngineError::Flow(e) => e.into(),
            EngineError::Connection(what) => Self::wrong(what, ""),
        }
    }
}
