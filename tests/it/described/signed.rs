//! A described system at which a person signs in: tokens are renewed once each, and a lost renewal is told.

use super::story::TENANT;
use super::{PLAIN, invoice};
use crate::bed::{Bed, sync, tenant};
use crate::support::{HOST, noon, signed_in};
use crossfoot::clock::Clock as _;
use crossfoot::connectors::manifest::parse;
use crossfoot::model::ConnectionName;
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Workspace};
use crossfoot::store::OpenAs;
use serde_json::json;

const SIGN_IN: &str = "hosts: [api.bookwright.example, login.bookwright.example]\nauth: { oauth2: { authorize: \"https://login.bookwright.example/oauth/authorize\", token: \"https://login.bookwright.example/oauth/token\", client: body, scopes: [invoices] } }";

async fn wren(grace: bool) -> (Bed, Engine) {
    let text = PLAIN.replace("auth: bearer", SIGN_IN);
    let text = match grace {
        true => text.replace("scopes: [invoices]", "scopes: [invoices], grace: 60s"),
        false => text,
    };
    let connection = format!(
        "wren: {{ system: bookwright, client_id: bw-app, identity: \"{HOST}/bookwright\", login: \"{HOST}/bookwright\" }}\n"
    );
    let bed = super::story::bed_with(&text, TENANT, &connection);
    bed.plane
        .switch("bookwright", &json!({"auth": "oauth", "grace": grace}))
        .unwrap();
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let engine = Engine::open(workspace, bed.outside(), OpenAs::Worker)
        .await
        .unwrap();
    let name = |n: &str| ConnectionName::new(n).unwrap();
    for (connection, secret) in [("wren", "bw-hush"), ("xero", "hush")] {
        let secret = secret.to_owned().into();
        engine
            .keep_client_secret(&name(connection), &secret)
            .await
            .unwrap();
    }
    for (connection, access, refresh) in [("wren", "access-0", "refresh-0"), ("xero", "xa1", "xr1")]
    {
        let row = signed_in(access, refresh, noon());
        engine
            .keep_tokens(&tenant(), &name(connection), &row)
            .await
            .unwrap();
    }
    let (on, now) = (TenantSwitch::Processing(true), bed.clock.now());
    engine
        .store()
        .switch(&tenant(), &on, "test", now)
        .await
        .unwrap();
    (bed, engine)
}

fn renewals(bed: &Bed) -> usize {
    let sent = bed.transport.sent();
    sent.iter()
        .filter(|r| r.url.contains("/bookwright/oauth/token"))
        .count()
}

#[tokio::test]
async fn a_token_that_ends_is_renewed_once_and_the_next_one_with_what_it_brought() {
    let (bed, engine) = wren(false).await;
    sync(&engine).await.unwrap();
    assert_eq!((bed.invoices(), renewals(&bed)), (2, 0));
    for n in 1..=3 {
        bed.clock.advance(chrono::Duration::hours(1));
        let new = invoice(2 + n, "2026-07-16T00:00:00Z");
        bed.plane
            .seed("bookwright", json!({ "invoices": [new] }))
            .unwrap();
        sync(&engine).await.unwrap();
        assert_eq!(renewals(&bed), usize::try_from(n).unwrap());
    }
    assert_eq!(bed.invoices(), 5);
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_is_asked_again_where_that_is_promised_and_told_where_it_is_not()
 {
    for grace in [true, false] {
        let (bed, engine) = wren(grace).await;
        sync(&engine).await.unwrap();
        bed.clock.advance(chrono::Duration::hours(1));
        bed.plane
            .switch("bookwright", &json!({"refresh_lost": true}))
            .unwrap();
        bed.plane
            .seed(
                "bookwright",
                json!({"invoices": [invoice(3, "2026-07-16T00:00:00Z")]}),
            )
            .unwrap();
        let first = sync(&engine).await;
        bed.clock.advance(chrono::Duration::minutes(10));
        let second = sync(&engine).await;
        if grace {
            assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
            assert_eq!(bed.invoices(), 3);
            continue;
        }
        // Nothing is guessed: the tokens are worth nothing any more, and the connection says so until a person signs in again.
        assert_eq!(bed.invoices(), 2);
        let told = format!("{first:?} {second:?}");
        assert!(told.contains("used elsewhere"), "{told}");
        let asked = renewals(&bed);
        bed.clock.advance(chrono::Duration::hours(5));
        let _ = sync(&engine).await;
        assert_eq!(renewals(&bed), asked, "it is not asked again and again");
    }
}

#[test]
fn a_sign_in_that_leads_elsewhere_is_a_mistake() {
    for (from, to, says) in [
        (
            "login.bookwright.example]",
            "other.bookwright.example]",
            "does not name",
        ),
        (
            "https://login.bookwright.example/oauth/token",
            "http://login.bookwright.example/oauth/token",
            "no plain public https",
        ),
        (
            "https://login.bookwright.example/oauth/token",
            "https://10.0.0.1/oauth/token",
            "no plain public https",
        ),
        (", client: body", "", "no `client`"),
        ("client: body", "client: form", "cannot be `form`"),
        ("scopes:", "scope:", "no key `scope`"),
    ] {
        let text = PLAIN.replace("auth: bearer", &SIGN_IN.replace(from, to));
        let (made, told) = parse("mappings/connectors/bookwright.yaml", &text);
        assert!(
            made.is_none()
                && told
                    .iter()
                    .any(|d| d.what.contains(says) && d.place.line > 0),
            "{to}: {told:#?}"
        );
    }
}
