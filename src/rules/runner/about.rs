//! What a rule may know besides its document, in plain types that the pipeline makes.

use crate::model::InvoiceDraft;
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

/// What one side says of a field that both changed.
#[derive(Debug, Clone, PartialEq)]
pub struct SideView {
    /// Its value, as people are told it.
    pub value: String,
    /// The whole document as this side says it.
    pub document: InvoiceDraft,
}

/// A field of a posted document that both sides changed since they last agreed, each to something else.
#[derive(Debug, Clone, PartialEq)]
pub struct DisputedField {
    /// Its word.
    pub field: &'static str,
    /// The line it is of, from 1; none where it is of the document.
    pub line: Option<u32>,
    /// What the source says, the ledger, and what was last agreed.
    pub sides: [SideView; 3],
}

impl DisputedField {
    /// The words of the fields that can be asked about.
    pub const FIELDS: [&'static str; 15] = [
        "number",
        "reference",
        "date",
        "due",
        "currency",
        "tax_mode",
        "contact",
        "lines",
        "description",
        "quantity",
        "unit_amount",
        "account",
        "tax",
        "item",
        "tracking",
    ];
}
