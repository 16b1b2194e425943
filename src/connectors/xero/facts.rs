//! What Xero can do, as data. Each number has its place in Xero's documents (`vendors/xero.md` names them).

use super::encode::{BATCH, REFERENCE, VALUES};
use crate::connectors::stamp;
use crate::model::{
    AskKind, CanWrite, Charset, Facts, Kind, Lengths, LinesBy, Numbers, Op, Places, Promise,
    Quantities, ReadFacts, RefundsBy, SignIn, StatusWord, TaxRule, WriteFacts,
};
use std::collections::{BTreeMap, BTreeSet};

/// Xero's facts.
pub fn facts() -> Facts {
    Facts {
        system: "xero".into(),
        title: "Xero".into(),
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
    use AskKind::{Changed, ContactNumbers, Ids, Marks, Names, Period};
    let papers = || BTreeSet::from([Changed, Period, Ids, AskKind::Numbers, Marks]);
    ReadFacts {
        kinds: BTreeMap::from([
            (
                Kind::Contact,
                BTreeSet::from([Changed, Ids, Names, ContactNumbers]),
            ),
            // Of an invoice Xero knows which application made it, and of nothing else.
            (
                Kind::Invoice,
                papers().into_iter().chain([AskKind::Made]).collect(),
            ),
            (Kind::CreditNote, papers()),
            // Neither knows conditions: a stamp is found through the list of changes.
            (
                Kind::Estimate,
                BTreeSet::from([Changed, Ids, AskKind::Numbers]),
            ),
            (
                Kind::PurchaseOrder,
                BTreeSet::from([Changed, Ids, AskKind::Numbers]),
            ),
            (Kind::Payment, BTreeSet::from([Changed, Period, Ids, Marks])),
            (Kind::Overpayment, BTreeSet::from([Changed, Ids, Marks])),
        ]),
        documents: false,
        chart: true,
        payments_inside: true,
        payments_once: false,
        incremental: true,
        refunds: true,
        rates: false,
        values: VALUES,
        look_s: 1_800,
    }
}

fn can(ops: &[Op], numbers: Numbers) -> CanWrite {
    CanWrite {
        ops: ops.iter().copied().collect(),
        batch: BATCH,
        numbers,
        // A change carries no version: what was changed there meanwhile is seen by reading it first.
        versioned: false,
        overwrites: false,
        statuses: Vec::new(),
    }
}

/// Quotes and purchase orders: nothing is paid on them, and a lock binds them in any status. One that is made under a number that
/// is taken was seen to change the order that has it; of quotes nobody says that it does not.
fn offers(words: &[&str]) -> CanWrite {
    let ranked = words.iter().zip(0..).map(|(word, rank)| StatusWord {
        locks: true,
        ..status(word, rank, false)
    });
    CanWrite {
        overwrites: true,
        statuses: ranked.collect(),
        ..can(&[Op::Create, Op::Change], ours(255))
    }
}

fn ours(longest: usize) -> Numbers {
    Numbers::Ours {
        longest,
        charset: Charset::PrintableAscii,
    }
}

/// Drafts and submitted documents may lie in a locked period; one that is approved may not.
fn status(word: &str, rank: u8, payable: bool) -> StatusWord {
    StatusWord {
        word: word.to_owned(),
        rank,
        payable,
        locks: payable,
    }
}

fn writes() -> WriteFacts {
    let both = [Op::Create, Op::Change];
    WriteFacts {
        kinds: BTreeMap::from([
            (Kind::Contact, can(&both, ours(50))),
            (Kind::Invoice, can(&both, ours(255))),
            (Kind::CreditNote, can(&both, ours(255))),
            (
                Kind::Estimate,
                offers(&["DRAFT", "SENT", "DECLINED", "ACCEPTED"]),
            ),
            (
                Kind::PurchaseOrder,
                offers(&["DRAFT", "SUBMITTED", "AUTHORISED"]),
            ),
            (Kind::Payment, can(&[Op::Create], Numbers::Theirs)),
            (Kind::Overpayment, can(&[Op::Create], Numbers::Theirs)),
        ]),
        promise: Promise::Keyed {
            // Six minutes, counted from the first call; errors are kept as well.
            life_s: 360,
            // 360 less the longest flight of 130 and a margin of 50.
            resend_s: 180,
            // Xero takes 128; these are 200 bits.
            key_chars: 40,
        },
        quarantine_s: 900,
        looks: 1,
        looks_apart_s: 0,
        tax: TaxRule::PerLine,
        tax_by_class: true,
        own_tax: false,
        lines_by: LinesBy::Account,
        refunds_by: RefundsBy::CreditNoteAndPayment,
        paid_may: super::stands::AFTER_MONEY.into(),
        payment_names_party: false,
        payments_apart: false,
        contact_names_apart: true,
        contact_currency: false,
        places: Places {
            unit: 4,
            quantity: 4,
            total: 2,
        },
        // "Quantity must not be less than zero", and nothing times a price is refused as well.
        quantities: Quantities::Positive,
        overpaid_on: Some("DEBTORS".to_owned()),
        tracking: true,
        stamp_in: Some("reference".to_owned()),
        lengths: Lengths {
            name: 255,
            name_forbids: "<>".to_owned(),
            mark: REFERENCE,
            description: 4000,
            reference: REFERENCE - stamp::ROOM,
            contact_number: 50,
            contact: super::encode::CONTACT,
        },
        // Xero wants at least one character.
        empty_text: super::encode::NO_TEXT.to_owned(),
        statuses: vec![
            status("DRAFT", 0, false),
            status("SUBMITTED", 1, false),
            status("AUTHORISED", 2, true),
        ],
        closed_accounts: ["DEBTORS", "CREDITORS"].map(str::to_owned).into(),
        by_hand: false,
    }
}
