//! A person's word that held and refused documents shall be decided on again; and one that they were left out, taken back.

use super::word::{LeftBecause, Which, WordAnswer, meant};
use crate::model::{DocState, Key, PersonsWord, TenantId, WordKind};
use crate::pipeline::ports::Documents as _;
use crate::service::engine::{Engine, SyncAsk};
use crate::service::not_done::NotDone;
use crate::store::Said;

/// Decides again on held and refused documents: the run that [`at_once`] asks for reads each again from its source, with
/// its contact and all that belongs to it, and lets it go.
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
    // What could not be read and was left out is told again; the run reads it anew.
    let mut unread = Vec::new();
    if let Which::Numbers(numbers) = which {
        for name in numbers {
            if store.reopen_records(tenant, name, (actor, now)).await? {
                unread.push(name.clone());
            }
        }
    }
    let found = meant(engine, ("retry", which), &stuck, &mut word).await?;
    word.left.retain(|left| !unread.contains(&left.number));
    if which == Which::All {
        store.retry(tenant, None, actor, now).await?;
    }
    for row in found {
        let number = row.name();
        if which == Which::All {
            word.done.push(number);
            continue;
        }
        let held = stuck.contains(&row.state);
        let taken_back = back(engine, tenant, (&row.key, held), actor).await?;
        if held {
            store.retry(tenant, Some(&row.key), actor, now).await?;
        }
        match held || taken_back {
            true => word.done.push(number),
            false => word.left(&number, LeftBecause::NotStuck(row.state)),
        }
    }
    let again = unread.into_iter().filter(|n| !word.done.contains(n));
    let again: Vec<String> = again.collect();
    word.done.extend(again);
    Ok(word)
}

/// Takes back what keeps a document of itself: that a person left it out, which at rest is neither held nor refused; and that a
/// word was lost. While something else holds it, the retry is about that, and it stays left out. Answers whether there was any.
async fn back(
    engine: &Engine,
    tenant: &TenantId,
    (document, held): (&Key, bool),
    actor: &str,
) -> Result<bool, NotDone> {
    let store = engine.store();
    let words = store.words(tenant, document).await?;
    let left = words.of_document(WordKind::Skip).filter(|_| !held);
    let all = words.document.iter().chain(words.payments.values());
    let lost = all.filter(|w| w.kind == WordKind::Lost);
    let all: Vec<&PersonsWord> = left.into_iter().chain(lost).collect();
    let mut any = false;
    for word in all {
        let by = (actor, "retry", engine.now());
        let done = engine.in_flow(tenant, |lease| async move {
            store.unsay(&lease, document, &word.of, word.kind, by).await
        });
        any |= done.await?? == Said::Kept;
    }
    Ok(any)
}

/// The run that carries a word on some documents out at once.
pub fn at_once(verb: &str, numbers: Vec<String>) -> SyncAsk {
    SyncAsk {
        trigger: verb.to_owned(),
        again: numbers,
        ..SyncAsk::default()
    }
}
