//! What one seed is about: documents, weather, sizes.
//!
//! Flows in: a seed. Flows out: invoices with their contacts, payments and later changes, and how bad the
//! weather is. Bounded: at most four invoices, two payments and two changes each.

use super::world::{CALM, Dice, MIN, Ms, S, Weather};
use chrono::NaiveDate;
use crossfoot::model::{
    AccountRef, BookId, ConnectionName, ContactDraft, Currency, Draft, Fingerprint, InvoiceDraft,
    Key, Kind, LineDraft, NaturalKey, PaymentDraft, PaymentKind, TaxMode, TenantId,
};
use crossfoot::pipeline::write::{Needs, NewWrite};
use rust_decimal::Decimal;
use std::sync::OnceLock;

/// A write that stands ready to be journaled, hashed once for all seeds.
#[derive(Debug, Clone)]
pub struct Ready {
    pub write: NewWrite,
    pub hash: Fingerprint,
}

/// What each invoice comes to, in cents, at first and after each change.
pub const CENTS: [i64; 3] = [10_000, 11_000, 12_000];
/// What its payments come to; all of them twice still fit into the total.
pub const PAID: [i64; 2] = [20_00, 15_00];
/// What a person in the ledger puts to it.
pub const HUMAN: i64 = 10_00;
/// Most invoices of a seed.
pub const MOST: usize = 4;

/// The number that a person gives an invoice.
pub fn renumbered(n: usize) -> String {
    format!("AGAIN-{n}")
}

pub fn tenant() -> TenantId {
    TenantId::new("sim").expect("a name")
}

pub fn connection() -> ConnectionName {
    ConnectionName::new("model").expect("a name")
}

/// A thing of the one source there is.
pub fn thing(kind: Kind, id: &str) -> Key {
    Key::new(&BookId::stored("model"), kind, &id.into())
}

fn new_write(kind: Kind, id: &str, purpose: &str, draft: Draft, needs: Needs) -> Ready {
    let of = thing(kind, id);
    let key = NaturalKey::new(&tenant(), &of, purpose);
    let write = NewWrite {
        marker: key.marker().0,
        key: key.as_str().to_owned(),
        kind,
        of,
        to: BookId::stored("books"),
        draft,
        needs,
    };
    let hash = write.hash();
    Ready { write, hash }
}

fn first_of_july() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap_or_default()
}

pub fn aud() -> Currency {
    Currency::new("AUD").expect("a currency")
}

pub fn contact(n: usize) -> Ready {
    let draft = ContactDraft {
        name: format!("Customer {n}"),
        ..ContactDraft::default()
    };
    let needs = Needs {
        contact_number: format!("C{n}"),
        ..Needs::default()
    };
    new_write(
        Kind::Contact,
        &format!("C{n}"),
        "create",
        Draft::Contact(draft),
        needs,
    )
}

/// The same, where contacts carry no number.
fn unnumbered(n: usize) -> Ready {
    let mut ready = contact(n);
    ready.write.needs.contact_number.clear();
    ready
}

fn invoice_draft(n: usize, version: usize) -> Draft {
    let amount = Decimal::new(CENTS[version], 2);
    Draft::Invoice(InvoiceDraft {
        kind: Kind::Invoice,
        number: format!("INV-{n}"),
        reference: String::new(),
        date: first_of_july(),
        due: None,
        status: "AUTHORISED".into(),
        currency: aud(),
        tax_mode: TaxMode::Exempt,
        lines: vec![LineDraft::default()],
        subtotal: amount,
        total_tax: Decimal::ZERO,
        total: amount,
        paid_from: None,
    })
}

pub fn invoice(n: usize, contact_of: usize) -> Ready {
    let needs = Needs {
        contact_write: contact(contact_of).write.key,
        ..Needs::default()
    };
    new_write(
        Kind::Invoice,
        &format!("I{n}"),
        "create",
        invoice_draft(n, 0),
        needs,
    )
}

/// A change of an invoice; the ledger's id and version are filled in when it is decided.
pub fn update(n: usize, version: usize) -> Ready {
    let purpose = format!("update:{version}");
    new_write(
        Kind::Invoice,
        &format!("I{n}"),
        &purpose,
        invoice_draft(n, version),
        Needs::default(),
    )
}

pub fn payment(n: usize, k: usize, on: &str) -> Ready {
    let draft = PaymentDraft {
        source_payment: format!("P{n}.{k}"),
        kind: PaymentKind::Payment,
        date: first_of_july(),
        amount: Decimal::new(PAID[k], 2),
        currency: aud(),
        account: AccountRef::Code("090".into()),
        reference: String::new(),
        method: String::new(),
    };
    let needs = Needs {
        document_write: on.to_owned(),
        ..Needs::default()
    };
    new_write(
        Kind::Payment,
        &format!("P{n}.{k}"),
        "create",
        Draft::Payment(draft),
        needs,
    )
}

/// Every write any seed can need, made once: hashing them anew would be most of a seed's time.
pub struct Library {
    pub contacts: Vec<Ready>,
    pub unnumbered: Vec<Ready>,
    pub own: Vec<Ready>,
    pub shared: Vec<Ready>,
    pub updates: Vec<[Ready; 2]>,
    pub payments: Vec<[Ready; 2]>,
    pub late_payments: Vec<[Ready; 2]>,
}

pub fn library() -> &'static Library {
    static ONCE: OnceLock<Library> = OnceLock::new();
    ONCE.get_or_init(|| Library {
        contacts: (0..MOST).map(contact).collect(),
        unnumbered: (0..MOST).map(unnumbered).collect(),
        own: (0..MOST).map(|n| invoice(n, n)).collect(),
        shared: (0..MOST).map(|n| invoice(n, 0)).collect(),
        updates: (0..MOST).map(|n| [update(n, 1), update(n, 2)]).collect(),
        payments: (0..MOST)
            .map(|n| [0, 1].map(|k| payment(n, k, &invoice(n, n).write.key)))
            .collect(),
        late_payments: (0..MOST)
            .map(|n| [0, 1].map(|k| payment(n, k, &update(n, 1).write.key)))
            .collect(),
    })
}

/// One invoice of a seed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Case {
    pub contact: usize,
    pub payments: usize,
    /// When the source changes it; never with payments before the first change.
    pub updates: [Option<Ms>; 2],
    /// When a person puts a payment of their own to it in the ledger.
    pub human: Option<Ms>,
    /// When a person enters a paper of another type under its number.
    pub neighbour: Option<Ms>,
    /// When a person gives it another number in the ledger.
    pub renumbered: Option<Ms>,
}

/// What one seed is about.
#[derive(Debug, Clone)]
pub struct Plan {
    pub weather: Weather,
    pub cases: Vec<Case>,
    pub batch: usize,
    pub find_numbers: usize,
    /// Whether the vendor's numbers are unique.
    pub unique: bool,
    /// Whether the vendor keeps keys at all.
    pub keys: bool,
    /// Whether the vendor numbers papers itself, gives contacts no number, and does not say how long it keeps a key.
    pub own: bool,
    /// Whether a process that starts again takes the name it had.
    pub same_name: bool,
    /// When the faults stop.
    pub calm_at: Ms,
}

const MIXED: Weather = Weather {
    name: "mixed",
    crash: 150,
    stall: 60,
    not_sent: 300,
    drop_request: 500,
    drop_answer: 700,
    too_many: 500,
    fail_before: 300,
    fail_after: 300,
    cut: 300,
    slow: 800,
    twice: 200,
    clock_back: 100,
};

/// The kinds of weather, in turn.
pub const WEATHERS: [Weather; 6] = [
    MIXED,
    Weather {
        name: "slow vendor",
        slow: 6_000,
        drop_answer: 1_500,
        crash: 100,
        ..MIXED
    },
    Weather {
        name: "many 429",
        too_many: 5_000,
        drop_request: 1_500,
        ..MIXED
    },
    Weather {
        name: "bad clock",
        clock_back: 2_500,
        slow: 2_000,
        ..MIXED
    },
    Weather {
        name: "batches",
        cut: 1_500,
        fail_after: 1_000,
        fail_before: 1_000,
        ..MIXED
    },
    Weather {
        name: "crashes",
        crash: 800,
        stall: 200,
        slow: 2_500,
        ..MIXED
    },
];

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x51ED_270B);
        let weather = WEATHERS[usize::try_from(seed % 6).unwrap_or(0)];
        let batches = weather.name == "batches";
        let size = |n: i64| usize::try_from(n).unwrap_or(0);
        let invoices = if batches {
            size(dice.range(3, 5))
        } else {
            size(dice.range(1, 4))
        };
        let share = dice.hits(4_000);
        let calm_at = dice.range(8 * MIN, 35 * MIN);
        let mut cases = Vec::new();
        for n in 0..invoices {
            let mut case = Case {
                contact: if share { 0 } else { n },
                payments: size(dice.range(0, 3)),
                ..Case::default()
            };
            if dice.hits(2_000) {
                let first = dice.range(20 * S, calm_at);
                case.updates[0] = Some(first);
                if dice.hits(5_000) {
                    case.payments = 0;
                    case.updates[1] = Some(first + dice.range(S, 10 * MIN));
                }
            }
            if case.payments > 0 && case.updates[0].is_none() && dice.hits(300) {
                case.human = Some(dice.range(S, calm_at));
            }
            if dice.hits(1_000) {
                case.neighbour = Some(dice.range(S, calm_at));
            }
            if case.updates[0].is_none() && case.human.is_none() && dice.hits(700) {
                case.renumbered = Some(dice.range(S, calm_at));
            }
            cases.push(case);
        }
        let few = [1, 2, 50][size(dice.range(0, 3))];
        Self {
            weather,
            cases,
            batch: if batches { 50 } else { few },
            find_numbers: [1, 2, 40][size(dice.range(0, 3))],
            unique: dice.hits(5_000),
            keys: !dice.hits(1_000),
            own: false,
            same_name: dice.hits(5_000),
            calm_at,
        }
    }

    /// The plan of a seed at a vendor with numbers of its own.
    pub fn at_own(seed: u64) -> Self {
        Self {
            own: true,
            keys: true,
            ..Self::of(seed)
        }
    }

    /// The plan of a seed at such a vendor that knows no keys either.
    pub fn at_keyless(seed: u64) -> Self {
        Self {
            own: true,
            keys: false,
            ..Self::of(seed)
        }
    }

    /// A plan without faults: one invoice, one payment.
    pub fn smallest() -> Self {
        Self {
            weather: CALM,
            cases: vec![Case {
                payments: 1,
                ..Case::default()
            }],
            batch: 50,
            find_numbers: 40,
            unique: true,
            keys: true,
            own: false,
            same_name: false,
            calm_at: 0,
        }
    }
}
