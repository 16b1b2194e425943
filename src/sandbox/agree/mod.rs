//! The proof that two books agree, from the two books alone.
//!
//! Flows in: what a source and a ledger hold, as their sandboxes tell it, and what must have become of
//! each order. Flows out: a [`Report`]: sums per tenant and currency, and every difference by name.
//! Uses neither mapping, rules, journal nor the engine's arithmetic: source orders and ledger invoices
//! are paired by invoice number and compared as they stand.
//! What the product itself says of an order ([`Told`]) may be laid beside it, and is compared too.
//!
//! `read` reads both books, `report` prints. One pass over the orders; nothing is rounded.

mod application;
mod company;
mod nouns;
mod pairing;
mod read;
mod report;

pub use nouns::{Finding, Pairing, Report, SourceBook, Sums, TenantReport, Told};
pub use pairing::pairing;

use super::demo::codes::{self, Code};
use super::demo::expect::{End, Expected, Posted};
use read::{LedgerInvoice, SourceOrder};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Compares the books.
pub fn agree(pairings: &[Pairing<'_>]) -> Report {
    Report {
        tenants: pairings.iter().map(|p| Comparison::new(p).run()).collect(),
    }
}

struct Comparison<'a> {
    pairing: &'a Pairing<'a>,
    source: BTreeMap<String, SourceOrder>,
    ledger: Vec<LedgerInvoice>,
    /// Places in `ledger` that an order or a person's own invoice answers for.
    accounted: BTreeSet<usize>,
    out: TenantReport,
}

impl<'a> Comparison<'a> {
    fn new(pairing: &'a Pairing<'a>) -> Self {
        let has = |what: &str| pairing.ledger.get(what).is_some();
        let books = match () {
            () if has("companies") => company::invoices,
            () if has("applications") => application::invoices,
            () => read::ledger,
        };
        let source = read::source(&pairing.source);
        let ledger = books(pairing.ledger, pairing.organisation);
        let mut out = TenantReport {
            tenant: pairing.expectations.tenant.clone(),
            ..TenantReport::default()
        };
        for unread in [source.as_ref().err(), ledger.as_ref().err()]
            .into_iter()
            .flatten()
        {
            out.findings.push(Finding {
                number: String::new(),
                what: "book.unreadable",
                says: unread.clone(),
            });
        }
        Self {
            pairing,
            source: source.unwrap_or_default(),
            ledger: ledger.unwrap_or_default(),
            accounted: BTreeSet::new(),
            out,
        }
    }

    fn run(mut self) -> TenantReport {
        self.out.orders = self.source.len();
        self.persons_own();
        for expected in &self.pairing.expectations.orders {
            self.order(expected);
            self.told(expected);
        }
        self.unexpected_orders();
        self.strays();
        self.ledger_sums();
        self.out
    }

    fn find(&mut self, number: &str, what: &'static str, says: String) {
        self.out.findings.push(Finding {
            number: number.to_owned(),
            what,
            says,
        });
    }

    /// Invoices that were in the ledger before must be there still, untouched.
    fn persons_own(&mut self) {
        for (number, total) in &self.pairing.expectations.before {
            let found = self
                .ledger
                .iter()
                .position(|i| i.live && i.number == *number && i.total == *total);
            match found {
                Some(at) => {
                    self.accounted.insert(at);
                }
                None => self.find(
                    number,
                    "own.changed",
                    format!(
                        "a person's own invoice {number} over {total} is no longer there as it was"
                    ),
                ),
            }
        }
    }

    fn order(&mut self, expected: &Expected) {
        let number = expected.number.as_str();
        let found: Vec<usize> = (self.ledger.iter().enumerate())
            .filter(|(at, i)| i.live && i.number == number && !self.accounted.contains(at))
            .map(|(at, _)| at)
            .collect();
        self.accounted.extend(found.iter().copied());
        let Some(source) = self.source.get(number).cloned() else {
            return self.find(
                number,
                "source.missing",
                format!("order {number} is no longer in the source"),
            );
        };
        if !found.is_empty() {
            self.out.posted += 1;
        }
        match (&expected.end, found.as_slice()) {
            (End::Posted(want), []) => {
                self.out.missing += 1;
                self.source_sum(want, &source);
                self.find(
                    number,
                    "missing",
                    format!("invoice {number} over {} is not in the ledger", want.total),
                );
            }
            (End::Posted(want), [first, more @ ..]) => {
                self.source_sum(want, &source);
                if !more.is_empty() {
                    self.find(
                        number,
                        "doubled",
                        format!("invoice {number} is in the ledger {} times", more.len() + 1),
                    );
                }
                if let Some(invoice) = self.ledger.get(*first).cloned() {
                    self.posted(want, &source, &invoice);
                }
            }
            (End::Skipped(_), []) => self.out.skipped += 1,
            (End::Held(_), []) => self.out.held += 1,
            (other, [..]) => self.find(
                number,
                "posted.unexpectedly",
                format!(
                    "invoice {number} is in the ledger, though it should be {}",
                    other.word()
                ),
            ),
        }
    }

    fn source_sum(&mut self, want: &Posted, source: &SourceOrder) {
        let sums = self.out.sums.entry(source.currency.clone()).or_default();
        sums.source += source.total - want.left_out;
        sums.source_paid += want.paid;
    }

    fn posted(&mut self, want: &Posted, source: &SourceOrder, invoice: &LedgerInvoice) {
        let n = invoice.number.clone();
        let due_total = source.total - want.left_out;
        if due_total != want.total {
            self.find(
                &n,
                "source.changed",
                format!(
                    "the source says {due_total} of invoice {n}, it was made up as {}",
                    want.total
                ),
            );
        }
        if invoice.total != due_total {
            self.find(
                &n,
                "total.differs",
                format!(
                    "the source says {due_total} of invoice {n}, the ledger {}: {} off",
                    invoice.total,
                    invoice.total - due_total
                ),
            );
        }
        if invoice.tax != want.tax {
            self.find(
                &n,
                "tax.differs",
                format!(
                    "invoice {n} should have {} of tax, the ledger has {}",
                    want.tax, invoice.tax
                ),
            );
        }
        if invoice.currency != source.currency {
            self.find(
                &n,
                "currency.differs",
                format!(
                    "invoice {n} is in {} in the source and in {} in the ledger",
                    source.currency, invoice.currency
                ),
            );
        }
        self.paid(want, invoice);
        if invoice.credited_by_notes != want.credited {
            self.find(
                &n,
                "credit.differs",
                format!(
                    "credit notes over {} should stand for invoice {n}, there are {}",
                    want.credited, invoice.credited_by_notes
                ),
            );
        }
    }

    fn paid(&mut self, want: &Posted, invoice: &LedgerInvoice) {
        let n = invoice.number.clone();
        let payments: Decimal = invoice.payments.iter().sum();
        if payments != invoice.paid {
            self.find(
                &n,
                "paid.inconsistent",
                format!(
                    "the ledger says {} is paid on invoice {n}, its payments come to {payments}",
                    invoice.paid
                ),
            );
        }
        if payments == want.paid && invoice.payments.len() == want.payments {
            return;
        }
        let what = match payments.cmp(&want.paid) {
            std::cmp::Ordering::Less if invoice.deleted_payments > 0 => "payment.deleted",
            std::cmp::Ordering::Less => "payment.missing",
            std::cmp::Ordering::Greater => "payment.doubled",
            std::cmp::Ordering::Equal => "payment.count",
        };
        let says = format!(
            "{} in {} payments should be paid on invoice {n}, the ledger has {payments} in {}",
            want.paid,
            want.payments,
            invoice.payments.len()
        );
        self.find(&n, what, says);
    }

    /// An order the source has, of which nothing is expected, was made since.
    fn unexpected_orders(&mut self) {
        let known: BTreeSet<&str> = self
            .pairing
            .expectations
            .orders
            .iter()
            .map(|o| o.number.as_str())
            .collect();
        let new: Vec<String> = self
            .source
            .keys()
            .filter(|n| !known.contains(n.as_str()))
            .cloned()
            .collect();
        for number in new {
            self.find(
                &number,
                "source.new",
                format!(
                    "order {number} is in the source, and nobody said what should become of it"
                ),
            );
        }
    }

    /// What the ledger has and no order answers for.
    fn strays(&mut self) {
        let strays: Vec<LedgerInvoice> = (self.ledger.iter().enumerate())
            .filter(|(at, i)| i.live && !self.accounted.contains(at))
            .map(|(_, i)| i.clone())
            .collect();
        for stray in strays {
            let twin = self.ledger.iter().find(|i| {
                i.live
                    && i.number != stray.number
                    && i.total == stray.total
                    && i.contact == stray.contact
                    && i.date == stray.date
            });
            let (what, says) = match twin {
                Some(twin) => (
                    "doubled",
                    format!(
                        "invoice {} looks like a second {} over {}",
                        stray.number, twin.number, stray.total
                    ),
                ),
                None => (
                    "stray",
                    format!(
                        "invoice {} over {} is in the ledger, and no order is its source",
                        stray.number, stray.total
                    ),
                ),
            };
            self.find(&stray.number, what, says);
        }
    }

    fn ledger_sums(&mut self) {
        let own: BTreeMap<&str, Decimal> = self
            .pairing
            .expectations
            .before
            .iter()
            .map(|(n, t)| (n.as_str(), *t))
            .collect();
        for invoice in self.ledger.iter().filter(|i| i.live) {
            if own.get(invoice.number.as_str()) == Some(&invoice.total) {
                continue;
            }
            let sums = self.out.sums.entry(invoice.currency.clone()).or_default();
            sums.ledger += invoice.total;
            sums.ledger_paid += invoice.payments.iter().sum::<Decimal>();
        }
    }

    /// Whether the product says the same of an order as the one who made it up.
    fn told(&mut self, expected: &Expected) {
        let Some(told) = self.pairing.told else {
            return;
        };
        let number = &expected.number;
        let Some(said) = told.get(number) else {
            return self.find(
                number,
                "end.unknown",
                format!(
                    "the product says nothing of order {number} ({})",
                    expected.case
                ),
            );
        };
        if said.state == "refused" {
            self.out.refused += 1;
        }
        let right = |state: &str, code: Code| {
            said.state == state && codes::same(code, &said.code, &said.rule)
        };
        let as_expected = match &expected.end {
            // A payment that waits for a person keeps its posted invoice in sight.
            End::Posted(want) => {
                let waits = want.loose.iter().find(|p| p.held);
                match waits {
                    Some(p) => right("held", p.code),
                    None => matches!(said.state.as_str(), "posted" | "verified"),
                }
            }
            End::Skipped(code) => right("skipped", *code),
            End::Held(code) => right("held", *code),
        };
        if as_expected {
            return;
        }
        let code = match &expected.end {
            End::Posted(_) => "",
            End::Skipped(code) | End::Held(code) => code.code,
        };
        let says = format!(
            "order {number} ({}) should end {} {code}, the product says {} {}",
            expected.case,
            expected.end.word(),
            said.state,
            said.code
        );
        self.find(number, "end.differs", says);
    }
}
