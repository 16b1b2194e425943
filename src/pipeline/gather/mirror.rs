//! The mirror of the ledger's contacts, brought up to date.

use super::super::tenant::{SyncError, Tenant};
use crate::connectors::{Ask, CallError};
use crate::model::{Kind, Start};
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
    let since = t.memory.mirrored(t.tenant(), &t.books.ledger).await?;
    let began = t.to.clock.now();
    let mut cursor = None;
    for _ in 0..MAX_PAGES {
        let ask = Ask::Changed {
            kind: Kind::Contact,
            cursor,
            since: since.map(|s| s - Duration::seconds(OVERLAP_S)),
            start: Start::Beginning,
        };
        let page = t.target.reads.read(t.to, &ask).await?;
        let done = (!page.more).then_some(began);
        cursor = Some(page.cursor.clone());
        let contacts = page.contacts();
        (t.memory)
            .mirror(t.tenant(), &t.books.ledger, &contacts, done)
            .await?;
        if done.is_some() {
            return Ok(());
        }
    }
    Err(CallError::Broken {
        system: t.target.facts.system.to_owned(),
        why: format!("its list of contacts has more than {MAX_PAGES} pages"),
    }
    .into())
}
