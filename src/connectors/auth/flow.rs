//! OAuth 2: making a connection, and the two requests to a vendor's token endpoint.
//!
//! Flows in: an [`App`] (which client we are, at which addresses) and what the vendor sent back to the redirect
//! address. Flows out: the first [`TokenRow`]. RFC 6749 with RFC 7636 (PKCE, S256 only) and RFC 9700.
//! Refuses: a `state` that is not the one sent, that is used a second time (it is consumed) or is older than
//! [`STATE_LIFE_S`].
//! Bounded by: the transport's deadline and size.
//!
//! The requests go through our own [`Transport`]; the `oauth2` crate builds and reads them.

use super::{TokenRow, TokenStatus};
use crate::connectors::http::{DEADLINE_S, HttpRequest, Transport, TransportError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::pin::Pin;

/// How long an authorisation that was begun may take, in seconds.
pub const STATE_LIFE_S: i64 = 600;
/// The life of an access token whose answer does not tell it, in seconds.
const LIFE_UNTOLD_S: i64 = 1200;

/// Where the client's id and secret stand in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// In an HTTP Basic header.
    Basic,
    /// In the form.
    Body,
}

/// Which client we are to a vendor. `Debug` does not show the secret.
#[derive(Debug, Clone)]
pub struct App {
    /// The system's word.
    pub system: String,
    /// Where a person agrees.
    pub authorize_url: String,
    /// Where tokens are given.
    pub token_url: String,
    /// Our id.
    pub client_id: String,
    /// Our secret; none for a client that uses PKCE alone.
    pub client_secret: Option<SecretString>,
    /// How the first request (with the code) shows who we are.
    pub code_auth: ClientAuth,
    /// How a renewal shows it.
    pub refresh_auth: ClientAuth,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// How long the refresh token before the newest is still taken, in seconds; 0 where nothing is promised.
    pub grace_s: i64,
}

/// Why a request to the token endpoint gave no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// What came back to the redirect address is not the answer to what was begun.
    #[error("{0}; start again")]
    State(String),
    /// The refresh token (or code) is not accepted: used, expired or revoked.
    #[error("the vendor does not accept the grant: {0}")]
    InvalidGrant(String),
    /// Our client is not accepted.
    #[error("the vendor does not accept the client: {0}")]
    Client(String),
    /// It is proven that nothing was sent.
    #[error("{0}")]
    NotSent(String),
    /// It is not known what happened.
    #[error("{0}")]
    Unknown(String),
}

/// An authorisation that was begun: kept until the vendor calls back, used once. `Debug` shows no part of it.
pub struct Started {
    /// The address a person opens.
    pub url: String,
    redirect: String,
    state: SecretString,
    verifier: Option<SecretString>,
    begun: DateTime<Utc>,
}

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

fn client(app: &App, auth: ClientAuth) -> Result<Client, FlowError> {
    let bad = |what: &str| FlowError::NotSent(format!("the {what} address is not a URL"));
    let auth_url = AuthUrl::new(app.authorize_url.clone()).map_err(|_| bad("authorisation"))?;
    let token_url = TokenUrl::new(app.token_url.clone()).map_err(|_| bad("token"))?;
    let mut client = BasicClient::new(ClientId::new(app.client_id.clone()))
        .set_auth_uri(auth_url)
        .set_token_uri(token_url)
        .set_auth_type(match auth {
            ClientAuth::Basic => AuthType::BasicAuth,
            ClientAuth::Body => AuthType::RequestBody,
        });
    if let Some(secret) = &app.client_secret {
        client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
    }
    Ok(client)
}

/// Begins: the address a person opens, and what must be remembered until the answer. `entropy` is used once.
///
/// # Errors
/// [`FlowError::NotSent`] when an address of the app is not a URL.
pub fn begin(
    app: &App,
    redirect: &str,
    entropy: &[u8; 64],
    now: DateTime<Utc>,
) -> Result<Started, FlowError> {
    let client = client(app, app.code_auth)?;
    let redirect_url = RedirectUrl::new(redirect.to_owned())
        .map_err(|_| FlowError::NotSent("the redirect address is not a URL".to_owned()))?;
    let client = client.set_redirect_uri(redirect_url);
    let (for_state, for_verifier) = entropy.split_at(32);
    let state = URL_SAFE_NO_PAD.encode(for_state);
    let verifier = URL_SAFE_NO_PAD.encode(for_verifier);
    let sent = state.clone();
    let mut request = client.authorize_url(move || CsrfToken::new(sent));
    for scope in &app.scopes {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    if app.pkce {
        let verifier = PkceCodeVerifier::new(verifier.clone());
        request =
            request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    }
    let (url, _) = request.url();
    Ok(Started {
        url: url.to_string(),
        redirect: redirect.to_owned(),
        state: SecretString::from(state),
        verifier: app.pkce.then(|| SecretString::from(verifier)),
        begun: now,
    })
}

/// Ends: checks what came back and exchanges the code. Consumes what was begun, so that a code is used once.
///
/// # Errors
/// [`FlowError`]; nothing is kept of a failed attempt.
pub async fn finish(
    app: &App,
    started: Started,
    state: &str,
    code: &SecretString,
    now: DateTime<Utc>,
    transport: &dyn Transport,
) -> Result<TokenRow, FlowError> {
    // Hashes are compared, so that the time it takes tells nothing about the state.
    if Sha256::digest(state.as_bytes()) != Sha256::digest(started.state.expose_secret().as_bytes())
    {
        return Err(FlowError::State(
            "the answer does not belong to this authorisation".to_owned(),
        ));
    }
    if now - started.begun > Duration::seconds(STATE_LIFE_S) {
        return Err(FlowError::State(
            "the authorisation took longer than ten minutes".to_owned(),
        ));
    }
    let redirect = RedirectUrl::new(started.redirect)
        .map_err(|_| FlowError::NotSent("the redirect address is not a URL".to_owned()))?;
    let client = client(app, app.code_auth)?.set_redirect_uri(redirect);
    let mut request = client.exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()));
    if let Some(verifier) = &started.verifier {
        request =
            request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
    }
    let bridge = Bridge(transport);
    let sending: Sending<'_> = Box::pin(request.request_async(&bridge));
    let tokens = sending.await.map_err(explain)?;
    Ok(row(&tokens, 1, None, now))
}

/// Renews: one request, no second try.
///
/// # Errors
/// [`FlowError`]
pub async fn renew(
    app: &App,
    old: &TokenRow,
    now: DateTime<Utc>,
    transport: &dyn Transport,
) -> Result<TokenRow, FlowError> {
    let Some(refresh) = &old.refresh else {
        return Err(FlowError::InvalidGrant(
            "the connection has no refresh token".to_owned(),
        ));
    };
    let client = client(app, app.refresh_auth)?;
    let token = RefreshToken::new(refresh.expose_secret().to_owned());
    let bridge = Bridge(transport);
    let request = client.exchange_refresh_token(&token);
    let sending: Sending<'_> = Box::pin(request.request_async(&bridge));
    let tokens = sending.await.map_err(explain)?;
    Ok(row(&tokens, old.generation + 1, Some(refresh), now))
}

fn row(
    tokens: &BasicTokenResponse,
    generation: i64,
    used: Option<&SecretString>,
    now: DateTime<Utc>,
) -> TokenRow {
    let life = tokens
        .expires_in()
        .and_then(|d| Duration::from_std(d).ok())
        .unwrap_or(Duration::seconds(LIFE_UNTOLD_S))
        .clamp(Duration::zero(), Duration::days(365));
    let given = tokens
        .refresh_token()
        .map(|t| SecretString::from(t.secret().clone()));
    TokenRow {
        generation,
        access: SecretString::from(tokens.access_token().secret().clone()),
        received: now,
        expires: Some(now + life),
        // RFC 6749 section 6: without a new refresh token the old one stays good.
        refresh: given.or_else(|| used.cloned()),
        previous: used.cloned(),
        status: TokenStatus::Idle,
        reconnect: None,
    }
}

type Answered = Result<BasicTokenResponse, RequestTokenError<TransportError, BasicErrorResponse>>;
type Sending<'a> = Pin<Box<dyn Future<Output = Answered> + Send + 'a>>;

/// Our transport, as the `oauth2` crate wants one.
struct Bridge<'a>(&'a dyn Transport);

impl<'c> AsyncHttpClient<'c> for Bridge<'_> {
    type Error = TransportError;
    type Future =
        Pin<Box<dyn Future<Output = Result<oauth2::HttpResponse, TransportError>> + Send + 'c>>;

    fn call(&'c self, request: oauth2::HttpRequest) -> Self::Future {
        Box::pin(exchange(self.0, request))
    }
}

async fn exchange(
    transport: &dyn Transport,
    request: oauth2::HttpRequest,
) -> Result<oauth2::HttpResponse, TransportError> {
    let (parts, body) = request.into_parts();
    let answer = transport
        .send(HttpRequest {
            method: parts.method,
            url: parts.uri.to_string(),
            headers: parts.headers,
            body: Bytes::from(body),
            deadline: std::time::Duration::from_secs(DEADLINE_S),
        })
        .await?;
    let status = answer.status;
    if status == 429 || status >= 500 {
        return Err(TransportError::Unknown(format!(
            "the token endpoint answers {status}"
        )));
    }
    let mut out = http::Response::builder().status(status);
    if let Some(headers) = out.headers_mut() {
        headers.extend(answer.headers);
    }
    out.body(answer.body.to_vec())
        .map_err(|_| TransportError::Unknown("the token endpoint's answer is malformed".to_owned()))
}

fn explain(error: RequestTokenError<TransportError, BasicErrorResponse>) -> FlowError {
    match error {
        RequestTokenError::ServerResponse(answer) => refused(&answer),
        RequestTokenError::Request(TransportError::NotSent(why)) => FlowError::NotSent(why),
        RequestTokenError::Request(other) => FlowError::Unknown(other.to_string()),
        // The parser's words may quote the answer, which may hold a token: they are not passed on.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            FlowError::Unknown("the token endpoint's answer cannot be read".to_owned())
        }
    }
}

fn refused(answer: &BasicErrorResponse) -> FlowError {
    let code = answer.error().to_string();
    let said = answer.error_description().cloned().unwrap_or_default();
    let said: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
    let text = if said.is_empty() {
        code.clone()
    } else {
        format!("{code} ({said})")
    };
    // Keap says `invalid_request` with these words where others say `invalid_grant`.
    let grant = code == "invalid_grant"
        || (code == "invalid_request" && said.to_ascii_lowercase().contains("refresh token"));
    if grant {
        FlowError::InvalidGrant(text)
    } else {
        FlowError::Client(text)
    }
}
