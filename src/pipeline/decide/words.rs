//! What persons have said of single payments and refunds.

use super::deciding::Deciding;
use super::payments::Till;
use crate::model::codes;
use crate::model::{PartWhy, Payment, PaymentKind, PersonsWord, Reason, Verdict, WordKind, money};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// A payment that a person has settled by hand is done with, as long as the source says of it what it said then.
    pub(super) fn settled_by_hand(&mut self, p: &Payment, till: &mut Till<'q>) {
        let words = &self.q.view.words;
        let Some(word) = words.of_payment(&p.id, WordKind::Settled) else {
            return;
        };
        if let Some(drift) = self.q.view.drifted_payment(&p.id) {
            if word.entry.is_some() && !self.q.view.words.end(drift) {
                return self.taken_out(p, entry_gone(p, word), till);
            }
        }
        let says = if p.settled { p.amount } else { Decimal::ZERO };
        match p.kind {
            PaymentKind::Payment => {
                till.owed.due -= word.settles();
                till.balance
                    .add(&p.id, says - word.settles(), PartWhy::Settled);
            }
            PaymentKind::Refund => {
                till.owed.back += word.amount;
                till.balance.add(&p.id, -says, PartWhy::Settled);
            }
        }
        let verdict = match p.settled && p.amount == word.amount {
            true => Verdict::Skip(settled(word)),
            false => Verdict::Hold(changed(p, word)),
        };
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
        "see to the entry in the ledger, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; or `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
}
