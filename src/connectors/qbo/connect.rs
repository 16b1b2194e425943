//! Making a connection to QuickBooks Online: the app's addresses, what is asked for, and which company is meant.
//!
//! A person picks one company in Intuit's own dialogue, and the address they are sent back to names it (`realmId`). No
//! list of companies can be asked for.

use crate::connectors::auth::{App, ClientAuth};
use crate::connectors::{CallError, Session, Settings};
use secrecy::SecretString;

/// The vendor's own address of the API.
pub const BASE: &str = "https://quickbooks.api.intuit.com";
/// Where a person agrees, by default.
pub const LOGIN: &str = "https://appcenter.intuit.com";
/// Where tokens are given, by default.
pub const IDENTITY: &str = "https://oauth.platform.intuit.com";
/// All that is needed.
pub const SCOPE: &str = "com.intuit.quickbooks.accounting";
/// The parameter of the redirect that names the company.
pub(super) const REALM: &str = "realmId";
/// Since August 2025 the lowest that is answered.
const MINOR: &str = "75";

/// The realm of a connection.
///
/// # Errors
/// [`CallError::Gone`]: none was chosen, or what is written is none.
pub(super) fn realm(session: &Session) -> Result<&str, CallError> {
    let realm = session.settings.get("organisation", "");
    if is_realm(realm) {
        return Ok(realm);
    }
    let why = match realm {
        "" => "no company was chosen for this connection",
        _ => "the organisation of this connection is no realm id",
    };
    Err(CallError::Gone {
        system: "qbo".to_owned(),
        why: why.to_owned(),
        fix: format!(
            "choose one: `crossfoot connect {} {}`",
            session.tenant, session.connection
        ),
    })
}

/// Whether a text is a realm id: digits alone, so that nothing else goes into an address.
pub(super) fn is_realm(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// An address below the connection's company.
pub(super) fn address(session: &Session, path: &str) -> Result<String, CallError> {
    let base = session.settings.get("base", BASE);
    let base = base.trim_end_matches('/');
    let realm = realm(session)?;
    let joint = if path.contains('?') { '&' } else { '?' };
    Ok(format!(
        "{base}/v3/company/{realm}{path}{joint}minorversion={MINOR}"
    ))
}

/// The app of a connection.
pub fn app(settings: &Settings, client_id: &str, client_secret: Option<SecretString>) -> App {
    let login = settings.get("login", LOGIN).trim_end_matches('/');
    let identity = settings.get("identity", IDENTITY).trim_end_matches('/');
    App {
        system: "qbo".to_owned(),
        authorize_url: format!("{login}/connect/oauth2"),
        token_url: format!("{identity}/oauth2/v1/tokens/bearer"),
        client_id: client_id.to_owned(),
        client_secret,
        code_auth: ClientAuth::Basic,
        refresh_auth: ClientAuth::Basic,
        // Intuit documents none.
        pkce: false,
        scopes: vec![SCOPE.to_owned()],
        // The value changes about once a day, and the one before is taken for a day more.
        grace_s: 86_400,
    }
}
