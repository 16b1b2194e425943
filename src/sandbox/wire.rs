//! What a fake vendor is: a state machine that answers calls.
//!
//! Flows in: a [`Call`] (one HTTP request, already read) and the time. Flows out: a [`Reply`].
//! A system has no socket, no clock and no randomness of its own, so that the same calls at the same
//! times give the same bytes: the plane can log the calls to a folder and rebuild the state after a
//! kill by answering them again, and a test can drive a vendor without a port.
//! Refuses nothing: every refusal is the vendor's own and is written by the system.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

/// One request to a fake vendor.
#[derive(Debug, Clone)]
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// The path below the system's own prefix, still percent-encoded: `/api.xro/2.0/Invoices`.
    pub path: String,
    /// The decoded query pairs, in order.
    pub query: Vec<(String, String)>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// How many calls of the same system and concurrency key are under way, this one included.
    pub in_flight: usize,
    /// The absolute address at which this system is served, without a slash at its end, for links in answers.
    pub base: String,
}

impl Call {
    /// The first value of a query parameter, by its exact name.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
    }

    /// A header as text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The path's segments, percent-decoded, without empty ones.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|s| !s.is_empty())
            .map(|s| {
                percent_encoding::percent_decode_str(s)
                    .decode_utf8_lossy()
                    .into_owned()
            })
            .collect()
    }
}

/// One answer of a fake vendor.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers, `content-type` included.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/json; charset=utf-8"),
        );
        Self {
            status,
            headers,
            body: Bytes::from(body.to_string()),
        }
    }

    /// A text answer of any content type.
    pub fn text(status: StatusCode, content_type: &'static str, body: impl Into<String>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static(content_type),
        );
        Self {
            status,
            headers,
            body: Bytes::from(body.into()),
        }
    }

    /// Adds a header; a value that is not a legal header value is left out.
    pub fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        if let Ok(v) = http::HeaderValue::from_str(value.as_ref()) {
            self.headers.insert(name, v);
        }
        self
    }
}

/// A call that a vendor makes of its own accord: a webhook.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Where to.
    pub url: String,
    /// With which headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// A fake vendor.
///
/// `handle` is called under one lock, so that a system needs none of its own.
pub trait System: Send {
    /// The prefix it is served under: `xero`, `keap`.
    fn name(&self) -> &'static str;

    /// Answers one call. It must depend on nothing but its arguments and the state so far.
    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply;

    /// Which calls count against one another for a limit on concurrency (Xero: five per tenant).
    fn concurrency_key(&self, call: &Call) -> Option<String>;

    /// Puts data in, beside the API: the control plane's `seed`. Answers what it made.
    ///
    /// # Errors
    /// A sentence that says which part of the seed is not understood.
    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String>;

    /// Everything the vendor holds, for reports and oracles: never secrets that a caller did not make itself.
    fn state(&self) -> Value;

    /// The named switches (what the vendor's documents leave open) and their values.
    fn switches(&self) -> Value;

    /// Sets a named switch.
    ///
    /// # Errors
    /// A sentence that lists the switches and their values.
    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String>;

    /// Webhooks that are due for delivery now; each is answered once.
    fn outbound(&mut self, now: DateTime<Utc>) -> Vec<Outbound>;
}
