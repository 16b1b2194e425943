//! The beacon: a small file outside the workspace that says how far it had come, so that a database that was put back,
//! emptied or copied can be told from the one that did the work.
//!
//! Flows in: how far the database has come. Flows out: what the file said. It is written whole beside itself, and put in
//! its place; on the disk before anything counts on it. Found by the workspace's id, or by its folder where the database
//! knows none. One that cannot be read counts as none; one that cannot be written stays behind, which harms nothing.
//!
//! Beside it lies what persons have said, a line a word: each is there before the database keeps it. A line that was cut, as by a
//! machine that died, is passed over; of a long file the older half goes.

use super::private::{private_file, private_folder};
use crate::model::{Beacon, RememberedWord, TenantId};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where beacons are kept, and what this machine is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BeaconPlace {
    /// The folder; none where the machine has no place for such files.
    pub folder: Option<PathBuf>,
    /// The machine.
    pub machine: String,
}

/// How long the file of words may become, in bytes: some thousands.
const MOST_WORDS: u64 = 2 << 20;

/// The beacon of one workspace.
#[derive(Debug)]
pub struct BeaconFile {
    folder: PathBuf,
    pub(super) machine: String,
    /// The workspace's folder.
    pub(super) root: String,
    pub(super) id: String,
    /// The run of each tenant that has left word before it sent.
    told: Mutex<BTreeMap<TenantId, String>>,
}

fn read(path: &Path) -> Option<Beacon> {
    let text = std::fs::read_to_string(path).ok()?;
    serde_json::from_str(&text).ok()
}

/// The beacon of a workspace: by its id, else by its folder.
pub fn find(folder: &Path, id: Option<&str>, root: &str) -> Option<Beacon> {
    if let Some(found) = id.and_then(|id| read(&file_of(folder, id))) {
        return Some(found);
    }
    let all = std::fs::read_dir(folder).ok()?.flatten();
    let here = all
        .filter(|e| e.path().extension().is_some_and(|x| x == "json"))
        .filter_map(|e| read(&e.path()))
        .filter(|b| b.folder == root);
    here.max_by_key(|b| b.at)
}

fn file_of(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

impl BeaconFile {
    /// Of a workspace, in a folder that is made where it is missing.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn of(place: &BeaconPlace, folder: &Path, root: &str, id: &str) -> std::io::Result<Self> {
        private_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            machine: place.machine.clone(),
            root: root.to_owned(),
            id: id.to_owned(),
            told: Mutex::default(),
        })
    }

    /// What it says.
    pub fn read(&self) -> Option<Beacon> {
        read(&file_of(&self.folder, &self.id))
    }

    /// Whether a run has yet to leave word before it sends.
    pub fn is_first(&self, tenant: &TenantId, run: &str) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(tenant).is_none_or(|last| last != run)
    }

    /// A run has left word.
    pub fn told(&self, tenant: &TenantId, run: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(tenant.clone(), run.to_owned());
    }

    /// Writes it.
    ///
    /// # Errors
    /// It cannot be written; what was there stays.
    pub fn write(&self, beacon: &Beacon) -> std::io::Result<()> {
        let path = file_of(&self.folder, &self.id);
        self.whole(&path, &serde_json::to_vec_pretty(beacon)?)
    }

    /// Puts a file in its place whole.
    fn whole(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        // No two processes write one workspace's beacon: the lock says who works.
        let beside = path.with_extension("tmp");
        let mut file = private_file().create(true).truncate(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        // The new name is on the disk only with the folder.
        std::fs::File::open(&self.folder)?.sync_all()
    }

    /// Where its words are.
    fn words_file(&self) -> PathBuf {
        self.folder.join(format!("{}.words", self.id))
    }

    /// What persons have said, in order, as far as that is remembered here.
    pub fn words(&self) -> Vec<RememberedWord> {
        let text = std::fs::read_to_string(self.words_file()).unwrap_or_default();
        let lines = text.lines().filter(|l| !l.is_empty());
        lines.filter_map(|l| serde_json::from_str(l).ok()).collect()
    }

    /// Remembers a word more.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remember(&self, word: &RememberedWord) -> std::io::Result<()> {
        let path = self.words_file();
        if std::fs::metadata(&path).is_ok_and(|m| m.len() > MOST_WORDS) {
            let text = std::fs::read_to_string(&path)?;
            let lines: Vec<&str> = text.lines().filter(|l| !l.is_empty()).collect();
            let newer = lines.get(lines.len() / 2..).unwrap_or_default();
            self.whole(&path, newer.join("\n").as_bytes())?;
        }
        let is_new = !path.exists();
        let mut file = private_file().create(true).append(true).open(&path)?;
        // Before it, and not after: a line that was cut takes no other with it.
        file.write_all(format!("\n{}", serde_json::to_string(word)?).as_bytes())?;
        file.sync_all()?;
        match is_new {
            true => std::fs::File::open(&self.folder)?.sync_all(),
            false => Ok(()),
        }
    }
}
