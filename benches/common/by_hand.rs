//! What a programmer would write for this one tenant: its file and its three rules as plain Rust, with the
//! ledger's chart in hash maps. It makes the same decision to the last field, and is what others are
//! measured against. What it cannot do is be changed by a consultant.
//!
//! The three rules stand behind a trait, so that another engine's may take their place.

#![allow(dead_code)]

use chrono::{Days, NaiveDate};
use crossfoot::model::*;
use crossfoot::pipeline::decide::{Decision, PaymentDecision};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;

/// The three places where a tenant's rules have a say.
pub trait Hooks {
    /// Whether an invoice is wanted.
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict>;
    /// A line's account and tax code, which may be changed.
    fn map_line(
        &mut self,
        line: &Line,
        invoice: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason>;
    /// A payment's reference, which may be changed; `due` is what is owed on the invoice of this number.
    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict>;
}

/// No rules.
pub struct NoHooks;

impl Hooks for NoHooks {
    fn select(&mut self, _: &Invoice) -> Result<(), Verdict> {
        Ok(())
    }
    fn map_line(
        &mut self,
        _: &Line,
        _: &Invoice,
        _: &mut String,
        _: &mut String,
    ) -> Result<(), Reason> {
        Ok(())
    }
    fn map_payment(&mut self, _: &mut PaymentDraft, _: &str, _: Decimal) -> Result<(), Verdict> {
        Ok(())
    }
}

/// The three rules as plain Rust.
pub struct Native {
    division: HashMap<&'static str, &'static str>,
    nature: HashMap<&'static str, &'static str>,
}

impl Default for Native {
    fn default() -> Self {
        Self {
            division: [("NSW", "20"), ("QLD", "30"), ("VIC", "40"), ("WA", "50")].into(),
            nature: [("INSPECT", "4100"), ("REPAIR", "4200"), ("PARTS", "4300")].into(),
        }
    }
}

impl Hooks for Native {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        if invoice.tags.iter().any(|t| t == "do-not-sync") {
            return Err(Verdict::Skip(why("rule.skip", "tagged".into(), "nothing")));
        }
        if invoice.total < Decimal::ZERO {
            return Err(Verdict::Hold(why("rule.hold", "negative".into(), "look")));
        }
        Ok(())
    }

    fn map_line(
        &mut self,
        line: &Line,
        invoice: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        if line.sku.contains('-') {
            let mut parts = line.sku.split('-');
            let division = parts.next().and_then(|p| self.division.get(p));
            let nature = parts.next().and_then(|p| self.nature.get(p));
            let (Some(division), Some(nature)) = (division, nature) else {
                return Err(why("table.hold", line.sku.clone(), "add a row"));
            };
            *account = format!("{division}-{nature}");
        }
        if invoice.tags.iter().any(|t| t == "export") {
            *tax = "EXEMPTOUTPUT".to_owned();
        }
        Ok(())
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        if draft.amount > due {
            let what = "more than is owed".to_owned();
            return Err(Verdict::Hold(why("rule.hold", what, "look")));
        }
        draft.reference = format!("{} for {number}", draft.method);
        Ok(())
    }
}

/// The tenant as a program.
pub struct ByHand<'a> {
    facts: &'a TargetFacts,
    lock: Option<NaiveDate>,
    home: &'a Organisation,
    accounts: HashMap<&'a str, &'a Account>,
    rates: HashMap<&'a str, &'a TaxRate>,
}

fn why(code: &str, what: String, fix: &str) -> Reason {
    Reason::new(code, what, fix)
}

fn cents(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    !a.is_empty() && a.eq_ignore_ascii_case(b)
}

impl<'a> ByHand<'a> {
    /// For a ledger.
    pub fn new(facts: &'a TargetFacts, chart: &'a Chart) -> Self {
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
    pub fn decide<H: Hooks>(
        &self,
        hooks: &mut H,
        invoice: &Invoice,
        view: &LedgerView,
    ) -> Decision {
        let mut out = Decision {
            verdict: Verdict::Keep,
            contact: None,
            invoice: None,
            credits: Vec::new(),
            payments: Vec::new(),
            trace: Trace::off(),
            printed: Vec::new(),
        };
        if let Err(verdict) = self.all(hooks, invoice, view, &mut out) {
            out.verdict = verdict;
        }
        out
    }

    fn all<H: Hooks>(
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
        for p in &invoice.payments {
            let (verdict, paid) = match self.payment(hooks, p, invoice, &draft) {
                Ok(paid) => (Verdict::Keep, Some(paid)),
                Err(verdict) => (verdict, None),
            };
            out.payments.push(PaymentDecision {
                id: p.id.clone(),
                date: p.date,
                amount: p.amount,
                verdict,
                draft: paid,
                linked: false,
            });
        }
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

    fn contact(
        &self,
        invoice: &Invoice,
        view: &LedgerView,
    ) -> Result<(ContactDraft, ContactTarget), Verdict> {
        let from = &invoice.contact;
        let mut name = from.name.trim().to_owned();
        if let Some(parent) = &from.parent {
            name = format!("{} - {name}", parent.name.trim());
        }
        let draft = ContactDraft {
            name,
            first_name: from.first_name.clone(),
            last_name: from.last_name.clone(),
            email: from.email.trim().to_owned(),
            number: String::new(),
            account_number: String::new(),
            tax_number: from.tax_number.clone(),
            phones: Phones {
                default: from.phone.clone(),
                mobile: from.mobile.clone(),
            },
            billing: from.billing.clone(),
            service: from.service.clone(),
            source: from.clone(),
        };
        let linked = view.contact_link.as_ref().map(|l| l.target_id.as_str());
        let by_link = view.contacts.iter().find(|c| Some(c.id.as_str()) == linked);
        let mut by_email = view
            .contacts
            .iter()
            .filter(|c| same(&c.email, &draft.email));
        let mut by_name = view.contacts.iter().filter(|c| same(&c.name, &draft.name));
        let found = by_link
            .or_else(|| by_email.next())
            .or_else(|| by_name.next());
        let Some(found) = found else {
            self.writable(&draft).map_err(Verdict::Hold)?;
            return Ok((draft, ContactTarget::Create));
        };
        if by_email.next().is_some() {
            let what = format!("several contacts have {}", draft.email);
            return Err(Verdict::Hold(why("contact.many", what, "merge them")));
        }
        if found.archived || !found.merged_into.is_empty() {
            let what = format!("{} is archived", found.name);
            return Err(Verdict::Hold(why("contact.archived", what, "restore it")));
        }
        let target = ContactTarget::Existing {
            id: found.id.clone(),
            update: false,
        };
        Ok((draft, target))
    }

    fn writable(&self, draft: &ContactDraft) -> Result<(), Reason> {
        let too_long = draft.name.chars().count() > self.facts.name_length;
        if draft.name.is_empty() || too_long || draft.name.contains(['<', '>']) {
            return Err(why("contact.name", draft.name.clone(), "correct it"));
        }
        Ok(())
    }

    fn invoice<H: Hooks>(&self, hooks: &mut H, invoice: &Invoice) -> Result<InvoiceDraft, Reason> {
        let reference = match invoice.reference.trim() {
            "" => invoice.title.trim(),
            some => some,
        };
        let settled: Decimal = (invoice.payments.iter())
            .filter(|p| p.settled && p.kind == PaymentKind::Payment && p.date <= invoice.date)
            .map(|p| p.amount)
            .sum();
        let due = if settled >= invoice.total && !invoice.total.is_zero() {
            Some(invoice.date)
        } else if let Some(last) = invoice.plan.iter().map(|i| i.due).max() {
            Some(last)
        } else {
            invoice.date.checked_add_days(Days::new(14))
        };
        let tax_mode = match invoice.tax_included {
            Some(true) if invoice.tax.is_some() => TaxMode::Inclusive,
            _ => TaxMode::Exclusive,
        };
        let mut draft = InvoiceDraft {
            kind: Kind::Invoice,
            number: invoice.number.clone(),
            reference: reference.to_owned(),
            date: invoice.date,
            due,
            status: "AUTHORISED".to_owned(),
            currency: invoice.currency,
            tax_mode,
            lines: Vec::with_capacity(invoice.lines.len()),
            subtotal: Decimal::ZERO,
            total_tax: Decimal::ZERO,
            total: Decimal::ZERO,
        };
        for line in &invoice.lines {
            let out = self.line(hooks, line, invoice, tax_mode)?;
            draft.subtotal += out.amount;
            draft.total_tax += out.tax_amount;
            draft.lines.push(out);
        }
        match tax_mode {
            TaxMode::Inclusive => {
                draft.total = draft.subtotal;
                draft.subtotal -= draft.total_tax;
            }
            _ => draft.total = draft.subtotal + draft.total_tax,
        }
        self.sound(&draft, invoice)?;
        Ok(draft)
    }

    fn sound(&self, draft: &InvoiceDraft, invoice: &Invoice) -> Result<(), Reason> {
        if self.lock.is_some_and(|lock| draft.date <= lock) {
            return Err(why(
                "period.locked",
                draft.date.to_string(),
                "move the lock",
            ));
        }
        let home = self.home.currency.code() == draft.currency.code();
        if !home && !self.home.currencies.contains(draft.currency.code()) {
            return Err(why(
                "currency.not_enabled",
                draft.currency.to_string(),
                "add it",
            ));
        }
        let good = |c: char| c.is_ascii_graphic() || c == ' ';
        let number = &draft.number;
        let length = number.chars().count();
        if length == 0 || length > self.facts.number_length || !number.chars().all(good) {
            return Err(why("number", number.clone(), "correct it"));
        }
        if draft.lines.is_empty() || draft.lines.iter().any(|l| l.description.trim().is_empty()) {
            return Err(why("lines", number.clone(), "correct it"));
        }
        if draft.total != invoice.total {
            let what = format!("{} is not {}", draft.total, invoice.total);
            return Err(why("total.mismatch", what, "correct it"));
        }
        Ok(())
    }

    fn line<H: Hooks>(
        &self,
        hooks: &mut H,
        line: &Line,
        invoice: &Invoice,
        mode: TaxMode,
    ) -> Result<LineDraft, Reason> {
        let table = if line.sku == "TIL" {
            "201"
        } else if line.sku.starts_with("CRANE-") {
            "20-4100"
        } else {
            match line.kind {
                LineKind::Shipping => "260",
                LineKind::Discount => "0205",
                _ => "200",
            }
        };
        let mut account = table.to_owned();
        let mut tax = match line.taxable {
            Some(true) if invoice.tax.is_some() => "OUTPUT",
            _ => "EXEMPTOUTPUT",
        }
        .to_owned();
        hooks.map_line(line, invoice, &mut account, &mut tax)?;
        let unknown = |what: &str| why("account.unknown", what.to_owned(), "correct it");
        let in_chart = self
            .accounts
            .get(account.as_str())
            .ok_or_else(|| unknown(&account))?;
        if !in_chart.active || in_chart.bank {
            return Err(unknown(&account));
        }
        let rate = self
            .rates
            .get(tax.as_str())
            .filter(|r| r.active)
            .ok_or_else(|| unknown(&tax))?;
        if !rate.applies_to.contains(&in_chart.class) {
            return Err(unknown(&tax));
        }
        let (name, more) = (line.name.trim(), line.description.trim());
        let description = match (name, more) {
            (name, "") => name.to_owned(),
            ("", more) => more.to_owned(),
            (name, more) if name == more => name.to_owned(),
            (name, more) => format!("{name}\n{more}"),
        };
        let (percent, hundred) = (rate.percent, Decimal::ONE_HUNDRED);
        let places = self.facts.total_places;
        let unit = cents(line.unit_amount, self.facts.unit_places);
        let quantity = cents(line.quantity, self.facts.quantity_places);
        let amount = cents(unit * quantity, places);
        let tax_amount = match mode {
            _ if percent.is_zero() => Decimal::ZERO,
            TaxMode::Inclusive => cents(amount - amount * hundred / (hundred + percent), places),
            _ => cents(amount * percent / hundred, places),
        };
        Ok(LineDraft {
            source_line: line.id.clone(),
            kind: line.kind,
            sku: line.sku.clone(),
            description,
            quantity: line.quantity,
            unit_amount: line.unit_amount,
            account,
            tax,
            item: String::new(),
            tracking: Vec::new(),
            amount,
            tax_amount,
        })
    }

    fn payment<H: Hooks>(
        &self,
        hooks: &mut H,
        p: &Payment,
        invoice: &Invoice,
        draft: &InvoiceDraft,
    ) -> Result<PaymentDraft, Verdict> {
        let said = |code: &str| why(code, p.id.clone(), "look");
        if !p.settled {
            return Err(Verdict::Skip(said("payment.not_settled")));
        }
        if p.kind == PaymentKind::Refund {
            return Err(Verdict::Hold(said("refund.hold")));
        }
        if p.amount > draft.total {
            return Err(Verdict::Skip(said("skip.overpayment")));
        }
        let bank = self
            .accounts
            .get("090")
            .filter(|a| a.active && (a.bank || a.takes_payments));
        let bank = bank.ok_or_else(|| Verdict::Hold(said("payment.account")))?;
        if self.lock.is_some_and(|lock| p.date <= lock) {
            return Err(Verdict::Hold(said("period.locked")));
        }
        let mut out = PaymentDraft {
            source_payment: p.id.clone(),
            kind: p.kind,
            date: p.date,
            amount: p.amount,
            currency: invoice.currency,
            account: AccountRef::Id(bank.id.clone()),
            reference: p.reference.clone(),
            method: p.method.clone(),
        };
        hooks.map_payment(&mut out, &draft.number, draft.total)?;
        Ok(out)
    }
}
