//! What waits for a person, grouped by its cause, with the documents each keeps back.
//!
//! Flows in: tenants. Flows out: an [`ErrorsAnswer`]. Bounded by `MOST` documents a tenant.

use crate::connectors::BadRecord;
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::{Documents as _, Records as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::report::{Cause, causes};
use schemars::JsonSchema;
use serde::Serialize;

/// The most documents that are looked at.
const MOST: usize = 100_000;

/// A record that could not be read from the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreadableRecord {
    /// Where: a file with its line, or an id.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// What waits for a person at one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TenantErrors {
    /// Which.
    pub tenant: TenantId,
    /// The causes, the largest first.
    pub causes: Vec<Cause>,
    /// What could not be read from the source at the last pull.
    pub unreadable: Vec<UnreadableRecord>,
}

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorsAnswer {
    /// By tenant.
    pub tenants: Vec<TenantErrors>,
}

impl ErrorsAnswer {
    /// Whether nothing waits.
    pub fn none(&self) -> bool {
        let none = |t: &TenantErrors| t.causes.is_empty() && t.unreadable.is_empty();
        self.tenants.iter().all(none)
    }
}

/// Tells what waits.
///
/// # Errors
/// The store cannot be read.
pub async fn errors(engine: &Engine, tenants: Vec<TenantId>) -> Result<ErrorsAnswer, NotDone> {
    let mut all = Vec::new();
    for tenant in tenants {
        let states = [DocState::Held, DocState::Refused];
        let rows = engine.store().documents(&tenant, &states, MOST).await?;
        let bad = engine.store().bad_records(&tenant).await?;
        all.push(TenantErrors {
            causes: causes(&tenant, &rows),
            unreadable: bad.into_iter().map(unreadable).collect(),
            tenant,
        });
    }
    Ok(ErrorsAnswer { tenants: all })
}

pub(super) fn unreadable(bad: BadRecord) -> UnreadableRecord {
    UnreadableRecord {
        at: bad.at,
        what: bad.what,
        fix: bad.fix,
    }
}
