//! Why something could not be remembered or recalled.

use crate::model::WriteState;

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
