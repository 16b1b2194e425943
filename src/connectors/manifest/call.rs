//! One call to a described system: where it goes, what it carries, and what its answer must be.
//!
//! Flows in: a call of a manifest and what is known of it. Flows out: the answer's JSON with its headers.
//! Refuses: addresses that the manifest does not reach, redirects (an answer like any other, of which nothing is followed),
//! an answer that a rule of the manifest takes for an error, and one that is no JSON.
//! Bounded by: the budgets and the deadline of [`Http`](crate::connectors::http::Http).

use super::dialect::ManifestDialect;
use super::request::{CallSpec, NoCall, base, reachable};
use super::shape::Manifest;
use super::template::TemplateValues;
use crate::connectors::http::HttpResponse;
use crate::connectors::json::cut;
use crate::connectors::send::HttpAsk;
use crate::connectors::{CallError, Session};
use bytes::Bytes;
use chrono_tz::Tz;
use http::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct HeardAnswer {
    /// Its body.
    pub body: Value,
    /// Its headers, by their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Where it came from.
    pub url: Url,
}

impl HeardAnswer {
    /// What stands at a path of the body, or in a header: `header.x-total`.
    pub fn at(&self, path: &super::path::RecordPath) -> Option<Value> {
        if path.first() == "header" {
            let name = path.rest().to_string().to_lowercase();
            return self.headers.get(&name).map(|v| Value::String(v.clone()));
        }
        path.one(&self.body).cloned()
    }
}

/// A read that makes no sense.
pub(super) fn broken(manifest: &Manifest, why: impl Into<String>) -> CallError {
    CallError::Broken {
        system: manifest.word.clone(),
        why: why.into(),
    }
}

/// The connection's own zone.
pub(super) fn zone(session: &Session) -> Option<Tz> {
    session.settings.values.get("zone")?.parse().ok()
}

/// Where a call goes.
pub(super) fn address(
    manifest: &Manifest,
    session: &Session,
    call: &CallSpec,
    given: &TemplateValues<'_>,
) -> Result<Url, NoCall> {
    let given = TemplateValues {
        settings: Some(&session.settings),
        ..*given
    };
    let base = base(&manifest.base, &session.settings)?;
    call.address(&base, &given)
}

/// Makes a call; `None` where nothing is there (404).
pub(super) async fn ask(
    manifest: &Manifest,
    session: &Session,
    class: &str,
    (call, url, given): (&CallSpec, Url, &TemplateValues<'_>),
) -> Result<Option<HeardAnswer>, CallError> {
    reachable(&url, &manifest.hosts, &session.settings).map_err(|no| broken(manifest, no.0))?;
    let dialect = ManifestDialect(manifest);
    let mut headers = vec![("accept", "application/json".to_owned())];
    headers.extend(
        manifest
            .headers
            .iter()
            .map(|(k, v)| (k.as_str(), v.clone())),
    );
    let mut method = Method::GET;
    if call.body.is_some() {
        method = Method::POST;
        headers.push(("content-type", "application/json".to_owned()));
    }
    let ask = HttpAsk {
        dialect: &dialect,
        class,
        method,
        url: url.to_string(),
        headers,
        body: Bytes::from(call.bytes(given)),
        read: true,
    };
    let answer = session.http.call(session, &ask).await?;
    if call.absent == Some(answer.status) {
        return Ok(None);
    }
    heard(&dialect, session, class, (url, &answer))
}

/// What an answer says; `None` where nothing is there.
fn heard(
    dialect: &ManifestDialect<'_>,
    session: &Session,
    class: &str,
    (url, answer): (Url, &HttpResponse),
) -> Result<Option<HeardAnswer>, CallError> {
    let manifest = dialect.0;
    if let Some(rule) = dialect.rule(answer) {
        return Err(dialect.error(rule, answer, session.clock.now()));
    }
    let parsed: Result<Value, _> = serde_json::from_slice(&answer.body);
    if answer.status == 404 {
        return Ok(None);
    }
    if answer.status == 403 {
        return Err(CallError::Gone {
            system: manifest.word.clone(),
            why: format!("it answers 403 to a call for {class}"),
            fix: "look at what the connection's key may do there".to_owned(),
        });
    }
    if answer.status >= 300 {
        return Err(broken(
            manifest,
            format!("it answers {} to a call for {class}", answer.status),
        ));
    }
    let body = parsed.map_err(|e| {
        let why = cut(&e.to_string(), 100);
        let size = answer.body.len();
        broken(
            manifest,
            format!("{size} bytes of {class} that are not JSON: {why}"),
        )
    })?;
    let text = |v: &http::HeaderValue| v.to_str().unwrap_or_default().to_owned();
    let headers = answer
        .headers
        .iter()
        .map(|(k, v)| (k.as_str().to_owned(), text(v)));
    Ok(Some(HeardAnswer {
        body,
        headers: headers.collect(),
        url,
    }))
}
