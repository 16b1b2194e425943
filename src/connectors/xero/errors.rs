//! What Xero's messages mean: the catalogue of its validation texts, each with its class and a stable code, whose table has the remedy.
//!
//! Flows in: the messages of one element, in Xero's words. Flows out: one [`Refusal`] that keeps all of them.
//! Of several messages the most telling one gives the class: the order of `CATALOGUE` is that order.

use super::codes;
use crate::connectors::json::{cut, list, text};
use crate::connectors::{Refusal, RefusalClass};
use crate::model::Code;
use serde_json::Value;

/// A message of the catalogue: parts that must all occur (in lower case), and what it means.
struct Entry {
    parts: &'static [&'static str],
    class: RefusalClass,
    code: Code,
}

const fn entry(parts: &'static [&'static str], class: RefusalClass, code: Code) -> Entry {
    Entry { parts, class, code }
}

use RefusalClass::{Data, Duplicate, Key, Mapping, Plan, Policy, State, User};

/// Every known message; the first that matches wins.
const CATALOGUE: &[Entry] = &[
    entry(
        &["idempotency key", "different request"],
        Key,
        codes::XERO_KEY_REUSED,
    ),
    entry(
        &["invoice # must be unique"],
        Duplicate,
        codes::XERO_INVOICE_NUMBER_TAKEN,
    ),
    entry(
        &["credit note", "must be unique"],
        Duplicate,
        codes::XERO_CREDIT_NOTE_NUMBER_TAKEN,
    ),
    entry(
        &["order number must be unique"],
        Duplicate,
        codes::XERO_ORDER_NUMBER_TAKEN,
    ),
    entry(
        &["quote number", "must be unique"],
        Duplicate,
        codes::XERO_ORDER_NUMBER_TAKEN,
    ),
    entry(
        &["deleted purchaseorders cannot be updated"],
        State,
        codes::XERO_ORDER_DELETED,
    ),
    entry(
        &["purchaseorder status change is invalid"],
        State,
        codes::XERO_NOT_EDITABLE,
    ),
    entry(
        &["contact name", "already assigned to another contact"],
        Duplicate,
        codes::XERO_CONTACT_NAME_TAKEN,
    ),
    entry(
        &["another contact has this contact number"],
        Duplicate,
        codes::XERO_CONTACT_NUMBER_TAKEN,
    ),
    entry(
        &["account number already exists"],
        Duplicate,
        codes::XERO_ACCOUNT_NUMBER_TAKEN,
    ),
    entry(&["archived contact"], User, codes::XERO_CONTACT_ARCHIVED),
    entry(&["lock date"], Policy, codes::XERO_PERIOD_LOCKED),
    entry(
        &["account code", "not a valid code"],
        Mapping,
        codes::XERO_ACCOUNT_INVALID,
    ),
    entry(
        &["account", "has been archived"],
        Mapping,
        codes::XERO_ACCOUNT_ARCHIVED,
    ),
    entry(
        &["account", "archived"],
        Mapping,
        codes::XERO_ACCOUNT_ARCHIVED,
    ),
    entry(
        &["account code", "has been removed"],
        Mapping,
        codes::XERO_ACCOUNT_UNKNOWN,
    ),
    entry(
        &["account code or id must be specified"],
        Mapping,
        codes::XERO_ACCOUNT_MISSING,
    ),
    entry(
        &["account could not be found"],
        Mapping,
        codes::XERO_PAYMENT_ACCOUNT_UNKNOWN,
    ),
    entry(
        &["tax", "cannot be used with account"],
        Mapping,
        codes::XERO_TAX_NOT_FOR_ACCOUNT,
    ),
    entry(
        &["taxtype", "does not exist"],
        Mapping,
        codes::XERO_TAX_UNKNOWN,
    ),
    entry(
        &["tax type", "does not exist"],
        Mapping,
        codes::XERO_TAX_UNKNOWN,
    ),
    entry(
        &["taxtype field is mandatory"],
        Mapping,
        codes::XERO_TAX_MISSING,
    ),
    entry(
        &["item code", "not valid"],
        Mapping,
        codes::XERO_ITEM_UNKNOWN,
    ),
    entry(
        &["cannot be edited as it has a payment"],
        State,
        codes::XERO_HAS_PAYMENT,
    ),
    entry(
        &["because it has payments or credit notes"],
        State,
        codes::XERO_HAS_PAYMENT,
    ),
    entry(
        &["not of valid status for modification"],
        State,
        codes::XERO_NOT_EDITABLE,
    ),
    entry(
        &["payment amount exceeds"],
        State,
        codes::XERO_PAYMENT_EXCEEDS,
    ),
    entry(
        &["payments can only be made against authorised"],
        State,
        codes::XERO_NOT_PAYABLE,
    ),
    entry(
        &["document could not be found"],
        State,
        codes::XERO_NOT_FOUND,
    ),
    entry(
        &["not subscribed to currency"],
        Plan,
        codes::XERO_CURRENCY_NOT_SUBSCRIBED,
    ),
    entry(
        &["reached the limit of invoices"],
        Plan,
        codes::XERO_INVOICE_LIMIT,
    ),
    entry(
        &["email address must be valid"],
        Data,
        codes::XERO_EMAIL_INVALID,
    ),
    entry(&["discount", "invalid"], Data, codes::XERO_DISCOUNT_INVALID),
    entry(
        &["duedate", "must be specified"],
        Data,
        codes::XERO_DUE_DATE_MISSING,
    ),
    entry(
        &["contact must contain at least"],
        Data,
        codes::XERO_CONTACT_MISSING,
    ),
    entry(
        &["the line total", "does not match"],
        Data,
        codes::XERO_LINE_TOTAL,
    ),
    entry(&["total does not equal"], Data, codes::XERO_TOTALS),
];

/// What the messages of one element mean.
pub fn classify(messages: &[String]) -> Refusal {
    let what: Vec<String> = messages.iter().take(20).map(|m| cut(m, 500)).collect();
    let all: Vec<String> = messages.iter().map(|m| m.to_lowercase()).collect();
    let known = CATALOGUE.iter().find(|entry| {
        all.iter()
            .any(|m| entry.parts.iter().all(|part| m.contains(part)))
    });
    let what = if what.is_empty() {
        "Xero gives no reason".to_owned()
    } else {
        what.join(" | ")
    };
    match known {
        Some(e) => Refusal {
            class: e.class,
            code: e.code,
            what,
            fix: codes::fix(e.code).to_owned(),
        },
        None => Refusal {
            class: RefusalClass::Unknown,
            code: codes::XERO_UNKNOWN,
            what,
            fix: codes::fix(codes::XERO_UNKNOWN).to_owned(),
        },
    }
}

/// Every message of an element, those of its lines, contact and addresses included.
pub fn messages(element: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(element, "ValidationErrors", 0, &mut found);
    found
}

/// The warnings of an element.
pub fn warnings(element: &Value) -> Vec<String> {
    let mut found = Vec::new();
    said(element, "Warnings", &mut found);
    found
}

fn said(value: &Value, field: &str, found: &mut Vec<String>) {
    for error in list(value, field).iter().take(50) {
        // Some answers call it Description.
        let words = [text(error, "Message"), text(error, "Description")];
        if let Some(w) = words.into_iter().find(|w| !w.trim().is_empty())
            && !found.contains(&w)
        {
            found.push(w);
        }
    }
}

fn collect(value: &Value, field: &str, depth: u8, found: &mut Vec<String>) {
    if depth > 4 || found.len() > 100 {
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                collect(item, field, depth, found);
            }
        }
        Value::Object(map) => {
            said(value, field, found);
            // The invoice a payment is for is not the payment: it stands at its own place.
            for (name, inner) in map {
                if name != field && name != "Warnings" && inner.is_array() | inner.is_object() {
                    collect(inner, field, depth + 1, found);
                }
            }
        }
        _ => {}
    }
}
