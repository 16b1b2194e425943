//! Money received beyond what is owed: at Xero a bank transaction of a type of its own, which puts a credit on the
//! contact. It needs the permission `accounting.banktransactions`, which is asked for only where a tenant's file wants it.
//!
//! Flows in: what is said of one amount, checked. Flows out: its shape. Refuses nothing.

use super::wire::{ContactRef, WireAccountRef};
use crate::model::{InvoiceDraft, LineDraft};
use serde::Serialize;
use serde_json::Value;

/// The type of the bank transaction.
pub const TYPE: &str = "RECEIVE-OVERPAYMENT";
/// The permission it needs.
pub const SCOPE: &str = "accounting.banktransactions";

/// An overpayment as it is sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WireOverpayment {
    #[serde(rename = "Type")]
    type_: &'static str,
    contact: ContactRef,
    bank_account: WireAccountRef,
    date: String,
    reference: String,
    line_amount_types: &'static str,
    currency_code: String,
    line_items: [WireCredit; 1],
}

/// Its one line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WireCredit {
    description: String,
    quantity: Value,
    unit_amount: Value,
    account_code: String,
}

/// What it says of one amount: the parts that are looked up and checked by whoever encodes.
pub(super) struct SaidCredit {
    /// Whose credit it is.
    pub(super) contact: ContactRef,
    /// Where the money is.
    pub(super) bank_account: WireAccountRef,
    /// With our stamp.
    pub(super) reference: String,
    /// How much.
    pub(super) amount: Value,
}

/// Shapes an overpayment.
pub(super) fn shape(said: SaidCredit, draft: &InvoiceDraft, line: &LineDraft) -> WireOverpayment {
    WireOverpayment {
        type_: TYPE,
        contact: said.contact,
        bank_account: said.bank_account,
        date: draft.date.to_string(),
        reference: said.reference,
        line_amount_types: "NoTax",
        currency_code: draft.currency.code().to_owned(),
        line_items: [WireCredit {
            description: line.description.clone(),
            quantity: Value::from(1),
            unit_amount: said.amount,
            account_code: line.account.clone(),
        }],
    }
}
