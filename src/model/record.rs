//! A record: what a book says of one thing, be it read to be copied or to be compared.
//!
//! Flows in: what a connector read. Flows out: the document, and what only the connector can know of it: where it
//! stands, whether it carries our mark, what may still be done to it. Nobody guesses these from amounts or texts.

use super::document::{Contact, Invoice, Item};
use super::ids::{Fingerprint, SourceId};
use super::kinds::Kind;
use super::ledger::{LedgerInvoice, LedgerPayment};
use super::party::LedgerContact;
use super::standing::{May, Standing};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What was read: a canonical document of a source, or what a ledger holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "document")]
pub enum Document {
    /// A contact.
    Contact(Contact),
    /// An item.
    Item(Item),
    /// An invoice with its payments.
    Invoice(Box<Invoice>),
    /// A contact as a ledger holds it.
    LedgerContact(LedgerContact),
    /// An invoice or credit note as a ledger holds it.
    Paper(Box<LedgerInvoice>),
    /// A payment as a ledger holds it.
    LedgerPayment(LedgerPayment),
}

impl Document {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Document::Contact(_) | Document::LedgerContact(_) => Kind::Contact,
            Document::Item(_) => Kind::Item,
            Document::Invoice(i) => i.kind,
            Document::Paper(p) => p.kind,
            Document::LedgerPayment(_) => Kind::Payment,
        }
    }
}

/// One of several tellings of the same thing, of which the newest counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// By what editions are told apart: those of another way are neither older nor newer.
    pub by: String,
    /// What is greater the newer it is, as a text.
    pub at: String,
    /// Where it stands, for people.
    pub place: String,
}

impl Edition {
    /// Whether another one is older than this.
    pub fn is_newer_than(&self, other: &Edition) -> bool {
        self.by == other.by && self.at > other.at
    }
}

/// One record of a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Kind.
    pub kind: Kind,
    /// The book's id.
    pub id: SourceId,
    /// The number people know it by, for looking it up.
    pub number: String,
    /// What changes when it changes, in the book's own terms: what an update is based on. Empty where it says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub revision: String,
    /// Which edition of the source says so, where it tells the same thing in several and the newest counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// When the book last changed it, where it says so.
    pub modified_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Standing::is_default")]
    pub standing: Standing,
    /// The mark of ours that it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// What may still be done to it.
    #[serde(default, skip_serializing_if = "May::is_nothing")]
    pub may: May,
    /// Everything the book said about it, as it said it.
    pub raw: Value,
    /// What was read from it.
    pub document: Document,
}

/// A record as a source gives it.
pub type SourceRecord = Record;

impl Record {
    /// A record of which nothing is known but what it says.
    pub fn of(
        kind: Kind,
        id: SourceId,
        number: String,
        modified_at: Option<DateTime<Utc>>,
        raw: Value,
        document: Document,
    ) -> Self {
        Self {
            kind,
            id,
            number,
            revision: String::new(),
            edition: None,
            modified_at,
            standing: Standing::default(),
            mark: None,
            may: May::default(),
            raw,
            document,
        }
    }

    /// A ledger's contact.
    pub fn of_contact(c: LedgerContact, modified_at: Option<DateTime<Utc>>, raw: Value) -> Self {
        let standing = match c.merged_into.as_str() {
            "" if c.archived => Standing::Archived,
            "" => Standing::Open,
            heir => Standing::MergedInto(heir.to_owned()),
        };
        Self {
            revision: c.version.clone(),
            mark: c.mark.clone(),
            may: May {
                change: standing == Standing::Open,
                pay: false,
            },
            standing,
            ..Self::of(
                Kind::Contact,
                c.id.as_str().into(),
                c.number.clone(),
                modified_at,
                raw,
                Document::LedgerContact(c),
            )
        }
    }

    /// A ledger's invoice or credit note.
    pub fn of_paper(p: LedgerInvoice, modified_at: Option<DateTime<Utc>>, raw: Value) -> Self {
        Self {
            revision: p.version.clone(),
            mark: p.mark.clone(),
            may: May {
                change: p.editable,
                pay: p.payable,
            },
            standing: p.standing.clone(),
            ..Self::of(
                p.kind,
                p.id.as_str().into(),
                p.number.clone(),
                modified_at,
                raw,
                Document::Paper(Box::new(p)),
            )
        }
    }

    /// A ledger's payment.
    pub fn of_payment(p: LedgerPayment, modified_at: Option<DateTime<Utc>>, raw: Value) -> Self {
        Self {
            mark: p.mark.clone(),
            standing: Standing::Settled,
            ..Self::of(
                Kind::Payment,
                p.id.as_str().into(),
                String::new(),
                modified_at,
                raw,
                Document::LedgerPayment(p),
            )
        }
    }

    /// The version: a hash of what the book said, so that any change makes a new one.
    pub fn version(&self) -> Fingerprint {
        Fingerprint::of(self.raw.to_string().as_bytes())
    }
}
