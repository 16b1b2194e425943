//! Orders that are looked at again at the next walk, though nothing says that they changed.
//!
//! Flows in: what was read of a page. Flows out: ids to ask for, in bulk.
//! Two sorts wait: an order without an invoice, for as long as it has none (it is not documented that getting one
//! moves the order's time); and one whose payments did not come to what it says, [`LOOKS`] times more (lists that were
//! read while a payment came in).
//! Bounded by: [`MOST`] orders; any further one is read again when it changes, or when it is asked for.

use super::payments::id;
use crate::model::{Document, SourceRecord};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The field of a document whose parts do not come to its whole.
pub const MISMATCH: &str = "crossfoot.mismatch";
/// The field of a document that is to wait, since the source has not made an invoice of it yet.
pub const NOT_INVOICED: &str = "crossfoot.not_invoiced";
/// Most orders that wait: one call asks for them.
const MOST: usize = super::fetch::IDS;
/// How often an order that does not add up is read again without having changed.
const LOOKS: u32 = 2;

/// Since which walk an order waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Since {
    /// When the walk began that read it last.
    walk: DateTime<Utc>,
    /// How often it has been read again.
    looks: u32,
}

/// The orders that wait, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Waiting(BTreeMap<String, Since>);

impl Waiting {
    /// Those to ask for in a walk: what an earlier one left.
    pub(super) fn due(&self, began: DateTime<Utc>) -> Vec<String> {
        let earlier = self.0.iter().filter(|(_, s)| s.walk < began);
        earlier.map(|(id, _)| id.clone()).collect()
    }

    /// Forgets those that were asked for and are not there any more.
    pub(super) fn gone(&mut self, asked: &[String], found: &[Value]) {
        let there = |order: &String| found.iter().any(|o| id(o, "id") == *order);
        self.0
            .retain(|order, _| !asked.contains(order) || there(order));
    }

    /// Takes in what was read of orders in the walk that began then. An order that gave no record cannot be read;
    /// a person must correct it, and then it changes.
    pub(super) fn note(&mut self, read: &[String], records: &[SourceRecord], began: DateTime<Utc>) {
        let before: BTreeMap<&String, Since> = read
            .iter()
            .filter_map(|order| Some((order, self.0.remove(order)?)))
            .collect();
        for record in records {
            let Document::Invoice(invoice) = &record.document else {
                continue;
            };
            let order = &invoice.order_id;
            let before = before.get(order).map_or(0, |s| s.looks);
            let looks = if invoice.fields.contains_key(NOT_INVOICED) {
                0
            } else if invoice.fields.contains_key(MISMATCH) && before < LOOKS {
                before + 1
            } else {
                continue;
            };
            if self.0.len() < MOST {
                let since = Since { walk: began, looks };
                self.0.insert(order.clone(), since);
            }
        }
    }
}
