//! The published OpenAPI document as a contract: answers of the fake, and the requests of these tests, fit its schemas.

use super::{World, bill};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The schemas, when the folder with the vendors' documents is known.
fn schemas() -> Option<Value> {
    let Ok(dir) = std::env::var("CROSSFOOT_SPECS") else {
        assert!(
            std::env::var("CROSSFOOT_NO_SKIP").is_err(),
            "CROSSFOOT_SPECS must name the folder of the vendors' documents"
        );
        println!("skipped: CROSSFOOT_SPECS is not set, so the published schemas are not at hand");
        return None;
    };
    let text = std::fs::read_to_string(format!("{dir}/xero/xero_accounting.yaml")).unwrap();
    let options = serde_yaml::options! { duplicate_keys: serde_yaml::DuplicateKeyPolicy::LastWins, with_snippet: false };
    let whole: Value = serde_yaml::from_str_with_options(&text, options).unwrap();
    Some(whole["components"]["schemas"].clone())
}

fn validator(schemas: &Value, name: &str) -> Validator {
    let root = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "$ref": format!("#/components/schemas/{name}"),
        "components": {"schemas": schemas},
    });
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .build(&root)
        .unwrap()
}

fn check(schemas: &Value, name: &str, body: &Value) {
    let said: Vec<String> = validator(schemas, name)
        .iter_errors(body)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(said.is_empty(), "{name}: {said:#?}\n{body:#}");
}

#[test]
fn answers_and_requests_fit_the_published_schemas() {
    let Some(schemas) = schemas() else {
        return;
    };
    let mut world = World::new();
    check(&schemas, "Invoices", &json!({"Invoices": [bill("INV-1")]}));
    let id = world.invoice("INV-1");
    world.pay(&id, "10");
    world.put(
        "CreditNotes",
        json!({"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "Contact": {"Name": "Ann"},
        "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}]}),
    );
    let allocated = world.put(
        "CreditNotes/CN-0001/Allocations",
        json!({"Amount": 1, "Invoice": {"InvoiceID": id}}),
    );
    check(&schemas, "Allocations", &allocated.body);
    world.put("BankTransactions", json!({"Type": "RECEIVE-OVERPAYMENT", "Contact": {"Name": "Ann"}, "BankAccount": {"Code": "090"},
        "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 5, "AccountCode": "610"}]}));
    let ann = world.get("Contacts").one("Contacts")["ContactID"].clone();
    let order = json!({"Contact": {"ContactID": ann}, "DeliveryDate": "2026-07-09", "LineItems": [{"Description": "x", "UnitAmount": 2}]});
    assert_eq!(world.put("PurchaseOrders", order).status, 200);
    for path in [
        "Invoices",
        "Contacts",
        "CreditNotes",
        "Payments",
        "Overpayments",
        "BankTransactions",
        "PurchaseOrders",
    ] {
        let unpaged = world.get(path);
        assert_eq!(unpaged.status, 200);
        assert!(!unpaged.body[path].as_array().unwrap().is_empty(), "{path}");
        check(&schemas, path, &unpaged.body);
        let page = world.find(path, &[("page", "1")]);
        check(&schemas, path, &page.body);
    }
    for path in ["Accounts", "TaxRates", "Items", "Currencies"] {
        let answer = world.get(path);
        check(&schemas, path, &answer.body);
    }
    check(&schemas, "Organisations", &world.get("Organisation").body);
    check(&schemas, "Actions", &world.get("Organisation/Actions").body);
    check(
        &schemas,
        "HistoryRecords",
        &world.get(&format!("Invoices/{id}/History")).body,
    );
    check(
        &schemas,
        "Error",
        &world.put("Invoices", bill("INV-1")).body,
    );
    let mixed = world.send(
        "PUT",
        "Invoices",
        &[("summarizeErrors", "false")],
        &json!([bill("INV-1"), bill("INV-2")]),
    );
    check(&schemas, "Invoices", &mixed.body);
}

#[test]
fn every_country_fits_the_schemas() {
    let Some(schemas) = schemas() else {
        return;
    };
    for country in ["AU", "NZ", "GB", "US", "ZA", "JP"] {
        let mut world = World::of(country);
        check(&schemas, "Organisations", &world.get("Organisation").body);
        check(&schemas, "TaxRates", &world.get("TaxRates").body);
        check(&schemas, "Accounts", &world.get("Accounts").body);
    }
}

#[test]
fn the_schemas_can_refuse() {
    let Some(schemas) = schemas() else {
        return;
    };
    let bad = json!({"Invoices": [{"Type": "SALE"}]});
    assert!(!validator(&schemas, "Invoices").is_valid(&bad));
}
