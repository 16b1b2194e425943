//! The door: what is sent to a workspace at work.
//!
//! Flows in: a request's tenant, its last word, headers and body. Flows out: what is answered, and a flow that is woken. Documents
//! with the tenant's secret are kept by their connection, on the disk for good, before they are answered as accepted; what a
//! vendor signs only says that it is worth looking. Refused, all alike: tenants there are none of, secrets that are none; and a
//! signature that is none, as its vendor wants to be told. Bounded by [`MOST_BODY`]; what is woken, by the number of tenants.

mod keys;
mod serve;
mod wakes;

pub use keys::HookMade;
pub use serve::serve;
pub use wakes::Wakes;

use super::engine::Engine;
use super::workspace::Loaded;
use crate::connectors::{BadRecord, NotTaken, Taken, same_secret};
use crate::model::cure::quoted;
use crate::model::{ConnectionName, TenantId};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest body, in bytes.
pub const MOST_BODY: usize = 1024 * 1024;

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorAnswer {
    /// The status.
    pub status: StatusCode,
    /// A header that is sent back as it came, where a vendor asks for that.
    pub echo: Option<(&'static str, String)>,
    /// The body; `None` for none at all, as some vendors want it.
    pub body: Option<Value>,
}

/// The door of a workspace.
pub struct Door {
    engine: Arc<Engine>,
    wakes: Arc<Wakes>,
}

impl DoorAnswer {
    fn of(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            echo: None,
            body: Some(body),
        }
    }

    fn bare(status: StatusCode) -> Self {
        Self {
            status,
            echo: None,
            body: None,
        }
    }

    /// Whoever asks learns nothing of which tenants there are.
    fn nothing() -> Self {
        let fix = "look at the address: `crossfoot hook TENANT` makes a new one";
        let body = json!({ "what": "there is nothing here", "fix": fix });
        Self::of(StatusCode::NOT_FOUND, body)
    }
}

impl Door {
    /// Of an engine; what is woken goes to `wakes`.
    pub fn new(engine: Arc<Engine>, wakes: Arc<Wakes>) -> Self {
        Self { engine, wakes }
    }

    /// Answers `POST /hooks/<tenant>/<word>`.
    pub async fn answer(
        &self,
        tenant: &str,
        word: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> DoorAnswer {
        let workspace = self.engine.workspace();
        let Ok(tenant) = workspace.tenant(tenant) else {
            return DoorAnswer::nothing();
        };
        let secret = match self.engine.hook_secret(&tenant).await {
            Ok(secret) => secret,
            Err(why) => return later(&why.to_string()),
        };
        let is_secret =
            secret.is_some_and(|s| same_secret(s.expose_secret().as_bytes(), word.as_bytes()));
        let loaded = match workspace.load(&tenant) {
            Ok(loaded) => loaded,
            Err(_) if is_secret => {
                return later(&format!(
                    "the files of {tenant} have mistakes: `crossfoot lint {tenant}` tells them"
                ));
            }
            Err(_) => return DoorAnswer::nothing(),
        };
        if is_secret {
            self.sent(&tenant, &loaded, headers, body).await
        } else {
            self.signed(&tenant, &loaded, word, headers, body).await
        }
    }

    /// Something with the tenant's secret.
    async fn sent(
        &self,
        tenant: &TenantId,
        loaded: &Loaded,
        headers: &HeaderMap,
        body: &[u8],
    ) -> DoorAnswer {
        let end = &loaded.mapping.from.value;
        let session = self.engine.session(tenant, &end.connection);
        let (Some(system), Ok(session)) = (self.engine.systems().get(&end.system), session) else {
            return later(&format!("the connection {} is not there", end.connection));
        };
        let taken = system.take(&session.settings, body, self.engine.now());
        match taken.await {
            None => {
                // It makes its documents itself: that something came is all that is of use.
                self.wakes.wake(tenant);
                let look = format!("crossfoot history {tenant}");
                let said = json!({ "accepted": "a hook", "look": look });
                let echo = system.hook_echo().and_then(|name| {
                    let value = headers.get(name)?.to_str().ok()?;
                    Some((name, value.to_owned()))
                });
                DoorAnswer {
                    echo,
                    ..DoorAnswer::of(StatusCode::OK, said)
                }
            }
            Some(Ok(taken)) => {
                self.wakes.wake(tenant);
                accepted(tenant, &taken)
            }
            Some(Err(NotTaken::Wrong(bad))) => DoorAnswer::of(StatusCode::BAD_REQUEST, told(&bad)),
            Some(Err(NotTaken::Later(why))) => later(&why),
        }
    }

    /// Something that a vendor signed.
    async fn signed(
        &self,
        tenant: &TenantId,
        loaded: &Loaded,
        word: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> DoorAnswer {
        let ends = [&loaded.mapping.from.value, &loaded.mapping.to.value];
        let end = ends.into_iter().find(|e| e.connection.as_str() == word);
        let hook = end.and_then(|e| self.engine.systems().get(&e.system)?.signed_hook());
        let (Some(hook), Ok(connection)) = (hook, ConnectionName::new(word)) else {
            return DoorAnswer::nothing();
        };
        let key = match self.engine.hook_key(&connection).await {
            Ok(Some(key)) => key,
            Ok(None) => return DoorAnswer::nothing(),
            Err(why) => return later(&why.to_string()),
        };
        let given = headers.get(hook.header).and_then(|v| v.to_str().ok());
        let signature = given.unwrap_or_default();
        if !hook.holds(key.expose_secret().as_bytes(), body, signature) {
            let refused = StatusCode::from_u16(hook.refused);
            return DoorAnswer::bare(refused.unwrap_or(StatusCode::UNAUTHORIZED));
        }
        self.wakes.wake(tenant);
        DoorAnswer::bare(StatusCode::OK)
    }
}

fn told(bad: &BadRecord) -> Value {
    json!({ "at": bad.at, "what": bad.what, "fix": bad.fix })
}

/// It is worth sending again.
fn later(why: &str) -> DoorAnswer {
    let fix = "send it again later: nothing of it was accepted";
    DoorAnswer::of(
        StatusCode::SERVICE_UNAVAILABLE,
        json!({ "what": why, "fix": fix }),
    )
}

fn accepted(tenant: &TenantId, taken: &Taken) -> DoorAnswer {
    let look = match (taken.told.is_empty(), taken.read.first()) {
        (true, Some(number)) => format!("crossfoot explain {tenant} {}", quoted(number)),
        _ => format!("crossfoot errors {tenant}"),
    };
    let status = match taken.new {
        0 => StatusCode::OK,
        _ => StatusCode::ACCEPTED,
    };
    let all: Vec<Value> = taken.told.iter().map(told).collect();
    DoorAnswer::of(
        status,
        json!({ "accepted": taken.new, "again": taken.again, "read": taken.read, "told": all, "look": look }),
    )
}
