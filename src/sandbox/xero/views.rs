//! Documents as the vendor writes them.
//!
//! Dates as `/Date(ms+0000)/` with a readable twin, amounts as numbers with their places, quantities with four.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::{Allocation, Doc, Kind, Org, Payment};
use super::contact_views;
use super::document_commit::names;
use super::json::{day_string, ms, ms_day, num, utc_string};
use super::line_views;
use super::quote_views;

/// How much of a document to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// By id and after a write.
    Full,
    /// A page of a list.
    Page,
    /// An unpaged list: no lines, the contact's name only.
    List,
    /// `summaryOnly=true`.
    Brief,
}

/// What a view needs besides the document.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) org: &'a Org,
    pub(super) level: Level,
    pub(super) dp: u32,
    pub(super) now: DateTime<Utc>,
}

fn set(out: &mut Map<String, Value>, name: &str, value: Value) {
    out.insert(name.to_string(), value);
}

/// An invoice, credit note, overpayment or bank transaction.
pub(super) fn doc(view: View<'_>, doc: &Doc) -> Value {
    if doc.kind == Kind::Quote {
        return quote_views::show(view.org, doc);
    }
    let mut out = Map::new();
    set(&mut out, "Type", json!(doc.ty));
    let (id_field, number_field, _, _) = names(doc.kind);
    set(&mut out, id_field, json!(doc.id));
    if !number_field.is_empty() {
        set(&mut out, number_field, json!(doc.number));
    }
    if !matches!(doc.kind, Kind::Invoice | Kind::Bank | Kind::Order) {
        set(&mut out, "ID", json!(doc.id));
    }
    if doc.ty != "ACCPAY" {
        set(&mut out, "Reference", json!(doc.reference));
    }
    if view.level != Level::Brief && !matches!(doc.kind, Kind::Bank | Kind::Order) {
        set(&mut out, "Payments", payments(view.org, doc));
    }
    money_of(view, doc, &mut out);
    set(&mut out, "CurrencyRate", num(doc.rate, 6));
    contact(view, doc, &mut out);
    dates(doc, &mut out);
    set(&mut out, "Status", json!(doc.status));
    set(&mut out, "LineAmountTypes", json!(doc.amounts.word()));
    // Orders always have four places.
    let dp = if doc.kind == Kind::Order { 4 } else { view.dp };
    if view.level != Level::Brief {
        let full = matches!(view.level, Level::Full | Level::Page);
        let shown = doc
            .lines
            .iter()
            .filter(|_| full)
            .map(|l| line_views::show(l, view.org, dp));
        set(&mut out, "LineItems", Value::Array(shown.collect()));
        set(
            &mut out,
            "HasAttachments",
            json!(view.org.has_attachments(doc.id)),
        );
    }
    set(&mut out, "SubTotal", num(doc.sub, 2));
    set(&mut out, "TotalTax", num(doc.tax, 2));
    set(&mut out, "Total", num(doc.total, 2));
    if !doc.discount.is_zero() {
        set(&mut out, "TotalDiscount", num(doc.discount, 2));
    }
    set(&mut out, "UpdatedDateUTC", ms(doc.updated));
    set(&mut out, "UpdatedDateUTCString", utc_string(doc.updated));
    set(&mut out, "CurrencyCode", json!(doc.currency));
    if let Some(day) = doc.fully_paid {
        set(&mut out, "FullyPaidOnDate", ms_day(day));
    }
    Value::Object(out)
}

fn money_of(view: View<'_>, doc: &Doc, out: &mut Map<String, Value>) {
    match doc.kind {
        Kind::Invoice => {
            if view.level != Level::Brief {
                credits(view.org, doc, out);
            }
            set(out, "AmountDue", num(doc.open(), 2));
            set(out, "AmountPaid", num(doc.paid, 2));
            set(out, "AmountCredited", num(doc.credited, 2));
            set(out, "SentToContact", json!(doc.sent));
            set(out, "HasErrors", json!(false));
            set(out, "IsDiscounted", json!(!doc.discount.is_zero()));
            if let Some(url) = &doc.url {
                set(out, "Url", json!(url));
            }
        }
        Kind::CreditNote | Kind::Overpayment => {
            set(out, "RemainingCredit", num(doc.open(), 2));
            if doc.kind == Kind::CreditNote {
                set(out, "SentToContact", json!(doc.sent));
                set(out, "HasErrors", json!(false));
            }
            if view.level != Level::Brief {
                let list = view
                    .org
                    .allocations_of(doc.id)
                    .map(|a| allocation(view.org, a));
                set(out, "Allocations", Value::Array(list.collect()));
            }
        }
        Kind::Order | Kind::Quote => {}
        Kind::Bank => {
            set(out, "IsReconciled", json!(doc.reconciled));
            if let Some(account) = doc.bank.and_then(|id| view.org.accounts.get(&id)) {
                let code = account.code.clone().unwrap_or_default();
                set(
                    out,
                    "BankAccount",
                    json!({"AccountID": account.id, "Code": code, "Name": account.name}),
                );
            }
            if let Some(id) = doc.linked {
                set(out, "OverpaymentID", json!(id));
            }
        }
    }
    if doc.kind == Kind::Order {
        order(doc, out);
    }
    if let Some(id) = doc.branding {
        set(out, "BrandingThemeID", json!(id));
    }
}

fn order(doc: &Doc, out: &mut Map<String, Value>) {
    for (name, text) in &doc.delivery {
        set(out, name, json!(text));
    }
    if let Some(day) = doc.planned {
        set(out, "DeliveryDate", ms_day(day));
        set(out, "DeliveryDateString", day_string(day));
    }
    if let Some(day) = doc.expected {
        set(out, "ExpectedArrivalDate", ms_day(day));
    }
    set(out, "SentToContact", json!(doc.sent));
    set(out, "HasErrors", json!(false));
    set(out, "IsDiscounted", json!(!doc.discount.is_zero()));
}

/// The credit notes and overpayments that were applied to an invoice.
fn credits(org: &Org, doc: &Doc, out: &mut Map<String, Value>) {
    let (mut notes, mut over) = (Vec::new(), Vec::new());
    for a in org.allocations_of(doc.id) {
        let Some(from) = org.docs(a.from.0).get(&a.from.1) else {
            continue;
        };
        let mut one = Map::new();
        let (id_field, number_field, _, _) = names(from.kind);
        set(&mut one, id_field, json!(from.id));
        set(&mut one, "ID", json!(from.id));
        if !number_field.is_empty() {
            set(&mut one, number_field, json!(from.number));
        }
        set(&mut one, "Date", ms_day(a.date));
        set(&mut one, "DateString", day_string(a.date));
        set(&mut one, "AppliedAmount", num(a.amount, 2));
        set(&mut one, "Total", num(from.total, 2));
        set(&mut one, "LineItems", json!([]));
        let list = if from.kind == Kind::CreditNote {
            &mut notes
        } else {
            &mut over
        };
        list.push(Value::Object(one));
    }
    set(out, "CreditNotes", Value::Array(notes));
    set(out, "Prepayments", json!([]));
    set(out, "Overpayments", Value::Array(over));
}

fn payments(org: &Org, doc: &Doc) -> Value {
    let live = org.payments_of(doc.id).filter(|p| p.status == "AUTHORISED");
    let one = |p: &Payment| {
        json!({
            "PaymentID": p.id,
            "Date": ms_day(p.date),
            "Amount": num(p.amount, 2),
            "Reference": p.reference,
            "CurrencyRate": num(p.rate, 6),
            "HasAccount": false,
            "HasValidationErrors": false,
        })
    };
    Value::Array(live.map(one).collect())
}

fn contact(view: View<'_>, doc: &Doc, out: &mut Map<String, Value>) {
    let Some(contact) = view.org.contacts.get(&doc.contact) else {
        return;
    };
    let level = match view.level {
        Level::Full | Level::Page => contact_views::Level::List,
        Level::List | Level::Brief => contact_views::Level::Name,
    };
    let mut shown = contact_views::show(view.org, contact, level, view.now);
    if let (Value::Object(map), contact_views::Level::List) = (&mut shown, level) {
        map.insert(
            "ContactPersons".into(),
            Value::Array(contact.persons.clone()),
        );
    }
    set(out, "Contact", shown);
}

fn dates(doc: &Doc, out: &mut Map<String, Value>) {
    set(out, "DateString", day_string(doc.date));
    set(out, "Date", ms_day(doc.date));
    if let Some(due) = doc.due {
        set(out, "DueDateString", day_string(due));
        set(out, "DueDate", ms_day(due));
    }
    if doc.kind == Kind::Order {
        return;
    }
    if let Some(day) = doc.expected {
        set(out, "ExpectedPaymentDate", ms_day(day));
    }
    if let Some(day) = doc.planned {
        set(out, "PlannedPaymentDate", ms_day(day));
    }
}

/// Credit applied to an invoice.
pub(super) fn allocation(org: &Org, a: &Allocation) -> Value {
    let number = org
        .invoices
        .get(&a.invoice)
        .map(|d| d.number.clone())
        .unwrap_or_default();
    json!({
        "AllocationID": a.id,
        "Amount": num(a.amount, 2),
        "Date": ms_day(a.date),
        "Invoice": {
            "InvoiceID": a.invoice,
            "InvoiceNumber": number,
            "Payments": [],
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "HasErrors": false,
            "IsDiscounted": false,
            "LineItems": [],
        },
        "ValidationErrors": [],
    })
}

/// A payment; `nested` is the document it stands against, written in full after a write.
pub(super) fn payment(view: View<'_>, p: &Payment) -> Value {
    let mut out = Map::new();
    set(&mut out, "PaymentID", json!(p.id));
    set(&mut out, "Date", ms_day(p.date));
    set(&mut out, "BankAmount", num(p.bank_amount, 2));
    set(&mut out, "Amount", num(p.amount, 2));
    set(&mut out, "Reference", json!(p.reference));
    set(&mut out, "CurrencyRate", num(p.rate, 6));
    set(&mut out, "PaymentType", json!(p.kind));
    set(&mut out, "Status", json!(p.status));
    set(&mut out, "UpdatedDateUTC", ms(p.updated));
    set(&mut out, "UpdatedDateUTCString", utc_string(p.updated));
    set(&mut out, "HasAccount", json!(true));
    set(&mut out, "IsReconciled", json!(p.reconciled));
    if let Some(a) = view.org.accounts.get(&p.account) {
        let mut account = Map::new();
        set(&mut account, "AccountID", json!(a.id));
        if let Some(code) = &a.code {
            set(&mut account, "Code", json!(code));
        }
        if view.level == Level::Full {
            set(&mut account, "Name", json!(a.name));
        }
        set(&mut out, "Account", Value::Object(account));
    }
    if let Some(d) = view.org.docs(p.target.0).get(&p.target.1) {
        set(&mut out, "Invoice", nested(view, d));
    }
    set(&mut out, "HasValidationErrors", json!(false));
    Value::Object(out)
}

/// The document within a payment: the vendor writes it under `Invoice`, whatever it is.
fn nested(view: View<'_>, d: &Doc) -> Value {
    let mut out = Map::new();
    set(
        &mut out,
        "Type",
        json!(if d.kind == Kind::Overpayment && !d.sale() {
            "APOVERPAYMENT"
        } else if d.kind == Kind::Overpayment {
            "AROVERPAYMENT"
        } else {
            d.ty
        }),
    );
    set(&mut out, "InvoiceID", json!(d.id));
    set(&mut out, "InvoiceNumber", json!(d.number));
    for empty in ["Payments", "CreditNotes", "Prepayments", "Overpayments"] {
        set(&mut out, empty, json!([]));
    }
    set(&mut out, "HasErrors", json!(false));
    set(&mut out, "IsDiscounted", json!(!d.discount.is_zero()));
    contact(
        View {
            level: Level::List,
            ..view
        },
        d,
        &mut out,
    );
    set(&mut out, "CurrencyCode", json!(d.currency));
    if view.level != Level::Full {
        set(&mut out, "LineItems", json!([]));
        return Value::Object(out);
    }
    set(&mut out, "AmountDue", num(d.open(), 2));
    set(&mut out, "AmountPaid", num(d.paid, 2));
    set(&mut out, "AmountCredited", num(d.credited, 2));
    set(&mut out, "SentToContact", json!(d.sent));
    set(&mut out, "CurrencyRate", num(d.rate, 6));
    dates(d, &mut out);
    set(&mut out, "Status", json!(d.status));
    set(&mut out, "LineAmountTypes", json!(d.amounts.word()));
    let shown = d
        .lines
        .iter()
        .map(|l| line_views::show(l, view.org, view.dp));
    set(&mut out, "LineItems", Value::Array(shown.collect()));
    set(&mut out, "SubTotal", num(d.sub, 2));
    set(&mut out, "TotalTax", num(d.tax, 2));
    set(&mut out, "Total", num(d.total, 2));
    set(&mut out, "UpdatedDateUTC", ms(d.updated));
    set(&mut out, "UpdatedDateUTCString", utc_string(d.updated));
    if let Some(day) = d.fully_paid {
        set(&mut out, "FullyPaidOnDate", ms_day(day));
    }
    Value::Object(out)
}

/// Whether an amount is more than another allows, or not positive.
pub(super) fn beyond(amount: Decimal, most: Decimal) -> bool {
    amount <= Decimal::ZERO || amount > most
}
