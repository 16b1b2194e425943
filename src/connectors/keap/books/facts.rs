//! What Keap can do as a ledger, as data. Each number has its place in Keap's schema, or in what it is known to do.

use crate::connectors::keap::fetch;
use crate::model::{
    AskKind, CanWrite, ContactRoom, Kind, Lengths, LinesBy, Numbers, Op, Places, Promise,
    Quantities, ReadFacts, RefundsBy, TaxRule, WriteFacts,
};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a given name, and of a family name.
pub const PERSON: usize = 40;
/// Characters of a note.
pub const NOTE: usize = 1000;
/// Characters of a contact's billing information.
pub const BILLING: usize = 100;
/// Characters of the text of a line.
pub const TEXT: usize = 1000;

/// What is read from it as from a ledger.
pub fn reads() -> ReadFacts {
    use AskKind::{Changed, Ids, Marks};
    ReadFacts {
        kinds: BTreeMap::from([
            (Kind::Contact, BTreeSet::from([Changed, Ids, Marks])),
            (Kind::Invoice, BTreeSet::from([Changed, Ids, Marks])),
            (Kind::Payment, BTreeSet::from([Ids])),
        ]),
        documents: false,
        chart: true,
        payments_inside: true,
        payments_once: false,
        incremental: true,
        refunds: true,
        rates: false,
        values: fetch::IDS,
        // Keap asks not to be polled all the time.
        look_s: 1_800,
    }
}

fn made() -> CanWrite {
    CanWrite {
        ops: BTreeSet::from([Op::Create]),
        batch: 1,
        numbers: Numbers::Theirs,
        versioned: false,
        overwrites: false,
        statuses: Vec::new(),
    }
}

/// What is written to it.
pub fn writes() -> WriteFacts {
    WriteFacts {
        kinds: BTreeMap::from([
            (Kind::Contact, made()),
            (Kind::Invoice, made()),
            (Kind::Payment, made()),
        ]),
        promise: Promise::None,
        quarantine_s: 900,
        looks: 2,
        looks_apart_s: 60,
        tax: TaxRule::Stated,
        tax_by_class: false,
        own_tax: false,
        lines_by: LinesBy::Nothing,
        refunds_by: RefundsBy::No,
        paid_may: BTreeSet::new(),
        payment_names_party: false,
        payments_apart: false,
        contact_names_apart: false,
        contact_currency: false,
        places: Places {
            unit: 2,
            // What is no whole number goes as one of what it comes to, worked out from all its places.
            quantity: 10,
            total: 2,
        },
        quantities: Quantities::Whole,
        overpaid_on: None,
        tracking: false,
        stamp_in: None,
        lengths: Lengths {
            // A name goes into the given and the family name.
            name: 2 * PERSON,
            name_forbids: String::new(),
            mark: BILLING,
            description: TEXT,
            reference: NOTE,
            contact_number: 0,
            contact: ContactRoom {
                person: PERSON,
                lines: 2,
                line: 255,
                town: 100,
                code: 255,
                phone: 40,
            },
        },
        empty_text: String::new(),
        statuses: Vec::new(),
        closed_accounts: BTreeSet::new(),
        by_hand: false,
    }
}
