//! One call to Keap: where it goes, what may stand in its address, and what its answer must be.
//!
//! Flows in: a path below version 2. Flows out: the JSON object that is there, or that nothing is.
//! Refuses: an answer that is no JSON object, and any error but a 404.
//! Bounded by: the budgets and the deadline of [`Http`](crate::connectors::http::Http).

use super::limits::KeapDialect;
use crate::connectors::http::HttpResponse;
use crate::connectors::json::{cut, text};
use crate::connectors::send::HttpAsk;
use crate::connectors::{CallError, Session};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// The vendor's own address.
pub const BASE: &str = "https://api.keap.com";
/// Where version 2 begins.
pub const API: &str = "/crm/rest/v2";

const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A value of a query parameter, or a segment of a path.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// A read that makes no sense.
pub(super) fn broken(why: impl Into<String>) -> CallError {
    CallError::Broken {
        system: "keap".to_owned(),
        why: why.into(),
    }
}

/// A moment as filters want it.
pub(super) fn stamp(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Sends a body to one address below version 2: a write, whose answer is told whatever it is.
pub(super) async fn post(
    session: &Session,
    class: &'static str,
    path: &str,
    body: String,
) -> Result<HttpResponse, CallError> {
    let base = session.settings.get("base", BASE).trim_end_matches('/');
    let ask = HttpAsk {
        dialect: &KeapDialect,
        class,
        method: Method::POST,
        url: format!("{base}{API}{path}"),
        headers: vec![
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ],
        body: Bytes::from(body),
        read: false,
    };
    session.http.call(session, &ask).await
}

/// Reads one address below version 2; `None` when Keap has nothing there (404).
pub(super) async fn get(
    session: &Session,
    class: &'static str,
    path: &str,
) -> Result<Option<Value>, CallError> {
    let base = session.settings.get("base", BASE).trim_end_matches('/');
    let ask = HttpAsk {
        dialect: &KeapDialect,
        class,
        method: Method::GET,
        url: format!("{base}{API}{path}"),
        headers: vec![("accept", "application/json".to_owned())],
        body: Bytes::new(),
        read: true,
    };
    let answer = session.http.call(session, &ask).await?;
    if answer.status == 404 {
        return Ok(None);
    }
    let parsed: Result<Value, _> = serde_json::from_slice(&answer.body);
    if answer.status >= 400 {
        let said = parsed.map(|b| text(&b, "message")).unwrap_or_default();
        return Err(broken(format!(
            "it answers {}: {}",
            answer.status,
            cut(&said, 200)
        )));
    }
    match parsed {
        Ok(body @ Value::Object(_)) => Ok(Some(body)),
        _ => Err(broken(format!(
            "{} bytes of {class} that are not a JSON object",
            answer.body.len()
        ))),
    }
}
