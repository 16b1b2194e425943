//! Putting data in beside the API.
//!
//! ```text
//! {
//!   "apps": [{"client_id", "client_secret" (not for pkce), "name"?, "kind"?: "web"|"pkce"|"custom", "redirect_uris": [..],
//!             "created"?: "YYYY-MM-DD", "day_limit"?: 1000,
//!             "webhook"?: {"url", "key", "categories"?: [..]}}],
//!   "organisations": [{
//!     "name", "tenant_id"?, "country"?: "AU"|"NZ"|"GB"|"US"|.., "currency"?, "timezone"?,
//!     "currencies"?: ["EUR", {"code": "USD", "rate": "0.65"}],
//!     "tracking_categories"?: [{"Name", "Options": [{"Name"}]}],
//!     "accounts"?:  [{"Code", "Name", "Type", "TaxType"?, "Status"?, "SystemAccount"?,
//!                     "EnablePaymentsToAccount"?, "CurrencyCode"?, ..}],     added to the standard chart
//!     "chart"?: "none",                                                      without the standard chart
//!     "tax_rates"?: [{"TaxType", "Name", "Rate", "CanApplyTo"?: ["Assets", ..], "Status"?}],  added to the country's
//!     "items"?, "contacts"?, "invoices"?, "credit_notes"?, "payments"?, "bank_transactions"?, "purchase_orders"?, "quotes"?:
//!                     elements in the API's own shape, written as the API would write them (unit amounts at 4 places);
//!                     a contact may be ARCHIVED, or carry "MergedTo": the name or id of another,
//!     "merges"?: [{"from", "into"}],                                         contacts by name, number or id
//!     "period_lock_date"?, "end_of_year_lock_date"?: "YYYY-MM-DD" | null,
//!     "offline"?: bool, "approve_limit"?: n | null,
//!     "tamper"?: {..} | [{..}]                                               see `tamper.rs`
//!   }],
//!   "tokens": [{"app", "tenants": [name or id, ..], "access"?, "refresh"?, "scopes": "a b" | [..]}]
//! }
//! ```
//! Additive: an organisation or app that is there already (by name, id, client id) is patched. The answer names the
//! tenants: `{"organisations": [{"name", "tenant_id"}]}`. A seed that is not understood is refused with a sentence; what came
//! before the part that failed stays.

use chrono::{DateTime, Utc};
use http::{HeaderMap, Method};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Xero;
use super::accounts;
use super::auth::{App, AppKind, redirect_allowed};
use super::books::{Account, Kind, Org};
use super::ctx::{Ctx, Event};
use super::defaults;
use super::documents;
use super::items;
use super::overpayments;
use super::payments;
use super::purchase_orders;
use super::quotes;
use super::seed_parts::{
    Part, account, contact, currencies, each, list, merge_contacts, need, object, settings,
    tax_rate, text,
};
use super::tamper;
use super::tracking;
use crate::sandbox::wire::Call;

impl Xero {
    /// Reads a seed.
    pub(super) fn plant(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        let known = ["apps", "organisations", "tokens"];
        let map = seed.as_object().ok_or("a seed must be an object")?;
        if let Some(other) = map.keys().find(|k| !known.contains(&k.as_str())) {
            return Err(format!(
                "`{other}` is no part of a seed; there are: {}",
                known.join(", ")
            ));
        }
        for app in list(seed, "apps")? {
            self.plant_app(object(app, "apps")?, now)?;
        }
        let mut made = Vec::new();
        for org in list(seed, "organisations")? {
            let map = object(org, "organisations")?;
            let id = self.plant_org(org, map, now)?;
            let name = self
                .orgs
                .get(&id)
                .map(|o| o.name.clone())
                .unwrap_or_default();
            made.push(json!({"name": name, "tenant_id": id}));
        }
        for token in list(seed, "tokens")? {
            self.plant_token(token, object(token, "tokens")?, now)?;
        }
        Ok(json!({"organisations": made}))
    }

    fn plant_app(&mut self, map: &Map<String, Value>, now: DateTime<Utc>) -> Part {
        let id = need(map, "client_id", "apps")?.to_string();
        let before = self.auth.apps.get(&id).cloned();
        let old = before.as_ref();
        let kind = match text(map, "kind") {
            None => old.map_or(AppKind::Web, |o| o.kind),
            Some("web") => AppKind::Web,
            Some("pkce") => AppKind::Pkce,
            Some("custom") => AppKind::Custom,
            Some(other) => return Err(format!("app kind `{other}`: web, pkce or custom")),
        };
        let redirects: Vec<String> = match map.get("redirect_uris") {
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_string)
                .collect(),
            _ => old.map(|o| o.redirects.clone()).unwrap_or_default(),
        };
        if let Some(bad) = redirects.iter().find(|u| !redirect_allowed(u)) {
            return Err(format!(
                "redirect uri `{bad}` cannot be registered: https, or http on localhost"
            ));
        }
        if redirects.len() > 50 {
            return Err("an app can have at most 50 redirect uris".into());
        }
        let created = match text(map, "created") {
            Some(day) => super::json::midnight(documents::seed_day(day)?),
            None => old.map_or(now, |o| o.created),
        };
        self.plant_hook(&id, map)?;
        let secret = text(map, "client_secret")
            .map(str::to_string)
            .or(old.and_then(|o| o.secret.clone()));
        if secret.is_none() && kind != AppKind::Pkce {
            return Err(format!(
                "app `{id}` needs `client_secret`, unless its kind is pkce"
            ));
        }
        let app = App {
            id: id.clone(),
            name: text(map, "name")
                .or(old.map(|o| o.name.as_str()))
                .unwrap_or("Sandbox App")
                .to_string(),
            secret: secret.filter(|_| kind != AppKind::Pkce),
            kind,
            redirects,
            created,
            day_limit: map
                .get("day_limit")
                .and_then(Value::as_u64)
                .or(old.and_then(|o| o.day_limit)),
            ledger: before
                .as_ref()
                .map(|b| b.ledger.clone())
                .unwrap_or_default(),
        };
        self.auth.apps.insert(id, app);
        Ok(())
    }

    fn plant_hook(&mut self, app: &str, map: &Map<String, Value>) -> Part {
        let Some(hook) = map.get("webhook").and_then(Value::as_object) else {
            return Ok(());
        };
        let words = hook.get("categories").and_then(Value::as_array);
        let categories = words
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_string)
            .collect();
        let (url, key) = (need(hook, "url", "webhook")?, need(hook, "key", "webhook")?);
        self.hooks.register(app, url, key, categories);
        Ok(())
    }

    fn tenant(&self, name: &str) -> Result<Uuid, String> {
        let named = self.orgs.values().find(|o| o.name == name).map(|o| o.id);
        let by_id = Uuid::parse_str(name)
            .ok()
            .filter(|id| self.orgs.contains_key(id));
        named
            .or(by_id)
            .ok_or_else(|| format!("there is no organisation `{name}`"))
    }

    fn plant_token(&mut self, value: &Value, map: &Map<String, Value>, now: DateTime<Utc>) -> Part {
        let app = need(map, "app", "tokens")?.to_string();
        if !self.auth.apps.contains_key(&app) {
            return Err(format!("there is no app `{app}`"));
        }
        let scopes: Vec<String> = match map.get("scopes") {
            Some(Value::String(s)) => s.split_whitespace().map(str::to_string).collect(),
            Some(Value::Array(l)) => l
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_string)
                .collect(),
            _ => return Err("each of `tokens` needs `scopes`".into()),
        };
        let event = self.ids.next("consent");
        for tenant in list(value, "tenants")? {
            let id = self.tenant(tenant.as_str().unwrap_or_default())?;
            self.auth.connect(&app, id, event, &mut self.ids, now);
        }
        let one = |key: &str| text(map, key).map(str::to_string);
        self.auth
            .plant(&app, one("access"), one("refresh"), scopes, event, now);
        Ok(())
    }

    fn plant_org(
        &mut self,
        value: &Value,
        map: &Map<String, Value>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, String> {
        let named = match (text(map, "tenant_id"), text(map, "name")) {
            (Some(id), _) if self.tenant(id).is_ok() => self.tenant(id).ok(),
            (_, Some(name)) => self.tenant(name).ok(),
            (_, None) => {
                return Err("each of `organisations` needs `name` or a known `tenant_id`".into());
            }
        };
        let id = match named {
            Some(id) => id,
            None => {
                let org = self.new_org(map, now)?;
                let id = org.id;
                self.orgs.insert(id, org);
                self.order.push(id);
                id
            }
        };
        let mut events = Vec::new();
        let result = self.fill(id, value, &mut events, now);
        if let Some(org) = self.orgs.get_mut(&id) {
            org.settle();
        }
        self.tell(id, &events, now);
        result.map(|()| id)
    }

    fn new_org(&mut self, map: &Map<String, Value>, now: DateTime<Utc>) -> Result<Org, String> {
        let name = need(map, "name", "organisations")?;
        let country = text(map, "country").unwrap_or("NZ").to_uppercase();
        let country = if country == "UK" {
            "GB".to_string()
        } else {
            country
        };
        let version = defaults::version(&country);
        let (currency, timezone) = defaults::base(version);
        let id = match text(map, "tenant_id") {
            Some(text) => {
                Uuid::parse_str(text).map_err(|_| format!("tenant_id `{text}` is no guid"))?
            }
            None => self.ids.named("tenant", name),
        };
        let currency = text(map, "currency").unwrap_or(currency).to_string();
        let mut org = Org::blank(id, name, country, version, now);
        org.timezone = text(map, "timezone").unwrap_or(timezone).to_string();
        org.currencies.insert(currency.clone(), Decimal::ONE);
        org.currency = currency;
        for rate in defaults::tax_rates(version) {
            org.tax_rates.put(rate.tax_type.clone(), rate);
        }
        if text(map, "chart") != Some("none") {
            for row in defaults::CHART {
                let id = self.ids.next("account");
                accounts::put_account(&mut org, standard(row, id, version, now));
            }
        }
        Ok(org)
    }

    fn fill(
        &mut self,
        id: Uuid,
        value: &Value,
        events: &mut Vec<Event>,
        now: DateTime<Utc>,
    ) -> Part {
        let Some(org) = self.orgs.get_mut(&id) else {
            return Ok(());
        };
        let call = Call {
            method: Method::PUT,
            path: String::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
            in_flight: 1,
            base: String::new(),
        };
        let mut ctx = Ctx {
            org,
            sw: &self.sw,
            ids: &mut self.ids,
            events,
            call: &call,
            now,
            app: "seed",
            app_name: "seed",
            dp: 4,
        };
        currencies(&mut ctx, value)?;
        each(&mut ctx, value, "tracking_categories", &mut |c, e| {
            tracking::write(c.org, c.ids, e).map(|_| ())
        })?;
        for rate in list(value, "tax_rates")? {
            tax_rate(&mut ctx, object(rate, "tax_rates")?)?;
        }
        for entry in list(value, "accounts")? {
            account(&mut ctx, object(entry, "accounts")?)?;
        }
        each(&mut ctx, value, "items", &mut |c, e| items::seed_item(c, e))?;
        each(&mut ctx, value, "contacts", &mut contact)?;
        papers(&mut ctx, value)?;
        each(&mut ctx, value, "bank_transactions", &mut |c, e| {
            overpayments::write(c, e).map(|_| ())
        })?;
        each(&mut ctx, value, "payments", &mut |c, e| {
            payments::write(c, e, None, true).map(|_| ())
        })?;
        for merge in list(value, "merges")? {
            let map = object(merge, "merges")?;
            let (from, into) = (need(map, "from", "merges")?, need(map, "into", "merges")?);
            merge_contacts(&mut ctx, from, into)?;
        }
        settings(&mut ctx, value)?;
        match value.get("tamper") {
            None | Some(Value::Null) => Ok(()),
            Some(Value::Array(list)) => list.iter().try_for_each(|t| tamper::apply(&mut ctx, t)),
            Some(one) => tamper::apply(&mut ctx, one),
        }
    }
}

/// Papers that owe something, and those that do not.
fn papers(ctx: &mut Ctx<'_>, value: &Value) -> Result<(), String> {
    each(ctx, value, "invoices", &mut |c, e| {
        documents::write(c, e, Kind::Invoice, true, None).map(|_| ())
    })?;
    each(ctx, value, "credit_notes", &mut |c, e| {
        documents::write(c, e, Kind::CreditNote, true, None).map(|_| ())
    })?;
    each(ctx, value, "purchase_orders", &mut |c, e| {
        purchase_orders::write(c, e, true, None).map(|_| ())
    })?;
    each(ctx, value, "quotes", &mut |c, e| {
        quotes::write(c, e, true, None).map(|_| ())
    })
}

fn standard(row: &defaults::Row2, id: Uuid, version: &str, now: DateTime<Utc>) -> Account {
    let bank = row.kind == "BANK";
    Account {
        id,
        code: Some(row.code.into()),
        name: row.name.into(),
        kind: row.kind.into(),
        tax: Some(defaults::tax_for(version, row.tax).into()),
        status: if row.archived { "ARCHIVED" } else { "ACTIVE" }.into(),
        system: Some(row.system.to_string()).filter(|s| !s.is_empty()),
        payments: row.payments,
        description: None,
        bank_number: bank.then(|| format!("0209087654321{}", row.code)),
        bank_type: bank.then(|| "BANK".to_string()),
        currency: None,
        updated: now,
    }
}
