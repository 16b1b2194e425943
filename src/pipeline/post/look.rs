//! Looking: for what may have left, and at what a write is about before it leaves.

use super::super::plant;
use super::super::ports::Settled;
use super::super::protocol::{self, Seen, Settle};
use super::super::write::WriteRow;
use super::done::PostError;
use super::papers::{by_marks, failed};
use super::posting::Posting;
use super::version::update_kind;
use crate::connectors::{Ask, CallError, Page, Refusal};
use crate::model::codes;
use crate::model::{Draft, Key, Kind, LedgerInvoice, Reason};
use chrono::Duration;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

impl Posting<'_> {
    /// A payment for a document that this run has not just made is looked for on it before it leaves: a person may
    /// have entered it by hand, or a backup of the journal may know nothing of it. Answers what is to be sent.
    pub(super) async fn seen_first(
        &mut self,
        rows: Vec<WriteRow>,
    ) -> Result<Vec<WriteRow>, PostError> {
        if plant::blind() {
            return Ok(rows);
        }
        let (mut seen, mut whose) = (BTreeMap::new(), BTreeMap::new());
        let payments = |r: &&WriteRow| r.kind == Kind::Payment && !self.just_made(r);
        let (notes, invoices): (Vec<&WriteRow>, Vec<&WriteRow>) =
            (rows.iter().filter(payments)).partition(|r| r.needs.of_credit_note);
        for (kind, some) in [(Kind::Invoice, invoices), (Kind::CreditNote, notes)] {
            let found = self.paid_papers(&some, kind).await?;
            whose.extend(
                some.iter()
                    .filter_map(|r| Some((r.id, whose_paper(r, &found)?))),
            );
            seen.extend(some.iter().map(|r| (r.id, on_paper(r, &found))));
        }
        // A paper that carries our stamp was made at a time this journal knows nothing of.
        let made = |r: &&WriteRow| r.kind.is_paper() && r.needs.update_id.is_empty();
        let papers: Vec<WriteRow> = rows.iter().filter(made).cloned().collect();
        if papers.first().is_some_and(|p| self.lists(p.kind)) {
            let overwrites = self.looks_anew(&papers);
            let fresh = self.fresh();
            let found = self.find_papers(&papers, fresh, false).await?;
            // That a number is taken the ledger says itself. Our own that was cancelled holds, unless a person has said
            // that it means nothing any more: it is begun anew then.
            let ours = |r: &WriteRow, s: &Seen| match s {
                Seen::Other(why) if why.is(codes::NUMBER_TAKEN) => overwrites,
                Seen::Other(why) if why.is(codes::NUMBER_CLOSED) => r.attempt <= 1,
                _ => true,
            };
            let found = papers.iter().zip(found).filter(|(r, s)| ours(r, s));
            seen.extend(found.map(|(r, s)| (r.id, s)));
            for row in &papers {
                let absent = !matches!(seen.get(&row.id), Some(Seen::Ours(_) | Seen::Other(_)));
                if let (true, Some(why)) = (absent, self.refunded_by_hand(row).await?) {
                    seen.insert(row.id, Seen::Other(why));
                }
            }
        }
        self.off_their_papers(&rows, &mut seen).await?;
        let (mut fresh, mut settled) = (Vec::new(), Vec::new());
        for mut row in rows {
            // Money from anybody else would not be put to it.
            if let (true, Some(id)) = (self.facts.payment_names_party, whose.remove(&row.id)) {
                row.needs.contact_id = id;
            }
            match seen.remove(&row.id) {
                None | Some(Seen::Absent) => fresh.push(row),
                Some(seen) => {
                    if matches!(seen, Seen::Ours(_)) {
                        self.was_there(&row).await?;
                    }
                    settled.push(Settled {
                        write: row.id,
                        settle: protocol::on_look_up(seen, true, None),
                    });
                }
            }
        }
        if !settled.is_empty() {
            let lease = self.lease().await?;
            self.commit(&lease, settled).await?;
        }
        Ok(fresh)
    }

    /// Where making a paper with a number that is taken changes another's, nothing leaves on a list that was read before: it is
    /// read anew. Answers whether that is so of a request's papers.
    fn looks_anew(&mut self, papers: &[WriteRow]) -> bool {
        let kind = papers.first().map(|p| p.kind);
        let kind = kind.filter(|k| self.facts.overwrites(*k));
        if let Some(kind) = kind {
            self.seen.looked.remove(&kind);
        }
        kind.is_some()
    }

    /// Whether a person has entered a credit note that may be this refund: the mirror has just been brought up to date.
    async fn refunded_by_hand(&self, row: &WriteRow) -> Result<Option<Reason>, PostError> {
        if row.kind != Kind::CreditNote || row.needs.credit_from.is_none() {
            return Ok(None);
        }
        let (tenant, contact) = (&self.session.tenant, row.needs.contact_id.as_str());
        let ever = chrono::DateTime::UNIX_EPOCH;
        let notes = (self.journal)
            .unstamped_papers(tenant, &row.to, row.kind, contact, ever)
            .await?;
        let mut before = BTreeSet::new();
        for note in &notes {
            let there = Key::new(&row.to, note.kind, &note.id.as_str().into());
            if self.journal.stood_for_some(tenant, &there).await? {
                before.insert(note.id.clone());
            }
        }
        Ok(protocol::judge_refund(row, &notes, &before))
    }

    /// Looks writes of one request up by their stamps and settles each. Answers those that were not found and whose same
    /// key and body may go again, if that is at once.
    pub(super) async fn look_up(
        &mut self,
        rows: Vec<WriteRow>,
        after_quarantine: bool,
        refusals: &BTreeMap<i64, Refusal>,
    ) -> Result<Vec<WriteRow>, PostError> {
        let (mut settled, mut again) = (Vec::new(), Vec::new());
        let asked = self.session.clock.now();
        let mut trouble = None;
        let groups = self.group(rows);
        'groups: for group in groups {
            let early = |r: &WriteRow| protocol::too_early(r, self.windows, asked);
            let early: Vec<_> = group.iter().map(early).collect();
            let found = self.find_group(&group, after_quarantine, !refusals.is_empty());
            match found.await {
                Ok(seen) => {
                    for ((row, seen), early) in group.iter().zip(seen).zip(early) {
                        let refusal = refusals.get(&row.id).cloned();
                        let now = self.session.clock.now();
                        let settle = match (&seen, after_quarantine, &refusal, early) {
                            (Seen::Absent, true, None, _) => {
                                match protocol::on_absent(row, self.windows, now) {
                                    Some(settle) => settle,
                                    None => {
                                        again.push(row.clone());
                                        continue;
                                    }
                                }
                            }
                            (Seen::Other(why), true, None, Some(until)) => Settle::InDoubt {
                                not_before: Some(until),
                                key_spent: false,
                                why: why.what.clone(),
                            },
                            _ => protocol::on_look_up(seen, after_quarantine, refusal),
                        };
                        settled.push(Settled {
                            write: row.id,
                            settle,
                        });
                    }
                }
                Err(e) => {
                    trouble = Some(failed(e)?);
                    break 'groups;
                }
            }
        }
        if !settled.is_empty() {
            let lease = self.lease().await?;
            self.commit(&lease, settled).await?;
        }
        trouble.map_or(Ok(again), |e| Err(PostError::Call(e)))
    }

    /// Splits writes into groups that one look-up can answer.
    pub(super) fn group(&self, rows: Vec<WriteRow>) -> Vec<Vec<WriteRow>> {
        let mut groups: Vec<Vec<WriteRow>> = Vec::new();
        for row in rows {
            let single = !row.needs.update_id.is_empty();
            let fits = groups.last().is_some_and(|g| {
                let same_document = g
                    .first()
                    .is_some_and(|f| f.needs.document_id == row.needs.document_id);
                !single
                    && g.len() < self.facts.reads.values
                    && (row.kind != Kind::Payment || same_document)
                    && g.first().is_some_and(|f| f.needs.update_id.is_empty())
            });
            match groups.last_mut() {
                Some(g) if fits => g.push(row),
                _ => groups.push(vec![row]),
            }
        }
        groups
    }

    pub(super) async fn find_group(
        &mut self,
        group: &[WriteRow],
        after_quarantine: bool,
        refused: bool,
    ) -> Result<Vec<Seen>, PostError> {
        let Some(first) = group.first() else {
            return Ok(Vec::new());
        };
        if !first.needs.update_id.is_empty() {
            // Sending a contact's fields again only sets them again: there is nothing to find out.
            if first.kind == Kind::Contact {
                return Ok(vec![Seen::Absent]);
            }
            self.count()?;
            let found = self
                .document(update_kind(first), &first.needs.update_id)
                .await;
            let found = found.map_err(PostError::Call)?;
            return Ok(vec![protocol::judge_update(
                first,
                found.as_ref(),
                self.facts,
            )]);
        }
        match first.kind {
            Kind::Contact => {
                self.count()?;
                self.find_contacts(group).await.map_err(PostError::Call)
            }
            Kind::Payment => {
                self.count()?;
                let seen = self.find_payments(first, group).await;
                let seen = seen.map_err(PostError::Call)?;
                self.arrived_since(group, (seen, after_quarantine)).await
            }
            _ => self.find_sent(group, after_quarantine, refused).await,
        }
    }

    /// Papers that may have left.
    async fn find_sent(
        &mut self,
        group: &[WriteRow],
        after_quarantine: bool,
        refused: bool,
    ) -> Result<Vec<Seen>, PostError> {
        // What is to prove an absence is asked for after the quarantine of the last of them; what was refused, now.
        let quarantine = Duration::seconds(plant::quarantine(self.windows.quarantine_s));
        let ended = group
            .iter()
            .filter_map(|r| r.last_sent)
            .max()
            .map(|t| t + quarantine);
        let now = self.session.clock.now();
        let not_before = match (after_quarantine, ended) {
            (true, Some(ended)) if ended <= now => ended,
            _ => now,
        };
        let seen = self.find_papers(group, not_before, refused).await?;
        let mut out = Vec::with_capacity(seen.len());
        for (row, seen) in group.iter().zip(seen) {
            out.push(match after_quarantine {
                true => self.without_stamp(row, seen).await?,
                false => seen,
            });
        }
        Ok(out)
    }

    pub(super) async fn ask(&self, ask: &Ask) -> Result<Page, CallError> {
        self.target.reads.read(self.session, ask).await
    }

    pub(super) async fn document(
        &self,
        kind: Kind,
        id: &str,
    ) -> Result<Option<LedgerInvoice>, CallError> {
        let found = self.ask(&Ask::id(kind, id)).await?.papers();
        Ok(found.into_iter().next())
    }

    pub(super) async fn find_contacts(&self, group: &[WriteRow]) -> Result<Vec<Seen>, CallError> {
        let numbers = group
            .iter()
            .map(|r| r.needs.contact_number.clone())
            .collect();
        let ask = match self.facts.lengths.contact_number {
            0 => by_marks(Kind::Contact, group),
            _ => Ask::ContactNumbers { numbers },
        };
        let found = self.ask(&ask).await?.contacts();
        let judge = |r: &WriteRow| match &r.draft {
            Draft::Contact(_) => protocol::judge_contact(r, &found),
            _ => Seen::Absent,
        };
        Ok(group.iter().map(judge).collect())
    }

    pub(super) async fn find_payments(
        &self,
        first: &WriteRow,
        group: &[WriteRow],
    ) -> Result<Vec<Seen>, CallError> {
        let kind = if first.needs.of_credit_note {
            Kind::CreditNote
        } else {
            Kind::Invoice
        };
        let found = self.document(kind, &first.needs.document_id).await?;
        let judge = |r: &WriteRow| judge_on(r, found.as_ref());
        Ok(group.iter().map(judge).collect())
    }
}

/// Judges a payment by the document it belongs to, as the ledger shows it now.
pub(super) fn judge_on(row: &WriteRow, document: Option<&LedgerInvoice>) -> Seen {
    let Some(document) = document else {
        return Seen::Other(document_missing());
    };
    // One that was cancelled owes nothing, and nobody has paid that: ours is not on it, and cannot be put to it.
    if document.standing.is_over() {
        return Seen::Other(Reason::new(
            codes::PAYMENT_NOT_OPEN,
            format!(
                "{} stands in the ledger as {}, and this payment is not on it",
                document.number, document.status
            ),
            "see in the ledger what became of the document: where the sale stands, give it another number in a `map_invoice` rule, then `crossfoot unlink TENANT NUMBER` has it made anew; where the money was entered elsewhere, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
        )
        .of_payment(&row.of.id.0));
    }
    // What stamped payments took off, of this request or another of ours, is not somebody else's doing.
    let stamped: Decimal = document
        .payments
        .iter()
        .filter(|p| p.mark.is_some() || row.needs.known.contains(&p.id))
        .map(|p| p.amount)
        .sum();
    let others = document.total - document.amount_due - stamped;
    let sums = (others, document.amount_due);
    let there = (document.payments.as_slice(), document.pending.as_slice());
    protocol::judge_payment(row, sums, there)
}

/// Whose the paper of a payment is by now: people may have given it to another customer.
fn whose_paper(row: &WriteRow, papers: &[LedgerInvoice]) -> Option<String> {
    let paper = papers.iter().find(|p| p.id == row.needs.document_id)?;
    (!paper.contact_id.is_empty()).then(|| paper.contact_id.clone())
}

/// Judges a payment that has never left by the paper it is for.
fn on_paper(row: &WriteRow, papers: &[LedgerInvoice]) -> Seen {
    match papers.iter().find(|p| p.id == row.needs.document_id) {
        // A note is made for its one payment.
        Some(paper) if row.needs.of_credit_note => judge_on(row, Some(paper)),
        Some(paper) if paper.standing.is_over() => judge_on(row, Some(paper)),
        Some(paper) => protocol::judge_unsent(row, paper),
        None => Seen::Other(document_missing()),
    }
}

fn document_missing() -> Reason {
    Reason::new(
        codes::PAYMENT_DOCUMENT_MISSING,
        "the document this payment belongs to is no longer in the ledger",
        "see in the ledger what became of it: where it can be restored, restore it, then `crossfoot retry TENANT NUMBER`; where it was deleted, `crossfoot unlink TENANT NUMBER` has it made anew, with its payments",
    )
}
