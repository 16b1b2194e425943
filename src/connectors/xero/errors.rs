//! What Xero's messages mean: the catalogue of its validation texts, each with its class, a stable code and the remedy.
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
    fix: &'static str,
}

const fn entry(
    parts: &'static [&'static str],
    class: RefusalClass,
    code: Code,
    fix: &'static str,
) -> Entry {
    Entry {
        parts,
        class,
        code,
        fix,
    }
}

use RefusalClass::{Data, Duplicate, Key, Mapping, Plan, Policy, State, User};

const MERGED: &str =
    "the contact was merged in Xero: the one it was merged into is looked up and used from now on";
const ACCOUNT: &str = "choose another account in the tenant's `accounts`, or restore the account in Xero under Accounting > Chart of accounts";
const TAX: &str = "choose another tax code in the tenant's `tax.codes`, or another account: not every tax rate may be used with every class of account";
const PAID: &str = "open the invoice in Xero: it was paid, voided or edited there. If what paid it is this payment, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; else correct it in one of the two systems, then `crossfoot retry TENANT NUMBER`";
pub(super) const GONE: &str = "see in Xero what became of the invoice: where it was deleted, `crossfoot unlink TENANT NUMBER` has it made anew, with its payments";
const EDIT: &str = "the invoice has a payment or is closed in Xero, so it stays as it is there: enter the change in Xero, or remove the payment; then `crossfoot retry TENANT NUMBER`";
const LOCK: &str = "move the lock date in Xero under Accounting > Advanced > Lock dates, or set `guard.locked_period: first_open_day` in the tenant's file; then `crossfoot retry TENANT NUMBER`";

const ORDER: &str = "Xero has one of this number already: it is looked up; if it is not ours, give one of the two another number, then `crossfoot retry TENANT NUMBER`";

/// Every known message; the first that matches wins.
const CATALOGUE: &[Entry] = &[
    entry(
        &["idempotency key", "different request"],
        Key,
        codes::XERO_KEY_REUSED,
        "this is a fault of Crossfoot: the document is looked up before anything else is sent; please report it",
    ),
    entry(
        &["invoice # must be unique"],
        Duplicate,
        codes::XERO_INVOICE_NUMBER_TAKEN,
        "an invoice of this number is in Xero already: it is looked up; if it is not ours, give one of the two another number",
    ),
    entry(
        &["credit note", "must be unique"],
        Duplicate,
        codes::XERO_CREDIT_NOTE_NUMBER_TAKEN,
        "a credit note of this number is in Xero already: give one of the two another number",
    ),
    entry(
        &["order number must be unique"],
        Duplicate,
        codes::XERO_ORDER_NUMBER_TAKEN,
        ORDER,
    ),
    entry(
        &["quote number", "must be unique"],
        Duplicate,
        codes::XERO_ORDER_NUMBER_TAKEN,
        ORDER,
    ),
    entry(
        &["deleted purchaseorders cannot be updated"],
        State,
        codes::XERO_ORDER_DELETED,
        "a purchase order of this number was deleted in Xero, which does not give its number free: give ours another number in a `map_purchase_order` rule, then `crossfoot retry TENANT NUMBER`",
    ),
    entry(
        &["purchaseorder status change is invalid"],
        State,
        codes::XERO_NOT_EDITABLE,
        EDIT,
    ),
    entry(
        &["contact name", "already assigned to another contact"],
        Duplicate,
        codes::XERO_CONTACT_NAME_TAKEN,
        "a contact of this name is in Xero already: it is looked up and used if it is the same; else rename one of the two",
    ),
    entry(
        &["another contact has this contact number"],
        Duplicate,
        codes::XERO_CONTACT_NUMBER_TAKEN,
        MERGED,
    ),
    entry(
        &["account number already exists"],
        Duplicate,
        codes::XERO_ACCOUNT_NUMBER_TAKEN,
        "another contact has this account number: clear it on one of the two",
    ),
    entry(
        &["archived contact"],
        User,
        codes::XERO_CONTACT_ARCHIVED,
        "restore the contact in Xero under Contacts > Archived, or name another one; then `crossfoot retry TENANT NUMBER`",
    ),
    entry(&["lock date"], Policy, codes::XERO_PERIOD_LOCKED, LOCK),
    entry(
        &["account code", "not a valid code"],
        Mapping,
        codes::XERO_ACCOUNT_INVALID,
        ACCOUNT,
    ),
    entry(
        &["account", "has been archived"],
        Mapping,
        codes::XERO_ACCOUNT_ARCHIVED,
        ACCOUNT,
    ),
    entry(
        &["account", "archived"],
        Mapping,
        codes::XERO_ACCOUNT_ARCHIVED,
        ACCOUNT,
    ),
    entry(
        &["account code", "has been removed"],
        Mapping,
        codes::XERO_ACCOUNT_UNKNOWN,
        ACCOUNT,
    ),
    entry(
        &["account code or id must be specified"],
        Mapping,
        codes::XERO_ACCOUNT_MISSING,
        "give the line an account: the last row of the tenant's `accounts` should be `else`",
    ),
    entry(
        &["account could not be found"],
        Mapping,
        codes::XERO_PAYMENT_ACCOUNT_UNKNOWN,
        "set the tenant's `payments_account` to a bank account, or to one for which payments are enabled in Xero",
    ),
    entry(
        &["tax", "cannot be used with account"],
        Mapping,
        codes::XERO_TAX_NOT_FOR_ACCOUNT,
        TAX,
    ),
    entry(
        &["taxtype", "does not exist"],
        Mapping,
        codes::XERO_TAX_UNKNOWN,
        TAX,
    ),
    entry(
        &["tax type", "does not exist"],
        Mapping,
        codes::XERO_TAX_UNKNOWN,
        TAX,
    ),
    entry(
        &["taxtype field is mandatory"],
        Mapping,
        codes::XERO_TAX_MISSING,
        TAX,
    ),
    entry(
        &["item code", "not valid"],
        Mapping,
        codes::XERO_ITEM_UNKNOWN,
        "make the item in Xero under Business > Products and services, or switch `match.items` off for this SKU",
    ),
    entry(
        &["cannot be edited as it has a payment"],
        State,
        codes::XERO_HAS_PAYMENT,
        EDIT,
    ),
    entry(
        &["because it has payments or credit notes"],
        State,
        codes::XERO_HAS_PAYMENT,
        EDIT,
    ),
    entry(
        &["not of valid status for modification"],
        State,
        codes::XERO_NOT_EDITABLE,
        EDIT,
    ),
    entry(
        &["payment amount exceeds"],
        State,
        codes::XERO_PAYMENT_EXCEEDS,
        PAID,
    ),
    entry(
        &["payments can only be made against authorised"],
        State,
        codes::XERO_NOT_PAYABLE,
        PAID,
    ),
    entry(
        &["document could not be found"],
        State,
        codes::XERO_NOT_FOUND,
        GONE,
    ),
    entry(
        &["not subscribed to currency"],
        Plan,
        codes::XERO_CURRENCY_NOT_SUBSCRIBED,
        "add the currency in Xero under Settings > Currencies, which some plans do not include",
    ),
    entry(
        &["reached the limit of invoices"],
        Plan,
        codes::XERO_INVOICE_LIMIT,
        "the Xero plan allows no more approved invoices this month: upgrade it, or set `status.invoices` to DRAFT",
    ),
    entry(
        &["email address must be valid"],
        Data,
        codes::XERO_EMAIL_INVALID,
        "correct the contact's e-mail address in the source, or drop it by a rule; then `crossfoot retry TENANT NUMBER`",
    ),
    entry(
        &["discount", "invalid"],
        Data,
        codes::XERO_DISCOUNT_INVALID,
        "correct the discount in the source: it may not be greater than its line",
    ),
    entry(
        &["duedate", "must be specified"],
        Data,
        codes::XERO_DUE_DATE_MISSING,
        "set `due` in the tenant's file so that every invoice has a due date",
    ),
    entry(
        &["contact must contain at least"],
        Data,
        codes::XERO_CONTACT_MISSING,
        "the invoice names no contact: retry, and report it if it happens again",
    ),
    entry(
        &["the line total", "does not match"],
        Data,
        codes::XERO_LINE_TOTAL,
        "correct the line's quantity or price in the source",
    ),
    entry(
        &["total does not equal"],
        Data,
        codes::XERO_TOTALS,
        "correct the amounts in the source",
    ),
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
            fix: e.fix.to_owned(),
        },
        None => Refusal {
            class: RefusalClass::Unknown,
            code: codes::XERO_UNKNOWN,
            what,
            fix: "correct what Xero says in the source or in the tenant's file; then `crossfoot retry TENANT NUMBER`"
                .to_owned(),
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
