//! Why something that was asked for was not done: where, what, and what to do, and how bad it is.
//!
//! Flows in: every error of the rooms below. Flows out: one value that a command line ends with and an API can answer with.
//! The grade says who can do something about it: a person who looks at documents, a person who corrects a file or the
//! question itself, or nobody but time.

use super::engine::EngineError;
use super::files::WorkspaceError;
use crate::connectors::CallError;
use crate::connectors::auth::flow as oauth;
use crate::model::Diagnostic;
use crate::pipeline::ports::StoreError;
use crate::pipeline::post::PostError;
use crate::pipeline::tenant::{SyncError, led};
use crate::store::SealError;
use serde::{Deserialize, Serialize};

/// What a thing that was not done asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grade {
    /// Somebody must look: something is held, refused, in doubt or taken.
    Attention,
    /// The question or the configuration is wrong.
    Wrong,
    /// A system could not be reached; later it may be.
    Unreachable,
}

/// Why something that was asked for was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotDone {
    /// How bad it is.
    #[serde(skip)]
    pub grade: Grade,
    /// Where: a file, a tenant, a connection; may be empty.
    #[serde(rename = "where")]
    pub place: String,
    /// What happened, one sentence.
    pub what: String,
    /// What to do; may be empty.
    pub fix: String,
    /// Mistakes in files, each with its own place and cure.
    pub mistakes: Vec<Diagnostic>,
}

impl NotDone {
    /// Of a grade.
    pub fn new(grade: Grade, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            grade,
            place: String::new(),
            what: what.into(),
            fix: fix.into(),
            mistakes: Vec::new(),
        }
    }

    /// The question or the configuration is wrong.
    pub fn wrong(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Grade::Wrong, what, fix)
    }

    /// Somebody must look.
    pub fn attention(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Grade::Attention, what, fix)
    }

    /// A system could not be reached.
    pub fn unreachable(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Grade::Unreachable, what, fix)
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
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }
}

impl From<WorkspaceError> for NotDone {
    fn from(e: WorkspaceError) -> Self {
        Self::of_files(&e)
    }
}

impl From<StoreError> for NotDone {
    fn from(e: StoreError) -> Self {
        let grade = match e {
            StoreError::LeaseLost { .. } | StoreError::IllegalMove { .. } => Grade::Attention,
            _ => Grade::Wrong,
        };
        let fix = match &e {
            StoreError::Unusable { state, .. } => state.fix(),
            StoreError::InUse(_) => "wait until that process ends, or stop it",
            StoreError::Folder(_) => {
                "see that the folder is there, on a disk of this machine, and that this user may read and write it"
            }
            _ => "",
        };
        Self::new(grade, e.to_string(), fix)
    }
}

impl From<SealError> for NotDone {
    fn from(e: SealError) -> Self {
        Self::wrong(e.to_string(), "")
    }
}

impl From<CallError> for NotDone {
    fn from(e: CallError) -> Self {
        let what = e.to_string();
        let later = "nothing is lost: run it again later, and it goes on where it stopped";
        match e {
            CallError::Refused { refusal, .. } => Self::attention(what, refusal.fix),
            CallError::Gone { fix, .. } => Self::unreachable(what, fix),
            CallError::Wait { .. } | CallError::NotSent { .. } | CallError::Uncertain { .. } => {
                Self::unreachable(what, later)
            }
            CallError::Unclear { .. } => {
                Self::attention(what, "set it right there, then run it again")
            }
            CallError::Broken { .. } => Self::unreachable(
                what,
                "run it again; if it comes again, the vendor's API or Crossfoot has changed: report it",
            ),
        }
    }
}

impl From<SyncError> for NotDone {
    fn from(e: SyncError) -> Self {
        let what = e.to_string();
        match e {
            SyncError::Off(_) => Self::wrong(what, ""),
            SyncError::Renumbered { .. } => Self::wrong(
                what,
                "name the columns as they were named before; exports that are to be read otherwise get a connection with a folder of their own, and a tenant to it",
            ),
            SyncError::Moved {
                tenant,
                before,
                now,
                cure,
            } => Self::wrong(led(&tenant, &before, &now), cure),
            SyncError::LeftOut { .. } => Self::wrong(
                what,
                "nothing is to be done: it is read once the source calls it one",
            ),
            SyncError::NotFound { .. } => Self::wrong(
                what,
                "give the invoice's number or id, or its order's id, as the source shows it",
            ),
            SyncError::Parked { .. } => Self::unreachable(what, "wait until then; nothing is lost"),
            SyncError::Store(e) => e.into(),
            SyncError::Call(e) | SyncError::Post(PostError::Call(e)) => e.into(),
            SyncError::Post(PostError::Store(e)) => e.into(),
            SyncError::Ended | SyncError::Post(_) | SyncError::Machine(_) => {
                Self::attention(what, "")
            }
        }
    }
}

impl From<oauth::FlowError> for NotDone {
    fn from(e: oauth::FlowError) -> Self {
        let what = e.to_string();
        match e {
            oauth::FlowError::State(_) | oauth::FlowError::InvalidGrant(_) => {
                Self::attention(what, "start again")
            }
            oauth::FlowError::Client(_) => Self::wrong(
                what,
                "see that `client_id`, the app's secret and the redirect address are those registered with the vendor",
            ),
            oauth::FlowError::NotSent(_) | oauth::FlowError::Unknown(_) => {
                Self::unreachable(what, "start again later")
            }
        }
    }
}

impl From<EngineError> for NotDone {
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
