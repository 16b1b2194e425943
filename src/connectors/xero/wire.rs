//! The shapes we send to Xero: `xero_accounting.yaml` 16.1.0. Empty fields are left out, since an empty text would
//! overwrite what a person typed. Amounts are numbers written digit by digit.

use crate::model::MayChange;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// A telephone number in one of the fixed slots.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Phone {
    /// `DEFAULT` or `MOBILE`.
    pub phone_type: &'static str,
    /// At most 50 characters.
    pub phone_number: String,
}

/// An address in one of the two fixed slots.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WireAddress {
    /// `POBOX` or `STREET`.
    pub address_type: &'static str,
    /// At most 500 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line1: String,
    /// At most 500 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line2: String,
    /// At most 500 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line3: String,
    /// At most 500 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line4: String,
    /// At most 255 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// At most 255 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// At most 50 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    /// At most 50 characters, letters and spaces.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
}

/// A contact.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WireContact {
    /// The contact changed; left out for a new one.
    #[serde(rename = "ContactID", skip_serializing_if = "String::is_empty")]
    pub contact_id: String,
    /// At most 50 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contact_number: String,
    /// At most 50 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub account_number: String,
    /// At most 255 characters; left out of a change that leaves it alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// At most 255 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub first_name: String,
    /// At most 255 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub last_name: String,
    /// At most 255 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email_address: String,
    /// At most 50 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tax_number: String,
    /// At most one a slot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<WireAddress>,
    /// At most one a slot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
}

/// A contact by its id alone: with any other field Xero would change the contact.
#[derive(Debug, Serialize)]
pub struct ContactRef {
    /// The id.
    #[serde(rename = "ContactID")]
    pub contact_id: String,
}

/// One option of one tracking category.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tracking {
    /// The category.
    pub name: String,
    /// The option.
    pub option: String,
}

/// A line. Its amount and tax are left to Xero, whose rounding the checks have computed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WireLine {
    /// The line changed; left out for a new one.
    #[serde(rename = "LineItemID", skip_serializing_if = "String::is_empty")]
    pub line_item_id: String,
    /// At most 4,000 characters.
    pub description: String,
    /// A number.
    pub quantity: Value,
    /// A number of at most four places.
    pub unit_amount: Value,
    /// Text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub item_code: String,
    /// Text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub account_code: String,
    /// Text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tax_type: String,
    /// At most two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tracking: Vec<Tracking>,
}

/// An invoice or a credit note.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WireInvoice {
    /// `ACCREC` or `ACCRECCREDIT`.
    #[serde(rename = "Type")]
    pub type_: &'static str,
    /// The invoice changed; left out for a new one.
    #[serde(rename = "InvoiceID", skip_serializing_if = "String::is_empty")]
    pub invoice_id: String,
    /// The credit note changed; left out for a new one.
    #[serde(rename = "CreditNoteID", skip_serializing_if = "String::is_empty")]
    pub credit_note_id: String,
    /// An invoice's number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub invoice_number: String,
    /// A credit note's number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub credit_note_number: String,
    /// With our stamp.
    pub reference: String,
    /// Whom it is to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactRef>,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub date: String,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub due_date: String,
    /// `DRAFT`, `SUBMITTED` or `AUTHORISED`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// `Exclusive`, `Inclusive` or `NoTax`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub line_amount_types: &'static str,
    /// ISO 4217.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub currency_code: String,
    /// At least one; left out of a change that leaves the lines alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub line_items: Vec<WireLine>,
}

impl WireInvoice {
    /// Leaves out what a change does not send, where money stands on the invoice. Its reference always goes, with our
    /// stamp: the answer is known by it.
    pub fn only(&mut self, parts: &BTreeSet<MayChange>) {
        use MayChange::{Account, Due, Number, Text, Tracking};
        (self.contact, self.line_amount_types) = (None, "");
        for field in [&mut self.date, &mut self.status, &mut self.currency_code] {
            field.clear();
        }
        if !parts.contains(&Number) {
            self.invoice_number.clear();
        }
        if !parts.contains(&Due) {
            self.due_date.clear();
        }
        if ![Text, Account, Tracking].iter().any(|p| parts.contains(p)) {
            self.line_items.clear();
        }
    }
}

/// An invoice by its id.
#[derive(Debug, Serialize)]
pub struct InvoiceRef {
    /// The id.
    #[serde(rename = "InvoiceID")]
    pub invoice_id: String,
}

/// A credit note by its id.
#[derive(Debug, Serialize)]
pub struct CreditNoteRef {
    /// The id.
    #[serde(rename = "CreditNoteID")]
    pub credit_note_id: String,
}

/// An account by its code or id.
#[derive(Debug, Serialize)]
pub struct WireAccountRef {
    /// By code.
    #[serde(rename = "Code", skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// By id.
    #[serde(rename = "AccountID", skip_serializing_if = "String::is_empty")]
    pub account_id: String,
}

/// A payment of an invoice, or a refund of a credit note.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WirePayment {
    /// The invoice paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceRef>,
    /// The credit note paid back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<CreditNoteRef>,
    /// The bank account.
    pub account: WireAccountRef,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// A positive number.
    pub amount: Value,
    /// With our stamp.
    pub reference: String,
}
