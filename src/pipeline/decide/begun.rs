//! What of a payment was begun, and what follows from that. The entries of one payment or refund belong together: while the source
//! says what it said, what was begun is finished; once it says otherwise, nothing more of it goes until a person has seen to
//! what is there, and nothing at all while it is not known what is there.
//!
//! Flows in: the entries of a payment, and what was decided of it by itself. Flows out: that, or why it is held: each entry that
//! is in the ledger, or may be, is named with its number and its sum, and so is what ends it.

use super::super::taken;
use super::asked::{self, called};
use super::deciding::{Deciding, Halt, hold};
use super::payment::Went;
use crate::model::codes;
use crate::model::{
    Begun, Drift, DriftKind, EntryState, Kind, Payment, PaymentEntry, PaymentKind, Reason, Verdict,
    entries_told, money,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The entries of one payment, by where they stand.
pub(super) struct Stands<'q> {
    pub(super) begun: &'q Begun,
    /// The ledger has them.
    pub(super) there: Vec<&'q PaymentEntry>,
    /// They may have left.
    pub(super) doubt: Vec<&'q PaymentEntry>,
    /// People took them out of the ledger.
    pub(super) out: Vec<&'q PaymentEntry>,
}

impl<'q> Stands<'q> {
    /// That of a kind which the ledger has.
    pub(super) fn there(&self, kind: Kind) -> Option<&'q PaymentEntry> {
        self.there.iter().find(|e| e.kind == kind).copied()
    }

    /// Whether nothing is there but a payment of which a person was asked: it is compared with what the source says of it now,
    /// and taken where the two agree.
    fn is_asked_alone(&self) -> bool {
        let asked = |e: &&PaymentEntry| e.state == EntryState::Asked && e.kind == Kind::Payment;
        let paid = self.begun.kind == PaymentKind::Payment;
        paid && self.there.is_empty() && self.doubt.iter().all(asked)
    }
}

impl<'q> Deciding<'q, '_> {
    /// Where the entries of a payment stand; nothing where none was ever begun.
    pub(super) fn stands(&self, id: &str) -> Option<Stands<'q>> {
        let begun = self.q.view.begun.get(id)?;
        let mut stands = Stands {
            begun,
            there: Vec::new(),
            doubt: Vec::new(),
            out: Vec::new(),
        };
        for e in &begun.entries {
            match e.state {
                EntryState::Posted if self.is_out(id, begun, e) => stands.out.push(e),
                EntryState::Posted => stands.there.push(e),
                EntryState::InDoubt | EntryState::Asked => stands.doubt.push(e),
                EntryState::Planned | EntryState::Unlinked => {}
            }
        }
        Some(stands)
    }

    /// Whether an entry was posted, and people took it out of the ledger.
    pub(super) fn is_over(&self, id: &str, e: &PaymentEntry) -> bool {
        let begun = self.q.view.begun.get(id);
        e.is_posted() && begun.is_some_and(|b| self.is_out(id, b, e))
    }

    /// Whether the ledger has an entry no more. What is on a credit note goes with it.
    fn is_out(&self, id: &str, begun: &Begun, e: &PaymentEntry) -> bool {
        let view = self.q.view;
        let gone = |e: &PaymentEntry| {
            let seen = |d: &Drift| {
                d.of.id.0 == id && d.kind == DriftKind::PaymentDeleted && d.other == e.target_id
            };
            view.taken_out.contains(&e.target_id) || view.drifts.iter().any(seen)
        };
        let note = begun.of(Kind::CreditNote).filter(|n| n.is_posted());
        gone(e) || (e.kind == Kind::Payment && note.is_some_and(gone))
    }

    /// Why a payment waits that the source has changed while an entry of it may have left.
    pub(super) fn changed_in_doubt(&self, p: &Payment) -> Option<Reason> {
        let stands = self.stands(&p.id)?;
        // Where it is not kept what the source said, a refund's entries are all of its own sum.
        let whole = |e: &PaymentEntry| match p.kind {
            PaymentKind::Payment => p.counts(),
            PaymentKind::Refund => e.amount,
        };
        let changed = |e: &&PaymentEntry| e.said.unwrap_or_else(|| whole(e)) != p.counts();
        if stands.is_asked_alone() || !stands.doubt.iter().any(changed) {
            return None;
        }
        Some(in_doubt(
            &p.id,
            &stands,
            (&format!("in the source it {}", now(p)), true),
        ))
    }

    /// What follows for a payment that is not wholly posted from what was begun of it.
    pub(super) fn of_begun(
        &mut self,
        p: &Payment,
        decided: Result<Went, Halt>,
    ) -> Result<Went, Halt> {
        match (self.stands(&p.id), p.kind) {
            (None, _) => decided,
            (Some(stands), PaymentKind::Payment) => payment_begun(p, &stands, decided),
            (Some(stands), PaymentKind::Refund) => self.refund_begun(p, &stands, decided),
        }
    }

    /// What was posted of a refund is no longer there, or a part of it: each entry is named, and so is what still stands.
    pub(super) fn refund_deleted(&self, id: &str) -> Option<Reason> {
        let stands = self.stands(id).filter(|s| !s.out.is_empty())?;
        let out = entries_told(stands.out.iter().copied());
        let left = match stands.there(Kind::CreditNote) {
            Some(note) => format!("; {} stands there, and is not paid out", note.told()),
            None => String::new(),
        };
        Some(taken::deleted(format!(
            "of refund {id} {out} was posted, and somebody deleted that in the ledger{left}"
        )))
    }

    fn refund_begun(
        &mut self,
        p: &Payment,
        stands: &Stands<'q>,
        decided: Result<Went, Halt>,
    ) -> Result<Went, Halt> {
        let view = self.q.view;
        let same = |e: &PaymentEntry| p.settled && e.amount == p.amount;
        if !stands.doubt.is_empty() {
            return decided
                .map_err(|halt| stopped(halt, |why| in_doubt(&p.id, stands, (&why.what, true))));
        }
        if !stands.there.is_empty() {
            if let Some(why) = self.another_sum(p) {
                return Err(hold(why));
            }
            let fits = stands.there(Kind::CreditNote).is_some_and(same);
            return match decided {
                Ok(went) if fits => Ok(went),
                Ok(_) => Err(hold(half_changed(p, stands))),
                Err(halt) if p.settled && fits => {
                    Err(stopped(halt, |why| half_refund(p, stands, why)))
                }
                Err(halt) => Err(stopped(halt, |_| half_changed(p, stands))),
            };
        }
        if stands.out.is_empty() {
            return decided;
        }
        let word = view.words.sends(p);
        let again = word.is_some_and(|w| stands.out.iter().any(|e| w.shown.contains(&e.target_id)));
        match decided {
            Ok(went) if again || !stands.out.iter().all(|e| same(e)) => {
                stands.out.iter().for_each(|e| self.forget(e.kind, &p.id));
                Ok(went)
            }
            Ok(went) => match self.refund_deleted(&p.id) {
                Some(why) => Err(hold(why.of_payment(&p.id))),
                None => Ok(went),
            },
            Err(halt) => Err(halt),
        }
    }
}

/// A payment that was received, of which the part on its document is not known to be there.
fn payment_begun(
    p: &Payment,
    stands: &Stands<'_>,
    decided: Result<Went, Halt>,
) -> Result<Went, Halt> {
    let left = stands.doubt.iter().find(|e| e.kind == Kind::Payment);
    let left = left.filter(|e| e.state == EntryState::InDoubt);
    match decided {
        // What has left is what it is: beside it nothing goes that was worked out otherwise.
        Ok(Went::Money { draft, .. }) if left.is_some_and(|e| e.amount != draft.amount) => {
            let now = format!("{} of it would go now", money::show(draft.amount));
            Err(hold(in_doubt(&p.id, stands, (&now, true))))
        }
        Err(Halt::Verdict(v @ (Verdict::Skip(_) | Verdict::Refuse(_)))) => {
            Err(match (stands.there.is_empty(), stands.doubt.is_empty()) {
                (false, _) => stopped(Halt::Verdict(v), |why| half_payment(p, stands, why)),
                (true, false) => stopped(Halt::Verdict(v), |why| {
                    in_doubt(&p.id, stands, (&why.what, true))
                }),
                (true, true) => Halt::Verdict(v),
            })
        }
        other => other,
    }
}

/// What stops a payment, told with what was begun of it.
fn stopped(halt: Halt, told: impl FnOnce(&Reason) -> Reason) -> Halt {
    match halt {
        Halt::Verdict(v) => match v.reason() {
            Some(why) => hold(told(why)),
            None => Halt::Verdict(v),
        },
        fault => fault,
    }
}

/// What the source says of a payment now.
pub(super) fn now(p: &Payment) -> String {
    match p.settled {
        true => format!("is {} now", money::show(p.amount)),
        false => "does not count as received any more".to_owned(),
    }
}

/// What of it may have left, and the source says otherwise by now.
fn in_doubt(id: &str, stands: &Stands<'_>, since: (&str, bool)) -> Reason {
    let of = (id, stands.begun.kind);
    asked::in_doubt(of, (&stands.there, &stands.doubt), since)
}

/// What a person does about the entries that are there, by hand.
pub(super) fn takes_out(there: &[&PaymentEntry]) -> String {
    let note = there.iter().find(|e| e.kind == Kind::CreditNote);
    let rest: Vec<&PaymentEntry> = (there.iter().copied())
        .filter(|e| e.kind != Kind::CreditNote)
        .collect();
    let void = note.map(|n| format!("void {}", n.told()));
    let delete = (!rest.is_empty()).then(|| format!("delete {}", entries_told(rest)));
    match (delete, void) {
        (Some(delete), Some(void)) => format!("{delete}, then {void}, in the ledger by hand"),
        (one, other) => format!(
            "{} in the ledger by hand",
            one.or(other).unwrap_or_default()
        ),
    }
}

/// The same of all that was posted of a payment: where that is one entry it needs no name.
fn takes_all_out(pays: PaymentKind, there: &[&PaymentEntry]) -> String {
    match (pays, there) {
        (PaymentKind::Payment, [e]) if e.kind == Kind::Payment => {
            "delete it in the ledger by hand".to_owned()
        }
        _ => takes_out(there),
    }
}

/// One entry is in the ledger, and the other is not: why, and what ends it.
fn half(p: &Payment, stands: &Stands<'_>, because: &str, fix: String) -> Reason {
    let sum = money::show(p.amount);
    let there = entries_told(stands.there.iter().copied());
    let missing = match (p.kind, stands.there(Kind::CreditNote)) {
        (PaymentKind::Refund, Some(note)) => {
            let (number, sum) = (&note.number, money::show(note.amount));
            format!("the payment of {sum} that pays {number} out")
        }
        (PaymentKind::Refund, None) => "the credit note that it pays out".to_owned(),
        (PaymentKind::Payment, _) => {
            let in_all: Decimal = stands.there.iter().map(|e| e.amount).sum();
            format!(
                "the other {} of it",
                money::show((p.amount - in_all).max(Decimal::ZERO))
            )
        }
    };
    Reason::new(
        codes::PAYMENT_HALF,
        format!(
            "of {} {} of {sum} the ledger has {there}, and not {missing}: {because}",
            called(stands.begun.kind),
            p.id
        ),
        fix,
    )
    .of_payment(&p.id)
}

/// The source says another thing of a refund than its note.
fn half_changed(p: &Payment, stands: &Stands<'_>) -> Reason {
    let by_hand = takes_out(&stands.there);
    half(
        p,
        stands,
        &format!("in the source it {}", now(p)),
        format!(
            "{by_hand}, so that it is made as it is now, or set it right in the source; then `crossfoot retry TENANT NUMBER`"
        ),
    )
}

fn half_refund(p: &Payment, stands: &Stands<'_>, why: &Reason) -> Reason {
    let by_hand = takes_out(&stands.there);
    let retry = "`crossfoot retry TENANT NUMBER`";
    let file = [codes::REFUND_HOLD, codes::REFUND_SKIP];
    let fix = if why.is_one_of(&[codes::PAYMENT_WAITS]) {
        format!("see what it waits for: it is finished then; or {by_hand}, then {retry}")
    } else if why.is_one_of(&file) {
        format!("{by_hand}, then {retry}; or set `refunds: credit_note` again, and it is finished")
    } else {
        format!("{by_hand}, then {retry}")
    };
    half(p, stands, &why.what, fix)
}

/// A part of a payment is in the ledger, and the other is not to go.
pub(super) fn half_payment(p: &Payment, stands: &Stands<'_>, why: &Reason) -> Reason {
    let by_hand = takes_out(&stands.there);
    let fix = format!("{by_hand}, then `crossfoot retry TENANT NUMBER`");
    half(p, stands, &why.what, fix)
}

/// The same where what was beyond what is owed was taken out of the ledger, or is not to go any more.
pub(super) fn half_without_rest(p: &Payment, stands: &Stands<'_>, why: &str) -> Reason {
    let by_hand = takes_out(&stands.there);
    let fix =
        format!("{by_hand}, so that it is sent as it is now; then `crossfoot retry TENANT NUMBER`");
    half(p, stands, why, fix)
}

/// A posted payment or refund that is another one now: all of its entries are put right by a person.
pub(super) fn changed_since(p: &Payment, stands: &[&PaymentEntry], posted: Decimal) -> Reason {
    let (called, was) = match p.kind {
        PaymentKind::Payment => ("payment", money::show(posted)),
        PaymentKind::Refund => ("refund", entries_told(stands.iter().copied())),
    };
    Reason::new(
        codes::PAYMENT_CHANGED,
        format!(
            "{called} {} was posted as {was}, and in the source it {}",
            p.id,
            now(p)
        ),
        format!(
            "{}, so that it is sent as it is now, or set it right in the source; then `crossfoot retry TENANT NUMBER`",
            takes_all_out(p.kind, stands)
        ),
    )
    .of_payment(&p.id)
}

/// A posted payment or refund that is of another day now.
pub(super) fn of_another_day(p: &Payment, was: NaiveDate) -> Reason {
    Reason::new(
        codes::PAYMENT_DAY,
        format!(
            "{} {} of {} was posted as of {was}, and in the source it is of {} now",
            called(p.kind),
            p.id,
            money::show(p.amount),
            p.date
        ),
        "nothing, where the day does not matter; else delete it in the ledger by hand, then `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes it anew",
    )
    .of_payment(&p.id)
}

/// A payment or refund that was begun, and that the source no longer has.
pub(super) fn removed(id: &str, stands: &Stands<'_>, amount: Decimal) -> Reason {
    let (told, sum) = (called(stands.begun.kind), money::show(amount));
    if !stands.doubt.is_empty() {
        return in_doubt(id, stands, ("the source no longer has it", false));
    }
    let there = entries_told(stands.there.iter().copied());
    let by_hand = takes_all_out(stands.begun.kind, &stands.there);
    let fix =
        format!("{by_hand}, or put it back in the source; then `crossfoot retry TENANT NUMBER`");
    let was = match stands.there.len() {
        1 if stands.begun.kind == PaymentKind::Payment => String::new(),
        _ => format!(" as {there}"),
    };
    let note = stands
        .there(Kind::CreditNote)
        .filter(|_| stands.there.len() == 1);
    let (code, what) = match note {
        // It pays itself out, where the ledger enters money paid back as one paper.
        Some(note) if stands.begun.of(Kind::Payment).is_some() => (
            codes::PAYMENT_HALF,
            format!(
                "of {told} {id} of {sum} the ledger has {there}, and not the payment of {} that pays it out; the source no longer has it",
                money::show(note.amount)
            ),
        ),
        _ => (
            codes::PAYMENT_REMOVED,
            format!("{told} {id} of {sum} was posted{was}, and the source no longer has it"),
        ),
    };
    Reason::new(code, what, fix).of_payment(id)
}
