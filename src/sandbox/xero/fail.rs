//! How a request or one of its elements fails, and the vendor's shapes for it.

use http::StatusCode;
use serde_json::{Value, json};

use crate::sandbox::wire::Reply;

/// A refusal on its way to an answer.
#[derive(Debug)]
pub(super) enum Fail {
    /// This element is not valid: its messages.
    Invalid(Vec<String>),
    /// The whole request names something that does not exist: 404, empty, `text/html`.
    Missing,
    /// The body cannot be read as what it should be: ErrorNumber 14.
    Post(String),
    /// The request's filter cannot be read: ErrorNumber 16.
    Query(String),
    /// Anything else about the whole request.
    Whole(Box<Reply>),
}

impl Fail {
    /// One message about an element.
    pub(super) fn say(message: impl Into<String>) -> Self {
        Self::Invalid(vec![message.into()])
    }

    /// The answer when the whole request fails with this.
    pub(super) fn reply(self) -> Reply {
        match self {
            Self::Invalid(messages) => {
                validation(&[json!({"ValidationErrors": messages_json(&messages)})])
            }
            Self::Missing => Reply::text(StatusCode::NOT_FOUND, "text/html", ""),
            Self::Post(text) => plain(14, "PostDataInvalidException", &text),
            Self::Query(text) => plain(16, "QueryParseException", &text),
            Self::Whole(reply) => *reply,
        }
    }
}

/// `[{"Message": ..}]`
pub(super) fn messages_json(messages: &[String]) -> Value {
    Value::Array(messages.iter().map(|m| json!({"Message": m})).collect())
}

/// 400 with the elements that failed.
pub(super) fn validation(elements: &[Value]) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        &json!({
            "ErrorNumber": 10,
            "Type": "ValidationException",
            "Message": "A validation exception occurred",
            "Elements": elements,
        }),
    )
}

/// 400 about the request as a whole.
pub(super) fn plain(number: u32, kind: &str, message: &str) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        &json!({"ErrorNumber": number, "Type": kind, "Message": message}),
    )
}

/// The gateway's shape: 401, 403 and its own 400s.
pub(super) fn gateway(status: StatusCode, title: &str, detail: &str, instance: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "Type": null,
            "Title": title,
            "Status": status.as_u16(),
            "Detail": detail,
            "Instance": instance,
            "Extensions": {},
        }),
    )
    .with("xero-correlation-id", instance)
}

/// The answer to a method that an address does not serve.
pub(super) fn no_method() -> Reply {
    Reply::text(StatusCode::METHOD_NOT_ALLOWED, "text/html", "")
}
