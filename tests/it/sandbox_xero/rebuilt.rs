//! Behind the plane, with a folder: a sandbox that is killed and made again on its log is the same sandbox.

use super::{ALL, bill};
use chrono::{TimeZone as _, Utc};
use crossfoot::sandbox::plane::{Plane, PlaneAnswer, PlaneOptions};
use crossfoot::sandbox::xero::Xero;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

struct Door {
    plane: Plane,
    headers: HeaderMap,
}

impl Door {
    fn open(folder: &std::path::Path) -> Self {
        let now = || Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
        let mut options = PlaneOptions::new(|| vec![Box::new(Xero::default())], now);
        options.folder = Some(folder.to_owned());
        Self {
            plane: Plane::new(options).unwrap(),
            headers: HeaderMap::new(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: String) -> (u16, HeaderMap, Value) {
        match self
            .plane
            .call(method, path, self.headers.clone(), body.into())
            .await
        {
            PlaneAnswer::Reply(reply) => {
                let body = serde_json::from_slice(&reply.body).unwrap_or_default();
                (reply.status.as_u16(), reply.headers, body)
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn after_a_kill_codes_tokens_books_and_keys_are_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::open(folder.path());
    let seed = json!({"apps": [{"client_id": "app", "client_secret": "secret", "redirect_uris": ["http://localhost:1/cb"]}],
        "organisations": [{"name": "Books", "contacts": [{"Name": "Ann"}]}]});
    let (_, _, made) = door
        .send(Method::POST, "/_sandbox/xero/seed", seed.to_string())
        .await;
    let tenant = made["organisations"][0]["tenant_id"]
        .as_str()
        .unwrap()
        .to_string();
    let scope = ALL.split_whitespace().collect::<Vec<_>>().join("+");
    let consent = format!(
        "/xero/identity/connect/authorize?response_type=code&client_id=app&redirect_uri=http://localhost:1/cb&scope={scope}"
    );
    let (status, headers, _) = door.send(Method::GET, &consent, String::new()).await;
    assert_eq!(status, 302);
    let location = headers["location"].to_str().unwrap().to_string();
    let code = location
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_string();

    // Killed between consent and exchange: consent is a read, and reads are not in the log.
    let mut door = {
        drop(door);
        Door::open(folder.path())
    };
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=http://localhost:1/cb&client_id=app&client_secret=secret"
    );
    let (status, _, tokens) = door.send(Method::POST, "/xero/connect/token", form).await;
    assert_eq!(status, 200, "{tokens}");
    let headers = |door: &mut Door| {
        for (name, value) in [
            (
                "authorization",
                format!("Bearer {}", tokens["access_token"].as_str().unwrap()),
            ),
            ("xero-tenant-id", tenant.clone()),
            ("accept", "application/json".into()),
            ("idempotency-key", "k".into()),
        ] {
            door.headers.insert(name, value.parse().unwrap());
        }
    };
    headers(&mut door);
    let (status, _, first) = door
        .send(
            Method::PUT,
            "/xero/api.xro/2.0/Invoices",
            bill("INV-1").to_string(),
        )
        .await;
    assert_eq!(status, 200, "{first}");
    let state = door.plane.state("xero").unwrap();

    let mut door = {
        drop(door);
        Door::open(folder.path())
    };
    assert_eq!(
        door.plane.state("xero").unwrap()["organisations"],
        state["organisations"]
    );
    headers(&mut door);
    let (_, _, again) = door
        .send(
            Method::PUT,
            "/xero/api.xro/2.0/Invoices",
            bill("INV-1").to_string(),
        )
        .await;
    assert_eq!(again, first, "the key is remembered");
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}&client_id=app&client_secret=secret",
        tokens["refresh_token"].as_str().unwrap()
    );
    door.headers.clear();
    assert_eq!(
        door.send(Method::POST, "/xero/connect/token", refresh)
            .await
            .0,
        200
    );
}
