//! What a system can do, as data: declared by its connector, checked when a tenant's file is compiled, asked by every
//! room that would otherwise have to know a vendor.
//!
//! Flows in: nothing; a connector fills it in, or a manifest does, so that every word is owned. Flows out: [`Facts`], and
//! the two sides of it that a route needs, [`SourceFacts`] and [`TargetFacts`]. Refused here: nothing; the contract suite
//! checks that what is claimed can be done. Bounded by the list of kinds.

use super::kinds::Kind;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

mod writes;

pub use writes::{
    CanWrite, Charset, ContactRoom, Lengths, LinesBy, Numbers, Op, Places, Promise, Quantities,
    RefundsBy, StatusWord, TaxRule, WriteFacts,
};

/// What a system can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The word for it in a tenant's file.
    pub system: Arc<str>,
    /// The name people know it by.
    pub title: Arc<str>,
    /// What can be read from it; `None` where nothing can.
    pub reads: Option<ReadFacts>,
    /// What can be read from it as from a ledger, where that is a half of its own: of a system that documents come from and
    /// go to, a sale as it is told and the same sale as it was written are read differently. `None` where one half does.
    pub ledger: Option<ReadFacts>,
    /// What can be written to it; `None` where nothing can.
    pub writes: Option<WriteFacts>,
    /// How a connection to it is made.
    pub signs_in: SignIn,
}

impl Facts {
    /// What can be read from it as from a ledger.
    pub fn as_ledger(&self) -> Option<&ReadFacts> {
        self.ledger.as_ref().or(self.reads.as_ref())
    }

    /// Whether it keeps a business's books, with accounts.
    pub fn keeps_books(&self) -> bool {
        let writes = self.writes.as_ref();
        writes.is_some_and(|w| w.lines_by != LinesBy::Nothing)
    }

    /// Its side as a source: documents can be read from it as they change.
    pub fn source(&self) -> Option<SourceFacts<'_>> {
        let reads = self.reads.as_ref().filter(|r| r.documents)?;
        Some(SourceFacts {
            system: &self.system,
            title: &self.title,
            reads,
            written: self.writes.is_some(),
        })
    }

    /// Its side as a target: what is written to it can be read again, which everything that is in doubt rests on.
    pub fn target(&self) -> Option<TargetFacts<'_>> {
        Some(TargetFacts {
            system: &self.system,
            title: &self.title,
            reads: self.as_ledger()?,
            writes: self.writes.as_ref()?,
        })
    }
}

/// How a connection to a system is made. Nothing of it: files, which take neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignIn {
    /// Whether a person signs in there and agrees.
    pub account: bool,
    /// Whether a key of its own lets a connection in, beside or instead of a sign-in.
    pub key: bool,
    /// Whether who signed in may give access to several sets of books, of which a connection is for one.
    pub several: bool,
}

impl SignIn {
    /// Whether connecting takes a sign-in or a key at all.
    pub fn is_needed(self) -> bool {
        self.account || self.key
    }
}

/// A question that a reader can be asked, without what it is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskKind {
    /// What changed since a cursor.
    Changed,
    /// One, by the number or id a person types.
    Typed,
    /// Some, by their ids.
    Ids,
    /// Papers, by their numbers.
    Numbers,
    /// What carries our marks.
    Marks,
    /// Contacts, by their names.
    Names,
    /// Contacts, by the numbers we gave them.
    ContactNumbers,
    /// What is dated within a period.
    Period,
    /// Papers that we made, whatever people have made of them since.
    Made,
    /// Which of some are proved to be there no more.
    Gone,
}

impl AskKind {
    /// Every question.
    pub const ALL: [AskKind; 10] = [
        AskKind::Changed,
        AskKind::Typed,
        AskKind::Ids,
        AskKind::Numbers,
        AskKind::Marks,
        AskKind::Names,
        AskKind::ContactNumbers,
        AskKind::Period,
        AskKind::Made,
        AskKind::Gone,
    ];
}

/// What can be read from a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFacts {
    /// The kinds it can be asked for, each with the questions it answers.
    pub kinds: BTreeMap<Kind, BTreeSet<AskKind>>,
    /// Whether a tenant's documents can come from it.
    pub documents: bool,
    /// Whether it has a chart: accounts, tax rates and items.
    pub chart: bool,
    /// Whether a document's payments come inside it.
    pub payments_inside: bool,
    /// Whether the id of a payment is one payment's in the whole book, on whichever document it stands. Else two documents may share
    /// one: a cheque that pays both.
    #[serde(default)]
    pub payments_once: bool,
    /// Whether it can be asked for what changed since a time.
    pub incremental: bool,
    /// Whether refunds can be told from payments.
    pub refunds: bool,
    /// Whether its lines may name their tax rate by a word of its own.
    #[serde(default)]
    pub rates: bool,
    /// Most ids, numbers or marks in one question.
    pub values: usize,
    /// How many seconds what people do there may go unseen while nothing is written to it, where its connection says nothing
    /// else. Zero: every run looks.
    #[serde(default)]
    pub look_s: i64,
}

impl ReadFacts {
    /// Whether it answers a question about a kind.
    pub fn answers(&self, kind: Kind, ask: AskKind) -> bool {
        self.kinds
            .get(&kind)
            .is_some_and(|asks| asks.contains(&ask))
    }
}

/// A system as documents come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFacts<'a> {
    /// The word for it in a tenant's file.
    pub system: &'a str,
    /// The name people know it by.
    pub title: &'a str,
    /// What can be read from it.
    pub reads: &'a ReadFacts,
    /// Whether this workspace may have written into it itself.
    pub written: bool,
}

impl Deref for SourceFacts<'_> {
    type Target = ReadFacts;
    fn deref(&self) -> &ReadFacts {
        self.reads
    }
}

/// A system as documents go to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetFacts<'a> {
    /// The word for it in a tenant's file.
    pub system: &'a str,
    /// The name people know it by.
    pub title: &'a str,
    /// What can be read from it.
    pub reads: &'a ReadFacts,
    /// What can be written to it.
    pub writes: &'a WriteFacts,
}

impl Deref for TargetFacts<'_> {
    type Target = WriteFacts;
    fn deref(&self) -> &WriteFacts {
        self.writes
    }
}

/// From where a tenant starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// Everything.
    Beginning,
    /// From this invoice on, inclusive: by the number people know it by.
    Invoice(String),
    /// From this invoice date on, inclusive.
    InvoiceDate(NaiveDate),
}
