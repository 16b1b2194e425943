//! Tokens: a code exchanged, a refresh token rotated, client credentials; lives and grace as the vendor's.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::auth::{Access, App, AppKind, Auth, Desk, Refresh};
use super::consent::Code;
use super::forms::{form, oauth_error};
use super::scopes;
use super::switches::Switches;
use crate::sandbox::wire::{Call, Reply};

const CODE_LIFE: Duration = Duration::minutes(5);
const ACCESS_LIFE: Duration = Duration::minutes(30);
const GRACE: Duration = Duration::minutes(30);
const REFRESH_IDLE: Duration = Duration::days(60);
const USER: &str = "00000000-0000-4000-8000-00000000c0de";

impl Auth {
    /// Who calls: HTTP Basic or the form's own fields. An app without a secret names itself only.
    pub(super) fn client(&self, call: &Call, form: &BTreeMap<String, String>) -> Option<&App> {
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

    pub(super) fn exchange(
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

    pub(super) fn rotate(&mut self, app: &str, token: &str, desk: &mut Desk<'_>) -> Reply {
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

    pub(super) fn credentials(
        &mut self,
        app: &str,
        kind: AppKind,
        scope: &str,
        desk: &mut Desk<'_>,
    ) -> Reply {
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

    pub(super) fn issue(
        &mut self,
        app: &str,
        scopes: Vec<String>,
        event: Uuid,
        desk: &mut Desk<'_>,
    ) -> Reply {
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

    pub(super) fn put_refresh(
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
    pub(super) fn forget(&mut self, now: DateTime<Utc>) {
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
}

fn refused_refresh(sw: &Switches) -> Reply {
    if sw.is("refresh_error_description", "present") {
        let body = json!({"error": "invalid_grant", "error_description": "refresh token expired"});
        return Reply::json(StatusCode::BAD_REQUEST, &body);
    }
    oauth_error("invalid_grant")
}
