//! Where a document stands in its source: our words, and which of them each kind of document may have.

use super::kinds::Kind;
use serde::{Deserialize, Serialize};

/// Where a document stands in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocStatus {
    /// Not yet issued.
    Draft,
    /// Issued, nothing paid.
    #[default]
    Unpaid,
    /// Past its day: an invoice's due date, the day an order was to be delivered.
    Overdue,
    /// Something is paid.
    PartPaid,
    /// All is paid.
    Paid,
    /// Sent to whom it is for.
    Sent,
    /// Whom it is for has agreed.
    Accepted,
    /// Whom it is for wants it not.
    Declined,
    /// A part of what was ordered came.
    PartDelivered,
    /// All that was ordered came.
    Delivered,
    /// Cancelled.
    Void,
}

impl DocStatus {
    /// Every status.
    pub const ALL: [DocStatus; 11] = [
        DocStatus::Draft,
        DocStatus::Unpaid,
        DocStatus::Overdue,
        DocStatus::PartPaid,
        DocStatus::Paid,
        DocStatus::Sent,
        DocStatus::Accepted,
        DocStatus::Declined,
        DocStatus::PartDelivered,
        DocStatus::Delivered,
        DocStatus::Void,
    ];

    /// Those that a kind of document may have.
    pub fn of(kind: Kind) -> &'static [DocStatus] {
        use DocStatus::{
            Accepted, Declined, Delivered, Draft, Overdue, Paid, PartDelivered, PartPaid, Sent,
            Unpaid, Void,
        };
        match kind {
            Kind::Estimate => &[Draft, Sent, Accepted, Declined, Void],
            Kind::PurchaseOrder => &[Draft, Sent, Overdue, PartDelivered, Delivered, Void],
            _ => &[Draft, Unpaid, Overdue, PartPaid, Paid, Void],
        }
    }

    /// Whether nothing comes of a document any more: it was cancelled, or nobody wants it.
    pub fn is_over(self) -> bool {
        matches!(self, DocStatus::Void | DocStatus::Declined)
    }

    /// The word used in YAML and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            DocStatus::Draft => "draft",
            DocStatus::Unpaid => "unpaid",
            DocStatus::Overdue => "overdue",
            DocStatus::PartPaid => "part_paid",
            DocStatus::Paid => "paid",
            DocStatus::Sent => "sent",
            DocStatus::Accepted => "accepted",
            DocStatus::Declined => "declined",
            DocStatus::PartDelivered => "part_delivered",
            DocStatus::Delivered => "delivered",
            DocStatus::Void => "void",
        }
    }

    /// The status a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}
