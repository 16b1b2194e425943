//! Stamps that the ledger bears and of which the journal does not know that they were sent from here.
//!
//! Flows in: papers of the ledger that changed, and stamps that a decision or a look before sending found. Flows out:
//! nothing, or what they prove: a new epoch, or a stop. Each stamp proves something once: it is kept as it was seen first.

use super::beacon::BeaconFile;
use super::epochs::{ITSELF, begin, current, stop};
use super::rows::{number, read_time, text, time};
use super::sql::{Db, sql};
use super::{Store, documents};
use crate::model::{Document, Epoch, EpochCause, EpochProof, Kind, LedgerInvoice, TenantId};
use crate::pipeline::epoch::{StampSays, counts_anew, judge_stamp, stamps_of, twin};
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::{
    DocRow, Documents as _, Epochs, ListedPaper, Records as _, StoreError, Written as _,
};
use crate::pipeline::refund::is_note_of;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A stamp as it was seen in the ledger.
struct StampSeen<'a> {
    tenant: &'a TenantId,
    mark: &'a str,
    label: &'a str,
    written: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

impl StampSeen<'_> {
    /// Whether the journal knows it as sent.
    async fn is_known(&self, db: &mut Db) -> Result<bool, StoreError> {
        sql("SELECT 1 FROM writes WHERE tenant = $1 AND marker = $2
                AND (first_sent IS NOT NULL OR attempt > 1 OR state = 'linked') LIMIT 1")
        .bind(self.tenant.as_str())
        .bind(self.mark)
        .any(db)
        .await
    }

    /// What is kept of it: whether it is known to be ours, when it was written, whether it was seen.
    async fn kept(
        &self,
        db: &mut Db,
    ) -> Result<Option<(bool, Option<DateTime<Utc>>, bool)>, StoreError> {
        sql("SELECT ours, written, seen FROM stamps WHERE tenant = $1 AND marker = $2")
            .bind(self.tenant.as_str())
            .bind(self.mark)
            .maybe(db, |r| {
                let written = text(r, "written")?;
                let written = match written.as_str() {
                    "" => None,
                    at => Some(read_time(at)?),
                };
                Ok((
                    number(r, "ours")? == 1,
                    written,
                    !text(r, "seen")?.is_empty(),
                ))
            })
            .await
    }

    /// Keeps it as it was seen first.
    async fn keep(&self, db: &mut Db, epoch: i64, ours: bool) -> Result<(), StoreError> {
        sql(
            "INSERT INTO stamps (tenant, marker, epoch, label, written, seen, ours) VALUES ($1,$2,$3,$4,$5,$6,$7)
             ON CONFLICT (tenant, marker) DO UPDATE SET epoch = excluded.epoch, label = excluded.label,
               seen = excluded.seen, ours = excluded.ours,
               written = CASE WHEN stamps.written = '' THEN excluded.written ELSE stamps.written END",
        )
        .bind(self.tenant.as_str())
        .bind(self.mark)
        .bind(epoch)
        .bind(self.label)
        .bind(self.written.map_or(String::new(), time))
        .bind(time(self.now))
        .bind(i64::from(ours))
        .put_off(db)
        .await?;
        Ok(())
    }

    /// It is ours, and the journal does not know it: what that says is done.
    async fn is_ours(&self, db: &mut Db, beside: Option<&BeaconFile>) -> Result<(), StoreError> {
        let kept = self.kept(db).await?;
        let epoch = current(db).await?;
        let (expected, written) = match kept {
            Some((true, _, true)) => return Ok(()),
            // It was under way when the epoch began, and here it is.
            Some((true, written, false)) => (true, written),
            Some((false, written, _)) => (false, written),
            None => (false, self.written),
        };
        let says = match expected {
            true => StampSays::Known,
            false => judge_stamp(&epoch, written.or(self.written)),
        };
        let number = match says {
            StampSays::Known => epoch.number,
            StampSays::Older => {
                let proof = EpochProof {
                    cause: EpochCause::Ledger,
                    what: format!(
                        "the ledger has {}, of which this workspace does not know that it sent it",
                        self.label
                    ),
                    seen: epoch.number,
                };
                begin(db, &proof, (ITSELF, beside), self.now).await?.number
            }
            StampSays::Twin => {
                let why = twin(self.label);
                stop(db, epoch.number, &why, self.now).await?;
                epoch.number
            }
        };
        self.keep(db, number, true).await
    }
}

/// What of the stamps on some papers the journal knows nothing of, each with what bears it.
type Unknown<'a> = Vec<(&'a ListedPaper, String, String)>;

impl Store {
    /// Stamps that are seen for the first time and that the journal does not know, and money that stands twice.
    async fn unknown<'a>(
        &self,
        tenant: &TenantId,
        papers: &'a [ListedPaper],
        now: DateTime<Utc>,
    ) -> Result<Unknown<'a>, StoreError> {
        let mut out = Vec::new();
        if papers.iter().all(|p| marks(&p.paper).is_empty()) {
            return Ok(out);
        }
        let mut db = self.begin().await?;
        for listed in papers {
            for (mark, label) in marks(&listed.paper) {
                let seen = StampSeen {
                    tenant,
                    mark: &mark,
                    label: &label,
                    written: listed.written,
                    now,
                };
                if seen.is_known(&mut db).await? {
                    let twice = twice(&mut db, tenant, &listed.paper, &mark).await?;
                    out.extend(twice.map(|id| (listed, format!("{mark}#{id}"), label.clone())));
                    continue;
                }
                match seen.kept(&mut db).await? {
                    Some((_, _, true)) => continue,
                    Some((true, _, false)) => seen.is_ours(&mut db, self.beacon.as_deref()).await?,
                    _ => {
                        let epoch = current(&mut db).await?.number;
                        seen.keep(&mut db, epoch, false).await?;
                        out.push((listed, mark.clone(), label.clone()));
                    }
                }
            }
        }
        db.commit().await?;
        Ok(out)
    }

    /// The document that a paper is of: the one that it carries the stamp of, else that of its number; of a note, that which it
    /// was made for.
    async fn document_of(
        &self,
        tenant: &TenantId,
        paper: &LedgerInvoice,
    ) -> Result<Option<DocRow>, StoreError> {
        let own = sql("SELECT d.number FROM writes w JOIN document_rows d ON d.tenant = w.tenant AND d.thing = w.document
            WHERE w.tenant = $1 AND w.marker = $2 LIMIT 1");
        let own = own
            .bind(tenant.as_str())
            .bind(paper.mark.as_deref().unwrap_or_default());
        let own = own
            .maybe(&mut *self.read().await?, |r| text(r, "number"))
            .await?;
        let before = paper.number.rsplit_once("-R").map(|(number, _)| number);
        let refers = paper.reference.split(" [").next();
        let all = [own.as_deref(), Some(paper.number.as_str()), refers, before];
        for number in all.into_iter().flatten().filter(|n| !n.is_empty()) {
            let note = paper.kind == Kind::CreditNote && own.as_deref() != Some(number);
            if note && !is_note_of(paper, number) {
                continue;
            }
            // A number says nothing outside its kind.
            let name = match paper.kind.is_document() {
                true => format!("{}:{number}", paper.kind),
                false => number.to_owned(),
            };
            if let Some(row) = self.document(tenant, &name).await? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Whether a stamp that the journal does not know is ours: it can be made of the document at the source, or it is on a paper of
    /// ours, or on a note for a document of ours that is posted.
    async fn is_on_ours(
        &self,
        tenant: &TenantId,
        row: &DocRow,
        (paper, mark): (&LedgerInvoice, &str),
    ) -> Result<bool, StoreError> {
        let all = self.stamps_by_number(tenant, row).await?;
        let own = paper.mark.as_deref().unwrap_or_default();
        if all.contains(mark) || (mark != own && all.contains(own)) {
            return Ok(true);
        }
        let posted = self.link(tenant, &row.key).await?.is_some();
        let known =
            sql("SELECT 1 FROM writes WHERE tenant = $1 AND marker = $2 AND marker <> '' LIMIT 1");
        let known = known.bind(tenant.as_str()).bind(own);
        let known = known.any(&mut *self.read().await?).await?;
        let note = paper.kind == Kind::CreditNote && is_note_of(paper, &row.number);
        Ok(posted && (note || known))
    }

    /// The stamps of a document.
    async fn stamps_by_number(
        &self,
        tenant: &TenantId,
        row: &DocRow,
    ) -> Result<BTreeSet<String>, StoreError> {
        let record = self.record(tenant, &row.key).await?;
        let invoice = record.and_then(|r| match r.document {
            Document::Invoice(invoice) => Some(*invoice),
            _ => None,
        });
        let all = stamps_of(tenant, &row.key, &row.number, invoice.as_ref());
        Ok(all.into_iter().map(|(mark, _)| mark).collect())
    }

    async fn it_is_ours(&self, seen: StampSeen<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if seen.is_known(&mut tx).await? {
            return Ok(());
        }
        seen.is_ours(&mut tx, self.beacon.as_deref()).await?;
        tx.commit().await?;
        self.leave_beacon(seen.now).await
    }
}

/// The stamps on a paper and on what is paid to it, with what bears each; each once.
fn marks(paper: &LedgerInvoice) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    all.extend(paper.mark.clone().map(|m| (m, paper.number.clone())));
    for payment in &paper.payments {
        let label = format!("a payment of {} on {}", payment.amount, paper.number);
        let Some(mark) = payment.mark.clone() else {
            continue;
        };
        if !all.iter().any(|(m, _)| *m == mark) {
            all.push((mark, label));
        }
    }
    all
}

/// The ledger's id of a payment that bears the stamp of ours a second time: nobody copies a payment, so a twin sent it.
async fn twice(
    db: &mut Db,
    tenant: &TenantId,
    paper: &LedgerInvoice,
    mark: &str,
) -> Result<Option<String>, StoreError> {
    let of_mark: Vec<&str> = (paper.payments.iter())
        .filter(|p| p.mark.as_deref() == Some(mark))
        .map(|p| p.id.as_str())
        .collect();
    if of_mark.len() < 2 {
        return Ok(None);
    }
    let ours = sql("SELECT target_id FROM writes WHERE tenant = $1 AND marker = $2 AND state = 'linked' LIMIT 1")
        .bind(tenant.as_str())
        .bind(mark)
        .maybe(db, |r| text(r, "target_id"))
        .await?;
    let other = match ours {
        Some(ours) => of_mark.into_iter().find(|id| *id != ours),
        // Ours is in doubt yet: whichever of them it is, there is one more.
        None => of_mark.into_iter().nth(1),
    };
    Ok(other.map(str::to_owned))
}

#[async_trait]
impl Epochs for Store {
    async fn epoch(&self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        let epoch = current(&mut *self.read().await?).await?;
        if !counts_anew(&epoch, now) {
            return Ok(epoch);
        }
        let mut tx = self.begin().await?;
        sql("UPDATE epochs SET began = $1 WHERE epoch = $2")
            .bind(time(now))
            .bind(epoch.number)
            .put_off(&mut tx)
            .await?;
        let epoch = current(&mut tx).await?;
        tx.commit().await?;
        Ok(epoch)
    }

    async fn about_to_send(
        &self,
        lease: &Lease,
        run: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.leave_word(&lease.tenant, run, now).await
    }

    async fn strangers(
        &self,
        tenant: &TenantId,
        papers: &[ListedPaper],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for (listed, mark, label) in self.unknown(tenant, papers, now).await? {
            let twice = mark.contains('#');
            let row = self.document_of(tenant, &listed.paper).await?;
            let ours = match &row {
                Some(row) if !twice => {
                    let there = (&listed.paper, mark.as_str());
                    self.is_on_ours(tenant, row, there).await?
                }
                _ => twice,
            };
            // What is ours and answers to nothing that the document has is told by the next decision on it.
            if let (true, Some(row)) = (ours, &row) {
                documents::open(&mut *self.db().await?, tenant.as_str(), &row.key).await?;
            }
            let label = match twice {
                true => format!("{label} twice, under one stamp"),
                false => label,
            };
            if ours {
                let seen = StampSeen {
                    tenant,
                    mark: &mark,
                    label: &label,
                    written: listed.written,
                    now,
                };
                self.it_is_ours(seen).await?;
            }
        }
        Ok(())
    }

    async fn ours_seen(
        &self,
        tenant: &TenantId,
        mark: &str,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let seen = StampSeen {
            tenant,
            mark,
            label,
            written: None,
            now,
        };
        self.it_is_ours(seen).await
    }
}
