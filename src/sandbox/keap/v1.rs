//! v1: hooks, and what is left of orders for older clients.
//!
//! Flows in: `/rest/v1/...`. Flows out: v1's shapes. Refuses what is not here with 404.

mod hooks;
mod orders;

use super::errors::{Answer, Fail};
use super::store::{App, Time};
use super::switches::Switches;
use crate::sandbox::wire::Call;

pub(super) fn answer(
    app: &mut App,
    call: &Call,
    path: &[&str],
    now: Time,
    switches: &Switches,
) -> Answer {
    match (call.method.as_str(), path) {
        ("GET", ["orders"]) => orders::list(app, call, switches),
        ("GET", ["orders", id]) => orders::single(app, id, switches),
        ("DELETE", ["orders", id]) => super::order_write::delete(app, id, now, switches),
        ("GET", ["orders", id, "payments"]) => orders::payments(app, id, switches),
        ("POST", ["orders", id, "payments"]) => orders::pay(app, id, call, now, switches),
        ("GET", ["transactions"]) => orders::transactions(app, call, switches),
        ("GET", ["hooks"]) => Ok(hooks::list(app)),
        ("GET", ["hooks", "event_keys"]) => Ok(hooks::event_keys()),
        ("POST", ["hooks"]) => hooks::create(app, call, now),
        ("GET", ["hooks", key]) => hooks::single(app, key),
        ("PUT", ["hooks", key]) => hooks::update(app, key, call, now),
        ("DELETE", ["hooks", key]) => hooks::delete(app, key),
        ("POST", ["hooks", key, "verify"]) => hooks::verify(app, key, now),
        ("POST", ["hooks", key, "delayedVerify"]) => hooks::delayed_verify(app, key, call),
        (method, ["orders" | "transactions" | "hooks"] | ["orders" | "hooks", _]) => {
            Err(Fail::method(method))
        }
        _ => Err(Fail::no_path(&call.path)),
    }
}
