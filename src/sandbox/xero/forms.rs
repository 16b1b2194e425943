//! What the sign-in reads and refuses with.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use crate::sandbox::wire::{Call, Reply};

/// An OAuth refusal.
pub(super) fn oauth_error(error: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": error}))
}

/// The fields of a form body.
pub(super) fn form(call: &Call) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&call.body)
        .into_owned()
        .collect()
}
