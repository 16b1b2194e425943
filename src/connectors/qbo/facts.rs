//! What QuickBooks Online can do, as data. Each number has its place in Intuit's documents (`vendors/qbo.md` names them).

use super::room::{AFTER_MONEY, BATCH, CONTACT, MEMO, NUMBER};
use crate::connectors::stamp;
use crate::model::{
    AskKind, CanWrite, Charset, Facts, Kind, Lengths, LinesBy, Numbers, Op, Places, Promise,
    Quantities, ReadFacts, RefundsBy, SignIn, TaxRule, WriteFacts,
};
use std::collections::{BTreeMap, BTreeSet};

/// QuickBooks Online's facts.
pub fn facts() -> Facts {
    Facts {
        system: "qbo".into(),
        title: "QuickBooks Online".into(),
        reads: Some(super::sales::facts()),
        ledger: Some(reads()),
        writes: Some(writes()),
        signs_in: SignIn {
            account: true,
            key: false,
            several: true,
        },
    }
}

fn reads() -> ReadFacts {
    use AskKind::{Changed, Ids, Marks, Names, Numbers};
    ReadFacts {
        kinds: BTreeMap::from([
            (Kind::Contact, BTreeSet::from([Changed, Ids, Marks, Names])),
            (Kind::Invoice, BTreeSet::from([Changed, Ids, Numbers])),
            (Kind::CreditNote, BTreeSet::from([Changed, Ids, Numbers])),
            (Kind::Payment, BTreeSet::from([Ids, Marks])),
        ]),
        documents: false,
        chart: true,
        payments_inside: true,
        payments_once: false,
        incremental: true,
        refunds: true,
        rates: false,
        values: super::query::VALUES,
        // Reads are metered by the month.
        look_s: 21_600,
    }
}

fn can(ops: &[Op], numbers: Numbers) -> CanWrite {
    CanWrite {
        ops: ops.iter().copied().collect(),
        batch: BATCH,
        numbers,
        versioned: true,
        overwrites: false,
        statuses: Vec::new(),
    }
}

fn ours() -> Numbers {
    Numbers::Ours {
        longest: NUMBER,
        // No other can be asked for again: a query fails on what is beyond Latin-1.
        charset: Charset::PrintableAscii,
    }
}

fn writes() -> WriteFacts {
    let both = [Op::Create, Op::Change];
    WriteFacts {
        kinds: BTreeMap::from([
            (Kind::Contact, can(&both, Numbers::Theirs)),
            (Kind::Invoice, can(&both, ours())),
            (Kind::CreditNote, can(&[Op::Create], ours())),
            (Kind::Payment, can(&[Op::Create], Numbers::Theirs)),
        ]),
        // A batch's requestid has 36 characters; how long one is known is not published.
        promise: Promise::Unstated { key_chars: 36 },
        quarantine_s: 900,
        looks: 2,
        looks_apart_s: 60,
        tax: TaxRule::PerRate,
        tax_by_class: false,
        own_tax: true,
        lines_by: LinesBy::Item,
        refunds_by: RefundsBy::RefundReceipt,
        paid_may: AFTER_MONEY.into(),
        payment_names_party: true,
        payments_apart: true,
        contact_names_apart: true,
        contact_currency: true,
        places: Places {
            unit: 7,
            quantity: 7,
            total: 2,
        },
        quantities: Quantities::Any,
        overpaid_on: None,
        tracking: false,
        stamp_in: Some("memo".to_owned()),
        lengths: Lengths {
            name: 500,
            name_forbids: ":\t\n".to_owned(),
            mark: MEMO,
            description: 4000,
            reference: MEMO - stamp::ROOM,
            contact_number: 0,
            contact: CONTACT,
        },
        empty_text: String::new(),
        statuses: Vec::new(),
        closed_accounts: BTreeSet::new(),
        by_hand: false,
    }
}
