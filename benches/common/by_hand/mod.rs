//! What a programmer would write for this one tenant: its file and its three rules as plain Rust, with the
//! ledger's chart in hash maps. It makes the same decision to the last field, and is what others are
//! measured against. What it cannot do is be changed by a consultant.
//!
//! The three rules stand behind a trait, so that another engine's may take their place.

#![allow(dead_code)]

mod contact;
mod hooks;
mod invoice;
mod line;
mod payment;

use chrono::NaiveDate;
use crossfoot::model::*;
use crossfoot::pipeline::decide::{Decision, PaymentDecision};
#[allow(unused_imports)]
pub use hooks::{Hooks, Native, NoHooks};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;

/// The tenant as a program.
pub struct ByHand<'a> {
    facts: TargetFacts<'a>,
    lock: Option<NaiveDate>,
    home: &'a Organisation,
    accounts: HashMap<&'a str, &'a Account>,
    rates: HashMap<&'a str, &'a TaxRate>,
}

impl<'a> ByHand<'a> {
    /// For a ledger.
    pub fn new(facts: TargetFacts<'a>, chart: &'a Chart) -> Self {
        Self {
            facts,
            lock: chart
                .organisation
                .period_lock
                .max(chart.organisation.year_lock),
            home: &chart.organisation,
            accounts: chart
                .accounts
                .iter()
                .map(|a| (a.code.as_str(), a))
                .collect(),
            rates: chart
                .tax_rates
                .iter()
                .map(|t| (t.code.as_str(), t))
                .collect(),
        }
    }

    /// Decides an invoice.
    pub fn decide<H: Hooks + ?Sized>(
        &self,
        hooks: &mut H,
        invoice: &Invoice,
        view: &LedgerView,
    ) -> Decision {
        let mut out = Decision {
            verdict: Verdict::Keep,
            contact: None,
            found: None,
            items: Vec::new(),
            invoice: None,
            comes_to: None,
            credits: Vec::new(),
            payments: Vec::new(),
            trace: Trace::off(),
            printed: Vec::new(),
            warnings: Vec::new(),
            as_posted: false,
            forget: Vec::new(),
            unlink: false,
            blocked: None,
            wanted: None,
            balance: None,
            mismatch: None,
            review: None,
            settled: None,
            left: None,
            overpaid: Vec::new(),
            conflict: crossfoot::mapping::OnConflict::Hold,
            takes_total: false,
            their_total: None,
            ruled: Vec::new(),
            locked_until: self.lock,
        };
        if let Err(verdict) = self.all(hooks, invoice, view, &mut out) {
            out.verdict = verdict;
        }
        out
    }

    fn all<H: Hooks + ?Sized>(
        &self,
        hooks: &mut H,
        invoice: &Invoice,
        view: &LedgerView,
        out: &mut Decision,
    ) -> Result<(), Verdict> {
        self.wanted(invoice, view)?;
        hooks.select(invoice)?;
        out.contact = Some(self.contact(invoice, view)?);
        let draft = self.invoice(hooks, invoice).map_err(Verdict::Hold)?;
        let mut received = Decimal::ZERO;
        for p in &invoice.payments {
            let (verdict, paid) = match self.payment(hooks, p, invoice, &draft) {
                Ok(paid) => (Verdict::Keep, Some(paid)),
                Err(verdict) => (verdict, None),
            };
            if paid.is_some() {
                received += p.amount;
            }
            out.payments.push(PaymentDecision {
                received: if paid.is_some() {
                    received
                } else {
                    Decimal::ZERO
                },
                apart: Vec::new(),
                id: p.id.clone(),
                date: p.date,
                amount: p.amount,
                verdict,
                draft: paid,
                linked: false,
                by_hand: false,
                told: None,
            });
        }
        out.comes_to = Some(draft.total);
        out.invoice = Some(draft);
        Ok(())
    }

    fn wanted(&self, invoice: &Invoice, view: &LedgerView) -> Result<(), Verdict> {
        if invoice.status == DocStatus::Void {
            let what = format!("Invoice {} is cancelled", invoice.number);
            let reason = why("status.void", what, "nothing");
            return Err(match view.link {
                Some(_) => Verdict::Hold(reason),
                None => Verdict::Skip(reason),
            });
        }
        if invoice.currency.code() != "AUD" {
            let what = format!("Invoice {} is in {}", invoice.number, invoice.currency);
            return Err(Verdict::Hold(why("currency.mismatch", what, "correct it")));
        }
        if !invoice.made_by.is_empty() {
            let what = format!("Invoice {} was made by {}", invoice.number, invoice.made_by);
            return Err(Verdict::Skip(why(
                "skip.made_by_integration",
                what,
                "nothing",
            )));
        }
        match invoice.fields.get("crossfoot.mismatch") {
            None => Ok(()),
            Some(what) => Err(Verdict::Hold(why(
                "source.mismatch",
                what.clone(),
                "correct it",
            ))),
        }
    }
}

pub(super) fn why(code: &str, what: String, fix: &str) -> Reason {
    Reason {
        code: code.to_owned(),
        what,
        fix: fix.to_owned(),
        place: None,
    }
}

pub(super) fn cents(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

pub(super) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    !a.is_empty() && a.eq_ignore_ascii_case(b)
}
