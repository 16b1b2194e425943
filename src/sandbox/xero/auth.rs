//! Sign-in: apps, connections, what a token means, and what ends it.
//!
//! Flows in: bearer tokens, revocation. Flows out: who calls and for which organisations. Every use is counted for the
//! token ledger, without secrets. Consent is in `consent.rs`, the token address in `tokens.rs`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::forms::{form, oauth_error};
use super::switches::Switches;
use crate::sandbox::ids::Ids;
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
    pub(super) codes: u64,
    pub(super) exchanges: u64,
    pub(super) refreshes: u64,
    pub(super) grace: u64,
    pub(super) refused: u64,
    pub(super) revocations: u64,
    pub(super) dead_calls: u64,
    /// Uses of each refresh token, in the order of issue.
    pub(super) uses: Vec<u64>,
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

/// An access token's meaning.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) app: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) app: String,
    pub(super) scopes: Vec<String>,
    pub(super) event: Uuid,
    pub(super) issued: DateTime<Utc>,
    pub(super) used: Option<DateTime<Utc>>,
    pub(super) dead: bool,
    /// Its place in the app's ledger.
    pub(super) at: usize,
}

/// Everything about sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct Auth {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) connections: BTreeMap<Uuid, Connection>,
    /// Codes that were exchanged, and when they were issued.
    pub(super) used_codes: BTreeMap<String, i64>,
    pub(super) access: BTreeMap<String, Access>,
    pub(super) refresh: BTreeMap<String, Refresh>,
}

/// What sign-in needs from outside.
pub(super) struct Desk<'a> {
    pub(super) ids: &'a mut Ids,
    pub(super) sw: &'a Switches,
    pub(super) now: DateTime<Utc>,
    /// The organisations there are, in the order of their making.
    pub(super) orgs: Vec<Uuid>,
}

/// Whether an address may be registered: https, or http on the name localhost.
pub(super) fn redirect_allowed(uri: &str) -> bool {
    uri.starts_with("https://")
        || uri == "http://localhost"
        || uri.starts_with("http://localhost:")
        || uri.starts_with("http://localhost/")
}

impl Auth {
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
