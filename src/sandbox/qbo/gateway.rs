//! What the gateway before the service says: other keys, other times, XML where it likes.
//!
//! Its faults have lower-case keys and milliseconds for a time; 401 carries `WWW-Authenticate`. An answer that was not asked
//! for as JSON is XML.

use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::switches::Switches;
use super::values;
use crate::sandbox::wire::{Call, Reply};

/// A gateway fault.
pub(super) struct Gate {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: &'static str,
    pub(super) detail: Option<String>,
    pub(super) kind: &'static str,
}

impl Gate {
    /// 401: no token, an old one, one that was never given.
    pub(super) fn token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "3200",
            message: "message=AuthenticationFailed; errorCode=003200; statusCode=401",
            detail: Some("Token expired: <token>".into()),
            kind: "AUTHENTICATION",
        }
    }

    /// 403: a token that is not for this company, or not for accounting.
    pub(super) fn realm() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "3100",
            message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
            detail: None,
            kind: "SERVICE",
        }
    }

    /// 429: too many calls.
    pub(super) fn throttled() -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: "3001",
            message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
            detail: Some("The request limit was reached.  Try again later".into()),
            kind: "SERVICE",
        }
    }

    /// 429 of the month: no waiting helps before the next.
    pub(super) fn month_is_spent(sw: &Switches) -> Self {
        let mut gate = Self::throttled();
        if sw.is("month_form", "detail") {
            gate.detail = Some(
                "The monthly limit of CorePlus API calls of the workspace was reached.".into(),
            );
        }
        gate
    }

    /// The answer, in the form that the switch says for too many calls, else in JSON.
    pub(super) fn reply(&self, sw: &Switches, now: DateTime<Utc>) -> Reply {
        if self.code == "3001" && sw.is("throttle_form", "xml") {
            return Reply::text(self.status, "application/xml", self.xml(now));
        }
        let older = self.code == "3001" && sw.is("throttle_form", "403");
        let message = match older {
            true => self.message.replace("429", "403"),
            false => self.message.to_string(),
        };
        let body = json!({
            "warnings": null,
            "intuitObject": null,
            "fault": {
                "error": [{"message": message, "detail": self.detail, "code": self.code, "element": null}],
                "type": self.kind,
            },
            "report": null,
            "queryResponse": null,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": null,
            "requestId": null,
            "time": now.timestamp_millis(),
            "status": null,
            "cdcresponse": [],
        });
        let reply = Reply::json(
            if older {
                StatusCode::FORBIDDEN
            } else {
                self.status
            },
            &body,
        );
        match self.status == StatusCode::UNAUTHORIZED {
            true => reply.with(
                "www-authenticate",
                "Bearer realm=\"Intuit\", error=\"invalid_token\"",
            ),
            false => reply,
        }
    }

    fn xml(&self, now: DateTime<Utc>) -> String {
        let detail = self
            .detail
            .as_deref()
            .map_or_else(String::new, |d| format!("<Detail>{}</Detail>", escaped(d)));
        format!(
            "<IntuitResponse time=\"{}\" xmlns=\"http://schema.intuit.com/finance/v3\"><Fault type=\"{}\"><Error code=\"{}\">\
             <Message>{}</Message>{detail}</Error></Fault></IntuitResponse>",
            values::answered(now),
            self.kind,
            self.code,
            escaped(self.message)
        )
    }
}

/// Whether JSON was asked for: by `Accept`, or by `format=json`.
pub(super) fn wants_json(call: &Call) -> bool {
    call.param("format") == Some("json")
        || call
            .header("accept")
            .is_some_and(|a| a.contains("application/json"))
}

/// The same answer in XML, for who did not ask for JSON.
pub(super) fn as_xml(reply: Reply) -> Reply {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    if body.contains_key("fault") {
        return reply;
    }
    let time = body.get("time").and_then(Value::as_str).unwrap_or_default();
    let mut out =
        format!("<IntuitResponse time=\"{time}\" xmlns=\"http://schema.intuit.com/finance/v3\">");
    for (name, value) in body.iter().filter(|(name, _)| *name != "time") {
        element(name, value, &mut out);
    }
    out.push_str("</IntuitResponse>");
    let mut headers = reply.headers;
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/xml;charset=UTF-8"),
    );
    Reply {
        status: reply.status,
        headers,
        body: out.into(),
    }
}

fn element(name: &str, value: &Value, out: &mut String) {
    match value {
        Value::Array(list) => {
            for one in list {
                element(name, one, out);
            }
        }
        Value::Object(map) => {
            out.push_str(&format!("<{name}>"));
            for (inner, value) in map {
                element(inner, value, out);
            }
            out.push_str(&format!("</{name}>"));
        }
        Value::Null => {}
        Value::String(text) => out.push_str(&format!("<{name}>{}</{name}>", escaped(text))),
        other => out.push_str(&format!("<{name}>{other}</{name}>")),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
