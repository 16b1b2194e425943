//! The fake Keap: REST v2 for the shop's data, v1 orders, v1 hooks, OAuth and keys.
//!
//! Flows in: calls below `/keap`: `/app/oauth/authorize`, `/token`, `/crm/rest/v2/...`, `/crm/rest/v1/...`. Flows
//! out: what the real one would answer, written from Keap's published OpenAPI document (2.0.21 of 2026-08, with
//! the changes seen in the vendor's client 2.0.26), its developer pages, and answers seen by others. What these
//! leave open is a switch (see `switches`). The seed is described in `seed`.
//! Refuses: unknown credentials before anything else, even before an unknown path (the gateway's layer), then
//! what the services refuse. Bounded by Keap's own limits (see `limits`).
//!
//! Not here, and answered with 404: XML-RPC (ended 2026-12-31), tags, tasks, e-mail, campaigns, affiliates,
//! subscriptions, discounts' own endpoints, files, merchants and stored cards.

mod auth;
mod companies;
mod contact_write;
mod contacts;
mod errors;
mod filter;
mod hooks;
mod limits;
mod money;
mod order_address;
mod order_show;
mod order_write;
mod orders;
mod payment_write;
mod payments;
mod products;
mod seed;
mod settings;
mod state;
mod store;
mod strict;
mod switches;
mod time;
mod v1;
mod world;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::sandbox::wire::{Call, Outbound, Reply, System};
use auth::{Caller, Unknown};
use errors::{Answer, Fail, gateway, id_in};
use limits::{Limits, Reached, blank_headers};
use store::App;
use switches::Switches;
use world::World;

/// What a fake Keap begins with.
#[derive(Debug, Clone, Default)]
pub struct KeapOptions {
    /// Switches and their values, set at the start.
    pub switches: Vec<(String, Value)>,
}

/// The fake Keap, with all its applications.
#[derive(Debug, Default)]
pub struct Keap {
    world: World,
    limits: Limits,
    switches: Switches,
}

impl Keap {
    /// An empty Keap: no application, no key. A switch that is not known is left out.
    pub fn new(options: &KeapOptions) -> Self {
        let mut keap = Self::default();
        for (name, value) in &options.switches {
            keap.switches.set(name, value).ok();
        }
        keap
    }

    fn service(&mut self, call: &Call, caller: &Caller, now: DateTime<Utc>) -> Reply {
        let segments = call.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let Some(app) = self.world.apps.get_mut(&caller.app) else {
            return unknown_caller(Unknown::Invalid);
        };
        let switches = &self.switches;
        match path.as_slice() {
            ["crm", "rest", "v2", rest @ ..] => {
                v2(app, call, rest, now, switches).unwrap_or_else(|f| f.v2())
            }
            ["crm", "rest", "v1", rest @ ..] => {
                v1::answer(app, call, rest, now, switches).unwrap_or_else(|f| f.v1())
            }
            _ => gateway(
                StatusCode::NOT_FOUND,
                "Unable to identify proxy for host and url",
                "messaging.adaptors.http.flow.ApplicationNotFound",
            ),
        }
    }

    fn too_many(&self, reached: &Reached) -> Reply {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let (text, code) = if reached.spike {
            (
                "Spike arrest violation",
                "policies.ratelimit.SpikeArrestViolation",
            )
        } else {
            (
                "Rate limit quota violation",
                "policies.ratelimit.QuotaViolation",
            )
        };
        let reply = if self.switches.is("form_429", "service") {
            // The code is a text in this one, as it was seen.
            Reply::json(
                status,
                &json!({"code": "429", "message": "Quota Exceeded", "status": "Request Throttled", "details": null}),
            )
        } else {
            gateway(status, text, code)
        };
        if self.switches.is("retry_after", "seconds") && !reached.spike {
            return reply.with("retry-after", reached.seconds.to_string());
        }
        reply
    }

    /// What the plane asks for: a fault in Keap's own form.
    fn fault(&mut self, call: &Call, word: &str, now: DateTime<Utc>) -> Reply {
        let caller = self.world.auth.caller(call, now);
        let reply = match (word, caller) {
            ("429", _) => {
                let reached = Reached {
                    seconds: 60,
                    spike: false,
                };
                let reply = self.too_many(&reached);
                match call.param("retry_after") {
                    Some(seconds) => reply.with("retry-after", seconds),
                    None => reply,
                }
            }
            ("500", _) => Fail::bad("An unexpected error occurred")
                .with_status(StatusCode::INTERNAL_SERVER_ERROR)
                .v2(),
            ("expired_token", caller) => {
                if let Ok(caller) = caller {
                    self.world.auth.expire(&caller.token, now);
                }
                unknown_caller(Unknown::Expired)
            }
            ("revoked_token", caller) => {
                if let Ok(caller) = caller {
                    self.world.auth.revoke(&caller);
                }
                unknown_caller(Unknown::Invalid)
            }
            _ => return Reply::text(StatusCode::NOT_FOUND, "text/plain", ""),
        };
        reply.with("x-sandbox-form", "keap")
    }
}

impl System for Keap {
    fn name(&self) -> &'static str {
        "keap"
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if call.method.as_str() == "SANDBOX" {
            return match call.path.strip_prefix("/_fault/") {
                Some(word) => self.fault(call, word, now),
                None => self.delivered(call, now),
            };
        }
        match call.path.trim_end_matches('/') {
            "/app/oauth/authorize" => return self.world.auth.authorize(call, now, &self.switches),
            "/token" => return self.world.auth.token_endpoint(call, now),
            _ => {}
        }
        let caller = match self.world.auth.caller(call, now) {
            Ok(caller) => caller,
            Err(why) => return unknown_caller(why),
        };
        let taken = self
            .limits
            .take(&caller.scope, &caller.app, now, &self.switches);
        let mut reply = match &taken {
            Ok(()) => self.service(call, &caller, now),
            Err(reached) => self.too_many(reached),
        };
        if taken.as_ref().err().is_none_or(|r| !r.spike) {
            self.limits.headers(
                &caller.scope,
                &caller.app,
                now,
                &self.switches,
                &mut reply.headers,
            );
        }
        reply
    }

    fn concurrency_key(&self, _: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        let mut world = self.world.clone();
        let made = seed::apply(&mut world, seed, now)?;
        self.world = world;
        Ok(made)
    }

    fn state(&self) -> Value {
        state::show(&self.world, &self.switches)
    }

    fn switches(&self) -> Value {
        self.switches.show()
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.switches.set(name, value)
    }

    fn outbound(&mut self, now: DateTime<Utc>) -> Vec<Outbound> {
        self.world
            .apps
            .iter_mut()
            .flat_map(|(name, app)| app.hooks.due(name, now))
            .collect()
    }
}

impl Keap {
    fn delivered(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        let told: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
        let id = told.get("id").and_then(Value::as_str).unwrap_or("");
        if let Some((name, id)) = id.rsplit_once('/')
            && let Some(app) = self.world.apps.get_mut(name)
        {
            app.hooks.delivered(id, &told, now);
        }
        Reply::text(StatusCode::OK, "text/plain", "")
    }
}

fn unknown_caller(why: Unknown) -> Reply {
    let (text, code) = match why {
        Unknown::Missing => ("Invalid Access Token", "oauth.v2.InvalidAccessToken"),
        Unknown::Invalid => (
            "Invalid access token",
            "keymanagement.service.invalid_access_token",
        ),
        Unknown::Expired => (
            "Access Token expired",
            "keymanagement.service.access_token_expired",
        ),
    };
    let mut reply = gateway(StatusCode::UNAUTHORIZED, text, code);
    let mut headers = HeaderMap::new();
    blank_headers(&mut headers);
    reply.headers.extend(headers);
    reply
}

fn v2(
    app: &mut App,
    call: &Call,
    path: &[&str],
    now: DateTime<Utc>,
    switches: &Switches,
) -> Answer {
    let method = call.method.as_str();
    match (method, path) {
        ("GET", ["orders"]) => orders::list(app, call, switches),
        ("POST", ["orders"]) => order_write::create(app, call, now, switches),
        ("GET", ["orders", "model"]) => Ok(orders::model(app)),
        ("GET", ["orders", id]) => orders::single(app, id, switches),
        ("PATCH", ["orders", id]) => order_write::update(app, id, call, now, switches),
        ("DELETE", ["orders", id]) => order_write::delete(app, id, now, switches),
        ("POST", ["orders", id, "items"]) => order_write::add_item(app, id, call, now, switches),
        ("GET", ["orders", id, "payments"]) => payments::of_order(app, id, call, switches),
        ("POST", ["orders", id, "payments"]) => payment_write::create(app, id, call, now, switches),
        ("PATCH", ["orders", id, "payments", part]) => {
            payment_write::update(app, id, part, call, now, switches)
        }
        ("GET", ["sales", "payments"]) => payments::list(app, call, switches),
        ("GET", ["sales", "transactions"]) => payments::transactions(app, call, switches),
        ("GET", ["products"]) => products::list(app, call, switches),
        ("POST", ["products"]) => products::create(app, call, now),
        ("GET", ["products", id]) => products::single(app, id),
        ("GET", ["contacts"]) => contacts::list(app, call, switches),
        ("POST", ["contacts"]) => contact_write::create(app, call, now),
        ("GET", ["contacts", id]) => contacts::single(app, id, call),
        ("PATCH", ["contacts", id]) => contact_write::update(app, id, call, now),
        ("GET", ["companies"]) => companies::list(app, call, switches),
        ("POST", ["companies"]) => companies::create(app, call, now),
        ("GET", ["companies", id]) => companies::single(app, id, call),
        ("GET", ["businessProfile"]) => Ok(settings::business_profile(app)),
        ("GET", ["settings", "applications:getConfiguration"]) => {
            settings::configuration(app, call)
        }
        ("GET", ["oauth", "connect", "userinfo"]) => Ok(settings::user_info(app)),
        (
            _,
            ["orders" | "products" | "contacts" | "companies"]
            | ["orders" | "products" | "contacts" | "companies", _]
            | ["orders", _, "payments"]
            | ["sales", "payments" | "transactions"]
            | ["businessProfile"],
        ) => Err(Fail::method(method)),
        _ => Err(Fail::no_path(&call.path)),
    }
}
