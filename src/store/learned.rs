//! What a decision learned of links by reading the ledger, and the number that it gives its document.

use super::audit::{self, AuditEntry};
use super::sql::Db;
use super::{drifts, given_numbers, links, shared, word_rows};
use crate::model::Key;
use crate::pipeline::ports::{ContactLearned, DecidedDoc, StoreError};
use chrono::{DateTime, Utc};

/// Puts links right.
pub async fn keep(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // What an earlier version of the program left standing is spent before the link says something else.
    word_rows::spend(db, tenant, &d.key).await?;
    if let Some(new) = &d.learned.relink {
        links::relink(db, tenant, &d.key, &d.version, new).await?;
        word_rows::spend(db, tenant, &d.key).await?;
        drifts::over(db, tenant, &d.key).await?;
    }
    match &d.learned.contact {
        Some(ContactLearned::There(there)) => links::matched(db, tenant, &d.key, there).await?,
        Some(ContactLearned::Planned(write)) => shared::wait(db, tenant, write, &d.key).await?,
        None => {}
    }
    if d.learned.unlink {
        unlink(db, tenant, &d.key, now).await?;
    }
    if let Some(given) = &d.learned.numbered {
        given_numbers::keep(db, tenant, &d.key, given).await?;
    }
    for (kind, id) in &d.learned.forget {
        let money = Key::new(&d.key.book, *kind, id);
        unlink(db, tenant, &money, now).await?;
    }
    Ok(())
}

/// A link to what the ledger no longer has goes; the audit keeps that it was there.
async fn unlink(db: &mut Db, tenant: &str, of: &Key, now: DateTime<Utc>) -> Result<(), StoreError> {
    links::take(db, tenant, of).await?;
    drifts::over(db, tenant, of).await?;
    let object = format!("{}/{}", of.kind, of.id);
    let entry = AuditEntry {
        tenant,
        at: now,
        actor: "crossfoot",
        action: "unlinked",
        object: &object,
        detail: "the ledger no longer has it",
    };
    audit::append(db, entry).await
}
