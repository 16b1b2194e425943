//! What people, or the source, did to what is posted, as answers tell of it: as far as it stands, and nobody has ended it.
//!
//! Flows in: a tenant, or one document. Flows out: [`DriftTold`]s. Nothing is asked of any system.

use crate::model::{DriftKind, Key, Kind, SourceId, TenantId};
use crate::pipeline::ports::{Documents as _, DriftRow, Drifts as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// One thing that was done to what is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DriftTold {
    /// What: `ledger.cancelled`, `ledger.total`, `ledger.balance`, `payment.deleted`, `source.deleted`.
    pub code: String,
    /// The document's number.
    pub document: String,
    /// Who it is to.
    pub contact: String,
    /// Its currency.
    pub currency: String,
    /// The source's id of the payment or refund, where it was done to one.
    pub payment: Option<SourceId>,
    /// What was agreed that it comes to; of `ledger.balance`, how much of others' money a person has called right.
    pub was: Decimal,
    /// What it comes to now; of `ledger.balance`, what others put to it.
    pub is: Decimal,
    /// When it was first seen.
    pub seen: DateTime<Utc>,
    /// The run that told it first; empty before one did.
    pub run: String,
}

impl From<DriftRow> for DriftTold {
    fn from(row: DriftRow) -> Self {
        let of = row.drift.of;
        Self {
            code: row.drift.kind.code().to_string(),
            document: row.document.kind.name_of(&row.number, false),
            contact: row.contact,
            currency: row.currency,
            payment: matches!(of.kind, Kind::Payment | Kind::Overpayment).then_some(of.id),
            was: row.drift.was,
            is: row.drift.is,
            seen: row.seen,
            run: row.run,
        }
    }
}

/// What was done at a tenant, that waits for a person.
pub(super) async fn drifts(engine: &Engine, tenant: &TenantId) -> Result<Vec<DriftTold>, NotDone> {
    let rows = engine.store().all_drifts(tenant).await?;
    waiting(engine, tenant, rows).await
}

/// Those that no person's word has ended, and of others' money what makes the two books disagree.
pub(super) async fn waiting(
    engine: &Engine,
    tenant: &TenantId,
    rows: Vec<DriftRow>,
) -> Result<Vec<DriftTold>, NotDone> {
    // A document that the source has no more and that was cancelled in the ledger: both books agree.
    let both = |row: &DriftRow| {
        let is = |kind| {
            rows.iter()
                .any(|r| r.document == row.document && r.drift.kind == kind)
        };
        is(DriftKind::SourceDeleted) && is(DriftKind::Cancelled)
    };
    let agreed: BTreeSet<Key> = (rows.iter().filter(|r| both(r)))
        .map(|r| r.document.clone())
        .collect();
    let mut out = Vec::new();
    for row in rows {
        if agreed.contains(&row.document) {
            continue;
        }
        let words = engine.store().words(tenant, &row.document).await?;
        let explained = row.drift.kind == DriftKind::Balance
            && !disagrees(engine, tenant, &row.document).await?;
        if !words.end(&row.drift) && !explained {
            out.push(row.into());
        }
    }
    Ok(out)
}

/// Whether the two books disagree on what is owed, by the last decision.
async fn disagrees(engine: &Engine, tenant: &TenantId, document: &Key) -> Result<bool, NotDone> {
    let note = engine.store().decision(tenant, document).await?;
    let balance = note.and_then(|n| n.balance);
    Ok(balance.is_some_and(|b| !b.rest().is_zero()))
}
