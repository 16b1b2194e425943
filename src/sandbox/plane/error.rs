//! Why a plane cannot be made or go on.

use std::path::PathBuf;

/// Why a plane cannot be made or go on.
#[derive(Debug, thiserror::Error)]
pub enum PlaneError {
    /// The log of a system cannot be read or written.
    #[error("sandbox log {path}: {why}; move the file away to start empty", path = path.display())]
    Log {
        /// The log's file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The socket cannot be served.
    #[error("the sandbox cannot serve its port: {0}")]
    Socket(#[from] std::io::Error),
}
