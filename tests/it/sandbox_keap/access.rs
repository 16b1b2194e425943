//! The gateway, limits, tokens, and faults in Keap's own language.

use super::*;

#[test]
fn the_gateway_refuses_before_anything_is_looked_up() {
    let mut shop = Shop::new();
    for (headers, code) in [
        (vec![], "oauth.v2.InvalidAccessToken"),
        (
            vec![("authorization", "Basic x")],
            "oauth.v2.InvalidAccessToken",
        ),
        (
            vec![("authorization", "Bearer nobody")],
            "keymanagement.service.invalid_access_token",
        ),
        (
            vec![("x-keap-api-key", "nobody")],
            "keymanagement.service.invalid_access_token",
        ),
    ] {
        let reply = shop.send(Method::GET, "/crm/rest/v2/no/such/path", &headers, "");
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            (
                reply.status.as_u16(),
                body["fault"]["detail"]["errorcode"].as_str()
            ),
            (401, Some(code))
        );
        assert_eq!(
            reply.headers["x-keap-product-quota-limit"], "",
            "names without numbers"
        );
        assert_eq!(reply.headers["x-keap-tenant-id"], "");
    }
    for headers in [
        vec![("authorization", "Bearer KeapAK-acme-1")],
        vec![("x-keap-api-key", KEY)],
    ] {
        assert_eq!(
            shop.send(Method::GET, "/crm/rest/v2/orders", &headers, "")
                .status,
            200
        );
    }
    let (status, body) = shop.call(Method::GET, "v2/no/such/path", &Value::Null);
    assert_eq!((status, body["code"].as_u64()), (404, Some(404)));
    assert_eq!(shop.call(Method::PUT, "v2/orders", &Value::Null).0, 405);
    let (status, body) = shop.call(Method::GET, "v2/orders/999", &Value::Null);
    assert_eq!(
        (status, &body["details"][0]["resource"]),
        (404, &json!("999"))
    );
}

#[test]
fn a_key_is_stopped_at_ten_a_second_and_two_hundred_and_forty_a_minute() {
    let mut shop = Shop::with(&[("retry_after", json!("seconds"))]);
    let bearer = format!("Bearer {KEY}");
    shop.now = Utc.with_ymd_and_hms(2026, 7, 10, 9, 30, 0).unwrap();
    let send = |shop: &mut Shop| {
        shop.send(
            Method::GET,
            "/crm/rest/v2/businessProfile",
            &[("authorization", &bearer)],
            "",
        )
    };
    for _ in 0..10 {
        assert_eq!(send(&mut shop).status, 200);
    }
    let reply = send(&mut shop);
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers["retry-after"].to_str().unwrap()
        ),
        (429, "1")
    );
    for second in 1..24 {
        shop.now += Duration::seconds(1);
        for _ in 0..10 {
            assert_eq!(send(&mut shop).status, 200, "second {second}");
        }
    }
    shop.now += Duration::seconds(1);
    let reply = send(&mut shop);
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers["retry-after"].to_str().unwrap()
        ),
        (429, "36")
    );
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        body["fault"]["detail"]["errorcode"],
        "policies.ratelimit.QuotaViolation"
    );
    let head = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
    assert_eq!(
        (
            head("x-keap-product-throttle-limit"),
            head("x-keap-product-throttle-available"),
            head("x-keap-product-throttle-used")
        ),
        ("240".into(), "0".into(), "240".into())
    );
    assert_eq!(
        (
            head("x-keap-product-quota-limit"),
            head("x-keap-product-quota-used"),
            head("x-keap-product-quota-time-unit")
        ),
        ("30000".into(), "240".into(), "day".into())
    );
    assert_eq!(
        head("x-keap-product-quota-expiry-time"),
        "1783728000000",
        "midnight UTC in milliseconds"
    );
    assert_eq!(
        (
            head("x-keap-tenant-throttle-limit"),
            head("x-keap-tenant-throttle-time-unit"),
            head("x-keap-tenant-throttle-interval")
        ),
        ("10000|250000".into(), "minute|day".into(), "1|1".into())
    );
    assert_eq!(
        (
            head("x-keap-tenant-throttle-used"),
            head("x-keap-tenant-id")
        ),
        ("240|240".into(), "acme".into())
    );
    shop.keap.switch("form_429", &json!("service")).unwrap();
    let body: Value = serde_json::from_slice(&send(&mut shop).body).unwrap();
    assert_eq!(
        body,
        json!({"code": "429", "message": "Quota Exceeded", "status": "Request Throttled", "details": null})
    );
    shop.now += Duration::seconds(60);
    assert_eq!(send(&mut shop).status, 200, "a new minute");
}

fn form(shop: &mut Shop, basic: Option<&str>, body: &str) -> (u16, Value) {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    let header = basic.map(|b| {
        use base64::Engine as _;
        format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(b)
        )
    });
    if let Some(header) = &header {
        headers.push(("authorization", header));
    }
    let reply = shop.send(Method::POST, "/token", &headers, body);
    (
        reply.status.as_u16(),
        serde_json::from_slice(&reply.body).unwrap(),
    )
}

fn consent(shop: &mut Shop) -> url::Url {
    let path = "/app/oauth/authorize?client_id=cf&redirect_uri=https://app.example/back&response_type=code&scope=full&state=st";
    let reply = shop.send(Method::GET, path, &[], "");
    assert_eq!(reply.status, 302);
    reply.headers["location"].to_str().unwrap().parse().unwrap()
}

#[test]
fn a_refresh_token_works_once_and_its_two_requests_differ() {
    let mut shop = Shop::new();
    let back = consent(&mut shop);
    let query: std::collections::BTreeMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!(query["state"], "st");
    let code = |secret: &str| {
        format!(
            "grant_type=authorization_code&client_id=cf&client_secret={secret}&redirect_uri=https%3A%2F%2Fapp.example%2Fback&code={}",
            query["code"]
        )
    };
    assert_eq!(form(&mut shop, None, &code("wrong")).0, 401);
    let (status, first) = form(&mut shop, None, &code("s3cret"));
    assert_eq!(
        (status, &first["scope"], &first["expires_in"]),
        (200, &json!("full|acme.infusionsoft.com"), &json!(86400))
    );
    assert_eq!(
        form(&mut shop, None, &code("s3cret")).0,
        400,
        "a code works once"
    );

    let refresh = |token: &Value| {
        format!(
            "grant_type=refresh_token&refresh_token={}",
            token.as_str().unwrap()
        )
    };
    let old_form = format!(
        "{}&client_id=cf&client_secret=s3cret",
        refresh(&first["refresh_token"])
    );
    assert_eq!(
        form(&mut shop, None, &old_form).0,
        401,
        "client and secret belong in the header here"
    );
    let (status, second) = form(
        &mut shop,
        Some("cf:s3cret"),
        &refresh(&first["refresh_token"]),
    );
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let (status, told) = form(
        &mut shop,
        Some("cf:s3cret"),
        &refresh(&first["refresh_token"]),
    );
    assert_eq!(
        (status, told),
        (
            400,
            json!({"error": "invalid_request", "error_description": "Invalid Refresh Token"})
        )
    );

    shop.token = second["access_token"].as_str().unwrap().to_owned();
    assert_eq!(shop.get("v2/oauth/connect/userinfo")["tenant_id"], "acme");
    let old_client = format!("/crm/rest/v1/orders?access_token={}", shop.token);
    assert_eq!(shop.send(Method::GET, &old_client, &[], "").status, 200);
    shop.now += Duration::hours(24);
    let (status, told) = shop.call(Method::GET, "v2/orders", &Value::Null);
    assert_eq!(
        (status, told["fault"]["detail"]["errorcode"].as_str()),
        (401, Some("keymanagement.service.access_token_expired"))
    );
    shop.now += Duration::days(44);
    assert_eq!(
        form(
            &mut shop,
            Some("cf:s3cret"),
            &refresh(&second["refresh_token"])
        )
        .0,
        400,
        "45 days are over"
    );
    shop.keap.switch("authorize", &json!("deny")).unwrap();
    assert!(
        consent(&mut shop)
            .query()
            .unwrap()
            .contains("error=access_denied")
    );
}

#[test]
fn one_oauth_client_shares_its_quota_over_all_its_applications() {
    let mut shop = Shop::with(&[("spike_arrest", json!(0))]);
    let now = shop.now;
    let app = |name: &str| json!({"name": name, "currency": "USD", "oauth_clients": [{"client_id": "big", "client_secret": "x", "access_token": format!("at-{name}")}]});
    shop.keap
        .seed(&json!({"applications": [app("one"), app("two")]}), now)
        .unwrap();
    let call = |shop: &mut Shop, app: &str| {
        shop.send(
            Method::GET,
            "/crm/rest/v2/businessProfile",
            &[("authorization", &format!("Bearer at-{app}"))],
            "",
        )
        .status
        .as_u16()
    };
    let calls: Vec<u16> = (0..1501)
        .map(|n| call(&mut shop, if n % 2 == 0 { "one" } else { "two" }))
        .collect();
    assert_eq!(
        (calls.iter().filter(|s| **s == 200).count(), calls[1500]),
        (1500, 429)
    );
    shop.keap.switch("spike_arrest", &json!(25)).unwrap();
    shop.now += Duration::minutes(1);
    let calls: Vec<u16> = (0..26).map(|_| call(&mut shop, "one")).collect();
    assert_eq!((calls[24], calls[25]), (200, 429));
}

#[test]
fn a_fault_speaks_keaps_own_language() {
    let mut shop = Shop::new();
    let sandbox = Method::from_bytes(b"SANDBOX").unwrap();
    let bearer = format!("Bearer {KEY}");
    let reply = shop.send(
        sandbox.clone(),
        "/_fault/429?retry_after=9",
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers["retry-after"].to_str().unwrap()
        ),
        (429, "9")
    );
    assert!(reply.headers.contains_key("x-sandbox-form"));
    let reply = shop.send(
        sandbox,
        "/_fault/revoked_token",
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(reply.status, 401);
    assert_eq!(
        shop.call(Method::GET, "v2/orders", &Value::Null).0,
        401,
        "the key is gone for good"
    );
}
