//! Whether an invoice is wanted at all: mode, start and status; and whether it is in the source's currency.
//!
//! Flows in: an invoice and whether the ledger has it already. Flows out: a verdict. What is not
//! wanted is skipped before anything is held, so that old documents never ask for a person's time.

use crate::mapping::config::{InvoiceMode, Mapping};
use crate::model::codes;
use crate::model::money::{half_up, sum};
use crate::model::{DocStatus, Invoice, Reason, Start, Verdict};
use rust_decimal::Decimal;
use std::cmp::Ordering;

impl Mapping {
    /// Whether an invoice is to go, before any rule is asked.
    ///
    /// `has_link` says that the ledger has it already. Paid is judged by its settled payments, never by
    /// a field of the source that only sounds like a balance.
    pub fn wants(&self, invoice: &Invoice, has_link: bool) -> Verdict {
        let mode = self.sync.invoices;
        if mode.value == InvoiceMode::Off {
            return Verdict::Skip(
                Reason::new(
                    codes::MODE_OFF,
                    "Invoices are not sent: `sync.invoices` is off",
                    "Set `sync.invoices` to when_raised or when_paid to send them.",
                )
                .at(self.place(mode.at)),
            );
        }
        // Where a tenant starts says what is posted first; what is posted already goes on.
        if let Some(reason) = self.before_start(invoice).filter(|_| !has_link) {
            return Verdict::Skip(reason);
        }
        if invoice.status == DocStatus::Void {
            return cancelled(invoice, has_link);
        }
        if mode.value == InvoiceMode::WhenPaid && !has_link {
            // What was paid once and given back since was paid. What pays a charge that is left out is not asked for.
            let least = invoice.least_owed();
            if least > self.charges_left_out(invoice) {
                let owed = invoice.balance();
                return Verdict::Skip(
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
                );
            }
        }
        Verdict::Keep
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
            "Invoice {} is in {is}, but the source is said to work in {own}",
            invoice.number
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
                    "Invoice {} is dated {}, before {first}, where this tenant starts",
                    invoice.number, invoice.date
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
                "Invoice {} was cancelled in the source, but the ledger has it",
                invoice.number
            ),
            "Void it in the ledger, or restore it in the source, then `crossfoot retry TENANT NUMBER`.",
        ));
    }
    Verdict::Skip(Reason::new(
        codes::STATUS_VOID,
        format!("Invoice {} is cancelled in the source", invoice.number),
        "Nothing: a cancelled invoice is not sent.",
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
