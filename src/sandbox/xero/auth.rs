//! Sign-in: apps, consent, codes, access and refresh tokens, connections.
//!
//! Flows in: the authorize page's query, token and revocation forms, bearer tokens. Flows out: tokens that live as long as
//! the vendor's (code 5 minutes and once, access 30 minutes, refresh 60 days unused and once, with 30 minutes of grace
//! for the one before). Refuses as the vendor does; counts every use for the token ledger, without secrets.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ids::Ids;
use super::scopes;
use super::switches::Switches;
use crate::sandbox::wire::{Call, Reply};

/// How an app proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AppKind {
    /// Id and secret.
    Web,
    /// Id and a code verifier; no secret.
    Pkce,
    /// Client credentials, one organisation.
    Custom,
}

/// A registered app.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) secret: Option<String>,
    pub(super) kind: AppKind,
    pub(super) redirects: Vec<String>,
    pub(super) created: DateTime<Utc>,
    pub(super) day_limit: Option<u64>,
    pub(super) ledger: Ledger,
}

/// How often an app's tokens were used; no token is in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    codes: u64,
    exchanges: u64,
    refreshes: u64,
    grace: u64,
    refused: u64,
    revocations: u64,
    pub(super) dead_calls: u64,
    /// Uses of each refresh token, in the order of issue.
    uses: Vec<u64>,
}

/// An organisation that an app may act for.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) id: Uuid,
    pub(super) app: String,
    pub(super) tenant: Uuid,
    event: Uuid,
    created: DateTime<Utc>,
}

/// What a code says. A code carries its own meaning, sealed, because consent is a GET: what a GET does is not logged,
/// and a sandbox that is rebuilt from its log must still know the code that the logged exchange presents.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Code {
    app: String,
    redirect: String,
    challenge: Option<String>,
    scopes: Vec<String>,
    tenants: Vec<Uuid>,
    /// Milliseconds since 1970.
    issued: i64,
}

/// An access token's meaning.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) app: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires: DateTime<Utc>,
}

#[derive(Debug, Clone)]
struct Refresh {
    app: String,
    scopes: Vec<String>,
    event: Uuid,
    issued: DateTime<Utc>,
    used: Option<DateTime<Utc>>,
    dead: bool,
    /// Its place in the app's ledger.
    at: usize,
}

/// Everything about sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct Auth {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) connections: BTreeMap<Uuid, Connection>,
    /// Codes that were exchanged, and when they were issued.
    used_codes: BTreeMap<String, i64>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
}

/// What sign-in needs from outside.
pub(super) struct Desk<'a> {
    pub(super) ids: &'a mut Ids,
    pub(super) sw: &'a Switches,
    pub(super) now: DateTime<Utc>,
    /// The organisations there are, in the order of their making.
    pub(super) orgs: Vec<Uuid>,
}

const CODE_LIFE: Duration = Duration::minutes(5);
const ACCESS_LIFE: Duration = Duration::minutes(30);
const GRACE: Duration = Duration::minutes(30);
const REFRESH_IDLE: Duration = Duration::days(60);
const USER: &str = "00000000-0000-4000-8000-00000000c0de";

fn oauth_error(error: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": error}))
}

fn redirect(uri: &str, pairs: &[(&str, &str)]) -> Reply {
    let Ok(mut to) = url::Url::parse(uri) else {
        return page(StatusCode::BAD_REQUEST, "Invalid redirect_uri");
    };
    to.query_pairs_mut()
        .extend_pairs(pairs.iter().filter(|(_, v)| !v.is_empty()));
    Reply::text(StatusCode::FOUND, "text/html", "").with("location", to.as_str())
}

fn page(status: StatusCode, text: &str) -> Reply {
    Reply::text(
        status,
        "text/html; charset=utf-8",
        format!("<!doctype html><title>Sign in</title><p>{text}</p>"),
    )
}

fn form(call: &Call) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&call.body)
        .into_owned()
        .collect()
}

/// Whether an address may be registered: https, or http on the name localhost.
pub(super) fn redirect_allowed(uri: &str) -> bool {
    uri.starts_with("https://")
        || uri == "http://localhost"
        || uri.starts_with("http://localhost:")
        || uri.starts_with("http://localhost/")
}

impl Auth {
    /// The consent page.
    pub(super) fn authorize(&mut self, call: &Call, desk: &mut Desk<'_>) -> Reply {
        let p = |name: &str| call.param(name).unwrap_or_default().to_string();
        let Some(app) = self.apps.get(&p("client_id")) else {
            return page(
                StatusCode::BAD_REQUEST,
                "Error: unauthorized_client. Unknown client or client not enabled.",
            );
        };
        let uri = p("redirect_uri");
        if !app.redirects.contains(&uri) {
            return page(
                StatusCode::BAD_REQUEST,
                "Error: unauthorized_client. Invalid redirect_uri.",
            );
        }
        let state = p("state");
        let back = |error: &str| redirect(&uri, &[("error", error), ("state", &state)]);
        if p("response_type") != "code" {
            return back("unsupported_response_type");
        }
        let wanted: Vec<String> = p("scope").split_whitespace().map(str::to_string).collect();
        if wanted.is_empty()
            || !wanted
                .iter()
                .all(|s| scopes::grantable(s, app.created, desk.now))
        {
            return back("invalid_scope");
        }
        let challenge = Some(p("code_challenge")).filter(|c| !c.is_empty());
        let method = p("code_challenge_method");
        if (challenge.is_some() && method != "S256")
            || (app.kind == AppKind::Pkce && challenge.is_none())
        {
            return back("invalid_request");
        }
        match call.param("_consent") {
            Some("deny") => return back("access_denied"),
            Some(_) => {}
            None if desk.sw.is("auto_approve", "on") => {}
            None => return consent_page(call, &app.name),
        }
        let one = p("acr_values").contains("bulk_connect:false") || desk.sw.is("consent", "first");
        let id = app.id.clone();
        let fresh = desk
            .orgs
            .iter()
            .filter(|t| self.connected(&id, **t).is_none())
            .copied();
        let record = Code {
            redirect: uri.clone(),
            challenge,
            scopes: self.widened(&id, wanted),
            tenants: fresh.take(if one { 1 } else { usize::MAX }).collect(),
            issued: desk.now.timestamp_millis(),
            app: id.clone(),
        };
        let code = record.seal(desk.ids);
        if let Some(app) = self.apps.get_mut(&id) {
            app.ledger.codes += 1;
        }
        redirect(&uri, &[("code", &code), ("state", &state)])
    }

    /// Scopes only add up: what was granted before stays granted.
    fn widened(&self, app: &str, mut wanted: Vec<String>) -> Vec<String> {
        let before = self
            .refresh
            .values()
            .filter(|r| r.app == app && !r.dead && r.used.is_none());
        for scope in before.flat_map(|r| &r.scopes) {
            if scope != "offline_access" && !wanted.contains(scope) {
                wanted.push(scope.clone());
            }
        }
        wanted
    }

    /// Connects an app with an organisation, if it is not.
    pub(super) fn connect(
        &mut self,
        app: &str,
        tenant: Uuid,
        event: Uuid,
        ids: &mut Ids,
        now: DateTime<Utc>,
    ) {
        if self.connected(app, tenant).is_none() {
            let id = ids.next("connection");
            self.connections.insert(
                id,
                Connection {
                    id,
                    app: app.into(),
                    tenant,
                    event,
                    created: now,
                },
            );
        }
    }

    /// An app's connection with an organisation.
    pub(super) fn connected(&self, app: &str, tenant: Uuid) -> Option<&Connection> {
        self.connections
            .values()
            .find(|c| c.app == app && c.tenant == tenant)
    }

    /// Who calls: HTTP Basic or the form's own fields. An app without a secret names itself only.
    fn client(&self, call: &Call, form: &BTreeMap<String, String>) -> Option<&App> {
        let basic = call
            .header("authorization")
            .and_then(|h| h.strip_prefix("Basic "));
        let (id, secret) = match basic {
            Some(coded) => {
                let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
                let (id, secret) = text.split_once(':')?;
                (id.to_string(), Some(secret.to_string()))
            }
            None => (
                form.get("client_id")?.clone(),
                form.get("client_secret").cloned(),
            ),
        };
        let app = self.apps.get(&id)?;
        let right = match &app.secret {
            Some(known) => secret.as_ref() == Some(known),
            None => true,
        };
        Some(app).filter(|_| right)
    }

    /// The token address.
    pub(super) fn token(&mut self, call: &Call, desk: &mut Desk<'_>) -> Reply {
        let form = form(call);
        let Some(app) = self.client(call, &form).map(|a| (a.id.clone(), a.kind)) else {
            return oauth_error("invalid_client");
        };
        let (id, kind) = app;
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        match field("grant_type") {
            "authorization_code" => self.exchange(&id, &form, desk),
            "refresh_token" => self.rotate(&id, field("refresh_token"), desk),
            "client_credentials" => self.credentials(&id, kind, field("scope"), desk),
            _ => oauth_error("unsupported_grant_type"),
        }
    }

    fn exchange(
        &mut self,
        app: &str,
        form: &BTreeMap<String, String>,
        desk: &mut Desk<'_>,
    ) -> Reply {
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let text = field("code");
        let Some(code) = Code::open(&text, desk.ids) else {
            return oauth_error("invalid_grant");
        };
        let verifier = field("code_verifier");
        let proven = match &code.challenge {
            None => true,
            Some(challenge) => {
                let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
                (43..=128).contains(&verifier.len()) && hashed == *challenge
            }
        };
        let right = code.app == app && code.redirect == field("redirect_uri");
        let late = desk.now.timestamp_millis() >= code.issued + CODE_LIFE.num_milliseconds();
        if !right || !proven || late || self.used_codes.contains_key(&text) {
            return oauth_error("invalid_grant");
        }
        self.used_codes.insert(text, code.issued);
        let event = desk.ids.next("consent");
        for tenant in code.tenants {
            self.connect(app, tenant, event, desk.ids, desk.now);
        }
        if let Some(app) = self.apps.get_mut(app) {
            app.ledger.exchanges += 1;
        }
        self.issue(app, code.scopes, event, desk)
    }

    fn rotate(&mut self, app: &str, token: &str, desk: &mut Desk<'_>) -> Reply {
        let known = self
            .refresh
            .get(token)
            .filter(|r| r.app == app && !r.dead)
            .cloned();
        let usable = known.filter(|r| match r.used {
            None => desk.now < r.issued + REFRESH_IDLE,
            Some(first) => desk.now < first + GRACE,
        });
        let ledger = self.apps.get_mut(app).map(|a| &mut a.ledger);
        let Some(record) = usable else {
            if let Some(ledger) = ledger {
                ledger.refused += 1;
            }
            return refused_refresh(desk.sw);
        };
        if let Some(ledger) = ledger {
            ledger.refreshes += 1;
            ledger.grace += u64::from(record.used.is_some());
            if let Some(uses) = ledger.uses.get_mut(record.at) {
                *uses += 1;
            }
        }
        if record.used.is_some() && desk.sw.is("grace_sibling", "dead") {
            for other in self
                .refresh
                .values_mut()
                .filter(|r| r.event == record.event && r.at > record.at)
            {
                other.dead = true;
            }
        }
        if let Some(entry) = self.refresh.get_mut(token) {
            entry.used.get_or_insert(desk.now);
        }
        self.issue(app, record.scopes, record.event, desk)
    }

    fn credentials(&mut self, app: &str, kind: AppKind, scope: &str, desk: &mut Desk<'_>) -> Reply {
        let wanted: Vec<String> = scope.split_whitespace().map(str::to_string).collect();
        let created = self.apps.get(app).map(|a| a.created).unwrap_or(desk.now);
        let known = wanted
            .iter()
            .all(|s| scopes::grantable(s, created, desk.now));
        if kind != AppKind::Custom && wanted != ["app.connections"] {
            return oauth_error("unauthorized_client");
        }
        if !known || wanted.is_empty() || wanted.iter().any(|s| s == "offline_access") {
            return oauth_error("invalid_scope");
        }
        let event = desk.ids.next("consent");
        self.issue(app, wanted, event, desk)
    }

    fn issue(&mut self, app: &str, scopes: Vec<String>, event: Uuid, desk: &mut Desk<'_>) -> Reply {
        self.forget(desk.now);
        let expires = desk.now + ACCESS_LIFE;
        let claims = json!({
            "nbf": desk.now.timestamp(),
            "exp": expires.timestamp(),
            "iss": "https://identity.xero.com",
            "aud": "https://identity.xero.com/resources",
            "client_id": app,
            "sub": USER,
            "xero_userid": USER,
            "authentication_event_id": event,
            "jti": desk.ids.next("jti"),
            "scope": scopes,
        });
        let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
        let header = part(&json!({"alg": "RS256", "typ": "JWT"}));
        let access = format!("{header}.{}.{}", part(&claims), desk.ids.token("access"));
        let mut body = json!({
            "access_token": access,
            "expires_in": ACCESS_LIFE.num_seconds(),
            "token_type": "Bearer",
            "scope": scopes.join(" "),
        });
        if let Value::Object(map) = &mut body {
            if scopes.iter().any(|s| s == "openid") {
                let id = json!({
                    "iss": "https://identity.xero.com",
                    "aud": app,
                    "sub": USER,
                    "xero_userid": USER,
                    "exp": (desk.now + CODE_LIFE).timestamp(),
                });
                map.insert(
                    "id_token".into(),
                    json!(format!("{header}.{}.{}", part(&id), desk.ids.token("id"))),
                );
            }
            if scopes.iter().any(|s| s == "offline_access") {
                let token = desk.ids.token("refresh");
                map.insert("refresh_token".into(), json!(token));
                self.put_refresh(app, token, scopes.clone(), event, desk.now);
            }
        }
        self.access.insert(
            access,
            Access {
                app: app.into(),
                scopes,
                expires,
            },
        );
        Reply::json(StatusCode::OK, &body).with("cache-control", "no-store")
    }

    fn put_refresh(
        &mut self,
        app: &str,
        token: String,
        scopes: Vec<String>,
        event: Uuid,
        now: DateTime<Utc>,
    ) {
        let Some(entry) = self.apps.get_mut(app) else {
            return;
        };
        entry.ledger.uses.push(0);
        let at = entry.ledger.uses.len() - 1;
        let record = Refresh {
            app: app.into(),
            scopes,
            event,
            issued: now,
            used: None,
            dead: false,
            at,
        };
        self.refresh.insert(token, record);
    }

    /// Tokens that nobody can mean any more.
    fn forget(&mut self, now: DateTime<Utc>) {
        let old = REFRESH_IDLE + Duration::days(1);
        self.access.retain(|_, a| now < a.expires + old);
        self.refresh
            .retain(|_, r| now < r.used.unwrap_or(r.issued) + old);
        let hour_ago = (now - Duration::hours(1)).timestamp_millis();
        self.used_codes.retain(|_, issued| *issued > hour_ago);
    }

    /// Puts a ready pair of tokens in.
    pub(super) fn plant(
        &mut self,
        app: &str,
        access: Option<String>,
        refresh: Option<String>,
        scopes: Vec<String>,
        event: Uuid,
        now: DateTime<Utc>,
    ) {
        if let Some(token) = refresh {
            self.put_refresh(app, token, scopes.clone(), event, now);
        }
        if let Some(token) = access {
            self.access.insert(
                token,
                Access {
                    app: app.into(),
                    scopes,
                    expires: now + ACCESS_LIFE,
                },
            );
        }
    }

    /// Revocation: takes all of the user's connections and tokens with the app along.
    pub(super) fn revoke(&mut self, call: &Call) -> Reply {
        let form = form(call);
        let Some(app) = self.client(call, &form).map(|a| a.id.clone()) else {
            return oauth_error("invalid_client");
        };
        let token = form.get("token").cloned().unwrap_or_default();
        if self.refresh.get(&token).is_some_and(|r| r.app == app) {
            self.disconnect(&app);
            self.access.retain(|_, a| a.app != app);
            if let Some(entry) = self.apps.get_mut(&app) {
                entry.ledger.revocations += 1;
            }
        }
        Reply::text(StatusCode::OK, "text/plain", "")
    }

    /// Ends the access token a call carries, as if its 30 minutes were over.
    pub(super) fn expire(&mut self, call: &Call, now: DateTime<Utc>) {
        let token = call
            .header("authorization")
            .and_then(|h| h.split_once(' '))
            .map(|(_, t)| t.trim().to_string());
        if let Some(access) = token.and_then(|t| self.access.get_mut(&t)) {
            access.expires = now.min(access.expires);
        }
    }

    /// Ends what a person's "disconnect" in the product ends: the app's connections and refresh tokens.
    pub(super) fn disconnect(&mut self, app: &str) {
        self.connections.retain(|_, c| c.app != app);
        for r in self.refresh.values_mut().filter(|r| r.app == app) {
            r.dead = true;
        }
    }

    /// The meaning of a call's bearer token, dead or alive.
    pub(super) fn bearer(&self, call: &Call) -> Option<&Access> {
        let header = call.header("authorization")?;
        let (scheme, token) = header.split_once(' ')?;
        self.access
            .get(token.trim())
            .filter(|_| scheme.eq_ignore_ascii_case("bearer"))
    }

    /// The connections an access token sees, as the vendor lists them.
    pub(super) fn list(
        &self,
        access: &Access,
        event: Option<&str>,
        name: &dyn Fn(Uuid) -> String,
    ) -> Value {
        let mine = self.connections.values().filter(|c| c.app == access.app);
        let wanted = mine.filter(|c| event.is_none_or(|e| c.event.to_string() == e));
        let stamp = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%S%.6f0").to_string();
        let mut rows: Vec<&Connection> = wanted.collect();
        rows.sort_by_key(|c| (c.created, name(c.tenant)));
        let shown = rows.iter().map(|c| {
            json!({
                "id": c.id,
                "authEventId": c.event,
                "tenantId": c.tenant,
                "tenantType": "ORGANISATION",
                "tenantName": name(c.tenant),
                "createdDateUtc": stamp(c.created),
                "updatedDateUtc": stamp(c.created),
            })
        });
        Value::Array(shown.collect())
    }

    /// Apps for the state report: counts, no secrets.
    pub(super) fn report(&self) -> Value {
        let one = |app: &App| {
            let l = &app.ledger;
            let tenants = self
                .connections
                .values()
                .filter(|c| c.app == app.id)
                .map(|c| c.tenant);
            json!({
                "client_id": app.id,
                "name": app.name,
                "created": app.created,
                "tenants": tenants.collect::<Vec<_>>(),
                "token_ledger": {
                    "codes_issued": l.codes,
                    "codes_exchanged": l.exchanges,
                    "refreshes": l.refreshes,
                    "refreshes_in_grace": l.grace,
                    "refreshes_refused": l.refused,
                    "revocations": l.revocations,
                    "calls_with_dead_token": l.dead_calls,
                    "uses_per_refresh_token": l.uses,
                },
            })
        };
        Value::Array(self.apps.values().map(one).collect())
    }
}

impl Code {
    fn seal(&self, ids: &Ids) -> String {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default());
        format!("{body}.{}", ids.named("code", &body).simple())
    }

    fn open(text: &str, ids: &Ids) -> Option<Self> {
        let (body, seal) = text.split_once('.')?;
        if ids.named("code", body).simple().to_string() != seal {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }
}

fn refused_refresh(sw: &Switches) -> Reply {
    if sw.is("refresh_error_description", "present") {
        let body = json!({"error": "invalid_grant", "error_description": "refresh token expired"});
        return Reply::json(StatusCode::BAD_REQUEST, &body);
    }
    oauth_error("invalid_grant")
}

/// The page on which a person says yes or no, when it does not answer by itself.
fn consent_page(call: &Call, app: &str) -> Reply {
    let link = |answer: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .extend_pairs(&call.query)
            .append_pair("_consent", answer);
        format!(
            "{}/identity/connect/authorize?{}",
            call.base,
            query.finish()
        )
        .replace('&', "&amp;")
    };
    let name = app.replace('&', "&amp;").replace('<', "&lt;");
    page(
        StatusCode::OK,
        &format!(
            "{name} wants access. <a href=\"{}\">Allow access</a> <a href=\"{}\">Cancel</a>",
            link("allow"),
            link("deny")
        ),
    )
}
