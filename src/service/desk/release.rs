//! A person's word that all may go that waits for the first review or the guard, and that the payments may that an edit of
//! the file or of a rule lets go on posted documents.

use super::word::{LeftBecause, WordAnswer};
use crate::model::{DocState, TenantId};
use crate::pipeline::flow;
use crate::pipeline::ports::{Documents as _, LoosePayments as _, PaymentGroup};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

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
    word.done.extend(released.into_iter().map(|row| row.name()));
    for row in store.all_documents(tenant, &[DocState::Checked]).await? {
        word.left(&row.name(), LeftBecause::OwnWord);
    }
    Ok(word)
}

/// Payments and refunds of one currency that wait for the word that lets them go, or that it has let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentsWaiting {
    /// Their currency.
    pub currency: String,
    /// How many payments.
    pub payments: u64,
    /// What they come to.
    pub sum: Decimal,
    /// How many refunds.
    pub refunds: u64,
    /// What these come to.
    pub refunded: Decimal,
    /// How many of both something else keeps back as well: they do not go by this word alone.
    pub kept: u64,
    /// The day of the oldest.
    pub oldest: NaiveDate,
}

impl From<PaymentGroup> for PaymentsWaiting {
    fn from(g: PaymentGroup) -> Self {
        Self {
            currency: g.currency,
            payments: g.count,
            sum: g.sum,
            refunds: g.refunds,
            refunded: g.refunded,
            kept: g.kept,
            oldest: g.oldest,
        }
    }
}

/// What came of the word that payments of posted documents may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReleasedPayments {
    /// Whose.
    pub tenant: TenantId,
    /// What was let go, by currency.
    pub released: Vec<PaymentsWaiting>,
    /// What waits still: what is older than the day that was given.
    pub waiting: Vec<PaymentsWaiting>,
}

/// Payments of posted documents that an edit of the file or a rule would let go, and that wait for a person's word.
///
/// # Errors
/// The store cannot be read.
pub async fn payments_waiting(
    engine: &Engine,
    tenant: &TenantId,
) -> Result<Vec<PaymentsWaiting>, NotDone> {
    let groups = engine.store().payments_to_release(tenant).await?;
    Ok(groups.into_iter().map(PaymentsWaiting::from).collect())
}

/// Lets them go, those dated from a day on; each is looked for in the ledger before it leaves.
///
/// # Errors
/// The store cannot be used.
pub async fn release_payments(
    engine: &Engine,
    tenant: &TenantId,
    from: Option<NaiveDate>,
    actor: &str,
) -> Result<ReleasedPayments, NotDone> {
    let now = engine.now();
    let released = engine
        .store()
        .release_payments(tenant, from, actor, now)
        .await?;
    Ok(ReleasedPayments {
        tenant: tenant.clone(),
        released: released.into_iter().map(PaymentsWaiting::from).collect(),
        waiting: payments_waiting(engine, tenant).await?,
    })
}
