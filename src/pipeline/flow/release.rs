//! Release: whether a document's writes may go at once, or wait for a person's word; and that word.

use super::super::plan::WritePlan;
use super::super::ports::{APPROVED_AT_ONCE, DocRow, Memory, Moved, StoreError, TenantSwitch};
use super::super::write::NewWrite;
use super::pass::Pass;
use crate::mapping::{Approval, FirstRun};
use crate::model::codes::{self, Code};
use crate::model::{DocState, Draft, Invoice, Place, Reason, TenantId};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// What the guard counts of a document's writes. A document that is made counts as one, with what it comes to, and its first
/// payments go with it. On one that is posted each payment and each credit note counts by itself.
struct Weight {
    count: u32,
    sum: Decimal,
}

impl Weight {
    fn of(invoice: &Invoice, out: &WritePlan) -> Self {
        let made = |w: &&NewWrite| w.kind == invoice.kind;
        let paper = out.writes.iter().find(made);
        let mut weight = match paper.map(|w| &w.draft) {
            // What is posted: a source that states no total does not know the tax that is added.
            Some(Draft::Invoice(d)) => Weight {
                count: 1,
                sum: d.total.abs(),
            },
            Some(_) => Weight {
                count: 1,
                sum: invoice.comes_to().unwrap_or(invoice.reckoned).abs(),
            },
            None => Weight {
                count: 0,
                sum: Decimal::ZERO,
            },
        };
        if paper.is_some() && !out.update {
            return weight;
        }
        for w in &out.writes {
            let amount = match &w.draft {
                Draft::Payment(p) if !w.needs.of_credit_note => p.amount,
                Draft::Invoice(note) if !made(&w) => note.total,
                _ => continue,
            };
            weight.count = weight.count.saturating_add(1);
            weight.sum += amount.abs();
        }
        weight
    }
}

impl Pass<'_> {
    /// Whether a document's writes may go at once, or wait for a person's word.
    pub(super) fn release(&mut self, row: &DocRow, invoice: &Invoice, out: &mut WritePlan) -> bool {
        if out.writes.is_empty() && out.learned.contact.is_none() {
            return false;
        }
        let sync = &self.t.mapping.sync;
        let same = row.approved.as_ref() == Some(&out.approval);
        if same || (self.ask.only.is_some() && out.review.is_none()) {
            return true;
        }
        let waits = |code: Code, what: String, fix: &str| Some(Reason::new(code, what, fix));
        let why = if let Some(review) = out.review.clone() {
            Some(review)
        } else if sync.approval.value == Approval::Manual {
            waits(
                codes::APPROVAL_WAITS,
                "it waits for approval".into(),
                "`crossfoot approve TENANT NUMBER`, or set `sync.approval: automatic`",
            )
        } else if sync.first_run.value == FirstRun::Review && !self.state.reviewed {
            waits(
                codes::APPROVAL_FIRST_RUN,
                "the first run waits to be reviewed".into(),
                "look at `crossfoot plan TENANT`, then `crossfoot release TENANT`",
            )
        } else if out.released {
            // A person has let just these payments go, and was told their number and sum.
            None
        } else {
            self.over_guard(row, invoice, &Weight::of(invoice, out))
        };
        match why {
            None => true,
            Some(reason) => {
                // With writes, held means that a part is: the rest waits for its approval all the same, and the
                // note keeps why that part stays behind.
                let alone = invoice.kind.is_party();
                if alone || matches!(out.state, DocState::Approved | DocState::Held) {
                    out.state = DocState::Checked;
                    out.reason = Some(reason);
                }
                false
            }
        }
    }

    /// Whether the guard keeps a document back. One that it has kept back waits for a person's word, or for
    /// another limit in the file: an edit of anything else lets none through.
    fn over_guard(&mut self, row: &DocRow, invoice: &Invoice, weight: &Weight) -> Option<Reason> {
        let guard = &self.t.mapping.guard;
        let code = invoice.currency.code().to_owned();
        // Money back is as much of a mistake as money out.
        let sum = self.released.totals.get(&code).copied().unwrap_or_default() + weight.sum;
        let documents = self.released.documents.saturating_add(weight.count);
        let by_count = guard.documents.as_ref().map(|most| {
            let reason = self.guarded(
                &format!("{} documents", most.value),
                self.t.mapping.place(most.at),
            );
            (documents > most.value, reason)
        });
        let by_sum = guard.totals_per_run.get(&invoice.currency).map(|most| {
            let reason = self.guarded(
                &format!("{code} {}", most.value),
                self.t.mapping.place(most.at),
            );
            (sum > most.value, reason)
        });
        let waits = |r: &Reason| {
            row.state == DocState::Checked && row.reason.as_ref().is_some_and(|w| w.what == r.what)
        };
        let over = (by_count.into_iter().chain(by_sum)).find(|(over, r)| *over || waits(r));
        if let Some((_, reason)) = over {
            return Some(reason);
        }
        self.released.documents = documents;
        self.released.totals.insert(code, sum);
        None
    }

    fn guarded(&self, limit: &str, at: Place) -> Reason {
        Reason::new(
            codes::GUARD_PER_RUN,
            format!("this run would post more than {limit}"),
            "see that so much is right, then `crossfoot release TENANT`; or raise `guard.per_run`",
        )
        .at(at)
    }
}

/// A person has looked at what waits for the first run's review or over the guard, and lets it go. Answers what
/// went; what waits for an approval of its own, or was sent back by a person, stays. Where nothing waits for the first
/// run's review, nothing was looked at, and that review is still to come.
///
/// # Errors
/// [`StoreError`].
pub async fn release(
    memory: &dyn Memory,
    tenant: &TenantId,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Vec<DocRow>, StoreError> {
    let mut rows = memory.all_documents(tenant, &[DocState::Checked]).await?;
    let waits = |r: &DocRow, told: &[Code]| r.reason.as_ref().is_some_and(|r| r.is_one_of(told));
    rows.retain(|r| waits(r, &[codes::APPROVAL_FIRST_RUN, codes::GUARD_PER_RUN]));
    let first = rows.iter().any(|r| waits(r, &[codes::APPROVAL_FIRST_RUN]));
    if first && !memory.tenant(tenant).await?.reviewed {
        let reviewed = &TenantSwitch::Reviewed;
        memory.switch(tenant, reviewed, actor, now).await?;
    }
    let mut gone = Vec::new();
    for some in rows.chunks(APPROVED_AT_ONCE) {
        let moved = memory.approve(tenant, some, actor, now).await?;
        // One that a run has decided on meanwhile is told with what waits.
        let done = some.iter().zip(moved).filter(|(_, m)| *m == Moved::Done);
        gone.extend(done.map(|(row, _)| row.clone()));
    }
    Ok(gone)
}
