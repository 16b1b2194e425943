//! A person's word that all may go that waits for the first review or the guard.

use super::word::{LeftBecause, MOST, WordAnswer};
use crate::model::{DocState, TenantId};
use crate::pipeline::flow;
use crate::pipeline::ports::Documents as _;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// Lets it go; what waits for an approval of its own is left.
///
/// # Errors
/// The store cannot be used.
pub async fn release(
    engine: &Engine,
    tenant: &TenantId,
    actor: &str,
) -> Result<WordAnswer, NotDone> {
    let store = engine.store();
    let released = flow::release(store, tenant, actor, engine.now()).await?;
    let mut word = WordAnswer::new(tenant);
    word.done.extend(released.into_iter().map(|row| row.number));
    for row in store.documents(tenant, &[DocState::Checked], MOST).await? {
        word.left(&row.number, LeftBecause::OwnWord);
    }
    Ok(word)
}
