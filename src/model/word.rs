//! A person's word on a document, or on one payment of it: that it was entered by hand, that it goes although another is
//! there, that it is left out, that what is posted shall be made anew. Each is about what the person was shown.

use super::codes;
use super::document::{Payment, PaymentKind};
use super::drift::{Drift, DriftKind};
use super::key::Key;
use super::link::Link;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordKind {
    /// It was entered by hand: it is the same one.
    Settled,
    /// It is another one: ours goes too.
    Send,
    /// It is left out.
    Skip,
    /// What is posted is made as the file makes it now.
    Resend,
    /// It was settled or left out, and that word is not in this database: an older backup was put back.
    Lost,
}

impl WordKind {
    /// Every word.
    pub const ALL: [WordKind; 5] = [
        Self::Settled,
        Self::Send,
        Self::Skip,
        Self::Resend,
        Self::Lost,
    ];

    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Send => "send",
            Self::Skip => "skip",
            Self::Resend => "resend",
            Self::Lost => "lost",
        }
    }

    /// The kind a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }

    /// Whether what it is about is not sent while it stands.
    pub fn keeps_back(self) -> bool {
        matches!(self, Self::Settled | Self::Skip)
    }
}

/// An entry of the ledger that a person made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerEntry {
    /// The ledger's id.
    pub id: String,
    /// Its number, or empty.
    pub number: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// What it comes to.
    pub amount: Decimal,
    /// Its account as people know it; empty where the ledger did not say.
    pub account: String,
    /// The ledger's id of its contact; empty where it has none.
    pub contact_id: String,
    /// Its currency; empty of entries that were kept before currencies were.
    pub currency: String,
}

impl LedgerEntry {
    /// What a person was told of it who was told that it is ours by its stamp, and comes to another sum than ours.
    pub fn sign(&self) -> String {
        let sum = self.amount.normalize();
        format!("{} {} {sum}", codes::PAYMENT_DIFFERS, self.id)
    }
}

/// A person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonsWord {
    /// What it is about: a document, or a payment or refund of one.
    pub of: Key,
    /// What it says.
    pub kind: WordKind,
    /// The entry it was settled with; none where nobody sees one.
    pub entry: Option<LedgerEntry>,
    /// What the source said of its amount.
    pub amount: Decimal,
    /// What the person was shown: the ledger's ids of others, or the hash of what the source or our draft said.
    pub shown: Vec<String>,
    /// Why.
    pub why: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Of a payment or refund, which of the two it is; none of words that were said before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<PaymentKind>,
    /// What the source said of the document then, figure by figure; empty of words that were said before figures were
    /// kept, and of those on payments.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub source: BTreeMap<String, String>,
    /// The payments and refunds that a document had then; none of words that were said before these were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payments: Option<BTreeSet<String>>,
    /// The version of the source's record that said so; empty of words that were said before versions were kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The word that it was said over, and that counts again once this one is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Box<PersonsWord>>,
    /// Of a word that was lost, what it said, and the number of its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<(WordKind, String)>,
}

impl PersonsWord {
    /// Whether a word on a document was said when a payment of it was there already.
    pub fn knew(&self, payment: &str, date: NaiveDate) -> bool {
        match &self.payments {
            Some(all) => all.contains(payment),
            None => date <= self.at.date_naive(),
        }
    }

    /// Whether what was asked for is there, as a link says. What was linked when the word was said is among what was shown.
    pub fn is_done(&self, link: &Link) -> bool {
        match self.kind {
            WordKind::Send => !self.shown.contains(&link.other.id.0),
            WordKind::Resend => self.shown.contains(&link.draft.0),
            WordKind::Settled | WordKind::Skip | WordKind::Lost => false,
        }
    }
}

/// What persons have said of a document and its payments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// Of the document itself.
    pub document: Option<PersonsWord>,
    /// Of its payments and refunds, by the source's id.
    pub payments: BTreeMap<String, PersonsWord>,
}

impl Words {
    /// Whether nobody has said anything.
    pub fn is_empty(&self) -> bool {
        self.document.is_none() && self.payments.is_empty()
    }

    /// Without those that are done: ours is there beside what was shown, or what is posted is as it was shown.
    #[must_use]
    pub fn unspent(mut self, link: Option<&Link>, payments: &BTreeMap<String, Link>) -> Self {
        let done = |w: &PersonsWord| link.is_some_and(|l| w.is_done(l));
        self.document = self.document.filter(|w| !done(w));
        self.payments.retain(|id, w| {
            let link = payments.get(id);
            !link.is_some_and(|l| w.is_done(l))
        });
        self
    }

    /// The word of a kind that was said of the document, be it under another.
    pub fn said_of_document(&self, kind: WordKind) -> Option<&PersonsWord> {
        self.document.as_ref().and_then(|w| w.beneath(kind))
    }

    /// The word of a kind on the document that counts.
    pub fn of_document(&self, kind: WordKind) -> Option<&PersonsWord> {
        self.document.as_ref().filter(|w| w.kind == kind)
    }

    /// The word of a kind on a payment.
    pub fn of_payment(&self, id: &str, kind: WordKind) -> Option<&PersonsWord> {
        self.payments.get(id).filter(|w| w.kind == kind)
    }

    /// The word that a payment or refund goes although another is there: it is about the sum that was shown, and says nothing
    /// of one that the source has changed since.
    pub fn sends(&self, p: &Payment) -> Option<&PersonsWord> {
        let word = self.of_payment(&p.id, WordKind::Send)?;
        (word.amount == p.amount).then_some(word)
    }

    /// The payments and refunds that were settled with one entry, in the order of their ids.
    pub fn settled_with<'w>(
        &'w self,
        entry: &'w str,
    ) -> impl Iterator<Item = (&'w str, &'w PersonsWord)> {
        let own = move |w: &PersonsWord| w.entry.as_ref().is_some_and(|e| e.id == entry);
        self.settled().filter(move |(_, w)| own(w))
    }

    /// What the ledger has for a payment or refund that was settled by hand. An entry counts once, as what it comes to, for
    /// all that were settled with it: what it is more or less than those falls to the first of them.
    pub fn settles(&self, id: &str) -> Option<Decimal> {
        let word = self.of_payment(id, WordKind::Settled)?;
        let first = (word.entry.as_ref()).and_then(|e| self.settled_with(&e.id).next());
        let beyond = match first {
            Some((first, _)) if first == id => self.beyond(id),
            _ => Decimal::ZERO,
        };
        Some(word.amount + beyond)
    }

    /// How much more the entry that a payment was settled with comes to than all that were settled with it; negative where
    /// less. Zero where nobody sees an entry: its speaker vouches for the sum.
    pub fn beyond(&self, id: &str) -> Decimal {
        let word = self.of_payment(id, WordKind::Settled);
        let Some(entry) = word.and_then(|w| w.entry.as_ref()) else {
            return Decimal::ZERO;
        };
        let all: Decimal = self.settled_with(&entry.id).map(|(_, w)| w.amount).sum();
        entry.amount - all
    }

    /// Whether whoever settled a payment was told of both sums, its own and its entry's, and so has said that the ledger's is
    /// right: of an entry that stands for this one alone.
    pub fn is_right(&self, id: &str) -> bool {
        let word = self.of_payment(id, WordKind::Settled);
        let Some((word, entry)) = word.and_then(|w| Some((w, w.entry.as_ref()?))) else {
            return false;
        };
        let alone = self.beyond(id) == entry.amount - word.amount;
        alone && word.shown.contains(&entry.sign())
    }

    /// Whether a person has ended what was done to something of it: a word on the document, or on the payment, that was
    /// said by one who was shown just this.
    pub fn end(&self, drift: &Drift) -> bool {
        let own = self.payments.get(&drift.of.id.0);
        let own = own.filter(|w| drift.is_of(&w.of));
        // Of what nobody sees there nothing could be deleted there.
        let unseen = |w: &PersonsWord| w.kind == WordKind::Settled && w.entry.is_none();
        if drift.kind == DriftKind::PaymentDeleted && own.is_some_and(unseen) {
            return true;
        }
        let sign = drift.sign();
        let mut both = self.document.iter().chain(own);
        both.any(|w| w.shown.contains(&sign))
    }

    /// Payments and refunds that were settled by hand.
    pub fn settled(&self) -> impl Iterator<Item = (&str, &PersonsWord)> {
        let settled = |(_, w): &(&String, &PersonsWord)| w.kind == WordKind::Settled;
        self.payments
            .iter()
            .filter(settled)
            .map(|(id, w)| (id.as_str(), w))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ids::SourceId;
    use super::super::key::BookId;
    use super::super::kinds::Kind;
    use super::*;
    use proptest::prelude::*;

    fn settled(id: usize, cents: i64, entry: Option<(usize, i64)>) -> PersonsWord {
        let entry = entry.map(|(id, cents)| LedgerEntry {
            id: id.to_string(),
            amount: Decimal::new(cents, 2),
            ..LedgerEntry::default()
        });
        PersonsWord {
            of: Key::new(
                &BookId::stored("shop"),
                Kind::Payment,
                &SourceId(id.to_string()),
            ),
            kind: WordKind::Settled,
            entry,
            amount: Decimal::new(cents, 2),
            shown: Vec::new(),
            why: String::new(),
            actor: String::new(),
            at: DateTime::UNIX_EPOCH,
            pays: None,
            source: BTreeMap::new(),
            version: String::new(),
            payments: None,
            over: None,
            was: None,
        }
    }

    proptest! {
        /// Whatever is settled with what: each entry counts once, as what it comes to, and an unseen one as what the source says.
        #[test]
        fn an_entry_counts_once_as_what_it_is(
            entries in proptest::collection::vec(1i64..50_000, 1..4),
            said in proptest::collection::vec((1i64..50_000, proptest::option::of(0usize..4)), 1..8),
        ) {
            let mut words = Words::default();
            for (id, (cents, with)) in said.iter().enumerate() {
                let with = with.and_then(|n| Some((n, *entries.get(n)?)));
                words.payments.insert(id.to_string(), settled(id, *cents, with));
            }
            let counted: Decimal = words.payments.keys().filter_map(|id| words.settles(id)).sum();
            let used = |n: &usize| words.payments.values().any(|w| w.entry.as_ref().is_some_and(|e| e.id == n.to_string()));
            let seen: Decimal = (0..entries.len()).filter(used).map(|n| Decimal::new(entries[n], 2)).sum();
            let unseen: Decimal = words.payments.values().filter(|w| w.entry.is_none()).map(|w| w.amount).sum();
            prop_assert_eq!(counted, seen + unseen);
            for (id, word) in &words.payments {
                if words.beyond(id).is_zero() {
                    prop_assert_eq!(words.settles(id), Some(word.amount));
                }
            }
        }
    }
}
