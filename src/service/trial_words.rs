//! What a trial of writing calls what it makes and what it looks at.

use crate::connectors::Write;
use crate::model::{Draft, Kind};

/// A write, for people.
pub(super) fn named(write: &Write, id: &str) -> String {
    match &write.draft {
        Draft::Contact(c) => format!("{} ({id})", c.name),
        Draft::Invoice(d) => format!("{} ({id})", d.number),
        Draft::Payment(p) => format!("of {} ({id})", p.amount),
    }
}

/// That one is made.
pub(super) fn making(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "a contact is made",
        Kind::Payment => "a payment is made",
        _ => "an invoice is made",
    }
}

/// That one is made once, however often it is sent.
pub(super) fn repeating(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "a contact that is sent twice is made once",
        Kind::Payment => "a payment that is sent twice is made once",
        _ => "an invoice that is sent twice is made once",
    }
}

/// That one is found by its stamp.
pub(super) fn finding(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "a contact is found by its stamp alone, once",
        Kind::Payment => "a payment is found by its stamp alone, once",
        _ => "an invoice is found by its stamp alone, once",
    }
}
