//! Putting data in beside the API.
//!
//! ```text
//! {
//!   "apps": [{"client_id", "client_secret", "name"?, "environment"?: "development"|"production", "redirect_uris"?: [..],
//!             "webhook"?: {"url", "verifier"}}],
//!   "companies": [{
//!     "name", "realm"?, "country"?: "US"|"AU"|"GB"|"CA"|.., "currency"?,
//!     "currencies"?: ["EUR", {"code": "EUR", "rate": "1.1"}],                switches MultiCurrencyEnabled on
//!     "user"?: "who else works in it", "edition"?: "Simple Start"|"Essentials"|"Plus"|"Advanced",
//!     "address"?: {"Line1", "City", "CountrySubDivisionCode", "PostalCode"}, the legal one
//!     "custom_fields"?: ["Crew #"], "next_number"?: 1043,
//!     "chart"?: "none",                                                      without accounts, items, terms and tax codes
//!     "automated_sales_tax"?: true, "may_override_tax"?: true,               the US since 2017; apps may set it aside
//!     "sales_tax"?: [{"state": "CA", "postal"?: "94", "rates": [{"name", "rate"}]}],   by ship-to, the longest postal code first
//!     "tax_codes"?: [{"name", "rates": [{"name", "rate"}]}],                 beside the country's
//!     "preferences"?: {"SalesFormsPrefs": {"CustomTxnNumbers": true}, ..},   words of groups, in the API's own shape
//!     "close_date"?: "YYYY-MM-DD" | null,
//!     "subscription"?: "active"|"ended", "user_access"?: true|false,
//!     "rows"?: {"Customer": [..], "Vendor": [..], "Item": [..], "Invoice": [..], ..},  elements in the API's own shape
//!     "person"?: [{"update": {"Invoice": {"Id", ..}}}, {"delete": {"Payment": {"Id"}}}, {"void": {"Invoice": {"Id"}}},
//!                 {"create": {"Customer": {..}}}, {"merge": {"Customer": {"from", "into"}}}, {"deposit": {"Payment": {"Id"}}}]
//!   }],
//!   "tokens": [{"app", "company": name or realm, "access"?, "refresh"?, "scopes"?: "a b"}]
//! }
//! ```
//! Additive: a company or app that is there already (by realm, name, client id) is patched. The answer names the realms and the
//! ids that were given: `{"companies": [{"name", "realm", "made": {"Customer": ["1"]}}]}`. An element with a `SyncToken` is put as it
//! stands, unchecked, with the sums and times it tells; any other is written as the API would write it. What `person` does moves
//! versions and times as a person's work does, asks for no SyncToken and is not stopped by the closing date. A seed that is not
//! understood is refused with a sentence; what came before the part that failed stays.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::Qbo;
use super::auth::{ACCOUNTING, App, redirect_allowed};
use super::seed_company::{self, list, need, object, text};
use super::seed_rows;

impl Qbo {
    /// Reads a seed.
    pub(super) fn plant(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        let known = ["apps", "companies", "tokens"];
        let map = seed.as_object().ok_or("a seed must be an object")?;
        if let Some(other) = map.keys().find(|k| !known.contains(&k.as_str())) {
            return Err(format!(
                "`{other}` is no part of a seed; there are: {}",
                known.join(", ")
            ));
        }
        for app in list(map, "apps")? {
            self.plant_app(object(app, "apps")?)?;
        }
        let mut made = Vec::new();
        for company in list(map, "companies")? {
            made.push(self.plant_company(object(company, "companies")?, now)?);
        }
        for token in list(map, "tokens")? {
            self.plant_token(object(token, "tokens")?, now)?;
        }
        Ok(json!({"companies": made}))
    }

    fn plant_app(&mut self, map: &Map<String, Value>) -> Result<(), String> {
        let id = need(map, "client_id", "apps")?;
        let old = self.auth.apps.get(&id).cloned();
        let redirects: Vec<String> = match map.get("redirect_uris") {
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_string)
                .collect(),
            _ => old
                .as_ref()
                .map(|o| o.redirects.clone())
                .unwrap_or_default(),
        };
        if let Some(bad) = redirects.iter().find(|u| !redirect_allowed(u)) {
            return Err(format!(
                "redirect uri `{bad}` cannot be registered: https with a host name, or http on localhost"
            ));
        }
        let production = text(map, "environment").as_deref() == Some("production");
        if let Some(bad) = redirects
            .iter()
            .find(|u| production && (u.starts_with("http:") || u.contains("//localhost")))
        {
            return Err(format!(
                "redirect uri `{bad}` cannot be registered in production: https, and not localhost"
            ));
        }
        if let Some(hook) = map.get("webhook").filter(|h| !h.is_null()) {
            let hook = object(hook, "webhook")?;
            self.hooks.register(
                &id,
                &need(hook, "url", "webhook")?,
                &need(hook, "verifier", "webhook")?,
            );
        }
        let secret = text(map, "client_secret").or(old.as_ref().map(|o| o.secret.clone()));
        let app = App {
            id: id.clone(),
            secret: secret.ok_or_else(|| format!("app `{id}` needs `client_secret`"))?,
            name: text(map, "name")
                .or(old.as_ref().map(|o| o.name.clone()))
                .unwrap_or_else(|| "Sandbox App".into()),
            redirects,
            ledger: old.map(|o| o.ledger).unwrap_or_default(),
        };
        self.auth.apps.insert(id, app);
        Ok(())
    }

    fn plant_company(
        &mut self,
        map: &Map<String, Value>,
        now: DateTime<Utc>,
    ) -> Result<Value, String> {
        let name = need(map, "name", "companies")?;
        let realm = match text(map, "realm").or_else(|| self.realm_of(&name)) {
            Some(realm) => realm,
            None => format!("91303500{:08}", self.order.len() + 1),
        };
        if realm.is_empty() || !realm.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("realm `{realm}`: digits alone"));
        }
        if !self.companies.contains_key(&realm) {
            let company = seed_company::new(&self.sw, now, &realm, &name, map)?;
            self.companies.insert(realm.clone(), company);
            self.order.push(realm.clone());
        }
        let Some(co) = self.companies.get_mut(&realm) else {
            return Err("the company could not be made".into());
        };
        seed_company::patch(co, &self.sw, now, map)?;
        let cx = seed_rows::person(&self.sw, now);
        let made = seed_company::rows(co, &cx, map)?;
        let mut events = Vec::new();
        for deed in list(map, "person")? {
            events.extend(seed_rows::act(co, &cx, deed)?);
        }
        self.tell(&realm, &events, now);
        Ok(json!({"name": name, "realm": realm, "made": made}))
    }

    fn realm_of(&self, name: &str) -> Option<String> {
        let named = |realm: &&String| {
            let row = self
                .companies
                .get(*realm)
                .and_then(|c| c.row((super::kinds::Kind::CompanyInfo, 1)));
            row.is_some_and(|r| r.text("CompanyName") == name)
        };
        self.order.iter().find(named).cloned()
    }

    fn plant_token(&mut self, map: &Map<String, Value>, now: DateTime<Utc>) -> Result<(), String> {
        let app = need(map, "app", "tokens")?;
        if !self.auth.apps.contains_key(&app) {
            return Err(format!("tokens: there is no app `{app}`"));
        }
        let company = need(map, "company", "tokens")?;
        let realm = match self.companies.contains_key(&company) {
            true => company,
            false => self
                .realm_of(&company)
                .ok_or_else(|| format!("tokens: there is no company `{company}`"))?,
        };
        let scopes = text(map, "scopes").unwrap_or_else(|| ACCOUNTING.into());
        let scopes = scopes.split_whitespace().map(str::to_string).collect();
        let (auth, desk) = self.desk(now);
        let value = match text(map, "refresh") {
            Some(value) => value,
            None => format!("RT1-{}", desk.ids.token("refresh")),
        };
        let grant = auth.grant(&app, &realm, scopes, value, &desk);
        let access = match text(map, "access") {
            Some(access) => access,
            None => desk.ids.token("access"),
        };
        auth.admit(access, grant, &desk);
        Ok(())
    }
}
