//! Making a connection to Keap, and asking who one is there.

use super::call::{broken, get};
use crate::connectors::auth::{App, ClientAuth};
use crate::connectors::json::text;
use crate::connectors::{CallError, Session, Settings};
use crate::model::Currency;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// Where a person agrees, by default.
pub const LOGIN: &str = "https://accounts.infusionsoft.com";
/// Where tokens are given, by default.
pub const IDENTITY: &str = "https://api.infusionsoft.com";

/// The client of a connection. Keap wants the secret in the form for a code and in a header for a renewal.
pub fn app(settings: &Settings, client_id: &str, client_secret: SecretString) -> App {
    let login = settings.get("login", LOGIN).trim_end_matches('/');
    let identity = settings.get("identity", IDENTITY).trim_end_matches('/');
    App {
        system: "keap",
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
    })
}
