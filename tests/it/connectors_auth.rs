//! Tokens: renewed once a generation, saved before they are used, and what each crash leaves behind.

use crate::support::{HOST, TestApps, World, noon, settings, signed_in, who};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use crossfoot::clock::{Clock, TestClock};
use crossfoot::connectors::auth::{
    AuthError, Escrow, FlowError, MemoryEscrow, MemoryTokens, OAuthTokens, TokenRow, TokenStatus,
    TokenStore, Tokens, Who, flow,
};
use crossfoot::connectors::http::{HttpRequest, HttpResponse, Transport, TransportError};
use crossfoot::connectors::xero::{Xero, app, choices};
use crossfoot::connectors::{Reads, keap};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// A vendor that gives a new token for the last one, and for the one before within the grace.
struct Vendor {
    clock: Arc<TestClock>,
    grace: Duration,
    state: Mutex<(u32, DateTime<Utc>)>,
    asked: AtomicU32,
    lose: AtomicU32,
    refuse: AtomicBool,
}

impl Vendor {
    fn new(clock: &Arc<TestClock>, grace_s: i64) -> Arc<Self> {
        Arc::new(Self {
            clock: clock.clone(),
            grace: Duration::seconds(grace_s),
            state: Mutex::new((1, noon())),
            asked: AtomicU32::new(0),
            lose: AtomicU32::new(0),
            refuse: AtomicBool::new(false),
        })
    }
}

fn answer(status: u16, body: String) -> Result<HttpResponse, TransportError> {
    let mut headers = http::HeaderMap::new();
    headers.insert("content-type", "application/json".parse().unwrap());
    Ok(HttpResponse {
        status,
        headers,
        body: Bytes::from(body),
    })
}

#[async_trait]
impl Transport for Vendor {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let form = String::from_utf8(request.body.to_vec()).unwrap();
        let now = self.clock.now();
        let (generation, since) = *self.state.lock().unwrap();
        let last = form.contains(&format!("refresh_token=r{generation}&"))
            || form.ends_with(&format!("refresh_token=r{generation}"));
        let before = form.contains(&format!("refresh_token=r{}", generation - 1))
            && now - since < self.grace;
        if self.refuse.load(Ordering::SeqCst) || !(last || before) {
            return answer(400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        let next = generation + 1;
        *self.state.lock().unwrap() = (next, now);
        if self.lose.load(Ordering::SeqCst) > 0 {
            self.lose.fetch_sub(1, Ordering::SeqCst);
            return Err(TransportError::Unknown("connection reset".to_owned()));
        }
        answer(
            200,
            format!(
                r#"{{"access_token":"a{next}","refresh_token":"r{next}","token_type":"Bearer","expires_in":1800}}"#
            ),
        )
    }
}

struct Bench {
    clock: Arc<TestClock>,
    vendor: Arc<Vendor>,
    store: Arc<MemoryTokens>,
    escrow: Arc<MemoryEscrow>,
}

impl Bench {
    fn new(grace_s: i64) -> Self {
        let clock = Arc::new(TestClock::at(noon()));
        let vendor = Vendor::new(&clock, grace_s);
        let store = Arc::new(MemoryTokens::default());
        store.connect(who("xero"), signed_in("a1", "r1", noon()));
        Self {
            clock,
            vendor,
            store,
            escrow: Arc::default(),
        }
    }

    fn over(&self, store: Arc<dyn TokenStore>) -> Arc<OAuthTokens> {
        self.with(store, self.clock.clone())
    }

    fn with(&self, store: Arc<dyn TokenStore>, clock: Arc<dyn Clock>) -> Arc<OAuthTokens> {
        let mut client = app(
            &settings("xero", &[]),
            "id",
            Some(SecretString::from("s".to_owned())),
        );
        client.grace_s = self.vendor.grace.num_seconds();
        let apps = TestApps(BTreeMap::from([("xero".to_owned(), client)]));
        Arc::new(OAuthTokens::new(
            store,
            self.escrow.clone(),
            Arc::new(apps),
            self.vendor.clone(),
            clock,
        ))
    }

    /// A process of its own: it shares the store and nothing else.
    fn process(&self) -> Arc<OAuthTokens> {
        self.over(self.store.clone())
    }

    async fn row(&self) -> TokenRow {
        self.store.load(&who("xero")).await.unwrap().unwrap()
    }

    fn asked(&self) -> u32 {
        self.vendor.asked.load(Ordering::SeqCst)
    }
}

/// A clock whose sleepers let others go on, while hardly any time passes.
struct Patient(Arc<TestClock>);

#[async_trait]
impl Clock for Patient {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }
    fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
    async fn sleep_until(&self, _: DateTime<Utc>) {
        tokio::task::yield_now().await;
    }
}

async fn token(tokens: &OAuthTokens) -> Result<String, AuthError> {
    let bearer = tokens.bearer(&who("xero")).await?;
    Ok(bearer.token.expose_secret().to_owned())
}

#[tokio::test]
async fn a_token_is_renewed_between_half_and_seven_tenths_of_its_life() {
    let bench = Bench::new(1800);
    let tokens = bench.process();
    bench.clock.set(noon() + Duration::seconds(899));
    assert_eq!(token(&tokens).await.unwrap(), "a1");
    bench.clock.set(noon() + Duration::seconds(1261));
    assert_eq!(token(&tokens).await.unwrap(), "a2");
    assert_eq!(token(&tokens).await.unwrap(), "a2");
    assert_eq!(bench.asked(), 1);
    assert_eq!(bench.row().await.previous.unwrap().expose_secret(), "r1");
}

#[tokio::test]
async fn many_tasks_of_two_processes_renew_once() {
    let bench = Bench::new(0);
    bench.clock.set(noon() + Duration::seconds(1900));
    let clock = Arc::new(Patient(bench.clock.clone()));
    let (one, two) = (
        bench.with(bench.store.clone(), clock.clone()),
        bench.with(bench.store.clone(), clock),
    );
    let mut tasks = Vec::new();
    for i in 0..20 {
        let tokens = if i % 2 == 0 { one.clone() } else { two.clone() };
        tasks.push(tokio::spawn(async move { token(&tokens).await }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), "a2");
    }
    assert_eq!(bench.asked(), 1);
}

#[tokio::test]
async fn while_one_renews_the_others_use_the_token_that_is_still_good() {
    let bench = Bench::new(0);
    let now = noon() + Duration::seconds(1300);
    bench.clock.set(now);
    assert!(
        bench
            .store
            .begin(&who("xero"), 1, now, now + Duration::seconds(60))
            .await
            .unwrap()
    );
    assert_eq!(token(&bench.process()).await.unwrap(), "a1");
    assert_eq!(bench.asked(), 0);
}

/// A store that stops at a point, as if the process were killed there.
pub struct Dying {
    pub inner: Arc<MemoryTokens>,
    pub at_save: bool,
}

#[async_trait]
impl TokenStore for Dying {
    async fn load(&self, who: &Who) -> Result<Option<TokenRow>, String> {
        self.inner.load(who).await
    }
    async fn begin(
        &self,
        who: &Who,
        generation: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, String> {
        self.inner.begin(who, generation, now, until).await
    }
    async fn save(&self, who: &Who, from: i64, next: TokenRow) -> Result<bool, String> {
        if self.at_save {
            return Err("the disk is full".to_owned());
        }
        self.inner.save(who, from, next).await
    }
    async fn release(&self, who: &Who, generation: i64) -> Result<(), String> {
        self.inner.release(who, generation).await
    }
    async fn spoil(&self, who: &Who, generation: i64, why: &str) -> Result<(), String> {
        self.inner.spoil(who, generation, why).await
    }
}

#[tokio::test]
async fn killed_before_the_request_the_lease_ends_and_the_next_one_asks() {
    let bench = Bench::new(0);
    let late = noon() + Duration::seconds(1900);
    bench.clock.set(late);
    bench
        .store
        .begin(&who("xero"), 1, late, late + Duration::seconds(60))
        .await
        .unwrap();
    assert_eq!(token(&bench.process()).await.unwrap(), "a2");
    assert!(bench.clock.now() >= late + Duration::seconds(60));
    assert_eq!(bench.asked(), 1);
}

#[tokio::test]
async fn killed_after_the_request_the_old_token_is_taken_again_within_the_grace() {
    for (grace, wait, survives) in [(1800, 65, true), (1800, 2000, false), (0, 65, false)] {
        let bench = Bench::new(grace);
        let late = noon() + Duration::seconds(1900);
        bench.clock.set(late);
        bench
            .store
            .begin(&who("xero"), 1, late, late + Duration::seconds(60))
            .await
            .unwrap();
        *bench.vendor.state.lock().unwrap() = (2, late);
        bench.clock.advance(Duration::seconds(wait));
        let tokens = bench.process();
        let recovered = tokens.recover(&who("xero")).await;
        assert_eq!(recovered.is_ok(), survives, "{grace} {wait}: {recovered:?}");
        if survives {
            assert_eq!(token(&tokens).await.unwrap(), "a3");
        } else {
            let asked = bench.asked();
            assert_eq!(asked, 2, "once, and once more after five seconds");
            assert!(matches!(token(&tokens).await, Err(AuthError::Reconnect(_))));
            assert_eq!(bench.asked(), asked, "and never again");
        }
    }
}

#[tokio::test]
async fn killed_between_escrow_and_commit_nothing_is_asked_again() {
    let bench = Bench::new(0);
    bench.clock.set(noon() + Duration::seconds(1900));
    let dying = bench.over(Arc::new(Dying {
        inner: bench.store.clone(),
        at_save: true,
    }));
    let lost = token(&dying).await;
    assert!(
        matches!(&lost, Err(AuthError::Store(why)) if why.contains("escrow")),
        "{lost:?}"
    );
    assert_eq!(
        bench.row().await.generation,
        1,
        "a token that is not saved is not used"
    );
    let fresh = bench.process();
    fresh.recover(&who("xero")).await.unwrap();
    assert_eq!(token(&fresh).await.unwrap(), "a2");
    assert_eq!(bench.asked(), 1);
    assert!(bench.escrow.get(&who("xero")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_only_where_the_vendor_allows_it() {
    let bench = Bench::new(1800);
    bench.clock.set(noon() + Duration::seconds(1900));
    bench.vendor.lose.store(1, Ordering::SeqCst);
    assert_eq!(token(&bench.process()).await.unwrap(), "a3");
    assert_eq!(bench.asked(), 2);

    let bench = Bench::new(0);
    bench.clock.set(noon() + Duration::seconds(1300));
    bench.vendor.lose.store(1, Ordering::SeqCst);
    assert_eq!(
        token(&bench.process()).await.unwrap(),
        "a1",
        "the one at hand is still good"
    );
    assert_eq!(bench.asked(), 1);
    assert_eq!(bench.row().await.status, TokenStatus::Idle);
}

#[tokio::test]
async fn a_revoked_connection_is_asked_twice_and_then_left_alone() {
    let bench = Bench::new(1800);
    bench.vendor.refuse.store(true, Ordering::SeqCst);
    bench.clock.set(noon() + Duration::seconds(1900));
    let tokens = bench.process();
    assert!(matches!(token(&tokens).await, Err(AuthError::Reconnect(_))));
    assert_eq!(bench.asked(), 2);
    for _ in 0..10 {
        assert!(matches!(token(&tokens).await, Err(AuthError::Reconnect(_))));
    }
    assert_eq!(bench.asked(), 2);
    assert!(matches!(
        tokens.bearer(&who("other")).await,
        Err(AuthError::NotConnected)
    ));
}

#[tokio::test]
async fn an_idle_connection_is_kept_alive_weekly() {
    let bench = Bench::new(0);
    let tokens = bench.process();
    bench.clock.set(noon() + Duration::days(6));
    tokens.keep_alive(&who("xero")).await.unwrap();
    assert_eq!(bench.asked(), 0);
    bench.clock.set(noon() + Duration::days(7));
    tokens.keep_alive(&who("xero")).await.unwrap();
    assert_eq!((bench.asked(), bench.row().await.generation), (1, 2));
}

#[tokio::test]
async fn a_refusal_renews_once_and_the_same_request_goes_again() {
    let world = World::new();
    world.fault(serde_json::json!({"system": "xero", "path_contains": "Contacts", "fault": "expired_token"}));
    let ask = crate::connectors_xero::contacts_changed(None, None);
    let found = Xero::new().read(&world.xero(), &ask).await.unwrap();
    assert_eq!(found.records.len(), 1);
    assert_eq!(world.calls(), 2);
    let row = world.tokens.load(&who("xero")).await.unwrap().unwrap();
    assert_eq!(row.generation, 2);
}

#[tokio::test]
async fn a_connection_to_xero_is_made_and_used_and_its_code_is_good_once() {
    let world = World::new();
    let config = settings(
        "xero",
        &[
            ("login", &format!("{HOST}/xero")),
            ("identity", &format!("{HOST}/xero")),
        ],
    );
    let client = app(
        &config,
        crate::support::XERO_CLIENT,
        Some(SecretString::from("hush".to_owned())),
    );
    let started = flow::begin(
        &client,
        "http://localhost:8123/callback",
        &[7; 64],
        world.clock_now(),
    )
    .unwrap();
    let back = open(&world, &started.url).await;
    let code = SecretString::from(back["code"].clone());
    let row = flow::finish(
        &client,
        started,
        &back["state"],
        &code,
        world.clock_now(),
        world.transport.as_ref(),
    )
    .await
    .unwrap();
    world.tokens.connect(who("xero"), row);
    assert_eq!(
        choices(&world.xero()).await.unwrap()[0].name,
        "Acme Cranes Pty"
    );
    // The code again, as a thief would: a new state does not help.
    let other = flow::begin(
        &client,
        "http://localhost:8123/callback",
        &[7; 64],
        world.clock_now(),
    )
    .unwrap();
    let again = flow::finish(
        &client,
        other,
        &back["state"],
        &code,
        world.clock_now(),
        world.transport.as_ref(),
    )
    .await;
    assert!(
        matches!(again, Err(FlowError::InvalidGrant(_))),
        "{again:?}"
    );
}

/// Opens the consent page as a browser does, and reads where it leads.
pub async fn open(world: &World, url: &str) -> BTreeMap<String, String> {
    let answer = world.transport.send(HttpRequest {
        method: http::Method::GET,
        url: url.to_owned(),
        headers: http::HeaderMap::new(),
        body: Bytes::new(),
        deadline: std::time::Duration::from_secs(5),
    });
    let answer = answer.await.unwrap();
    let location = answer.header("location");
    let location =
        url::Url::parse(location).unwrap_or_else(|e| panic!("{location}: {e} {}", answer.status));
    location.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn an_answer_to_another_or_an_old_authorisation_is_refused() {
    let world = World::new();
    let client = app(&settings("xero", &[]), "id", None);
    let begin = || flow::begin(&client, "http://localhost:1/cb", &[1; 64], noon()).unwrap();
    let code = SecretString::from("c".to_owned());
    let finish = |started, state: String, now| {
        let (client, code, transport) = (client.clone(), code.clone(), world.transport.clone());
        async move { flow::finish(&client, started, &state, &code, now, transport.as_ref()).await }
    };
    let forged = finish(begin(), "forged".to_owned(), noon()).await;
    assert!(matches!(forged, Err(FlowError::State(_))));
    let started = begin();
    let url = url::Url::parse(&started.url).unwrap();
    let state = url
        .query_pairs()
        .find(|(k, _)| k == "state")
        .unwrap()
        .1
        .into_owned();
    let late = finish(started, state, noon() + Duration::seconds(601)).await;
    assert!(matches!(late, Err(FlowError::State(_))));
    assert!(world.transport.sent().is_empty());
}

#[test]
fn the_vendors_own_addresses_stand_where_nothing_else_is_set() {
    let xero = app(&settings("xero", &[]), "ID", None);
    let keap = keap::app(
        &settings("keap", &[]),
        "ID",
        SecretString::from("canary".to_owned()),
    );
    let started = flow::begin(&xero, "http://localhost:1/cb", &[0; 64], noon()).unwrap();
    let shown = format!(
        "{}\n{}\n{}\n{}\n{}{}\n{}{}\n{}\n{keap:?}",
        xero.authorize_url,
        xero.token_url,
        keap.authorize_url,
        keap.token_url,
        crossfoot::connectors::xero::BASE,
        crossfoot::connectors::xero::API,
        keap::BASE,
        keap::API,
        started.url,
    );
    assert!(!shown.contains("canary"));
    insta::assert_snapshot!(shown, @r#"
    https://login.xero.com/identity/connect/authorize
    https://identity.xero.com/connect/token
    https://accounts.infusionsoft.com/app/oauth/authorize
    https://api.infusionsoft.com/token
    https://api.xero.com/api.xro/2.0
    https://api.keap.com/crm/rest/v2
    https://login.xero.com/identity/connect/authorize?response_type=code&client_id=ID&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&code_challenge=DwBzhbb51LfusnSGBa_hqYSgo7-j8BTQnip4TOnlzRo&code_challenge_method=S256&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb&scope=offline_access+accounting.invoices+accounting.payments+accounting.contacts+accounting.settings.read
    App { system: "keap", authorize_url: "https://accounts.infusionsoft.com/app/oauth/authorize", token_url: "https://api.infusionsoft.com/token", client_id: "ID", client_secret: Some(SecretBox<str>([REDACTED])), code_auth: Body, refresh_auth: Basic, pkce: false, scopes: ["full"], grace_s: 0 }
    "#);
}
