//! Keap as a ledger: orders with their lines and manual payments, and the contacts that they are for.
//!
//! Flows in: questions about what stands there, and writes. Flows out: contacts, orders as papers, payments; outcomes.
//! Not supported: orders that are rewritten (an order's lines cannot be replaced), contacts that are changed (a change replaces
//! whole lists of addresses and numbers), credit notes, refunds, cards. A payment is only recorded: no request names a
//! payment method that could be charged.
//! Bounded by: one document a request, 200 ids a question, and the budgets of [`super::limits`].
//!
//! Keap knows no key that makes a request happen once. What may have left is found by its stamp alone, after the
//! quarantine, in two looks that are a minute apart: never sent again before that. The stamp stands where people do not edit:
//! of an order in `external_create_user`, of a contact in its billing information, and of a payment in its note, which has
//! no other place. Orders and contacts cannot be asked for by these; the list of what changed shows them.
//!
//! An order has no tax codes: its tax is one line, as the source states it. Days go as half past ten in the morning UTC, which
//! is the same day from Hawaii to New Zealand.
//!
//! `facts` says what it can do, `encode` makes bytes, `post` sends them, `read` reads, `find` asks, `chart` is the payment types
//! and products, `codes` what is refused.

mod chart;
pub mod codes;
pub mod encode;
pub mod facts;
mod find;
pub(super) mod post;
mod read;

use crate::connectors::{Ask, CallError, Page, Reads, Session, Settings, claimed_of_ledger};
use crate::model::{Chart, Document, Facts};
use async_trait::async_trait;
use serde_json::Value;

/// Keap, read as a ledger.
pub struct OrderBook {
    facts: Facts,
}

impl OrderBook {
    /// With Keap's facts.
    pub fn new(facts: Facts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl Reads for OrderBook {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed_of_ledger(&self.facts, ask)?;
        find::answer(session, ask).await
    }

    async fn chart(&self, session: &Session) -> Result<Chart, CallError> {
        chart::chart(session).await
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        read::again(settings, raw)
    }
}
