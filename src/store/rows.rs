//! Rows to nouns and back: times, money and JSON as the tables hold them.

use super::failed::db;
use crate::model::{BookId, Fingerprint, Key, Kind, WriteState};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use rust_decimal::Decimal;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::io::{Read, Write};

/// A time as text that sorts as time: microseconds, UTC.
pub fn time(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub fn read_time(text: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|t| t.with_timezone(&Utc))
        .map_err(|e| corrupt("a time", e))
}

pub fn corrupt(what: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        what: what.to_owned(),
        why: why.to_string(),
    }
}

pub fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| corrupt("a value being stored", e))
}

pub fn read_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| corrupt(what, e))
}

/// JSON, compressed.
pub fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    pack_text(&json(value)?)
}

pub fn pack_text(text: &str) -> Result<Vec<u8>, StoreError> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes())
        .and_then(|()| out.finish())
        .map_err(|e| corrupt("a value being compressed", e))
}

pub fn unpack_text(what: &str, bytes: &[u8]) -> Result<String, StoreError> {
    let mut text = String::new();
    DeflateDecoder::new(bytes)
        .read_to_string(&mut text)
        .map_err(|e| corrupt(what, e))?;
    Ok(text)
}

pub fn unpack<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    read_json(what, &unpack_text(what, bytes)?)
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
        draft: read_json("a draft", &text(row, "draft")?)?,
        draft_hash: Fingerprint(text(row, "draft_hash")?),
        needs: read_json("what a write needs", &text(row, "needs")?)?,
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
