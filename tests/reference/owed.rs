//! What is owed once more: which payments and refunds of a document go, and what both books say is owed after them.
//!
//! Money is taken in the order in which it came. What pays a charge that is left out is paid last and left out with it.

use super::nouns::{Doc, Law, Millionths, Money, Owed, Row, Words};

/// What is owed so far, what of a left-out charge is unpaid, what went back, what of that came in, and whether one is held.
type Now = (Millionths, Millionths, Millionths, Millionths, bool);

pub struct Till<'a> {
    pub doc: &'a Doc,
    pub words: &'a Words,
    /// What the source asks for, and what the document comes to in the ledger.
    pub asked: Millionths,
    pub total: Millionths,
    pub rows: &'a [Row],
    pub wrong: Option<Law>,
}

/// What is owed of a sum after money has come and gone.
fn after(sum: Millionths, money: &[Money]) -> Millionths {
    let signed = |m: &Money| if m.back { m.amount } else { -m.amount };
    sum + money.iter().filter(|m| m.settled).map(signed).sum::<i128>()
}

/// The least that was owed at the end of a day.
pub fn least(sum: Millionths, money: &[Money]) -> Millionths {
    let by = |day: i64| after(sum, &money.iter().filter(|m| m.day <= day).cloned().collect::<Vec<_>>());
    money.iter().map(|m| by(m.day)).min().unwrap_or(sum)
}

impl Till<'_> {
    fn broken(&self, law: Law) -> bool { self.wrong == Some(law) }

    /// More came in after it: the sale stands.
    fn stands(&self, n: usize) -> bool { self.doc.money[n + 1..].iter().any(|m| m.settled && !m.back) }

    /// How much of what came in is beyond what was asked for by then, or of what goes back had been.
    fn beyond(&self, n: usize) -> Millionths {
        let by = &self.doc.money[..n + usize::from(!self.doc.money[n].back)];
        (-after(self.asked, by)).max(0).min(self.doc.money[n].amount)
    }

    /// Money that went back whole while the sale stands, or was too much, with the payment it was.
    fn pairs(&self) -> Vec<usize> {
        let (all, mut out) = (&self.doc.money, Vec::new());
        for (n, back) in all.iter().enumerate().filter(|(_, m)| m.back && m.settled) {
            if !self.stands(n) && self.beyond(n) != back.amount { continue; }
            let given = |k: &usize| all[*k].settled && !all[*k].back && all[*k].amount == back.amount && !out.contains(k);
            if let Some(given) = (0..n).rev().find(given) { out.extend([n, given]); }
        }
        if self.broken(Law::Pairs) { Vec::new() } else { out }
    }

    /// What goes, and the reason of the first that is held.
    pub fn count(&self, left_out: bool) -> (Owed, Option<&'static str>) {
        let (mut due, mut back, mut got, mut held, mut lost) = (self.total, 0, 0, None, 0);
        let charges = if left_out && !self.broken(Law::Charge) { self.asked - self.total } else { 0 };
        let (mut charge, mut explained) = (charges.max(0), -charges);
        let (pairs, mut told, skips) = (self.pairs(), Vec::new(), self.words.overpayment == "skip");
        for (n, m) in self.doc.money.iter().enumerate() {
            let signed = if !m.settled { 0 } else if m.back { -m.amount } else { m.amount };
            let (word, amount) = self.one(n, (due, charge, back, got, held.is_some()), pairs.contains(&n));
            match word {
                "goes" => {
                    (due, got) = (due - amount, got + amount);
                    (charge, explained) = (charge - (m.amount - amount), explained + m.amount - amount);
                }
                "credit" => (back, explained) = (back + amount, explained + signed),
                // The file's word explains what was beyond, and no more.
                "skip.overpayment" if skips && !self.broken(Law::Beyond) =>
                    (explained, lost) = (explained + self.beyond(n), lost + signed - self.beyond(n)),
                // Nothing may stand for money of a sale that stands.
                "refund.sale_stands" => {}
                _ => explained += signed,
            }
            if word == "payment.charge_left_out" { charge -= m.amount; }
            let skipped = ["goes", "credit", "payment.pair", "payment.charge_left_out", "payment.not_settled", "refund.skip"];
            let by_word = word == "mode.payments_off" || word == "skip.overpayment" && skips;
            if !skipped.contains(&word) && !by_word { held = held.or(Some(word)); }
            told.push((word, amount));
        }
        let differ = due - after(self.asked, &self.doc.money);
        (Owed { money: told, open: due, rest: differ != explained || lost > 0 }, held)
    }

    fn one(&self, n: usize, (due, charge, back, got, held): Now, pair: bool) -> (&'static str, Millionths) {
        let m = &self.doc.money[n];
        if !self.words.payments { return ("mode.payments_off", 0); }
        if !m.settled { return ("payment.not_settled", 0); }
        if pair { return ("payment.pair", 0); }
        if m.back && self.words.refunds == "skip" { return ("refund.skip", 0); }
        if m.back && self.stands(n) { return ("refund.sale_stands", 0); }
        if m.back && self.beyond(n) > 0 { return ("refund.overpaid", 0); }
        if held && !self.broken(Law::Waits) { return ("payment.waits", 0); }
        if m.back {
            let alike = self.rows.windows(2).all(|w| (&w[0].account, &w[0].code) == (&w[1].account, &w[1].code));
            return match self.words.refunds {
                "hold" => ("refund.hold", 0),
                _ if back + m.amount > self.total => ("refund.too_large", 0),
                _ if got - back < m.amount && !self.broken(Law::Received) => ("refund.not_received", 0),
                _ if m.amount != self.total && !alike && !self.broken(Law::PartRefund) => ("refund.partial", 0),
                _ => ("credit", m.amount),
            };
        }
        if due <= 0 && charge > 0 && m.amount <= charge { return ("payment.charge_left_out", 0); }
        if m.amount - self.beyond(n) > due.max(0) + charge { return ("payment.no_room", 0); }
        if m.amount > due + charge && !self.broken(Law::Overpaid) { return ("skip.overpayment", 0); }
        ("goes", m.amount - (m.amount - due.max(0)).max(0).min(charge))
    }
}
