//! What a draft says, under the names that templates of calls that write may hold.
//!
//! Flows in: a write. Flows out: its values, each as a text, a number, a truth value or a list. What is empty has none, so that
//! what would hold it is left out. Pure.

use super::formats::Formats;
use super::ours::our_id;
use super::request::BodySpec;
use super::template::TemplateValues;
use super::write_shape::KindWrite;
use super::written_values::{WrittenValue, WrittenValues};
use crate::connectors::Write;
use crate::connectors::stamp::{stamp, stamped};
use crate::model::{
    AccountRef, Address, ContactDraft, Draft, InvoiceDraft, LineDraft, LineKind, PaymentDraft,
    TaxMode,
};
use rust_decimal::Decimal;
use serde_json::Value;

/// How a kind is written, and how its system writes days and amounts.
pub(super) struct Writer<'a> {
    pub formats: &'a Formats,
    pub spec: &'a KindWrite,
}

/// Characters of a reference with its stamp.
const REFERENCE: usize = 255;

impl Writer<'_> {
    /// The values of a write.
    ///
    /// # Errors
    /// A sentence: what cannot be said.
    pub fn values(&self, write: &Write) -> Result<WrittenValues, String> {
        let mut out = WrittenValues {
            numbers: self.spec.numbers,
            ..WrittenValues::default()
        };
        out.put("mark", &write.marker);
        out.put("stamp", &stamp(&write.marker));
        out.put("our_id", &our_id(&write.marker).unwrap_or_default());
        out.put("contact.id", &write.contact_id);
        if let Some(update) = &write.update {
            out.put("version", &update.version);
        }
        match &write.draft {
            Draft::Contact(c) => contact(&mut out, c, write),
            Draft::Invoice(d) => self.invoice(&mut out, d, write)?,
            Draft::Payment(p) => self.payment(&mut out, p, write)?,
        }
        Ok(out)
    }

    fn amount(
        &self,
        out: &mut WrittenValues,
        name: &'static str,
        amount: Decimal,
    ) -> Result<(), String> {
        let mut exact = amount.normalize();
        if self.formats.minor {
            exact = (exact * Decimal::ONE_HUNDRED).normalize();
            if exact.scale() > 0 {
                return Err(format!("`{name}` is {amount}, which has parts of a cent"));
            }
        } else if exact.scale() < 2 {
            exact.rescale(2);
        }
        self.number(out, name, exact);
        Ok(())
    }

    fn number(&self, out: &mut WrittenValues, name: &'static str, exact: Decimal) {
        let text = exact.to_string();
        let text = match self.formats.comma && !self.spec.numbers {
            true => text.replace('.', ","),
            false => text,
        };
        out.all.insert(name, WrittenValue::Number(text));
    }

    fn invoice(
        &self,
        out: &mut WrittenValues,
        d: &InvoiceDraft,
        write: &Write,
    ) -> Result<(), String> {
        if d.lines.is_empty() {
            return Err("it has no lines".to_owned());
        }
        out.put("number", &d.number);
        out.put("reference", &d.reference);
        let both = stamped(&d.reference, &write.marker, REFERENCE);
        out.put("stamped_reference", &both);
        out.put("date", &self.formats.day_text(d.date));
        if let Some(due) = d.due {
            out.put("due", &self.formats.day_text(due));
        }
        out.put("currency", d.currency.code());
        self.amount(out, "subtotal", d.subtotal)?;
        self.amount(out, "tax", d.total_tax)?;
        self.amount(out, "total", d.total)?;
        let inside = d.tax_mode == TaxMode::Inclusive;
        out.all.insert("tax_included", WrittenValue::Flag(inside));
        let mut lines = Vec::with_capacity(d.lines.len() + 1);
        if let Some(body) = &self.spec.line {
            for (n, line) in d.lines.iter().enumerate() {
                let made = self.line(body, line);
                lines.push(made.map_err(|e| format!("line {}: {e}", n + 1))?);
            }
        }
        if let Some(body) = self
            .spec
            .tax_line
            .as_ref()
            .filter(|_| !d.total_tax.is_zero())
        {
            let tax = LineDraft {
                kind: LineKind::Other,
                description: "Tax".to_owned(),
                quantity: Decimal::ONE,
                unit_amount: d.total_tax,
                amount: d.total_tax,
                ..LineDraft::default()
            };
            lines.push(self.line(body, &tax)?);
        }
        out.all.insert("lines", WrittenValue::List(lines));
        Ok(())
    }

    fn line(&self, body: &BodySpec, line: &LineDraft) -> Result<Value, String> {
        let mut own = WrittenValues {
            numbers: self.spec.numbers,
            ..WrittenValues::default()
        };
        own.put("description", &line.description);
        own.put("sku", &line.sku);
        own.put("account", &line.account);
        self.number(&mut own, "quantity", line.quantity.normalize());
        self.amount(&mut own, "unit_amount", line.unit_amount)?;
        self.amount(&mut own, "amount", line.amount)?;
        self.amount(&mut own, "tax", line.tax_amount)?;
        let given = TemplateValues {
            written: Some(&own),
            ..TemplateValues::default()
        };
        body.fill(&given)
            .ok_or_else(|| "it says nothing".to_owned())
    }

    fn payment(
        &self,
        out: &mut WrittenValues,
        p: &PaymentDraft,
        write: &Write,
    ) -> Result<(), String> {
        if p.amount <= Decimal::ZERO {
            return Err(format!("the amount {} is not positive", p.amount));
        }
        if write.of_credit_note {
            return Err("no payments are put to credit notes there".to_owned());
        }
        out.put("invoice.id", &write.document_id);
        out.put("date", &self.formats.day_text(p.date));
        out.put("currency", p.currency.code());
        out.put("method", &p.method);
        out.put("reference", &p.reference);
        let both = stamped(&p.reference, &write.marker, REFERENCE);
        out.put("stamped_reference", &both);
        let (AccountRef::Code(account) | AccountRef::Id(account) | AccountRef::Name(account)) =
            &p.account;
        out.put("account", account);
        self.amount(out, "amount", p.amount)
    }
}

/// A contact; of a change, what differs alone.
fn contact(out: &mut WrittenValues, c: &ContactDraft, write: &Write) {
    let same = |name: &str| {
        let update = write.update.as_ref();
        update.is_some_and(|u| u.same.iter().any(|s| s == name))
    };
    let mut put = |field: &str, name: &'static str, text: &str| {
        if !same(field) {
            out.put(name, text);
        }
    };
    put("name", "contact.name", &c.name);
    put("first_name", "contact.first_name", &c.first_name);
    put("last_name", "contact.last_name", &c.last_name);
    put("name", "contact.company", &c.source.company);
    put("email", "contact.email", &c.email);
    put("phone", "contact.phone", &c.phones.default);
    put("mobile", "contact.mobile", &c.phones.mobile);
    put("tax_number", "contact.tax_number", &c.tax_number);
    put(
        "account_number",
        "contact.account_number",
        &c.account_number,
    );
    let names = [
        (
            "billing",
            &c.billing,
            [
                "billing.line1",
                "billing.line2",
                "billing.city",
                "billing.region",
                "billing.postal_code",
                "billing.country",
            ],
        ),
        (
            "service",
            &c.service,
            [
                "service.line1",
                "service.line2",
                "service.city",
                "service.region",
                "service.postal_code",
                "service.country",
            ],
        ),
    ];
    for (field, address, names) in names {
        for (name, text) in names.into_iter().zip(parts(address)) {
            put(field, name, &text);
        }
    }
}

/// An address in two lines, town, region, code and country.
fn parts(a: &Address) -> [String; 6] {
    let lines: Vec<&str> = a.lines.iter().map(|l| l.trim()).collect();
    let some: Vec<&str> = lines.into_iter().filter(|l| !l.is_empty()).collect();
    let (first, rest) = some.split_first().unwrap_or((&"", &[]));
    [
        (*first).to_owned(),
        rest.join(", "),
        a.city.clone(),
        a.region.clone(),
        a.postal_code.clone(),
        a.country.clone(),
    ]
}
