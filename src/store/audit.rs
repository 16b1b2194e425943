//! The audit log: who did what to what, each row chained to the one before.
//!
//! Rows hold ids and hashes, never names or amounts of customers. A chain does not stop somebody who can
//! rewrite all of it: anchor its head outside.

use super::Store;
use super::rows::{number, text, time};
use super::sql::{Db, sql};
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;

/// One row, before it is chained.
pub struct AuditEntry<'a> {
    pub tenant: &'a str,
    pub at: DateTime<Utc>,
    pub actor: &'a str,
    pub action: &'a str,
    pub object: &'a str,
    pub detail: &'a str,
}

fn chain(prev: &str, fields: [&str; 6]) -> String {
    let mut hash = Sha256::new();
    hash.update(prev.as_bytes());
    for f in fields {
        // The length in front keeps two neighbouring fields from being read as one.
        hash.update((f.len() as u64).to_be_bytes());
        hash.update(f.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

const ENTERS: &str = "INSERT INTO audit (tenant, at, actor, action, object, detail, prev, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)";

/// What a transaction tells from here on is entered together when it is kept. Nothing in it may ask after the log.
pub async fn together(db: &mut Db) -> Result<(), StoreError> {
    let end = end(db).await?;
    db.memo.chain = Some(end);
    Ok(())
}

/// The hash that the next row begins with.
async fn end(db: &mut Db) -> Result<String, StoreError> {
    let last = sql("SELECT hash FROM audit WHERE seq > 0 ORDER BY seq DESC LIMIT 1")
        .maybe(db, |r| text(r, "hash"));
    Ok(last.await?.unwrap_or_default())
}

/// Appends a row, inside the transaction of what it tells of.
pub async fn append(db: &mut Db, e: AuditEntry<'_>) -> Result<(), StoreError> {
    let gathered = db.memo.chain.clone();
    let prev = match &gathered {
        Some(end) => end.clone(),
        None => end(db).await?,
    };
    let at = time(e.at);
    let hash = chain(
        &prev,
        [e.tenant, &at, e.actor, e.action, e.object, e.detail],
    );
    // What the row before ends in stands there, and is not kept twice.
    let row = [
        e.tenant, &at, e.actor, e.action, e.object, e.detail, "", &hash,
    ]
    .map(str::to_owned);
    if gathered.is_some() {
        db.memo.chain = Some(hash);
        db.later(ENTERS, row.to_vec());
        return Ok(());
    }
    let mut one = sql(ENTERS);
    for value in row {
        one = one.bind(value);
    }
    one.put_off(db).await?;
    Ok(())
}

/// The last row of the audit log: its number and hash.
pub async fn log_end(db: &mut Db) -> Result<(i64, String), StoreError> {
    let last = sql("SELECT seq, hash FROM audit WHERE seq > 0 ORDER BY seq DESC LIMIT 1")
        .maybe(db, |r| Ok((number(r, "seq")?, text(r, "hash")?)))
        .await?;
    Ok(last.unwrap_or_default())
}

/// The first row whose chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// Its sequence number.
    pub seq: i64,
    /// What is wrong.
    pub what: String,
}

/// A row as it stands, with what its hash must be if the row before it ends in `prev`.
struct Chained {
    seq: i64,
    prev: String,
    hash: String,
    fields: [String; 6],
}

impl Chained {
    /// Rows of earlier versions name the hash before them as well.
    fn goes_on_from(&self, prev: &str) -> bool {
        self.prev.is_empty() || self.prev == prev
    }
}

fn chained(r: &SqliteRow) -> Result<Chained, StoreError> {
    let get = |c| text(r, c);
    Ok(Chained {
        seq: number(r, "seq")?,
        prev: get("prev")?,
        hash: get("hash")?,
        fields: [
            get("tenant")?,
            get("at")?,
            get("actor")?,
            get("action")?,
            get("object")?,
            get("detail")?,
        ],
    })
}

/// Checks the whole chain. Answers how many rows hold, or the first that does not.
///
/// # Errors
/// [`StoreError`] when the rows cannot be read.
pub async fn verify_audit(store: &Store) -> Result<Result<u64, AuditFault>, StoreError> {
    let mut db = store.db().await?;
    let (mut prev, mut after, mut count) = (String::new(), 0_i64, 0_u64);
    loop {
        let rows = sql("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT 10000")
            .bind(after)
            .all(&mut db, chained)
            .await?;
        if rows.is_empty() {
            return Ok(Ok(count));
        }
        for r in rows {
            let want = chain(&prev, r.fields.each_ref().map(String::as_str));
            if r.seq != after + 1 || !r.goes_on_from(&prev) || r.hash != want {
                let what = "this row, or the one before it, was changed, removed or put in".into();
                return Ok(Err(AuditFault { seq: r.seq, what }));
            }
            (prev, after, count) = (want, r.seq, count + 1);
        }
    }
}
