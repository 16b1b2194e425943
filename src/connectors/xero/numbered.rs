//! Quotes and purchase orders by their numbers: neither list knows conditions.
//!
//! Flows in: numbers. Flows out: the papers that bear them. Bounded by: a call a number.

use super::Xero;
use super::encode::API;
use super::list::encoded;
use crate::connectors::{CallError, Page, Session};
use crate::model::Kind;

impl Xero {
    /// Quotes and orders by their numbers, one at a time: they know no conditions. An order has an address by its number.
    pub(super) async fn offers_by_numbers(
        &self,
        session: &Session,
        kind: Kind,
        numbers: &[String],
    ) -> Result<Page, CallError> {
        let mut all = Page::default();
        for number in numbers.iter().filter(|n| !n.trim().is_empty()) {
            if kind == Kind::PurchaseOrder {
                self.one(session, kind, number, &mut all).await?;
                continue;
            }
            let path = format!("{API}/Quotes?QuoteNumber={}&page=1", encoded(number));
            self.some(session, kind, &path, None, &mut all).await?;
        }
        // What is not there is no order of that id.
        all.gone.clear();
        all.records.retain(|r| numbers.contains(&r.number));
        Ok(all)
    }
}
