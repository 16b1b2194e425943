//! The door: what is sent to a workspace at work.
//!
//! Flows in: a request's tenant, its last word and headers, and once these open an address, its body. Flows out: what is answered,
//! and a flow that is woken. Documents with the tenant's secret are kept by their connection, on the disk for good, before they are
//! answered as accepted; what a vendor signs only says that it is worth looking. Refused, all alike: tenants there are none of, secrets that are none; and a
//! signature that is none, as its vendor wants to be told. Bounded by [`MOST_BODY`]; what is woken, by the number of tenants.

mod keys;
mod serve;
mod wakes;

pub use keys::HookMade;
pub use serve::serve;
pub use wakes::Wakes;

use super::engine::Engine;
use super::workspace::Loaded;
use crate::connectors::{BadRecord, NotTaken, SignedHook, Taken, same_secret};
use crate::model::cure::quoted;
use crate::model::{ConnectionName, TenantId};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
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

/// An address that opens.
pub(super) struct Opened {
    tenant: TenantId,
    loaded: Loaded,
    by: By,
}

/// By what it does.
enum By {
    /// The tenant's secret.
    Secret,
    /// What its vendor signs, with the key for that.
    Signature(SignedHook, SecretString),
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
        match self.opens(tenant, word, headers).await {
            Ok(opened) => self.heard(&opened, headers, body).await,
            Err(refused) => refused,
        }
    }

    /// Whether an address opens, before anything of a body is read: a wrong secret reads none, and looks into no file.
    ///
    /// # Errors
    /// What is answered in its place.
    pub(super) async fn opens(
        &self,
        tenant: &str,
        word: &str,
        headers: &HeaderMap,
    ) -> Result<Opened, DoorAnswer> {
        let workspace = self.engine.workspace();
        let tenant = TenantId::new(tenant).map_err(|_| DoorAnswer::nothing())?;
        let secret = self.engine.hook_secret(&tenant).await;
        let secret = secret.map_err(|why| later(&why.to_string()))?;
        // Without a secret it is compared as well, with what nobody can send: neither tells the other by its time.
        let kept = secret.as_ref().map_or("\u{0}", |s| s.expose_secret());
        let is_secret = same_secret(kept.as_bytes(), word.as_bytes()) && secret.is_some();
        let key = match is_secret {
            true => None,
            false => Some(self.key_of(word).await?),
        };
        if workspace.tenant(tenant.as_str()).is_err() {
            return Err(DoorAnswer::nothing());
        }
        let loaded = workspace.load(&tenant).map_err(|_| match is_secret {
            true => later(&format!(
                "the files of {tenant} have mistakes: `crossfoot lint {tenant}` tells them"
            )),
            false => DoorAnswer::nothing(),
        })?;
        let by = match key {
            None => By::Secret,
            Some(key) => {
                let hook = self.signs(&loaded, word).ok_or_else(DoorAnswer::nothing)?;
                if !headers.contains_key(hook.header) {
                    return Err(refused(&hook));
                }
                By::Signature(hook, key)
            }
        };
        Ok(Opened { tenant, loaded, by })
    }

    /// The key that is kept for a connection's hooks.
    async fn key_of(&self, word: &str) -> Result<SecretString, DoorAnswer> {
        let name = ConnectionName::new(word).map_err(|_| DoorAnswer::nothing())?;
        let key = self.engine.hook_key(&name).await;
        let key = key.map_err(|why| later(&why.to_string()))?;
        key.ok_or_else(DoorAnswer::nothing)
    }

    /// How the vendor of a tenant's connection signs.
    fn signs(&self, loaded: &Loaded, word: &str) -> Option<SignedHook> {
        let ends = [&loaded.mapping.from.value, &loaded.mapping.to.value];
        let end = ends.into_iter().find(|e| e.connection.as_str() == word);
        self.engine.systems().get(&end?.system)?.signed_hook()
    }

    /// What came through an address that opens.
    pub(super) async fn heard(
        &self,
        opened: &Opened,
        headers: &HeaderMap,
        body: &[u8],
    ) -> DoorAnswer {
        let Opened { tenant, loaded, by } = opened;
        match by {
            By::Secret => self.sent(tenant, loaded, headers, body).await,
            By::Signature(hook, key) => {
                let given = headers.get(hook.header).and_then(|v| v.to_str().ok());
                let signature = given.unwrap_or_default();
                if !hook.holds(key.expose_secret().as_bytes(), body, signature) {
                    return refused(hook);
                }
                self.wakes.wake(tenant);
                DoorAnswer::bare(StatusCode::OK)
            }
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
}

/// A signature that is none, as its vendor wants to be told.
fn refused(hook: &SignedHook) -> DoorAnswer {
    let status = StatusCode::from_u16(hook.refused);
    DoorAnswer::bare(status.unwrap_or(StatusCode::UNAUTHORIZED))
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
    let status = match (taken.new, taken.clashing, taken.turned_away) {
        (1.., _, _) => StatusCode::ACCEPTED,
        (_, _, 1..) => StatusCode::UNPROCESSABLE_ENTITY,
        (_, 1.., _) => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    };
    let all: Vec<Value> = taken.told.iter().map(told).collect();
    DoorAnswer::of(
        status,
        json!({ "accepted": taken.new, "again": taken.again, "clashing": taken.clashing, "not_kept": taken.turned_away,
            "read": taken.read, "told": all, "look": look }),
    )
}
