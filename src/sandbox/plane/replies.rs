//! Answers of the plane's own.

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use crate::sandbox::wire::Reply;

/// A vendor's clock shows in its `Date` header; a test clock must show there too.
pub(super) fn dated(mut reply: Reply, now: DateTime<Utc>) -> Reply {
    let text = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(value) = HeaderValue::from_str(&text) {
        reply.headers.insert(header::DATE, value);
    }
    reply
}

pub(super) fn plain(status: StatusCode, text: &str) -> Reply {
    Reply::text(status, "text/plain; charset=utf-8", text)
}

pub(super) fn bad_gateway() -> Reply {
    Reply::text(
        StatusCode::BAD_GATEWAY,
        "text/html",
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
    )
}

/// A refusal of the control plane.
pub(super) fn refused(status: StatusCode, why: &str) -> Reply {
    Reply::json(status, &Value::from_iter([("error", why)]))
}
