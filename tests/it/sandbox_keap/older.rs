//! v1: orders for older clients, and hooks.

use super::*;

#[test]
fn old_clients_page_by_offset_and_read_plain_numbers() {
    let mut shop = Shop::new();
    let list = shop.get("v1/orders?limit=2&order=order_date&paid=True");
    assert_eq!(list["count"], 2);
    let list = shop.get("v1/orders?limit=2&order=order_date");
    let order = |n: usize| list["orders"][n]["id"].as_u64().unwrap();
    assert_eq!(
        (order(0), order(1), list["count"].as_u64()),
        (3, 2, Some(3))
    );
    assert_eq!(
        list["next"],
        "http://127.0.0.1:4600/keap/crm/rest/v1/orders?order=order_date&limit=2&offset=2"
    );
    let order = shop.get("v1/orders/1");
    assert_eq!(
        (
            order["total"].to_string(),
            order["order_items"][2]["price"].to_string()
        ),
        ("231.0".into(), "-9.9".into())
    );
    assert_eq!(order["order_date"], "2026-07-01T00:00:00.000+0000");
    assert_eq!(
        shop.get("v1/orders/1/payments")[1]["amount"].to_string(),
        "-30.0"
    );
    let (status, paid) = shop.post(
        "v1/orders/1/payments",
        json!({"payment_amount": "120.00", "payment_method_type": "CHECK", "date": "2026-07-02T22:17:59.039Z"}),
    );
    assert_eq!(status, 201);
    // `PaymentResult` of the vendor's file, and nothing beside it.
    let fields: Vec<&str> = paid
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted = vec![
        "id",
        "invoice_id",
        "payment_amount",
        "payment_status",
        "transaction_id",
    ];
    wanted.retain(|f| !fields.contains(f));
    assert_eq!((wanted.len(), fields.len()), (0, 5), "{paid}");
    let rows = shop.get("v1/orders/1/payments");
    let row = rows.as_array().unwrap().last().unwrap();
    assert_eq!(row["pay_date"], "2026-07-02T22:17:59.039Z");
    assert_eq!(row["payment_id"], paid["id"]);
    let card = json!({"payment_amount": "1.00", "payment_method_type": "CASH", "charge_now": true});
    let refused = shop.refused(Method::POST, "v1/orders/1/payments", card);
    assert!(refused.starts_with("400"), "{refused}");
    assert_eq!(
        shop.get("v1/transactions")["transactions"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        shop.refused(Method::GET, "v1/orders/77", Value::Null),
        "404 The order with id 77 was not found"
    );
}

#[test]
fn a_hook_hears_nothing_before_the_handshake_and_goes_silent_after_410() {
    let mut shop = Shop::new();
    let (status, hook) = shop.post(
        "v1/hooks",
        json!({"eventKey": "invoice.payment.add", "hookUrl": "https://me.example/h/1"}),
    );
    assert_eq!((status, &hook["status"]), (200, &json!("Unverified")));
    let pay = |shop: &mut Shop| {
        shop.post("v2/orders/1/payments", json!({"payment_amount": 1.0, "payment_method_type": "Cash", "apply_to_commissions": false}))
    };
    pay(&mut shop);
    let due = |shop: &mut Shop| {
        let now = shop.now;
        shop.keap.outbound(now)
    };
    let received = |shop: &mut Shop, id: &str, status: Value, headers: Value| {
        let body = json!({"id": id, "status": status, "headers": headers}).to_string();
        shop.send(
            Method::from_bytes(b"SANDBOX").unwrap(),
            "/_delivered",
            &[],
            &body,
        );
    };
    let sent = due(&mut shop);
    assert_eq!(sent.len(), 1, "the handshake alone");
    let id = |o: &crossfoot::sandbox::wire::Outbound| {
        o.headers["x-sandbox-delivery"].to_str().unwrap().to_owned()
    };
    received(
        &mut shop,
        &id(&sent[0]),
        json!(200),
        json!({"x-hook-secret": "wrong"}),
    );
    assert_eq!(shop.get("v1/hooks/1")["status"], "Unverified");
    shop.post("v1/hooks/1/verify", Value::Null);
    let sent = due(&mut shop);
    let secret = sent[0].headers["x-hook-secret"]
        .to_str()
        .unwrap()
        .to_owned();
    received(
        &mut shop,
        &id(&sent[0]),
        json!(200),
        json!({"x-hook-secret": secret}),
    );
    assert_eq!(shop.get("v1/hooks/1")["status"], "Verified");

    pay(&mut shop);
    assert!(due(&mut shop).is_empty(), "not before half a minute");
    for (wait, status) in [(30, json!(500)), (30, Value::Null), (300, json!(410))] {
        shop.now += Duration::seconds(wait);
        let sent = due(&mut shop);
        assert_eq!(sent.len(), 1, "after {wait} s");
        assert!(
            String::from_utf8_lossy(&sent[0].body)
                .contains("\"event_key\":\"invoice.payment.add\"")
        );
        received(&mut shop, &id(&sent[0]), status, json!({}));
    }
    assert_eq!(shop.get("v1/hooks/1")["status"], "Inactive");
    assert_eq!(
        shop.refused(
            Method::POST,
            "v1/hooks",
            json!({"eventKey": "no.such", "hookUrl": "https://x"})
        ),
        "400 Invalid event key: no.such"
    );
}
