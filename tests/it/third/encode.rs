//! Writes as Quillbook wants them, and what it answers to each.
//!
//! Flows in: drafts. Flows out: the things of a request; what became of one, in the terms the pipeline acts on. Pure.
//! Refused: what Quillbook has no form for.

use super::facts::writes;
use super::ledger::{MARK, No, REFERENCE};
use super::papers::amount;
use crossfoot::connectors::{Outcome, Posted, Refusal, RefusalClass, UpdateOf, Write};
use crossfoot::model::{
    AccountRef, Code, ContactDraft, Draft, InvoiceDraft, Kind, LineDraft, PaymentDraft, TaxMode,
    money,
};
use serde_json::{Map, Value, json};

/// A contact's fields; of a change, those that differ.
fn contact(c: &ContactDraft, same: &[String]) -> Map<String, Value> {
    let all = [
        ("name", "name", &c.name),
        ("given", "first_name", &c.first_name),
        ("family", "last_name", &c.last_name),
        ("email", "email", &c.email),
        ("phone", "phone", &c.phones.default),
        ("mobile", "mobile", &c.phones.mobile),
    ];
    let sent = all
        .into_iter()
        .filter(|(_, ours, _)| !same.iter().any(|s| s == ours));
    sent.map(|(theirs, _, value)| (theirs.to_owned(), json!(value)))
        .collect()
}

fn paper(
    d: &InvoiceDraft,
    contact: &str,
    update: Option<&UpdateOf>,
) -> Result<Map<String, Value>, String> {
    let places = writes().places;
    let line = |(n, l): (usize, &LineDraft)| {
        let mut out = json!({
            "item": l.item_id, "text": l.description, "rate": l.tax,
            "quantity": money::half_up(l.quantity, places.quantity).to_string(),
            "price": money::half_up(l.unit_amount, places.unit).to_string(),
        });
        if let Some(id) = update.and_then(|u| u.line_ids.get(n)) {
            out["id"] = json!(id);
        }
        out
    };
    let amounts = match d.tax_mode {
        TaxMode::Exclusive => "net",
        TaxMode::Inclusive => "gross",
        TaxMode::Exempt => "bare",
    };
    let reference: String = d.reference.chars().take(REFERENCE).collect();
    let lines: Vec<Value> = d.lines.iter().enumerate().map(line).collect();
    let mut out = json!({
        "contact": contact, "date": d.date.to_string(), "currency": d.currency.code(), "amounts": amounts,
        "reference": reference.trim_end(), "lines": lines, "number": d.number,
    });
    if let Some(due) = d.due {
        out["due"] = json!(due.to_string());
    }
    match (&d.paid_from, d.kind) {
        (Some(AccountRef::Id(id)), Kind::CreditNote) => out["paid-from"] = json!(id),
        (None, Kind::Invoice) => {}
        _ => {
            return Err(
                "a credit note is paid from an account by its id, an invoice is not".into(),
            );
        }
    }
    Ok(out.as_object().cloned().unwrap_or_default())
}

fn payment(p: &PaymentDraft, w: &Write) -> Result<Map<String, Value>, String> {
    let AccountRef::Id(account) = &p.account else {
        return Err(format!(
            "the account is named by its id, and not by {}",
            p.account
        ));
    };
    if w.of_credit_note {
        return Err("a credit note is paid by being made".into());
    }
    let reference: String = p.reference.chars().take(REFERENCE).collect();
    let out = json!({
        "party": w.contact_id, "invoice": w.document_id, "account": account, "date": p.date.to_string(),
        "amount": money::half_up(p.amount, 2).to_string(), "reference": reference.trim_end(),
    });
    Ok(out.as_object().cloned().unwrap_or_default())
}

/// A write as a thing of a request.
pub fn element(w: &Write) -> Result<Value, String> {
    let update = w.update.as_ref();
    let mut out = match &w.draft {
        Draft::Contact(c) => contact(c, update.map_or(&[], |u| u.same.as_slice())),
        Draft::Invoice(d) => paper(d, &w.contact_id, update)?,
        Draft::Payment(p) => payment(p, w)?,
    };
    if w.marker.chars().count() > MARK {
        return Err(format!("a mark has at most {MARK} characters"));
    }
    // A change leaves the mark as it is: people copy papers, and the mark is whose it was first.
    match update {
        None => out.insert("mark".into(), json!(w.marker)),
        Some(u) => out.insert("edition".into(), json!(u.version)),
    };
    Ok(Value::Object(out))
}

fn refusal(no: &No) -> Refusal {
    let (class, code) = match no.code {
        "name_taken" => (RefusalClass::Duplicate, "quillbook.name_taken"),
        "stale" => (RefusalClass::Stale, "quillbook.stale"),
        "no_item" | "no_rate" | "no_account" => (RefusalClass::Mapping, "quillbook.mapping"),
        "locked" | "not_owed" | "wrong_party" | "no_invoice" | "not_found" => {
            (RefusalClass::State, "quillbook.state")
        }
        "archived" => (RefusalClass::User, "quillbook.archived"),
        _ => (RefusalClass::Data, "quillbook.data"),
    };
    Refusal {
        class,
        code: Code::of_table(code),
        what: no.text.clone(),
        fix: "see Quillbook's manual".into(),
    }
}

/// What became of a thing.
pub fn outcome(answer: Result<Value, No>) -> Outcome {
    let thing = match answer {
        Ok(thing) => thing,
        Err(no) => return Outcome::Refused(refusal(&no)),
    };
    let text = |field: &str| thing[field].as_str().unwrap_or_default().to_owned();
    let total = if thing["total"].is_string() {
        "total"
    } else {
        "amount"
    };
    Outcome::Made(Posted {
        id: text("id"),
        number: text("number"),
        version: text("edition"),
        total: amount(&thing[total]),
        applied: None,
        warnings: Vec::new(),
    })
}
