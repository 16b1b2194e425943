//! Webhooks: the intent-to-receive test, signatures, sequence, retries.

use super::{World, call};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use crossfoot::sandbox::wire::{Outbound, System as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

fn hooked(categories: Value) -> World {
    let mut world = World::new();
    let app = json!({"apps": [{"client_id": "app", "client_secret": "secret", "created": "2026-05-01",
        "webhook": {"url": "http://127.0.0.1:9/hook", "key": "key", "categories": categories}}]});
    world.xero.seed(&app, world.now).unwrap();
    world
}

fn signed(out: &Outbound) -> bool {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"key").unwrap();
    mac.update(&out.body);
    out.headers["x-xero-signature"] == STANDARD.encode(mac.finalize().into_bytes()).as_str()
}

fn body(out: &Outbound) -> Value {
    serde_json::from_slice(&out.body).unwrap()
}

fn received(world: &mut World, out: &Outbound, status: u16) {
    let id = out.headers["x-sandbox-delivery"].to_str().unwrap();
    world.raw(&call(
        "SANDBOX",
        "/_delivered",
        &[],
        &json!({"id": id, "status": status}).to_string(),
    ));
}

fn due(world: &mut World) -> Vec<Outbound> {
    let now = world.now;
    world.xero.outbound(now)
}

#[test]
fn the_intent_test_comes_first_half_of_it_wrongly_signed() {
    let mut world = hooked(json!([]));
    let test = due(&mut world);
    assert_eq!(
        test.iter().map(signed).collect::<Vec<_>>(),
        [true, false, false, true]
    );
    for out in &test {
        let body = body(out);
        assert_eq!(body["events"], json!([]));
        assert_eq!(
            (&body["firstEventSequence"], &body["lastEventSequence"]),
            (&json!(0), &json!(0))
        );
        assert!(!body["entropy"].as_str().unwrap().is_empty());
        assert_eq!(out.url, "http://127.0.0.1:9/hook");
    }
    assert!(due(&mut world).is_empty(), "each is answered once");
    received(&mut world, &test[1], 200);
    world.invoice("INV-1");
    assert!(
        due(&mut world).is_empty(),
        "who takes a wrong signature gets nothing"
    );
    assert_eq!(world.xero.state()["webhooks"][0]["state"], "shut");
}

#[test]
fn thin_notices_in_sequence() {
    let mut world = hooked(json!([]));
    due(&mut world);
    let id = world.invoice("INV-1");
    let credit = world.put(
        "CreditNotes",
        json!({"Type": "ACCRECCREDIT", "Contact": {"Name": "Newcomer"},
        "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 1}]}),
    );
    assert_eq!(credit.status, 200);
    let sent = due(&mut world);
    assert!(sent.len() == 1 && signed(&sent[0]));
    let body = body(&sent[0]);
    let told: Vec<&str> = body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["eventCategory"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["INVOICE", "CONTACT", "CREDITNOTE"]);
    assert_eq!(
        (&body["firstEventSequence"], &body["lastEventSequence"]),
        (&json!(1), &json!(3))
    );
    let first = &body["events"][0];
    assert_eq!(first["resourceId"], json!(id));
    assert_eq!(first["eventType"], "CREATE");
    assert_eq!(first["eventDateUtc"], "2026-07-01T12:00:00.000");
    assert_eq!(first["tenantId"], json!(world.tenant));
    assert!(
        first["resourceUrl"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/api.xro/2.0/Invoices/{id}"))
    );
    assert_eq!(
        body["events"][2]["data"],
        json!({"Type": "ACCRECCREDIT", "Status": "DRAFT"})
    );
    world.pay(&id, "5");
    let next = due(&mut world);
    assert_eq!(super::webhooks::body(&next[0])["firstEventSequence"], 4);
    assert_eq!(
        super::webhooks::body(&next[0])["events"][0]["eventType"],
        "UPDATE"
    );
}

#[test]
fn a_refused_batch_tells_nothing_and_categories_are_kept_to() {
    let mut world = hooked(json!(["CONTACT"]));
    due(&mut world);
    world.invoice("INV-1");
    assert!(due(&mut world).is_empty());
    let answer = world.put("Contacts", json!([{"Name": "Fine"}, {"Name": "Ann"}]));
    assert_eq!(answer.status, 400);
    assert!(due(&mut world).is_empty());
}

#[test]
fn failures_are_tried_again_at_once_then_every_quarter_of_an_hour_for_a_day() {
    let mut world = hooked(json!([]));
    due(&mut world);
    world.invoice("INV-1");
    let first = due(&mut world);
    received(&mut world, &first[0], 500);
    let second = due(&mut world);
    assert_eq!(body(&second[0]), body(&first[0]), "the same notice");
    received(&mut world, &second[0], 500);
    assert!(due(&mut world).is_empty());
    world.rest(Duration::minutes(15));
    let third = due(&mut world);
    assert_eq!(third.len(), 1);
    received(&mut world, &third[0], 200);
    world.rest(Duration::minutes(15));
    assert!(due(&mut world).is_empty());
    world.invoice("INV-2");
    let lost = due(&mut world);
    world.later(Duration::days(1));
    received(&mut world, &lost[0], 500);
    assert_eq!(world.xero.state()["webhooks"][0]["state"], "shut");
}
