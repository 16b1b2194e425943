//! A backup made and put back: one file that holds all the database knew at one moment.
//!
//! Flows in: the path of a backup. Flows out: the database in its place, the one before it kept aside. Refuses to write
//! over a file, to put back beside a running process, and to put back what is no whole database of this program.

use super::Store;
use super::failed::db as failed;
use super::migrations::MIGRATIONS;
use super::open::take_lock;
use super::private::{
    BESIDE, named, private_empty, private_file, private_folder, remove_restoring,
};
use super::rows::text;
use super::sql::sql;
use crate::pipeline::ports::StoreError;
use sqlx::migrate::Migrate as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::io;
use std::path::{Path, PathBuf};

fn unusable(path: &Path, e: &io::Error) -> StoreError {
    StoreError::Folder(format!("{}: {e}", path.display()))
}

/// The folder that a file is in.
fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// What the name of a backup ends in while it is made.
const UNFINISHED: &str = ".crossfoot-unfinished";

/// Removes what backups that were killed have left beside a new one.
fn remove_unfinished(beside: &Path) {
    let all = std::fs::read_dir(folder_of(beside));
    for entry in all.into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().ends_with(UNFINISHED);
        let path = entry.path();
        let dead = || std::fs::File::open(&path).is_ok_and(|f| f.try_lock().is_ok());
        if ours && dead() {
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// Gives a backup its name, on the disk when this answers; over no other file.
fn whole(half: &Path, path: &Path) -> io::Result<()> {
    std::fs::File::open(half)?.sync_all()?;
    match std::fs::hard_link(half, path) {
        // Where a file has but one name it is moved.
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            std::fs::rename(half, path)?;
        }
        linked => linked?,
    }
    // The new name is on the disk only with the folder.
    std::fs::File::open(folder_of(path))?.sync_all()
}

impl Store {
    /// Writes a consistent copy of the database to a new file, for its owner alone, whoever works on it meanwhile. It bears
    /// its name once it is whole: half a copy must not be taken for one.
    ///
    /// # Errors
    /// [`StoreError::Folder`] where a file of that name is there or cannot be made; [`StoreError::Database`].
    pub async fn backup_to(&self, path: &Path) -> Result<(), StoreError> {
        let there = || unusable(path, &io::Error::from(io::ErrorKind::AlreadyExists));
        if path.exists() {
            return Err(there());
        }
        remove_unfinished(path);
        let half = named(path, UNFINISHED);
        let file = private_file()
            .create(true)
            .truncate(false)
            .open(&half)
            .map_err(|e| unusable(path, &e))?;
        // Of one whose maker lives others keep their hands.
        if file.try_lock().is_err() {
            return Err(there());
        }
        file.set_len(0).map_err(|e| unusable(path, &e))?;
        let done = match self.copy_to(&half).await {
            Ok(()) => whole(&half, path).map_err(|e| unusable(path, &e)),
            Err(e) => Err(e),
        };
        let _ = std::fs::remove_file(&half);
        done
    }

    /// What is wrong with the database's pages, as far as the database itself can tell; nothing where they are whole.
    ///
    /// # Errors
    /// [`StoreError::Database`] where it cannot even be asked.
    pub async fn damage(&self) -> Result<Option<String>, StoreError> {
        let told = sql("PRAGMA integrity_check")
            .all(&mut *self.db().await?, |r| text(r, "integrity_check"))
            .await?;
        let wrong: Vec<String> = told.into_iter().filter(|t| t != "ok").take(3).collect();
        Ok((!wrong.is_empty()).then(|| wrong.join("; ")))
    }

    /// Whether it is a database of this program, and of no version after this one: such a one could not be opened once it
    /// were in its place.
    async fn is_readable(&self) -> Result<bool, StoreError> {
        if !self.has_schema().await? {
            return Ok(false);
        }
        let mut db = self.pool.acquire().await.map_err(failed)?;
        let applied = db.list_applied_migrations("_sqlx_migrations").await;
        let applied = applied.map_err(|e| StoreError::Corrupt {
            what: "a backup".into(),
            why: e.to_string(),
        })?;
        let known = MIGRATIONS.iter().map(|m| m.0).max();
        if applied.iter().map(|m| m.version).max() <= known {
            return Ok(true);
        }
        Err(StoreError::Folder(
            "it was written by a newer Crossfoot; the present database is as it was".into(),
        ))
    }

    /// Whether the file is a whole database of this program.
    async fn is_whole(path: &Path) -> Result<(), StoreError> {
        let no = |why: String| StoreError::Corrupt {
            what: "a backup".into(),
            why,
        };
        let options = SqliteConnectOptions::new().filename(path);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(failed)?;
        let store = Self::over(pool, path);
        let told = match store.damage().await {
            Ok(None) => store.is_readable().await,
            Ok(Some(wrong)) => Err(no(wrong)),
            Err(e) => Err(e),
        };
        store.close().await;
        match told? {
            true => Ok(()),
            false => Err(no("it is no database of Crossfoot".into())),
        }
    }
}

/// Puts a backup in the place of a database, and what was there into a folder beside it, which is answered where there was
/// something.
///
/// # Errors
/// [`StoreError::InUse`] while a process works on it; [`StoreError`] where the backup cannot be read or is not whole.
pub async fn put_back(
    database: &Path,
    backup: &Path,
    aside: &str,
) -> Result<Option<PathBuf>, StoreError> {
    let folder = database.parent().unwrap_or(Path::new("."));
    private_folder(folder).map_err(|e| unusable(folder, &e))?;
    let _alone = take_lock(database).await?;
    // A copy is looked at, so that the backup stays as it is.
    let copy = remove_restoring(database);
    private_empty(&copy).map_err(|e| unusable(&copy, &e))?;
    std::fs::copy(backup, &copy).map_err(|e| unusable(backup, &e))?;
    // What is copied brings its modes with it.
    super::private::put_right(&copy);
    if let Err(e) = Store::is_whole(&copy).await {
        let _ = std::fs::remove_file(&copy);
        return Err(e);
    }
    let kept = folder.join(aside);
    let mut moved = false;
    for more in BESIDE {
        let from = named(database, more);
        let Some(name) = from.file_name().filter(|_| from.exists()) else {
            continue;
        };
        private_folder(&kept).map_err(|e| unusable(&kept, &e))?;
        std::fs::rename(&from, kept.join(name)).map_err(|e| unusable(&from, &e))?;
        moved = true;
    }
    for more in BESIDE.iter().skip(1) {
        let _ = std::fs::remove_file(named(&copy, more));
    }
    let synced = std::fs::File::open(&copy).and_then(|f| f.sync_all());
    synced.map_err(|e| unusable(&copy, &e))?;
    std::fs::rename(&copy, database).map_err(|e| unusable(database, &e))?;
    let synced = std::fs::File::open(folder).and_then(|f| f.sync_all());
    synced.map_err(|e| unusable(folder, &e))?;
    Ok(moved.then_some(kept))
}
