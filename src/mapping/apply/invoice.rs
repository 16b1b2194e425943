//! The head of an invoice or credit note: number, reference, dates, status, tax mode.
//!
//! Flows in: the canonical invoice. Flows out: a draft whose lines the caller fills in. Refused: a
//! status for which the table says `hold`.

use super::{from_source, said};
use crate::mapping::config::{Answer, Mapping, StatusTable};
use crate::model::codes;
use crate::model::{Invoice, InvoiceDraft, Kind, Reason, SetBy, SetKey, SetValue, Trace};
use rust_decimal::Decimal;

impl Mapping {
    /// Drafts the head of an invoice or credit note; its lines are empty and its sums zero until the
    /// caller and the checks fill them.
    ///
    /// # Errors
    /// The status table says `hold`.
    pub fn draft_invoice(
        &self,
        invoice: &Invoice,
        kind: Kind,
        trace: &mut Trace,
    ) -> Result<InvoiceDraft, Reason> {
        let status = self.status_for(invoice, trace)?;
        let owes = invoice.called().takes_payments();
        from_source(trace, "number".into(), &invoice.number, "number");
        let (reference, field) = if invoice.reference.trim().is_empty() {
            (invoice.title.trim(), "title")
        } else {
            (invoice.reference.trim(), "reference")
        };
        from_source(trace, "reference".into(), reference, field);
        trace.set("date", invoice.date, SetBy::Source(None, "date"));
        let due = if kind == Kind::CreditNote {
            None
        } else if !owes {
            // What nobody owes is due on no day: it is the day until which an offer holds, or on which goods are to come.
            let due = invoice.due;
            let value = due.map_or(SetValue::Text(""), SetValue::Day);
            trace.set("due", value, SetBy::Source(None, "due"));
            due
        } else {
            let (due, key, at) = self.due_date(invoice);
            let value = due.map_or(SetValue::Text(""), SetValue::Day);
            trace.set("due", value, self.by(key, at));
            due
        };
        Ok(InvoiceDraft {
            kind,
            number: invoice.number.clone(),
            reference: reference.to_owned(),
            date: invoice.date,
            due,
            status,
            currency: invoice.currency,
            tax_mode: self.tax_mode(invoice, trace),
            lines: Vec::with_capacity(invoice.lines.len()),
            subtotal: Decimal::ZERO,
            total_tax: Decimal::ZERO,
            total: Decimal::ZERO,
            paid_from: None,
        })
    }

    /// The status table of a kind of document, with the path of its rows.
    fn status_table(&self, kind: Kind) -> Option<(&StatusTable, &'static str)> {
        let path = match kind {
            Kind::Estimate => "status.estimates.",
            Kind::PurchaseOrder => "status.purchase_orders.",
            _ => return Some((&self.status, "status.invoices.")),
        };
        self.statuses.get(&kind).map(|table| (table, path))
    }

    /// The ledger's word for a document's status; none where no table says one, and of an estimate that is kept as an invoice:
    /// it binds nobody yet, whatever the table of invoices says.
    fn status_for(&self, invoice: &Invoice, trace: &mut Trace) -> Result<String, Reason> {
        let table = self
            .status_table(invoice.kind)
            .filter(|_| !invoice.estimate);
        let Some((table, path)) = table else {
            return Ok(String::new());
        };
        let row = table.answer(invoice.status);
        match &row.value {
            Answer::Use(word) => {
                let key = SetKey::Path(path, table.row(invoice.status));
                trace.set("status", word.as_ref(), self.by(key, row.at));
                Ok(word.to_string())
            }
            Answer::Hold => Err(Reason::new(
                codes::STATUS_HOLD,
                format!(
                    "{} is {} in the source, for which `{}` says hold",
                    said(invoice),
                    invoice.status.as_str(),
                    path.trim_end_matches('.')
                ),
                format!(
                    "Change its status in the source, or give `{}` a word for it, then `crossfoot retry TENANT NUMBER`.",
                    path.trim_end_matches('.')
                ),
            )
            .at(self.place(row.at))),
        }
    }
}
