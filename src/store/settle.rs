//! What became of a write, in one transaction: its state, the link, the audit row, the document's journey
//! and everything that waited for it.

use super::audit::{self, Entry};
use super::journal::{Tx, by_id};
use super::learned;
use super::open::db;
use super::rows::{json, text, time};
use crate::connectors::Posted;
use crate::model::{DocState, Draft, Kind, LedgerContact, Reason, WriteState};
use crate::pipeline::ports::{Lease, PLANNED, Settled, StoreError};
use crate::pipeline::protocol::{self, Settle, WriteRow};
use chrono::{DateTime, Utc};

/// Records the ids that came back to a worker that had lost its lease.
pub async fn orphans(
    tx: &mut Tx<'_>,
    lease: &Lease,
    settled: &[Settled],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for s in settled {
        let Settle::Linked { posted, .. } = &s.settle else {
            continue;
        };
        sqlx::query("INSERT INTO orphans (tenant, at, write_id, target_id) VALUES ($1,$2,$3,$4)")
            .bind(lease.tenant.as_str())
            .bind(time(now))
            .bind(s.write)
            .bind(&posted.id)
            .execute(&mut **tx)
            .await
            .map_err(db)?;
    }
    Ok(())
}

/// Settles one write.
pub async fn one(
    tx: &mut Tx<'_>,
    lease: &Lease,
    s: &Settled,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tenant = lease.tenant.as_str();
    let w = by_id(tx, tenant, s.write).await?;
    match &s.settle {
        Settle::Linked { posted, adopted } => {
            linked(tx, tenant, &w, (posted, *adopted), now).await?;
            let differs = protocol::posted_differs(&w, &s.settle);
            journey(tx, tenant, w.document.0.as_str(), differs.as_ref(), now).await?;
        }
        Settle::Refused(reason) => {
            exit(tx, tenant, &w, WriteState::Refused, reason, now).await?;
        }
        Settle::Held(reason) => exit(tx, tenant, &w, WriteState::Held, reason, now).await?,
        Settle::NotMade(reason) => {
            exit(tx, tenant, &w, WriteState::Held, reason, now).await?;
            // Without a time of sending it is, when it is tried again, a fresh write and not one in doubt.
            sqlx::query(
                "UPDATE writes SET first_sent = NULL, last_sent = NULL, batch = NULL WHERE tenant = $1 AND id = $2",
            )
            .bind(tenant)
            .bind(w.id)
            .execute(&mut **tx)
            .await
            .map_err(db)?;
        }
        Settle::InDoubt {
            not_before,
            key_spent,
            why,
        } => {
            sqlx::query(
                "UPDATE writes SET state = 'in_doubt', not_before = $1, key_spent = CASE WHEN $2 = 1 THEN 1 ELSE key_spent END,
                        last_sent = CASE WHEN last_sent > $5 THEN $5 ELSE last_sent END
                  WHERE tenant = $3 AND id = $4",
            )
            .bind(not_before.map(time))
            .bind(i64::from(*key_spent))
            .bind(tenant)
            .bind(w.id)
            // A time of sending that is yet to come is a clock that went back: the quarantine counts from now.
            .bind(time(now))
            .execute(&mut **tx)
            .await
            .map_err(db)?;
            log(tx, tenant, &w, "in_doubt", why, now).await?;
        }
        Settle::Again { not_before, .. } => again(tx, tenant, &w, *not_before, now).await?,
        Settle::LookUp(_) => {
            return Err(StoreError::IllegalMove {
                write: w.key.clone(),
                from: w.state,
                to: WriteState::Verifying,
            });
        }
    }
    Ok(())
}

async fn again(
    tx: &mut Tx<'_>,
    tenant: &str,
    w: &WriteRow,
    not_before: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // From in doubt the way to ready leads over a look-up: the table of moves has no other.
    if w.state == WriteState::InDoubt {
        set_state(tx, tenant, w.id, WriteState::Verifying).await?;
    }
    sqlx::query(
        "UPDATE writes SET state = 'ready', attempt = attempt + 1, not_before = $1, batch = NULL,
                first_sent = NULL, last_sent = NULL, key_spent = 0, due_before = NULL
          WHERE tenant = $2 AND id = $3",
    )
    .bind(not_before.map(time))
    .bind(tenant)
    .bind(w.id)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    log(tx, tenant, w, "again", "", now).await
}

async fn set_state(
    tx: &mut Tx<'_>,
    tenant: &str,
    id: i64,
    state: WriteState,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE writes SET state = $1 WHERE tenant = $2 AND id = $3")
        .bind(state.as_str())
        .bind(tenant)
        .bind(id)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    Ok(())
}

async fn log(
    tx: &mut Tx<'_>,
    tenant: &str,
    w: &WriteRow,
    action: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = Entry {
        tenant,
        at: now,
        actor: "crossfoot",
        action,
        object: &w.key,
        detail,
    };
    audit::append(tx, entry).await
}

async fn linked(
    tx: &mut Tx<'_>,
    tenant: &str,
    w: &WriteRow,
    (posted, adopted): (&Posted, bool),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE writes SET state = 'linked', target_id = $1, reason = NULL WHERE tenant = $2 AND id = $3",
    )
    .bind(&posted.id)
    .bind(tenant)
    .bind(w.id)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    link(tx, tenant, w, posted).await?;
    if w.kind == Kind::Contact {
        mirror(tx, tenant, w, posted).await?;
        wake_dependants(tx, tenant, &w.key).await?;
    }
    // The source went on while this was in doubt: what was decided last is not what is there now.
    sqlx::query(
        "UPDATE documents SET open = 1 WHERE tenant = $1 AND source_id = $2 AND decided <> version",
    )
    .bind(tenant)
    .bind(&w.document.0)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    let action = match (adopted, w.needs.update_id.is_empty()) {
        (true, _) => "adopted",
        (false, true) => "created",
        (false, false) => "updated",
    };
    log(tx, tenant, w, action, &posted.id, now).await
}

async fn link(
    tx: &mut Tx<'_>,
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
    sqlx::query(
        "INSERT INTO links (tenant, connection, kind, source_id, target_id, target_number, target_version, draft, amount, on_document)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
         ON CONFLICT (tenant, kind, source_id) DO UPDATE SET
           target_id = excluded.target_id, target_number = excluded.target_number,
           target_version = excluded.target_version, draft = excluded.draft, amount = excluded.amount",
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
    .bind(if w.kind == Kind::Payment { w.needs.document_id.as_str() } else { "" })
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    learned::contact(tx, tenant, connection, w).await
}

/// The planned contact in the mirror becomes a real one.
async fn mirror(
    tx: &mut Tx<'_>,
    tenant: &str,
    w: &WriteRow,
    posted: &Posted,
) -> Result<(), StoreError> {
    let Draft::Contact(c) = &w.draft else {
        return Ok(());
    };
    forget_planned(tx, tenant, &w.key).await?;
    let contact = LedgerContact::drafted(posted.id.clone(), c, &w.needs.contact_number);
    super::books::put_mirror(tx, tenant, &contact).await
}

pub(super) async fn forget_planned(
    tx: &mut Tx<'_>,
    tenant: &str,
    key: &str,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ledger_contacts WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(format!("{PLANNED}{key}"))
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    Ok(())
}

async fn exit(
    tx: &mut Tx<'_>,
    tenant: &str,
    w: &WriteRow,
    state: WriteState,
    reason: &Reason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if w.state == WriteState::InDoubt && state == WriteState::Refused {
        set_state(tx, tenant, w.id, WriteState::Sent).await?;
    }
    sqlx::query("UPDATE writes SET state = $1, reason = $2 WHERE tenant = $3 AND id = $4")
        .bind(state.as_str())
        .bind(json(reason)?)
        .bind(tenant)
        .bind(w.id)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    log(tx, tenant, w, state.as_str(), &reason.code, now).await?;
    let doc_state = if state == WriteState::Refused {
        DocState::Refused
    } else {
        DocState::Held
    };
    put_document(tx, tenant, &w.document.0, doc_state, Some(reason), now).await?;
    if w.kind != Kind::Contact {
        return Ok(());
    }
    forget_planned(tx, tenant, &w.key).await?;
    // One cause, many documents: everything that waits for this contact says why it waits, and goes nowhere
    // until it has been decided on again.
    let rows = sqlx::query(
        "SELECT DISTINCT document FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state IN ('planned','ready')",
    )
    .bind(tenant)
    .bind(&w.key)
    .fetch_all(&mut **tx)
    .await
    .map_err(db)?;
    for r in &rows {
        put_document(
            tx,
            tenant,
            &text(r, "document")?,
            doc_state,
            Some(reason),
            now,
        )
        .await?;
    }
    sqlx::query(
        "UPDATE writes SET state = 'planned' WHERE tenant = $1 AND needs_contact = $2 AND state = 'ready'",
    )
    .bind(tenant)
    .bind(&w.key)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}

/// Documents that a contact's failure held are decided on again now that it is there.
async fn wake_dependants(tx: &mut Tx<'_>, tenant: &str, key: &str) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE documents SET open = 1 WHERE tenant = $1 AND state IN ('held','refused') AND source_id IN
           (SELECT document FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state IN ('planned','ready'))",
    )
    .bind(tenant)
    .bind(key)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}

/// Where a document stands, from its writes.
async fn journey(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &str,
    differs: Option<&Reason>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if let Some(reason) = differs {
        // No money goes to a document that a person must look at first.
        sqlx::query(
            "UPDATE writes SET state = 'planned' WHERE tenant = $1 AND document = $2 AND (kind <> 'contact' OR is_update = 1) AND state = 'ready'",
        )
        .bind(tenant)
        .bind(document)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
        return put_document(tx, tenant, document, DocState::Held, Some(reason), now).await;
    }
    let open = sqlx::query(
        "SELECT 1 FROM writes WHERE tenant = $1 AND document = $2 AND (kind <> 'contact' OR is_update = 1)
            AND state NOT IN ('linked','superseded','cancelled') LIMIT 1",
    )
    .bind(tenant)
    .bind(document)
    .fetch_optional(&mut **tx)
    .await
    .map_err(db)?;
    if open.is_some() {
        return Ok(());
    }
    // A payment that was held or skipped by a decision keeps the document where the decision put it.
    let kept = sqlx::query(
        "SELECT reason FROM documents WHERE tenant = $1 AND kind = 'invoice' AND source_id = $2 AND state = 'held'",
    )
    .bind(tenant)
    .bind(document)
    .fetch_optional(&mut **tx)
    .await
    .map_err(db)?;
    if kept.is_some() {
        return Ok(());
    }
    // The answer to a write states what the ledger now holds: it was compared with the draft above.
    put_document(tx, tenant, document, DocState::Verified, None, now).await
}

pub(super) async fn put_document(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &str,
    state: DocState,
    reason: Option<&Reason>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let reason = reason.map(json).transpose()?;
    sqlx::query(
        "UPDATE documents SET state = $1, reason = $2, changed_at = $3 WHERE tenant = $4 AND source_id = $5 AND kind = 'invoice'",
    )
    .bind(state.as_str())
    .bind(reason)
    .bind(time(now))
    .bind(tenant)
    .bind(document)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}
