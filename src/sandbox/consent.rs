//! What the fake sign-ins share: a code that carries its own meaning, and the two answers of a consent page.

use super::ids::Ids;
use super::wire::Reply;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A code that says something, sealed.
pub(super) fn seal<T: Serialize>(said: &T, ids: &Ids) -> String {
    let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(said).unwrap_or_default());
    format!("{body}.{}", ids.named("code", &body).simple())
}

/// What a code says, if it was sealed here.
pub(super) fn open<T: DeserializeOwned>(text: &str, ids: &Ids) -> Option<T> {
    let (body, seal) = text.split_once('.')?;
    if ids.named("code", body).simple().to_string() != seal {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

/// Back to the app, with what is not empty.
pub(super) fn redirect(uri: &str, pairs: &[(&str, &str)]) -> Reply {
    let Ok(mut to) = url::Url::parse(uri) else {
        return page(StatusCode::BAD_REQUEST, "Invalid redirect_uri");
    };
    to.query_pairs_mut()
        .extend_pairs(pairs.iter().filter(|(_, v)| !v.is_empty()));
    Reply::text(StatusCode::FOUND, "text/html", "").with("location", to.as_str())
}

/// A page that a person reads.
pub(super) fn page(status: StatusCode, text: &str) -> Reply {
    Reply::text(
        status,
        "text/html; charset=utf-8",
        format!("<!doctype html><title>Sign in</title><p>{text}</p>"),
    )
}
