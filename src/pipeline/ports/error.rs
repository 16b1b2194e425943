//! Why something could not be remembered or recalled.

use crate::model::WriteState;

/// A state of the database's file in which nothing can be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// Another program holds it.
    Locked,
    /// It is no database any more, or not a whole one.
    Damaged,
    /// It may not be written.
    ReadOnly,
    /// It is not there, or may not be opened.
    Missing,
}

impl DatabaseState {
    /// What that means to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "is held by another program",
            Self::Damaged => "is damaged",
            Self::ReadOnly => "may not be written by this user",
            Self::Missing => "cannot be opened",
        }
    }

    /// What a person does.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Locked => {
                "close what has opened the file (a database browser, a copy that is being made, a second crossfoot), and run it again"
            }
            Self::Damaged => {
                "put the last backup back: `crossfoot restore FILE --why \"the database is damaged\"`; what was posted since is found in the ledger by its stamp"
            }
            Self::ReadOnly => {
                "give this user the right to write `.crossfoot` and what is in it, or run it as the user who made the workspace"
            }
            Self::Missing => {
                "see that `.crossfoot` is there and that this user may open it; where it is lost, put the last backup back with `crossfoot restore FILE --why \"the database is lost\"`"
            }
        }
    }
}

/// Why something could not be remembered or recalled.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the flow, or took it over meanwhile.
    #[error(
        "the flow of {tenant} is held by another process ({holder}); it is free again when that ends, at the latest in two minutes"
    )]
    LeaseLost {
        /// Whose flow.
        tenant: String,
        /// Who holds it.
        holder: String,
    },
    /// A move that the journal forbids.
    #[error(
        "write {write} cannot go from {from} to {to}: the journal was changed by somebody else, or this is a fault in Crossfoot"
    )]
    IllegalMove {
        /// Its natural key.
        write: String,
        /// From.
        from: WriteState,
        /// To.
        to: WriteState,
    },
    /// What is stored cannot be read.
    #[error(
        "the store holds {what} that cannot be read: {why}. Restore the last backup, or report this"
    )]
    Corrupt {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// There is no space left for the database.
    #[error(
        "the disk that holds the database is full ({0}); free some space there and run it again: nothing is lost, and what was sent is sent again under its key or looked up before anything else goes"
    )]
    Full(String),
    /// The database's file is in a state in which nothing can be done with it.
    #[error("the database {}: {why}", state.as_str())]
    Unusable {
        /// Which.
        state: DatabaseState,
        /// As the database says it.
        why: String,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(String),
    /// Another process works on the workspace.
    #[error("another crossfoot process is at work on {0}; wait until it ends, or stop it")]
    InUse(String),
    /// The folder cannot be used.
    #[error("{0}")]
    Folder(String),
}
