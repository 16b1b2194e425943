//! What can be written to a system: kinds and their numbers, what its keys promise, how it sums, what fits its fields.
//!
//! Flows in: nothing; a connector or a manifest fills it in. Flows out: [`WriteFacts`]. Everything here is about what
//! the *ledger* does; what a tenant wants stands in its file.

use crate::model::kinds::Kind;
use crate::model::ledger::MayChange;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What can be written to a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteFacts {
    /// The kinds it takes, each with what can be done to one.
    pub kinds: BTreeMap<Kind, CanWrite>,
    /// What it promises of a key that a write goes with.
    pub promise: Promise,
    /// No look-up may conclude "absent" before this many seconds after the last send.
    pub quarantine_s: i64,
    /// How many look-ups must have found nothing before a write is begun anew.
    pub looks: u8,
    /// The least seconds between two of them.
    pub looks_apart_s: i64,
    /// How it makes tax.
    pub tax: TaxRule,
    /// Whether a tax code may be used with accounts of some classes only.
    pub tax_by_class: bool,
    /// Whether it may make another tax than its own codes come to, by rules that it tells nobody.
    pub own_tax: bool,
    /// By what a line finds its account.
    pub lines_by: LinesBy,
    /// How money paid back is entered.
    pub refunds_by: RefundsBy,
    /// What of an invoice may still be changed once money stands on it.
    pub paid_may: BTreeSet<MayChange>,
    /// Whether a payment names whom it is from, beside the document it is for.
    pub payment_names_party: bool,
    /// Whether a payment is a thing of its own, which people may take off its document, and which is left when that is deleted.
    #[serde(default)]
    pub payments_apart: bool,
    /// Whether it keeps the names of contacts apart: it takes no new one of a name that another has.
    #[serde(default)]
    pub contact_names_apart: bool,
    /// Whether a contact has one currency, which is fixed once a document is in it.
    pub contact_currency: bool,
    /// Decimal places it keeps.
    pub places: Places,
    /// Which quantities a line may have.
    pub quantities: Quantities,
    /// The use of the account that money received beyond what is owed stands on; `None` where it is not entered so.
    pub overpaid_on: Option<String>,
    /// Whether a line can name tracking categories, which the chart then lists.
    pub tracking: bool,
    /// What people call the field that our stamp stands in, where they can edit it: `reference`.
    pub stamp_in: Option<String>,
    /// Room in its fields.
    pub lengths: Lengths,
    /// What a line's text comes back as when nothing was sent for it.
    pub empty_text: String,
    /// The words for the status of an invoice, with what each allows; empty where it has none.
    pub statuses: Vec<StatusWord>,
    /// The accounts it keeps for itself, by their use, which no line may name.
    pub closed_accounts: BTreeSet<String>,
    /// Whether nothing but a person's eye makes a repeated request harmless: each document is let go by a person.
    #[serde(default)]
    pub by_hand: bool,
}

/// What can be done to a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanWrite {
    /// What can be done.
    pub ops: BTreeSet<Op>,
    /// Most of them in one request.
    pub batch: usize,
    /// Who numbers them.
    pub numbers: Numbers,
    /// Whether a change names the version it is based on, and is refused when there is a newer one.
    pub versioned: bool,
    /// Whether making one with a number that is taken changes the one that has it, where others refuse that: the number is
    /// asked for before one is made.
    pub overwrites: bool,
    /// The words for its status, where they are others than those of an invoice.
    pub statuses: Vec<StatusWord>,
}

/// What can be done to a thing in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Made.
    Create,
    /// Changed.
    Change,
    /// Cancelled, and kept.
    Void,
    /// Removed.
    Delete,
    /// Put away, and kept.
    Archive,
}

/// Who gives a document its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbers {
    /// We do: the number people know it by at its source is its number in the ledger, and finds it again.
    Ours {
        /// Most characters.
        longest: usize,
        /// Which characters.
        charset: Charset,
    },
    /// The ledger does, whatever is sent: only the mark finds it again.
    Theirs,
}

/// Characters that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    /// Printable ASCII and the space.
    PrintableAscii,
    /// Everything but control characters.
    Printable,
}

impl Charset {
    /// Whether a character is one of them.
    pub fn has(self, c: char) -> bool {
        match self {
            Charset::PrintableAscii => c.is_ascii_graphic() || c == ' ',
            Charset::Printable => !c.is_control(),
        }
    }
}

/// What a ledger promises of the key that a write goes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// A key makes one thing, for a time that is stated.
    Keyed {
        /// How long a key protects, in seconds, counted from the first call.
        life_s: i64,
        /// Only within this many seconds of the first send may the same key and body go again.
        resend_s: i64,
        /// Characters of a key.
        key_chars: usize,
    },
    /// A key makes one thing, for a time that nobody states: look first, then the same key and body again.
    Unstated {
        /// Characters of a key.
        key_chars: usize,
    },
    /// There is no key: what was sent is only looked for.
    None,
}

impl Promise {
    /// Characters of a key. Where the ledger takes none, it only names the request in the journal.
    pub fn key_chars(self) -> usize {
        match self {
            Promise::Keyed { key_chars, .. } | Promise::Unstated { key_chars } => key_chars,
            Promise::None => 40,
        }
    }

    /// Whether the same key and body may go a second time at all.
    pub fn is_kept(self) -> bool {
        self != Promise::None
    }
}

/// How a ledger makes the tax of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxRule {
    /// For each line, rounded, then summed.
    PerLine,
    /// For each rate once, on the sum of its lines, rounded once.
    PerRate,
    /// By rules of its own that cannot be computed beforehand: what it says it comes to is compared afterwards.
    Theirs,
    /// Not at all: it has no tax codes, and takes the tax that the source states as a line of its own.
    Stated,
}

impl TaxRule {
    /// Whether the tax follows from the codes of the lines, so that anybody can compute it.
    pub fn is_computed(self) -> bool {
        matches!(self, TaxRule::PerLine | TaxRule::PerRate)
    }
}

/// By what a line finds its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinesBy {
    /// It names the account itself.
    Account,
    /// It names an item of the ledger, and the item the account.
    Item,
    /// There are no accounts: it may name an item, and need not.
    Nothing,
}

/// How money paid back is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundsBy {
    /// A credit note, and a payment that pays it out.
    CreditNoteAndPayment,
    /// A credit note that is paid out by being made, from the account it names.
    PaidCreditNote,
    /// A receipt for the refund: to us, a credit note that is paid out by being made.
    RefundReceipt,
    /// Not at all.
    No,
}

impl RefundsBy {
    /// Whether one paper is all: the money goes with it.
    pub fn is_one_paper(self) -> bool {
        matches!(self, RefundsBy::PaidCreditNote | RefundsBy::RefundReceipt)
    }
}

/// Decimal places a ledger keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Of a unit amount.
    pub unit: u32,
    /// Of a quantity.
    pub quantity: u32,
    /// Of line amounts, tax and totals.
    pub total: u32,
}

/// Which quantities a line may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantities {
    /// Any.
    Any,
    /// None below nothing, and none of nothing that has a price: the sign goes on the price.
    Positive,
    /// Whole ones of one or more, at a price of the currency's own places: anything else goes as one of what it comes to.
    Whole,
}

/// Room in a ledger's fields, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lengths {
    /// A contact's name.
    pub name: usize,
    /// Characters a contact's name may not hold.
    pub name_forbids: String,
    /// The field that our mark stands in, the text before it included.
    pub mark: usize,
    /// A line's text: what is longer is cut there.
    pub description: usize,
    /// What is left of a reference beside our mark: what is longer is cut there.
    pub reference: usize,
    /// The number that we give a contact; 0 where a contact carries none, and only its mark finds it.
    pub contact_number: usize,
    /// A contact's other fields: what is longer is cut there.
    #[serde(default)]
    pub contact: ContactRoom,
}

/// How many characters a ledger keeps of a contact's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRoom {
    /// A given name, and a family name.
    pub person: usize,
    /// Lines of a street address; those beyond are put into the last.
    pub lines: usize,
    /// Such a line.
    pub line: usize,
    /// A town, and a region.
    pub town: usize,
    /// A postal code, and a country.
    pub code: usize,
    /// A telephone number: half of one is worse than none, and a longer one is left out.
    pub phone: usize,
}

impl Default for ContactRoom {
    /// Room for anything.
    fn default() -> Self {
        let any = usize::MAX;
        Self {
            person: any,
            lines: any,
            line: any,
            town: any,
            code: any,
            phone: any,
        }
    }
}

/// A ledger's word for the status of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusWord {
    /// The word, as a tenant's file writes it.
    pub word: String,
    /// How far it is on its way: people move a document up, and a change of ours does not bring it down.
    pub rank: u8,
    /// Whether an invoice in it takes payments.
    pub payable: bool,
    /// Whether a locked period binds an invoice in it: it can neither be made there nor changed.
    pub locks: bool,
}

impl WriteFacts {
    /// What can be done to a kind.
    pub fn can(&self, kind: Kind) -> Option<&CanWrite> {
        self.kinds.get(&kind)
    }

    /// Whether something can be done to a kind.
    pub fn does(&self, kind: Kind, op: Op) -> bool {
        self.can(kind).is_some_and(|c| c.ops.contains(&op))
    }

    /// Whether it takes credit notes for money paid back.
    pub fn takes_notes(&self) -> bool {
        self.refunds_by != RefundsBy::No && self.does(Kind::CreditNote, Op::Create)
    }

    /// Whether it takes money beyond what is owed as a credit of the contact.
    pub fn takes_credits(&self) -> bool {
        self.overpaid_on.is_some() && self.does(Kind::Overpayment, Op::Create)
    }

    /// Most of a kind in one request.
    pub fn batch(&self, kind: Kind) -> usize {
        self.can(kind).map_or(1, |c| c.batch.max(1))
    }

    /// Most of any kind in one request.
    pub fn largest_batch(&self) -> usize {
        let all = self.kinds.values().map(|c| c.batch);
        all.max().unwrap_or(1).max(1)
    }

    /// Whether we number a kind ourselves, so that its number finds it again.
    pub fn numbers_ours(&self, kind: Kind) -> bool {
        let ours = |c: &CanWrite| matches!(c.numbers, Numbers::Ours { .. });
        self.can(kind).is_some_and(ours)
    }

    /// The words for the status of a kind.
    pub fn statuses_of(&self, kind: Kind) -> &[StatusWord] {
        match self.can(kind) {
            Some(can) if !can.statuses.is_empty() => &can.statuses,
            _ => &self.statuses,
        }
    }

    /// A status of a kind by its word.
    pub fn status(&self, kind: Kind, word: &str) -> Option<&StatusWord> {
        self.statuses_of(kind).iter().find(|s| s.word == word)
    }

    /// The words there are for a kind, in order.
    pub fn status_words(&self, kind: Kind) -> Vec<&str> {
        let all = self.statuses_of(kind).iter();
        all.map(|s| s.word.as_str()).collect()
    }

    /// The word of a kind for what binds nobody yet: the first on its way, in which nothing is paid.
    pub fn unbinding(&self, kind: Kind) -> Option<&StatusWord> {
        let all = self.statuses_of(kind).iter();
        all.filter(|s| !s.payable).min_by_key(|s| s.rank)
    }

    /// Whether an invoice that is made in this status takes payments. One made without a word is open.
    pub fn is_payable(&self, word: &str) -> bool {
        let of = |s: &StatusWord| s.payable;
        self.statuses.is_empty() || self.status(Kind::Invoice, word).is_some_and(of)
    }

    /// Whether a locked period binds a paper in this status. One without a word is bound.
    pub fn is_bound(&self, kind: Kind, word: &str) -> bool {
        self.status(kind, word).is_none_or(|s| s.locks)
    }

    /// Whether making a paper of a kind may change what others have under its number.
    pub fn overwrites(&self, kind: Kind) -> bool {
        self.can(kind).is_some_and(|c| c.overwrites)
    }

    /// Whether a line names its account itself.
    pub fn line_accounts(&self) -> bool {
        self.lines_by == LinesBy::Account
    }
}
