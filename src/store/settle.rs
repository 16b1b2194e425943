//! What became of a write, in one transaction: its state, the link, the audit row, the document's journey
//! and everything that waited for it.

use super::anew::{by_another_total, decided_too_early};
use super::audit::{self, AuditEntry};
use super::packed::{Like, pack_like};
use super::rows::{json, time};
use super::sql::{Db, sql};
use super::{
    contacts, decisions, documents, drifts, halves, journey, links, look_anew, papers, shared,
    things, word_rows, writes,
};
use crate::connectors::Posted;
use crate::model::codes;
use crate::model::{
    DocState, Draft, Key, Kind, LedgerContact, Reason, SourceId, TenantId, WriteState,
};
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::{Settled, StoreError};
use crate::pipeline::protocol::{self, Settle};
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// One transaction's hands: what it changes, whose, and when.
struct Desk<'a> {
    db: &'a mut Db,
    whose: &'a TenantId,
    tenant: &'a str,
    now: DateTime<Utc>,
    /// Whether the write is wanted as it left.
    wanted: bool,
}

/// Settles the writes of one answer. Read at once is what each of them asks for: its row, its numbers, and where there is
/// nothing to be taken away.
pub async fn all(
    db: &mut Db,
    lease: &Lease,
    settled: &[Settled],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    audit::together(db).await?;
    let tenant = lease.tenant.as_str();
    let ids: Vec<i64> = settled.iter().map(|s| s.write).collect();
    let mut rows = writes::to_settle(db, tenant, &ids).await?;
    let mut keys = BTreeSet::new();
    for s in settled {
        let (Settle::Linked { posted, .. }, Some((w, _))) = (&s.settle, rows.get(&s.write)) else {
            continue;
        };
        let made = Key::new(&w.to, w.kind, &SourceId(posted.id.clone()));
        keys.extend([w.of.clone(), made, w.document.clone()]);
        keys.extend(links::paid_by_id(w));
    }
    let numbers = things::give_all(db, tenant, &keys).await?;
    let numbers: Vec<i64> = numbers.into_values().collect();
    let sparse = [
        &word_rows::ON_THINGS,
        &drifts::ON_THINGS,
        &look_anew::DIFFERS,
        &documents::BEHIND,
        &papers::MIRRORED,
    ];
    for of in sparse {
        things::note_absent(db, tenant, &numbers, of).await?;
    }
    let mut on = BTreeSet::new();
    for s in settled {
        let row = match rows.remove(&s.write) {
            Some(row) => row,
            // Settled twice, or not there.
            None => writes::one_to_settle(db, tenant, s.write).await?,
        };
        on.extend(one(db, lease, (s, row), now).await?);
    }
    // Once all that was answered is kept: of several writes of a document the last may be what was left.
    journey::go_on(db, tenant, &on, now).await
}

/// Settles one write. Answers the documents of which it is now asked what is left.
async fn one(
    db: &mut Db,
    lease: &Lease,
    (s, (w, mut wanted)): (&Settled, (WriteRow, bool)),
    now: DateTime<Utc>,
) -> Result<Vec<Key>, StoreError> {
    let tenant = lease.tenant.as_str();
    if !wanted && makes_contact(&w) {
        // Its own document is for another contact by now; others may wait for it.
        wanted = !writes::waiting_for(db, tenant, &w.key).await?.is_empty();
    }
    let mut desk = Desk {
        db,
        whose: &lease.tenant,
        tenant,
        now,
        wanted,
    };
    match &s.settle {
        Settle::Linked { posted, adopted } => {
            desk.linked(&w, posted, *adopted).await?;
            let differs = protocol::posted_differs(&w, &s.settle);
            let mut on = journey::go_on_all(desk.db, tenant, &w, differs.as_ref(), now).await?;
            match differs {
                Some(why) => {
                    journey::stop_at(desk.db, tenant, &w.document, &why, now).await?;
                    if why.is(codes::UPDATE_CONFLICT) {
                        desk.too_early(&w).await?;
                    }
                }
                // What was not wanted is there all the same: its document is decided on again.
                None if !wanted => {}
                None => on.push(w.document.clone()),
            }
            return Ok(on);
        }
        Settle::Refused(_) | Settle::NotMade(_) if !wanted => {
            writes::to(desk.db, tenant, w.id, WriteState::Held).await?;
            desk.superseded(&w).await?;
        }
        Settle::Refused(reason) => desk.exit(&w, WriteState::Refused, reason).await?,
        Settle::Held(reason) => desk.held(&w, reason).await?,
        Settle::NotMade(reason) => {
            desk.exit(&w, WriteState::Held, reason).await?;
            desk.never_sent(&w).await?;
        }
        Settle::InDoubt {
            not_before,
            key_spent,
            why,
        } => desk.in_doubt(&w, *not_before, *key_spent, why).await?,
        Settle::NotFound { not_before } => desk.not_found(&w, *not_before).await?,
        Settle::Again { not_before, .. } => desk.again(&w, *not_before).await?,
        Settle::LookUp(_) => {
            return Err(StoreError::IllegalMove {
                write: w.key.clone(),
                from: w.state,
                to: WriteState::Verifying,
            });
        }
    }
    Ok(Vec::new())
}

fn makes_contact(w: &WriteRow) -> bool {
    w.kind == Kind::Contact && w.needs.update_id.is_empty()
}

impl Desk<'_> {
    async fn log(&mut self, w: &WriteRow, action: &str, detail: &str) -> Result<(), StoreError> {
        let entry = AuditEntry {
            tenant: self.tenant,
            at: self.now,
            actor: "crossfoot",
            action,
            object: &w.key,
            detail,
        };
        audit::append(self.db, entry).await
    }

    async fn in_doubt(
        &mut self,
        w: &WriteRow,
        not_before: Option<DateTime<Utc>>,
        key_spent: bool,
        why: &str,
    ) -> Result<(), StoreError> {
        sql(
            "UPDATE writes SET state = 'in_doubt', not_before = $1, key_spent = CASE WHEN $2 = 1 THEN 1 ELSE key_spent END,
                    last_sent = CASE WHEN last_sent > $3 THEN $3 ELSE last_sent END
              WHERE tenant = $4 AND id = $5",
        )
        .bind(not_before.map(time))
        .bind(i64::from(key_spent))
        // A time of sending that is yet to come is a clock that went back: the quarantine counts from now.
        .bind(time(self.now))
        .bind(self.tenant)
        .bind(w.id)
        .put_off(self.db)
        .await?;
        self.log(w, "in_doubt", why).await
    }

    async fn not_found(
        &mut self,
        w: &WriteRow,
        not_before: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        sql("UPDATE writes SET state = 'in_doubt', not_before = $1, needs = '', needs_packed = $2 WHERE tenant = $3 AND id = $4")
            .bind(not_before.map(time))
            .bind(pack_like(Like::Needs, &w.looked_for(self.now))?)
            .bind(self.tenant)
            .bind(w.id)
            .put_off(self.db)
            .await?;
        self.log(w, "not_found", "").await
    }

    async fn again(
        &mut self,
        w: &WriteRow,
        not_before: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        // From in doubt the way to ready leads over a look-up: the table of moves has no other.
        if w.state == WriteState::InDoubt {
            writes::to(self.db, self.tenant, w.id, WriteState::Verifying).await?;
        }
        sql(
            "UPDATE writes SET state = 'ready', attempt = attempt + 1, not_before = $1, batch = NULL,
                    first_sent = NULL, last_sent = NULL, key_spent = 0
              WHERE tenant = $2 AND id = $3",
        )
        .bind(not_before.map(time))
        .bind(self.tenant)
        .bind(w.id)
        .put_off(self.db)
        .await?;
        self.log(w, "again", "").await?;
        if self.wanted {
            return Ok(());
        }
        self.superseded(w).await
    }

    /// It surely never was, and is not wanted any more: what is wanted now is decided on.
    async fn superseded(&mut self, w: &WriteRow) -> Result<(), StoreError> {
        writes::to(self.db, self.tenant, w.id, WriteState::Superseded).await?;
        if makes_contact(w) {
            contacts::forget_planned(self.db, self.tenant, &w.to, &w.key).await?;
        }
        self.log(w, "superseded", "").await?;
        documents::catch_up(self.db, self.tenant, &w.document).await
    }

    /// Without a time of sending it is, when it is tried again, a fresh write and not one in doubt.
    async fn never_sent(&mut self, w: &WriteRow) -> Result<(), StoreError> {
        sql("UPDATE writes SET first_sent = NULL, last_sent = NULL, batch = NULL WHERE tenant = $1 AND id = $2")
            .bind(self.tenant)
            .bind(w.id)
            .put_off(self.db)
            .await?;
        Ok(())
    }

    async fn linked(
        &mut self,
        w: &WriteRow,
        posted: &Posted,
        adopted: bool,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant;
        sql("UPDATE writes SET state = 'linked', target_id = $1, reason = NULL WHERE tenant = $2 AND id = $3")
            .bind(&posted.id)
            .bind(tenant)
            .bind(w.id)
            .put_off(self.db)
            .await?;
        links::put(self.db, tenant, w, posted).await?;
        word_rows::spend(self.db, tenant, &w.of).await?;
        drifts::over(self.db, tenant, &w.of).await?;
        if w.kind == Kind::Contact {
            self.mirrored(w, posted).await?;
            journey::wake_dependants(self.db, tenant, &w.key).await?;
        }
        papers::paid(self.db, tenant, w, posted, self.now).await?;
        halves::brought(self.db, w, posted, self.now).await?;
        // Of a paper that was found people may have made another: that is seen now, and not only once the ledger lists it again.
        if adopted && w.kind.is_paper() && w.needs.update_id.is_empty() {
            papers::weigh_found(self.db, self.whose, &w.of, self.now).await?;
        }
        by_another_total(self.db, tenant, w, posted).await?;
        // The source may have gone on while this was in doubt.
        documents::catch_up(self.db, tenant, &w.document).await?;
        let action = match (adopted, w.needs.update_id.is_empty()) {
            (true, _) => "adopted",
            (false, true) => "created",
            (false, false) => "updated",
        };
        self.log(w, action, &posted.id).await
    }

    /// The planned contact in the mirror becomes a real one.
    async fn mirrored(&mut self, w: &WriteRow, posted: &Posted) -> Result<(), StoreError> {
        let Draft::Contact(c) = &w.draft else {
            return Ok(());
        };
        contacts::forget_planned(self.db, self.tenant, &w.to, &w.key).await?;
        let contact = LedgerContact::drafted(posted.id.clone(), c, &w.needs.contact_number);
        contacts::put(self.db, self.tenant, &w.to, &contact).await
    }

    /// A person must look at it.
    async fn held(&mut self, w: &WriteRow, reason: &Reason) -> Result<(), StoreError> {
        if !self.wanted && protocol::is_surely_not_there(w, reason) {
            self.holds(w, WriteState::Held, reason).await?;
            return self.superseded(w).await;
        }
        // The decision that wants it no more has told already that a look could not tell, and why.
        if !self.wanted && w.reason.as_ref() == Some(reason) {
            return self.holds(w, WriteState::Held, reason).await;
        }
        self.exit(w, WriteState::Held, reason).await?;
        let edited = !w.needs.update_id.is_empty() && reason.is(codes::UPDATE_CONFLICT);
        if edited && w.kind != Kind::Contact {
            self.too_early(w).await?;
        }
        Ok(())
    }

    /// What people have changed is told field by field by the decision that reads the ledger's copy as it is now.
    async fn too_early(&mut self, w: &WriteRow) -> Result<(), StoreError> {
        decided_too_early(self.db, self.tenant, &w.document).await?;
        documents::catch_up(self.db, self.tenant, &w.document).await
    }

    /// It is held or refused, and why.
    async fn holds(
        &mut self,
        w: &WriteRow,
        state: WriteState,
        reason: &Reason,
    ) -> Result<(), StoreError> {
        sql("UPDATE writes SET state = $1, reason = $2 WHERE tenant = $3 AND id = $4")
            .bind(state.as_str())
            .bind(json(reason)?)
            .bind(self.tenant)
            .bind(w.id)
            .put_off(self.db)
            .await?;
        self.log(w, state.as_str(), &reason.code).await
    }

    async fn exit(
        &mut self,
        w: &WriteRow,
        state: WriteState,
        reason: &Reason,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant, self.now);
        if w.state == WriteState::InDoubt && state == WriteState::Refused {
            writes::to(self.db, tenant, w.id, WriteState::Sent).await?;
        }
        self.holds(w, state, reason).await?;
        let stands = if state == WriteState::Refused {
            DocState::Refused
        } else {
            DocState::Held
        };
        if !self.is_bystander(w).await? {
            documents::put(self.db, tenant, &w.document, stands, Some(reason), now).await?;
        }
        shared::stop(self.db, tenant, w, (stands, reason), now).await?;
        match w.kind {
            Kind::Contact => {
                contacts::forget_planned(self.db, tenant, &w.to, &w.key).await?;
                journey::stop_dependants(self.db, tenant, &w.key, stands, reason, now).await
            }
            kind if kind.is_document() && !w.needs.update_id.is_empty() => {
                journey::stop_money(self.db, tenant, &w.document, reason).await
            }
            kind if kind.is_document() => {
                let refused = stands == DocState::Refused;
                decisions::wait_for(self.db, tenant, &w.document, refused).await
            }
            kind if kind.is_of_money() => {
                let stopped = (w.of.id.0.as_str(), stands.as_str());
                decisions::stopped(self.db, tenant, &w.document, stopped, reason).await
            }
            _ => Ok(()),
        }
    }

    /// Whether the document that first needed a contact is for another one by now.
    async fn is_bystander(&mut self, w: &WriteRow) -> Result<bool, StoreError> {
        if !makes_contact(w) {
            return Ok(false);
        }
        let waiting = writes::waiting_for(self.db, self.tenant, &w.key).await?;
        let others = !waiting.is_empty() || !self.wanted;
        Ok(others && w.document != w.of && !waiting.contains(&w.document))
    }
}
