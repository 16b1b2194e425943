//! A place for a rehearsal: a folder inside the workspace's own data, gone when it is dropped.
//!
//! It holds a copy of the store, and so customers' data: it is never put into a folder that others can read.

use super::engine::Engine;
use super::not_done::NotDone;
use crate::store::private_folder;
use std::path::{Path, PathBuf};

/// The folder.
pub struct Rehearsal(PathBuf);

impl Rehearsal {
    /// Makes it, under a name that no other has.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn of(engine: &Engine) -> Result<Self, NotDone> {
        let mut id = [0_u8; 6];
        (engine.outside().fill)(&mut id);
        let name = format!("rehearsal-{}", data_encoding::HEXLOWER.encode(&id));
        let path = engine.workspace().data().join(name);
        private_folder(&path).map_err(|e| {
            let fix = "see that the workspace's folder may be written";
            NotDone::wrong(format!("a copy for the rehearsal cannot be made: {e}"), fix)
                .at(path.display().to_string())
        })?;
        Ok(Self(path))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
