//! The three layers of Keap's refusals.
//!
//! Flows in: what a handler refuses. Flows out: the gateway's form (`fault`), v2's (`code`, `message`, `status`,
//! `details`) or v1's (`message`). The forms follow what was seen of the vendor in 2026-08; the texts of most
//! messages are not published and are written here in the same manner.

use http::StatusCode;
use serde_json::{Value, json};

use crate::sandbox::wire::Reply;

/// A refusal by the service behind the gateway.
#[derive(Debug, Clone)]
pub(super) struct Fail {
    pub status: StatusCode,
    pub message: String,
    pub domain: String,
    pub resource: String,
}

/// What a handler answers.
pub(super) type Answer = Result<Reply, Fail>;

impl Fail {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            domain: String::new(),
            resource: String::new(),
        }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(kind: &str, id: &str) -> Self {
        let mut fail = Self::new(
            StatusCode::NOT_FOUND,
            format!("The {kind} with id {id} was not found"),
        );
        kind.clone_into(&mut fail.domain);
        id.clone_into(&mut fail.resource);
        fail
    }

    pub(super) fn no_path(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("No static resource {}", path.trim_start_matches('/')),
        )
    }

    pub(super) fn method(method: &str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("Request method '{method}' is not supported"),
        )
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(super) fn v2(&self) -> Reply {
        let details: Vec<Value> = if self.domain.is_empty() {
            vec![]
        } else {
            vec![json!({"domain": self.domain, "resource": self.resource})]
        };
        Reply::json(
            self.status,
            &json!({
                "code": self.status.as_u16(),
                "message": self.message,
                "status": status_word(self.status),
                "details": details,
            }),
        )
    }

    pub(super) fn v1(&self) -> Reply {
        Reply::json(self.status, &json!({"message": self.message}))
    }
}

fn status_word(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("Error").to_owned()
}

/// The gateway's form.
pub(super) fn gateway(status: StatusCode, text: &str, code: &str) -> Reply {
    Reply::json(
        status,
        &json!({"fault": {"faultstring": text, "detail": {"errorcode": code}}}),
    )
}

/// The token endpoint's form.
pub(super) fn oauth(status: StatusCode, error: &str, description: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": error, "error_description": description}),
    )
}

/// Reads an id in a path; Keap's ids are numbers.
pub(super) fn id_in(kind: &str, text: &str) -> Result<u64, Fail> {
    text.parse().map_err(|_| Fail::not_found(kind, text))
}
