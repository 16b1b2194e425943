//! A payment, as answers tell of it.

use crate::model::Reason;
use crate::pipeline::ports::PaymentNote;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// What was decided for one payment, or became of it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentTold {
    /// The source's id of it.
    pub id: String,
    /// Its day.
    pub date: NaiveDate,
    /// How much.
    pub amount: Decimal,
    /// `planned`, `posted`, `skipped`, `held`, `waits`, `refused`, or where its write stands: `ready`, `sent`, `in doubt`.
    pub state: String,
    /// Why, for what does not go, or not whole.
    pub reason: Option<Reason>,
}

impl From<PaymentNote> for PaymentTold {
    fn from(note: PaymentNote) -> Self {
        Self {
            id: note.id,
            date: note.date,
            amount: note.amount,
            state: note.state,
            reason: note.reason,
        }
    }
}
