//! A person's word that checked documents may go, and that approved ones shall not after all.

use super::word::{LeftBecause, Which, WordAnswer, meant};
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::{APPROVED_AT_ONCE, DocRow, Documents as _, Moved};
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
    let rows = meant(engine, ("approve", which), &[DocState::Checked], &mut word).await?;
    for some in rows.chunks(APPROVED_AT_ONCE) {
        let wait = |r: &&DocRow| r.state == DocState::Checked;
        let waiting: Vec<DocRow> = some.iter().filter(wait).cloned().collect();
        let approved = (engine.store()).approve(tenant, &waiting, actor, engine.now());
        let mut approved = approved.await?.into_iter();
        for row in some {
            match wait(&row).then(|| approved.next()).flatten() {
                Some(done) => moved(done, row.name(), &mut word),
                None => word.left(&row.name(), LeftBecause::DoesNotWait(row.state)),
            }
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
    for row in meant(
        engine,
        ("unapprove", Which::Numbers(numbers)),
        &[],
        &mut word,
    )
    .await?
    {
        if row.state == DocState::Approved {
            let (to, now) = (DocState::Checked, engine.now());
            let set = (engine.store()).set_state(tenant, &row, to, actor, now);
            moved(set.await?, row.name(), &mut word);
        } else {
            word.left(&row.name(), LeftBecause::NotReady(row.state));
        }
    }
    Ok(word)
}
