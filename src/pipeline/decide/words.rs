//! What persons have said of single payments and refunds.

use super::balance;
use super::deciding::Deciding;
use super::payments::Till;
use super::resummed::{SEEN, UNSEEN};
use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{
    Drift, DriftKind, InvoiceDraft, LinkMade, PartWhy, Payment, PaymentKind, PersonsWord, Reason,
    Verdict, WordKind, Words, money,
};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// A payment that a person has settled by hand is done with, as long as the source says of it what it said then.
    pub(super) fn settled_by_hand(&mut self, p: &'q Payment, till: &mut Till<'q>) {
        let words = &self.q.view.words;
        let Some(word) = words.of_payment(&p.id, WordKind::Settled) else {
            return;
        };
        if let Some(drift) = self.q.view.drifted_payment(&p.id)
            && word.entry.is_some()
            && !self.q.view.words.end(drift)
        {
            let why = match drift.kind {
                DriftKind::Total => entry_resummed(p, word, drift),
                _ => entry_gone(p, word),
            };
            return self.taken_out(p, why, till);
        }
        let says = if p.settled { p.amount } else { Decimal::ZERO };
        let counts = words.settles(&p.id).unwrap_or(word.amount);
        let beyond = words.beyond(&p.id);
        let verdict = match p.settled && p.amount == word.amount {
            false => Verdict::Hold(changed(p, word)),
            true if !beyond.is_zero() && !words.is_right(&p.id) => {
                let fresh = |o: &&&Payment| {
                    let known = words.payments.contains_key(&o.id)
                        || self.q.view.payment_links.contains_key(&o.id);
                    !known && o.settled && o.kind == p.kind
                };
                let fresh: Vec<&Payment> = till.list.iter().filter(fresh).copied().collect();
                Verdict::Hold(otherwise(words, word, beyond, &fresh))
            }
            true => Verdict::Skip(settled(word)),
        };
        let why = match &verdict {
            Verdict::Hold(_) => PartWhy::Held,
            _ => PartWhy::Settled,
        };
        match p.kind {
            PaymentKind::Payment => {
                till.owed.due -= counts;
                till.came(p, counts);
                till.balance.add(&p.id, says - counts, why);
            }
            PaymentKind::Refund => {
                till.went(p, counts);
                till.balance.add(&p.id, -says, why);
            }
        }
        let by_hand = !matches!(verdict, Verdict::Hold(_));
        if !by_hand {
            till.first.get_or_insert_with(|| p.id.clone());
        }
        self.note(p, verdict, None, false);
        if let Some(last) = self.out.payments.last_mut() {
            last.by_hand = by_hand;
        }
    }
}

impl Deciding<'_, '_> {
    /// The money of a document that a person settled by hand, and whose entry nobody sees. What was there when the word was said
    /// is settled with it; what came in since can be put to nothing, and is told until it has a word of its own.
    pub(super) fn money_since(&mut self, word: &PersonsWord) -> Option<Reason> {
        let q = self.q;
        let mut first = None;
        for p in balance::in_order(q.invoice)
            .into_iter()
            .filter(|p| p.settled)
        {
            let wanted = q.mapping.wants_payment(p);
            let own = q.view.words.of_payment(&p.id, WordKind::Settled);
            let by_hand = own.is_some() || word.knew(&p.id, p.date);
            let verdict = match own {
                Some(own) if own.amount == p.amount => Verdict::Skip(settled(own)),
                Some(own) => Verdict::Hold(changed(p, own)),
                None if by_hand => Verdict::Skip(settled(word)),
                None if !wanted.is_keep() => wanted,
                None => Verdict::Hold(came_since(p)),
            };
            let held = matches!(verdict, Verdict::Hold(_) | Verdict::Refuse(_));
            let reason = verdict.reason().filter(|_| held).cloned();
            first = first.or(reason.map(|r| r.of_payment(&p.id)));
            self.note(p, verdict, None, false);
            if let Some(last) = self.out.payments.last_mut() {
                last.by_hand = by_hand && !held;
            }
        }
        first
    }
}

fn came_since(p: &Payment) -> Reason {
    let what = match p.kind {
        PaymentKind::Payment => "payment",
        PaymentKind::Refund => "refund",
    };
    Reason::new(
        codes::SETTLED_PAYMENT,
        format!(
            "{what} {} of {} came in after its document was settled by hand with an entry that Crossfoot does not see",
            p.id,
            money::show(p.amount)
        ),
        "enter it in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`; or settle the document itself with its entry in the ledger, and what comes in goes to that",
    )
}

/// The entry of a payment comes to another sum than what was settled with it.
fn otherwise(words: &Words, word: &PersonsWord, beyond: Decimal, fresh: &[&Payment]) -> Reason {
    let entry = word.entry.as_ref();
    let is = entry.map_or(Decimal::ZERO, |e| e.amount);
    let with = entry.map_or("", |e| e.id.as_str());
    let all: Vec<String> = (words.settled_with(with))
        .map(|(id, w)| format!("{id} of {}", money::show(w.amount)))
        .collect();
    let all = all.join(", ");
    let left = money::show(beyond.abs());
    let elsewhere = "`crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`";
    let (which, fix) = match (beyond > Decimal::ZERO, of_others(fresh, beyond, with)) {
        (true, others) if others.is_empty() => (
            "more is in the ledger than that",
            format!("correct the entry in the ledger; where it is as it should be, {elsewhere}"),
        ),
        (true, others) => (
            "more is in the ledger than that",
            format!(
                "where the entry is for the others as well, {others}; else correct it in the ledger"
            ),
        ),
        (false, _) => (
            "of that is nowhere in the ledger",
            format!(
                "enter all of it in the ledger as one entry and settle that; where the rest was entered elsewhere, {elsewhere}"
            ),
        ),
    };
    Reason::new(
        codes::SETTLED_OTHERWISE,
        format!(
            "it was settled by hand with an entry of {}, and the source says {all}: {left} {which}",
            money::show(is)
        ),
        format!("{fix}; or `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`"),
    )
}

/// The commands that settle other payments with an entry, as far as it goes.
fn of_others(fresh: &[&Payment], mut rest: Decimal, with: &str) -> String {
    let mut out = Vec::new();
    for p in fresh {
        if p.amount <= rest {
            rest -= p.amount;
            out.push(format!(
                "`crossfoot settle TENANT NUMBER --payment {} --as {} --why \"...\"`",
                quoted(&p.id),
                quoted(with)
            ));
        }
    }
    out.join(" and ")
}

impl Deciding<'_, '_> {
    /// Why a document that was settled by hand waits, and its new payments with it: the entry is in another currency, or comes
    /// to another sum than the source asks for. A sum that a person has left as it is does not wait; a currency always does.
    pub(super) fn settled_otherwise(
        &mut self,
        is: &InvoiceDraft,
        till: &Till<'_>,
    ) -> Option<Reason> {
        let view = self.q.view;
        let link = view.link.as_ref().filter(|l| l.made == LinkMade::Person)?;
        let source = self.q.invoice.currency;
        let other: Decimal = (till.balance.parts.iter())
            .filter(|p| p.id.is_empty() && p.why == PartWhy::AsPosted)
            .map(|p| p.amount)
            .sum();
        let left = view.words.of_document(WordKind::Skip).is_some();
        // Whoever was told of both sums, and settled it as the ledger has it, has said that the ledger's is right.
        let sign = DriftKind::Total.sign(&link.other.id.0, till.owed.due);
        let said = view.words.said_of_document(WordKind::Settled);
        let right = said.is_some_and(|w| w.shown.contains(&sign));
        let entry = match link.number.as_str() {
            "" => link.other.id.0.as_str(),
            number => number,
        };
        let differs = if is.currency != source {
            format!(
                "the entry {entry} is in {}, and the source's in {source}",
                is.currency
            )
        } else if !other.is_zero() && !left && !right {
            format!(
                "the entry {entry} comes to {}, and the source says {}",
                money::show(till.owed.due),
                money::show(till.owed.due - other)
            )
        } else {
            return None;
        };
        let reason = Reason::new(
            codes::SETTLED_OTHERWISE,
            format!("it was settled by hand, and {differs}"),
            "correct the entry in the ledger or the source, then `crossfoot retry TENANT NUMBER`; `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is; or `crossfoot unsettle TENANT NUMBER --why \"...\"` to have it sent",
        );
        if !left {
            self.out.blocked.get_or_insert_with(|| reason.clone());
        }
        Some(reason)
    }
}

fn entry_gone(p: &Payment, word: &PersonsWord) -> Reason {
    Reason::new(
        codes::PAYMENT_DELETED,
        format!(
            "payment {} was settled by hand as {}, and its entry was deleted in the ledger since",
            p.id,
            money::show(word.amount)
        ),
        "to have ours made, `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`; where it stands elsewhere there, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
    )
    .of_payment(&p.id)
}

/// People gave the entry another sum since it was settled with.
fn entry_resummed(p: &Payment, word: &PersonsWord, drift: &Drift) -> Reason {
    let of = word.entry.as_ref().map_or(drift.was, |e| e.amount);
    let (called, fix) = match p.kind {
        PaymentKind::Payment => ("payment", SEEN),
        PaymentKind::Refund => ("refund", UNSEEN),
    };
    Reason::new(
        codes::LEDGER_TOTAL,
        format!(
            "{called} {} was settled by hand with an entry of {}, and that comes to {} in the ledger now: somebody changed it there",
            p.id,
            money::show(of),
            money::show(drift.is)
        ),
        fix,
    )
    .of_payment(&p.id)
}

fn settled(word: &PersonsWord) -> Reason {
    let with = match &word.entry {
        Some(e) => {
            let day = e.date.map_or_else(String::new, |d| format!(" of {d}"));
            format!("with the entry of {}{day}", money::show(e.amount))
        }
        None => "without an entry that Crossfoot sees".to_owned(),
    };
    Reason::new(
        codes::SETTLED_BY_HAND,
        format!("settled by hand by {}, {with}: {}", word.actor, word.why),
        "nothing; `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"` takes the word back",
    )
}

fn changed(p: &Payment, word: &PersonsWord) -> Reason {
    let now = match p.settled {
        true => format!("is {} now", money::show(p.amount)),
        false => "does not count as received any more".to_owned(),
    };
    Reason::new(
        codes::SETTLED_CHANGED,
        format!(
            "it was settled by hand on {} as {}, and in the source it {now}",
            word.at.format("%Y-%m-%d"),
            money::show(word.amount)
        ),
        "set the entry right in the ledger, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; or, to have ours made, take it out there by hand, then `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
}
