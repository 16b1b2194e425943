//! A shop's ledger as the seed of the fake Xero, before the first sync.
//!
//! Flows in: a finished shop. Flows out: one organisation of the seed, the app that the product signs
//! in as, and a token for each connection. Nothing secret: these work in the sandbox alone.

use super::expect::PERSONS_OWN;
use super::order::{Line, Order};
use super::people::Person;
use super::shop::Shop;
use chrono::Duration;
use serde_json::{Value, json};

/// The app that the product is, in the sandbox.
pub const CLIENT_ID: &str = "CROSSFOOTDEMO0000000000000000001";
/// Its secret, in the sandbox.
pub const CLIENT_SECRET: &str = "sandbox-only-not-a-secret";
/// What the connector asks for.
pub const SCOPES: &str = "offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read";
/// A tenant's tokens in the sandbox: access and refresh.
pub fn tokens(tenant: &str) -> (String, String) {
    (
        format!("sandbox-access-{tenant}"),
        format!("sandbox-refresh-{tenant}"),
    )
}

/// The id of a tenant's organisation.
pub fn tenant_id(tenant: &str) -> String {
    uuid::Uuid::new_v5(
        &uuid::Uuid::NAMESPACE_DNS,
        format!("{tenant}.crossfoot.example").as_bytes(),
    )
    .to_string()
}

/// The app.
pub fn app() -> Value {
    json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Crossfoot", "kind": "web",
           "redirect_uris": ["http://localhost:4700/callback"]})
}

/// A tenant's token.
pub fn token(shop: &Shop) -> Value {
    let (access, refresh) = tokens(shop.place.tenant);
    json!({"app": CLIENT_ID, "tenants": [shop.place.title], "access": access, "refresh": refresh, "scopes": SCOPES})
}

/// The organisation.
pub fn organisation(shop: &Shop) -> Value {
    let place = &shop.place;
    let ledger = &shop.ledger;
    let mut contacts = ledger.contacts.clone();
    let taken: Vec<Value> = shop
        .orders
        .iter()
        .filter(|o| o.number_is_taken)
        .map(|o| persons_own(&o.ids.1.to_string(), o.date.to_string()))
        .collect();
    if !taken.is_empty() {
        contacts.push(json!({"Name": "Counter sales", "EmailAddress": "counter@shop.example"}));
    }
    let (mut invoices, mut payments, mut items) = (taken, Vec::new(), ledger.items.clone());
    if ledger.has_the_sales {
        contacts.extend(shop.people.iter().map(customer));
        items.extend(
            (shop.products.iter()).map(|p| item(&p.sku, &p.name, "200", &p.price.to_string())),
        );
        invoices.extend(shop.orders.iter().map(|o| sale(shop, o)));
        payments.extend(shop.orders.iter().flat_map(received));
    }
    json!({
        "name": place.title,
        "tenant_id": tenant_id(place.tenant),
        "country": place.country,
        "currency": place.currency,
        "accounts": ledger.accounts,
        "tax_rates": ledger.tax_rates,
        "items": items,
        "contacts": contacts,
        "invoices": invoices,
        "payments": payments,
        "merges": ledger.merges.iter().map(|(from, into)| json!({"from": from, "into": into})).collect::<Vec<_>>(),
        "period_lock_date": ledger.lock.map(|d| d.to_string()),
    })
}

/// A customer of a shop whose sales are entered here.
fn customer(person: &Person) -> Value {
    let mut out =
        json!({"Name": person.shown(), "FirstName": person.given, "LastName": person.family});
    if !person.email.is_empty() {
        out["EmailAddress"] = json!(person.email);
    }
    out
}

/// A sale that is entered here.
fn sale(shop: &Shop, order: &Order) -> Value {
    let whose = shop.people.iter().find(|p| p.id == order.contact);
    let line = |l: &Line| {
        let taxed = l.taxable.unwrap_or(shop.law.unmarked_taxed);
        let mut out = json!({"Description": l.name, "Quantity": l.quantity.to_string(), "UnitAmount": l.price.to_string(),
            "AccountCode": "200", "TaxType": if taxed { "OUTPUT" } else { "EXEMPTOUTPUT" }});
        if !l.sku.is_empty() {
            out["ItemCode"] = json!(l.sku);
        }
        out
    };
    json!({
        "Type": "ACCREC", "InvoiceNumber": order.ids.1.to_string(), "Reference": order.po,
        "Contact": {"Name": whose.map(Person::shown)}, "Date": order.date.to_string(),
        "DueDate": (order.date + Duration::days(14)).to_string(),
        "Status": if order.status == "DRAFT" { "DRAFT" } else { "AUTHORISED" }, "LineAmountTypes": "Exclusive",
        "LineItems": order.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

/// What came in for it.
fn received(order: &Order) -> impl Iterator<Item = Value> {
    let number = order.ids.1.to_string();
    order.payments.iter().map(move |p| {
        json!({"Invoice": {"InvoiceNumber": number}, "Account": {"Code": "090"}, "Date": p.date.to_string(),
            "Amount": p.amount.to_string(), "Reference": p.method})
    })
}

/// An invoice that a person typed in, with a number the shop was about to use.
fn persons_own(number: &str, date: String) -> Value {
    json!({
        "Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Counter sales"}, "Date": date,
        "DueDate": date, "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Counter sale", "Quantity": 1, "UnitAmount": PERSONS_OWN.to_string(),
                       "AccountCode": "200"}],
    })
}

/// A contact as it is in the ledger already.
pub fn contact(name: &str, email: &str, status: &str) -> Value {
    json!({"Name": name, "EmailAddress": email, "ContactStatus": status})
}

/// An account beside the standard chart.
pub fn account(code: &str, name: &str, kind: &str, tax: &str) -> Value {
    json!({"Code": code, "Name": name, "Type": kind, "TaxType": tax})
}

/// An item with its sales account, or without one.
pub fn item(code: &str, name: &str, account: &str, price: &str) -> Value {
    let mut sales = json!({"UnitPrice": price});
    if !account.is_empty() {
        sales["AccountCode"] = json!(account);
    }
    json!({"Code": code, "Name": name, "SalesDetails": sales})
}
