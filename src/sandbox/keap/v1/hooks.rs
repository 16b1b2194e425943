//! v1 REST hooks over HTTP; what they do is in the room's `hooks`.
//!
//! Flows in: subscriptions. Flows out: `RestHook`. Refuses unknown event keys and addresses that are no URL.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::errors::{Answer, Fail};
use super::super::hooks::{EVENT_KEYS, Hook};
use super::super::store::{App, Time};
use super::super::strict::{Field, LONG, body, must};
use crate::sandbox::wire::{Call, Reply};

const REQUEST: &[Field] = &[must("eventKey", LONG), must("hookUrl", LONG)];

fn show(hook: &Hook) -> Value {
    json!({"key": hook.key, "eventKey": hook.event, "hookUrl": hook.url, "status": hook.status})
}

pub(super) fn list(app: &App) -> Reply {
    Reply::json(StatusCode::OK, &app.hooks.all().map(show).collect())
}

pub(super) fn event_keys() -> Reply {
    Reply::json(StatusCode::OK, &json!(EVENT_KEYS))
}

pub(super) fn single(app: &App, key: &str) -> Answer {
    let hook = app
        .hooks
        .get(key)
        .ok_or_else(|| Fail::not_found("hook", key))?;
    Ok(Reply::json(StatusCode::OK, &show(hook)))
}

fn read(call: &Call) -> Result<(String, String), Fail> {
    let told = body(&call.body, REQUEST)?;
    let text = |name: &str| {
        told.get(name)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    let (event, url) = (text("eventKey"), text("hookUrl"));
    if !EVENT_KEYS.contains(&event.as_str()) {
        return Err(Fail::bad(format!("Invalid event key: {event}")));
    }
    if url::Url::parse(&url).is_err() {
        return Err(Fail::bad(format!("Invalid hook url: {url}")));
    }
    Ok((event, url))
}

pub(super) fn create(app: &mut App, call: &Call, now: Time) -> Answer {
    let (event, url) = read(call)?;
    let hook = app
        .hooks
        .add(&event, &url, now)
        .ok_or_else(|| Fail::bad("Too many hooks"))?;
    Ok(Reply::json(StatusCode::OK, &show(&hook)))
}

pub(super) fn update(app: &mut App, key: &str, call: &Call, now: Time) -> Answer {
    let (event, url) = read(call)?;
    let hook = app
        .hooks
        .change(key, &event, &url, now)
        .ok_or_else(|| Fail::not_found("hook", key))?;
    Ok(Reply::json(StatusCode::OK, &show(&hook)))
}

pub(super) fn delete(app: &mut App, key: &str) -> Answer {
    if app.hooks.remove(key) {
        return Ok(Reply::text(StatusCode::NO_CONTENT, "application/json", ""));
    }
    Err(Fail::not_found("hook", key))
}

pub(super) fn verify(app: &mut App, key: &str, now: Time) -> Answer {
    let answer = single(app, key)?;
    app.hooks.verify(key, now);
    Ok(answer)
}

pub(super) fn delayed_verify(app: &mut App, key: &str, call: &Call) -> Answer {
    single(app, key)?;
    if !app
        .hooks
        .delayed_verify(key, call.header("x-hook-secret").unwrap_or(""))
    {
        return Err(Fail::bad("X-Hook-Secret is not the secret that was sent"));
    }
    single(app, key)
}
