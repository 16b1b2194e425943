//! A person's word on what could not be read from the source: it is left out as it stands there.
//!
//! Flows in: the name that `errors` prints: the record's own place or id, or its number. Flows out: which records were left out.
//! Refuses a name that several have, and what is about no one record: a whole file, a list.

use super::settle_ask::WordAsk;
use crate::connectors::BadRecord;
use crate::model::TenantId;
use crate::model::cure::quoted;
use crate::pipeline::ports::Records as _;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// By which name a record that could not be read is left out; none where it is about no one record.
pub(super) fn name_of<'b>(bad: &'b BadRecord, all: &[BadRecord]) -> Option<&'b str> {
    let alone = |name: &str| all.iter().filter(|b| b.is_called(name)).count() == 1;
    match bad.is_of_one() {
        false => None,
        true => [bad.of.as_str(), bad.at.as_str()]
            .into_iter()
            .find(|name| !name.is_empty() && alone(name)),
    }
}

/// What to do about a record that could not be read, with the word that leaves it out.
pub(super) fn cure(tenant: &TenantId, bad: &BadRecord, all: &[BadRecord]) -> String {
    match name_of(bad, all) {
        Some(name) => format!(
            "{}; or `crossfoot skip {tenant} {} --why \"...\"` leaves it out until it is changed there",
            bad.fix,
            quoted(name)
        ),
        None => bad.fix.clone(),
    }
}

/// Leaves out what could not be read of a name; answers where each stands.
pub(super) async fn leave(
    engine: &Engine,
    tenant: &TenantId,
    ask: WordAsk<'_>,
) -> Result<Vec<String>, NotDone> {
    let all = engine.store().bad_records(tenant).await?;
    let meant: Vec<BadRecord> = (all.iter())
        .filter(|b| b.is_called(ask.number) && b.is_of_one())
        .cloned()
        .collect();
    if let [_, _, ..] = meant.as_slice() {
        let ways: Vec<String> = (meant.iter())
            .map(|b| format!("`{}`", ask.command("skip", tenant, &b.at)))
            .collect();
        return Err(NotDone::wrong(
            format!("{} is the name of several that cannot be read", ask.number),
            format!("name the one that is meant: {}", ways.join("; or ")),
        ));
    }
    if !meant.is_empty() {
        let by = (ask.actor, ask.why, engine.now());
        engine.store().close_records(tenant, &meant, by).await?;
    }
    Ok(meant.into_iter().map(|b| b.at).collect())
}
