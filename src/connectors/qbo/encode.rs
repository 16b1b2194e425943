//! Drafts to the bytes of one request. Pure: the same writes give the same bytes.
//!
//! Flows in: writes of one kind, all creates or one update. Flows out: an [`Encoded`] request: one write goes to its entity's
//! own address, several as a batch whose items bear their place for a name. An update is sparse: what is not sent stays as it
//! is. Refused: what Intuit's form has no word for.
//!
//! Whether a company is one of the United States is told by the tax codes of the chart: `TAX:2` and `NON` there, numbers
//! anywhere else.

use super::customer::{at_most, contact};
use super::read::entities;
use super::room::{MEMO, NUMBER};
use crate::connectors::json::cut;
use crate::connectors::stamp::stamped;
use crate::connectors::{Encoded, UpdateOf, Write};
use crate::model::{
    AccountRef, Draft, InvoiceDraft, Kind, LineDraft, MayChange, PaymentDraft, TaxMode, money,
};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Most characters of a payment's own reference.
const REFERENCE: usize = 21;
/// Decimal places of a price or quantity.
const PLACES: u32 = 7;

type Fields = Map<String, Value>;

/// Makes the request.
///
/// # Errors
/// A sentence: which document cannot be written in Intuit's form, and why.
pub fn encode(writes: &[Write]) -> Result<Encoded, String> {
    let first = writes.first().ok_or("there is nothing to write")?;
    let kind = first.draft.kind();
    let entity = entity(kind)?;
    let numbered = |i: usize, e: String| format!("document {}: {e}", i + 1);
    let mut elements = Vec::with_capacity(writes.len());
    for (i, write) in writes.iter().enumerate() {
        elements.push(element(write).map_err(|e| numbered(i, e))?);
    }
    let (path, body) = match elements.as_slice() {
        [one] => (format!("/{}", entity.to_ascii_lowercase()), json!(one)),
        all => {
            let item = |(i, one): (usize, &Fields)| json!({"bId": bid(i), "operation": "create", entity: one});
            let items: Vec<Value> = all.iter().enumerate().map(item).collect();
            ("/batch".to_owned(), json!({ "BatchItemRequest": items }))
        }
    };
    Ok(Encoded {
        kind,
        update: first.update.is_some(),
        path,
        method: "POST".to_owned(),
        body: body.to_string(),
        markers: writes.iter().map(|w| w.marker.clone()).collect(),
        headers: Vec::new(),
    })
}

/// The name of an item of a batch, by its place.
pub(super) fn bid(place: usize) -> String {
    (place + 1).to_string()
}

/// The entity that a kind is written as.
pub(super) fn entity(kind: Kind) -> Result<&'static str, String> {
    let first = entities(kind).first().copied();
    first.ok_or_else(|| format!("{kind}s are not written to QuickBooks Online"))
}

/// Whether a write can be said in Intuit's form, whatever ids it will have.
///
/// # Errors
/// As [`encode`].
pub fn sayable(write: &Write) -> Result<(), String> {
    element(&write.with_some_ids("1")).map(drop)
}

fn element(write: &Write) -> Result<Fields, String> {
    let update = write.update.as_ref();
    let mut out = match &write.draft {
        Draft::Contact(c) => contact(write, c)?,
        Draft::Invoice(d) => paper(write, d)?,
        Draft::Payment(p) => payment(write, p)?,
    };
    if let Some(of) = update {
        if let Some(parts) = &of.only {
            leave(&mut out, parts);
        }
        out.insert("Id".into(), json!(of.id));
        out.insert("SyncToken".into(), json!(of.version));
        out.insert("sparse".into(), json!(true));
    }
    Ok(out)
}

/// Leaves of a change what is to be sent alone.
fn leave(out: &mut Fields, parts: &BTreeSet<MayChange>) {
    out.retain(|field, _| {
        let part = match field.as_str() {
            "DocNumber" => MayChange::Number,
            "PrivateNote" => MayChange::Reference,
            "DueDate" => MayChange::Due,
            "Line" | "TxnTaxDetail" | "GlobalTaxCalculation" => MayChange::Text,
            _ => return false,
        };
        parts.contains(&part)
    });
}

fn reference(id: &str, what: &str) -> Result<Value, String> {
    let good =
        !id.trim().is_empty() && id.chars().count() <= 60 && !id.chars().any(char::is_control);
    match good {
        true => Ok(json!({ "value": id })),
        false => Err(format!("`{}` is no id of {what}", cut(id, 60))),
    }
}

/// Where a document's tax is made, as the codes of its lines tell.
#[derive(Debug, PartialEq, Eq)]
enum Taxed {
    /// In the United States: lines say whether, and the document names at most one code.
    States(Option<String>),
    /// Anywhere else: every line names its code.
    Lines,
}

/// A line's own code in the United States, and the document's.
fn of_the_states(code: &str) -> Option<(&'static str, Option<&str>)> {
    match code {
        "NON" => Some(("NON", None)),
        "TAX" => Some(("TAX", None)),
        code => code.strip_prefix("TAX:").map(|doc| ("TAX", Some(doc))),
    }
}

fn taxed(draft: &InvoiceDraft) -> Result<Taxed, String> {
    let codes = || draft.lines.iter().map(|l| l.tax.as_str());
    if codes().any(str::is_empty) {
        return Err(
            "a line has no tax code: name one under `tax.codes`, and let `tax.without_tax` be exclusive"
                .to_owned(),
        );
    }
    let states = codes().filter_map(of_the_states).count();
    if states == 0 {
        return Ok(Taxed::Lines);
    }
    if states < draft.lines.len() {
        return Err("it mixes tax codes of the United States with others".to_owned());
    }
    let named: BTreeSet<&str> = codes()
        .filter_map(of_the_states)
        .filter_map(|(_, doc)| doc)
        .collect();
    match named.len() {
        0 | 1 => Ok(Taxed::States(named.first().map(|c| (*c).to_owned()))),
        _ => Err(format!(
            "its lines have {} tax codes, and a document has one in the United States",
            named.len()
        )),
    }
}

fn paper(write: &Write, draft: &InvoiceDraft) -> Result<Fields, String> {
    if draft.lines.is_empty() {
        return Err("it has no lines".to_owned());
    }
    let taxed = taxed(draft)?;
    let lines: Result<Vec<Value>, String> = (draft.lines.iter().enumerate())
        .map(|(n, l)| {
            line(n, l, draft.tax_mode, &taxed, write.update.as_ref())
                .map_err(|e| format!("line {}: {e}", n + 1))
        })
        .collect();
    let memo = stamped(&draft.reference, &write.marker, MEMO);
    let mut out = Fields::from_iter([
        (
            "CustomerRef".to_owned(),
            reference(&write.contact_id, "a customer")?,
        ),
        ("TxnDate".to_owned(), json!(draft.date.to_string())),
        (
            "CurrencyRef".to_owned(),
            json!({ "value": draft.currency.code() }),
        ),
        ("PrivateNote".to_owned(), json!(memo)),
        ("Line".to_owned(), Value::Array(lines?)),
    ]);
    let number = at_most("the number", &draft.number, NUMBER)?;
    if !number.is_empty() {
        out.insert("DocNumber".into(), json!(number));
    }
    match &taxed {
        Taxed::States(Some(code)) => {
            let code = reference(code, "a tax code")?;
            out.insert("TxnTaxDetail".into(), json!({ "TxnTaxCodeRef": code }));
        }
        Taxed::States(None) => {}
        Taxed::Lines => {
            let word = match draft.tax_mode {
                TaxMode::Exclusive => "TaxExcluded",
                TaxMode::Inclusive => "TaxInclusive",
                TaxMode::Exempt => "NotApplicable",
            };
            out.insert("GlobalTaxCalculation".into(), json!(word));
        }
    }
    match (draft.kind, &draft.paid_from, draft.due) {
        (Kind::CreditNote, Some(AccountRef::Id(id)), _) => {
            let account = reference(id, "an account")?;
            out.insert("DepositToAccountRef".into(), account);
        }
        (Kind::CreditNote, ..) => {
            return Err("a refund is paid from an account, which is named by its id".to_owned());
        }
        (_, _, Some(due)) => {
            out.insert("DueDate".into(), json!(due.to_string()));
        }
        _ => {}
    }
    Ok(out)
}

fn number(what: &str, amount: Decimal) -> Result<Value, String> {
    let short = amount.normalize();
    match short.scale() > PLACES {
        true => Err(format!(
            "{what} {short} has more than the {PLACES} decimals that QuickBooks Online keeps"
        )),
        false => Ok(money::json(short)),
    }
}

fn line(
    n: usize,
    draft: &LineDraft,
    mode: TaxMode,
    taxed: &Taxed,
    update: Option<&UpdateOf>,
) -> Result<Value, String> {
    let product = money::times(draft.quantity, draft.unit_amount);
    let whole = money::half_up(product, 2);
    let code = match (taxed, of_the_states(&draft.tax)) {
        (Taxed::States(_), Some(_)) if mode == TaxMode::Exempt => "NON",
        (Taxed::States(_), Some((code, _))) => code,
        _ => draft.tax.as_str(),
    };
    let mut detail = Fields::from_iter([
        ("ItemRef".to_owned(), reference(&draft.item_id, "an item")?),
        ("Qty".to_owned(), number("the quantity", draft.quantity)?),
    ]);
    if !(*taxed == Taxed::Lines && mode == TaxMode::Exempt) {
        detail.insert("TaxCodeRef".into(), json!({ "value": code }));
    }
    // What holds its tax is told by its sum: the amount of a line is without tax there too, and no price times a quantity.
    let amount = match mode {
        TaxMode::Inclusive => whole - draft.tax_amount,
        _ => whole,
    };
    match (mode, taxed) {
        (TaxMode::Inclusive, Taxed::Lines) => {
            detail.insert("TaxInclusiveAmt".into(), money::json(whole.normalize()));
        }
        (TaxMode::Inclusive, Taxed::States(_)) => {}
        _ => {
            let price = number("the price", draft.unit_amount)?;
            detail.insert("UnitPrice".into(), price);
        }
    }
    let mut out = json!({
        "DetailType": "SalesItemLineDetail",
        "Amount": money::json(amount.normalize()),
        "SalesItemLineDetail": detail,
    });
    let text = cut(draft.description.trim(), 4000);
    let id = update.and_then(|of| of.line_ids.get(n));
    if let Value::Object(out) = &mut out {
        if !text.is_empty() {
            out.insert("Description".into(), json!(text));
        }
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            out.insert("Id".into(), json!(id));
        }
    }
    Ok(out)
}

fn payment(write: &Write, draft: &PaymentDraft) -> Result<Fields, String> {
    if draft.amount <= Decimal::ZERO {
        return Err(format!("the amount {} is not positive", draft.amount));
    }
    if write.of_credit_note {
        return Err("a refund is paid out by being made".to_owned());
    }
    let AccountRef::Id(account) = &draft.account else {
        return Err(format!(
            "the account with {} was not looked up: QuickBooks Online takes an id",
            draft.account
        ));
    };
    let document = write.document_id.as_str();
    reference(document, "a document")?;
    let amount = money::json(money::half_up(draft.amount, 2).normalize());
    let on = json!([{"Amount": amount, "LinkedTxn": [{"TxnId": document, "TxnType": "Invoice"}]}]);
    let own = cut(draft.reference.trim(), REFERENCE);
    let mut out = Fields::from_iter([
        (
            "CustomerRef".to_owned(),
            reference(&write.contact_id, "a customer")?,
        ),
        ("TotalAmt".to_owned(), amount.clone()),
        ("TxnDate".to_owned(), json!(draft.date.to_string())),
        (
            "CurrencyRef".to_owned(),
            json!({ "value": draft.currency.code() }),
        ),
        (
            "DepositToAccountRef".to_owned(),
            reference(account, "an account")?,
        ),
        (
            "PrivateNote".to_owned(),
            json!(stamped(&draft.reference, &write.marker, MEMO)),
        ),
        ("Line".to_owned(), on),
    ]);
    if !own.is_empty() {
        out.insert("PaymentRefNum".into(), json!(own.trim_end()));
    }
    Ok(out)
}
