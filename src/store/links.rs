//! Links: that a document of the source and one of the ledger are the same.

use super::rows::{amount, kind, text};
use super::sql::{Db, sql};
use crate::connectors::Posted;
use crate::model::{Draft, Fingerprint, Kind, Link, SourceId};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::{NewWrite, WriteRow};

/// The link of a document, a payment or a contact.
pub async fn of(
    db: &mut Db,
    tenant: &str,
    of: Kind,
    id: &SourceId,
) -> Result<Option<Link>, StoreError> {
    sql("SELECT * FROM links WHERE tenant = $1 AND kind = $2 AND source_id = $3")
        .bind(tenant)
        .bind(of.as_str())
        .bind(&id.0)
        .maybe(db, |r| {
            Ok(Link {
                kind: kind(r)?,
                source_id: SourceId(text(r, "source_id")?),
                target_id: text(r, "target_id")?,
                target_number: text(r, "target_number")?,
                target_version: text(r, "target_version")?,
                draft: Fingerprint(text(r, "draft")?),
                amount: amount(&text(r, "amount")?)?,
                on_document: text(r, "on_document")?,
            })
        })
        .await
}

/// Links what was written with what the ledger made of it.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    w: &WriteRow,
    posted: &Posted,
) -> Result<(), StoreError> {
    let amount = match &w.draft {
        // What the ledger says counts: it is what can be paid there.
        Draft::Invoice(d) => posted.total.unwrap_or(d.total).to_string(),
        Draft::Payment(p) => p.amount.to_string(),
        Draft::Contact(_) => String::new(),
    };
    let connection = w.key.split('/').nth(1).unwrap_or_default();
    let on_document = paid_document(db, tenant, w).await?;
    sql(
        "INSERT INTO links (tenant, connection, kind, source_id, target_id, target_number, target_version, draft, amount, on_document)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
         ON CONFLICT (tenant, kind, source_id) DO UPDATE SET
           target_id = excluded.target_id, target_number = excluded.target_number,
           target_version = excluded.target_version, draft = excluded.draft, amount = excluded.amount,
           on_document = excluded.on_document",
    )
    .bind(tenant)
    .bind(connection)
    .bind(w.kind.as_str())
    .bind(&w.source_id.0)
    .bind(&posted.id)
    .bind(&posted.number)
    .bind(&posted.version)
    .bind(&w.draft_hash.0)
    .bind(amount)
    .bind(on_document)
    .run(db)
    .await?;
    put_contact(db, tenant, connection, w).await
}

/// The ledger's id of the document a payment is on. One that was found in the ledger before it was ever sent names only
/// the write that made the document.
async fn paid_document(db: &mut Db, tenant: &str, w: &WriteRow) -> Result<String, StoreError> {
    if w.kind != Kind::Payment || !w.needs.document_id.is_empty() {
        return Ok(w.needs.document_id.clone());
    }
    let made = sql("SELECT target_id FROM writes WHERE tenant = $1 AND natural_key = $2")
        .bind(tenant)
        .bind(&w.needs.document_write)
        .maybe(db, |r| text(r, "target_id"));
    Ok(made.await?.unwrap_or_default())
}

/// Remembers the contact a posted document was matched with, so that a later change of its name at the source
/// does not make a second one. The link has no draft: the contact is not ours to change.
async fn put_contact(
    db: &mut Db,
    tenant: &str,
    connection: &str,
    w: &WriteRow,
) -> Result<(), StoreError> {
    let needs = &w.needs;
    if needs.contact_source.is_empty() || needs.contact_id.is_empty() {
        return Ok(());
    }
    sql(
        "INSERT INTO links (tenant, connection, kind, source_id, target_id, target_number, target_version, draft, amount, on_document)
         VALUES ($1,$2,'contact',$3,$4,'','','','','') ON CONFLICT (tenant, kind, source_id) DO NOTHING",
    )
    .bind(tenant)
    .bind(connection)
    .bind(&needs.contact_source)
    .bind(&needs.contact_id)
    .run(db)
    .await?;
    Ok(())
}

/// Takes a link away, if it is there.
pub async fn take(db: &mut Db, tenant: &str, kind: Kind, id: &SourceId) -> Result<(), StoreError> {
    sql("DELETE FROM links WHERE tenant = $1 AND kind = $2 AND source_id = $3")
        .bind(tenant)
        .bind(kind.as_str())
        .bind(&id.0)
        .run(db)
        .await?;
    Ok(())
}

/// Whether what a write made is still linked: what a person takes out of the ledger, or says is not there, loses its
/// link.
pub async fn is_there(db: &mut Db, tenant: &str, w: &NewWrite) -> Result<bool, StoreError> {
    sql("SELECT 1 FROM links WHERE tenant = $1 AND kind = $2 AND source_id = $3")
        .bind(tenant)
        .bind(w.kind.as_str())
        .bind(&w.source_id.0)
        .any(db)
        .await
}
