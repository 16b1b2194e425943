//! What a tenant's ledger says of itself: asked for now, or as it was last read.

use super::engine::Engine;
use super::not_done::NotDone;
use super::workspace::Loaded;
use crate::checks::live::live;
use crate::checks::{Law, tracking};
use crate::connectors::CallError;
use crate::mapping::Overpayment;
use crate::model::{Chart, Diagnostic, Kind, Op, TenantId};
use crate::pipeline::gather::overpayments;
use crate::pipeline::ports::{Books as _, Mirror as _, Side};
use crate::rules::tracked;

/// What a tenant's file says that its ledger does not have: its accounts, tax codes, items, lock dates.
///
/// # Errors
/// The ledger cannot be reached.
pub async fn against_ledger(engine: &Engine, loaded: &Loaded) -> Result<Vec<Diagnostic>, NotDone> {
    let (target, session) = engine.target(loaded)?;
    let chart = target.reads.chart(&session).await?;
    let mut told = live(&loaded.mapping, target.facts, &chart);
    let law = Law {
        facts: target.facts,
        chart: &chart,
    };
    told.extend(tracking::live(law, &tracked(&loaded.rule_files)));
    let word = &loaded.mapping.overpayment;
    let wanted = word.value == Overpayment::AsOverpayment;
    if wanted && target.facts.does(Kind::Overpayment, Op::Create) {
        match target.reads.read(&session, &overpayments()).await {
            Err(CallError::Gone { why, fix, .. }) => told.push(Diagnostic::error(
                loaded.mapping.place(word.at),
                "connection.permission",
                why,
                fix,
            )),
            other => drop(other?),
        }
    }
    Ok(told)
}

/// The ledger's accounts, tax codes and items as they were last read, if they were.
///
/// # Errors
/// The store cannot be read.
pub async fn kept_chart(engine: &Engine, tenant: &TenantId) -> Result<Option<Chart>, NotDone> {
    let store = engine.store();
    let Some(ledger) = store.book_at(tenant, Side::Ledger).await? else {
        return Ok(None);
    };
    let kept = store.chart(tenant, &ledger).await?;
    Ok(kept.map(|(chart, _)| chart))
}
