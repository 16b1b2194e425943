//! The files of a workspace, read within bounds, and why a workspace cannot be used.

use crate::model::{Diagnostic, Place, Severity};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The most a rule file or a YAML file may hold, in bytes.
const MAX_FILE: u64 = 256 * 1024;

/// The most `connections.yaml` may hold, which grows with every tenant.
const MAX_SHARED: u64 = 16 * 1024 * 1024;

/// Why a workspace cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// It is none.
    #[error(
        "{0} is no workspace: it has no `mappings` folder. Make one with `crossfoot init {0}`, or name another with --workspace"
    )]
    NotOne(String),
    /// A file cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// No such tenant.
    #[error("there is no tenant `{name}` here: {file} does not exist{near}")]
    NoTenant {
        /// Which.
        name: String,
        /// The file it would be.
        file: String,
        /// What may be meant, as a sentence.
        near: String,
    },
    /// Files have mistakes.
    #[error("{} mistake(s) in the configuration", .0.iter().filter(|d| d.severity == Severity::Error).count())]
    Mistakes(Vec<Diagnostic>),
}

impl From<WorkspaceError> for Vec<Diagnostic> {
    fn from(e: WorkspaceError) -> Self {
        match e {
            WorkspaceError::Mistakes(told) => told,
            other => vec![Diagnostic::error(
                Place::default(),
                "workspace",
                other.to_string(),
                "",
            )],
        }
    }
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> WorkspaceError {
    WorkspaceError::Unreadable {
        path: path.display().to_string(),
        why: why.to_string(),
    }
}

/// A text file.
pub(super) fn read(path: &Path) -> Result<String, WorkspaceError> {
    read_within(path, MAX_FILE)
}

/// The text of `connections.yaml`.
pub(super) fn read_shared(path: &Path) -> Result<String, WorkspaceError> {
    read_within(path, MAX_SHARED)
}

fn read_within(path: &Path, most: u64) -> Result<String, WorkspaceError> {
    let size = std::fs::metadata(path)
        .map_err(|e| unreadable(path, e))?
        .len();
    if size > most {
        let why = format!(
            "it has {size} bytes, and {most} are the most; split it, or move data into files of their own"
        );
        return Err(unreadable(path, why));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        unreadable(
            path,
            format!("it is not UTF-8 text (byte {at}); save it as UTF-8"),
        )
    })
}

/// The YAML files of a folder, by their names without the ending.
pub(super) fn yaml_files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, WorkspaceError> {
    let mut out = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(out),
        Err(e) => return Err(unreadable(folder, e)),
    };
    for entry in entries {
        let path = entry.map_err(|e| unreadable(folder, e))?.path();
        let stem = path.file_stem().and_then(|s| s.to_str());
        if path.extension().is_some_and(|e| e == "yaml")
            && path.is_file()
            && let Some(stem) = stem
        {
            out.insert(stem.to_owned(), path);
        }
    }
    Ok(out)
}
