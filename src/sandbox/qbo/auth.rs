//! Sign-in: apps, grants, and what a token stands for.
//!
//! A person's consent gives one app one company: a grant. Its access tokens live an hour; its refresh token changes its value
//! about once a day, the value before is good for a day after that, and the whole grant ends after years, used or not.
//! Every use is counted, without secrets. Consent is in `consent.rs`, the token addresses in `tokens.rs`.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::switches::Switches;
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::Call;

/// The scope that accounting needs.
pub(super) const ACCOUNTING: &str = "com.intuit.quickbooks.accounting";

/// A registered app.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) name: String,
    pub(super) redirects: Vec<String>,
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
}

/// What a person gave an app.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) app: String,
    pub(super) realm: String,
    pub(super) scopes: Vec<String>,
    pub(super) issued: DateTime<Utc>,
    /// The refresh token, and since when it has its value.
    pub(super) value: String,
    pub(super) since: DateTime<Utc>,
    pub(super) last_used: DateTime<Utc>,
    /// The value before, and until when it is good.
    pub(super) before: Option<(String, DateTime<Utc>)>,
    pub(super) dead: bool,
}

impl Grant {
    /// When it ends for good.
    pub(super) fn hard_end(&self, sw: &Switches) -> DateTime<Utc> {
        self.issued + days(sw, "refresh_hard_days")
    }

    /// When it ends unless it is used.
    pub(super) fn end(&self, sw: &Switches) -> DateTime<Utc> {
        (self.last_used + days(sw, "refresh_days")).min(self.hard_end(sw))
    }
}

fn days(sw: &Switches, name: &str) -> Duration {
    Duration::days(
        i64::try_from(sw.level(name))
            .unwrap_or(i64::MAX)
            .clamp(0, 100_000),
    )
}

/// An access token's meaning.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) grant: u64,
    pub(super) expires: DateTime<Utc>,
}

/// Everything about sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct Auth {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) grants: BTreeMap<u64, Grant>,
    pub(super) access: BTreeMap<String, Access>,
    /// Codes that were exchanged, and when they were issued.
    pub(super) used_codes: BTreeMap<String, i64>,
}

/// What sign-in needs from outside.
pub(super) struct Desk<'a> {
    pub(super) ids: &'a mut Ids,
    pub(super) sw: &'a Switches,
    pub(super) now: DateTime<Utc>,
    /// The companies there are: realm and name, in the order of their making.
    pub(super) companies: Vec<(String, String)>,
}

/// Who calls, and for which company.
pub(super) struct Caller {
    pub(super) app: String,
    pub(super) realm: String,
    pub(super) accounting: bool,
}

/// Whether an address may be registered: https with a host name; http on localhost alone.
pub(super) fn redirect_allowed(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else {
        return false;
    };
    matches!(
        (url.scheme(), url.host()),
        ("https", Some(url::Host::Domain(_))) | ("http", Some(url::Host::Domain("localhost")))
    )
}

/// The token of a call.
fn bearer(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Auth {
    /// Who calls, when the token is alive.
    pub(super) fn caller(&mut self, call: &Call, now: DateTime<Utc>) -> Option<Caller> {
        let access = bearer(call).and_then(|token| self.access.get(token))?;
        let grant = self.grants.get(&access.grant)?;
        if grant.dead || now >= access.expires {
            if let Some(app) = self.apps.get_mut(&grant.app) {
                app.ledger.dead_calls += 1;
            }
            return None;
        }
        Some(Caller {
            app: grant.app.clone(),
            realm: grant.realm.clone(),
            accounting: grant.scopes.iter().any(|s| s == ACCOUNTING),
        })
    }

    /// Ends the access token of a call, as if its hour were over.
    pub(super) fn expire(&mut self, call: &Call, now: DateTime<Utc>) {
        if let Some(access) = bearer(call).and_then(|token| self.access.get_mut(token)) {
            access.expires = access.expires.min(now);
        }
    }

    /// Ends the grant of a call, as a person's "disconnect" does.
    pub(super) fn disconnect(&mut self, call: &Call) {
        let found = bearer(call).and_then(|token| self.access.get(token));
        if let Some(grant) = found.and_then(|a| self.grants.get_mut(&a.grant)) {
            grant.dead = true;
        }
    }

    /// Apps for the state report: counts, no secrets.
    pub(super) fn report(&self) -> Value {
        let one = |app: &App| {
            let l = &app.ledger;
            let alive = self.grants.values().filter(|g| g.app == app.id && !g.dead);
            json!({
                "client_id": app.id,
                "name": app.name,
                "companies": alive.map(|g| &g.realm).collect::<Vec<_>>(),
                "token_ledger": {
                    "codes_issued": l.codes,
                    "codes_exchanged": l.exchanges,
                    "refreshes": l.refreshes,
                    "refreshes_in_grace": l.grace,
                    "refreshes_refused": l.refused,
                    "revocations": l.revocations,
                    "calls_with_dead_token": l.dead_calls,
                },
            })
        };
        Value::Array(self.apps.values().map(one).collect())
    }
}
