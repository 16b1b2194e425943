//! Consent, tokens, and the rules of the refresh token.

use super::{Answer, World};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::json;

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("app:secret"))
}

fn token(w: &mut World, body: &str) -> Answer {
    w.raw(
        Method::POST,
        "/oauth2/v1/tokens/bearer",
        &[("authorization", &basic())],
        body,
    )
}

fn refresh(w: &mut World, value: &str) -> Answer {
    token(
        w,
        &format!("grant_type=refresh_token&refresh_token={value}"),
    )
}

fn text(a: &Answer, name: &str) -> String {
    a.body[name]
        .as_str()
        .unwrap_or_else(|| panic!("{}", a.text))
        .to_string()
}

const CONSENT: &str = "/connect/oauth2?client_id=app&response_type=code&redirect_uri=http://localhost:1/cb&state=s%201\
                       &scope=com.intuit.quickbooks.accounting";

fn location(a: &Answer) -> String {
    assert_eq!(a.status, 302, "{}", a.text);
    a.headers["location"].to_str().unwrap().to_string()
}

#[test]
fn discovery_names_the_addresses() {
    let mut w = World::us();
    let a = w.raw(
        Method::GET,
        "/.well-known/openid_sandbox_configuration/",
        &[],
        "",
    );
    assert_eq!(
        text(&a, "token_endpoint"),
        "http://127.0.0.1:1/qbo/oauth2/v1/tokens/bearer"
    );
    assert_eq!(
        text(&a, "issuer"),
        "https://oauth.platform.intuit.com/op/v1"
    );
}

#[test]
fn consent_gives_a_code_and_the_company_once() {
    let mut w = World::us();
    let to = location(&w.raw(Method::GET, CONSENT, &[], ""));
    assert!(
        to.contains("state=s+1") && to.contains(&format!("realmId={}", w.realm)),
        "{to}"
    );
    let code = to
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_string();
    let body =
        format!("grant_type=authorization_code&code={code}&redirect_uri=http://localhost:1/cb");
    let a = token(&mut w, &body);
    assert_eq!(
        (a.status, a.body["expires_in"].as_u64()),
        (200, Some(3600)),
        "{}",
        a.text
    );
    assert_eq!(a.body["x_refresh_token_expires_in"], 8_726_400);
    assert!(a.body.get("x_refresh_token_hard_expires_in").is_none());
    w.token = text(&a, "access_token");
    assert_eq!(
        w.get("companyinfo/1").body["CompanyInfo"]["CompanyName"],
        "Books"
    );
    let again = token(&mut w, &body);
    assert_eq!(
        (again.status, again.text.as_str()),
        (400, r#"{"error":"invalid_grant"}"#)
    );
}

#[test]
fn a_person_can_pick_a_company_or_say_no() {
    let mut w = World::us();
    w.seed(json!({"companies": [{"name": "Second"}]}));
    w.switch("auto_approve", "off");
    let page = w.raw(Method::GET, CONSENT, &[], "");
    assert!(
        page.status == 200 && page.text.contains("Second"),
        "{}",
        page.text
    );
    let second = page
        .text
        .split("href=\"")
        .nth(2)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let to = location(&w.raw(
        Method::GET,
        second.strip_prefix("http://127.0.0.1:1/qbo").unwrap(),
        &[],
        "",
    ));
    assert!(to.contains("realmId=9130350000000002"), "{to}");
    let to = location(&w.raw(Method::GET, &format!("{CONSENT}&_consent=deny"), &[], ""));
    assert!(to.contains("error=access_denied"), "{to}");
}

#[test]
fn the_refresh_token_changes_daily_and_the_old_one_is_good_for_a_day() {
    let mut w = World::us();
    w.wait(3600);
    assert_eq!(w.get("companyinfo/1").code(), "3200");
    let a = refresh(&mut w, "RT1-first");
    assert_eq!(text(&a, "refresh_token"), "RT1-first");
    w.wait(24 * 3600);
    let second = text(&refresh(&mut w, "RT1-first"), "refresh_token");
    assert_ne!(second, "RT1-first");
    w.wait(23 * 3600);
    // Whoever lost the answer asks with the old value again, and gets the new one.
    assert_eq!(text(&refresh(&mut w, "RT1-first"), "refresh_token"), second);
    w.wait(3600);
    let a = refresh(&mut w, "RT1-first");
    assert_eq!((a.status, a.text.len()), (400, 25));
    assert_eq!(refresh(&mut w, &second).status, 200);
}

#[test]
fn a_strict_vendor_gives_no_grace_and_changes_the_value_each_time() {
    let mut w = World::us();
    w.switch("refresh_value", "every");
    w.switch("refresh_grace", "none");
    let second = text(&refresh(&mut w, "RT1-first"), "refresh_token");
    assert_ne!(second, "RT1-first");
    assert_eq!(refresh(&mut w, "RT1-first").status, 400);
}

#[test]
fn a_grant_ends_unused_after_101_days_and_used_after_five_years() {
    let mut w = World::us();
    let mut value = "RT1-first".to_string();
    let day = 24 * 3600;
    for _ in 0..18 {
        w.wait(100 * day);
        value = text(&refresh(&mut w, &value), "refresh_token");
    }
    let headers = [
        ("authorization", basic()),
        ("x-include-refresh-token-hard-expires-in", "true".into()),
    ];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let body = format!("grant_type=refresh_token&refresh_token={value}");
    let a = w.raw(Method::POST, "/oauth2/v1/tokens/bearer", &headers, &body);
    assert_eq!(a.body["x_refresh_token_hard_expires_in"], 25 * day);
    assert_eq!(a.body["x_refresh_token_expires_in"], 25 * day);
    w.wait(25 * day);
    assert_eq!(refresh(&mut w, &value).status, 400);
    let mut w = World::us();
    w.wait(101 * day);
    assert_eq!(refresh(&mut w, "RT1-first").status, 400);
}

#[test]
fn revoking_ends_the_grant_in_a_form_or_in_json() {
    for body in ["token=RT1-first", r#"{"token": "RT1-first"}"#] {
        let mut w = World::us();
        let a = w.raw(
            Method::POST,
            "/v2/oauth2/tokens/revoke",
            &[("authorization", &basic())],
            body,
        );
        assert_eq!((a.status, a.text.as_str()), (200, ""));
        assert_eq!(w.get("companyinfo/1").code(), "3200");
        assert_eq!(refresh(&mut w, "RT1-first").status, 400);
    }
}

#[test]
fn who_has_no_right_is_told_by_the_gateway_or_by_the_service() {
    let mut w = World::us();
    w.seed(json!({"companies": [{"name": "Second", "realm": "77"}],
                  "tokens": [{"app": "app", "company": "Books", "access": "pay", "scopes": "com.intuit.quickbooks.payment"}]}));
    let realm = std::mem::replace(&mut w.realm, "77".into());
    let a = w.get("companyinfo/1");
    assert_eq!((a.status, a.code().as_str()), (403, "3100"));
    w.realm = realm;
    w.token = "pay".into();
    assert_eq!(w.get("companyinfo/1").code(), "3100");
    w.token = "token".into();
    w.patch(json!({"user_access": false}));
    let a = w.get("companyinfo/1");
    assert_eq!((a.status, a.code().as_str()), (401, "120"));
    w.patch(json!({"user_access": true, "subscription": "ended"}));
    assert_eq!(w.get("companyinfo/1").status, 200);
    w.refused("customer", json!({"DisplayName": "Ann"}), "6190");
}

#[test]
fn a_redirect_must_be_one_that_the_vendor_would_register() {
    use crossfoot::sandbox::wire::System as _;
    for (uri, environment, fine) in [
        ("https://books.example.com/cb", "production", true),
        ("http://localhost:8000/cb", "development", true),
        ("http://localhost:8000/cb", "production", false),
        ("http://127.0.0.1:8000/cb", "development", false),
        ("https://10.0.0.1/cb", "development", false),
    ] {
        let mut w = World::us();
        let app = json!({"client_id": "b", "client_secret": "s", "environment": environment, "redirect_uris": [uri]});
        assert_eq!(
            w.qbo.seed(&json!({"apps": [app]}), w.now).is_ok(),
            fine,
            "{uri} {environment}"
        );
    }
}

#[test]
fn a_code_lives_ten_minutes_and_a_new_consent_may_end_the_old() {
    let mut w = World::us();
    let exchange = |w: &mut World, wait: i64| {
        let to = location(&w.raw(Method::GET, CONSENT, &[], ""));
        let code = to
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .to_string();
        w.wait(wait);
        token(
            w,
            &format!(
                "grant_type=authorization_code&code={code}&redirect_uri=http://localhost:1/cb"
            ),
        )
    };
    assert_eq!(exchange(&mut w, 600).status, 400);
    assert_eq!(exchange(&mut w, 599).status, 200);
    assert_eq!(refresh(&mut w, "RT1-first").status, 200);
    w.switch("reconnect", "ends");
    assert_eq!(exchange(&mut w, 0).status, 200);
    assert_eq!(refresh(&mut w, "RT1-first").status, 400);
}

#[test]
fn who_does_not_know_the_secret_gets_nothing() {
    let mut w = World::us();
    let wrong = format!("Basic {}", STANDARD.encode("app:guess"));
    let body = "grant_type=refresh_token&refresh_token=RT1-first";
    for address in ["/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke"] {
        let a = w.raw(Method::POST, address, &[("authorization", &wrong)], body);
        assert_eq!(
            (a.status, a.text.as_str()),
            (401, r#"{"error":"invalid_client"}"#)
        );
    }
    let a = token(&mut w, "grant_type=password");
    assert_eq!(
        (a.status, a.text.as_str()),
        (400, r#"{"error":"unsupported_grant_type"}"#)
    );
}
