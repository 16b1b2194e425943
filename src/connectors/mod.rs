//! The doors: what a system must be able to do to be read from or written to.
//!
//! A [`System`] is its facts and two halves, [`Reads`] and [`Writes`]. What differs between systems is data they declare
//! ([`Facts`]), which a tenant's file is checked against when it is compiled, and which the other
//! rooms ask instead of knowing a vendor. A connector holds no state: a [`Session`] carries tenant, connection, token,
//! budget and clock.
//!
//! A write has two halves. [`Writes::encode`] is pure and makes the exact bytes, which are stored before
//! anything leaves; [`Writes::post`] sends stored bytes and reads the answer. A body is never rebuilt.

use crate::model::{Code, Draft, Kind, MayChange};
pub use crate::model::{Facts, SourceFacts, Start, TargetFacts};
mod ask;
pub mod auth;
pub mod budget;
mod carried;
pub mod files;
pub mod http;
pub mod json;
pub mod keap;
mod limit;
pub mod manifest;
pub mod qbo;
mod refused;
pub mod registry;
pub mod send;
pub mod stamp;
mod system;
mod taken;
pub mod xero;

pub use ask::{Ask, BadRecord, Cursor, Page};
pub use registry::Registry;
pub use send::Session;
pub use system::{
    Description, LOOK, ORGANISATION, ORGANISATION_NAME, Reads, SetOfBooks, SourceSide, System,
    TargetSide, Writes, claimed, claimed_of_ledger, writable,
};

pub use taken::{NotTaken, SignedHook, Taken, same_secret};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why a call did not give what was asked, in the only terms the pipeline acts on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The vendor asks to wait, or our own budget does; nothing was executed.
    #[error("{system} asks to wait until {until}: {why}")]
    Wait {
        /// Which system.
        system: String,
        /// Until when.
        until: DateTime<Utc>,
        /// Minute, day, concurrency.
        why: String,
        /// Whether the wait is so long that the tenant is parked (a daily limit).
        park: bool,
    },
    /// It is known that nothing was executed (connection refused, name not found, no byte of the body sent).
    #[error("{system} could not be reached: {why}")]
    NotSent {
        /// Which system.
        system: String,
        /// What happened.
        why: String,
    },
    /// It is not known whether anything was executed.
    #[error("no usable answer from {system}: {why}")]
    Uncertain {
        /// Which system.
        system: String,
        /// What happened.
        why: String,
        /// Whether the vendor keeps this very answer for the key, so that the same key cannot help.
        cached: bool,
    },
    /// The connection is not (or no longer) permitted to do this; nothing was executed.
    #[error("{system} refuses the connection: {why}")]
    Gone {
        /// Which system.
        system: String,
        /// What happened.
        why: String,
        /// What to do.
        fix: String,
    },
    /// The whole call was refused for what it says; nothing was executed.
    #[error("{system} refuses the call: {}", refusal.what)]
    Refused {
        /// Which system.
        system: String,
        /// Why.
        refusal: Refusal,
    },
    /// The answer to a read, or our own request, does not make sense.
    #[error("{system} answered what cannot be read: {why}")]
    Broken {
        /// Which system.
        system: String,
        /// What was wrong and where.
        why: String,
    },
    /// One thing that was asked for by its id is there, and what is said of it cannot be read, or contradicts itself.
    #[error("what is said of {id} cannot be read: {what}")]
    Unclear {
        /// Its id.
        id: String,
        /// What is wrong.
        what: String,
    },
}

/// What the vendor's refusal of one document means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalClass {
    /// Something of the same number, name or key is there already: look it up, it may be ours.
    Duplicate,
    /// An account, tax code or item is not usable: the mapping must change.
    Mapping,
    /// A lock date forbids it.
    Policy,
    /// It was changed there since the version the change is based on: nothing was executed.
    Stale,
    /// The document or what it is applied to is in a state that forbids it.
    State,
    /// The data itself is not acceptable: an e-mail address, a name too long.
    Data,
    /// The subscription of the ledger does not include it.
    Plan,
    /// Only a person at the vendor can settle it: an archived contact.
    User,
    /// Our key was used for another request: a fault of ours, to be looked into.
    Key,
    /// Not known to the catalogue.
    Unknown,
}

/// The vendor's refusal of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it means.
    pub class: RefusalClass,
    /// A stable code of the connector's own table: `xero.account_invalid`.
    pub code: Code,
    /// The vendor's own words, all of them.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// A write, as the pipeline asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The stamp that will find it again.
    pub marker: String,
    /// What is to be written.
    pub draft: Draft,
    /// The ledger's id of the contact (invoices and credit notes).
    pub contact_id: String,
    /// The number of the contact at its source, for the ledger's contact-number field (contacts).
    pub contact_number: String,
    /// The ledger's id of the document paid (payments).
    pub document_id: String,
    /// Whether the document paid is a credit note (payments).
    pub of_credit_note: bool,
    /// The ledger's document that is changed; `None` makes a new one.
    pub update: Option<UpdateOf>,
}

impl Write {
    /// The same, with an id in place of those that are not known yet: whether it can be said does not depend on them.
    pub fn with_some_ids(&self, id: &str) -> Self {
        let some = |known: &str| if known.is_empty() { id } else { known }.to_owned();
        Self {
            contact_id: some(&self.contact_id),
            document_id: some(&self.document_id),
            // A contact's change learns its version just before it leaves.
            update: self.update.clone().map(|u| UpdateOf {
                version: some(&u.version),
                ..u
            }),
            ..self.clone()
        }
    }
}

/// The document an update changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateOf {
    /// The ledger's id.
    pub id: String,
    /// The version the update is based on.
    pub version: String,
    /// The ids of its lines, in order, which the update keeps.
    pub line_ids: Vec<String>,
    /// The status it has, or is to be brought to; empty to take the draft's.
    pub status: String,
    /// Fields of a contact that are not sent: `name`, `email`, `phone`, ... as [`ContactDraft::same_fields`] names them.
    ///
    /// [`ContactDraft::same_fields`]: crate::model::ContactDraft::same_fields
    pub same: Vec<String>,
    /// The only parts that are sent, where the ledger lets no more be changed; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<BTreeSet<MayChange>>,
}

/// Encoded bytes of one request: what is stored before it is sent, and sent as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoded {
    /// Kind; a request has one.
    pub kind: Kind,
    /// Whether it makes or changes.
    pub update: bool,
    /// The path and query below the connection's base address.
    pub path: String,
    /// The HTTP method.
    pub method: String,
    /// The exact body.
    pub body: String,
    /// The markers of its elements, in order.
    pub markers: Vec<String>,
    /// Headers that are a part of what it says: the version that a change is based on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
}

/// What became of one element of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Made(Posted),
    /// It is not, and this is why.
    Refused(Refusal),
}

/// A document the ledger has made or changed for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The ledger's id.
    pub id: String,
    /// Its number, where it has one.
    pub number: String,
    /// Its version now.
    pub version: String,
    /// What it comes to, where it has a total.
    pub total: Option<Decimal>,
    /// Of a payment that was just made, what of it was put to its document, where the ledger says so.
    pub applied: Option<Decimal>,
    /// Warnings of the vendor, in its words.
    pub warnings: Vec<String>,
}

/// The settings of a connection, from `connections.yaml` and from what was chosen when it was made. No secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// The system's word: `keap`, `xero`, `files`.
    pub system: String,
    /// Values by name: `base`, `identity`, `organisation`, `folder`, ...
    pub values: BTreeMap<String, String>,
}

impl Settings {
    /// A value, or what it is by default.
    pub fn get<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.values.get(name).map_or(default, String::as_str)
    }
}
