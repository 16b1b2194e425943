//! Records, documents, decisions, the mirror of the ledger's contacts, runs.

use super::Store;
use super::audit::{self, Entry};
use super::journal::{Tx, fence, maybe_json};
use super::learned;
use super::open::db;
use super::rows::{
    blob, corrupt, json, kind, maybe, maybe_time, number, pack, pack_text, read_json, read_time,
    text, time, unpack, unpack_text, write_row,
};
use super::settle::{forget_planned, put_document};
use crate::connectors::{BadRecord, Cursor};
use crate::model::folded;
use crate::model::{
    Chart, ConnectionName, DocState, Document, Draft, Fingerprint, Kind, LedgerContact, Link,
    SourceId, SourceRecord, TenantId, WriteState,
};
use crate::pipeline::ports::{
    Books, DecidedDoc, DecisionNote, DocRow, Lease, NewWrite, RunLine, RunRow, StoreError,
    TenantState,
};
use crate::pipeline::protocol::{Needs, WriteRow};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

pub(super) async fn put_mirror(
    tx: &mut Tx<'_>,
    tenant: &str,
    c: &LedgerContact,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO ledger_contacts (tenant, id, name, email, number, body) VALUES ($1,$2,$3,$4,$5,$6)
         ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, email = excluded.email,
           number = excluded.number, body = excluded.body",
    )
    .bind(tenant)
    .bind(&c.id)
    .bind(folded(&c.name))
    .bind(folded(&c.email))
    .bind(&c.number)
    .bind(json(c)?)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}

fn doc_row(row: &SqliteRow) -> Result<DocRow, StoreError> {
    let state = text(row, "state")?;
    let day = maybe(row, "day")?;
    Ok(DocRow {
        kind: kind(row)?,
        source_id: SourceId(text(row, "source_id")?),
        number: text(row, "number")?,
        also: text(row, "also")?,
        state: DocState::parse(&state).ok_or_else(|| corrupt("a document's state", &state))?,
        reason: maybe_json("a reason", maybe(row, "reason")?)?,
        date: day
            .map(|d| d.parse().map_err(|e| corrupt("a day", e)))
            .transpose()?,
        total: super::journal::amount(&text(row, "total")?)?,
        currency: text(row, "currency")?,
        contact: text(row, "contact")?,
        decided: maybe(row, "decided")?.map(Fingerprint),
        version: Fingerprint(text(row, "version")?),
        drafts: maybe(row, "drafts")?.map(Fingerprint),
        approved: maybe(row, "approved")?.map(Fingerprint),
        changed_at: read_time(&text(row, "changed_at")?)?,
    })
}

async fn save_record(
    tx: &mut Tx<'_>,
    tenant: &str,
    connection: &ConnectionName,
    r: &SourceRecord,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let version = r.version();
    let fresh = sqlx::query(
        "INSERT INTO records (tenant, connection, kind, source_id, version, seen_at, body)
         VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(connection.as_str())
    .bind(r.kind.as_str())
    .bind(&r.id.0)
    .bind(&version.0)
    .bind(time(now))
    .bind(pack(r)?)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    let Document::Invoice(doc) = &r.document else {
        return Ok(fresh.rows_affected() == 1);
    };
    // A record that went back to an earlier version is a change too: the document names its newest version.
    let done = sqlx::query(
        "INSERT INTO documents (tenant, kind, source_id, number, also, state, day, total, currency, contact, version, changed_at, open)
         VALUES ($1,$2,$3,$4,$5,'seen',$6,$7,$8,$9,$10,$11,1)
         ON CONFLICT (tenant, kind, source_id) DO UPDATE SET number = excluded.number, also = excluded.also,
           day = excluded.day, total = excluded.total, currency = excluded.currency, contact = excluded.contact,
           version = excluded.version, changed_at = excluded.changed_at, open = 1
         WHERE documents.version <> excluded.version",
    )
    .bind(tenant)
    .bind(r.kind.as_str())
    .bind(&r.id.0)
    .bind(&r.number)
    .bind(&doc.order_id)
    .bind(doc.date.to_string())
    .bind(doc.total.to_string())
    .bind(doc.currency.code())
    .bind(&doc.contact.name)
    .bind(&version.0)
    .bind(time(now))
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(done.rows_affected() == 1)
}

fn day_of(draft: &Draft) -> String {
    match draft {
        Draft::Contact(_) => String::new(),
        Draft::Invoice(d) => d.date.to_string(),
        Draft::Payment(p) => p.date.to_string(),
    }
}

/// Journals one write. What may have left is never touched; what was never sent takes the newest draft.
async fn put_write(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &SourceId,
    w: &NewWrite,
    (release, retried): (bool, bool),
) -> Result<(), StoreError> {
    let state = if release {
        WriteState::Ready
    } else {
        WriteState::Planned
    };
    let hash = w.hash();
    let row = sqlx::query("SELECT * FROM writes WHERE tenant = $1 AND natural_key = $2")
        .bind(tenant)
        .bind(&w.key)
        .fetch_optional(&mut **tx)
        .await
        .map_err(db)?;
    let Some(row) = row else {
        insert_write(tx, tenant, document, w, state, &hash).await?;
        return planned_contact(tx, tenant, w).await;
    };
    let old = write_row(&row)?;
    match old.state {
        // A change back to what was sent once before is a change all the same: it is planned anew.
        WriteState::Linked if !w.needs.update_id.is_empty() => {
            plan_anew(tx, tenant, document, w, state, &old).await
        }
        // A payment whose link is gone was taken out of the ledger by a person: it is planned anew.
        WriteState::Linked if !learned::has_link(tx, tenant, w).await? => {
            plan_anew(tx, tenant, document, w, state, &old).await
        }
        WriteState::Linked => Ok(()),
        WriteState::Sent | WriteState::Claimed | WriteState::InDoubt | WriteState::Verifying => {
            if old.draft_hash != hash {
                decided_too_early(tx, tenant, document).await?;
            }
            Ok(())
        }
        // A change that is based on a newer version than the one held: what is there has just been read.
        WriteState::Held
            if old.first_sent.is_some() && w.needs.update_version == old.needs.update_version =>
        {
            if old.draft_hash != hash {
                decided_too_early(tx, tenant, document).await?;
            }
            // It may be there after all: the way on leads over a look-up. Only a person's own word, and no edit
            // of the file or the source, says that what others paid is not this payment.
            let needs = Needs {
                vouched: old.needs.vouched || retried,
                ..old.needs.clone()
            };
            sqlx::query(
                "UPDATE writes SET state = 'in_doubt', key_spent = 1, not_before = NULL, needs = $3 WHERE tenant = $1 AND id = $2",
            )
            .bind(tenant)
            .bind(old.id)
            .bind(json(&needs)?)
            .execute(&mut **tx)
            .await
            .map_err(db)?;
            Ok(())
        }
        WriteState::Superseded | WriteState::Cancelled => {
            plan_anew(tx, tenant, document, w, state, &old).await
        }
        _ => {
            // A contact that several documents need is released by the first of them and never taken back.
            let state = if old.state == WriteState::Ready && w.kind == Kind::Contact {
                WriteState::Ready
            } else {
                state
            };
            sqlx::query(
                "UPDATE writes SET state = $1, draft = $2, draft_hash = $3, needs = $4, needs_contact = $5,
                        needs_document = $6, day = $7, not_before = NULL, reason = NULL, attempt = attempt + 1,
                        batch = NULL, first_sent = NULL, last_sent = NULL, key_spent = 0, due_before = NULL
                  WHERE tenant = $8 AND id = $9",
            )
            .bind(state.as_str())
            .bind(json(&w.draft)?)
            .bind(&hash.0)
            .bind(json(&w.needs)?)
            .bind(&w.needs.contact_write)
            .bind(&w.needs.document_write)
            .bind(day_of(&w.draft))
            .bind(tenant)
            .bind(old.id)
            .execute(&mut **tx)
            .await
            .map_err(db)?;
            planned_contact(tx, tenant, w).await
        }
    }
}

/// A finished row is gone (the audit keeps its history), and the effect is planned anew in its place.
async fn plan_anew(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &SourceId,
    w: &NewWrite,
    state: WriteState,
    old: &WriteRow,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM writes WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(old.id)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    insert_write(tx, tenant, document, w, state, &w.hash()).await?;
    // It may have gone before: its key, made from the attempt, must not come again.
    sqlx::query("UPDATE writes SET attempt = $1 WHERE tenant = $2 AND natural_key = $3")
        .bind(i64::from(old.attempt) + 1)
        .bind(tenant)
        .bind(&w.key)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    planned_contact(tx, tenant, w).await
}

/// A newer draft met a write that may have left with an older one: the document is decided on again once
/// that is settled.
async fn decided_too_early(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &SourceId,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE documents SET decided = '' WHERE tenant = $1 AND source_id = $2")
        .bind(tenant)
        .bind(&document.0)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    Ok(())
}

async fn insert_write(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &SourceId,
    w: &NewWrite,
    state: WriteState,
    hash: &Fingerprint,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO writes (tenant, natural_key, marker, kind, level, day, source_id, document, state, draft,
           draft_hash, needs, needs_contact, needs_document, is_update, attempt, key_spent, target_id, fence)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,1,0,'',0)",
    )
    .bind(tenant)
    .bind(&w.key)
    .bind(&w.marker)
    .bind(w.kind.as_str())
    .bind(i64::from(w.kind.level()))
    .bind(day_of(&w.draft))
    .bind(&w.source_id.0)
    .bind(&document.0)
    .bind(state.as_str())
    .bind(json(&w.draft)?)
    .bind(&hash.0)
    .bind(json(&w.needs)?)
    .bind(&w.needs.contact_write)
    .bind(&w.needs.document_write)
    .bind(i64::from(!w.needs.update_id.is_empty()))
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}

/// A contact that is about to be made can be matched by the next document already.
async fn planned_contact(tx: &mut Tx<'_>, tenant: &str, w: &NewWrite) -> Result<(), StoreError> {
    match w.planned_contact() {
        Some(planned) => put_mirror(tx, tenant, &planned).await,
        None => Ok(()),
    }
}

/// Writes of an earlier decision that the new one does not hold, and that were never sent, are superseded.
async fn supersede(
    tx: &mut Tx<'_>,
    tenant: &str,
    document: &SourceId,
    keep: &[NewWrite],
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT id, natural_key, kind FROM writes WHERE tenant = $1 AND document = $2
            AND state IN ('planned','ready','refused')",
    )
    .bind(tenant)
    .bind(&document.0)
    .fetch_all(&mut **tx)
    .await
    .map_err(db)?;
    for r in &rows {
        let key = text(r, "natural_key")?;
        if (keep.iter()).any(|w| w.key == key || w.needs.contact_write == key) {
            continue;
        }
        if text(r, "kind")? == Kind::Contact.as_str() {
            let wanted = sqlx::query(
                "SELECT 1 FROM writes WHERE tenant = $1 AND needs_contact = $2 AND document <> $3
                    AND state IN ('planned','ready') LIMIT 1",
            )
            .bind(tenant)
            .bind(&key)
            .bind(&document.0)
            .fetch_optional(&mut **tx)
            .await
            .map_err(db)?;
            if wanted.is_some() {
                continue;
            }
            forget_planned(tx, tenant, &key).await?;
        }
        sqlx::query("UPDATE writes SET state = 'superseded' WHERE tenant = $1 AND id = $2")
            .bind(tenant)
            .bind(number(r, "id")?)
            .execute(&mut **tx)
            .await
            .map_err(db)?;
    }
    Ok(())
}

async fn put_decision(
    tx: &mut Tx<'_>,
    tenant: &str,
    d: &DecidedDoc,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO facts (tenant, hash, body) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING")
        .bind(tenant)
        .bind(&d.note.facts.0)
        .bind(pack_text(&d.facts)?)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    learned::keep(tx, tenant, d, now).await?;
    sqlx::query(
        "UPDATE documents SET state = $1, reason = $2, decided = $3, drafts = $4, note = $5, changed_at = $6,
                open = CASE WHEN version = $3 THEN 0 ELSE 1 END
          WHERE tenant = $7 AND kind = $8 AND source_id = $9",
    )
    .bind(d.state.as_str())
    .bind(d.reason.as_ref().map(json).transpose()?)
    .bind(&d.version.0)
    .bind(&d.approval.0)
    .bind(pack(&d.note)?)
    .bind(time(now))
    .bind(tenant)
    .bind(d.kind.as_str())
    .bind(&d.source_id.0)
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    supersede(tx, tenant, &d.source_id, &d.writes).await?;
    for w in &d.writes {
        put_write(tx, tenant, &d.source_id, w, (d.release, d.retried)).await?;
    }
    if d.release {
        // The contact may belong to another document that still waits: it is needed here.
        sqlx::query(
            "UPDATE writes SET state = 'ready' WHERE tenant = $1 AND state = 'planned' AND natural_key IN
               (SELECT needs_contact FROM writes WHERE tenant = $1 AND document = $2)",
        )
        .bind(tenant)
        .bind(&d.source_id.0)
        .execute(&mut **tx)
        .await
        .map_err(db)?;
    }
    let object = format!("{}/{}", d.kind, d.source_id);
    let entry = Entry {
        tenant,
        at: now,
        actor: "crossfoot",
        action: d.state.as_str(),
        object: &object,
        detail: d.reason.as_ref().map_or("", |r| r.code.as_str()),
    };
    audit::append(tx, entry).await
}

#[async_trait]
impl Books for Store {
    async fn tenant(&self, tenant: &TenantId) -> Result<TenantState, StoreError> {
        let row = sqlx::query("SELECT state FROM tenants WHERE tenant = $1")
            .bind(tenant.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        let state = row
            .map(|r| text(&r, "state").and_then(|t| read_json("a tenant's switches", &t)))
            .transpose()?;
        Ok(state.unwrap_or_default())
    }

    async fn set_tenant(
        &self,
        tenant: &TenantId,
        state: &TenantState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let body = json(state)?;
        sqlx::query(
            "INSERT INTO tenants (tenant, state) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET state = excluded.state",
        )
        .bind(tenant.as_str())
        .bind(&body)
        .execute(&mut *tx)
        .await
        .map_err(db)?;
        let entry = Entry {
            tenant: tenant.as_str(),
            at: now,
            actor,
            action: "switched",
            object: "tenant",
            detail: &body,
        };
        audit::append(&mut tx, entry).await?;
        tx.commit().await.map_err(db)
    }

    async fn cursor(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        kind: Kind,
    ) -> Result<Option<Cursor>, StoreError> {
        let row = sqlx::query(
            "SELECT cursor FROM cursors WHERE tenant = $1 AND connection = $2 AND kind = $3",
        )
        .bind(tenant.as_str())
        .bind(connection.as_str())
        .bind(kind.as_str())
        .fetch_optional(&self.pool)
        .await
        .map_err(db)?;
        row.map(|r| text(&r, "cursor").map(Cursor)).transpose()
    }

    async fn save_page(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        kind: Kind,
        records: &[SourceRecord],
        bad: &[BadRecord],
        cursor: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let mut changed = 0;
        for r in records {
            changed += u64::from(save_record(&mut tx, tenant.as_str(), connection, r, now).await?);
        }
        for b in bad {
            sqlx::query(
                "INSERT INTO bad_records (tenant, place, body) VALUES ($1,$2,$3)
                 ON CONFLICT (tenant, place) DO UPDATE SET body = excluded.body",
            )
            .bind(tenant.as_str())
            .bind(&b.at)
            .bind(json(b)?)
            .execute(&mut *tx)
            .await
            .map_err(db)?;
        }
        for r in records {
            // A record that could not be read may be known by its order alone.
            let order = match &r.document {
                Document::Invoice(i) => format!("order {}", i.order_id),
                _ => String::new(),
            };
            sqlx::query("DELETE FROM bad_records WHERE tenant = $1 AND place IN ($2, $3)")
                .bind(tenant.as_str())
                .bind(&r.id.0)
                .bind(order)
                .execute(&mut *tx)
                .await
                .map_err(db)?;
        }
        if let Some(cursor) = cursor {
            sqlx::query(
                "INSERT INTO cursors (tenant, connection, kind, cursor) VALUES ($1,$2,$3,$4)
                 ON CONFLICT (tenant, connection, kind) DO UPDATE SET cursor = excluded.cursor",
            )
            .bind(tenant.as_str())
            .bind(connection.as_str())
            .bind(kind.as_str())
            .bind(&cursor.0)
            .execute(&mut *tx)
            .await
            .map_err(db)?;
        }
        tx.commit().await.map_err(db)?;
        Ok(changed)
    }

    async fn undecided(&self, tenant: &TenantId, limit: usize) -> Result<Vec<DocRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM documents WHERE tenant = $1 AND open = 1 ORDER BY day, source_id LIMIT $2",
        )
        .bind(tenant.as_str())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        rows.iter().map(doc_row).collect()
    }

    async fn decide_again(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        only: Option<&SourceId>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let mut count = 0;
        for s in states {
            let done = sqlx::query(
                "UPDATE documents SET open = 1 WHERE tenant = $1 AND state = $2 AND ($3 = '' OR source_id = $3)",
            )
            .bind(tenant.as_str())
            .bind(s.as_str())
            .bind(only.map_or("", |o| o.0.as_str()))
            .execute(&mut *tx)
            .await
            .map_err(db)?;
            count += done.rows_affected();
        }
        tx.commit().await.map_err(db)?;
        Ok(count)
    }

    async fn retry(&self, tenant: &TenantId, only: Option<&SourceId>) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE documents SET open = 1, state = 'seen' WHERE tenant = $1 AND state IN ('held','refused')
                AND ($2 = '' OR source_id = $2)",
        )
        .bind(tenant.as_str())
        .bind(only.map_or("", |o| o.0.as_str()))
        .execute(&self.pool)
        .await
        .map_err(db)?;
        Ok(done.rows_affected())
    }

    async fn document(
        &self,
        tenant: &TenantId,
        number: &str,
    ) -> Result<Option<DocRow>, StoreError> {
        // An invoice's own id or number before an order's: they may be each other's.
        let row = sqlx::query(
            "SELECT * FROM documents WHERE tenant = $1 AND (source_id = $2 OR number = $2 OR also = $2)
              ORDER BY CASE WHEN number = $2 THEN 0 WHEN source_id = $2 THEN 1 ELSE 2 END LIMIT 1",
        )
        .bind(tenant.as_str())
        .bind(number)
        .fetch_optional(&self.pool)
        .await
        .map_err(db)?;
        row.as_ref().map(doc_row).transpose()
    }

    async fn documents(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        limit: usize,
    ) -> Result<Vec<DocRow>, StoreError> {
        let words = states
            .iter()
            .map(|s| s.as_str())
            .collect::<Vec<_>>()
            .join(",");
        let rows = sqlx::query(
            "SELECT * FROM documents WHERE tenant = $1 AND ($2 = '' OR ',' || $2 || ',' LIKE '%,' || state || ',%')
              ORDER BY changed_at DESC, source_id LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(words)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        rows.iter().map(doc_row).collect()
    }

    async fn counts(&self, tenant: &TenantId) -> Result<BTreeMap<DocState, u64>, StoreError> {
        let rows = sqlx::query(
            "SELECT state, COUNT(*) AS n FROM documents WHERE tenant = $1 GROUP BY state",
        )
        .bind(tenant.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        let mut counts = BTreeMap::new();
        for r in &rows {
            let word = text(r, "state")?;
            let state =
                DocState::parse(&word).ok_or_else(|| corrupt("a document's state", &word))?;
            counts.insert(state, u64::try_from(number(r, "n")?).unwrap_or(0));
        }
        Ok(counts)
    }

    async fn record(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<SourceRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT r.body FROM records r JOIN documents d ON d.tenant = r.tenant AND d.kind = r.kind
                AND d.source_id = r.source_id AND d.version = r.version
              WHERE r.tenant = $1 AND r.kind = $2 AND r.source_id = $3",
        )
        .bind(tenant.as_str())
        .bind(kind.as_str())
        .bind(&id.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(db)?;
        row.map(|r| blob(&r, "body").and_then(|b| unpack("a source record", &b)))
            .transpose()
    }

    async fn decision(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<DecisionNote>, StoreError> {
        let row = sqlx::query(
            "SELECT note FROM documents WHERE tenant = $1 AND kind = $2 AND source_id = $3 AND note IS NOT NULL",
        )
        .bind(tenant.as_str())
        .bind(kind.as_str())
        .bind(&id.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(db)?;
        row.map(|r| blob(&r, "note").and_then(|b| unpack("a decision", &b)))
            .transpose()
    }

    async fn facts(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT body FROM facts WHERE tenant = $1 AND hash = $2")
            .bind(tenant.as_str())
            .bind(&hash.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        row.map(|r| blob(&r, "body").and_then(|b| unpack_text("ledger facts", &b)))
            .transpose()
    }

    async fn decided(
        &self,
        lease: &Lease,
        decisions: &[DecidedDoc],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        for d in decisions {
            put_decision(&mut tx, lease.tenant.as_str(), d, now).await?;
        }
        tx.commit().await.map_err(db)
    }

    async fn set_state(
        &self,
        tenant: &TenantId,
        id: &SourceId,
        state: DocState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let t = tenant.as_str();
        let (from, to) = match state {
            DocState::Approved => ("planned", "ready"),
            _ => ("ready", "planned"),
        };
        put_document(&mut tx, t, &id.0, state, None, now).await?;
        if state == DocState::Approved {
            sqlx::query(
                "UPDATE documents SET approved = drafts WHERE tenant = $1 AND source_id = $2",
            )
            .bind(t)
            .bind(&id.0)
            .execute(&mut *tx)
            .await
            .map_err(db)?;
            // The contact may belong to another document that is not approved: it is needed here.
            sqlx::query(
                "UPDATE writes SET state = 'ready' WHERE tenant = $1 AND state = 'planned' AND natural_key IN
                   (SELECT needs_contact FROM writes WHERE tenant = $1 AND document = $2)",
            )
            .bind(t)
            .bind(&id.0)
            .execute(&mut *tx)
            .await
            .map_err(db)?;
        } else {
            sqlx::query(
                "UPDATE documents SET approved = NULL WHERE tenant = $1 AND source_id = $2",
            )
            .bind(t)
            .bind(&id.0)
            .execute(&mut *tx)
            .await
            .map_err(db)?;
        }
        sqlx::query(
            "UPDATE writes SET state = $1 WHERE tenant = $2 AND document = $3 AND state = $4",
        )
        .bind(to)
        .bind(t)
        .bind(&id.0)
        .bind(from)
        .execute(&mut *tx)
        .await
        .map_err(db)?;
        let entry = Entry {
            tenant: t,
            at: now,
            actor,
            action: state.as_str(),
            object: &id.0,
            detail: "",
        };
        audit::append(&mut tx, entry).await?;
        tx.commit().await.map_err(db)
    }

    async fn writes(
        &self,
        tenant: &TenantId,
        document: &SourceId,
    ) -> Result<Vec<WriteRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM writes WHERE tenant = $1 AND document = $2 ORDER BY level, id",
        )
        .bind(tenant.as_str())
        .bind(&document.0)
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        rows.iter().map(write_row).collect()
    }

    async fn last_linked(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<WriteRow>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM writes WHERE tenant = $1 AND kind = $2 AND source_id = $3 AND state = 'linked'
              ORDER BY last_sent DESC, id DESC LIMIT 1",
        )
        .bind(tenant.as_str())
        .bind(kind.as_str())
        .bind(&id.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(db)?;
        row.as_ref().map(write_row).transpose()
    }

    async fn write(&self, tenant: &TenantId, key: &str) -> Result<Option<WriteRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM writes WHERE tenant = $1 AND natural_key = $2")
            .bind(tenant.as_str())
            .bind(key)
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        row.as_ref().map(write_row).transpose()
    }

    async fn link(
        &self,
        tenant: &TenantId,
        k: Kind,
        id: &SourceId,
    ) -> Result<Option<Link>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM links WHERE tenant = $1 AND kind = $2 AND source_id = $3")
                .bind(tenant.as_str())
                .bind(k.as_str())
                .bind(&id.0)
                .fetch_optional(&self.pool)
                .await
                .map_err(db)?;
        let Some(r) = row else { return Ok(None) };
        Ok(Some(Link {
            kind: kind(&r)?,
            source_id: SourceId(text(&r, "source_id")?),
            target_id: text(&r, "target_id")?,
            target_number: text(&r, "target_number")?,
            target_version: text(&r, "target_version")?,
            draft: Fingerprint(text(&r, "draft")?),
            amount: super::journal::amount(&text(&r, "amount")?)?,
        }))
    }

    async fn mirrored(&self, tenant: &TenantId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query("SELECT at FROM mirrors WHERE tenant = $1 AND what = 'contacts'")
            .bind(tenant.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        row.map(|r| maybe_time(&r, "at"))
            .transpose()
            .map(Option::flatten)
    }

    async fn mirror(
        &self,
        tenant: &TenantId,
        contacts: &[LedgerContact],
        done: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for c in contacts {
            put_mirror(&mut tx, tenant.as_str(), c).await?;
        }
        if let Some(at) = done {
            sqlx::query(
                "INSERT INTO mirrors (tenant, what, at, body) VALUES ($1, 'contacts', $2, '')
                 ON CONFLICT (tenant, what) DO UPDATE SET at = excluded.at",
            )
            .bind(tenant.as_str())
            .bind(time(at))
            .execute(&mut *tx)
            .await
            .map_err(db)?;
        }
        tx.commit().await.map_err(db)
    }

    async fn mirror_find(
        &self,
        tenant: &TenantId,
        id: &str,
        name: &str,
        email: &str,
        number: &str,
    ) -> Result<Vec<LedgerContact>, StoreError> {
        // A union, so that each part uses its own index.
        let rows = sqlx::query(
            "SELECT body, id FROM ledger_contacts WHERE tenant = $1 AND id = $2 AND $2 <> ''
             UNION SELECT body, id FROM ledger_contacts WHERE tenant = $1 AND name = $3 AND $3 <> ''
             UNION SELECT body, id FROM ledger_contacts WHERE tenant = $1 AND email = $4 AND $4 <> ''
             UNION SELECT body, id FROM ledger_contacts WHERE tenant = $1 AND number = $5 AND $5 <> ''
             ORDER BY id LIMIT 50",
        )
        .bind(tenant.as_str())
        .bind(id)
        .bind(folded(name))
        .bind(folded(email))
        .bind(number)
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        rows.iter()
            .map(|r| read_json("a mirrored contact", &text(r, "body")?))
            .collect()
    }

    async fn chart(&self, tenant: &TenantId) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError> {
        let row = sqlx::query("SELECT at, body FROM mirrors WHERE tenant = $1 AND what = 'chart'")
            .bind(tenant.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        let Some(r) = row else { return Ok(None) };
        let chart = unpack("the chart", &blob(&r, "body")?)?;
        Ok(Some((chart, read_time(&text(&r, "at")?)?)))
    }

    async fn set_chart(
        &self,
        tenant: &TenantId,
        chart: &Chart,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mirrors (tenant, what, at, body) VALUES ($1, 'chart', $2, $3)
             ON CONFLICT (tenant, what) DO UPDATE SET at = excluded.at, body = excluded.body",
        )
        .bind(tenant.as_str())
        .bind(time(now))
        .bind(pack(chart)?)
        .execute(&self.pool)
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn save_run(
        &self,
        tenant: &TenantId,
        run: &RunRow,
        lines: &[RunLine],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO runs (tenant, run, started, body, lines) VALUES ($1,$2,$3,$4,$5)
             ON CONFLICT (tenant, run) DO UPDATE SET body = excluded.body, lines = excluded.lines",
        )
        .bind(tenant.as_str())
        .bind(&run.id)
        .bind(run.started.map(time).unwrap_or_default())
        .bind(json(run)?)
        .bind(pack(&lines)?)
        .execute(&self.pool)
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn runs(&self, tenant: &TenantId, limit: usize) -> Result<Vec<RunRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT body FROM runs WHERE tenant = $1 ORDER BY started DESC, run DESC LIMIT $2",
        )
        .bind(tenant.as_str())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        rows.iter()
            .map(|r| read_json("a run", &text(r, "body")?))
            .collect()
    }

    async fn run_lines(&self, tenant: &TenantId, run: &str) -> Result<Vec<RunLine>, StoreError> {
        let row = sqlx::query("SELECT lines FROM runs WHERE tenant = $1 AND run = $2")
            .bind(tenant.as_str())
            .bind(run)
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        let Some(r) = row else { return Ok(Vec::new()) };
        let bytes: Vec<u8> = r.try_get("lines").map_err(db)?;
        unpack("a run's log", &bytes)
    }

    async fn bad_records(&self, tenant: &TenantId) -> Result<Vec<BadRecord>, StoreError> {
        let rows = sqlx::query("SELECT body FROM bad_records WHERE tenant = $1 ORDER BY place")
            .bind(tenant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(db)?;
        rows.iter()
            .map(|r| read_json("a bad record", &text(r, "body")?))
            .collect()
    }
}
