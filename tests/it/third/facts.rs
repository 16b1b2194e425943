//! What Quillbook can do, as data, each from a sentence of its manual.

use super::connector::WORD;
use super::ledger::{BATCH, KEY, MARK, NAME, REFERENCE};
use crossfoot::model::{
    AskKind, CanWrite, Facts, Kind, Lengths, LinesBy, Numbers, Op, Places, Promise, Quantities,
    ReadFacts, RefundsBy, SignIn, TaxRule, WriteFacts,
};

/// Quillbook's facts.
pub fn facts() -> Facts {
    Facts {
        system: WORD.into(),
        title: "Quillbook".into(),
        reads: Some(reads()),
        ledger: None,
        writes: Some(writes()),
        signs_in: SignIn::default(),
    }
}

fn reads() -> ReadFacts {
    use AskKind::{Changed, Ids, Marks, Names, Period};
    let papers = || [Changed, Ids, Marks, Period].into();
    ReadFacts {
        kinds: [
            (Kind::Contact, [Changed, Ids, Marks, Names].into()),
            (Kind::Invoice, papers()),
            (Kind::CreditNote, papers()),
            (Kind::Payment, [Ids, Marks].into()),
        ]
        .into(),
        documents: false,
        chart: true,
        payments_inside: true,
        payments_once: false,
        incremental: true,
        refunds: true,
        rates: false,
        values: 20,
        look_s: 0,
    }
}

/// What Quillbook takes, from its manual.
pub fn writes() -> WriteFacts {
    let can = |ops: &[Op], versioned| CanWrite {
        ops: ops.iter().copied().collect(),
        batch: BATCH,
        numbers: Numbers::Theirs,
        versioned,
        overwrites: false,
        statuses: Vec::new(),
    };
    WriteFacts {
        kinds: [
            (Kind::Contact, can(&[Op::Create, Op::Change], true)),
            (Kind::Invoice, can(&[Op::Create, Op::Change], true)),
            (Kind::CreditNote, can(&[Op::Create], false)),
            (Kind::Payment, can(&[Op::Create], false)),
        ]
        .into(),
        promise: Promise::Unstated { key_chars: KEY },
        quarantine_s: 900,
        looks: 2,
        looks_apart_s: 60,
        tax: TaxRule::PerRate,
        tax_by_class: false,
        own_tax: false,
        lines_by: LinesBy::Item,
        refunds_by: RefundsBy::PaidCreditNote,
        payment_names_party: true,
        payments_apart: false,
        contact_names_apart: false,
        contact_currency: false,
        places: Places {
            unit: 4,
            quantity: 3,
            total: 2,
        },
        quantities: Quantities::Any,
        tracking: false,
        overpaid_on: None,
        paid_may: [].into(),
        stamp_in: Some("reference".to_owned()),
        lengths: Lengths {
            name: NAME,
            name_forbids: ":".into(),
            mark: MARK,
            description: 2000,
            reference: REFERENCE,
            contact_number: 0,
            contact: Default::default(),
        },
        empty_text: String::new(),
        statuses: Vec::new(),
        closed_accounts: [].into(),
        by_hand: false,
    }
}
