//! What a run that was asked to end has left, and how to go on.
//!
//! Flows in: a tenant whose run ended early. Flows out: why, in counts, with the command that goes on. Nothing is asked of
//! any system.

use super::engine::Engine;
use super::not_done::NotDone;
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::{Documents as _, Journal as _};

/// Tells what is left of a tenant's work after a run was asked to end.
pub async fn left(engine: &Engine, tenant: &TenantId) -> NotDone {
    let told = match counts(engine, tenant).await {
        Ok(counts) if counts.is_empty() => "nothing that was read is left".to_owned(),
        Ok(counts) => format!("left of what was read: {}", counts.join(", ")),
        // Why the store cannot be read is told by whoever goes on.
        Err(_) => "what is left is in the journal".to_owned(),
    };
    let fix = format!("`crossfoot sync {tenant}` goes on where it stopped");
    NotDone::attention(
        format!("it was asked to end, and nothing is half done; {told}"),
        fix,
    )
    .at(tenant.to_string())
}

async fn counts(engine: &Engine, tenant: &TenantId) -> Result<Vec<String>, NotDone> {
    let store = engine.store();
    let counts = store.counts(tenant).await?;
    let of = |states: &[DocState]| -> u64 { states.iter().filter_map(|s| counts.get(s)).sum() };
    let doubtful = store.doubtful(tenant).await?.len() as u64;
    let undecided = of(&[DocState::Seen]);
    let all = [
        (undecided, "to be decided"),
        (of(&[DocState::Approved]), "to be posted"),
        (doubtful, "in doubt"),
    ];
    let some = all.into_iter().filter(|(n, _)| *n > 0);
    Ok(some.map(|(n, what)| format!("{n} {what}")).collect())
}
