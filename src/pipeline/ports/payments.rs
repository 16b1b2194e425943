//! Payments and refunds that are not posted: where the last decision left each.

use super::error::StoreError;
use crate::model::{Key, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

/// A payment or refund that is not posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoosePayment {
    /// The source's id.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// The code of its reason; empty where it has none.
    pub code: String,
    /// Whether a person has let it go.
    pub released: bool,
}

/// Payments of one currency that wait for a person's word as one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentGroup {
    /// Their currency.
    pub currency: String,
    /// How many.
    pub count: u64,
    /// What they come to.
    pub sum: Decimal,
    /// The day of the oldest.
    pub oldest: NaiveDate,
}

/// What is remembered of payments that are not posted.
#[async_trait]
pub trait LoosePayments: Send + Sync {
    /// Those of a document.
    async fn loose_payments(
        &self,
        tenant: &TenantId,
        document: &Key,
    ) -> Result<Vec<LoosePayment>, StoreError>;

    /// Posted documents of which a payment is not posted are to be decided on again. Answers how many.
    async fn decide_payments_again(&self, tenant: &TenantId) -> Result<u64, StoreError>;

    /// What waits for the word that lets the payments of posted documents go, by currency.
    async fn payments_to_release(&self, tenant: &TenantId)
    -> Result<Vec<PaymentGroup>, StoreError>;

    /// A person's word that they may go, those of a day on. Answers which, by currency.
    async fn release_payments(
        &self,
        tenant: &TenantId,
        from: Option<NaiveDate>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<PaymentGroup>, StoreError>;
}
