//! What a decision learned of links by reading the ledger, and what posting learns of contacts.

use super::audit::{self, Entry};
use super::journal::Tx;
use super::open::db;
use crate::model::Kind;
use crate::pipeline::ports::{DecidedDoc, NewWrite, StoreError};
use crate::pipeline::protocol::WriteRow;
use chrono::{DateTime, Utc};

/// Puts links right.
pub(super) async fn keep(
    tx: &mut Tx<'_>,
    tenant: &str,
    d: &DecidedDoc,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if let Some(new) = &d.learned.relink {
        sqlx::query(
            "UPDATE links SET draft = $1, target_version = $2, amount = $3 WHERE tenant = $4 AND kind = $5 AND source_id = $6",
        )
        .bind(&new.draft.0)
        .bind(&new.version)
        .bind(new.amount.to_string())
        .bind(tenant)
        .bind(d.kind.as_str())
        .bind(&d.source_id.0)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    }
    for id in &d.learned.forget {
        sqlx::query("DELETE FROM links WHERE tenant = $1 AND kind = 'payment' AND source_id = $2")
            .bind(tenant)
            .bind(&id.0)
            .execute(&mut **tx)
            .await
            .map_err(db)?;
        let object = format!("payment/{id}");
        let entry = Entry {
            tenant,
            at: now,
            actor: "crossfoot",
            action: "unlinked",
            object: &object,
            detail: "the ledger no longer has it",
        };
        audit::append(tx, entry).await?;
    }
    Ok(())
}

/// Whether what a write made is still linked.
pub(super) async fn has_link(
    tx: &mut Tx<'_>,
    tenant: &str,
    w: &NewWrite,
) -> Result<bool, StoreError> {
    if w.kind != Kind::Payment {
        return Ok(true);
    }
    let row = sqlx::query(
        "SELECT 1 FROM links WHERE tenant = $1 AND kind = 'payment' AND source_id = $2",
    )
    .bind(tenant)
    .bind(&w.source_id.0)
    .fetch_optional(&mut **tx)
    .await
    .map_err(db)?;
    Ok(row.is_some())
}

/// Remembers the contact a posted document was matched with, so that a later change of its name at the source
/// does not make a second one. The link has no draft: the contact is not ours to change.
pub(super) async fn contact(
    tx: &mut Tx<'_>,
    tenant: &str,
    connection: &str,
    w: &WriteRow,
) -> Result<(), StoreError> {
    let needs = &w.needs;
    if needs.contact_source.is_empty() || needs.contact_id.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO links (tenant, connection, kind, source_id, target_id, target_number, target_version, draft, amount, on_document)
         VALUES ($1,$2,'contact',$3,$4,'','','','','') ON CONFLICT (tenant, kind, source_id) DO NOTHING",
    )
    .bind(tenant)
    .bind(connection)
    .bind(&needs.contact_source)
    .bind(&needs.contact_id)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}
