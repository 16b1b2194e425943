//! The seed and its edits; the sandbox after a kill; the port for the vendor's own client.

use super::*;
use crossfoot::clock::{Clock as _, RealClock};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};

#[test]
fn a_seed_is_taken_whole_or_not_at_all_and_edits_move_the_time() {
    let mut shop = Shop::new();
    let now = shop.now;
    let before = shop.keap.state();
    for (orders, told) in [
        (
            json!([{"contact_id": "1", "order_time": "2026-07-01T00:00:00Z"}, {"contact_id": "9", "order_time": "2026-07-01T00:00:00Z"}]),
            "seed.applications[0].orders[1]: the contact 9 is not there",
        ),
        (
            json!([{"contact_id": "1", "order_time": "2026-07-01T00:00:00Z", "itms": []}]),
            "seed.applications[0].orders[0].itms: is not known here",
        ),
        (
            json!([{"contact_id": "1", "order_time": "2026-07-01T00:00:00Z", "items": [{"price": "1.005"}]}]),
            "seed.applications[0].orders[0].items[0].price: must be an amount, no finer than AUD",
        ),
        (
            json!([{"id": "1", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z"}]),
            "seed.applications[0].orders[0]: the order 1 or the invoice 14 is there already",
        ),
    ] {
        let got = shop
            .keap
            .seed(
                &json!({"applications": [{"name": "acme", "orders": orders}]}),
                now,
            )
            .unwrap_err();
        assert!(got.starts_with(told), "{got}");
    }
    assert_eq!(shop.keap.state(), before);
    let later = now + Duration::hours(1);
    let patch = json!({"orders": [{"id": "2", "set": {"title": "Charged after all"}, "add_items": [{"type": "FEE", "name": "Call-out", "price": "80.00"}],
                                   "add_payments": [{"amount": "30.00", "type": "Cash"}]}]});
    shop.keap
        .seed(
            &json!({"applications": [{"name": "acme", "patch": patch}]}),
            later,
        )
        .unwrap();
    let order =
        shop.get("v2/orders?filter=modified_since_time%3D%3D2026-07-10T10:30:00.000Z")["orders"][0]
            .clone();
    assert_eq!(
        (
            &order["id"],
            &order["total"]["amount"],
            &order["total_paid"]["amount"],
            &order["status"]
        ),
        (&json!("2"), &json!(8000), &json!(3000), &json!("DRAFT"))
    );
    let shared = json!({"payments": [{"type": "Check", "time": "2026-07-10T00:00:00Z", "parts": [{"order_id": "1", "amount": "10.00"}, {"order_id": "2", "amount": "50.00"}]}], "name": "acme"});
    shop.keap
        .seed(&json!({"applications": [shared]}), later)
        .unwrap();
    let payment =
        shop.get("v2/sales/payments?filter=order_id%3D%3D2&order_by=id%20desc")["payments"][0]
            .clone();
    assert_eq!(
        (payment["amount"].to_string(), &payment["order_ids"]),
        ("60.0".into(), &json!(["1", "2"]))
    );
    assert_eq!(shop.get("v2/orders/2")["status"], "PAID");
}

/// `CROSSFOOT_SERVE=127.0.0.1:4600 cargo test --test it serve_ -- --ignored`, then the stories of `tests/sdk`
/// can be run against it; it ends after CROSSFOOT_SERVE_SECONDS (60).
#[tokio::test]
#[ignore = "serves the fake Keap on a port for the vendor's own client"]
async fn serve_the_fake_keap_for_the_sdk_story() {
    let address = std::env::var("CROSSFOOT_SERVE").unwrap_or_else(|_| "127.0.0.1:4600".into());
    let seconds = std::env::var("CROSSFOOT_SERVE_SECONDS").map_or(60, |s| s.parse().unwrap());
    let systems = || -> Vec<Box<dyn System>> { vec![Box::new(Keap::new(&KeapOptions::default()))] };
    let plane = Plane::new(PlaneOptions::new(systems, || RealClock.now())).unwrap();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let end = tokio::time::sleep(std::time::Duration::from_secs(seconds));
    plane.serve(listener, end).await.unwrap();
}

#[tokio::test]
async fn after_a_kill_the_state_is_the_same_and_a_used_refresh_token_stays_used() {
    let folder = tempfile::tempdir().unwrap();
    let noon = || Utc.with_ymd_and_hms(2026, 7, 10, 12, 0, 0).unwrap();
    let open = || {
        let systems =
            || -> Vec<Box<dyn System>> { vec![Box::new(Keap::new(&KeapOptions::default()))] };
        let mut options = PlaneOptions::new(systems, noon);
        options.folder = Some(folder.path().to_owned());
        Plane::new(options).unwrap()
    };
    async fn post(
        plane: &Plane,
        path: &str,
        headers: &[(&'static str, &str)],
        body: String,
    ) -> (u16, Value) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let reply = plane
            .call(Method::POST, path, map, body.into())
            .await
            .reply()
            .unwrap();
        (
            reply.status.as_u16(),
            serde_json::from_slice(&reply.body).unwrap(),
        )
    }
    let form = ("content-type", "application/x-www-form-urlencoded");
    let basic = ("authorization", "Basic Y2Y6czNjcmV0");
    let refresh = "grant_type=refresh_token&refresh_token=R1".to_owned();
    let (before, next) = {
        let plane = open();
        let mut seed = seed();
        seed["applications"][0]["oauth_clients"][0]["refresh_token"] = json!("R1");
        plane.seed("keap", seed).unwrap();
        plane
            .switch("keap", &json!({"discounts": "discount_field"}))
            .unwrap();
        let order = json!({"contact_id": "1", "order_title": "t", "order_time": "2026-07-09T00:00:00Z", "order_type": "ONLINE"});
        let key = format!("Bearer {KEY}");
        // The answer is lost, the order is not.
        plane
            .faults(&json!({"path_contains": "orders", "fault": "drop_after"}))
            .unwrap();
        let lost = plane
            .call(
                Method::POST,
                "/keap/crm/rest/v2/orders",
                [(http::header::AUTHORIZATION, key.parse().unwrap())]
                    .into_iter()
                    .collect(),
                order.to_string().into(),
            )
            .await;
        assert!(lost.reply().is_none());
        let (status, tokens) = post(&plane, "/keap/token", &[form, basic], refresh.clone()).await;
        assert_eq!(status, 200, "{tokens}");
        (
            plane.state("keap").unwrap(),
            tokens["refresh_token"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(
        before["applications"][0]["orders"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let again = open();
    assert_eq!(again.state("keap").unwrap(), before);
    assert_eq!(
        post(&again, "/keap/token", &[form, basic], refresh).await.0,
        400,
        "used before the kill"
    );
    let fresh = format!("grant_type=refresh_token&refresh_token={next}");
    assert_eq!(
        post(&again, "/keap/token", &[form, basic], fresh).await.0,
        200
    );
}
