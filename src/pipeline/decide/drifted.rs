//! What people, or the source, did to what is posted: told when it is seen, until it is set back or a person has ended it.

use super::super::taken;
use super::brought;
use super::deciding::{Deciding, Halt, hold};
use crate::model::{
    Drift, DriftKind, Kind, Link, Origin, Payment, PaymentKind, Reason, SourceId, StandsApart,
    Verdict, bracketed, codes, money,
};

impl Deciding<'_, '_> {
    /// A document that the source has no more: nothing of it goes. What neither book has is done with.
    pub(super) fn still_there(&mut self) -> Result<(), Halt> {
        let view = self.q.view;
        let cancelled = view.drifted(DriftKind::Cancelled);
        if let Some(gone) = view.drifted(DriftKind::SourceDeleted) {
            if view.may_be_there {
                return Err(hold(deleted_in_doubt(gone)));
            }
            if view.link.is_none() || cancelled.is_some() {
                return Err(Halt::Verdict(Verdict::Skip(nowhere(gone))));
            }
            if !view.words.end(gone) {
                let why = source_deleted(gone, !view.payment_links.is_empty());
                return Err(hold(self.called_otherwise(gone, why)));
            }
        }
        Ok(())
    }

    /// A document that was cancelled in the ledger waits for a person, unless the source has cancelled it too, by its status or,
    /// as far as a rule of the tenant's tells, in its own way: both books agree then.
    pub(super) fn is_not_cancelled(&self, left: Option<&Origin>) -> Result<(), Halt> {
        let ruled_out = matches!(left, Some(Origin::Rule { .. }));
        match self.q.view.drifted(DriftKind::Cancelled) {
            Some(_) if ruled_out || self.q.invoice.status.is_over() => Ok(()),
            Some(drift) => Err(hold(self.cancelled(drift))),
            None => Ok(()),
        }
    }

    /// Why a document that was cancelled in the ledger holds. Where numbers are ours the ledger keeps that of what was cancelled.
    fn cancelled(&self, drift: &Drift) -> Reason {
        let why = reason(drift);
        if !self.q.facts.numbers_ours(drift.of.kind) {
            return why;
        }
        Reason {
            fix: format!(
                "to leave it so, `crossfoot skip TENANT NUMBER --why \"...\"`; where another paper was entered in its place, `crossfoot settle TENANT NUMBER --why \"...\"`; where it was a mistake, whoever keeps the file gives it another number in {}, then `crossfoot unlink TENANT NUMBER` has it made anew by the next sync",
                self.q.invoice.called().renumbered_by()
            ),
            ..why
        }
    }

    /// Whether a person's word on the document is about one that was cancelled in the ledger: nothing of it goes then.
    pub(super) fn is_done_with(&self) -> bool {
        let view = self.q.view;
        let drift = view.drifted(DriftKind::Cancelled);
        drift.is_some_and(|d| view.words.end(d))
    }

    /// Another sum that people gave the ledger's copy: what it comes to there now. A sum that the source asks for by now is
    /// none of it.
    pub(super) fn another_total(&self) -> Option<&Drift> {
        let q = self.q;
        let drift = q.view.drifted(DriftKind::Total)?;
        (q.invoice.stated_total() != Some(drift.is)).then_some(drift)
    }

    /// Why that holds the document, where no person has said that it is right.
    pub(super) fn total_drifted(&self) -> Option<Reason> {
        let drift = self.another_total()?;
        (!self.q.view.words.end(drift)).then(|| reason(drift))
    }

    /// Whether a person has said that another sum is right.
    pub(super) fn total_is_right(&self) -> bool {
        self.another_total().is_some() && self.total_drifted().is_none()
    }

    /// Whether the ledger has a posted payment no more, by its ledger id. What of it became a credit is a paper of its own: that
    /// the payment was deleted says nothing of that.
    pub(super) fn is_deleted(&self, kind: Kind, id: &str, other: &str) -> bool {
        let view = self.q.view;
        let seen = view.drifted_payment(id);
        let seen = seen.is_some_and(|d| d.kind == DriftKind::PaymentDeleted);
        (seen && kind != Kind::Overpayment) || view.taken_out.contains(other)
    }

    /// A posted payment that the ledger has no more, though the source says of it what it said then. Whoever deleted it may
    /// have meant it: it is made anew by the word that says so, and by nothing else.
    pub(super) fn deleted(&mut self, p: &Payment, link: &Link) -> Option<Reason> {
        let view = self.q.view;
        if let Some(is) = view.taken_off.get(&p.id) {
            return Some(taken_off(p, link, is));
        }
        let said = view.words.sends(p);
        if said.is_some_and(|w| w.shown.contains(&link.other.id.0)) {
            return None;
        }
        if p.kind == PaymentKind::Refund && self.is_resummed(&p.id) {
            return self.another_sum(p);
        }
        if !self.is_deleted(link.thing.kind, &p.id, &link.other.id.0) || !self.is_as_posted(p, link)
        {
            return None;
        }
        let drift = Drift {
            kind: DriftKind::PaymentDeleted,
            of: link.thing.clone(),
            other: link.other.id.0.clone(),
            number: link.number.clone(),
            status: String::new(),
            was: link.amount,
            is: rust_decimal::Decimal::ZERO,
            entries: Vec::new(),
        };
        // By the word that makes ours anew it would be told as what came from there, and so on for ever.
        let begun = view.begun.get(&p.id).is_some_and(|b| b.brought);
        if self.q.mapping.back.payments && (begun || self.is_brought(p)) {
            return Some(brought::deleted(p));
        }
        let refund = self
            .refund_deleted(&p.id)
            .filter(|_| p.kind == PaymentKind::Refund);
        let told = refund.unwrap_or_else(|| reason(&drift));
        Some(told.of_payment(&p.id))
    }

    /// The link of a payment that a person was shown to be gone, and has said shall be made anew, means nothing any more.
    pub(super) fn forget(&mut self, kind: Kind, id: &str) {
        self.out.forget.push((kind, SourceId(id.to_owned())));
    }
}

/// What was done, with both figures and the ways to end it.
pub(super) fn reason(drift: &Drift) -> Reason {
    let number = match drift.number.as_str() {
        "" => "it".to_owned(),
        number => number.to_owned(),
    };
    let status = bracketed(&drift.status);
    let (was, is) = (money::show(drift.was), money::show(drift.is));
    let id = &drift.of.id.0;
    let refund = drift.of.kind == crate::model::Kind::Payment;
    match drift.kind {
        DriftKind::Cancelled => Reason::new(
            codes::LEDGER_CANCELLED,
            format!(
                "{number} of {was} was cancelled in the ledger{status}, and the source still has it"
            ),
            "to leave it so, `crossfoot skip TENANT NUMBER --why \"...\"`; where another paper was entered in its place, `crossfoot settle TENANT NUMBER --why \"...\"`; where it was a mistake, `crossfoot unlink TENANT NUMBER` has it made anew by the next sync",
        ),
        // What others put to it is told with both balances.
        DriftKind::Balance => Reason::new(
            codes::LEDGER_BALANCE,
            format!("somebody put {is} to {number} in the ledger"),
            "take it off in the ledger; or, to leave it so, `crossfoot skip TENANT NUMBER --why \"...\"`",
        ),
        DriftKind::Total if refund => Reason::new(
            codes::LEDGER_TOTAL,
            format!(
                "the credit note {number} was posted as {was} and comes to {is} in the ledger now"
            ),
            "set it back in the ledger; or, where the ledger's is right, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
        ),
        DriftKind::Total => Reason::new(
            codes::LEDGER_TOTAL,
            format!(
                "{number} was posted as {was} and comes to {is} in the ledger now: somebody changed it there"
            ),
            "set it back in the ledger; or, where the ledger's is right, `crossfoot settle TENANT NUMBER --why \"...\"`",
        ),
        DriftKind::PaymentDeleted => deleted_there(id, drift.was),
        DriftKind::SourceDeleted => source_deleted(drift, false),
    }
}

/// People took our payment off its document and left it in the ledger: made anew it would be there twice.
fn taken_off(p: &Payment, link: &Link, there: &StandsApart) -> Reason {
    let (id, was) = (&p.id, money::show(link.amount));
    Reason::new(
        codes::PAYMENT_UNAPPLIED,
        format!(
            "payment {id} of {was} still stands in the ledger {}, and is not put to this document any more: made anew it would be there twice",
            there.told()
        ),
        "put it to the document in the ledger, then `crossfoot retry TENANT NUMBER`; or delete it there, then `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes it anew; where it is right as it stands, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
    )
    .of_payment(id)
}

/// What was posted of a payment or refund is no longer there.
pub(super) fn deleted_there(id: &str, was: rust_decimal::Decimal) -> Reason {
    let was = money::show(was);
    taken::deleted(format!(
        "payment {id} of {was} was posted, and somebody deleted it in the ledger"
    ))
}

/// `paid`: whether money of ours stands on it, which keeps a ledger from cancelling it.
fn source_deleted(drift: &Drift, paid: bool) -> Reason {
    let first = match paid {
        true => "take its payments off it in the ledger and void it",
        false => "void it in the ledger",
    };
    Reason::new(
        codes::SOURCE_DELETED,
        format!(
            "the source no longer has {}, of {}, and the ledger does",
            drift.number,
            money::show(drift.was)
        ),
        format!(
            "{first}, and the next look ends it; where the ledger refuses that, as in a closed period, enter what takes it back there in an open one; then, or to leave it as it is, `crossfoot skip TENANT NUMBER --why \"...\"`"
        ),
    )
}

fn deleted_in_doubt(drift: &Drift) -> Reason {
    Reason::new(
        codes::SOURCE_DELETED,
        format!(
            "the source no longer has {}, of {}, and whether the ledger has it is not known yet: a write of it is in doubt",
            drift.number,
            money::show(drift.was)
        ),
        "nothing yet: the next sync looks it up, and it does not go again; where it is there, it is told what to do",
    )
}

fn nowhere(drift: &Drift) -> Reason {
    Reason::new(
        codes::SOURCE_DELETED,
        format!(
            "the source no longer has {}, and the ledger has it not, or cancelled",
            drift.number
        ),
        "nothing: both books agree",
    )
}
