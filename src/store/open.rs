//! Opening the database: one process writes, every commit is on the disk before it counts.

use super::beacon::BeaconFile;
use super::counted::StatementCount;
use super::failed::db;
use super::migrations::MIGRATIONS;
use super::private::{private_empty, private_file, private_folder, remove_restoring};
use super::sql::{Conn, Tx, sql};
use super::wording::Overlay;
use crate::pipeline::ports::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How the database is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAs {
    /// To work: takes the lock for life.
    Worker,
    /// To switch, approve, retry or connect: takes no lock, since each change is one transaction that a worker
    /// sees whole, so that a person need not stop the worker first.
    Person,
    /// To look: takes no lock and changes nothing.
    Reader,
}

/// The store.
#[derive(Clone)]
pub struct Store {
    pub(super) pool: SqlitePool,
    /// Connections of a file that may only read it: what looks waits for nobody who writes, and each question sees the database as
    /// it was kept last. None in a rehearsal, whose changes its own connection alone sees, and of a database in memory.
    pub(super) readers: Option<SqlitePool>,
    /// The file, for messages.
    pub path: PathBuf,
    // Held for life: its lock says that this process is the one.
    pub(super) lock: Option<Arc<File>>,
    /// What says outside the workspace how far it has come; of the process that works on it alone.
    pub(super) beacon: Option<Arc<BeaconFile>>,
    /// In a rehearsal, what is laid over the file.
    pub(super) overlay: Option<Arc<Overlay>>,
    /// What is counted of what is carried out.
    pub(super) asked: Arc<StatementCount>,
}

/// How long a statement waits for its turn before the store counts as stuck.
const WAITS: Duration = Duration::from_secs(600);

/// How many may look at once while one writes.
const READERS: u32 = 4;

/// How many statements a connection keeps prepared: more than there are. Those that go together are one text, and there are more of such
/// texts than are kept: those that were not used for longest are prepared anew.
pub(super) const PREPARED: usize = 400;

/// The note of the last step that a database was brought to, so that whoever only looks knows whether it is of now.
const SCHEMA: &str = "schema";

fn latest() -> String {
    MIGRATIONS
        .iter()
        .map(|m| m.0)
        .max()
        .unwrap_or_default()
        .to_string()
}

fn migration((version, name, text): (i64, &'static str, &'static str)) -> Migration {
    Migration::new(
        version,
        Cow::Borrowed(name),
        MigrationType::Simple,
        sqlx::SqlStr::from_static(text),
        false,
    )
}

/// How much of the write-ahead log stays once it is written back. A rehearsal, which reads the file as of one moment, and a
/// backup keep it from being written back for as long as they take: it holds all that is written meanwhile.
const LOG_BYTES: u64 = 16 << 20;

/// So many pages of the log are written back at once: what changes again and again meanwhile is written back once.
const LOG_PAGES: u64 = LOG_BYTES / 4096;

/// File systems on which SQLite's locks do not hold (numbers of statfs(2)).
const NETWORK: [(i64, &str); 6] = [
    (0x6969, "NFS"),
    (0xFF53_4D42_u32 as i64, "CIFS"),
    (0xFE53_4D42_u32 as i64, "SMB2"),
    (0x517B, "SMB"),
    (0x0102_1997, "9P"),
    (0x0058_5341, "AFS"),
];

fn refuse_network(folder: &Path) -> Result<(), StoreError> {
    let Ok(stat) = rustix::fs::statfs(folder) else {
        return Ok(());
    };
    #[allow(
        clippy::unnecessary_cast,
        reason = "the field's width differs between platforms"
    )]
    let kind = stat.f_type as i64;
    match NETWORK.iter().find(|(n, _)| *n == kind) {
        Some((_, name)) => Err(StoreError::Folder(format!(
            "{} is on a network file system ({name}), where a database can be damaged; keep the workspace on a local disk",
            folder.display()
        ))),
        None => Ok(()),
    }
}

/// How often a lock that is taken is tried again, and how long after each: somebody may only look whether it is free.
const LOCK_TRIES: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(40);

pub(super) async fn take_lock(path: &Path) -> Result<File, StoreError> {
    for _ in 1..LOCK_TRIES {
        match try_lock(path) {
            Err(StoreError::InUse(_)) => tokio::time::sleep(LOCK_PAUSE).await,
            taken => return taken,
        }
    }
    try_lock(path)
}

fn try_lock(path: &Path) -> Result<File, StoreError> {
    let lock_path = path.with_extension("db.lock");
    let fail = |e: std::io::Error| {
        StoreError::Folder(format!("{} cannot be opened: {e}", lock_path.display()))
    };
    let file = private_file()
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(StoreError::InUse(path.display().to_string()))
        }
        Err(std::fs::TryLockError::Error(e)) => Err(fail(e)),
    }
}

impl Store {
    /// Opens the database file, making it first if need be.
    ///
    /// # Errors
    /// [`StoreError::Folder`] for a folder that cannot be used or a second process; [`StoreError::Database`] otherwise.
    pub async fn open(path: &Path, how: OpenAs) -> Result<Self, StoreError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let unusable =
            |at: &Path, e: std::io::Error| StoreError::Folder(format!("{}: {e}", at.display()));
        private_folder(folder).map_err(|e| unusable(folder, e))?;
        refuse_network(folder)?;
        let lock = match how {
            OpenAs::Worker => Some(Arc::new(take_lock(path).await?)),
            OpenAs::Person | OpenAs::Reader => None,
        };
        if lock.is_some() {
            remove_restoring(path);
        }
        // Made beforehand, since what SQLite makes beside a database may be read by whoever may read that.
        private_empty(path).map_err(|e| unusable(path, e))?;
        // A reader of a database that was never made gets an empty one, so that every verb can answer.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("journal_size_limit", LOG_BYTES.to_string())
            .pragma("wal_autocheckpoint", LOG_PAGES.to_string())
            // What one statement of a transaction might have to take back stands in memory: in files it is three quarters of all
            // that a run writes. A rehearsal, which keeps more there, has its own connection.
            .pragma("temp_store", "MEMORY")
            .foreign_keys(true)
            .statement_cache_capacity(PREPARED)
            .busy_timeout(Duration::from_secs(10));
        let store = Self::connect(options.clone(), path, lock, how).await?;
        // Whoever only says a word, or looks, does one thing after the other.
        let readers = (how == OpenAs::Worker).then(|| {
            SqlitePoolOptions::new()
                .max_connections(READERS)
                .acquire_timeout(WAITS)
                .test_before_acquire(false)
                .connect_lazy_with(options.pragma("query_only", "ON"))
        });
        Ok(Self { readers, ..store })
    }

    /// A database in memory, for tests and benchmarks.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn memory() -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true);
        Self::connect(options, Path::new(":memory:"), None, OpenAs::Worker).await
    }

    async fn connect(
        options: SqliteConnectOptions,
        path: &Path,
        lock: Option<Arc<File>>,
        how: OpenAs,
    ) -> Result<Self, StoreError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // Whoever waits has its turn in the order of asking, also behind hundreds of flows that begin at once.
            .acquire_timeout(WAITS)
            // No network is between: whether it lives is asked when it is given back.
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(db)?;
        let store = Self {
            lock,
            ..Self::over(pool, path)
        };
        let fresh = !store.has_schema().await?;
        if how == OpenAs::Worker || fresh {
            store.migrate().await?;
        } else if store.note(SCHEMA).await?.as_deref() != Some(&latest()) {
            // Whoever comes first brings it up to date, and not while an earlier stage's process works on it.
            let _alone = take_lock(path).await?;
            store.migrate().await?;
        }
        if store.is_worker() {
            store.nobody_lives().await?;
        }
        Ok(store)
    }

    /// Over a connection that is there, to look and for nothing else.
    pub(super) fn over(pool: SqlitePool, path: &Path) -> Self {
        Self {
            pool,
            readers: None,
            path: path.to_owned(),
            lock: None,
            beacon: None,
            overlay: None,
            asked: Arc::default(),
        }
    }

    /// Whoever has the lock is alone: what other workers held or had taken in hand, they left when they died.
    async fn nobody_lives(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // The fence stays: a worker that stood still and wakes up holds an older one.
        sql("UPDATE leases SET until = '' WHERE holder >= 'worker-' AND holder < 'worker.'")
            .run(&mut tx)
            .await?;
        sql("UPDATE wishes SET state = 'asked' WHERE state = 'taken'")
            .run(&mut tx)
            .await?;
        // The next one asks with the same token at once: a vendor takes it again when its answer was lost.
        sql("UPDATE tokens SET status = 'idle', lease = NULL WHERE status = 'refreshing' AND holder = 'worker'")
            .run(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Whether some process has the workspace's lock.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn is_worked_on(&self) -> Result<bool, StoreError> {
        match try_lock(&self.path) {
            Ok(_free) => Ok(false),
            Err(StoreError::InUse(_)) => Ok(true),
            Err(e) => Err(e),
        }
    }

    /// A connection for what is not a transaction.
    pub(super) async fn db(&self) -> Result<Conn, StoreError> {
        self.conn(&self.pool).await
    }

    /// A connection for what only looks.
    pub(super) async fn read(&self) -> Result<Conn, StoreError> {
        self.conn(self.readers.as_ref().unwrap_or(&self.pool)).await
    }

    async fn conn(&self, pool: &SqlitePool) -> Result<Conn, StoreError> {
        let conn = pool.acquire().await.map_err(db)?;
        let asked = Arc::clone(&self.asked);
        Ok(Conn::new(conn, self.overlay.clone(), asked))
    }

    /// A transaction that may write: it begins by taking the right to. In a rehearsal, which takes no such right, it is a
    /// step of the one that is never kept.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        let tx = match &self.overlay {
            Some(_) => self.pool.begin().await,
            None => match self.pool.begin_with(BEGIN).await {
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    self.mend().await?;
                    self.pool.begin_with(BEGIN).await
                }
                tx => tx,
            },
        };
        let asked = Arc::clone(&self.asked);
        tx.map(|tx| Tx::new(tx, self.overlay.clone(), asked))
            .map_err(db)
    }

    /// A commit that failed may have ended the transaction at the database and not at the driver, which then counts
    /// it as open for ever: another connection takes the place of that one.
    async fn mend(&self) -> Result<(), StoreError> {
        self.db().await?.close().await
    }

    /// Whether this process is the one that works on the file.
    pub(super) fn is_worker(&self) -> bool {
        self.lock.is_some()
    }

    pub(super) async fn has_schema(&self) -> Result<bool, StoreError> {
        sql("SELECT 1 FROM sqlite_master WHERE name = 'write_moves'")
            .any(&mut *self.db().await?)
            .await
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = Migrator {
            migrations: Cow::Owned(MIGRATIONS.into_iter().map(migration).collect()),
            ..Migrator::DEFAULT
        };
        migrator.run(&self.pool).await.map_err(|e| {
            StoreError::Database(format!("the schema cannot be brought up to date: {e}"))
        })?;
        self.move_first_stage().await?;
        self.know_customers().await?;
        self.fill_loose_payments().await?;
        self.write_moves().await?;
        if self.note(SCHEMA).await?.as_deref() != Some(&latest()) {
            self.keep_note(SCHEMA, &latest()).await?;
        }
        Ok(())
    }

    /// Writes a consistent copy of the database to a new file.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        // What is copied is as private as what it was copied from; into an empty file is into a new one.
        private_empty(path).map_err(|e| StoreError::Folder(format!("{}: {e}", path.display())))?;
        sql("VACUUM INTO $1")
            .bind(path.display().to_string())
            .run(&mut *self.db().await?)
            .await?;
        Ok(())
    }

    /// Ends all connections.
    pub async fn close(&self) {
        // The last to leave writes the log back, which one that only looks cannot.
        if let Some(readers) = &self.readers {
            readers.close().await;
        }
        self.pool.close().await;
    }
}
