//! What the plane tells the fake: faults to be answered in the vendor's own form, webhooks that arrived.

use chrono::{DateTime, Utc};
use http::StatusCode;

use super::Qbo;
use super::fault::{Fault, Refusal};
use super::gateway::Gate;
use crate::sandbox::wire::{Call, Reply};

impl Qbo {
    /// A fault with its effect, or how a webhook was received.
    pub(super) fn told(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        let reply = match call.path.as_str() {
            "/_fault/429" => {
                let reply = Gate::throttled().reply(&self.sw, now);
                match call.param("retry_after") {
                    Some(seconds) => reply.with("retry-after", seconds),
                    None => reply,
                }
            }
            "/_fault/500" => Refusal::from(Fault::new(
                "10000",
                "System Failure Error: An unexpected error occurred.",
            ))
            .reply(self.sw.is("texts", "french"), now),
            "/_fault/expired_token" => {
                self.auth.expire(call, now);
                Gate::token().reply(&self.sw, now)
            }
            "/_fault/revoked_token" => {
                self.auth.disconnect(call);
                Gate::token().reply(&self.sw, now)
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
