//! Batches: all or nothing by default, one by one when asked; the shapes of what is refused.

use super::{World, bill};
use serde_json::{Value, json};

fn mixed() -> Value {
    let mut bad = bill("INV-2");
    bad["LineItems"][0]["AccountCode"] = json!("999");
    json!({"Invoices": [bill("INV-1"), bad, bill("INV-3")]})
}

#[test]
fn by_default_one_bad_element_refuses_the_request_and_nothing_is_kept() {
    let mut world = World::new();
    let answer = world.put("Invoices", mixed());
    answer.refused("Account code '999' is not a valid code for this document.");
    assert_eq!(answer.body["ErrorNumber"], 10);
    assert_eq!(answer.body["Type"], "ValidationException");
    assert_eq!(answer.body["Elements"].as_array().unwrap().len(), 1);
    let element = &answer.body["Elements"][0];
    assert_eq!(element["InvoiceID"], "00000000-0000-0000-0000-000000000000");
    assert_eq!(element["HasErrors"], true);
    assert_eq!(element["InvoiceNumber"], "INV-2");
    for number in ["INV-1", "INV-2", "INV-3"] {
        assert_eq!(world.get(&format!("Invoices/{number}")).status, 404);
    }
}

#[test]
fn the_switch_keeps_the_valid_elements_of_a_refused_batch() {
    let mut world = World::new();
    world.switch("summarised_saves", json!("valid"));
    assert_eq!(world.put("Invoices", mixed()).status, 400);
    assert_eq!(world.get("Invoices/INV-1").status, 200);
    assert_eq!(world.get("Invoices/INV-2").status, 404);
}

#[test]
fn one_by_one_each_element_says_how_it_fared() {
    let mut world = World::new();
    for (name, value) in [("summarizeErrors", "false"), ("SUMMARIZEERRORS", "False")] {
        let body = mixed().to_string().replace("INV", name);
        let answer = world.send(
            "PUT",
            "Invoices",
            &[(name, value)],
            &serde_json::from_str(&body).unwrap(),
        );
        assert_eq!(answer.status, 200, "{}", answer.text);
        let told: Vec<&str> = (0..3)
            .map(|i| {
                answer.body["Invoices"][i]["StatusAttributeString"]
                    .as_str()
                    .unwrap()
            })
            .collect();
        assert_eq!(told, ["OK", "ERROR", "OK"]);
        let bad = &answer.body["Invoices"][1];
        assert_eq!(bad["HasErrors"], true);
        assert_eq!(bad["HasValidationErrors"], true);
        assert_eq!(bad["Date"], "/Date(1782777600000+0000)/");
        assert_eq!(bad["DateString"], "2026-06-30T00:00:00");
        assert_eq!(world.get(&format!("Invoices/{name}-3")).status, 200);
    }
}

#[test]
fn the_second_of_two_equal_numbers_in_a_batch_is_the_bad_one() {
    let mut world = World::new();
    let body = json!([bill("INV-1"), bill("INV-1")]);
    let answer = world.send("PUT", "Invoices", &[("summarizeErrors", "false")], &body);
    assert_eq!(answer.body["Invoices"][0]["StatusAttributeString"], "OK");
    assert_eq!(
        answer.body["Invoices"][1]["ValidationErrors"][0]["Message"],
        "Invoice # must be unique."
    );
}

#[test]
fn a_body_may_be_an_envelope_in_any_case_or_bare() {
    let mut world = World::new();
    let bodies = [
        json!({"Invoices": [bill("a")]}),
        json!({"invoices": [bill("b")]}),
        json!({"INVOICES": bill("c")}),
        bill("d"),
        json!([bill("e")]),
    ];
    for body in bodies {
        assert_eq!(world.put("Invoices", body.clone()).status, 200, "{body}");
    }
    let mut strange = bill("f");
    strange["Colour"] = json!("blue");
    strange["HasErrors"] = json!(false);
    assert_eq!(
        world.put("Invoices", strange).status,
        200,
        "unknown fields are ignored"
    );
}

#[test]
fn what_cannot_be_read_is_error_14_for_the_request() {
    let mut world = World::new();
    let mut bad = bill("INV-1");
    bad["LineAmountTypes"] = json!("NO_TAX");
    let answer = world.put("Invoices", json!({"Invoices": [bad]}));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["ErrorNumber"], 14);
    assert_eq!(answer.body["Type"], "PostDataInvalidException");
    let text = answer.body["Message"].as_str().unwrap();
    assert!(text.starts_with("Error converting value \"NO_TAX\" to type 'Xero.API.Library..LineAmountType'. Path 'Invoices[0]"), "{text}");
    for (field, value) in [
        ("Status", json!("APPROVED")),
        ("Date", json!("30/06/2026")),
        ("Type", json!("SALE")),
        ("CurrencyRate", json!("fast")),
        ("LineItems", json!("none")),
        ("Contact", json!(5)),
        ("CurrencyCode", json!("POUNDS")),
    ] {
        let mut bad = bill("INV-1");
        bad[field] = value;
        let answer = world.put("Invoices", bad);
        assert_eq!(
            (answer.status, &answer.body["ErrorNumber"]),
            (400, &json!(14)),
            "{field}: {}",
            answer.text
        );
    }
    let cut = world.raw(&{
        let mut c = super::call("PUT", "/api.xro/2.0/Invoices", &[], "{\"Invoices\": [");
        c.headers
            .insert("authorization", "Bearer tok".parse().unwrap());
        c.headers
            .insert("xero-tenant-id", world.tenant.parse().unwrap());
        c.headers
            .insert("accept", "application/json".parse().unwrap());
        c
    });
    assert_eq!((cut.status, &cut.body["ErrorNumber"]), (400, &json!(14)));
    assert_eq!(world.put("Invoices", Value::Null).status, 400);
    assert_eq!(world.put("Invoices", json!({"Invoices": []})).status, 400);
}

#[test]
fn a_draft_with_an_unknown_account_is_refused_or_warned_about() {
    let mut world = World::new();
    let mut draft = bill("INV-1");
    draft["Status"] = json!("DRAFT");
    draft["LineItems"][0]["AccountCode"] = json!("476");
    world
        .put("Invoices", draft.clone())
        .refused("Account code '476' is not a valid code for this document.");
    world.switch("draft_bad_account", json!("warn"));
    let answer = world.send("PUT", "Invoices", &[("summarizeErrors", "false")], &draft);
    let saved = answer.one("Invoices");
    assert_eq!(saved["StatusAttributeString"], "WARNING");
    assert_eq!(
        saved["Warnings"][0]["Message"],
        "Account code '476' has been removed as it does not match a recognised account."
    );
    assert_eq!(
        world.get("Invoices/INV-1").status,
        200,
        "a warning is saved"
    );
}
