//! What is kept is its owner's alone: folders that nobody else may enter, files that nobody else may read.
//!
//! Flows in: a path. Flows out: the same, made so or put right. The database holds names, addresses and amounts; sealed
//! tokens beside it say at least which connections there are. A system without such modes keeps its own rules.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
const FOLDER: u32 = 0o700;
#[cfg(unix)]
const FILE: u32 = 0o600;

/// Makes a folder, with those above it that are missing, for its owner alone.
///
/// # Errors
/// It cannot be made.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER);
    builder.create(path)
}

/// How a file for its owner alone is opened for writing; what is to become of one that is there is yet to be said.
pub fn private_file() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE);
    options
}

/// Makes a file for its owner alone where none is, and leaves one that is there as it is.
///
/// # Errors
/// It cannot be made.
pub fn private_empty(path: &Path) -> io::Result<()> {
    private_file()
        .create(true)
        .truncate(false)
        .open(path)
        .map(|_| ())
}

/// Takes from others what they may do with a folder and with all that lies in it. What is somebody else's cannot be put
/// right by us, and is no reason not to work: it is left.
#[cfg(unix)]
pub fn put_right(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(about) = std::fs::symlink_metadata(folder) else {
        return;
    };
    // What a link leads to lies elsewhere, and is not ours to change.
    if about.is_symlink() {
        return;
    }
    let mode = about.permissions().mode();
    if mode & 0o077 != 0 {
        let mut narrow = about.permissions();
        narrow.set_mode(mode & 0o700);
        let _ = std::fs::set_permissions(folder, narrow);
    }
    if !about.is_dir() {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        put_right(&entry.path());
    }
}

/// Takes nothing: here a folder has no such modes.
#[cfg(not(unix))]
pub fn put_right(_: &Path) {}

/// Removes copies of the database that earlier versions made for a rehearsal, and that whoever was killed over one left:
/// they hold all that the database holds, and nobody looks at them again.
pub fn remove_copies(data: &Path) {
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        let copy = entry
            .file_name()
            .to_string_lossy()
            .starts_with("rehearsal-");
        if copy && entry.file_type().is_ok_and(|t| t.is_dir()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// What the database's files end in, beside its own name.
pub(super) const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

pub(super) fn named(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}

/// Removes what a putting back that was killed has left: for whoever has the database's lock. Answers where it lay.
pub(super) fn remove_restoring(database: &Path) -> PathBuf {
    let copy = database.with_extension("restoring");
    for more in BESIDE {
        let _ = std::fs::remove_file(named(&copy, more));
    }
    copy
}
