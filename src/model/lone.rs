//! A contact that goes by itself: a document of which there is nothing but whom it is for.
//!
//! Flows in: a source's contact. Flows out: an [`Invoice`] of the kind contact, without a day, lines or a sum, so that one flow
//! decides, journals, posts and explains it like any other.

use super::document::{Contact, Invoice, Stated};
use super::ids::SourceId;
use super::kinds::Kind;
use super::money::Currency;
use super::status::DocStatus;
use chrono::{DateTime, NaiveDate};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

impl Invoice {
    /// A contact as a document of its own. `currency` is what its source works in, for ledgers that fix one for a contact.
    pub fn of_contact(contact: Contact, currency: Currency) -> Self {
        Self {
            kind: Kind::Contact,
            estimate: false,
            id: SourceId(contact.id.clone()),
            order_id: String::new(),
            number: contact.id.clone(),
            title: String::new(),
            notes: String::new(),
            reference: String::new(),
            date: NaiveDate::default(),
            due: None,
            currency,
            status: DocStatus::default(),
            contact,
            lines: Vec::new(),
            tax: None,
            tax_included: None,
            reckoned: Decimal::ZERO,
            paid: Decimal::ZERO,
            plan: Vec::new(),
            payments: Vec::new(),
            tags: Vec::new(),
            made_by: String::new(),
            fields: BTreeMap::new(),
            created_at: DateTime::UNIX_EPOCH,
            modified_at: DateTime::UNIX_EPOCH,
            stated: Stated::default(),
        }
    }

    /// The day it is dated; none of a contact.
    pub fn day(&self) -> Option<NaiveDate> {
        (!self.kind.is_party()).then_some(self.date)
    }

    /// The currency of what it comes to; none of a contact.
    pub fn sums_in(&self) -> &str {
        match self.kind.is_party() {
            true => "",
            false => self.currency.code(),
        }
    }
}
