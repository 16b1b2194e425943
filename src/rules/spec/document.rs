//! Documents of a case: a plain document, with what the case says laid over it.

use super::super::api::catalog::nearest;
use crate::model::{
    AccountRef, Contact, ContactDraft, Currency, DocStatus, Invoice, InvoiceDraft, Kind,
    LedgerContact, LedgerItem, Line, LineDraft, Payment, PaymentDraft, PaymentKind, Phones,
    TaxMode, money,
};
use crate::rules::PaidDocument;
use chrono::{DateTime, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The day plain documents are dated.
pub(crate) fn plain_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap_or_default()
}

type Made<T> = Result<T, String>;

fn plain_payment() -> Payment {
    Payment {
        id: "P1".into(),
        kind: PaymentKind::Payment,
        date: plain_day(),
        at: None,
        amount: Decimal::ZERO,
        method: String::new(),
        reference: String::new(),
        refunds: String::new(),
        settled: true,
    }
}

fn plain_line() -> Line {
    Line {
        id: "1".into(),
        quantity: Decimal::ONE,
        ..Line::default()
    }
}

fn plain_invoice() -> Made<Invoice> {
    let at = DateTime::from_naive_utc_and_offset(plain_day().and_time(NaiveTime::MIN), chrono::Utc);
    let currency = Currency::new("AUD").map_err(|e| e.to_string())?;
    Ok(Invoice {
        number: "1001".into(),
        date: plain_day(),
        contact: Contact {
            id: "C1".into(),
            name: "A Customer".into(),
            ..Contact::default()
        },
        status: DocStatus::Unpaid,
        created_at: at,
        modified_at: at,
        ..Invoice::bare(Kind::Invoice, "1".into(), currency)
    })
}

/// What an element of a list, or a part that is missing in the plain document, is laid over.
fn plain_part(name: &str) -> Option<Value> {
    let value = match name {
        "lines" => serde_json::to_value(plain_line()),
        "payments" => serde_json::to_value(plain_payment()),
        "parent" => serde_json::to_value(Contact::default()),
        _ => return None,
    };
    value.ok()
}

/// Lays what is given over a plain document; a key the document does not have is an error.
fn lay(base: &mut Value, given: &Value, name: &str) -> Made<()> {
    match (&mut *base, given) {
        (Value::Object(b), Value::Object(g)) if name != "fields" => {
            for (key, value) in g {
                let known: Vec<String> = b.keys().cloned().collect();
                let Some(slot) = b.get_mut(key) else {
                    let near = nearest(key, known.iter().map(String::as_str));
                    let hint = near
                        .map(|n| format!("; did you mean `{n}`?"))
                        .unwrap_or_default();
                    return Err(format!(
                        "there is no `{key}` in {}{hint}",
                        if name.is_empty() {
                            "the document"
                        } else {
                            name
                        }
                    ));
                };
                if slot.is_null()
                    && let (Some(part), Value::Object(_)) = (plain_part(key), value)
                {
                    *slot = part;
                }
                lay(slot, value, key)?;
            }
        }
        (slot, Value::Array(items)) if plain_part(name).is_some() => {
            let mut all = Vec::new();
            for (n, item) in items.iter().enumerate() {
                let mut one = plain_part(name).unwrap_or_default();
                if let Some(id) = one.get_mut("id") {
                    *id = Value::String((n + 1).to_string());
                }
                lay(&mut one, item, "an element")?;
                all.push(one);
            }
            *slot = Value::Array(all);
        }
        // Amounts are written as text in a document, so that every digit stays.
        (slot, Value::Number(n)) => *slot = Value::String(n.to_string()),
        (slot, other) => *slot = other.clone(),
    }
    Ok(())
}

fn laid<T: DeserializeOwned + serde::Serialize>(plain: &T, given: &Value, what: &str) -> Made<T> {
    let mut base = serde_json::to_value(plain).map_err(|e| e.to_string())?;
    if !given.is_null() {
        if !given.is_object() {
            return Err(format!("{what} is written as a map: {{ .. }}"));
        }
        lay(&mut base, given, "")?;
    }
    serde_json::from_value(base).map_err(|e| format!("{what}: {e}"))
}

/// The given map in two: the keys named, and the others.
pub(crate) fn split(given: &Value, keys: &[&str]) -> (Map<String, Value>, Value) {
    let mut own = Map::new();
    let mut rest = Map::new();
    if let Value::Object(all) = given {
        for (k, v) in all {
            let into = if keys.contains(&k.as_str()) {
                &mut own
            } else {
                &mut rest
            };
            into.insert(k.clone(), v.clone());
        }
    }
    (own, Value::Object(rest))
}

fn text(map: &Map<String, Value>, key: &str) -> String {
    match map.get(key) {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn number(map: &Map<String, Value>, key: &str) -> Made<Decimal> {
    match map.get(key) {
        None => Ok(Decimal::ZERO),
        Some(v) => money::decimal(v)
            .filter(|d| money::within(*d))
            .ok_or_else(|| format!("`{key}` must be a number below 10^15")),
    }
}

fn day(map: &Map<String, Value>, key: &str) -> Made<Option<NaiveDate>> {
    let text = text(map, key);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| format!("`{key}` must be a date: 2026-07-01"))
}

/// A source invoice.
pub(crate) fn invoice(given: &Value) -> Made<Invoice> {
    let (own, rest) = split(given, &["kind"]);
    let rest = if own.is_empty() { given } else { &rest };
    let mut made = laid(&plain_invoice()?, rest, "an invoice")?;
    if let Some(word) = own.get("kind") {
        let kind = word.as_str().and_then(Kind::parse);
        let known = kind.filter(|k| k.is_document());
        made.kind = known.ok_or("`kind` is invoice, estimate or purchase_order")?;
    }
    if given.get("total").is_none() {
        let net: Decimal = money::sum(made.lines.iter().map(Line::comes_to));
        made.reckoned = net + made.tax.unwrap_or_default();
        made.stated.no_total = true;
    }
    Ok(made)
}

/// A source payment.
pub(crate) fn payment(given: &Value) -> Made<Payment> {
    laid(&plain_payment(), given, "a payment")
}

/// A contact draft, as mapping would draft it from the contact given.
pub(crate) fn contact_draft(given: &Value) -> Made<ContactDraft> {
    let (own, rest) = split(given, &["account_number", "number"]);
    let source: Contact = laid(&Contact::default(), &rest, "a contact")?;
    Ok(ContactDraft {
        name: source.name.clone(),
        first_name: source.first_name.clone(),
        last_name: source.last_name.clone(),
        email: source.email.clone(),
        number: text(&own, "number"),
        account_number: text(&own, "account_number"),
        tax_number: source.tax_number.clone(),
        currency: None,
        phones: Phones {
            default: source.phone.clone(),
            mobile: source.mobile.clone(),
        },
        billing: source.billing.clone(),
        service: source.service.clone(),
        source,
    })
}

/// A line draft and the source line it comes from.
pub(crate) fn line_draft(given: &Value) -> Made<(LineDraft, Line)> {
    let (own, rest) = split(given, &["account", "tax", "item", "tax_amount"]);
    let source: Line = laid(&plain_line(), &rest, "a line")?;
    let named = if source.description.is_empty() {
        &source.name
    } else {
        &source.description
    };
    let draft = LineDraft {
        source_line: source.id.clone(),
        kind: source.kind,
        sku: source.sku.clone(),
        description: named.clone(),
        quantity: source.quantity,
        unit_amount: source.unit_amount,
        account: text(&own, "account"),
        tax: text(&own, "tax"),
        item: text(&own, "item"),
        item_id: String::new(),
        tracking: Vec::new(),
        amount: source.amount.unwrap_or_default(),
        tax_amount: number(&own, "tax_amount")?,
    };
    Ok((draft, source))
}

/// An invoice draft and its source.
pub(crate) fn invoice_draft(given: &Value, kind: Kind) -> Made<(InvoiceDraft, Invoice)> {
    const OWN: [&str; 11] = [
        "number",
        "reference",
        "date",
        "due",
        "status",
        "currency",
        "lines",
        "source",
        "subtotal",
        "total_tax",
        "total",
    ];
    let (own, rest) = split(given, &OWN);
    if let Some(key) = rest.as_object().and_then(|r| r.keys().next()) {
        let hint = nearest(key, OWN.into_iter())
            .map(|n| format!("; did you mean `{n}`?"))
            .unwrap_or_default();
        return Err(format!("there is no `{key}` in an invoice draft{hint}"));
    }
    let mut source = invoice(own.get("source").unwrap_or(&Value::Null))?;
    let mut lines = Vec::new();
    for (n, l) in own
        .get("lines")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (mut draft, mut line) = line_draft(l)?;
        if l.get("id").is_none() {
            line.id = (n + 1).to_string();
            draft.source_line = line.id.clone();
        }
        if own.get("source").and_then(|s| s.get("lines")).is_none() {
            source.lines.push(line);
        }
        lines.push(draft);
    }
    let currency = text(&own, "currency");
    let word = |key: &str, plain: &str| {
        if own.contains_key(key) {
            text(&own, key)
        } else {
            plain.to_owned()
        }
    };
    let draft = InvoiceDraft {
        kind,
        number: word("number", &source.number),
        reference: text(&own, "reference"),
        date: day(&own, "date")?.unwrap_or(source.date),
        due: day(&own, "due")?,
        status: word("status", "AUTHORISED"),
        currency: if currency.is_empty() {
            source.currency
        } else {
            Currency::new(&currency).map_err(|e| e.to_string())?
        },
        tax_mode: TaxMode::Exclusive,
        lines,
        subtotal: number(&own, "subtotal")?,
        total_tax: number(&own, "total_tax")?,
        total: number(&own, "total")?,
        paid_from: None,
    };
    Ok((draft, source))
}

/// A payment draft.
pub(crate) fn payment_draft(given: &Value) -> Made<PaymentDraft> {
    let (own, rest) = split(given, &["account"]);
    let source = payment(&rest)?;
    Ok(PaymentDraft {
        source_payment: source.id,
        kind: source.kind,
        date: source.date,
        amount: source.amount,
        currency: Currency::new("AUD").map_err(|e| e.to_string())?,
        account: AccountRef::Code(text(&own, "account")),
        reference: source.reference,
        method: source.method,
    })
}

/// The posted invoice of a payment.
pub(crate) fn posted(given: &Value) -> Made<PaidDocument> {
    let map = given.as_object().cloned().unwrap_or_default();
    let total = number(&map, "total")?;
    Ok(PaidDocument {
        number: if map.contains_key("number") {
            text(&map, "number")
        } else {
            "1001".into()
        },
        status: if map.contains_key("status") {
            text(&map, "status")
        } else {
            "AUTHORISED".into()
        },
        total,
        due: if map.contains_key("due") {
            number(&map, "due")?
        } else {
            total
        },
    })
}

/// Candidates of the ledger.
pub(crate) fn contacts_found(given: &Value) -> Made<Vec<LedgerContact>> {
    given
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| laid(&LedgerContact::default(), c, "a contact of the ledger"))
        .collect()
}

/// Candidates of the ledger.
pub(crate) fn items_found(given: &Value) -> Made<Vec<LedgerItem>> {
    given
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| laid(&LedgerItem::default(), c, "an item of the ledger"))
        .collect()
}
