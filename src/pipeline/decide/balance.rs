//! The payments of a document in order, those that give each other back, and the two balances compared.

use crate::model::codes;
use crate::model::{
    Balance, DocStatus, Invoice, PartWhy, Payment, PaymentKind, Reason, Verdict, money, owed_after,
};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The payments of a document in the order in which they came: by day, by the source's own time where it has one of all of
/// them, then by the source's own numbers.
pub(super) fn in_order(invoice: &Invoice) -> Vec<&Payment> {
    let mut list: Vec<&Payment> = invoice.payments.iter().collect();
    let timed = list.iter().all(|p| p.at.is_some());
    list.sort_by(|a, b| {
        let time = match timed {
            true => a.at.cmp(&b.at),
            false => Ordering::Equal,
        };
        let number = by_number(&a.id, &b.id);
        let by = a.date.cmp(&b.date).then(time).then(number);
        by.then(a.kind.cmp(&b.kind))
    });
    list
}

/// How much of a refund gives back what had come in beyond what the source asks for.
pub(super) fn beyond(list: &[&Payment], total: Decimal, refund: &Payment) -> Decimal {
    let before = list.iter().take_while(|p| p.id != refund.id).copied();
    let too_much = (-owed_after(total, before)).max(Decimal::ZERO);
    too_much.min(refund.amount)
}

/// Of each payment, how much of it came in beyond what is asked for: the total less payments plus refunds, as they came.
pub(super) fn too_much<'p>(list: &[&'p Payment], total: Decimal) -> BTreeMap<&'p str, Decimal> {
    let mut owed = total;
    let mut out = BTreeMap::new();
    for p in list {
        owed = owed_after(owed, std::iter::once(*p));
        if p.kind == PaymentKind::Payment {
            let beyond = (-owed).max(Decimal::ZERO).min(p.counts());
            out.insert(p.id.as_str(), beyond);
        }
    }
    out
}

/// Ids as people count them: 99 comes before 100, wherever in the id the digits stand.
fn by_number(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (l, r) = (run(left), run(right));
        if l.is_empty() || r.is_empty() {
            return l.len().cmp(&r.len()).then_with(|| a.cmp(b));
        }
        let digits = |s: &str| s.starts_with(|c: char| c.is_ascii_digit());
        let by = if digits(l) && digits(r) {
            let (x, y) = (l.trim_start_matches('0'), r.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            l.cmp(r)
        };
        if by != Ordering::Equal {
            return by;
        }
        left = left.get(l.len()..).unwrap_or_default();
        right = right.get(r.len()..).unwrap_or_default();
    }
}

/// The digits, or the other characters, that a text begins with.
fn run(text: &str) -> &str {
    let digit = |c: char| c.is_ascii_digit();
    let first = text.chars().next().is_some_and(digit);
    let end = text.find(|c| digit(c) != first).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether money came in after this refund, which shows that the sale stands.
pub(super) fn sale_stands(list: &[&Payment], refund: &Payment) -> bool {
    let after = list.iter().skip_while(|p| p.id != refund.id).skip(1);
    let mut money = after.filter(|p| p.settled && p.kind == PaymentKind::Payment);
    money.next().is_some()
}

/// Refunds that are no credit of the sale, since more came in after them or too much before, each with the payment that it
/// gave back whole, where neither is booked: by the id of either, the id of the other. What a person has entered may be the
/// payment of such a pair, where it is none of those that stand alone: that one is no part of a pair then, and is looked for.
pub(super) fn pairs(
    list: &[&Payment],
    total: Decimal,
    entered: &[Decimal],
    free: impl Fn(&Payment) -> bool,
) -> BTreeMap<String, String> {
    let mut entered_one: BTreeSet<&str> = BTreeSet::new();
    loop {
        let out = given_back(list, total, |p| {
            free(p) && !entered_one.contains(p.id.as_str())
        });
        let mut left = entered.to_vec();
        let alone =
            |p: &&&Payment| p.kind == PaymentKind::Payment && free(p) && !out.contains_key(&p.id);
        for p in list.iter().filter(alone) {
            if let Some(place) = left.iter().position(|a| *a == p.amount) {
                left.swap_remove(place);
            }
        }
        let of_pair = |p: &&&Payment| {
            p.kind == PaymentKind::Payment && out.contains_key(&p.id) && left.contains(&p.amount)
        };
        match list.iter().find(of_pair) {
            Some(p) => entered_one.insert(p.id.as_str()),
            None => return out,
        };
    }
}

/// The same, whatever is booked of them.
pub(super) fn given_back(
    list: &[&Payment],
    total: Decimal,
    free: impl Fn(&Payment) -> bool,
) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (n, refund) in list.iter().enumerate() {
        if refund.kind != PaymentKind::Refund || !free(refund) {
            continue;
        }
        let too_much = beyond(list, total, refund) == refund.amount;
        if !too_much && !sale_stands(list, refund) {
            continue;
        }
        let given = list.iter().take(n).rev().find(|p| {
            let named = refund.refunds.is_empty() || refund.refunds == p.id;
            p.kind == PaymentKind::Payment
                && free(p)
                && named
                && p.amount == refund.amount
                && !out.contains_key(&p.id)
        });
        if let Some(given) = given {
            out.insert(given.id.clone(), refund.id.clone());
            out.insert(refund.id.clone(), given.id.clone());
        }
    }
    out
}

/// Why a payment that is not posted is not, as a part of the difference.
pub(super) fn why(verdict: &Verdict) -> PartWhy {
    match verdict {
        Verdict::Keep => PartWhy::Credited,
        Verdict::Hold(r) if r.is_one_of(&[codes::PAYMENT_WAITS, codes::PAYMENT_RELEASE]) => {
            PartWhy::Waits
        }
        Verdict::Hold(r) if r.is(codes::REFUND_SALE_STANDS) => PartWhy::SaleStands,
        Verdict::Hold(_) => PartWhy::Held,
        Verdict::Refuse(_) => PartWhy::Refused,
        Verdict::Skip(r) if r.is(codes::SKIP_OVERPAYMENT) => PartWhy::Overpaid,
        Verdict::Skip(r) if r.is(codes::PAYMENT_PAIR) => PartWhy::Pair,
        Verdict::Skip(r) if r.is(codes::PAYMENT_CHARGE_LEFT_OUT) => PartWhy::Charge,
        Verdict::Skip(_) => PartWhy::LeftOut,
    }
}

/// The reason for which a rest holds the document. What holds a payment of it, or leaves it out as too much, is what a person
/// does something about.
pub(super) fn mismatch(balance: &Balance, cause: Option<&Reason>) -> Option<Reason> {
    let rest = balance.rest();
    if rest.is_zero() {
        return None;
    }
    let show = money::show;
    let told = match balance.told() {
        parts if parts.is_empty() => parts,
        parts => format!(" ({parts})"),
    };
    Some(Reason::new(
        codes::BALANCE_MISMATCH,
        format!(
            "the source says {} is owed, the ledger would say {}, and nothing explains {} of that{told}",
            show(balance.source),
            show(balance.ledger),
            show(rest.abs()),
        ),
        cause.map_or("see which of its payments are missing in the ledger: settle each that was entered there by hand, or correct the source; then `crossfoot retry TENANT NUMBER`", |r| r.fix.as_str()),
    ))
}

/// What is told of an invoice that the source calls paid and the ledger leaves open.
pub(super) fn left_open(balance: &Balance, invoice: &Invoice) -> Option<Reason> {
    let paid = balance.source <= Decimal::ZERO || invoice.status == DocStatus::Paid;
    if !paid || balance.ledger <= Decimal::ZERO {
        return None;
    }
    Some(Reason::new(
        codes::BALANCE_OPEN,
        format!(
            "it is paid in the source, and the ledger leaves {} open: {}",
            money::show(balance.ledger),
            balance.told()
        ),
        "nothing, if that is meant; else change the word that leaves the payment out",
    ))
}

/// A document that goes only when paid, and that the ledger would show open.
pub(super) fn not_paid_there(ledger: Decimal, parts: &str, invoice: &Invoice) -> Reason {
    let number = &invoice.number;
    Reason::new(
        codes::BALANCE_NOT_PAID,
        format!(
            "only paid invoices are sent, and the ledger would show {} of {number} open: {parts}",
            money::show(ledger)
        ),
        "put right what keeps its payments back, then `crossfoot retry TENANT NUMBER`; or set `sync.invoices: when_raised`",
    )
}

/// A refund and the payment it gives back.
pub(super) fn paired(p: &Payment, other: &str) -> Reason {
    let what = match p.kind {
        PaymentKind::Payment => format!("payment {} was given back by {other}", p.id),
        PaymentKind::Refund => format!("{} gives payment {other} back", p.id),
    };
    Reason::new(
        codes::PAYMENT_PAIR,
        format!(
            "{what}, {} each, and the sale stands without them: neither goes",
            money::show(p.amount)
        ),
        "nothing: to book both, enter them in the ledger by hand",
    )
}

/// A refund of what had come in beyond what was owed.
pub(super) fn of_too_much(p: &Payment, beyond: Decimal) -> Reason {
    Reason::new(
        codes::REFUND_OVERPAID,
        format!(
            "{} gives {} back, and {} of that had come in beyond what is owed: a credit note would take it off a sale that stands",
            p.id,
            money::show(p.amount),
            money::show(beyond)
        ),
        "enter the money that went back in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
}

/// Money that goes back, and of which the ledger does not have so much.
pub(super) fn not_received(p: &Payment, room: Decimal) -> Reason {
    let of = match p.refunds.as_str() {
        "" => "of the money of this document".to_owned(),
        id => format!("of payment {id}, which it gives back,"),
    };
    Reason::new(
        codes::REFUND_NOT_RECEIVED,
        format!(
            "{} gives {} back, and {of} the ledger has no more than {}",
            p.id,
            money::show(p.amount),
            money::show(room.max(Decimal::ZERO))
        ),
        "see what keeps that payment back: this one goes once it is in the ledger; or enter it in the ledger by hand as a credit note that is paid out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
    .of_payment(&p.id)
}

/// A payment of a posted document that an edit of the file or of a rule lets go.
pub(super) fn waits_for_release(p: &Payment) -> Reason {
    Reason::new(
        codes::PAYMENT_RELEASE,
        format!(
            "payment {} would go since the file or a rule was changed, and its document is posted: it waits with the others of its kind",
            p.id
        ),
        "`crossfoot release TENANT --payments` lets them go; with `--from DATE` those dated from that day on",
    )
}

/// What of a payment pays a charge that is left out.
pub(super) fn charge(p: &Payment, part: Decimal) -> Reason {
    let (all, part) = (money::show(p.amount), money::show(part));
    Reason::new(
        codes::PAYMENT_CHARGE_LEFT_OUT,
        format!(
            "{part} of payment {} of {all} pays a charge that is left out, and is left out with it",
            p.id
        ),
        "nothing, if that is meant; else set `finance_charges: send`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_has_entered_is_no_part_of_a_pair_unless_it_is_what_stands_alone() {
        let one = |id: &str, day: u32, cents: i64, kind| Payment {
            id: id.to_owned(),
            kind,
            date: chrono::NaiveDate::from_ymd_opt(2026, 7, day).unwrap(),
            at: None,
            amount: Decimal::new(cents, 2),
            method: String::new(),
            reference: String::new(),
            refunds: String::new(),
            settled: true,
        };
        let (paid, back) = (PaymentKind::Payment, PaymentKind::Refund);
        let given = [one("a", 1, 4000, paid), one("b", 2, 4000, back)];
        for (last, entered, pair) in [
            (11000, vec![], true),
            (11000, vec![4000], false),
            (11000, vec![11000], true),
            (4000, vec![4000], true),
            (4000, vec![4000, 4000], false),
        ] {
            let last = one("c", 3, last, paid);
            let list = [&given[0], &given[1], &last];
            let entered: Vec<Decimal> = entered.iter().map(|c| Decimal::new(*c, 2)).collect();
            let out = pairs(&list, Decimal::new(11000, 2), &entered, |_| true);
            assert_eq!(out.len(), if pair { 2 } else { 0 }, "{entered:?}");
        }
    }

    #[test]
    fn ids_are_counted_as_people_count() {
        for (a, b) in [
            ("99", "100"),
            ("7/99", "7/100"),
            ("7/9", "7/9/back"),
            ("P-2", "P-10"),
        ] {
            assert_eq!(by_number(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(by_number(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(by_number("a1", "a1"), Ordering::Equal);
    }
}
