//! What the database's own failures are to the store.

use crate::pipeline::ports::{DatabaseState, StoreError};

/// SQLite's number for a disk that is full.
const FULL: u32 = 13;
/// What is in a number of SQLite's beside the kind of failure: its upper bits.
const KIND: u32 = 0xff;

/// A failure of the database as the store tells it.
pub(super) fn db(e: sqlx::Error) -> StoreError {
    let code = e.as_database_error().and_then(|d| d.code());
    let kind = code.and_then(|c| c.parse::<u32>().ok()).map(|c| c & KIND);
    let why = e.to_string();
    match kind {
        Some(FULL) => StoreError::Full(why),
        Some(kind) => match state(kind) {
            Some(state) => StoreError::Unusable { state, why },
            None => StoreError::Database(why),
        },
        None => StoreError::Database(why),
    }
}

/// In which state SQLite finds its file, by the kind of its failure.
fn state(kind: u32) -> Option<DatabaseState> {
    Some(match kind {
        5 | 6 => DatabaseState::Locked,
        11 | 26 => DatabaseState::Damaged,
        3 | 8 => DatabaseState::ReadOnly,
        14 => DatabaseState::Missing,
        _ => return None,
    })
}
