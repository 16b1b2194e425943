//! A file's stamp: whether it is as it was when it was read.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file as it was when it was read: when it was changed last, and its length in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    path: PathBuf,
    seen: Option<(SystemTime, u64)>,
}

impl Stamp {
    pub(super) fn of(path: PathBuf) -> Self {
        let seen = seen(&path);
        Self { path, seen }
    }

    /// Whether the file, or its absence, is as it was.
    pub(super) fn unchanged(&self) -> bool {
        seen(&self.path) == self.seen
    }

    /// Whether the file is there and as it was.
    pub(super) fn holds(&self) -> bool {
        self.seen.is_some() && seen(&self.path) == self.seen
    }
}

fn seen(path: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}
