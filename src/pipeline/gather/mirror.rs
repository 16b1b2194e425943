//! The mirror of the ledger's contacts, brought up to date.

use super::super::tenant::{SyncError, Tenant};
use crate::connectors::{CallError, Find};
use chrono::Duration;

/// Most pages of contacts one refresh reads.
const MAX_PAGES: u32 = 1_000;

/// The refresh asks for what changed since a little earlier than the last time: the vendor's clock is not ours.
const OVERLAP_S: i64 = 300;

/// Brings the mirror of the ledger's contacts up to date: all of them once, later only what changed.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn refresh_mirror(t: &Tenant<'_>) -> Result<(), SyncError> {
    let since = t.memory.mirrored(t.tenant()).await?;
    let began = t.to.clock.now();
    for page in 1..=MAX_PAGES {
        let find = Find::Contacts {
            since: since.map(|s| s - Duration::seconds(OVERLAP_S)),
            page,
        };
        let found = t.target.find(t.to, &find).await?;
        let done = (!found.more).then_some(began);
        t.memory.mirror(t.tenant(), &found.contacts, done).await?;
        if done.is_some() {
            return Ok(());
        }
    }
    Err(CallError::Broken {
        system: t.target.facts().system.to_owned(),
        why: format!("its list of contacts has more than {MAX_PAGES} pages"),
    }
    .into())
}
