//! A person's word that checked documents may go, and that approved ones shall not after all.

use super::word::{LeftBecause, Which, WordAnswer, meant};
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::{Documents as _, Moved};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

fn moved(moved: Moved, number: String, word: &mut WordAnswer) {
    match moved {
        Moved::Done => word.done.push(number),
        Moved::Decided => word.left(&number, LeftBecause::Decided),
        Moved::UnderWay => word.left(&number, LeftBecause::UnderWay),
    }
}

/// Lets checked documents go at the next sync. A change to one sends it back.
///
/// # Errors
/// The store cannot be used.
pub async fn approve(
    engine: &Engine,
    tenant: &TenantId,
    which: Which<'_>,
    actor: &str,
) -> Result<WordAnswer, NotDone> {
    let mut word = WordAnswer::new(tenant);
    for row in meant(engine, which, &[DocState::Checked], &mut word).await? {
        if row.state == DocState::Checked {
            let (to, now) = (DocState::Approved, engine.now());
            let set = (engine.store()).set_state(tenant, &row, to, actor, now);
            moved(set.await?, row.number, &mut word);
        } else {
            word.left(&row.number, LeftBecause::DoesNotWait(row.state));
        }
    }
    Ok(word)
}

/// Sends approved documents back: they wait for approval again.
///
/// # Errors
/// The store cannot be used.
pub async fn unapprove(
    engine: &Engine,
    tenant: &TenantId,
    numbers: &[String],
    actor: &str,
) -> Result<WordAnswer, NotDone> {
    let mut word = WordAnswer::new(tenant);
    for row in meant(engine, Which::Numbers(numbers), &[], &mut word).await? {
        if row.state == DocState::Approved {
            let (to, now) = (DocState::Checked, engine.now());
            let set = (engine.store()).set_state(tenant, &row, to, actor, now);
            moved(set.await?, row.number, &mut word);
        } else {
            word.left(&row.number, LeftBecause::NotReady(row.state));
        }
    }
    Ok(word)
}
