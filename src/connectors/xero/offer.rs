//! Quotes and purchase orders, which bind nobody's money yet: the shapes we send (`xero_accounting.yaml` 16.1.0).
//!
//! Flows in: a draft of such a paper. Flows out: its element. Refused: a paper without lines, texts and figures that have no room.
//! An order names a contact that is there, by its id: Xero makes none for it. Empty fields are left out, since an empty text
//! would overwrite what a person typed.

use super::lines::{REFERENCE, at_most, contact_ref, lines};
use super::wire::{ContactRef, WireLine};
use crate::connectors::Write;
use crate::connectors::stamp::stamped;
use crate::model::{InvoiceDraft, Kind, TaxMode};
use serde::Serialize;

/// A quote, or a purchase order.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WireOffer {
    /// The quote changed; left out for a new one.
    #[serde(rename = "QuoteID", skip_serializing_if = "String::is_empty")]
    quote_id: String,
    /// The order changed; left out for a new one.
    #[serde(rename = "PurchaseOrderID", skip_serializing_if = "String::is_empty")]
    purchase_order_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    quote_number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    purchase_order_number: String,
    /// With our stamp.
    reference: String,
    contact: ContactRef,
    /// `YYYY-MM-DD`.
    date: String,
    /// Until when a quote holds.
    #[serde(skip_serializing_if = "String::is_empty")]
    expiry_date: String,
    /// When what was ordered is to come.
    #[serde(skip_serializing_if = "String::is_empty")]
    delivery_date: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    status: String,
    /// Of a quote in capitals, of an order as of an invoice.
    line_amount_types: &'static str,
    currency_code: String,
    line_items: Vec<WireLine>,
}

/// The element of a quote or a purchase order.
pub(super) fn offer(write: &Write, draft: &InvoiceDraft, id: String) -> Result<WireOffer, String> {
    let quote = draft.kind == Kind::Estimate;
    let split = |value: String| match quote {
        true => (value, String::new()),
        false => (String::new(), value),
    };
    let (quote_id, purchase_order_id) = split(id);
    let (quote_number, purchase_order_number) = split(at_most("the number", &draft.number, 255)?);
    let due = draft.due.map(|d| d.to_string()).unwrap_or_default();
    let (expiry_date, delivery_date) = split(due);
    let existing = write.update.as_ref();
    let words = match draft.tax_mode {
        TaxMode::Exclusive => ("EXCLUSIVE", "Exclusive"),
        TaxMode::Inclusive => ("INCLUSIVE", "Inclusive"),
        TaxMode::Exempt => ("NOTAX", "NoTax"),
    };
    Ok(WireOffer {
        quote_id,
        purchase_order_id,
        quote_number,
        purchase_order_number,
        reference: stamped(&draft.reference, &write.marker, REFERENCE),
        contact: contact_ref(write)?,
        date: draft.date.to_string(),
        expiry_date,
        delivery_date,
        status: match existing {
            Some(of) if !of.status.is_empty() => of.status.clone(),
            _ => draft.status.clone(),
        },
        line_amount_types: if quote { words.0 } else { words.1 },
        currency_code: draft.currency.code().to_owned(),
        line_items: lines(draft, existing)?,
    })
}
