//! Space kept back for the moment the disk is full.
//!
//! An intent that cannot be stored is not sent: nothing is lost by a full disk there. An answer that cannot be stored
//! leaves a write in doubt, which is settled later, by its key or a look-up; but it is better stored at once. For that a
//! file beside the database holds some space back, is deleted then, and made again when there is room.

use super::Store;
use super::failed::db as failed;
use super::private::private_file;
use super::rows::number;
use super::sql::sql;
use crate::pipeline::ports::StoreError;
use sqlx::AssertSqlSafe;
use std::io::Write;
use std::path::PathBuf;

/// What is kept back, in bytes: several times what the largest answer takes to store.
const RESERVE: usize = 8 * 1024 * 1024;

impl Store {
    fn reserve_path(&self) -> PathBuf {
        self.path.with_extension("db.reserve")
    }

    /// Keeps space back, where that has not been done or it has been used. A disk that has no room for it is no
    /// reason not to work: an intent that finds no room sends nothing.
    pub fn keep_reserve(&self) {
        if !self.is_worker() {
            return;
        }
        let path = self.reserve_path();
        let whole = |m: std::fs::Metadata| m.len() >= RESERVE as u64;
        if std::fs::metadata(&path).is_ok_and(whole) {
            return;
        }
        // Written and not merely made long: a file with a hole takes no space.
        let made = private_file().create(true).truncate(true).open(&path);
        let made = made.and_then(|mut file| {
            let block = [0x5A_u8; 64 * 1024];
            for _ in 0..RESERVE / block.len() {
                file.write_all(&block)?;
            }
            file.sync_all()
        });
        if made.is_err() {
            self.spend_reserve();
        }
    }

    /// Lets the database grow by so many pages more, or with `None` as far as it likes: for rehearsing a full disk.
    ///
    /// # Errors
    /// [`StoreError`].
    #[doc(hidden)]
    pub async fn bound(&self, pages: Option<i64>) -> Result<(), StoreError> {
        let mut db = self.db().await?;
        let now = sql("PRAGMA page_count")
            .one(&mut db, |r| number(r, "page_count"))
            .await?;
        // A pragma takes no bound value.
        let most = pages.map_or(i64::from(u32::MAX) - 1, |more| now + more);
        let text = format!("PRAGMA max_page_count = {most}");
        let set = sqlx::query(AssertSqlSafe(text));
        set.execute(db.raw()).await.map_err(failed)?;
        Ok(())
    }

    /// Gives the space free. Answers whether there was any.
    pub(super) fn spend_reserve(&self) -> bool {
        self.is_worker() && std::fs::remove_file(self.reserve_path()).is_ok()
    }
}
