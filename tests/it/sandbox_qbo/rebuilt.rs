//! Behind the plane, with a folder: a sandbox that is killed and made again on its log is the same sandbox.

use chrono::{TimeZone as _, Utc};
use crossfoot::sandbox::plane::{Plane, PlaneAnswer, PlaneOptions};
use crossfoot::sandbox::qbo::Qbo;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

fn open(folder: &std::path::Path) -> Plane {
    let now = || Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
    let mut options = PlaneOptions::new(|| vec![Box::new(Qbo::default())], now);
    options.folder = Some(folder.to_owned());
    Plane::new(options).unwrap()
}

async fn send(
    plane: &Plane,
    method: Method,
    path: &str,
    token: &str,
    body: &str,
) -> (u16, HeaderMap, Value) {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", token.parse().unwrap());
    headers.insert("accept", "application/json".parse().unwrap());
    match plane
        .call(method, path, headers, body.to_string().into())
        .await
    {
        PlaneAnswer::Reply(reply) => (
            reply.status.as_u16(),
            reply.headers,
            serde_json::from_slice(&reply.body).unwrap_or_default(),
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn after_a_kill_codes_tokens_books_and_request_ids_are_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let plane = open(folder.path());
    let seed = json!({"apps": [{"client_id": "app", "client_secret": "secret", "redirect_uris": ["http://localhost:1/cb"]}],
        "companies": [{"name": "Books", "realm": "42", "rows": {"Customer": [{"DisplayName": "Ann"}]}}]});
    plane.seed("qbo", seed).unwrap();
    let consent = "/qbo/connect/oauth2?client_id=app&response_type=code&redirect_uri=http://localhost:1/cb&state=s\
                   &scope=com.intuit.quickbooks.accounting";
    let (status, headers, _) = send(&plane, Method::GET, consent, "", "").await;
    assert_eq!(status, 302);
    let location = headers["location"].to_str().unwrap();
    let code = location
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_string();
    drop(plane);
    let plane = open(folder.path());
    let exchange = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=http://localhost:1/cb&client_id=app&client_secret=secret"
    );
    let (_, _, tokens) = send(
        &plane,
        Method::POST,
        "/qbo/oauth2/v1/tokens/bearer",
        "",
        &exchange,
    )
    .await;
    let token = format!(
        "Bearer {}",
        tokens["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{tokens}"))
    );
    let invoice =
        json!({"CustomerRef": {"value": "1"}, "Line": [super::line("5.00", "NON")]}).to_string();
    let path = "/qbo/v3/company/42/invoice?requestid=r1";
    let (_, _, made) = send(&plane, Method::POST, path, &token, &invoice).await;
    let before = plane.state("qbo").unwrap();
    drop(plane);
    let plane = open(folder.path());
    let after = plane.state("qbo").unwrap();
    assert_eq!(after["companies"], before["companies"]);
    assert_eq!(after["apps"], before["apps"]);
    let (_, _, again) = send(&plane, Method::POST, path, &token, &invoice).await;
    assert_eq!(again["Invoice"], made["Invoice"]);
}

#[tokio::test]
async fn faults_have_the_vendors_form() {
    let folder = tempfile::tempdir().unwrap();
    let plane = open(folder.path());
    let seed = json!({"apps": [{"client_id": "app", "client_secret": "s"}], "companies": [{"name": "Books", "realm": "42"}],
        "tokens": [{"app": "app", "company": "Books", "access": "t"}]});
    plane.seed("qbo", seed).unwrap();
    let get = async || {
        send(
            &plane,
            Method::GET,
            "/qbo/v3/company/42/companyinfo/42",
            "Bearer t",
            "",
        )
        .await
    };
    plane
        .switch("qbo", &json!({"throttle_form": "json"}))
        .unwrap();
    plane.faults(&json!([{"fault": "429"}])).unwrap();
    let (status, _, body) = get().await;
    assert_eq!(
        (status, &body["fault"]["error"][0]["code"]),
        (429, &json!("3001"))
    );
    plane.faults(&json!([{"fault": "500_before"}])).unwrap();
    let (status, _, body) = get().await;
    assert_eq!(
        (status, &body["Fault"]["type"]),
        (500, &json!("SystemFault"))
    );
    plane.faults(&json!([{"fault": "expired_token"}])).unwrap();
    let (status, headers, _) = get().await;
    assert_eq!(
        (status, headers.contains_key("www-authenticate")),
        (401, true)
    );
    assert_eq!(get().await.0, 401);
}
