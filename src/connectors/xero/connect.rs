//! Making a connection to Xero: the client's addresses, what is asked for, and which organisation is meant.

use super::limits::XeroDialect;
use super::read::{broken, parse};
use crate::connectors::auth::{App, ClientAuth};
use crate::connectors::json::text;
use crate::connectors::send::HttpAsk;
use crate::connectors::{CallError, Session, SetOfBooks, Settings};
use bytes::Bytes;
use http::Method;
use secrecy::SecretString;
use serde_json::Value;

/// The vendor's own address of the API.
pub const BASE: &str = "https://api.xero.com";

/// An address below the connection's base.
pub(super) fn address(settings: &Settings, path: &str) -> String {
    format!("{}{path}", settings.get("base", BASE).trim_end_matches('/'))
}

/// Where a person agrees, by default.
pub const LOGIN: &str = "https://login.xero.com";
/// Where tokens are given, by default.
pub const IDENTITY: &str = "https://identity.xero.com";
/// The least that is needed: what a first connection asks for.
pub const SCOPES: [&str; 5] = [
    "offline_access",
    "accounting.invoices",
    "accounting.payments",
    "accounting.contacts",
    "accounting.settings.read",
];

/// The client of a connection. Without a secret it is one that uses PKCE alone.
pub fn app(settings: &Settings, client_id: &str, client_secret: Option<SecretString>) -> App {
    let login = settings.get("login", LOGIN).trim_end_matches('/');
    let identity = settings.get("identity", IDENTITY).trim_end_matches('/');
    let auth = if client_secret.is_some() {
        ClientAuth::Basic
    } else {
        ClientAuth::Body
    };
    App {
        system: "xero".to_owned(),
        authorize_url: format!("{login}/identity/connect/authorize"),
        token_url: format!("{identity}/connect/token"),
        client_id: client_id.to_owned(),
        client_secret,
        code_auth: auth,
        refresh_auth: auth,
        pkce: true,
        scopes: SCOPES.map(str::to_owned).to_vec(),
        // The last refresh token is taken for 30 minutes more when the answer was lost.
        grace_s: 1800,
    }
}

/// The organisations to choose from.
///
/// # Errors
/// [`CallError`]
pub async fn choices(session: &Session) -> Result<Vec<SetOfBooks>, CallError> {
    let ask = HttpAsk {
        dialect: &XeroDialect,
        class: "connections",
        method: Method::GET,
        url: address(&session.settings, "/connections"),
        headers: vec![("accept", "application/json".to_owned())],
        body: Bytes::new(),
        read: true,
    };
    let answer = session.http.call(session, &ask).await?;
    match parse(&answer.body).map_err(broken)? {
        Value::Array(all) => Ok(all
            .iter()
            .filter(|c| text(c, "tenantType") == "ORGANISATION")
            .map(|c| SetOfBooks {
                id: text(c, "tenantId"),
                name: text(c, "tenantName"),
            })
            .collect()),
        _ => Err(broken("the list of connections is not a list")),
    }
}
