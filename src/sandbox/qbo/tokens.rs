//! Tokens: a code exchanged, a refresh token used, a grant revoked.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::auth::{Access, Auth, Desk, Grant};
use super::consent::Code;
use crate::sandbox::wire::{Call, Reply};

const ACCESS_LIFE: Duration = Duration::hours(1);
const DAY: Duration = Duration::hours(24);

fn oauth_error(status: StatusCode, error: &str) -> Reply {
    Reply::json(status, &json!({"error": error}))
}

fn invalid_grant() -> Reply {
    oauth_error(StatusCode::BAD_REQUEST, "invalid_grant")
}

/// The fields of a body: a form, or JSON.
fn fields(call: &Call) -> BTreeMap<String, String> {
    if let Ok(Value::Object(map)) = serde_json::from_slice::<Value>(&call.body) {
        let texts = map
            .into_iter()
            .filter_map(|(k, v)| Some((k, v.as_str()?.to_string())));
        return texts.collect();
    }
    url::form_urlencoded::parse(&call.body)
        .into_owned()
        .collect()
}

impl Auth {
    /// The app of a call: HTTP Basic, or the body's own fields.
    fn client(&self, call: &Call, fields: &BTreeMap<String, String>) -> Option<String> {
        let basic = call
            .header("authorization")
            .and_then(|h| h.strip_prefix("Basic "));
        let (id, secret) = match basic {
            Some(coded) => {
                let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
                let (id, secret) = text.split_once(':')?;
                (id.to_string(), secret.to_string())
            }
            None => (
                fields.get("client_id")?.clone(),
                fields.get("client_secret")?.clone(),
            ),
        };
        self.apps
            .get(&id)
            .filter(|app| app.secret == secret)
            .map(|app| app.id.clone())
    }

    /// The token address.
    pub(super) fn token(&mut self, call: &Call, desk: &mut Desk<'_>) -> Reply {
        let fields = fields(call);
        let Some(app) = self.client(call, &fields) else {
            return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client");
        };
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let tell_end = call.header("x-include-refresh-token-hard-expires-in") == Some("true");
        match field("grant_type").as_str() {
            "authorization_code" => {
                self.exchange(&app, &field("code"), &field("redirect_uri"), tell_end, desk)
            }
            "refresh_token" => self.refresh(&app, &field("refresh_token"), tell_end, desk),
            _ => oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        }
    }

    fn exchange(
        &mut self,
        app: &str,
        text: &str,
        redirect: &str,
        tell_end: bool,
        desk: &mut Desk<'_>,
    ) -> Reply {
        let Some(code) = Code::open(text, desk.ids) else {
            return invalid_grant();
        };
        let life = desk.sw.seconds("code_seconds").num_milliseconds();
        let late = desk.now.timestamp_millis() >= code.issued + life;
        if code.app != app
            || code.redirect != redirect
            || late
            || self.used_codes.contains_key(text)
        {
            return invalid_grant();
        }
        self.used_codes.insert(text.to_string(), code.issued);
        if let Some(app) = self.apps.get_mut(app) {
            app.ledger.exchanges += 1;
        }
        if desk.sw.is("reconnect", "ends") {
            for grant in self
                .grants
                .values_mut()
                .filter(|g| g.app == app && g.realm == code.realm)
            {
                grant.dead = true;
            }
        }
        let value = format!("RT1-{}", desk.ids.token("refresh"));
        let id = self.grant(app, &code.realm, code.scopes, value, desk);
        self.issue(id, tell_end, desk)
    }

    /// Adds a grant.
    pub(super) fn grant(
        &mut self,
        app: &str,
        realm: &str,
        scopes: Vec<String>,
        value: String,
        desk: &Desk<'_>,
    ) -> u64 {
        let id = self.grants.keys().last().map_or(1, |n| n + 1);
        let grant = Grant {
            app: app.into(),
            realm: realm.into(),
            scopes,
            issued: desk.now,
            value,
            since: desk.now,
            last_used: desk.now,
            before: None,
            dead: false,
        };
        self.grants.insert(id, grant);
        id
    }

    fn refresh(&mut self, app: &str, token: &str, tell_end: bool, desk: &mut Desk<'_>) -> Reply {
        let good = desk.sw.is("refresh_grace", "day");
        let held = |g: &Grant| {
            let before = g
                .before
                .as_ref()
                .is_some_and(|(value, until)| value == token && desk.now < *until && good);
            let alive = g.app == app && !g.dead && desk.now < g.end(desk.sw);
            alive && (g.value == token || before)
        };
        let found = self
            .grants
            .iter()
            .find(|(_, g)| held(g))
            .map(|(id, g)| (*id, g.value == token));
        let ledger = self.apps.get_mut(app).map(|a| &mut a.ledger);
        let Some((id, current)) = found else {
            if let Some(ledger) = ledger {
                ledger.refused += 1;
            }
            return invalid_grant();
        };
        if let Some(ledger) = ledger {
            ledger.refreshes += 1;
            ledger.grace += u64::from(!current);
        }
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.last_used = desk.now;
            let aged = desk.now >= grant.since + DAY || desk.sw.is("refresh_value", "every");
            if current && aged {
                let fresh = format!("RT1-{}", desk.ids.token("refresh"));
                let old = std::mem::replace(&mut grant.value, fresh);
                grant.before = Some((old, desk.now + DAY));
                grant.since = desk.now;
            }
        }
        self.issue(id, tell_end, desk)
    }

    /// A new access token of a grant, with its refresh token as it is now.
    fn issue(&mut self, id: u64, tell_end: bool, desk: &mut Desk<'_>) -> Reply {
        self.access.retain(|_, a| desk.now < a.expires + DAY);
        let Some(grant) = self.grants.get(&id) else {
            return invalid_grant();
        };
        let token = desk.ids.token("access");
        let mut body = Map::new();
        body.insert("token_type".into(), json!("bearer"));
        body.insert("expires_in".into(), json!(ACCESS_LIFE.num_seconds()));
        body.insert("refresh_token".into(), json!(grant.value));
        let left = (grant.end(desk.sw) - desk.now).num_seconds();
        body.insert("x_refresh_token_expires_in".into(), json!(left));
        body.insert("access_token".into(), json!(token));
        if tell_end {
            let left = (grant.hard_end(desk.sw) - desk.now).num_seconds();
            body.insert("x_refresh_token_hard_expires_in".into(), json!(left));
        }
        self.admit(token, id, desk);
        Reply::json(StatusCode::OK, &Value::Object(body))
    }

    /// Lets an access token in for an hour.
    pub(super) fn admit(&mut self, token: String, grant: u64, desk: &Desk<'_>) {
        let expires = desk.now + ACCESS_LIFE;
        self.access.insert(token, Access { grant, expires });
    }

    /// The revocation address: either token ends the whole grant.
    pub(super) fn revoke(&mut self, call: &Call) -> Reply {
        let fields = fields(call);
        let Some(app) = self.client(call, &fields) else {
            return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client");
        };
        let token = fields.get("token").cloned().unwrap_or_default();
        let by_access = self.access.get(&token).map(|a| a.grant);
        let held = |g: &Grant| {
            g.value == token || g.before.as_ref().is_some_and(|(value, _)| *value == token)
        };
        let id = by_access.or_else(|| self.grants.iter().find(|(_, g)| held(g)).map(|(id, _)| *id));
        let grant = id
            .and_then(|id| self.grants.get_mut(&id))
            .filter(|g| g.app == app && !g.dead);
        let Some(grant) = grant else {
            return oauth_error(StatusCode::BAD_REQUEST, "invalid_request");
        };
        grant.dead = true;
        if let Some(app) = self.apps.get_mut(&app) {
            app.ledger.revocations += 1;
        }
        Reply::text(StatusCode::OK, "text/plain", "")
    }
}
