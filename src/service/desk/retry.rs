//! A person's word that held and refused documents shall be decided on again.

use super::word::{LeftBecause, Which, WordAnswer, meant};
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::Documents as _;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// Decides again on held and refused documents, at the next sync.
///
/// # Errors
/// The store cannot be used.
pub async fn retry(
    engine: &Engine,
    tenant: &TenantId,
    which: Which<'_>,
    actor: &str,
) -> Result<WordAnswer, NotDone> {
    let (store, now) = (engine.store(), engine.now());
    let stuck = [DocState::Held, DocState::Refused];
    let mut word = WordAnswer::new(tenant);
    let found = meant(engine, which, &stuck, &mut word).await?;
    if which == Which::All {
        store.retry(tenant, None, actor, now).await?;
    }
    for row in found {
        if !stuck.contains(&row.state) {
            word.left(&row.number, LeftBecause::NotStuck(row.state));
            continue;
        }
        if which != Which::All {
            let only = Some(&row.key);
            store.retry(tenant, only, actor, now).await?;
        }
        word.done.push(row.number);
    }
    Ok(word)
}
