//! The books a tenant runs between: which account each is, and by what connection it is reached now.

use super::audit::{self, AuditEntry};
use super::rows::{corrupt, text};
use super::sql::{Db, sql};
use crate::model::BookId;
use crate::pipeline::ports::{BookRow, Side, StoreError};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

fn row(row: &SqliteRow) -> Result<BookRow, StoreError> {
    let side = text(row, "side")?;
    Ok(BookRow {
        book: BookId::stored(&text(row, "book")?),
        side: Side::parse(&side).ok_or_else(|| corrupt("a book's side", side))?,
        system: text(row, "system")?,
        connection: text(row, "connection")?,
        organisation: text(row, "organisation")?,
    })
}

/// A tenant's books.
pub async fn all(db: &mut Db, tenant: &str) -> Result<Vec<BookRow>, StoreError> {
    sql("SELECT * FROM books WHERE tenant = $1 ORDER BY book")
        .bind(tenant)
        .all(db, row)
        .await
}

/// Whose ledger an account is, of all tenants: each with its word for the book. The same connection leads to the same account, though
/// nobody knows what that is called.
pub async fn ledgers(db: &mut Db, account: &BookRow) -> Result<Vec<(String, String)>, StoreError> {
    let known = sql(
        "SELECT tenant, book FROM books WHERE system = $1 AND organisation = $2 AND side = 'ledger'
            AND (organisation <> '' OR connection = $3)",
    );
    let known = known.bind(&account.system).bind(&account.organisation);
    let known = known.bind(&account.connection);
    known
        .all(db, |r| Ok((text(r, "tenant")?, text(r, "book")?)))
        .await
}

/// Keeps what is known of a book.
pub async fn put(db: &mut Db, tenant: &str, book: &BookRow) -> Result<(), StoreError> {
    sql(
        "INSERT INTO books (tenant, book, side, system, connection, organisation) VALUES ($1,$2,$3,$4,$5,$6)
         ON CONFLICT (tenant, book) DO UPDATE SET side = excluded.side, system = excluded.system,
           connection = excluded.connection, organisation = excluded.organisation",
    )
    .bind(tenant)
    .bind(book.book.as_str())
    .bind(book.side.as_str())
    .bind(&book.system)
    .bind(&book.connection)
    .bind(&book.organisation)
    .put_off(db)
    .await?;
    Ok(())
}

/// The same, with an audit row where it is reached by another connection from now on.
pub async fn lead(
    db: &mut Db,
    tenant: &str,
    book: &BookRow,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let was = sql("SELECT * FROM books WHERE tenant = $1 AND book = $2");
    let was = was.bind(tenant).bind(book.book.as_str());
    let was = was.maybe(db, row).await?;
    put(db, tenant, book).await?;
    let Some(was) = was.filter(|w| w.connection != book.connection) else {
        return Ok(());
    };
    let detail = format!("{} is {} now", was.connection, book.connection);
    let entry = AuditEntry {
        tenant,
        at: now,
        actor: "crossfoot",
        action: "renamed",
        object: book.book.as_str(),
        detail: &detail,
    };
    audit::append(db, entry).await
}
