//! The fake Xero: its sign-in, its accounting API, its limits, its webhooks.
//!
//! Flows in: calls, seeds, switches. Flows out: the answers the real one gives, from books kept in memory. A call passes,
//! in this order: the token, the scope, the organisation, the limits, the idempotency key, the endpoint.
//!
//! Served: `/identity/connect/authorize`, `/connect/token`, `/connect/revocation`, `/connections`, and below
//! `/api.xro/2.0`: Organisation, Accounts, TaxRates, Items, Currencies, TrackingCategories, Contacts, Invoices, CreditNotes, Payments,
//! Overpayments, BankTransactions, PurchaseOrders, their History, Attachments and Allocations. Anything else is a 404.
//! Bodies are JSON; answers are XML when JSON was not asked for. The seed's shape is described in `seed.rs`.
//! What the vendor's documents leave open is a named switch (`switches.rs`).

mod accounts;
mod allocations;
mod attachments;
mod auth;
mod books;
mod chart;
mod consent;
mod contact_fields;
mod contact_views;
mod contacts;
mod ctx;
mod defaults;
mod document_commit;
mod document_endpoints;
mod documents;
mod endpoints;
mod entered;
mod fail;
mod filter;
mod forms;
mod found;
mod gates;
mod history;
mod idempotency;
mod items;
mod json;
mod limits;
mod line_views;
mod lines;
mod lists;
mod money;
mod nouns;
mod overpayments;
mod payments;
mod purchase_orders;
mod quote_views;
mod quotes;
mod report;
mod scopes;
mod seed;
mod seed_parts;
mod status;
mod switches;
mod table;
mod tamper;
mod tax_rates;
mod texts;
mod tokens;
mod told;
mod tracking;
mod unposted;
mod views;
mod webhooks;
mod xml;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ids::Ids;
use crate::sandbox::wire::{Call, Outbound, Reply, System};
use auth::{Auth, Desk};
use books::Org;
use ctx::{Ctx, Event};
use entered::Entered;
use idempotency::{Keys, Said};
use limits::{Caller, Limits};
use switches::Switches;
use webhooks::Webhooks;

/// How a fake Xero is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Tells the ids of two sandboxes apart; the same salt and calls give the same ids.
    pub salt: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            salt: "crossfoot-sandbox-xero".into(),
        }
    }
}

/// A fake Xero.
#[derive(Debug)]
pub struct Xero {
    sw: Switches,
    ids: Ids,
    auth: Auth,
    orgs: BTreeMap<Uuid, Org>,
    /// Organisations in the order of their making.
    order: Vec<Uuid>,
    limits: Limits,
    keys: Keys,
    hooks: Webhooks,
    base: String,
}

impl Default for Xero {
    fn default() -> Self {
        Self::new(Options::default())
    }
}

impl Xero {
    /// An empty one: no app, no organisation. Seed it.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            sw: Switches::default(),
            ids: Ids::new(&options.salt),
            auth: Auth::default(),
            orgs: BTreeMap::new(),
            order: Vec::new(),
            limits: Limits::default(),
            keys: Keys::default(),
            hooks: Webhooks::default(),
            base: "https://api.xero.com".into(),
        }
    }

    fn desk(&mut self, now: DateTime<Utc>) -> (&mut Auth, Desk<'_>) {
        let desk = Desk {
            ids: &mut self.ids,
            sw: &self.sw,
            now,
            orgs: self.order.clone(),
        };
        (&mut self.auth, desk)
    }

    fn route(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if call.method.as_str() == "SANDBOX" {
            return self.told(call, now);
        }
        let segments = call.segments();
        let lower: Vec<String> = segments.iter().map(|s| s.to_lowercase()).collect();
        let path: Vec<&str> = lower.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["identity", "connect", "authorize"] if call.method == Method::GET => {
                let (auth, mut desk) = self.desk(now);
                auth.authorize(call, &mut desk)
            }
            ["connect", "token"] | ["identity", "connect", "token"]
                if call.method == Method::POST =>
            {
                let (auth, mut desk) = self.desk(now);
                auth.token(call, &mut desk)
            }
            ["connect", "revocation"] | ["identity", "connect", "revocation"]
                if call.method == Method::POST =>
            {
                self.auth.revoke(call)
            }
            [".well-known", "openid-configuration"] => discovery(&call.base),
            ["connections", rest @ ..] => self.connections(call, rest, now),
            ["api.xro", "2.0", head, rest @ ..] => {
                let sub = rest.get(1).copied();
                let reply = self.accounting(call, &segments, head, sub, now);
                if xml::wants_json(call) {
                    reply
                } else {
                    xml::from_json(reply)
                }
            }
            _ => Reply::text(StatusCode::NOT_FOUND, "text/html", ""),
        }
    }

    fn accounting(
        &mut self,
        call: &Call,
        segments: &[String],
        head: &str,
        sub: Option<&str>,
        now: DateTime<Utc>,
    ) -> Reply {
        let entered = match self.enter(call, head, sub, now) {
            Ok(entered) => entered,
            Err(reply) => return *reply,
        };
        let who = Caller {
            app: &entered.app,
            tenant: entered.tenant,
            in_flight: call.in_flight,
            day_limit: entered.day_limit,
        };
        let remaining = match self.limits.take(&who, &self.sw, now) {
            Ok(remaining) => remaining,
            Err(reply) => return *reply,
        };
        let scope = if self.sw.is("idempotency_scope", "app") {
            entered.app.clone()
        } else {
            format!("{}|{}", entered.app, entered.tenant)
        };
        if call.body.len() as u64 > self.sw.level("request_bytes") {
            return remaining.on(Reply::text(StatusCode::PAYLOAD_TOO_LARGE, "text/html", ""));
        }
        let instance = self.ids.next("instance").to_string();
        let slot = match self.keys.look(call, &scope, now, &instance) {
            Said::Known(reply) => return remaining.on(*reply),
            Said::New(slot) => Some(slot),
            Said::Nothing => None,
        };
        let rest = segments.get(2..).unwrap_or_default();
        let reply = self.serve(call, rest, &entered, now);
        if let Some(slot) = slot {
            self.keys.keep(slot, call, &reply, now);
        }
        remaining.on(reply).with("xero-correlation-id", instance)
    }

    fn serve(
        &mut self,
        call: &Call,
        segments: &[String],
        entered: &Entered,
        now: DateTime<Utc>,
    ) -> Reply {
        let Some(org) = self.orgs.get_mut(&entered.tenant) else {
            return fail::no_method();
        };
        if org.offline {
            let text = "The Organisation is offline";
            return Reply::text(StatusCode::SERVICE_UNAVAILABLE, "text/plain", text);
        }
        let mut events: Vec<Event> = Vec::new();
        let four = call
            .query
            .iter()
            .any(|(k, v)| k.eq_ignore_ascii_case("unitdp") && v == "4");
        let mut ctx = Ctx {
            org,
            sw: &self.sw,
            ids: &mut self.ids,
            events: &mut events,
            call,
            now,
            app: &entered.app,
            app_name: &entered.app_name,
            dp: if four { 4 } else { 2 },
        };
        let reply = endpoints::answer(&mut ctx, segments);
        ctx.org.settle();
        self.base.clone_from(&call.base);
        self.tell(entered.tenant, &events, now);
        reply
    }

    fn tell(&mut self, tenant: Uuid, events: &[Event], now: DateTime<Utc>) {
        if events.is_empty() {
            return;
        }
        let apps: Vec<String> = self
            .auth
            .connections
            .values()
            .filter(|c| c.tenant == tenant)
            .map(|c| c.app.clone())
            .collect();
        for event in events {
            self.hooks.tell(&apps, tenant, &self.base, event, now);
        }
    }
}

fn discovery(base: &str) -> Reply {
    Reply::json(
        StatusCode::OK,
        &json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/identity/connect/authorize"),
            "token_endpoint": format!("{base}/connect/token"),
            "revocation_endpoint": format!("{base}/connect/revocation"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }),
    )
}

impl System for Xero {
    fn name(&self) -> &'static str {
        "xero"
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        self.route(call, now)
    }

    fn concurrency_key(&self, call: &Call) -> Option<String> {
        let tenant = call.header("xero-tenant-id")?;
        let access = self.auth.bearer(call)?;
        Some(format!("{}|{}", access.app, tenant.to_lowercase()))
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        self.plant(seed, now)
    }

    fn state(&self) -> Value {
        let orgs = self
            .order
            .iter()
            .filter_map(|id| self.orgs.get(id))
            .map(report::org);
        json!({"organisations": orgs.collect::<Vec<_>>(), "apps": self.auth.report(), "webhooks": self.hooks.report()})
    }

    fn switches(&self) -> Value {
        self.sw.describe()
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.sw.set(name, value)
    }

    fn outbound(&mut self, now: DateTime<Utc>) -> Vec<Outbound> {
        self.hooks.due(&mut self.ids, now)
    }
}
