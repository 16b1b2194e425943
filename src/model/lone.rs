//! A contact that goes by itself: a document of which there is nothing but whom it is for.
//!
//! Flows in: a source's contact. Flows out: an [`Invoice`] of the kind contact, without a day, lines or a sum, so that one flow
//! decides, journals, posts and explains it like any other.

use super::document::{Contact, Invoice};
use super::ids::SourceId;
use super::kinds::Kind;
use super::money::Currency;
use chrono::NaiveDate;

impl Invoice {
    /// A contact as a document of its own. `currency` is what its source works in, for ledgers that fix one for a contact.
    pub fn of_contact(contact: Contact, currency: Currency) -> Self {
        let id = SourceId(contact.id.clone());
        Self {
            number: contact.id.clone(),
            contact,
            ..Self::bare(Kind::Contact, id, currency)
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
