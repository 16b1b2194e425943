//! Payments and refunds that are not posted: where the last decision left each.

use super::error::StoreError;
use crate::model::{Key, Payment, TenantId, codes};
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
    /// How much it was.
    pub amount: Decimal,
    /// What a person is to say of it, or has said.
    pub word: ReleaseWord,
}

/// The word that lets a payment go which an edit of the file let loose on a posted document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseWord {
    /// None is needed.
    None,
    /// It was said, of this payment at this amount.
    Said,
    /// It is waited for, whatever else keeps the payment back meanwhile.
    Awaited,
}

/// Whether the file or a rule may have had a part in it that a payment did not go. What the source or the ledger was the
/// cause of was none of their business.
pub fn left_by_file(state: &str, code: &str) -> bool {
    let others = [
        codes::PAYMENT_NOT_SETTLED,
        codes::PAYMENT_CHANGED,
        codes::PAYMENT_REMOVED,
        codes::PAYMENT_NOT_OPEN,
        codes::PAYMENT_OTHER,
        codes::PAYMENT_DIFFERS,
        codes::PAYMENT_DOCUMENT_MISSING,
        codes::PAYMENT_HALF,
        codes::PAYMENT_IN_DOUBT,
        codes::PAYMENT_RELEASE,
        codes::PAYMENT_WAITS,
        codes::REFUND_OTHER,
        codes::POSTED_TOTAL_DIFFERS,
        codes::UPDATE_CONFLICT,
        codes::UPDATE_LOCKED,
        codes::UPDATE_UNKNOWN,
        codes::UPDATE_MISSING,
    ];
    state != "planned" && !others.iter().any(|c| code == c.as_str())
}

/// An edit of the file or of a rule: when it was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditSeen {
    /// The time; not known of one that an earlier version of the program saw.
    pub at: Option<DateTime<Utc>>,
    /// The day in the business's own calendar; where nobody says which that is, the latest it may be anywhere.
    pub day: NaiveDate,
}

impl EditSeen {
    /// Whether a payment is of the time before it, so that it does not go by itself: money that came in since is not the
    /// edit's doing.
    pub fn covers(&self, p: &Payment) -> bool {
        match (p.at, self.at) {
            // The source's own time needs no calendar.
            (Some(came), Some(seen)) => came <= seen || p.date <= seen.date_naive(),
            _ => p.date <= self.day,
        }
    }
}

/// Payments and refunds of one currency that wait for a person's word as one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentGroup {
    /// Their currency.
    pub currency: String,
    /// How many payments.
    pub count: u64,
    /// What they come to.
    pub sum: Decimal,
    /// How many refunds.
    pub refunds: u64,
    /// What these come to.
    pub refunded: Decimal,
    /// How many of both something else keeps back as well.
    pub kept: u64,
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
