//! The one place that opens a connection to a vendor.
//!
//! Flows in: an [`HttpRequest`] with its total deadline. Flows out: an [`HttpResponse`], or why there is none, told
//! apart by what is known of the request: [`TransportError::NotSent`] only where it is proven that no byte of
//! the request left (RELIABILITY: a connection that was never made), everything else is [`TransportError::Unknown`].
//! Refuses: redirects (they are answers like any other), answers above [`MOST_BODY`] bytes after decompression,
//! and the machine's proxy for addresses of the machine itself.
//! Bounded by: the request's deadline, [`MOST_BODY`].
//!
//! [`Http`] stands on any [`Transport`], so that a sandbox can be called in-process.

pub use super::send::{Http, HttpAsk, HttpParts, Jitter};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method};
use std::fmt;
use std::sync::{Once, OnceLock};
use std::time::Duration;

/// The largest answer that is read, in bytes, after decompression.
pub const MOST_BODY: usize = 64 * 1024 * 1024;
/// How long one request may take in all, in seconds.
pub const DEADLINE_S: u64 = 60;
/// How long making the connection may take, in seconds.
const CONNECT_S: u64 = 15;

/// One request. Its `Debug` shows neither address parameters, headers nor body.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute address.
    pub url: String,
    /// Headers, the token's included.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// How long it may take in all.
    pub deadline: Duration,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        write!(f, "{} {address} ({} bytes)", self.method, self.body.len())
    }
}

/// One answer. Its `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Bytes,
}

impl HttpResponse {
    /// A header as text, or empty.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// It is proven that nothing was sent.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It is not known whether the request arrived, or what it did.
    #[error("{0}")]
    Unknown(String),
    /// The request was answered, and the answer cannot be taken: it is too large, or not what its headers say.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

/// Sends one request, once.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends it within its deadline.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

/// The transport over real sockets. Its clients are made with the first call that needs them: to load the certificates of a
/// machine takes longer than most of what makes no call.
#[derive(Default)]
pub struct ReqwestTransport {
    outside: OnceLock<reqwest::Client>,
    loopback: OnceLock<reqwest::Client>,
}

/// Puts in the TLS provider, once a process.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Another library may have put the same provider in already: that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl ReqwestTransport {
    /// The client for an address: one for the world, one without proxy for this machine.
    fn client(&self, address: &url::Url) -> Result<&reqwest::Client, TransportError> {
        let here = is_loopback(address);
        let slot = if here { &self.loopback } else { &self.outside };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        install_tls();
        let mut make = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(CONNECT_S))
            .pool_idle_timeout(Duration::from_secs(20))
            .user_agent(concat!("crossfoot/", env!("CARGO_PKG_VERSION")));
        if here {
            make = make.no_proxy();
        }
        let bad = |e: reqwest::Error| TransportError::NotSent(words(&e));
        let made = make.build().map_err(bad)?;
        // Where two calls have made one, the first stays.
        Ok(slot.get_or_init(|| made))
    }
}

/// Whether an address is one of this machine.
fn is_loopback(address: &url::Url) -> bool {
    match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// An error in words, without the address, whose query may hold customers' names.
fn words(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        "no answer within the deadline".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the connection broke".to_owned()
    };
    let mut cause = std::error::Error::source(error);
    for _ in 0..4 {
        let Some(c) = cause else { break };
        text.push_str(": ");
        text.extend(c.to_string().chars().take(120));
        cause = c.source();
    }
    text
}

/// Whether the answer came and is not what its headers say: compressed bytes that cannot be unpacked. A
/// connection that broke in the middle is not that.
fn is_garbled(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput};
    let mut cause = std::error::Error::source(error);
    for _ in 0..8 {
        let Some(c) = cause else { break };
        let io = c.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| matches!(io.kind(), InvalidData | InvalidInput)) {
            return !error.is_timeout();
        }
        cause = c.source();
    }
    false
}

fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if error.is_builder() || error.is_connect() {
        // The connection was never made, so no byte of the request can have left.
        TransportError::NotSent(words(&error))
    } else if is_garbled(&error) {
        TransportError::Unreadable(words(&error))
    } else {
        TransportError::Unknown(words(&error))
    }
}

async fn read_capped(mut response: reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len().saturating_add(chunk.len()) > MOST_BODY {
            return Err(TransportError::Unreadable(format!(
                "more than {MOST_BODY} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let address = url::Url::parse(&request.url)
            .map_err(|_| TransportError::NotSent("the address is not a URL".to_owned()))?;
        let client = self.client(&address)?;
        let response = client
            .request(request.method, address)
            .headers(request.headers)
            .body(request.body)
            .timeout(request.deadline)
            .send()
            .await
            .map_err(classify)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = read_capped(response).await?;
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }
}
