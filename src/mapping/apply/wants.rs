//! Whether an invoice is wanted at all: mode, start and status; and whether it is in the source's currency.
//!
//! Flows in: an invoice and whether the ledger has it already. Flows out: a verdict. What is not
//! wanted is skipped before anything is held, so that old documents never ask for a person's time.

use super::said;
use crate::mapping::config::{ContactMode, EstimateMode, InvoiceMode, Mapping, OrderMode};
use crate::model::codes;
use crate::model::money::{half_up, sum};
use crate::model::{DocStatus, Invoice, Kind, Reason, Start, Verdict};
use rust_decimal::Decimal;
use std::cmp::Ordering;

impl Mapping {
    /// Whether an invoice is to go, before any rule is asked.
    ///
    /// `has_link` says that the ledger has it already. Paid is judged by its settled payments, never by
    /// a field of the source that only sounds like a balance.
    pub fn wants(&self, invoice: &Invoice, has_link: bool) -> Verdict {
        if let Some(off) = self.is_off(invoice.called()) {
            return Verdict::Skip(off);
        }
        // Where a tenant starts says what is posted first; what is posted already goes on.
        if let Some(reason) = self.before_start(invoice).filter(|_| !has_link) {
            return Verdict::Skip(reason);
        }
        // What is declined is nothing to the ledger where it stands for an invoice there; a quote has a word for it.
        let declined = invoice.estimate && invoice.status.is_over();
        let over = invoice.kind == Kind::Estimate && invoice.status.is_over() && !has_link;
        if invoice.status == DocStatus::Void || declined || over {
            return cancelled(invoice, has_link);
        }
        // What it comes to may be known once it is drafted.
        let total = invoice.comes_to();
        total.map_or(Verdict::Keep, |t| self.is_paid(invoice, t, has_link))
    }

    /// Whether it is paid, where only paid ones are to go: of what it comes to.
    pub fn is_paid(&self, invoice: &Invoice, comes_to: Decimal, has_link: bool) -> Verdict {
        let mode = self.sync.invoices;
        let owes = invoice.called().takes_payments();
        if mode.value != InvoiceMode::WhenPaid || has_link || !owes {
            return Verdict::Keep;
        }
        // What was paid once and given back since was paid. What pays a charge that is left out is not asked for.
        let least = invoice.least_owed(comes_to);
        if least <= self.charges_left_out(invoice) {
            return Verdict::Keep;
        }
        let owed = invoice.balance(comes_to);
        Verdict::Skip(
            Reason::new(
                codes::MODE_NOT_PAID,
                format!(
                    "{} {} is still owed on invoice {}, and only paid invoices are sent",
                    crate::model::money::show(owed),
                    invoice.currency,
                    invoice.number
                ),
                "Nothing: it is sent once it is paid. To send invoices as they are raised, set `sync.invoices: when_raised`.",
            )
            .at(self.place(mode.at)),
        )
    }

    /// Why a kind of document does not go at all.
    fn is_off(&self, kind: Kind) -> Option<Reason> {
        let sync = &self.sync;
        let (off, at, what, fix) = match kind {
            Kind::Estimate => (
                sync.estimates.value == EstimateMode::Off,
                sync.estimates.at,
                "Estimates are not sent: `sync.estimates` is off",
                "Set `sync.estimates` to as_draft_invoice or as_quote to send them.",
            ),
            Kind::PurchaseOrder => (
                sync.purchase_orders.value == OrderMode::Off,
                sync.purchase_orders.at,
                "Purchase orders are not sent: `sync.purchase_orders` is off",
                "Set `sync.purchase_orders: on` to send them.",
            ),
            Kind::Contact => (
                sync.contacts.value != ContactMode::All,
                sync.contacts.at,
                "Contacts are not sent by themselves: `sync.contacts` is not `all`",
                "Nothing, if contacts are to go with the first invoice that needs them; else set `sync.contacts: all`.",
            ),
            _ => (
                sync.invoices.value == InvoiceMode::Off,
                sync.invoices.at,
                "Invoices are not sent: `sync.invoices` is off",
                "Set `sync.invoices` to when_raised or when_paid to send them.",
            ),
        };
        off.then(|| Reason::new(codes::MODE_OFF, what, fix).at(self.place(at)))
    }

    /// The kinds of documents that the words of the file want read from the source.
    pub fn kinds(&self) -> Vec<Kind> {
        // Invoices are read even where they are off, so that it is told of each that it does not go.
        let wanted = |k: &Kind| *k == Kind::Invoice || self.is_off(*k).is_none();
        Kind::DOCUMENTS.into_iter().filter(wanted).collect()
    }

    /// The kinds that the words of the file want read from the source for journeys of their own: contacts that go by themselves,
    /// and papers.
    pub fn journeys(&self) -> Vec<Kind> {
        let contacts = Some(Kind::Contact).filter(|k| self.is_off(*k).is_none());
        contacts.into_iter().chain(self.kinds()).collect()
    }

    /// The kinds of documents that the words of the file make in the ledger.
    pub fn ledger_kinds(&self) -> Vec<Kind> {
        let mut all = vec![Kind::Invoice];
        let others = self.kinds().into_iter().map(|k| self.kept_as(k));
        all.extend(others.filter(|k| *k != Kind::Invoice));
        all
    }

    /// As what a document of a kind is kept: an estimate that goes as a draft invoice is that invoice from the beginning.
    pub fn kept_as(&self, kind: Kind) -> Kind {
        let drafts = self.sync.estimates.value == EstimateMode::AsDraftInvoice;
        match kind.becomes() {
            Some(other) if drafts => other,
            _ => kind,
        }
    }

    /// That an invoice is in the source's own currency. It is asked after `select`, so that a rule can leave others out.
    ///
    /// # Errors
    /// `currency.mismatch`.
    pub fn in_currency(&self, invoice: &Invoice) -> Result<(), Reason> {
        let (is, own) = (invoice.currency, self.currency.value);
        if is == own {
            return Ok(());
        }
        let what = format!(
            "{} is in {is}, but the source is said to work in {own}",
            said(invoice)
        );
        let fix = format!(
            "Correct the currency in the source, or `currency` in the tenant's file; to leave out what is in others, a `select` rule with `if invoice.currency != \"{own}\" {{ return skip(\"in another currency\"); }}`"
        );
        let why = Reason::new(codes::CURRENCY_MISMATCH, what, fix);
        Err(why.at(self.place(self.currency.at)))
    }

    /// What the charges that are left out come to, each in whole cents of its currency.
    pub fn charges_left_out(&self, invoice: &Invoice) -> Decimal {
        let places = invoice.currency.exponent();
        let left = invoice.lines.iter().filter(|l| !self.wants_line(l));
        sum(left.map(|l| half_up(l.comes_to(), places)))
    }

    /// Whether payments go to the ledger.
    pub fn payments_wanted(&self) -> bool {
        use crate::mapping::config::PaymentMode;
        let word = self.sync.payments.value;
        let only_back = self.back.payments && word == PaymentMode::Back;
        !only_back && word != PaymentMode::Off && self.sync.invoices.value != InvoiceMode::Off
    }

    fn before_start(&self, invoice: &Invoice) -> Option<Reason> {
        let start = &self.sync.start;
        let what = match &start.value {
            Start::Beginning => return None,
            // A contact has no day, and its number is no invoice's.
            _ if invoice.kind.is_party() => return None,
            // An order has a number of another series.
            Start::Invoice(_) if invoice.kind == Kind::PurchaseOrder => return None,
            Start::Invoice(first) => {
                if compare_ids(&invoice.number, first) != Ordering::Less {
                    return None;
                }
                format!(
                    "Invoice id {} is before {first}, where this tenant starts",
                    invoice.number
                )
            }
            Start::InvoiceDate(first) => {
                if invoice.date >= *first {
                    return None;
                }
                format!(
                    "{} is dated {}, before {first}, where this tenant starts",
                    said(invoice),
                    invoice.date
                )
            }
        };
        let fix = "Nothing, if it is older than what should be sent; else change `sync.start`.";
        Some(Reason::new(codes::START_BEFORE, what, fix).at(self.place(start.at)))
    }
}

fn cancelled(invoice: &Invoice, has_link: bool) -> Verdict {
    if has_link {
        return Verdict::Hold(Reason::new(
            codes::STATUS_VOID,
            format!(
                "{} was cancelled in the source, but the ledger has it",
                said(invoice)
            ),
            "Take its payments off it in the ledger, where it has any, and void it there; or restore it in the source; then `crossfoot retry TENANT NUMBER`.",
        ));
    }
    Verdict::Skip(Reason::new(
        codes::STATUS_VOID,
        format!("{} is cancelled in the source", said(invoice)),
        format!(
            "Nothing: a cancelled {} is not sent.",
            invoice.called().name()
        ),
    ))
}

/// Compares two ids: by value when both are digits, of any length, else as text.
pub(super) fn compare_ids(a: &str, b: &str) -> Ordering {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|c| c.is_ascii_digit());
    if digits(a) && digits(b) {
        let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
        return a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    }
    a.cmp(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_digits_are_compared_by_value() {
        assert_eq!(compare_ids("999", "1041"), Ordering::Less);
        assert_eq!(compare_ids("01041", "1041"), Ordering::Equal);
        let long = "9".repeat(60);
        assert_eq!(compare_ids(&long, "10"), Ordering::Greater);
    }

    #[test]
    fn other_ids_are_compared_as_text() {
        assert_eq!(compare_ids("INV-9", "INV-10"), Ordering::Greater);
        assert_eq!(compare_ids("A1", "10"), Ordering::Greater);
    }
}
