//! Xero's answers to our nouns.
//!
//! Flows in: bytes of an answer. Flows out: outcomes of a write in the order it was sent, contacts, invoices.
//! Refuses: an answer to a write that does not account for every document sent, each found by its own number or
//! stamp (its place in the list is only a hint). Such an answer is [`CallError::Uncertain`], never a guess.
//! An amount that is missing is never zero.

use super::applied::credits;
use super::codes;
use super::errors::{classify, messages, warnings};
use super::names::{collection, names, number};
use super::stands::{may, standing};
use crate::connectors::json::{amount, amount_opt, cut, day, flag, list, moment, text};
use crate::connectors::stamp::marker_of;
use crate::connectors::{CallError, Encoded, Outcome, Posted, Refusal, RefusalClass};
use crate::model::{
    Document, Kind, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, TaxMode,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

/// The id Xero gives to what it did not make.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A read that makes no sense.
pub fn broken(why: impl Into<String>) -> CallError {
    CallError::Broken {
        system: "xero".to_owned(),
        why: why.into(),
    }
}

/// A write whose end is not known.
pub fn uncertain(why: impl Into<String>) -> CallError {
    CallError::Uncertain {
        system: "xero".to_owned(),
        why: why.into(),
        cached: false,
    }
}

/// A whole call refused.
pub fn refused(refusal: Refusal) -> CallError {
    CallError::Refused {
        system: "xero".to_owned(),
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

/// What a document is known by: its number or its stamp.
fn known_by(kind: Kind, element: &Value) -> Option<String> {
    let found = match kind {
        Kind::Contact => {
            let number = text(element, "ContactNumber");
            if number.is_empty() {
                // Names are compared as Xero compares them: without regard to case and spaces.
                let name = text(element, "Name").to_lowercase();
                name.split_whitespace().collect::<Vec<_>>().join(" ")
            } else {
                number
            }
        }
        _ => marker_of(&text(element, "Reference"))
            .unwrap_or_default()
            .to_owned(),
    };
    (!found.is_empty()).then_some(found)
}

/// What became of each document, in the order sent.
///
/// # Errors
/// [`CallError::Uncertain`] when the answer does not account for all of them.
pub fn outcomes(encoded: &Encoded, body: &[u8]) -> Result<Vec<Outcome>, CallError> {
    let (name, _) = collection(encoded.kind).map_err(broken)?;
    let answer = parse(body).map_err(uncertain)?;
    let sent = parse(encoded.body.as_bytes()).map_err(broken)?;
    let sent = list(&sent, name);
    let got = list(&answer, name);
    if got.len() != sent.len() || sent.len() != encoded.markers.len() {
        return Err(uncertain(format!(
            "{} documents were sent and {} answered",
            sent.len(),
            got.len()
        )));
    }
    let mut all = Vec::with_capacity(sent.len());
    for (place, wanted) in sent.iter().enumerate() {
        let mine = known_by(encoded.kind, wanted);
        let same = |e: &&Value| mine.is_some() && known_by(encoded.kind, e) == mine;
        let at_place = got.get(place).filter(same);
        let mut alike = got.iter().filter(same);
        let element = match (at_place, alike.next(), alike.next()) {
            (Some(here), Some(_), None) => here,
            (None, Some(elsewhere), None) => elsewhere,
            _ => {
                return Err(uncertain(format!(
                    "the answer does not show what became of document {}",
                    place + 1
                )));
            }
        };
        all.push(outcome(encoded.kind, element)?);
    }
    Ok(all)
}

fn outcome(kind: Kind, element: &Value) -> Result<Outcome, CallError> {
    let (_, id_field) = collection(kind).map_err(broken)?;
    let id = text(element, id_field);
    let status = text(element, "StatusAttributeString").to_ascii_uppercase();
    let failed = status == "ERROR"
        || flag(element, "HasErrors") == Some(true)
        || flag(element, "HasValidationErrors") == Some(true)
        || !list(element, "ValidationErrors").is_empty();
    if failed {
        return Ok(Outcome::Refused(classify(&messages(element))));
    }
    if id.is_empty() || id == NOBODY || !matches!(status.as_str(), "" | "OK" | "WARNING") {
        return Err(uncertain(format!(
            "a document is answered with the status `{}` and {} id",
            cut(&status, 20),
            if id.is_empty() || id == NOBODY {
                "no"
            } else {
                "an"
            }
        )));
    }
    let total = match kind {
        Kind::Contact | Kind::Item => None,
        Kind::Payment => Some(amount(element, "Amount").map_err(uncertain)?),
        _ => Some(amount(element, "Total").map_err(uncertain)?),
    };
    Ok(Outcome::Made(Posted {
        id,
        number: number(kind, element),
        version: version(element),
        total,
        applied: None,
        warnings: warnings(element),
    }))
}

/// When it was last changed. `UpdatedDateUTC` has milliseconds; its readable twin has not, and stands in where the
/// first is missing.
pub(super) fn updated(element: &Value) -> Option<DateTime<Utc>> {
    let given = ["UpdatedDateUTC", "UpdatedDateUTCString"];
    given.iter().find_map(|f| moment(&text(element, f)))
}

/// The version: when it was last changed, as fine as Xero tells it, always written alike.
fn version(element: &Value) -> String {
    updated(element)
        .map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}

/// What a 4xx answer to a write means.
pub fn refusal(encoded: &Encoded, status: u16, body: &[u8]) -> Result<Vec<Outcome>, CallError> {
    if status == 404 {
        return Err(refused(Refusal {
            class: RefusalClass::State,
            code: codes::XERO_NOT_FOUND,
            what: "Xero does not have one of the documents the request names".to_owned(),
            fix: codes::fix(codes::XERO_NOT_FOUND).to_owned(),
        }));
    }
    let Ok(answer) = parse(body) else {
        return Err(refused(Refusal {
            class: RefusalClass::Unknown,
            code: codes::XERO_UNKNOWN,
            what: format!("Xero answers {status} without saying why"),
            fix: "retry; report it if it happens again".to_owned(),
        }));
    };
    let elements = list(&answer, "Elements");
    if let ([element], [_]) = (elements, encoded.markers.as_slice()) {
        return Ok(vec![Outcome::Refused(classify(&messages(element)))]);
    }
    let mut said: Vec<String> = elements.iter().flat_map(messages).collect();
    said.extend(
        ["Message", "Detail"]
            .iter()
            .map(|f| text(&answer, f))
            .filter(|m| !m.is_empty()),
    );
    Err(refused(classify(&said)))
}

/// A contact.
pub fn contact(element: &Value) -> LedgerContact {
    let phone = |slot: &str| {
        let found = list(element, "Phones")
            .iter()
            .find(|p| text(p, "PhoneType") == slot);
        let parts =
            found.map(|p| ["PhoneCountryCode", "PhoneAreaCode", "PhoneNumber"].map(|f| text(p, f)));
        let parts = parts.unwrap_or_default();
        parts.join(" ").trim().to_owned()
    };
    LedgerContact {
        id: text(element, "ContactID"),
        name: text(element, "Name"),
        email: text(element, "EmailAddress"),
        number: text(element, "ContactNumber"),
        phone: phone("DEFAULT"),
        mobile: phone("MOBILE"),
        // Anything but ACTIVE cannot be used: ARCHIVED, GDPRREQUEST, or what may come later.
        archived: !matches!(text(element, "ContactStatus").as_str(), "" | "ACTIVE"),
        merged_into: text(element, "MergedToContactID"),
        version: version(element),
        ..LedgerContact::default()
    }
}

fn payments(element: &Value) -> Result<Vec<LedgerPayment>, String> {
    list(element, "Payments")
        .iter()
        .filter(|p| text(p, "Status") != "DELETED")
        .map(payment)
        .collect()
}

/// A payment, by itself or inside its document.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub fn payment(p: &Value) -> Result<LedgerPayment, String> {
    // By itself it names its document as an invoice, whatever that is.
    let on = p.get("Invoice").unwrap_or(&Value::Null);
    let on = [text(on, "InvoiceID"), text(on, "CreditNoteID")];
    let reference = text(p, "Reference");
    Ok(LedgerPayment {
        id: text(p, "PaymentID"),
        date: day(&text(p, "Date")).ok_or("a payment's `Date` cannot be read")?,
        amount: amount(p, "Amount").map_err(|e| format!("a payment: {e}"))?,
        mark: marker_of(&reference).map(str::to_owned),
        on_document: on.into_iter().find(|id| !id.is_empty()).unwrap_or_default(),
        reference,
    })
}

/// Whether an element is of the type that a kind stands for: a bill of a supplier is an invoice to Xero too. One that
/// does not say what it is passes for what was asked for.
pub fn is_ours(kind: Kind, element: &Value) -> bool {
    let of = |element: &Value, types: &[&str]| {
        let said = text(element, "Type");
        said.is_empty() || types.contains(&said.as_str())
    };
    match kind {
        // A quote is always of a sale, and an order always of a purchase.
        Kind::Contact | Kind::Item | Kind::Estimate | Kind::PurchaseOrder => true,
        Kind::Invoice => of(element, &["ACCREC"]),
        Kind::CreditNote => of(element, &["ACCRECCREDIT"]),
        Kind::Overpayment => of(element, &[super::overpaid::TYPE]),
        Kind::Payment => {
            let on = element.get("Invoice").unwrap_or(&Value::Null);
            of(on, &["ACCREC", "ACCRECCREDIT"])
        }
    }
}

/// A document again from what Xero said of it.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub fn again(raw: &Value) -> Result<Document, String> {
    let has = |field: &str| raw.get(field).is_some();
    if has("PaymentID") {
        return payment(raw).map(Document::LedgerPayment);
    }
    for kind in Kind::ALL.into_iter().filter(|k| k.is_paper()) {
        if has(collection(kind)?.1) {
            return document(kind, raw).map(|p| Document::Paper(Box::new(p)));
        }
    }
    if has("ContactID") {
        return Ok(Document::LedgerContact(contact(raw)));
    }
    Err("it has the id of nothing that is read from Xero".to_owned())
}

fn line(l: &Value) -> Result<LedgerLine, String> {
    let tracked = |t: &Value| (text(t, "Name"), text(t, "Option"));
    Ok(LedgerLine {
        id: text(l, "LineItemID"),
        description: text(l, "Description"),
        // A line that is a text alone has neither.
        quantity: amount_opt(l, "Quantity")?.unwrap_or_default(),
        unit_amount: amount_opt(l, "UnitAmount")?.unwrap_or_default(),
        account: text(l, "AccountCode"),
        tax: text(l, "TaxType"),
        item: text(l, "ItemCode"),
        tracking: list(l, "Tracking").iter().map(tracked).collect(),
    })
}

/// An invoice or credit note.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub fn document(kind: Kind, element: &Value) -> Result<LedgerInvoice, String> {
    let names = names(kind);
    let number = number(kind, element);
    let named = |e: String| format!("{kind} {}: {e}", cut(&number, 60));
    let total = amount(element, "Total").map_err(named)?;
    let of = |field| amount(element, field).map_err(named);
    let (amount_due, amount_paid) = match kind {
        Kind::CreditNote => {
            let left = of("RemainingCredit")?;
            (left, total - left)
        }
        // The money came with it.
        Kind::Overpayment => (Decimal::ZERO, total),
        kind if !kind.takes_payments() => (total, Decimal::ZERO),
        _ => (of("AmountDue")?, of("AmountPaid")?),
    };
    let credited = amount_opt(element, "AmountCredited").map_err(named)?;
    let untouched = amount_paid.is_zero()
        && credited.unwrap_or(Decimal::ZERO).is_zero()
        && list(element, "Payments").is_empty()
        && list(element, "Allocations").is_empty()
        && amount_due == total;
    let status = text(element, "Status");
    let contact = element.get("Contact").unwrap_or(&Value::Null);
    let reference = text(element, "Reference");
    Ok(LedgerInvoice {
        kind,
        standing: standing(&status, untouched),
        mark: marker_of(&reference).map(str::to_owned),
        id: text(element, names.id),
        reference,
        editable: untouched && names.open.contains(&status.as_str()),
        may: may(kind, &status, untouched),
        payable: kind.takes_payments() && status == "AUTHORISED" && amount_due > Decimal::ZERO,
        contact_id: text(contact, "ContactID"),
        contact_name: text(contact, "Name"),
        date: day(&text(element, "Date")),
        due: day(&text(element, names.due)),
        currency: text(element, "CurrencyCode"),
        no_total: false,
        total,
        amount_due,
        amount_paid,
        // Of a quote it is written in capitals.
        tax_mode: match text(element, "LineAmountTypes").to_lowercase().as_str() {
            "exclusive" => Some(TaxMode::Exclusive),
            "inclusive" => Some(TaxMode::Inclusive),
            "notax" => Some(TaxMode::Exempt),
            _ => None,
        },
        lines: (list(element, "LineItems").iter())
            .map(|l| line(l).map_err(named))
            .collect::<Result<_, _>>()?,
        payments: payments(element).map_err(|e| format!("{kind} {}: {e}", cut(&number, 60)))?,
        pending: Vec::new(),
        credits: credits(element).map_err(named)?,
        version: version(element),
        status,
        number,
    })
}
