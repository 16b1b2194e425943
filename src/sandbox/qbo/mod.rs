//! The fake QuickBooks Online: its sign-in, its accounting API, its limits, its webhooks.
//!
//! Flows in: calls, seeds, switches. Flows out: the answers the real one gives, from books kept in memory. A call passes, in
//! this order: the token, the company, the limits, the endpoint with its `requestid`.
//!
//! Served: `/.well-known/openid_sandbox_configuration`, `/connect/oauth2`, `/oauth2/v1/tokens/bearer`,
//! `/v2/oauth2/tokens/revoke`, and below `/v3/company/{realm}` the entities, `query`, `batch`, `cdc`, `taxservice/taxcode`,
//! `upload`. Reports are not, nor bundles on lines, quantities of stock, or the credit memo that is booked when a customer who
//! owes is put to rest. Bodies are JSON; answers are XML when JSON was not asked for. The seed's shape is described in
//! `seed.rs`. What the vendor's documents leave open is a named switch (`switches.rs`).

mod auth;
mod auto;
mod batch;
mod books;
mod cdc;
mod change;
mod consent;
mod defaults;
mod endpoints;
mod ends;
mod fault;
mod files;
mod gateway;
mod kinds;
mod limits;
mod lines;
mod lists;
mod merge;
mod money;
mod numbers;
mod parties;
mod payments;
mod perform;
mod purchases;
mod query;
mod refs;
mod requestid;
mod sale_tax;
mod sales;
mod schema;
mod seed;
mod seed_company;
mod seed_rows;
mod switches;
mod tax;
mod tax_service;
mod tokens;
mod told;
mod values;
mod view;
mod webhooks;
mod work;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::ids::Ids;
use crate::sandbox::wire::{Call, Outbound, Reply, System};
use auth::Auth;
use books::Company;
use fault::{Fault, Refusal};
use gateway::Gate;
use kinds::KINDS;
use limits::Limits;
use requestid::Answers;
use switches::Switches;
use webhooks::Webhooks;

/// How a fake QuickBooks Online is made.
#[derive(Debug, Clone)]
pub struct QboOptions {
    /// Tells the tokens of two sandboxes apart; the same salt and calls give the same tokens.
    pub salt: String,
}

impl Default for QboOptions {
    fn default() -> Self {
        Self {
            salt: "crossfoot-sandbox-qbo".into(),
        }
    }
}

/// A fake QuickBooks Online.
#[derive(Debug)]
pub struct Qbo {
    sw: Switches,
    ids: Ids,
    auth: Auth,
    companies: BTreeMap<String, Company>,
    /// Realms in the order of their making.
    order: Vec<String>,
    limits: Limits,
    answers: Answers,
    hooks: Webhooks,
}

impl Default for Qbo {
    fn default() -> Self {
        Self::new(QboOptions::default())
    }
}

impl Qbo {
    /// An empty one: no app, no company. Seed it.
    #[must_use]
    pub fn new(options: QboOptions) -> Self {
        Self {
            sw: Switches::default(),
            ids: Ids::new(&options.salt),
            auth: Auth::default(),
            companies: BTreeMap::new(),
            order: Vec::new(),
            limits: Limits::default(),
            answers: Answers::default(),
            hooks: Webhooks::default(),
        }
    }

    fn desk(&mut self, now: DateTime<Utc>) -> (&mut Auth, auth::Desk<'_>) {
        let name = |realm: &String| {
            let row = self
                .companies
                .get(realm)?
                .row((kinds::Kind::CompanyInfo, 1))?;
            Some((realm.clone(), row.text("CompanyName")))
        };
        let companies = self.order.iter().filter_map(name).collect();
        let desk = auth::Desk {
            ids: &mut self.ids,
            sw: &self.sw,
            now,
            companies,
        };
        (&mut self.auth, desk)
    }

    fn route(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if call.method.as_str() == "SANDBOX" {
            return self.told(call, now);
        }
        let segments = call.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (get, post) = (call.method == Method::GET, call.method == Method::POST);
        match path.as_slice() {
            [
                ".well-known",
                "openid_sandbox_configuration" | "openid_configuration",
            ] if get => discovery(&call.base),
            ["connect", "oauth2"] if get => {
                let (auth, mut desk) = self.desk(now);
                auth.authorize(call, &mut desk)
            }
            ["oauth2", "v1", "tokens", "bearer"] if post => {
                let (auth, mut desk) = self.desk(now);
                auth.token(call, &mut desk)
            }
            ["v2", "oauth2", "tokens", "revoke"] if post => self.auth.revoke(call),
            ["op", "v1", "jwks"] if get => Reply::json(StatusCode::OK, &json!({"keys": []})),
            ["v1", "openid_connect", "userinfo"] if get => self.user_info(call, now),
            ["v3", "company", realm, rest @ ..] => {
                let reply = self.company(call, realm, rest, now);
                let xml = !gateway::wants_json(call) && rest.last() != Some(&"pdf");
                self.headed(if xml { gateway::as_xml(reply) } else { reply })
            }
            _ => Reply::text(StatusCode::NOT_FOUND, "text/html", ""),
        }
    }

    /// What every answer of the service carries.
    fn headed(&mut self, reply: Reply) -> Reply {
        let tid = self.ids.next("tid").simple().to_string();
        let (head, tail) = tid.split_at(8);
        reply
            .with("intuit_tid", format!("1-{head}-{tail}"))
            .with("qbo-version", "1988.128")
            .with("service-time", "total=61, db=22")
            .with(
                "cache-control",
                "max-age=0, no-cache, no-store, must-revalidate, private",
            )
    }

    fn company(&mut self, call: &Call, realm: &str, path: &[&str], now: DateTime<Utc>) -> Reply {
        let Some(caller) = self.auth.caller(call, now) else {
            return Gate::token().reply(&self.sw, now);
        };
        let Some(co) = self
            .companies
            .get_mut(realm)
            .filter(|_| caller.realm == realm && caller.accounting)
        else {
            return Gate::realm().reply(&self.sw, now);
        };
        if co.locked_out {
            let detail = "AuthorizationFailure: -11014-You do not have access to use QuickBooks Online Plus.";
            return Refusal::from(Fault::new("120", detail))
                .reply(self.sw.is("texts", "french"), now);
        }
        let costs = endpoints::costs(call, path);
        if let Err(gate) = self.limits.take(&caller.app, realm, costs, &self.sw, now) {
            return gate.reply(&self.sw, now);
        }
        let mut events = Vec::new();
        let mut desk = endpoints::Desk {
            co,
            sw: &self.sw,
            now,
            answers: &mut self.answers,
            events: &mut events,
        };
        let reply = endpoints::answer(&mut desk, call, path);
        self.tell(realm, &events, now);
        reply
    }

    fn tell(&mut self, realm: &str, events: &[work::Event], now: DateTime<Utc>) {
        let grants = self
            .auth
            .grants
            .values()
            .filter(|g| g.realm == realm && !g.dead);
        let mut apps: Vec<String> = grants.map(|g| g.app.clone()).collect();
        apps.sort();
        apps.dedup();
        self.hooks.tell(&apps, realm, events, &mut self.ids, now);
    }

    fn user_info(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        match self.auth.caller(call, now) {
            Some(_) => Reply::json(
                StatusCode::OK,
                &json!({"sub": "crossfoot-sandbox-user", "email": "user@sandbox.invalid", "emailVerified": true}),
            ),
            None => Gate::token().reply(&self.sw, now),
        }
    }
}

fn discovery(base: &str) -> Reply {
    Reply::json(
        StatusCode::OK,
        &json!({
            "issuer": "https://oauth.platform.intuit.com/op/v1",
            "authorization_endpoint": format!("{base}/connect/oauth2"),
            "token_endpoint": format!("{base}/oauth2/v1/tokens/bearer"),
            "userinfo_endpoint": format!("{base}/v1/openid_connect/userinfo"),
            "revocation_endpoint": format!("{base}/v2/oauth2/tokens/revoke"),
            "jwks_uri": format!("{base}/op/v1/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        }),
    )
}

/// A company for the state report: every row as a read by its id shows it.
fn report(co: &Company) -> Value {
    let owed = view::balances(co);
    let mut all = serde_json::Map::new();
    all.insert("realm".into(), json!(co.realm));
    for kind in KINDS {
        let rows: Vec<Value> = co.all(kind).map(|row| view::show(co, row, &owed)).collect();
        if !rows.is_empty() {
            all.insert(kind.word().into(), Value::Array(rows));
        }
    }
    let gone = co
        .gone
        .iter()
        .map(|((kind, id), at)| json!({"type": kind.word(), "Id": id.to_string(), "at": at}));
    all.insert("deleted".into(), Value::Array(gone.collect()));
    Value::Object(all)
}

impl System for Qbo {
    fn name(&self) -> &'static str {
        "qbo"
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        self.route(call, now)
    }

    fn concurrency_key(&self, _call: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        self.plant(seed, now)
    }

    fn state(&self) -> Value {
        let companies = self
            .order
            .iter()
            .filter_map(|realm| self.companies.get(realm))
            .map(report);
        json!({
            "companies": companies.collect::<Vec<_>>(),
            "apps": self.auth.report(),
            "calls": self.limits.report(),
            "webhooks": self.hooks.report(),
        })
    }

    fn switches(&self) -> Value {
        self.sw.describe()
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.sw.set(name, value)
    }

    fn outbound(&mut self, now: DateTime<Utc>) -> Vec<Outbound> {
        self.hooks.due(&self.sw, &mut self.ids, now)
    }
}
