//! Rows to nouns and back: times, money and JSON as the tables hold them.

use super::failed::db;
use super::packed::unpack;
pub use super::plain::{corrupt, json, read_json};
use crate::model::{BookId, Fingerprint, Key, Kind, LedgerInvoice, WriteState};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A time as text that sorts as time: microseconds, UTC.
pub fn time(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub fn read_time(text: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|t| t.with_timezone(&Utc))
        .map_err(|e| corrupt("a time", e))
}

pub fn text(row: &SqliteRow, column: &str) -> Result<String, StoreError> {
    row.try_get(column).map_err(db)
}

pub fn maybe(row: &SqliteRow, column: &str) -> Result<Option<String>, StoreError> {
    row.try_get(column).map_err(db)
}

pub fn number(row: &SqliteRow, column: &str) -> Result<i64, StoreError> {
    row.try_get(column).map_err(db)
}

pub fn maybe_number(row: &SqliteRow, column: &str) -> Result<Option<i64>, StoreError> {
    row.try_get(column).map_err(db)
}

pub fn blob(row: &SqliteRow, column: &str) -> Result<Vec<u8>, StoreError> {
    row.try_get(column).map_err(db)
}

pub fn maybe_blob(row: &SqliteRow, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
    row.try_get(column).map_err(db)
}

pub fn maybe_time(row: &SqliteRow, column: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    maybe(row, column)?.as_deref().map(read_time).transpose()
}

pub fn maybe_day(row: &SqliteRow, column: &str) -> Result<Option<NaiveDate>, StoreError> {
    let day = maybe(row, column)?;
    day.map(|d| d.parse().map_err(|e| corrupt("a day", e)))
        .transpose()
}

/// An amount as a column holds it; one that is empty is none.
pub fn amount(text: &str) -> Result<Decimal, StoreError> {
    if text.is_empty() {
        return Ok(Decimal::ZERO);
    }
    text.parse().map_err(|e| corrupt("an amount", e))
}

/// JSON of a column that may be empty.
pub fn maybe_json<T: DeserializeOwned>(
    what: &str,
    text: Option<String>,
) -> Result<Option<T>, StoreError> {
    text.map(|t| read_json(what, &t)).transpose()
}

pub fn kind(row: &SqliteRow) -> Result<Kind, StoreError> {
    let word = text(row, "kind")?;
    Kind::parse(&word).ok_or_else(|| corrupt("a kind", word))
}

/// A key from three columns of a row.
pub fn key(row: &SqliteRow, book: &str, kind: &str, id: &str) -> Result<Key, StoreError> {
    let word = text(row, kind)?;
    Ok(Key {
        book: BookId::stored(&text(row, book)?),
        kind: Kind::parse(&word).ok_or_else(|| corrupt("a kind", word))?,
        id: text(row, id)?.as_str().into(),
    })
}

/// A value that earlier versions kept as plain text in a column of its own.
pub fn packed_or_text<T: DeserializeOwned>(
    row: &SqliteRow,
    packed: &str,
    plain: &str,
    what: &str,
) -> Result<T, StoreError> {
    match maybe_blob(row, packed)? {
        Some(bytes) => unpack(what, &bytes),
        None => read_json(what, &text(row, plain)?),
    }
}

/// A paper of the mirror.
pub fn paper(row: &SqliteRow) -> Result<LedgerInvoice, StoreError> {
    packed_or_text(row, "packed", "body", "a mirrored paper")
}

pub fn write_row(row: &SqliteRow) -> Result<WriteRow, StoreError> {
    let state = text(row, "state")?;
    Ok(WriteRow {
        id: number(row, "id")?,
        key: text(row, "natural_key")?,
        marker: text(row, "marker")?,
        kind: kind(row)?,
        of: key(row, "of_book", "kind", "of_id")?,
        document: key(row, "on_book", "on_kind", "on_id")?,
        version: Fingerprint(text(row, "version")?),
        to: BookId::stored(&text(row, "book")?),
        run: text(row, "run")?,
        state: WriteState::parse(&state).ok_or_else(|| corrupt("a write's state", &state))?,
        draft: packed_or_text(row, "draft_packed", "draft", "a draft")?,
        draft_hash: Fingerprint(text(row, "draft_hash")?),
        needs: packed_or_text(row, "needs_packed", "needs", "what a write needs")?,
        attempt: u32::try_from(number(row, "attempt")?).unwrap_or(u32::MAX),
        batch: row.try_get("batch").map_err(db)?,
        first_sent: maybe_time(row, "first_sent")?,
        last_sent: maybe_time(row, "last_sent")?,
        not_before: maybe_time(row, "not_before")?,
        key_spent: number(row, "key_spent")? != 0,
        wanted: number(row, "wanted")? != 0,
        reason: maybe_json("why a write is held", maybe(row, "reason")?)?,
    })
}

/// What a document comes to; nothing written where it is not known.
pub(super) fn total(written: &str) -> Result<Option<Decimal>, StoreError> {
    match written {
        "" => Ok(None),
        sum => amount(sum).map(Some),
    }
}

/// What a document comes to, as it is written.
pub(super) fn written_total(total: Option<Decimal>) -> String {
    total.map_or_else(String::new, |t| t.to_string())
}
