//! What a reader is asked, and what it answers: one question and one page for sources and ledgers alike.

use crate::model::{
    AskKind, Document, Fingerprint, Invoice, Kind, LedgerContact, LedgerInvoice, LedgerPayment,
    Record, SourceId, Start,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A place in a list, in the reader's own terms. Opaque to everyone else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What is asked of a reader. Which of these it answers, for which kind, its facts say; anything else it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// What changed since a cursor, or all from the start; one page.
    Changed {
        /// Which kind.
        kind: Kind,
        /// Where the last page ended; `None` at first.
        cursor: Option<Cursor>,
        /// Without a cursor: only what changed since then. A hint that saves calls, not a filter to rely on.
        since: Option<DateTime<Utc>>,
        /// Where the tenant starts: a hint as well.
        start: Start,
    },
    /// One, with all that belongs to it, by the number or id a person types.
    Typed {
        /// Which kind.
        kind: Kind,
        /// The number or id.
        text: String,
    },
    /// Some, with all that belongs to them, by the book's ids.
    Ids {
        /// Which kind.
        kind: Kind,
        /// The ids.
        ids: Vec<String>,
    },
    /// Papers by their numbers. A number is only unique within its type: what is answered is of this kind.
    Numbers {
        /// Which kind.
        kind: Kind,
        /// The numbers.
        numbers: Vec<String>,
    },
    /// What carries one of these marks.
    Marks {
        /// Which kind.
        kind: Kind,
        /// The marks.
        marks: Vec<String>,
        /// Not before this time was any of them sent.
        since: Option<DateTime<Utc>>,
    },
    /// Contacts by their names.
    Names {
        /// The names.
        names: Vec<String>,
    },
    /// Contacts by the numbers we gave them.
    ContactNumbers {
        /// The numbers.
        numbers: Vec<String>,
    },
    /// Papers that our application made in the book, with a mark of ours or without.
    Made {
        /// Which kind.
        kind: Kind,
        /// Those that changed since then.
        since: Option<DateTime<Utc>>,
        /// Of these ids; all where there are none.
        ids: Vec<String>,
    },
    /// Which of some, by the book's ids, are there no more. Answered is only what is proved: that a list does not show one
    /// is no proof.
    Gone {
        /// Which kind.
        kind: Kind,
        /// The ids.
        ids: Vec<String>,
    },
    /// What is dated within a period, both days included; one page.
    Period {
        /// Which kind.
        kind: Kind,
        /// From this day.
        from: NaiveDate,
        /// Until this day.
        to: NaiveDate,
        /// Where the last page ended; `None` at first.
        cursor: Option<Cursor>,
    },
}

impl Ask {
    /// The kind asked for.
    pub fn kind(&self) -> Kind {
        match self {
            Ask::Changed { kind, .. }
            | Ask::Typed { kind, .. }
            | Ask::Ids { kind, .. }
            | Ask::Numbers { kind, .. }
            | Ask::Marks { kind, .. }
            | Ask::Made { kind, .. }
            | Ask::Gone { kind, .. }
            | Ask::Period { kind, .. } => *kind,
            Ask::Names { .. } | Ask::ContactNumbers { .. } => Kind::Contact,
        }
    }

    /// The question, without what it is about.
    pub fn asks(&self) -> AskKind {
        match self {
            Ask::Changed { .. } => AskKind::Changed,
            Ask::Typed { .. } => AskKind::Typed,
            Ask::Ids { .. } => AskKind::Ids,
            Ask::Numbers { .. } => AskKind::Numbers,
            Ask::Marks { .. } => AskKind::Marks,
            Ask::Made { .. } => AskKind::Made,
            Ask::Gone { .. } => AskKind::Gone,
            Ask::Names { .. } => AskKind::Names,
            Ask::ContactNumbers { .. } => AskKind::ContactNumbers,
            Ask::Period { .. } => AskKind::Period,
        }
    }

    /// One thing by its id.
    pub fn id(kind: Kind, id: &str) -> Self {
        Ask::Ids {
            kind,
            ids: vec![id.to_owned()],
        }
    }
}

/// A record that could not be read; the rest of its page could.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BadRecord {
    /// Where: `orders.csv:17`, or an id.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
    /// The number of the one document that it is about; empty where it is about none, or about more than one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub of: String,
    /// The hash of what the source says there, where that is known: a person's word about it counts as long as this is the same.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
}

impl BadRecord {
    /// The same, of a record that says this. It is not kept: it may hold what is never kept.
    #[must_use]
    pub fn saying(self, raw: &Value) -> Self {
        Self {
            said: Fingerprint::of(raw.to_string().as_bytes()).0,
            ..self
        }
    }

    /// What a word about it is bound to.
    pub fn print(&self) -> Fingerprint {
        match self.said.as_str() {
            "" => Fingerprint::of(self.what.as_bytes()),
            said => Fingerprint(said.to_owned()),
        }
    }

    /// Whether it is about one record, and not about a whole file or list.
    pub fn is_of_one(&self) -> bool {
        !self.of.is_empty() || !self.said.is_empty()
    }

    /// Whether a person means it by a name: where it is, or its number.
    pub fn is_called(&self, name: &str) -> bool {
        let (_, own) = self.at.split_once(' ').unwrap_or(("", &self.at));
        !name.is_empty() && [self.at.as_str(), own, &self.of].contains(&name)
    }
}

/// One page of a book.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// What was read. A record may be given again; nothing may be left out.
    pub records: Vec<Record>,
    /// What is known to be no longer there.
    pub gone: Vec<(Kind, SourceId)>,
    /// Of what was asked for by its marks, what is no longer there and of which nobody tells any more what mark it bore: each with
    /// when it was deleted.
    pub unsigned: Vec<(SourceId, DateTime<Utc>)>,
    /// What could not be read.
    pub bad: Vec<BadRecord>,
    /// Where this page ended. To be stored only together with its records.
    pub cursor: Cursor,
    /// Whether there is more now.
    pub more: bool,
    /// Whether this is the whole book as it stands now: what was told of it before is told no more, unless it is
    /// told again here.
    pub whole: bool,
}

impl Page {
    /// Takes a ledger's invoice in, seen as a sale: `number` is what people know it by, and `title` the system's name.
    pub fn take_sale(
        &mut self,
        title: &str,
        number: String,
        raw: Value,
        sale: Result<Invoice, String>,
    ) {
        match sale {
            Ok(invoice) => self.records.push(Record::of(
                Kind::Invoice,
                invoice.id.clone(),
                invoice.number.clone(),
                Some(invoice.modified_at),
                raw,
                Document::Invoice(Box::new(invoice)),
            )),
            Err(what) => self.bad.push(
                BadRecord {
                    at: format!("invoice {number}"),
                    what,
                    fix: format!(
                        "look at the invoice in {title}; if it looks right there, report this"
                    ),
                    of: number,
                    ..BadRecord::default()
                }
                .saying(&raw),
            ),
        }
    }

    /// The ledger's contacts on it.
    pub fn contacts(self) -> Vec<LedgerContact> {
        let contact = |r: Record| match r.document {
            Document::LedgerContact(c) => Some(c),
            _ => None,
        };
        self.records.into_iter().filter_map(contact).collect()
    }

    /// The ledger's invoices and credit notes on it.
    pub fn papers(self) -> Vec<LedgerInvoice> {
        let paper = |r: Record| match r.document {
            Document::Paper(p) => Some(*p),
            _ => None,
        };
        self.records.into_iter().filter_map(paper).collect()
    }

    /// The ledger's payments on it.
    pub fn payments(self) -> Vec<LedgerPayment> {
        let payment = |r: Record| match r.document {
            Document::LedgerPayment(p) => Some(p),
            _ => None,
        };
        self.records.into_iter().filter_map(payment).collect()
    }
}
