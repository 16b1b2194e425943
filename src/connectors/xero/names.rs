//! What Xero calls a kind: its list, its fields, and what of a paper may be changed in which status. The one place that knows.
//!
//! Flows in: a kind. Flows out: Xero's words for it. Refused: items, which are not written here.

use crate::connectors::json::text;
use crate::model::Kind;
use serde_json::Value;

/// Xero's words for a kind.
pub(super) struct Names {
    /// The list it lives in.
    pub list: &'static str,
    /// The field of its id.
    pub id: &'static str,
    /// The field of its number; empty where it has none.
    pub number: &'static str,
    /// The field of the day until which it holds, or is due.
    pub due: &'static str,
    /// What its calls are counted as.
    pub class: &'static str,
    /// The statuses in which all of it may be changed.
    pub open: &'static [&'static str],
}

const OPEN: &[&str] = &["DRAFT", "SUBMITTED", "AUTHORISED"];

/// Xero's words for each kind.
pub(super) const fn names(kind: Kind) -> Names {
    const fn of(list: &'static str, id: &'static str, number: &'static str) -> Names {
        Names {
            list,
            id,
            number,
            due: "DueDate",
            class: "",
            open: OPEN,
        }
    }
    match kind {
        Kind::Contact => Names {
            class: "contacts",
            ..of("Contacts", "ContactID", "ContactNumber")
        },
        Kind::Item => Names {
            class: "items",
            ..of("Items", "ItemID", "Code")
        },
        Kind::Invoice => Names {
            class: "invoices",
            ..of("Invoices", "InvoiceID", "InvoiceNumber")
        },
        Kind::CreditNote => Names {
            class: "credit_notes",
            ..of("CreditNotes", "CreditNoteID", "CreditNoteNumber")
        },
        // What was invoiced there is closed.
        Kind::Estimate => Names {
            due: "ExpiryDate",
            class: "quotes",
            open: &["DRAFT", "SENT", "DECLINED", "ACCEPTED"],
            ..of("Quotes", "QuoteID", "QuoteNumber")
        },
        // What was billed is closed.
        Kind::PurchaseOrder => Names {
            due: "DeliveryDate",
            class: "purchase_orders",
            ..of("PurchaseOrders", "PurchaseOrderID", "PurchaseOrderNumber")
        },
        Kind::Payment => Names {
            class: "payments",
            ..of("Payments", "PaymentID", "")
        },
        Kind::Overpayment => Names {
            class: "bank_transactions",
            ..of("BankTransactions", "BankTransactionID", "")
        },
    }
}

/// The collection a kind lives in, and the name of its id.
///
/// # Errors
/// Items are not written.
pub fn collection(kind: Kind) -> Result<(&'static str, &'static str), String> {
    match kind {
        Kind::Item => Err("items are not written to Xero".to_owned()),
        kind => Ok((names(kind).list, names(kind).id)),
    }
}

/// The number of an element.
pub(super) fn number(kind: Kind, element: &Value) -> String {
    match names(kind).number {
        "" => String::new(),
        field => text(element, field),
    }
}
