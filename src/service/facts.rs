//! What a tenant's ledger says of itself: asked for now, or as it was last read.

use super::engine::Engine;
use super::not_done::NotDone;
use super::series::go_on;
use super::workspace::Loaded;
use crate::checks::live::{live, live_payments};
use crate::checks::{Law, tracking};
use crate::connectors::CallError;
use crate::mapping::{Overpayment, nearest};
use crate::model::cure::at_hand;
use crate::model::{Chart, Diagnostic, Kind, Op, TenantId};
use crate::pipeline::gather::overpayments;
use crate::pipeline::ports::{Books as _, Mirror as _, Side};
use crate::rules::{looked_for, tracked};

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
    told.extend(unknown_fields(engine, loaded).await?);
    told.extend(where_payments_come(engine, loaded).await?);
    told.extend(go_on(engine, loaded).await?);
    let word = &loaded.mapping.overpayment;
    let wanted = word.value == Overpayment::AsOverpayment;
    if wanted && target.facts.does(Kind::Overpayment, Op::Create) {
        match target.reads.read(&session, &overpayments()).await {
            Err(CallError::Gone { why, fix, .. }) => told.push(Diagnostic::error(
                loaded.mapping.place(word.at),
                "connection.permission",
                why,
                at_hand(&fix, &loaded.mapping.tenant, &[]),
            )),
            other => drop(other?),
        }
    }
    Ok(told)
}

/// What is said of where payments come back to, that the source does not have.
async fn where_payments_come(engine: &Engine, loaded: &Loaded) -> Result<Vec<Diagnostic>, NotDone> {
    let Some(half) = loaded.backward().filter(|_| loaded.mapping.back.payments) else {
        return Ok(Vec::new());
    };
    let (target, session) = engine.target(&half)?;
    match target.reads.chart(&session).await {
        // Who has not signed in there yet is told so elsewhere.
        Err(CallError::Gone { .. }) => Ok(Vec::new()),
        chart => Ok(live_payments(&half.mapping, target.facts, &chart?)),
    }
}

/// Fields that rules look for in an invoice and that the source's invoices do not have, where it lists those they have.
async fn unknown_fields(engine: &Engine, loaded: &Loaded) -> Result<Vec<Diagnostic>, NotDone> {
    let looked = looked_for(&loaded.rule_files);
    if looked.is_empty() {
        return Ok(Vec::new());
    }
    let (source, session) = engine.source(loaded)?;
    let known = match source.reads.invoice_fields(&session).await {
        // Who has not signed in there yet is told so elsewhere.
        Err(CallError::Gone { .. }) => None,
        other => other?,
    };
    let Some(known) = known else {
        return Ok(Vec::new());
    };
    let title = &source.facts.title;
    let told = looked.into_iter().filter(|l| !known.contains(&l.name));
    let told = told.map(|l| {
        let fix = match nearest(&l.name, known.iter().map(String::as_str)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Add the field in {title}, or take the look out of the rule."),
        };
        let what = format!(
            "no invoice of {title} has a field `{}`, so that this is always `()`",
            l.name
        );
        Diagnostic::warning(l.place, "rule.field_unknown", what, fix)
    });
    Ok(told.collect())
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
