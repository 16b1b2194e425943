//! Forgetting what nothing rests on any more, a little at a time.
//!
//! Flows in: a tenant, and how many days of history its file asks for. Flows out: a smaller database. Bounded: once a
//! day, and then `STEPS` short transactions a look, so that no run waits for it; what is left over goes at the next.
//! What is never forgotten is written where it is done: in the store.

use super::engine::Engine;
use crate::model::TenantId;
use crate::pipeline::ports::StoreError;
use crate::store::Forgotten;
use chrono::Duration;

/// Most rows of a kind that one transaction forgets.
const STEP: usize = 200;
/// Most transactions of one look.
const STEPS: usize = 10;

/// Forgets for a tenant what is older than so many days, unless that was done today.
///
/// # Errors
/// The store's.
pub async fn tend(engine: &Engine, tenant: &TenantId, days: u32) -> Result<Forgotten, StoreError> {
    let (store, now) = (engine.store(), engine.now());
    let (note, today) = (format!("tended:{tenant}"), now.date_naive().to_string());
    let mut sum = Forgotten::default();
    if store.note(&note).await?.as_ref() == Some(&today) {
        return Ok(sum);
    }
    store.keep_reserve();
    let before = now - Duration::days(i64::from(days));
    for _ in 0..STEPS {
        let step = store.forget(tenant, before, STEP).await?;
        sum.records += step.records;
        sum.facts += step.facts;
        sum.requests += step.requests;
        sum.runs += step.runs;
        sum.more = step.more;
        if !step.more {
            store.keep_note(&note, &today).await?;
            break;
        }
    }
    Ok(sum)
}
