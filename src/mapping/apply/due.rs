//! When an invoice is due: paid when made, by its payment plan, as the source says, or so many days on.

use crate::mapping::config::{At, DueRule, GivenDue, Mapping};
use crate::model::Invoice;
use chrono::{Datelike as _, Days, Months, NaiveDate};

impl Mapping {
    /// The due date, with the key that decided and where it is written.
    pub(super) fn due_date(&self, invoice: &Invoice) -> (Option<NaiveDate>, &'static str, At) {
        let due = &self.due;
        if invoice.paid_at_creation() {
            let rule = due.paid_at_creation;
            return (by(rule.value, invoice), "due.paid_at_creation", rule.at);
        }
        if !invoice.plan.is_empty() {
            let rule = due.payment_plan;
            return (by(rule.value, invoice), "due.payment_plan", rule.at);
        }
        if due.given.value == GivenDue::Keep && invoice.due.is_some() {
            return (invoice.due, "due.given", due.given.at);
        }
        (by(due.other.value, invoice), "due.else", due.other.at)
    }
}

fn by(rule: DueRule, invoice: &Invoice) -> Option<NaiveDate> {
    match rule {
        DueRule::EndOfMonth(n) => {
            let first = invoice.date.with_day(1)?;
            let next = first.checked_add_months(Months::new(u32::from(n) + 1))?;
            next.pred_opt()
        }
        DueRule::InvoiceDate => Some(invoice.date),
        DueRule::LastInstalment => {
            let last = invoice.plan.iter().map(|i| i.due).max();
            Some(last.unwrap_or(invoice.date))
        }
        DueRule::Days(n) => invoice.date.checked_add_days(Days::new(u64::from(n))),
        DueRule::Months(n) => invoice.date.checked_add_months(Months::new(u32::from(n))),
    }
}
