//! The gates before an endpoint: the token, the scope, the organisation; and the list of connections.

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use uuid::Uuid;

use super::auth::Access;
use super::entered::Entered;
use super::{Xero, fail, scopes};
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::{Call, Reply};

impl Xero {
    /// The meaning of the bearer token, or the 401.
    pub(super) fn token(&mut self, call: &Call, now: DateTime<Utc>) -> Result<Access, Box<Reply>> {
        let refuse = |ids: &mut Ids, detail: &str| {
            let instance = ids.next("instance").to_string();
            let reply = fail::gateway(StatusCode::UNAUTHORIZED, "Unauthorized", detail, &instance);
            Err(Box::new(
                reply.with("www-authenticate", "Bearer error=invalid_token"),
            ))
        };
        let Some(access) = self.auth.bearer(call).cloned() else {
            return refuse(&mut self.ids, "AuthenticationUnsuccessful");
        };
        if now >= access.expires {
            if let Some(app) = self.auth.apps.get_mut(&access.app) {
                app.ledger.dead_calls += 1;
            }
            let at = access.expires.format("%m/%d/%Y %H:%M:%S");
            return refuse(
                &mut self.ids,
                &format!("TokenExpired: token expired at {at}"),
            );
        }
        Ok(access)
    }

    pub(super) fn connections(&mut self, call: &Call, rest: &[&str], now: DateTime<Utc>) -> Reply {
        let access = match self.token(call, now) {
            Ok(access) => access,
            Err(reply) => return *reply,
        };
        match (&call.method, rest) {
            (&Method::GET, []) => {
                let name = |id: Uuid| {
                    self.orgs
                        .get(&id)
                        .map(|o| o.name.clone())
                        .unwrap_or_default()
                };
                Reply::json(
                    StatusCode::OK,
                    &self.auth.list(&access, call.param("authEventId"), &name),
                )
            }
            (&Method::DELETE, [id]) => {
                let known = Uuid::parse_str(id)
                    .ok()
                    .and_then(|id| self.auth.connections.get(&id));
                match known.filter(|c| c.app == access.app).map(|c| c.id) {
                    Some(id) => {
                        self.auth.connections.remove(&id);
                        Reply::text(StatusCode::NO_CONTENT, "text/plain", "")
                    }
                    None => Reply::text(StatusCode::NOT_FOUND, "text/plain", ""),
                }
            }
            _ => fail::no_method(),
        }
    }

    /// The gates before an accounting endpoint.
    pub(super) fn enter(
        &mut self,
        call: &Call,
        head: &str,
        sub: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Entered, Box<Reply>> {
        let access = self.token(call, now)?;
        let write = call.method != Method::GET;
        if !scopes::opens(&access.scopes, head, sub, write, scopes::broad_still(now)) {
            let instance = self.ids.next("instance").to_string();
            let detail = "AuthorizationUnsuccessful";
            let reply = fail::gateway(StatusCode::UNAUTHORIZED, "Unauthorized", detail, &instance);
            // The vendor spells it so.
            return Err(Box::new(
                reply.with("www-authenticate", "insufficent_scope"),
            ));
        }
        let named = call
            .header("xero-tenant-id")
            .and_then(|t| Uuid::parse_str(t.trim()).ok());
        let tenant = named.filter(|t| {
            self.auth.connected(&access.app, *t).is_some() && self.orgs.contains_key(t)
        });
        let Some(tenant) = tenant else {
            let instance = self.ids.next("instance").to_string();
            let detail = "AuthenticationUnsuccessful";
            return Err(Box::new(fail::gateway(
                StatusCode::FORBIDDEN,
                "Forbidden",
                detail,
                &instance,
            )));
        };
        let app = self.auth.apps.get(&access.app);
        let app_name = app.map(|a| a.name.clone()).unwrap_or_default();
        Ok(Entered {
            day_limit: app.and_then(|a| a.day_limit),
            app: access.app,
            app_name,
            tenant,
        })
    }
}
