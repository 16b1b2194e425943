//! The write as a noun: one effect on the ledger, as a decision asks for it and as the journal holds it.
//!
//! Flows in: a draft and what it waits for. Flows out: what is journaled, sent and judged. What a write *is* never
//! changes once it may have left; what became of it is the protocol's business.

use crate::model::{
    BookId, Contact, ContactDraft, Draft, Fingerprint, InvoiceDraft, Key, Kind, LedgerContact,
    LineKind, MayChange, Reason, SourceId, TenantId, WriteState,
};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The prefix of a contact's id that is only planned: what follows is the key of the write that makes it.
pub const PLANNED: &str = "write:";

/// What a write waits for, or is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Needs {
    /// The ledger's id of the contact, where it is known from the start.
    pub contact_id: String,
    /// The natural key of the write that makes the contact, or empty.
    pub contact_write: String,
    /// The ledger's id of the document that is paid, where it is known from the start.
    pub document_id: String,
    /// The natural key of the write that makes the document, or empty. Of a credit that is the rest of a payment, of the
    /// write of that payment.
    pub document_write: String,
    /// Whether the document paid is a credit note.
    pub of_credit_note: bool,
    /// The contact's number at its source, for the ledger's contact-number field.
    pub contact_number: String,
    /// The ledger's id of the document that is changed; empty when one is made.
    pub update_id: String,
    /// The version the change is based on.
    pub update_version: String,
    /// What the document said that the change was decided on. None of what was journaled before that was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_saw: Option<Fingerprint>,
    /// The line ids the change must name.
    pub update_lines: Vec<String>,
    /// The status the document has in the ledger, below which a change must not put it.
    pub update_status: String,
    /// The only parts that a change sends, where the ledger lets no more be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_only: Option<BTreeSet<MayChange>>,
    /// Fields of a contact that are as we last sent them: a change of the contact leaves them alone, since a
    /// person may have put them right since.
    pub update_same: Vec<String>,
    /// Of a change of a contact, fields that the ledger's people changed too and that stay as they have them, with what they have: that
    /// is what was last agreed of them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, String>,
    /// The source's id of a contact that was matched and not made: it is remembered with the document.
    pub contact_source: String,
    /// Whether a person has said that what others put to the document is not this payment.
    pub vouched: bool,
    /// The ledger's ids of what a person entered and what is known not to be this: settled with another payment, or
    /// shown to the person who said that ours goes too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// Of a credit note for money paid back, the day of what it credits: a note that a person entered for the same
    /// money is no older.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_from: Option<NaiveDate>,
    /// Of an entry of a payment or refund, what the source said of that one when it was decided on: by it is known whether the
    /// source has changed it since. None of what was journaled before that was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<Decimal>,
    /// Of the same, the day that the source said then: the draft's may be another, where a period was locked or a rule had a say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_on: Option<NaiveDate>,
    /// Of a credit note for money paid back, the number that it was given, before any rule gave it another.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub numbered: String,
    /// Of a payment, how much may stand on its document once it is there: what was put to it before, and itself.
    pub received: Decimal,
    /// Of a payment, what else the source says came in without ours being on its document by then; the first of it, where
    /// that is much.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Decimal>,
    /// Of money, whether it would lock out the change of its document that goes before it: it waits for that also where the
    /// change is held or refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub locks_out: bool,
    /// Of a document, whether another total that the ledger makes of it is taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub takes_total: bool,
    /// Of a payment of a backward half: how the other half knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought: Option<Brought>,
    /// What the source says, where the draft of a change keeps a person's edit beside it: this is what is agreed once
    /// the change is there, and the person's edit stays one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Box<Draft>>,
    /// How many look-ups have found nothing of it, of those that count, and when the last of them was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked: Option<(u8, DateTime<Utc>)>,
}

/// How a tenant's forward half knows a payment that its backward half enters: once it is there, it is linked there too, in the same
/// transaction, so that it is never taken for news and posted once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// The tenant.
    pub tenant: TenantId,
    /// What the source's reader calls it, with `{}` for the id that the writer is given.
    pub read_as: String,
}

impl Brought {
    /// The source's id of a payment that was entered under another.
    pub fn read(&self, id: &str) -> SourceId {
        SourceId(self.read_as.replacen("{}", id, 1))
    }
}

/// A write to be journaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWrite {
    /// Natural key.
    pub key: String,
    /// The stamp inside the document.
    pub marker: String,
    /// What is written.
    pub kind: Kind,
    /// What it is of.
    pub of: Key,
    /// The book it goes to.
    pub to: BookId,
    /// What is to be written.
    pub draft: Draft,
    /// What it waits for.
    pub needs: Needs,
}

impl NewWrite {
    /// The contact it is about to make, which the next document can be matched with already.
    pub fn planned_contact(&self) -> Option<LedgerContact> {
        match &self.draft {
            Draft::Contact(draft) if self.needs.update_id.is_empty() => {
                let id = format!("{PLANNED}{}", self.key);
                Some(LedgerContact::drafted(
                    id,
                    draft,
                    &self.needs.contact_number,
                ))
            }
            _ => None,
        }
    }

    /// The draft's hash: a link remembers it, and a change of it is an update.
    pub fn hash(&self) -> Fingerprint {
        draft_hash(&self.draft)
    }
}

/// The hash of a draft.
///
/// Only what is posted counts: not the document a contact was drafted from, not the source's own ids of lines.
pub fn draft_hash(draft: &Draft) -> Fingerprint {
    let text = match draft {
        Draft::Contact(c) => serde_json::to_string(&ContactDraft {
            source: Contact::default(),
            ..c.clone()
        }),
        Draft::Invoice(d) => {
            let mut bare = d.clone();
            for line in &mut bare.lines {
                line.source_line.clear();
                line.sku.clear();
                line.kind = LineKind::default();
            }
            serde_json::to_string(&bare)
        }
        Draft::Payment(p) => serde_json::to_string(p),
    };
    Fingerprint::of(text.unwrap_or_default().as_bytes())
}

/// The hash of a paper's draft.
pub fn paper_hash(draft: &InvoiceDraft) -> Fingerprint {
    draft_hash(&Draft::Invoice(draft.clone()))
}

/// One write, as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteRow {
    /// Row number in the journal.
    pub id: i64,
    /// What it is, for ever.
    pub key: String,
    /// The stamp inside the document.
    pub marker: String,
    /// What is written.
    pub kind: Kind,
    /// What it is of (the payment itself for a payment).
    pub of: Key,
    /// The document it belongs to, for its journey and reports.
    pub document: Key,
    /// The version of the document that was decided on; empty where it is not known.
    pub version: Fingerprint,
    /// The book it goes to.
    pub to: BookId,
    /// The run that planned it, and once it has left the one that sent it; empty where it is not known.
    pub run: String,
    /// Where it stands.
    pub state: WriteState,
    /// What is to be written.
    pub draft: Draft,
    /// The draft's hash.
    pub draft_hash: Fingerprint,
    /// What it waits for.
    pub needs: Needs,
    /// How often it was begun under a new key.
    pub attempt: u32,
    /// The request it last went with.
    pub batch: Option<i64>,
    /// When its key was first used.
    pub first_sent: Option<DateTime<Utc>>,
    /// When it was last sent.
    pub last_sent: Option<DateTime<Utc>>,
    /// Not before this time is it looked at again.
    pub not_before: Option<DateTime<Utc>>,
    /// Whether the same key cannot help any more (the vendor keeps an error for it).
    pub key_spent: bool,
    /// Whether the newest decision wants it as it left.
    #[serde(default = "wanted")]
    pub wanted: bool,
    /// Why it was last held or refused.
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// What was kept before that was is wanted.
fn wanted() -> bool {
    true
}

impl WriteRow {
    /// What the two books are agreed to say once this is there.
    pub fn agreed(&self) -> &Draft {
        self.needs.agreed.as_deref().unwrap_or(&self.draft)
    }

    /// The hash of it, which the link remembers.
    pub fn agreed_hash(&self) -> Fingerprint {
        match &self.needs.agreed {
            Some(agreed) => draft_hash(agreed),
            None => self.draft_hash.clone(),
        }
    }
}
