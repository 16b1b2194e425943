//! What the database's own failures are to the store.

use crate::pipeline::ports::StoreError;

/// SQLite's number for a disk that is full.
const FULL: &str = "13";

/// A failure of the database as the store tells it.
pub(super) fn db(e: sqlx::Error) -> StoreError {
    let code = e.as_database_error().and_then(|d| d.code());
    if code.as_deref() == Some(FULL) {
        return StoreError::Full(e.to_string());
    }
    StoreError::Database(e.to_string())
}
