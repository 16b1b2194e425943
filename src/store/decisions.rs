//! Decisions, with all that explains them.
//!
//! Flows in: what was decided of a document, and the ledger's facts it was decided by, kept once a content. Facts that
//! no document's last decision uses any more are marked with the time, for retention.

use super::audit::{self, AuditEntry};
use super::rows::{blob, json, pack, pack_text, time, unpack, unpack_text};
use super::sql::{Db, sql};
use super::{approvals, documents, drifts, learned, loose, needed, plans, tenants, things};
use crate::model::{DocState, Key, Reason, codes};
use crate::pipeline::decide::behind;
use crate::pipeline::ports::{DecidedDoc, DecisionNote, StoreError};
use chrono::{DateTime, Utc};

/// Stores a decision with its writes. What it has left of earlier ones is settled once all decisions are stored: one
/// may need what another leaves.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // What a person said of it while it was decided is not known to the decision: nothing goes by it, and it is made again.
    let overtaken = approvals::approval(db, tenant, &d.key).await? != d.approved;
    let kept_back = overtaken.then(|| kept_back(d));
    let d = kept_back.as_ref().unwrap_or(d);
    put_facts(db, tenant, d, now).await?;
    put_note(db, tenant, d).await?;
    learned::keep(db, tenant, d, now).await?;
    sql(
        "UPDATE documents SET state = $5, reason = $6, decided = $7, drafts = $8, changed_at = $9,
                open = CASE WHEN version = $7 THEN 0 ELSE 1 END
          WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(&d.key)
    .bind(d.state.as_str())
    .bind(d.reason.as_ref().map(json).transpose()?)
    .bind(&d.version.0)
    .bind(&d.approval.0)
    .bind(time(now))
    .run(db)
    .await?;
    let released = loose::put(db, tenant, d).await?;
    if overtaken || released || reviewed_since(db, tenant, d).await? {
        documents::open(db, tenant, &d.key).await?;
    }
    drifts::told(db, tenant, &d.key, &d.note.run).await?;
    for w in &d.writes {
        plans::put(db, tenant, d, w).await?;
    }
    if d.release {
        needed::release_contacts(db, tenant, &d.key).await?;
    }
    let object = format!("{}/{}", d.key.kind, d.key.id);
    let entry = AuditEntry {
        tenant,
        at: now,
        actor: "crossfoot",
        action: d.state.as_str(),
        object: &object,
        detail: d.reason.as_ref().map_or("", |r| r.code.as_str()),
    };
    audit::append(db, entry).await
}

/// A decision of which nothing may go yet.
fn kept_back(d: &DecidedDoc) -> DecidedDoc {
    let state = match d.state {
        DocState::Approved => DocState::Checked,
        other => other,
    };
    DecidedDoc {
        release: false,
        state,
        ..d.clone()
    }
}

/// Whether it waits for a review that a person has made since the run began.
async fn reviewed_since(db: &mut Db, tenant: &str, d: &DecidedDoc) -> Result<bool, StoreError> {
    let waits = d.reason.as_ref();
    if !waits.is_some_and(|r| r.is(codes::APPROVAL_FIRST_RUN)) {
        return Ok(false);
    }
    Ok(tenants::state(db, tenant).await?.reviewed)
}

/// Keeps the facts, and marks those that this document used until now.
async fn put_facts(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE facts SET left_at = $6 WHERE tenant = $1 AND hash IN
           (SELECT facts FROM decisions WHERE tenant = $1 AND facts <> $5
              AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4))",
    )
    .bind(tenant)
    .key(&d.key)
    .bind(&d.note.facts.0)
    .bind(time(now))
    .run(db)
    .await?;
    sql("INSERT INTO facts (tenant, hash, body) VALUES ($1,$2,$3)
         ON CONFLICT (tenant, hash) DO UPDATE SET left_at = NULL WHERE facts.left_at IS NOT NULL")
    .bind(tenant)
    .bind(&d.note.facts.0)
    .bind(pack_text(&d.facts)?)
    .run(db)
    .await?;
    Ok(())
}

/// Keeps what explains the decision, in place of the one before.
async fn put_note(db: &mut Db, tenant: &str, d: &DecidedDoc) -> Result<(), StoreError> {
    let thing = things::give(db, tenant, &d.key).await?;
    sql(
        "INSERT INTO decisions (tenant, thing, facts, note) VALUES ($1,$2,$3,$4)
         ON CONFLICT (tenant, thing) DO UPDATE SET facts = excluded.facts, note = excluded.note",
    )
    .bind(tenant)
    .bind(thing)
    .bind(&d.note.facts.0)
    .bind(pack(&d.note)?)
    .run(db)
    .await?;
    Ok(())
}

/// What posting finds of a payment counts like what deciding finds: it is told with the decision, and what comes after it
/// waits for it.
pub async fn stopped(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    (payment, state): (&str, &str),
    reason: &Reason,
) -> Result<(), StoreError> {
    let Some(mut note) = last(db, tenant, document).await? else {
        return Ok(());
    };
    let Some(at) = note.payments.iter().position(|p| p.id == payment) else {
        return Ok(());
    };
    for (n, p) in note.payments.iter_mut().enumerate().skip(at) {
        if n == at {
            (p.state, p.reason) = (state.to_owned(), Some(reason.clone()));
        } else if p.state == "planned" {
            let waits = behind(&p.id, payment);
            (p.state, p.reason) = ("waits".to_owned(), Some(waits));
        }
    }
    again(db, tenant, document, &note).await
}

/// The payments of a document that wait with a change of it, which is held or refused.
pub async fn wait_with(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    payments: &[String],
    reason: &Reason,
) -> Result<(), StoreError> {
    let Some(mut note) = last(db, tenant, document).await? else {
        return Ok(());
    };
    for p in note
        .payments
        .iter_mut()
        .filter(|p| payments.contains(&p.id))
    {
        (p.state, p.reason) = ("waits".to_owned(), Some(reason.clone()));
    }
    again(db, tenant, document, &note).await
}

/// The same decision, told otherwise.
async fn again(db: &mut Db, tenant: &str, of: &Key, note: &DecisionNote) -> Result<(), StoreError> {
    sql("UPDATE decisions SET note = $5 WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .bind(pack(note)?)
    .run(db)
    .await?;
    Ok(())
}

/// The last decision on a document.
pub async fn last(db: &mut Db, tenant: &str, of: &Key) -> Result<Option<DecisionNote>, StoreError> {
    sql("SELECT note FROM decisions WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
        .bind(tenant)
        .key(of)
        .maybe(db, |r| unpack("a decision", &blob(r, "note")?))
        .await
}

/// Facts by their hash.
pub async fn facts(db: &mut Db, tenant: &str, hash: &str) -> Result<Option<String>, StoreError> {
    sql("SELECT body FROM facts WHERE tenant = $1 AND hash = $2")
        .bind(tenant)
        .bind(hash)
        .maybe(db, |r| unpack_text("ledger facts", &blob(r, "body")?))
        .await
}
