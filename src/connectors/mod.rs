//! The doors: what a system must be able to do to be read from or written to.
//!
//! Two small traits, total and without defaults. What differs between systems is data they declare
//! ([`SourceFacts`], [`TargetFacts`]), which a tenant's file is checked against when it is compiled.
//! A connector holds no state: a [`Session`] carries tenant, connection, token, budget and clock.
//!
//! A write has two halves. [`Target::encode`] is pure and makes the exact bytes, which are stored before
//! anything leaves; [`Target::post`] sends stored bytes and reads the answer. A body is never rebuilt.

use crate::clock::Clock;
use crate::model::{
    Chart, Code, ConnectionName, Document, Draft, Kind, LedgerContact, LedgerInvoice,
    LedgerPayment, SourceRecord, TenantId,
};
pub use crate::model::{SourceFacts, Start, TargetFacts};
pub mod auth;
pub mod budget;
pub mod files;
pub mod http;
pub mod json;
pub mod keap;
pub mod registry;
pub mod send;
pub mod stamp;
pub mod xero;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// A place in a source's list, in the source's own terms. Opaque to everyone else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What is asked of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pull {
    /// What changed since a cursor, or all from the start; one page.
    Changed {
        /// Which kind.
        kind: Kind,
        /// Where the last page ended; `None` at first.
        cursor: Option<Cursor>,
        /// Where the tenant starts: a hint that saves calls, not a filter to rely on.
        start: Start,
    },
    /// One document, by the number or id a person types.
    One {
        /// Which kind.
        kind: Kind,
        /// The number or id.
        number: String,
    },
}

/// A record that could not be read; the rest of its page could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRecord {
    /// Where: `orders.csv:17`, or an id.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// One page of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// What was read. A record may be given again; nothing may be left out.
    pub records: Vec<SourceRecord>,
    /// What could not be read.
    pub bad: Vec<BadRecord>,
    /// Where this page ended. To be stored only together with its records.
    pub cursor: Cursor,
    /// Whether there is more now.
    pub more: bool,
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
    /// Warnings of the vendor, in its words.
    pub warnings: Vec<String>,
}

/// What a look-up asks a target for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// Every contact changed since a time (all of them without one), archived ones included; page by page from 1.
    Contacts {
        /// Changed since.
        since: Option<DateTime<Utc>>,
        /// The page.
        page: u32,
    },
    /// Contacts by the number we gave them, or their name.
    ContactsBy {
        /// Contact numbers.
        numbers: Vec<String>,
        /// Names.
        names: Vec<String>,
    },
    /// Invoices or credit notes by number.
    Documents {
        /// [`Kind::Invoice`] or [`Kind::CreditNote`].
        kind: Kind,
        /// The numbers.
        numbers: Vec<String>,
    },
    /// Invoices with their payments, by the ledger's ids; at most [`TargetFacts::find_numbers`].
    ///
    /// [`TargetFacts::find_numbers`]: crate::model::TargetFacts
    Invoices {
        /// The ledger's ids.
        ids: Vec<String>,
    },
    /// One invoice or credit note, with its lines and payments, by the ledger's id.
    Document {
        /// [`Kind::Invoice`] or [`Kind::CreditNote`].
        kind: Kind,
        /// The ledger's id.
        id: String,
    },
}

/// What a look-up found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Contacts.
    pub contacts: Vec<LedgerContact>,
    /// Invoices or credit notes.
    pub documents: Vec<LedgerInvoice>,
    /// Payments on the documents, by the document's id.
    pub payments: BTreeMap<String, Vec<LedgerPayment>>,
    /// Whether there is another page.
    pub more: bool,
}

/// What a call carries.
#[derive(Clone)]
pub struct Session {
    /// Whose call it is.
    pub tenant: TenantId,
    /// Over which connection.
    pub connection: ConnectionName,
    /// The connection's settings: base addresses, organisation, folder, mapping of columns. No secrets.
    pub settings: Arc<Settings>,
    /// How to send.
    pub http: Arc<http::Http>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
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

/// A system that documents are read from.
#[async_trait]
pub trait Source: Send + Sync {
    /// What it can do.
    fn facts(&self) -> &SourceFacts;
    /// Reads one page, or one document with all that belongs to it.
    async fn pull(&self, session: &Session, ask: &Pull) -> Result<Page, CallError>;
    /// Reads a canonical document again from a record's raw text, for replay. Pure.
    ///
    /// # Errors
    /// A sentence that says which field cannot be read.
    fn read_again(&self, settings: &Settings, raw: &serde_json::Value) -> Result<Document, String>;
}

/// A system that documents are written to.
#[async_trait]
pub trait Target: Send + Sync {
    /// What it can do.
    fn facts(&self) -> &TargetFacts;
    /// Reads the organisation, accounts, tax rates and items.
    async fn chart(&self, session: &Session) -> Result<Chart, CallError>;
    /// Looks documents up.
    async fn find(&self, session: &Session, what: &Find) -> Result<Found, CallError>;
    /// Makes the exact bytes of one request for writes of one kind: all creates, or one update. Pure.
    ///
    /// # Errors
    /// A sentence: what cannot be written in the vendor's format.
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String>;
    /// Sends stored bytes under a key and reads what became of each element, in order.
    ///
    /// The bytes leave within 40 s of the call or not at all ([`CallError::NotSent`]), whatever they wait for:
    /// the caller has looked at the clock, and reckons with it.
    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError>;
}
