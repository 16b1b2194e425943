//! What the plane tells the fake: faults to be answered in the vendor's own form, webhooks that arrived.

use chrono::{DateTime, Utc};
use http::StatusCode;

use super::{Xero, fail, limits};
use crate::sandbox::wire::{Call, Reply};

impl Xero {
    /// What the plane tells: a fault to be answered in the vendor's own form, with its effect; how a webhook was received.
    pub(super) fn told(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        let instance = self.ids.next("instance").to_string();
        let unauthorised = |detail: &str| {
            fail::gateway(StatusCode::UNAUTHORIZED, "Unauthorized", detail, &instance)
                .with("www-authenticate", "Bearer error=invalid_token")
        };
        let reply = match call.path.as_str() {
            "/_fault/429" => {
                let wait = call
                    .param("retry_after")
                    .and_then(|s| s.parse::<i64>().ok());
                let problem = if wait.is_some() {
                    "minute"
                } else {
                    "concurrent"
                };
                limits::throttled(&self.sw, problem, wait.map(|s| s.saturating_mul(1000)))
            }
            "/_fault/500" => Reply::text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/html",
                "An error occurred",
            ),
            "/_fault/expired_token" => {
                self.auth.expire(call, now);
                unauthorised(&format!(
                    "TokenExpired: token expired at {}",
                    now.format("%m/%d/%Y %H:%M:%S")
                ))
            }
            "/_fault/revoked_token" => {
                if let Some(app) = self.auth.bearer(call).map(|a| a.app.clone()) {
                    self.auth.disconnect(&app);
                }
                fail::gateway(
                    StatusCode::FORBIDDEN,
                    "Forbidden",
                    "AuthenticationUnsuccessful",
                    &instance,
                )
            }
            "/_delivered" => {
                self.hooks.delivered(&call.body, now);
                return Reply::text(StatusCode::OK, "text/plain", "");
            }
            _ => return Reply::text(StatusCode::NOT_FOUND, "text/html", ""),
        };
        reply.with("x-sandbox-form", "yes")
    }
}
