//! Who may call: OAuth 2 with rotating refresh tokens, and keys.
//!
//! Flows in: `GET /app/oauth/authorize`, `POST /token`, and the credentials of every other call. Flows out: codes,
//! tokens, and the [`Caller`]. Follows Keap's developer pages: a code is exchanged with the client's id and secret
//! in the BODY, a refresh token with them in an HTTP Basic header and only there; access tokens live 24 hours;
//! refresh tokens live 45 days, are used once, and each refresh gives a new one. Tokens are made from a counter,
//! so that a replay makes the same ones. Refuses in the token endpoint's own form.
//! Bounded by the number of tokens ever issued; old ones are dropped as they expire.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::errors::oauth;
use super::limits::Scope;
use super::store::Time;
use super::switches::Switches;
use crate::sandbox::wire::{Call, Reply};

const ACCESS_SECONDS: i64 = 24 * 3600;
const REFRESH_DAYS: i64 = 45;
const CODE_MINUTES: i64 = 10;

#[derive(Debug, Clone)]
pub(super) struct Client {
    pub secret: String,
    pub apps: Vec<String>,
    pub redirect_uris: Vec<String>,
}

#[derive(Debug, Clone)]
struct Grant {
    client: String,
    app: String,
    until: Time,
    redirect: String,
}

/// Everything about credentials.
#[derive(Debug, Clone, Default)]
pub(super) struct Auth {
    /// Key -> (application, `sak` or `pat`).
    pub keys: BTreeMap<String, (String, String)>,
    pub clients: BTreeMap<String, Client>,
    access: BTreeMap<String, Grant>,
    refresh: BTreeMap<String, Grant>,
    codes: BTreeMap<String, Grant>,
    serial: u64,
    issued: u64,
    refreshed: u64,
    refused: u64,
}

/// A caller that is known.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub app: String,
    pub scope: Scope,
    pub token: String,
}

/// Why a caller is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unknown {
    Missing,
    Invalid,
    Expired,
}

impl Auth {
    /// Who calls: `Authorization: Bearer`, `X-Keap-API-Key`, or `?access_token` of old clients.
    pub(super) fn caller(&self, call: &Call, now: Time) -> Result<Caller, Unknown> {
        let bearer = match call.header("authorization") {
            Some(text) => match text.split_once(' ') {
                Some((scheme, token))
                    if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() =>
                {
                    Some(token.trim())
                }
                _ => return Err(Unknown::Missing),
            },
            None => None,
        };
        if let Some(token) = bearer.or_else(|| call.header("x-keap-api-key"))
            && let Some((app, _)) = self.keys.get(token)
        {
            return Ok(Caller {
                app: app.clone(),
                scope: Scope::Key(token.into()),
                token: token.into(),
            });
        }
        let token = bearer.or_else(|| call.param("access_token"));
        let Some(token) = token else {
            let key_given = call.header("x-keap-api-key").is_some();
            return Err(if key_given {
                Unknown::Invalid
            } else {
                Unknown::Missing
            });
        };
        match self.access.get(token) {
            None => Err(Unknown::Invalid),
            Some(grant) if grant.until <= now => Err(Unknown::Expired),
            Some(grant) => Ok(Caller {
                app: grant.app.clone(),
                scope: Scope::Client(grant.client.clone()),
                token: token.into(),
            }),
        }
    }

    /// The access token is over, as if its day had passed.
    pub(super) fn expire(&mut self, token: &str, now: Time) {
        if let Some(grant) = self.access.get_mut(token) {
            grant.until = now;
        }
    }

    /// The person has withdrawn the grant, or the key was deleted.
    pub(super) fn revoke(&mut self, caller: &Caller) {
        match &caller.scope {
            Scope::Key(key) => {
                self.keys.remove(key);
            }
            Scope::Client(client) => {
                let keep =
                    |_: &String, g: &mut Grant| !(g.client == *client && g.app == caller.app);
                self.access.retain(keep);
                self.refresh.retain(keep);
            }
        }
    }

    /// Puts in tokens that a seed brings.
    pub(super) fn seed_grant(
        &mut self,
        client: &str,
        app: &str,
        access: Option<&str>,
        refresh: Option<&str>,
        now: Time,
    ) {
        let grant = |until| Grant {
            client: client.into(),
            app: app.into(),
            until,
            redirect: String::new(),
        };
        if let Some(token) = access {
            self.access
                .insert(token.into(), grant(now + Duration::seconds(ACCESS_SECONDS)));
        }
        if let Some(token) = refresh {
            self.refresh
                .insert(token.into(), grant(now + Duration::days(REFRESH_DAYS)));
        }
    }

    pub(super) fn state(&self) -> Value {
        json!({
            "keys": self.keys.len(), "clients": self.clients.keys().collect::<Vec<_>>(),
            "access_tokens": self.access.len(), "refresh_tokens": self.refresh.len(),
            "issued": self.issued, "refreshed": self.refreshed, "refused_refreshes": self.refused,
        })
    }

    /// The consent page, with a person on it who has already decided.
    pub(super) fn authorize(&mut self, call: &Call, now: Time, switches: &Switches) -> Reply {
        let refuse = |text: &str| {
            Reply::text(
                StatusCode::BAD_REQUEST,
                "text/html; charset=utf-8",
                text.to_owned(),
            )
        };
        let (Some(id), Some(redirect)) = (call.param("client_id"), call.param("redirect_uri"))
        else {
            return refuse("client_id and redirect_uri are required");
        };
        let Some(client) = self.clients.get(id) else {
            return refuse("unknown client_id");
        };
        let plain = !redirect.starts_with("https://") && !switches.is("redirect_uris", "any");
        let unregistered =
            !client.redirect_uris.is_empty() && !client.redirect_uris.iter().any(|u| u == redirect);
        if plain || unregistered {
            return refuse("redirect_uri must be https and registered");
        }
        let Ok(mut back) = url::Url::parse(redirect) else {
            return refuse("redirect_uri is not a URL");
        };
        let state = call.param("state").map(str::to_owned);
        let wanted = switches.text("authorize_application");
        let app = client
            .apps
            .iter()
            .find(|a| wanted.is_empty() || *a == wanted)
            .cloned();
        let fault = if call.param("response_type") != Some("code") {
            Some("unsupported_response_type")
        } else if switches.is("authorize", "deny") || app.is_none() {
            Some("access_denied")
        } else {
            None
        };
        let id = id.to_owned();
        let redirect = redirect.to_owned();
        match (fault, app) {
            (None, Some(app)) => {
                let code = self.token("code", &id);
                let until = now + Duration::minutes(CODE_MINUTES);
                self.codes.insert(
                    code.clone(),
                    Grant {
                        client: id,
                        app,
                        until,
                        redirect,
                    },
                );
                back.query_pairs_mut()
                    .append_pair("scope", "full")
                    .append_pair("code", &code);
            }
            (fault, _) => {
                back.query_pairs_mut()
                    .append_pair("error", fault.unwrap_or("access_denied"));
            }
        }
        if let Some(state) = state {
            back.query_pairs_mut().append_pair("state", &state);
        }
        Reply::text(StatusCode::FOUND, "text/html; charset=utf-8", "")
            .with("location", back.as_str())
    }

    /// `POST /token`.
    pub(super) fn token_endpoint(&mut self, call: &Call, now: Time) -> Reply {
        if call.method != Method::POST {
            return oauth(
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "POST is required",
            );
        }
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(&call.body)
            .into_owned()
            .collect();
        let is_form = call
            .header("content-type")
            .is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return oauth(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The body must be form-urlencoded",
            );
        }
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        match field("grant_type") {
            "authorization_code" => self.exchange(&form, now),
            "refresh_token" => self.rotate(call, field("refresh_token"), now),
            _ => oauth(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "Unsupported grant type",
            ),
        }
    }

    fn exchange(&mut self, form: &BTreeMap<String, String>, now: Time) -> Reply {
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if !self.client_is(field("client_id"), field("client_secret")) {
            return invalid_client();
        }
        // A code is gone once it is shown, whatever comes of it.
        match self.codes.remove(field("code")) {
            Some(g)
                if g.client == field("client_id")
                    && g.redirect == field("redirect_uri")
                    && g.until > now =>
            {
                self.issue(g.client, g.app, now)
            }
            _ => oauth(
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "Invalid Authorization Code",
            ),
        }
    }

    fn rotate(&mut self, call: &Call, token: &str, now: Time) -> Reply {
        let basic = call
            .header("authorization")
            .and_then(|h| h.strip_prefix("Basic "))
            .and_then(|b| STANDARD.decode(b.trim()).ok())
            .and_then(|b| String::from_utf8(b).ok());
        let Some((id, secret)) = basic.as_deref().and_then(|b| b.split_once(':')) else {
            return invalid_client();
        };
        if !self.client_is(id, secret) {
            return invalid_client();
        }
        let fits = self
            .refresh
            .get(token)
            .is_some_and(|g| g.client == id && g.until > now);
        match self.refresh.remove(token).filter(|_| fits) {
            Some(grant) => {
                self.refreshed += 1;
                self.issue(grant.client, grant.app, now)
            }
            None => {
                self.refused += 1;
                oauth(
                    StatusCode::BAD_REQUEST,
                    "invalid_request",
                    "Invalid Refresh Token",
                )
            }
        }
    }

    fn issue(&mut self, client: String, app: String, now: Time) -> Reply {
        let access = self.token("access", &client);
        let refresh = self.token("refresh", &client);
        self.issued += 1;
        // A day's grace keeps an expired token apart from one that never was.
        let old = now - Duration::days(1);
        self.access.retain(|_, g| g.until > old);
        self.refresh.retain(|_, g| g.until > old);
        self.codes.retain(|_, g| g.until > now);
        self.seed_grant(&client, &app, Some(&access), Some(&refresh), now);
        let body = json!({
            "access_token": access,
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
            "refresh_token": refresh,
            "scope": format!("full|{app}.infusionsoft.com"),
        });
        Reply::json(StatusCode::OK, &body).with("cache-control", "no-store")
    }

    fn client_is(&self, id: &str, secret: &str) -> bool {
        self.clients.get(id).is_some_and(|c| c.secret == secret)
    }

    fn token(&mut self, kind: &str, client: &str) -> String {
        self.serial += 1;
        let digest = Sha256::digest(format!("{kind} {client} {}", self.serial));
        digest.iter().take(14).map(|b| format!("{b:02X}")).collect()
    }
}

fn invalid_client() -> Reply {
    oauth(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        "Client credentials are invalid",
    )
}
