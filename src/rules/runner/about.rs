//! What a rule may know besides its document, in plain types that the pipeline makes.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a rule may know besides the document: given through each call, so that a replay is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The tenant's name.
    pub tenant: String,
    /// The run's id.
    pub run: String,
    /// Today, in the tenant's own calendar.
    pub today: NaiveDate,
    /// Whether to tell which line changed which field.
    pub trace: bool,
}

/// The ledger's invoice that a payment is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidDocument {
    /// Its number in the ledger.
    pub number: String,
    /// The ledger's own word for its status.
    pub status: String,
    /// Sum with tax.
    pub total: Decimal,
    /// What is still owed, as an amount.
    pub due: Decimal,
}
