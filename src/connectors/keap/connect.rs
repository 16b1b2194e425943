//! Making a connection to Keap, and asking who one is there.

use super::call::{broken, get};
use crate::connectors::auth::{App, ClientAuth};
use crate::connectors::json::{list, text};
use crate::connectors::{CallError, Session, Settings};
use crate::model::Currency;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a person agrees, by default.
pub const LOGIN: &str = "https://accounts.infusionsoft.com";
/// Where tokens are given, by default.
pub const IDENTITY: &str = "https://api.infusionsoft.com";

/// The client of a connection. Keap wants the secret in the form for a code and in a header for a renewal.
pub fn app(settings: &Settings, client_id: &str, client_secret: SecretString) -> App {
    let login = settings.get("login", LOGIN).trim_end_matches('/');
    let identity = settings.get("identity", IDENTITY).trim_end_matches('/');
    App {
        system: "keap".to_owned(),
        authorize_url: format!("{login}/app/oauth/authorize"),
        token_url: format!("{identity}/token"),
        client_id: client_id.to_owned(),
        client_secret: Some(client_secret),
        code_auth: ClientAuth::Body,
        refresh_auth: ClientAuth::Basic,
        pkce: false,
        scopes: vec!["full".to_owned()],
        // None is documented.
        grace_s: 0,
    }
}

/// Whether the credentials are good, and of which Keap account: its tenant id.
///
/// # Errors
/// [`CallError`]
pub async fn check(session: &Session) -> Result<String, CallError> {
    let info = get(session, "userinfo", "/oauth/connect/userinfo").await?;
    let info = info.ok_or_else(|| broken("it does not know who we are"))?;
    Ok(text(&info, "tenant_id"))
}

/// What the whole account has in common: its one currency, and the zone its days are in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// ISO 4217.
    pub currency: String,
    /// A name of the IANA time zone database.
    pub zone: String,
    /// The custom fields of orders, by their ids, as far as they were asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub order_fields: BTreeMap<String, OrderField>,
}

/// How people and programs call a custom field; each may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderField {
    /// What stands beside it on the screen: `Sales Person`.
    pub label: String,
    /// Its name in the database: `_SalesPerson`.
    pub name: String,
}

/// The custom fields that orders may have. Where Keap has no list of them, none: they are known by their ids alone.
///
/// # Errors
/// [`CallError`]: what a rule asks for by its label must not seem to be blank.
pub async fn order_fields(session: &Session) -> Result<BTreeMap<String, OrderField>, CallError> {
    let body = get(session, "order_model", "/orders/model").await?;
    let all = body.iter().flat_map(|b| list(b, "custom_fields"));
    let one = |f: &Value| {
        let field = OrderField {
            label: text(f, "label"),
            name: text(f, "field_name"),
        };
        (text(f, "id"), field)
    };
    Ok(all.map(one).collect())
}

/// Reads the profile.
///
/// # Errors
/// [`CallError::Broken`] when it names no currency: amounts could not be read.
pub async fn profile(session: &Session) -> Result<Profile, CallError> {
    let body = get(session, "business_profile", "/businessProfile").await?;
    let body = body.ok_or_else(|| broken("it has no business profile"))?;
    let currency = text(&body, "currency_code");
    let currency = Currency::new(&currency)
        .map_err(|e| broken(format!("the business profile's currency: {e}")))?;
    Ok(Profile {
        currency: currency.code().to_owned(),
        zone: text(&body, "time_zone"),
        order_fields: BTreeMap::new(),
    })
}
