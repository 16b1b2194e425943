//! Money of ours that is off its document and in the ledger all the same.

use super::money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A payment of ours that its document no longer has, and that the ledger has all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandsApart {
    /// The ledger's id.
    pub id: String,
    /// What it comes to there.
    pub amount: Decimal,
    /// The number of the document that it is on now, or the ledger's id of it; empty where it is on none.
    pub on: String,
}

impl StandsApart {
    /// Where it stands, in words: `with 30.00, on no document (its id there is 17)`.
    pub fn told(&self) -> String {
        let on = match self.on.as_str() {
            "" => "no document",
            on => on,
        };
        let amount = money::show(self.amount);
        format!("with {amount}, on {on} (its id there is {})", self.id)
    }
}
