//! Answers in words: amounts, times, counts and lists of numbers, the same wherever people meet them.

use super::text::count;
use crate::model::money::show;
use crate::model::{Became, ContactFound, Counts, HeldCount, ItemFound, Kind};
use crate::service::desk::drifts::DriftTold;
use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The most numbers shown for a cause.
const MOST_NUMBERS: usize = 12;
/// What is told of invoices, in the order in which people ask for it.
const OF_INVOICES: [Became; 9] = [
    Became::Created,
    Became::Found,
    Became::Updated,
    Became::Waits,
    Became::Skipped,
    Became::Held,
    Became::Refused,
    Became::InDoubt,
    Became::Unchanged,
];

/// An amount in its currency, as people read it; nothing of what has none, such as a contact.
pub fn money(currency: &str, value: Decimal) -> String {
    match currency {
        "" if value.is_zero() => String::new(),
        currency => format!("{currency} {}", show(value)),
    }
}

/// The same of what may not be known.
pub fn known(currency: &str, value: Option<Decimal>) -> String {
    value.map_or_else(String::new, |v| money(currency, v))
}

/// The ledger's contact that was found, and the key that found it.
pub fn whom(found: &ContactFound) -> String {
    let email = match found.email.as_str() {
        "" => String::new(),
        email => format!(" <{email}>"),
    };
    format!("contact: \"{}\"{email} by {}", found.name, found.by)
}

/// The ledger's item that was found for a line, and the key that found it.
pub fn which(item: &ItemFound) -> String {
    let ItemFound {
        line,
        code,
        name,
        by,
    } = item;
    format!("item of line {line}: {code} \"{name}\" by {by}")
}

/// How much waits for a person, in kinds, as one line; none where nothing does.
pub fn held(all: &HeldCount) -> Option<String> {
    let all: Vec<String> = (all.told().into_iter())
        .map(|(what, n)| match n {
            // `1 payment held`
            1 => format!("1 {}", what.replacen("s ", " ", 1)),
            n => format!("{n} {what}"),
        })
        .collect();
    (!all.is_empty()).then(|| format!("waits for a person: {}", all.join(", ")))
}

/// What was done to what is posted.
pub fn drift(d: &DriftTold) -> String {
    let of = match &d.payment {
        Some(id) => format!("payment {id} of {}", d.document),
        None => d.document.clone(),
    };
    let to = match d.contact.as_str() {
        "" => String::new(),
        contact => format!(" for {contact}"),
    };
    format!(
        "{}: {of}{to}: {} before, {} now; seen {}",
        d.code,
        money(&d.currency, d.was),
        money(&d.currency, d.is),
        when(d.seen)
    )
}

/// A time as people read it, in UTC, to the second.
pub fn when(t: DateTime<Utc>) -> String {
    t.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Some numbers, and how many more there are.
pub fn numbers(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(MOST_NUMBERS).map(String::as_str).collect();
    let mut text = shown.join(", ");
    if all.len() > MOST_NUMBERS {
        text.push_str(&format!(" and {} more", all.len() - MOST_NUMBERS));
    }
    text
}

/// Sums by currency.
pub fn sums(all: &BTreeMap<String, Decimal>) -> String {
    let all: Vec<String> = all.iter().map(|(c, sum)| money(c, *sum)).collect();
    all.join(", ")
}

/// How long something has waited, in its largest unit.
pub fn age(of: Duration) -> String {
    let (days, hours, minutes) = (of.num_days(), of.num_hours(), of.num_minutes());
    let n = |n: i64| u64::try_from(n).unwrap_or(0);
    match (days, hours) {
        (1.., _) => count(n(days), "day", "days"),
        (_, 1..) => count(n(hours), "hour", "hours"),
        _ => count(n(minutes), "minute", "minutes"),
    }
}

/// What became of something.
pub fn became(what: Became) -> &'static str {
    match what {
        Became::InDoubt => "in doubt",
        other => other.as_str(),
    }
}

/// Counts in the order people ask for them; the invoices' first, then contacts, payments, credit notes.
pub fn counts(all: &Counts) -> String {
    let of_invoice = |b: &Became| (*b, all.of(Kind::Invoice, *b));
    let some = |(_, n): &(Became, u64)| *n > 0;
    let first = OF_INVOICES.iter().map(of_invoice).filter(some);
    let mut parts: Vec<String> = first.map(|(b, n)| format!("{n} {}", became(b))).collect();
    for (kind, what, n) in all.iter().filter(|(_, _, n)| *n > 0) {
        match (kind, what) {
            (Kind::Invoice, Became::Warning) => parts.push(count(n, "warning", "warnings")),
            (Kind::Invoice, Became::Fault) => parts.push(count(n, "fault", "faults")),
            (Kind::Invoice, _) => {}
            (kind, what) => {
                let one = kind.as_str().replace('_', " ");
                let told = count(n, &one, &format!("{one}s"));
                parts.push(format!("{told} {}", became(what)));
            }
        }
    }
    if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_a_sentence() {
        let all = [
            (Kind::Invoice, Became::Held, 2),
            (Kind::Invoice, Became::Created, 12),
            (Kind::Payment, Became::Created, 1),
            (Kind::Contact, Became::Created, 3),
        ];
        assert_eq!(
            counts(&all.into_iter().collect()),
            "12 created, 2 held, 3 contacts created, 1 payment created"
        );
        assert_eq!(counts(&Counts::default()), "nothing to do");
    }

    #[test]
    fn what_is_in_doubt_reads_as_a_sentence_too() {
        let all = [
            (Kind::Payment, Became::InDoubt, 2),
            (Kind::CreditNote, Became::Created, 1),
            (Kind::Invoice, Became::Warning, 1),
        ];
        assert_eq!(
            counts(&all.into_iter().collect()),
            "1 credit note created, 2 payments in doubt, 1 warning"
        );
    }
}
