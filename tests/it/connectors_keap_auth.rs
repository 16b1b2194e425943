//! Signing in at Keap: the code, the tokens that follow it, and what is kept of them before they are used.

use crate::connectors_auth::{Dying, open};
use crate::support::{HOST, TestApps, World, noon, settings, signed_in, who};
use chrono::Duration;
use crossfoot::connectors::auth::{
    App, FlowError, MemoryEscrow, OAuthTokens, TokenRow, TokenStore, flow,
};
use crossfoot::connectors::budget::{Budgets, MemoryDays};
use crossfoot::connectors::http::{Http, HttpParts};
use crossfoot::connectors::{CallError, Session, keap};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

#[tokio::test]
async fn a_connection_to_keap_is_renewed_with_its_secret_in_a_header() {
    let world = World::new();
    let base = format!("{HOST}/keap");
    let session = world.session(
        "keap-oauth",
        settings("keap", &[("base", &base), ("client_id", "kc")]),
    );
    let mut row = signed_in("ka1", "kr1", noon());
    row.expires = Some(noon() + Duration::hours(24));
    world.tokens.connect(who("keap-oauth"), row);
    keap::check(&session).await.unwrap();
    world.clock.advance(Duration::hours(20));
    keap::check(&session).await.unwrap();
    let renewal = world
        .transport
        .sent()
        .into_iter()
        .find(|r| r.url.ends_with("/token"))
        .unwrap();
    let header = renewal.headers["authorization"].to_str().unwrap();
    assert!(header.starts_with("Basic "));
    assert!(!String::from_utf8_lossy(&renewal.body).contains("client_secret"));
}

fn keap_client(world: &World) -> (App, crossfoot::connectors::Session) {
    let base = format!("{HOST}/keap");
    let config = settings("keap", &[("login", &base), ("identity", &base)]);
    let client = keap::app(&config, "kc", SecretString::from("ks".to_owned()));
    let values = [("base", base.as_str()), ("client_id", "kc")];
    (
        client,
        world.session("keap-oauth", settings("keap", &values)),
    )
}

/// Signs in at the fake Keap as a person does; answers the row and the code it came from.
async fn signed_in_at_keap(world: &World, client: &App) -> (TokenRow, SecretString) {
    let started = flow::begin(client, "https://localhost/cb", &[9; 64], world.clock_now()).unwrap();
    let back = open(world, &started.url).await;
    let code = SecretString::from(back["code"].clone());
    let (state, now) = (back["state"].clone(), world.clock_now());
    let row = flow::finish(
        client,
        started,
        &state,
        &code,
        now,
        world.transport.as_ref(),
    );
    (row.await.unwrap(), code)
}

#[tokio::test]
async fn a_connection_to_keap_is_made_used_and_renewed_and_nothing_is_good_twice() {
    let world = World::new();
    let (client, session) = keap_client(&world);
    let (row, code) = signed_in_at_keap(&world, &client).await;
    // The code goes with id and secret in the form, and in no header.
    let exchange = world.transport.sent().pop().unwrap();
    let form = String::from_utf8(exchange.body.to_vec()).unwrap();
    for part in [
        "grant_type=authorization_code",
        "client_id=kc",
        "client_secret=ks",
        "redirect_uri=https",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    assert!(!exchange.headers.contains_key("authorization"));
    assert_eq!(row.expires, Some(noon() + Duration::hours(24)));
    world.tokens.connect(who("keap-oauth"), row.clone());
    assert_eq!(keap::check(&session).await.unwrap(), "acme");
    // The code once more.
    let other = flow::begin(&client, "https://localhost/cb", &[9; 64], noon()).unwrap();
    let url = url::Url::parse(&other.url).unwrap();
    let state = url
        .query_pairs()
        .find(|(k, _)| k == "state")
        .unwrap()
        .1
        .into_owned();
    let again = flow::finish(
        &client,
        other,
        &state,
        &code,
        noon(),
        world.transport.as_ref(),
    )
    .await;
    assert!(
        matches!(again, Err(FlowError::InvalidGrant(_))),
        "{again:?}"
    );
    // Renewed day after day, each time with the last refresh token.
    let mut seen = vec![row.refresh.clone().unwrap().expose_secret().to_owned()];
    for day in 1..=4 {
        world.clock.advance(Duration::hours(23));
        assert_eq!(keap::check(&session).await.unwrap(), "acme", "day {day}");
        let now = world
            .tokens
            .load(&who("keap-oauth"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.generation, day + 1);
        seen.push(now.refresh.unwrap().expose_secret().to_owned());
    }
    let mut different = seen.clone();
    different.sort();
    different.dedup();
    assert_eq!(
        different.len(),
        seen.len(),
        "each refresh token is a new one"
    );
    // The first one is worth nothing any more, in Keap's own words.
    let old = flow::renew(&client, &row, world.clock_now(), world.transport.as_ref()).await;
    match old {
        Err(FlowError::InvalidGrant(why)) => {
            assert!(why.contains("Invalid Refresh Token"), "{why}")
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(keap::check(&session).await.unwrap(), "acme");
}

#[tokio::test]
async fn a_person_who_says_no_at_keap_gives_no_code() {
    let world = World::new();
    world
        .plane
        .switch("keap", &json!({"authorize": "deny"}))
        .unwrap();
    let (client, _) = keap_client(&world);
    let started = flow::begin(&client, "https://localhost/cb", &[9; 64], noon()).unwrap();
    let back = open(&world, &started.url).await;
    assert_eq!(back.get("error").map(String::as_str), Some("access_denied"));
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn keaps_new_token_is_saved_before_it_is_used_and_not_lost_when_it_cannot_be() {
    let world = World::new();
    let (client, session) = keap_client(&world);
    let (row, _) = signed_in_at_keap(&world, &client).await;
    world.tokens.connect(who("keap-oauth"), row);
    let escrow = Arc::new(MemoryEscrow::default());
    let process = |at_save: bool| {
        let store = Dying {
            inner: world.tokens.clone(),
            at_save,
        };
        let apps = TestApps(BTreeMap::from([("keap-oauth".to_owned(), client.clone())]));
        let tokens = Arc::new(OAuthTokens::new(
            Arc::new(store),
            escrow.clone(),
            Arc::new(apps),
            world.transport.clone(),
            world.clock.clone(),
        ));
        let http = Http::new(HttpParts {
            transport: world.transport.clone(),
            tokens: tokens.clone(),
            budgets: Arc::new(Budgets::new(
                world.clock.clone(),
                Arc::new(MemoryDays::default()),
            )),
            clock: world.clock.clone(),
            jitter: Arc::new(|n| n / 2),
        });
        let session = Session {
            http: Arc::new(http),
            ..session.clone()
        };
        (tokens, session)
    };
    // Past the old token's end: until then it would do.
    world.clock.advance(Duration::hours(25));
    let before = world.transport.sent().len();
    let said = keap::check(&process(true).1).await;
    assert!(
        matches!(&said, Err(CallError::NotSent { why, .. }) if why.contains("disk is full")),
        "{said:?}"
    );
    let sent = world.transport.sent().split_off(before);
    let paths: Vec<&str> = sent.iter().map(|r| r.url.as_str()).collect();
    assert_eq!(
        paths,
        [format!("{HOST}/keap/token")],
        "a token that is not saved is not used"
    );
    // The refresh token is spent: the next process finds the new one in the escrow, and asks for none.
    let (tokens, session) = process(false);
    tokens.recover(&who("keap-oauth")).await.unwrap();
    keap::check(&session).await.unwrap();
    let sent = world.transport.sent().split_off(before + 1);
    assert!(sent.iter().all(|r| !r.url.ends_with("/token")), "{sent:?}");
    let row = world
        .tokens
        .load(&who("keap-oauth"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.generation, 2);
}
