//! Charts: what each book's was when last read, and every content a decision was made with, once.
//!
//! Flows in: a chart as it was read. Flows out: the newest of a book, or the one of a hash, by which an old decision is
//! replayed with its own.

use super::packed::{pack, unpack};
use super::rows::{blob, read_time, text, time};
use super::sql::{Db, sql};
use crate::model::{BookId, Chart, Fingerprint};
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};

/// The chart of a book as last read, and when that was.
pub async fn last(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError> {
    let last = sql(
        "SELECT m.at, c.body FROM mirrors m JOIN charts c ON c.tenant = m.tenant AND c.hash = m.hash
          WHERE m.tenant = $1 AND m.book = $2 AND m.what = 'chart'",
    );
    let last = last.bind(tenant).bind(book.as_str());
    last.maybe(db, |r| {
        let chart = unpack("the chart", &blob(r, "body")?)?;
        Ok((chart, read_time(&text(r, "at")?)?))
    })
    .await
}

/// The chart that an earlier decision used.
pub async fn of(
    db: &mut Db,
    tenant: &str,
    hash: &Fingerprint,
) -> Result<Option<Chart>, StoreError> {
    sql("SELECT body FROM charts WHERE tenant = $1 AND hash = $2")
        .bind(tenant)
        .bind(&hash.0)
        .maybe(db, |r| unpack("a chart", &blob(r, "body")?))
        .await
}

/// Keeps a book's chart: each content once, so that a decision can be replayed with its own.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    chart: &Chart,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let hash = chart.hash();
    sql("INSERT INTO charts (tenant, hash, body) VALUES ($1,$2,$3) ON CONFLICT (tenant, hash) DO NOTHING")
        .bind(tenant)
        .bind(&hash.0)
        .bind(pack(chart)?)
        .put_off(db)
        .await?;
    sql(
        "INSERT INTO mirrors (tenant, book, what, at, hash) VALUES ($1, $2, 'chart', $3, $4)
         ON CONFLICT (tenant, book, what) DO UPDATE SET at = excluded.at, hash = excluded.hash",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(time(now))
    .bind(&hash.0)
    .put_off(db)
    .await?;
    Ok(())
}
