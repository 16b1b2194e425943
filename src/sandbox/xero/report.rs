//! An organisation's books in full, for reports and oracles.
//!
//! The same shapes as the API's, amounts as numbers, plus what the API does not show together: deleted payments,
//! allocations with both ends, history.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts;
use super::books::{Doc, Org};
use super::chart;
use super::contact_views;
use super::items;
use super::json::{day_string, num};
use super::table::Table;
use super::tax_rates;
use super::views::{self, Level, View};

/// The books.
pub(super) fn org(org: &Org) -> Value {
    let now = DateTime::<Utc>::UNIX_EPOCH;
    let view = View {
        org,
        level: Level::Full,
        dp: 4,
        now,
    };
    let docs = |table: &Table<Uuid, Doc>| table.values().map(|d| full(view, d)).collect::<Vec<_>>();
    let people = org
        .contacts
        .values()
        .map(|c| contact_views::show(org, c, contact_views::Level::Full, now));
    let payments = org.payments.values().map(|p| {
        views::payment(
            View {
                level: Level::List,
                ..view
            },
            p,
        )
    });
    let allocations = org.allocations.values().map(|a| {
        json!({
            "AllocationID": a.id,
            "From": a.from.1,
            "InvoiceID": a.invoice,
            "Amount": num(a.amount, 2),
            "Date": day_string(a.date),
        })
    });
    json!({
        "tenant_id": org.id,
        "name": org.name,
        "organisation": chart::show_org(org),
        "accounts": org.accounts.values().map(accounts::show_account).collect::<Vec<_>>(),
        "tax_rates": org.tax_rates.values().map(tax_rates::show_tax).collect::<Vec<_>>(),
        "items": org.items.values().map(|i| items::show_item(i, 4)).collect::<Vec<_>>(),
        "currencies": org.currencies.keys().collect::<Vec<_>>(),
        "contacts": people.collect::<Vec<_>>(),
        "invoices": docs(&org.invoices),
        "credit_notes": docs(&org.credit_notes),
        "overpayments": docs(&org.overpayments),
        "bank_transactions": docs(&org.banks),
        "purchase_orders": docs(&org.orders),
        "quotes": docs(&org.quotes),
        "payments": payments.collect::<Vec<_>>(),
        "allocations": allocations.collect::<Vec<_>>(),
        "counts": {
            "contacts": org.contacts.len(),
            "invoices": org.invoices.len(),
            "credit_notes": org.credit_notes.len(),
            "payments": org.payments.len(),
        },
    })
}

fn full(view: View<'_>, doc: &Doc) -> Value {
    let mut out = views::doc(view, doc);
    if let Value::Object(map) = &mut out {
        map.insert("CreatedByApp".into(), json!(doc.app));
        let notes = view
            .org
            .notes_of(doc.id)
            .map(|n| json!({"Changes": n.changes, "Details": n.details}));
        map.insert("History".into(), Value::Array(notes.collect()));
    }
    out
}
