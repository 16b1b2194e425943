//! Sign-in: consent, codes, tokens, rotation with grace, scopes, connections.

use super::{ALL, Answer, World, call};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Duration;
use crossfoot::sandbox::wire::System as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const BACK: &str = "http://localhost:1/cb";

/// Where the consent page sends the browser, as pairs.
fn consent(world: &mut World, extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", BACK),
        ("state", "s1"),
    ];
    if !extra.iter().any(|(k, _)| *k == "scope") {
        query.push(("scope", ALL));
    }
    query.extend_from_slice(extra);
    let answer = world.raw(&call("GET", "/identity/connect/authorize", &query, ""));
    assert_eq!(answer.status, 302, "{}", answer.text);
    let to = url::Url::parse(answer.header("location")).unwrap();
    assert!(to.as_str().starts_with(BACK));
    to.query_pairs().into_owned().collect()
}

fn pick(pairs: &[(String, String)], key: &str) -> String {
    pairs
        .iter()
        .find(|(k, _)| k == key)
        .map(|(_, v)| v.clone())
        .unwrap_or_default()
}

fn token(world: &mut World, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let mut made = call("POST", "/connect/token", &[], &body);
    if !fields.iter().any(|(k, _)| *k == "client_id") {
        let basic = format!("Basic {}", STANDARD.encode("app:secret"));
        made.headers.insert("authorization", basic.parse().unwrap());
    }
    world.raw(&made)
}

fn refresh(world: &mut World, old: &str) -> Answer {
    token(
        world,
        &[("grant_type", "refresh_token"), ("refresh_token", old)],
    )
}

fn exchange(world: &mut World, code: &str) -> Answer {
    token(
        world,
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
        ],
    )
}

#[test]
fn a_code_becomes_tokens_once_and_within_five_minutes() {
    let mut world = World::new();
    let back = consent(&mut world, &[]);
    assert_eq!(pick(&back, "state"), "s1");
    let code = pick(&back, "code");
    world.later(Duration::seconds(299));
    let tokens = exchange(&mut world, &code);
    assert_eq!(tokens.body["expires_in"], 1800, "{}", tokens.text);
    assert_eq!(tokens.body["token_type"], "Bearer");
    assert!(tokens.body["refresh_token"].is_string());
    let claims = tokens.body["access_token"]
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap()
        .to_string();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert!(claims["authentication_event_id"].is_string() && claims["xero_userid"].is_string());
    assert_eq!(
        exchange(&mut world, &code).body,
        json!({"error": "invalid_grant"}),
        "once"
    );
    let late = pick(&consent(&mut world, &[]), "code");
    world.later(Duration::minutes(5));
    assert_eq!(exchange(&mut world, &late).body["error"], "invalid_grant");
    world.token = tokens.body["access_token"].as_str().unwrap().into();
    assert_eq!(world.get("Organisation").status, 200);
}

#[test]
fn the_secret_may_stand_in_the_form_and_must_be_right() {
    let mut world = World::new();
    let with = |secret: &'static str| {
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", "ref"),
            ("client_id", "app"),
            ("client_secret", secret),
        ]
    };
    assert_eq!(
        token(&mut world, &with("wrong")).body["error"],
        "invalid_client"
    );
    assert_eq!(token(&mut world, &with("secret")).status, 200);
    assert_eq!(
        token(&mut world, &[("grant_type", "password")]).body["error"],
        "unsupported_grant_type"
    );
}

#[test]
fn a_verifier_proves_the_code_by_s256_only() {
    let mut world = World::new();
    let verifier = "v".repeat(43);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let plain = consent(
        &mut world,
        &[
            ("code_challenge", &verifier),
            ("code_challenge_method", "plain"),
        ],
    );
    assert_eq!(pick(&plain, "error"), "invalid_request");
    let mut tried = |given: &str| {
        let back = consent(
            &mut world,
            &[
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ],
        );
        let code = pick(&back, "code");
        token(
            &mut world,
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", BACK),
                ("code_verifier", given),
            ],
        )
        .status
    };
    assert_eq!(tried(&verifier), 200);
    assert_eq!(tried(&"w".repeat(43)), 400);
    assert_eq!(tried(""), 400);
}

#[test]
fn refresh_rotates_with_thirty_minutes_of_grace() {
    let mut world = World::new();
    let first = refresh(&mut world, "ref");
    let next = first.body["refresh_token"].as_str().unwrap().to_string();
    assert_ne!(next, "ref");
    world.later(Duration::minutes(29));
    assert_eq!(
        refresh(&mut world, "ref").status,
        200,
        "the answer may have been lost"
    );
    world.later(Duration::minutes(1));
    assert_eq!(
        refresh(&mut world, "ref").body,
        json!({"error": "invalid_grant"})
    );
    assert_eq!(refresh(&mut world, &next).status, 200);
    let ledger = world.xero.state()["apps"][0]["token_ledger"].clone();
    assert_eq!(ledger["refreshes"], 3);
    assert_eq!(ledger["refreshes_in_grace"], 1);
    assert_eq!(ledger["refreshes_refused"], 1);
    assert_eq!(ledger["uses_per_refresh_token"], json!([2, 1, 0, 0]));
}

#[test]
fn the_token_issued_first_after_a_grace() {
    for (value, status) in [("valid", 200), ("dead", 400)] {
        let mut world = World::new();
        world.switch("grace_sibling", json!(value));
        let first = refresh(&mut world, "ref").body["refresh_token"]
            .as_str()
            .unwrap()
            .to_string();
        let second = refresh(&mut world, "ref").body["refresh_token"]
            .as_str()
            .unwrap()
            .to_string();
        assert_eq!(refresh(&mut world, &first).status, status);
        assert_eq!(refresh(&mut world, &second).status, 200);
    }
}

#[test]
fn sixty_days_unused_end_a_refresh_token() {
    for (value, described) in [("absent", false), ("present", true)] {
        let mut world = World::new();
        world.switch("refresh_error_description", json!(value));
        world.later(Duration::days(59));
        let next = refresh(&mut world, "ref").body["refresh_token"]
            .as_str()
            .unwrap()
            .to_string();
        world.later(Duration::days(60));
        let refused = refresh(&mut world, &next);
        assert_eq!(refused.body["error"], "invalid_grant");
        assert_eq!(refused.body.get("error_description").is_some(), described);
    }
}

#[test]
fn access_ends_after_thirty_minutes() {
    let mut world = World::new();
    world.later(Duration::seconds(1799));
    assert_eq!(world.get("Organisation").status, 200);
    world.later(Duration::seconds(1));
    let refused = world.get("Organisation");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.body["Detail"],
        "TokenExpired: token expired at 07/01/2026 12:30:00"
    );
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer error=invalid_token"
    );
    assert!(!refused.header("xero-correlation-id").is_empty());
    world.token = "garbage".into();
    assert_eq!(
        world.get("Organisation").body["Detail"],
        "AuthenticationUnsuccessful"
    );
    assert_eq!(
        world.xero.state()["apps"][0]["token_ledger"]["calls_with_dead_token"],
        1
    );
}

#[test]
fn scopes_open_endpoints_and_missing_ones_are_a_401() {
    let mut world = World::new();
    let seed = |access: &str, scopes: &str| json!({"tokens": [{"app": "app", "access": access, "scopes": scopes}]});
    world
        .xero
        .seed(
            &seed(
                "reader",
                "accounting.contacts.read accounting.settings.read",
            ),
            world.now,
        )
        .unwrap();
    world.token = "reader".into();
    assert_eq!(world.get("Contacts").status, 200);
    assert_eq!(world.get("Items").status, 200);
    let refused = world.put("Contacts", json!({"Name": "x"}));
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, "insufficent_scope")
    );
    assert_eq!(world.get("Invoices").status, 401);
    world
        .xero
        .seed(&seed("broad", "accounting.transactions"), world.now)
        .unwrap();
    world.token = "broad".into();
    for path in [
        "Invoices",
        "Payments",
        "BankTransactions",
        "CreditNotes",
        "Overpayments",
    ] {
        assert_eq!(world.get(path).status, 200, "{path}");
    }
    assert_eq!(world.get("Contacts").status, 401);
}

#[test]
fn broad_scopes_are_for_old_apps_only() {
    let mut world = World::new();
    assert_eq!(
        pick(
            &consent(&mut world, &[("scope", "accounting.transactions")]),
            "error"
        ),
        "invalid_scope"
    );
    assert_eq!(
        pick(
            &consent(&mut world, &[("scope", "accounting.everything")]),
            "error"
        ),
        "invalid_scope"
    );
    let app = json!({"apps": [{"client_id": "app", "client_secret": "secret", "redirect_uris": [BACK], "created": "2026-03-01"}]});
    world.xero.seed(&app, world.now).unwrap();
    assert_eq!(
        pick(
            &consent(&mut world, &[("scope", "accounting.transactions")]),
            "error"
        ),
        ""
    );
    world.later(Duration::days(500));
    assert_eq!(
        pick(
            &consent(&mut world, &[("scope", "accounting.transactions")]),
            "error"
        ),
        "invalid_scope"
    );
}

#[test]
fn without_offline_access_there_is_no_refresh_token() {
    let mut world = World::of("NZ");
    let seed = json!({"apps": [{"client_id": "fresh", "client_secret": "secret", "redirect_uris": [BACK]}]});
    world.xero.seed(&seed, world.now).unwrap();
    let back = consent(
        &mut world,
        &[("client_id", "fresh"), ("scope", "accounting.contacts")],
    );
    // The first `client_id` pair wins, so the consent is the first app's; ask again with the pair in front.
    assert!(!pick(&back, "code").is_empty());
    let query = [
        ("client_id", "fresh"),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", "accounting.contacts"),
    ];
    let answer = world.raw(&call("GET", "/identity/connect/authorize", &query, ""));
    let to = url::Url::parse(answer.header("location")).unwrap();
    let code = to
        .query_pairs()
        .find(|(k, _)| k == "code")
        .unwrap()
        .1
        .into_owned();
    let tokens = token(
        &mut world,
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", BACK),
            ("client_id", "fresh"),
            ("client_secret", "secret"),
        ],
    );
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    assert!(tokens.body.get("refresh_token").is_none());
}

#[test]
fn consent_by_hand_and_for_one_organisation() {
    let mut world = World::new();
    world.switch("auto_approve", json!("off"));
    let query = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", BACK),
        ("scope", ALL),
        ("state", "s"),
    ];
    let page = world.raw(&call("GET", "/identity/connect/authorize", &query, ""));
    assert_eq!(page.status, 200);
    assert!(page.text.contains("_consent=allow"), "{}", page.text);
    assert!(!pick(&consent(&mut world, &[("_consent", "allow")]), "code").is_empty());
    assert_eq!(
        pick(&consent(&mut world, &[("_consent", "deny")]), "error"),
        "access_denied"
    );
    let wrong = world.raw(&call(
        "GET",
        "/identity/connect/authorize",
        &[
            ("client_id", "app"),
            ("redirect_uri", "http://localhost:2/"),
        ],
        "",
    ));
    assert_eq!(
        wrong.status, 400,
        "an unregistered address is not redirected to"
    );
}

fn connections(world: &mut World, method: &str, path: &str) -> Answer {
    let mut made = call(method, path, &[], "{}");
    made.headers.insert(
        "authorization",
        format!("Bearer {}", world.token).parse().unwrap(),
    );
    world.raw(&made)
}

#[test]
fn consent_connects_all_or_the_first_unconnected() {
    for (value, more) in [("all", 2), ("first", 1)] {
        let mut world = World::new();
        world.switch("consent", json!(value));
        world
            .xero
            .seed(
                &json!({"organisations": [{"name": "B"}, {"name": "C"}]}),
                world.now,
            )
            .unwrap();
        let code = pick(&consent(&mut world, &[]), "code");
        exchange(&mut world, &code);
        assert_eq!(
            connections(&mut world, "GET", "/connections")
                .body
                .as_array()
                .unwrap()
                .len(),
            1 + more
        );
    }
}

#[test]
fn connections_are_listed_deleted_and_then_forbidden() {
    let mut world = World::new();
    let listed = connections(&mut world, "GET", "/Connections");
    let one = &listed.body[0];
    assert_eq!(one["tenantId"], json!(world.tenant));
    assert_eq!(one["tenantType"], "ORGANISATION");
    assert_eq!(one["tenantName"], "Books");
    assert_eq!(one["createdDateUtc"], "2026-07-01T12:00:00.0000000");
    assert_eq!(
        connections(
            &mut world,
            "DELETE",
            "/connections/11111111-1111-1111-1111-111111111111"
        )
        .status,
        404
    );
    let path = format!("/connections/{}", one["id"].as_str().unwrap());
    assert_eq!(connections(&mut world, "DELETE", &path).status, 204);
    let refused = world.get("Organisation");
    assert_eq!(refused.status, 403);
    assert_eq!(refused.body["Title"], "Forbidden");
    assert_eq!(refused.body["Detail"], "AuthenticationUnsuccessful");
    world.tenant = "not-a-tenant".into();
    assert_eq!(world.get("Organisation").status, 403);
}

#[test]
fn revocation_takes_every_connection() {
    let mut world = World::new();
    let mut made = call("POST", "/connect/revocation", &[], "token=ref");
    made.headers.insert(
        "authorization",
        format!("Basic {}", STANDARD.encode("app:secret"))
            .parse()
            .unwrap(),
    );
    let answer = world.raw(&made);
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(refresh(&mut world, "ref").body["error"], "invalid_grant");
    assert_eq!(world.get("Organisation").status, 401);
    assert_eq!(world.xero.state()["apps"][0]["tenants"], json!([]));
}

#[test]
fn client_credentials_are_for_custom_connections() {
    let mut world = World::new();
    let seed = json!({"apps": [{"client_id": "own", "client_secret": "s", "kind": "custom"}],
        "tokens": [{"app": "own", "tenants": ["Books"], "scopes": "accounting.settings"}]});
    world.xero.seed(&seed, world.now).unwrap();
    let made = token(
        &mut world,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "own"),
            ("client_secret", "s"),
            ("scope", "accounting.settings"),
        ],
    );
    world.token = made.body["access_token"].as_str().unwrap().into();
    assert!(made.body.get("refresh_token").is_none());
    assert_eq!(world.get("Organisation").status, 200);
    let refused = token(
        &mut world,
        &[
            ("grant_type", "client_credentials"),
            ("scope", "accounting.settings"),
        ],
    );
    assert_eq!(refused.body["error"], "unauthorized_client");
}

#[test]
fn faults_of_the_plane_come_in_the_vendors_form() {
    let mut world = World::new();
    let mut fault = |word: &str, query: &[(&str, &str)]| {
        let mut made = call("SANDBOX", &format!("/_fault/{word}"), query, "");
        made.headers
            .insert("authorization", "Bearer tok".parse().unwrap());
        let answer = world.raw(&made);
        assert_eq!(answer.header("x-sandbox-form"), "yes");
        answer
    };
    assert_eq!(
        fault("429", &[("retry_after", "7")]).header("retry-after"),
        "7"
    );
    assert_eq!(
        fault("429", &[]).header("x-rate-limit-problem"),
        "concurrent"
    );
    assert_eq!(fault("500", &[]).status, 500);
    assert_eq!(fault("expired_token", &[]).status, 401);
    assert_eq!(
        world.get("Organisation").status,
        401,
        "the token stays expired"
    );
    let mut made = call("SANDBOX", "/_fault/revoked_token", &[], "");
    made.headers
        .insert("authorization", "Bearer tok".parse().unwrap());
    assert_eq!(world.raw(&made).status, 403);
    assert_eq!(refresh(&mut world, "ref").status, 400);
}
