//! Webhooks: in the CloudEvents form and the one before, signed, sent again as they were.

use super::{World, bill, line, payment};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crossfoot::sandbox::wire::{Outbound, System as _};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use serde_json::{Value, json};
use sha2::Sha256;

fn hooked() -> World {
    let mut w = World::us();
    w.seed(json!({"apps": [{"client_id": "app", "webhook": {"url": "http://127.0.0.1:1/hook", "verifier": "v"}}]}));
    w
}

fn due(w: &mut World) -> Vec<Outbound> {
    w.qbo.outbound(w.now)
}

fn body(out: &Outbound) -> Value {
    serde_json::from_slice(&out.body).unwrap()
}

fn received(w: &mut World, out: &Outbound, status: u16) {
    let id = out.headers["x-sandbox-delivery"]
        .to_str()
        .unwrap()
        .to_string();
    let told = json!({"id": id, "status": status}).to_string();
    w.raw(
        Method::from_bytes(b"SANDBOX").unwrap(),
        "/_delivered",
        &[],
        &told,
    );
}

#[test]
fn an_event_is_a_thin_signed_notice() {
    let mut w = hooked();
    let ann = w.customer("Ann");
    let inv = w.put("invoice", bill(&ann, &[line("5.00", "NON")]))["Id"].clone();
    w.put(
        "payment",
        payment(&ann, "5.00", &[("Invoice", &inv, "5.00")]),
    );
    let out = due(&mut w);
    assert_eq!(out.len(), 1);
    let events = body(&out[0]);
    let types: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "qbo.customer.created.v1",
            "qbo.invoice.created.v1",
            "qbo.payment.created.v1",
            "qbo.invoice.updated.v1"
        ]
    );
    assert_eq!(
        (
            &events[1]["intuitentityid"],
            &events[1]["intuitaccountid"],
            &events[1]["data"]
        ),
        (&inv, &json!(w.realm), &json!({}))
    );
    assert_eq!(
        out[0].headers["content-type"],
        "application/cloudevents+json"
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(b"v").unwrap();
    mac.update(&out[0].body);
    assert_eq!(
        out[0].headers["intuit-signature"],
        STANDARD.encode(mac.finalize().into_bytes()).as_str()
    );
    assert!(due(&mut w).is_empty());
    w.switch("webhook_content_type", "json");
    w.customer("Ben");
    assert_eq!(due(&mut w)[0].headers["content-type"], "application/json");
}

#[test]
fn the_form_before_groups_by_company() {
    let mut w = hooked();
    w.switch("webhook_form", "legacy");
    let ann = w.customer("Ann");
    let out = due(&mut w);
    assert_eq!(out[0].headers["content-type"], "application/json");
    assert_eq!(
        body(&out[0]),
        json!({"eventNotifications": [{"realmId": w.realm, "dataChangeEvent": {"entities":
        [{"name": "Customer", "id": ann, "operation": "Create", "lastUpdated": "2026-07-01T19:00:00.000Z"}]}}]})
    );
}

#[test]
fn what_is_not_taken_comes_again_three_times_as_it_was() {
    let mut w = hooked();
    w.customer("Ann");
    let mut out = due(&mut w);
    let first = out[0].body.clone();
    for minutes in [20, 30, 50] {
        received(&mut w, &out[0], 500);
        w.wait(minutes * 60 - 1);
        assert!(due(&mut w).is_empty());
        w.wait(1);
        out = due(&mut w);
        assert_eq!(out[0].body, first);
    }
    received(&mut w, &out[0], 500);
    w.wait(24 * 3600);
    assert!(due(&mut w).is_empty());
    w.token = "none".into();
    assert_eq!(w.qbo.state()["webhooks"][0]["given_up"], 1);
}

#[test]
fn a_person_is_told_of_too() {
    let mut w = hooked();
    let (ann, ben) = (w.customer("Ann"), w.customer("Ben"));
    let inv = w.put("invoice", bill(&ann, &[line("5.00", "NON")]))["Id"].clone();
    due(&mut w);
    w.patch(json!({"person": [
        {"update": {"Invoice": {"Id": inv, "PrivateNote": "by hand"}}},
        {"void": {"Invoice": {"Id": inv}}},
        {"merge": {"Customer": {"from": ann, "into": ben}}},
        {"delete": {"Invoice": {"Id": inv}}},
        {"create": {"Customer": {"DisplayName": "Cat"}}},
    ]}));
    let events = body(&due(&mut w)[0]);
    let types: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "qbo.invoice.updated.v1",
            "qbo.invoice.voided.v1",
            "qbo.invoice.updated.v1",
            "qbo.customer.merged.v1",
            "qbo.invoice.deleted.v1",
            "qbo.customer.created.v1"
        ]
    );
}
