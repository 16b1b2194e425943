//! Intuit's answers to our nouns.
//!
//! Flows in: a row as Intuit shows it; of an invoice, with the payments that are linked to it. Flows out: contacts, papers,
//! payments. An amount that is missing is never zero. The mark stands in the memo of a paper or payment, and in the notes of
//! a customer.

use super::faults;
use super::lines::line;
pub(super) use super::lines::named;
use crate::connectors::json::{amount, amount_opt, cut, day, flag, list, moment, text};
use crate::connectors::stamp::marker_of;
use crate::connectors::{CallError, Refusal};
use crate::model::{
    Document, Kind, LedgerContact, LedgerInvoice, LedgerPayment, PartyList, Record, Standing,
    TaxMode, money,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// A read that makes no sense.
pub fn broken(why: impl Into<String>) -> CallError {
    CallError::Broken {
        system: "qbo".to_owned(),
        why: why.into(),
    }
}

/// A write whose end is not known.
pub fn uncertain(why: impl Into<String>, cached: bool) -> CallError {
    CallError::Uncertain {
        system: "qbo".to_owned(),
        why: why.into(),
        cached,
    }
}

/// A whole call refused.
pub fn refused(refusal: Refusal) -> CallError {
    CallError::Refused {
        system: "qbo".to_owned(),
        refusal,
    }
}

/// JSON of an answer.
pub fn parse(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|e| {
        format!(
            "{} bytes that are not JSON (line {}, column {})",
            body.len(),
            e.line(),
            e.column()
        )
    })
}

/// When it was last changed.
pub(super) fn updated(row: &Value) -> Option<DateTime<Utc>> {
    moment(&text(row.get("MetaData")?, "LastUpdatedTime"))
}

/// When it was made.
pub(super) fn made(row: &Value) -> Option<DateTime<Utc>> {
    moment(&text(row.get("MetaData")?, "CreateTime"))
}

fn mark(text: &str) -> Option<String> {
    marker_of(text).map(str::to_owned)
}

fn inner(row: &Value, field: &str, part: &str) -> String {
    row.get(field).map_or(String::new(), |v| text(v, part))
}

/// A customer. Of a job the name is the one with its parents before it: that one is its own.
pub fn contact(c: &Value) -> LedgerContact {
    let full = text(c, "FullyQualifiedName");
    let name = match c.get("ParentRef").is_some() && !full.is_empty() {
        true => full,
        false => text(c, "DisplayName"),
    };
    LedgerContact {
        id: text(c, "Id"),
        name,
        email: inner(c, "PrimaryEmailAddr", "Address"),
        number: String::new(),
        phone: inner(c, "PrimaryPhone", "FreeFormNumber"),
        mobile: inner(c, "Mobile", "FreeFormNumber"),
        archived: flag(c, "Active") == Some(false),
        merged_into: String::new(),
        version: text(c, "SyncToken"),
        mark: mark(&text(c, "Notes")),
        list: PartyList::Customer,
        currency: named(c, "CurrencyRef"),
    }
}

/// What a payment puts to each paper, by kind and id.
fn parts(p: &Value) -> Result<Vec<(String, String, Decimal)>, String> {
    let mut all = Vec::new();
    for line in list(p, "Line") {
        for on in list(line, "LinkedTxn") {
            let amount = amount(line, "Amount").map_err(|e| format!("a payment: {e}"))?;
            all.push((text(on, "TxnType"), text(on, "TxnId"), amount));
        }
    }
    Ok(all)
}

/// The invoices that a payment is linked to.
pub(super) fn invoices_of(p: &Value) -> Vec<String> {
    let links = list(p, "Line").iter().flat_map(|l| list(l, "LinkedTxn"));
    let invoices = links.filter(|l| text(l, "TxnType") == "Invoice");
    invoices.map(|l| text(l, "TxnId")).collect()
}

/// The payments that an invoice is linked to.
pub(super) fn payments_of(invoice: &Value) -> Vec<String> {
    let links = list(invoice, "LinkedTxn").iter();
    let paid = links.filter(|l| text(l, "TxnType") == "Payment");
    paid.map(|l| text(l, "TxnId")).collect()
}

/// A payment, as far as it is put to one invoice; to none in particular, all of it.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub fn payment(p: &Value, on: Option<&str>) -> Result<LedgerPayment, String> {
    let parts = parts(p)?;
    let put = match on {
        Some(id) => money::sum(
            (parts.iter())
                .filter(|(kind, to, _)| kind == "Invoice" && to == id)
                .map(|(_, _, amount)| *amount),
        ),
        None => amount(p, "TotalAmt").map_err(|e| format!("a payment: {e}"))?,
    };
    let first = parts.iter().find(|(kind, ..)| kind == "Invoice");
    let memo = text(p, "PrivateNote");
    Ok(LedgerPayment {
        id: text(p, "Id"),
        date: day(&text(p, "TxnDate")).ok_or("a payment's `TxnDate` cannot be read")?,
        amount: put,
        mark: mark(&memo),
        on_document: match on {
            Some(id) => id.to_owned(),
            None => first.map(|(_, id, _)| id.clone()).unwrap_or_default(),
        },
        reference: match memo.is_empty() {
            true => text(p, "PaymentRefNum"),
            false => memo,
        },
    })
}

fn tax_mode(paper: &Value) -> TaxMode {
    match text(paper, "GlobalTaxCalculation").as_str() {
        "TaxInclusive" => TaxMode::Inclusive,
        "NotApplicable" => TaxMode::Exempt,
        // The United States have no word for it.
        _ => TaxMode::Exclusive,
    }
}

/// Voiding leaves a paper of nothing, and says so before its memo, in the company's language.
pub(super) fn is_void(paper: &Value, total: Decimal) -> bool {
    let nothing = |l: &Value| amount_opt(l, "Amount").is_ok_and(|a| a.is_none_or(|a| a.is_zero()));
    let emptied = list(paper, "Line").iter().all(nothing);
    let said = text(paper, "PrivateNote").to_lowercase();
    let said = said.trim_start();
    let words = ["void", "annul", "anul"];
    total.is_zero() && emptied && words.iter().any(|w| said.starts_with(w))
}

/// An invoice, credit memo or refund receipt.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub fn paper(kind: Kind, entity: &str, p: &Value, paid: &[Value]) -> Result<LedgerInvoice, String> {
    let number = text(p, "DocNumber");
    let in_it = |e: String| format!("{kind} {}: {e}", cut(&number, 60));
    let total = amount(p, "TotalAmt").map_err(in_it)?;
    let due = match entity {
        // It is paid out by being made.
        "RefundReceipt" => Decimal::ZERO,
        _ => amount(p, "Balance").map_err(in_it)?,
    };
    let id = text(p, "Id");
    let void = is_void(p, total);
    let untouched = due == total
        && list(p, "LinkedTxn")
            .iter()
            .all(|l| text(l, "TxnType") == "Estimate");
    let standing = match (void, due.is_zero(), due == total) {
        (true, ..) => Standing::Cancelled,
        (_, true, _) => Standing::Settled,
        (_, _, true) => Standing::Open,
        _ => Standing::PartPaid,
    };
    let mode = tax_mode(p);
    let mut lines = Vec::new();
    for l in list(p, "Line") {
        lines.extend(line(l, p, mode == TaxMode::Inclusive).map_err(in_it)?);
    }
    let mut payments = Vec::new();
    for one in paid.iter().filter(|one| invoices_of(one).contains(&id)) {
        payments.push(payment(one, Some(&id)).map_err(in_it)?);
    }
    let memo = text(p, "PrivateNote");
    let invoice = kind == Kind::Invoice;
    Ok(LedgerInvoice {
        kind,
        mark: mark(&memo),
        reference: memo,
        status: if void {
            "void".to_owned()
        } else {
            String::new()
        },
        contact_id: named(p, "CustomerRef"),
        contact_name: inner(p, "CustomerRef", "name"),
        date: day(&text(p, "TxnDate")),
        due: day(&text(p, "DueDate")).filter(|_| invoice),
        currency: named(p, "CurrencyRef"),
        no_total: false,
        total,
        amount_due: due,
        pending: Vec::new(),
        credits: Vec::new(),
        amount_paid: total - due,
        tax_mode: Some(mode),
        lines,
        payments,
        version: text(p, "SyncToken"),
        editable: invoice && !void && untouched,
        may: match invoice && !void {
            true => super::room::AFTER_MONEY.into(),
            false => Default::default(),
        },
        payable: invoice && standing.takes_payments() && due > Decimal::ZERO,
        standing,
        id,
        number,
    })
}

/// The lists that share their names, the customers' first.
pub(super) const PARTIES: [(&str, PartyList); 3] = [
    ("Customer", PartyList::Customer),
    ("Vendor", PartyList::Vendor),
    ("Employee", PartyList::Employee),
];

/// A vendor or employee, of whom the name alone counts. One that was merged into another leaves its name.
fn other_party(list: PartyList, row: &Value) -> LedgerContact {
    let resting = is_deleted(row) || flag(row, "Active") == Some(false);
    LedgerContact::of_list(list, &text(row, "Id"), text(row, "DisplayName"), resting)
}

/// The entities of which a list of a kind tells: what has a contact's name is told with the contacts.
pub(super) fn listed(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contact => &["Customer", "Vendor", "Employee"],
        other => entities(other),
    }
}

/// The entities that a kind stands for.
pub(super) fn entities(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contact => &["Customer"],
        Kind::Invoice => &["Invoice"],
        // A refund of ours is a receipt; people enter memos as well.
        Kind::CreditNote => &["RefundReceipt", "CreditMemo"],
        Kind::Payment => &["Payment"],
        Kind::Item | Kind::Overpayment | Kind::Estimate | Kind::PurchaseOrder => &[],
    }
}

/// A row as a record. Its raw text holds the row under its entity's name, and the payments of an invoice.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub(super) fn record(
    kind: Kind,
    entity: &str,
    row: &Value,
    paid: &[Value],
) -> Result<Record, String> {
    let at = updated(row);
    let raw = json!({ entity: row });
    Ok(match kind {
        Kind::Contact => {
            let list = PARTIES.iter().find(|(own, _)| *own == entity);
            let party = match list.map_or(PartyList::Customer, |(_, list)| *list) {
                PartyList::Customer => contact(row),
                other => other_party(other, row),
            };
            Record::of_contact(party, at, raw)
        }
        Kind::Payment => Record {
            revision: text(row, "SyncToken"),
            ..Record::of_payment(payment(row, None)?, at, raw)
        },
        _ => {
            let id = text(row, "Id");
            let mine: Vec<Value> = (paid.iter())
                .filter(|p| invoices_of(p).contains(&id))
                .cloned()
                .collect();
            let paper = paper(kind, entity, row, &mine)?;
            // When the last money came is a change of the paper too.
            let at = mine.iter().filter_map(updated).chain(at).max();
            let raw = json!({ entity: row, "Payments": mine });
            Record::of_paper(paper, at, raw)
        }
    })
}

/// A paper that was deleted: nothing is left of it but its id.
pub(super) fn gone(kind: Kind, row: &Value) -> Record {
    let paper = LedgerInvoice {
        kind,
        standing: Standing::Gone,
        id: text(row, "Id"),
        status: "deleted".to_owned(),
        mark: None,
        number: String::new(),
        reference: String::new(),
        contact_id: String::new(),
        contact_name: String::new(),
        date: None,
        due: None,
        currency: String::new(),
        no_total: false,
        total: Decimal::ZERO,
        amount_due: Decimal::ZERO,
        pending: Vec::new(),
        credits: Vec::new(),
        amount_paid: Decimal::ZERO,
        tax_mode: None,
        lines: Vec::new(),
        payments: Vec::new(),
        version: String::new(),
        editable: false,
        may: Default::default(),
        payable: false,
    };
    Record::of_paper(paper, updated(row), json!({ "Deleted": row, "kind": kind }))
}

/// Whether a row of the change feed tells of a deletion.
pub(super) fn is_deleted(row: &Value) -> bool {
    text(row, "status") == "Deleted"
}

/// A document again from what Intuit said of it.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub fn again(raw: &Value) -> Result<Document, String> {
    if let Some(row) = raw.get("Deleted") {
        let kind = raw.get("kind").cloned().unwrap_or(Value::Null);
        let kind = serde_json::from_value(kind).map_err(|_| "its kind cannot be read")?;
        return Ok(gone(kind, row).document);
    }
    let paid = list(raw, "Payments");
    for kind in [
        Kind::Contact,
        Kind::Invoice,
        Kind::CreditNote,
        Kind::Payment,
    ] {
        for entity in listed(kind) {
            if let Some(row) = raw.get(*entity) {
                return record(kind, entity, row, paid).map(|r| r.document);
            }
        }
    }
    Err("it is nothing that is read from QuickBooks Online".to_owned())
}

/// The answer to a question that was not put as Intuit wants it.
pub(super) fn no_answer(status: u16, body: &[u8]) -> CallError {
    let told = parse(body).map(|b| faults::told(&b)).unwrap_or_default();
    if told.is_empty() {
        return broken(format!("it answers {status} without saying why"));
    }
    let mut refusal = faults::classify(&told, Kind::Item, false);
    refusal.fix = match refusal.class {
        crate::connectors::RefusalClass::Plan => refusal.fix,
        _ => "report this: the question was not put as QuickBooks Online wants it".to_owned(),
    };
    refused(refusal)
}
