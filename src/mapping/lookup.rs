//! The tables of a tenant's file: rows by key, accounts, bank accounts, status words.

use super::located::{At, Located};
use super::words::Unmarked;
use crate::model::{AccountRef, DocStatus, Kind, LineKind};
use std::collections::BTreeMap;

/// What a table answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This text.
    Use(Box<str>),
    /// Nothing: a person must look.
    Hold,
}

/// Rows by key, and what holds for every other key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupTable {
    /// Rows in the order of their keys, for searching.
    pub(super) rows: Box<[(Box<str>, Located<Answer>)]>,
    /// The `else`.
    pub(super) other: Located<Answer>,
}

impl LookupTable {
    /// Makes a table; of two rows with one key the first counts (the reader has refused the second).
    pub fn new(mut rows: Vec<(Box<str>, Located<Answer>)>, other: Located<Answer>) -> Self {
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows.dedup_by(|b, a| a.0 == b.0);
        Self {
            rows: rows.into_boxed_slice(),
            other,
        }
    }

    /// The row of a key, exactly as written.
    pub fn row(&self, key: &str) -> Option<&Located<Answer>> {
        let index = self.rows.binary_search_by(|(k, _)| k.as_ref().cmp(key));
        index.ok().and_then(|i| self.rows.get(i)).map(|(_, a)| a)
    }

    /// The answer for a key: its row's, or the `else`.
    pub fn answer(&self, key: &str) -> &Located<Answer> {
        self.row(key).unwrap_or(&self.other)
    }

    /// Keys and answers, in the order of the keys, without the `else`.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Located<Answer>)> {
        self.rows.iter().map(|(k, a)| (k.as_ref(), a))
    }

    /// The `else`.
    pub fn other(&self) -> &Located<Answer> {
        &self.other
    }
}

/// Text compared whole, or by `*` and `?`.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// The whole text.
    Exact(Box<str>),
    /// With wildcards.
    Wild(Box<wildmatch::WildMatch>),
}

impl Pattern {
    /// Reads a pattern: `*` is any text, `?` any one character.
    pub fn new(text: &str) -> Self {
        if text.contains(['*', '?']) {
            Pattern::Wild(Box::new(wildmatch::WildMatch::new(text)))
        } else {
            Pattern::Exact(text.into())
        }
    }

    /// Whether a text answers to it, letters in the case they are written.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Exact(whole) => whole.as_ref() == text,
            Pattern::Wild(wild) => wild.matches(text),
        }
    }
}

/// What a row of the accounts table gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowUse {
    /// This account code.
    Code(Box<str>),
    /// The account the source itself names on the line; a line without one goes on to the next row.
    FromSource,
    /// Nothing: a person must look.
    Hold,
    /// Nothing either way: the rows below say it.
    Below,
}

/// A list of SKUs that people keep in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkuList {
    /// The file, from the workspace's folder.
    pub file: Box<str>,
    /// Each SKU with its line; none before the file was read.
    pub(super) lines: BTreeMap<Box<str>, u32>,
    /// The SKUs without case and spaces, each as it is written.
    pub(super) folded: BTreeMap<Box<str>, Box<str>>,
}

/// A SKU without what people write otherwise by mistake: the case of its letters, and spaces.
pub fn folded(sku: &str) -> String {
    letters(sku).collect()
}

fn letters(sku: &str) -> impl Iterator<Item = char> {
    let letters = sku.chars().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_lowercase)
}

/// Whether a SKU is one that is folded already, but for its case and spaces.
pub fn folds_to(sku: &str, folded: &str) -> bool {
    letters(sku).eq(folded.chars())
}

impl SkuList {
    /// A list that is not read yet.
    pub fn named(file: &str) -> Self {
        Self {
            file: file.into(),
            lines: BTreeMap::new(),
            folded: BTreeMap::new(),
        }
    }

    /// What it was read to hold.
    pub(super) fn hold(&mut self, lines: BTreeMap<Box<str>, u32>) {
        let pair = |sku: &str| (folded(sku).into(), sku.into());
        self.folded = lines.keys().map(|sku| pair(sku)).collect();
        self.lines = lines;
    }

    /// The SKU that is this one but for case and spaces.
    pub fn near(&self, folded: &str) -> Option<&str> {
        self.folded.get(folded).map(AsRef::as_ref)
    }

    /// The line on which a SKU stands.
    pub fn line(&self, sku: &str) -> Option<u32> {
        self.lines.get(sku).copied()
    }

    /// The SKUs, in order.
    pub fn skus(&self) -> impl Iterator<Item = &str> {
        self.lines.keys().map(AsRef::as_ref)
    }
}

/// A row of the accounts table: all of its conditions must hold. The `else` row has none.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountRow {
    /// The line's stock-keeping unit.
    pub sku: Option<Pattern>,
    /// The file that lists its SKU.
    pub skus: Option<SkuList>,
    /// What the line is for.
    pub kind: Option<LineKind>,
    /// The product's name.
    pub name: Option<Pattern>,
    /// What the document is.
    pub document: Option<Kind>,
    /// The product's category.
    pub category: Option<Pattern>,
    /// The source's name of the tax rate.
    pub tax_rate: Option<Pattern>,
    /// Whether tax applies.
    pub taxable: Option<bool>,
    /// What it gives.
    pub take: RowUse,
    /// The tax code it gives.
    pub tax: Option<Located<Answer>>,
    /// Where it is written.
    pub at: At,
}

/// A bank account as the file names it; `None` is `hold`.
pub type BankRow = Located<Option<AccountRef>>;

/// The bank account payments go to: one, or by the way they were paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentsAccount {
    /// Rows by method, compared without regard to case, in the order of the file.
    pub by_method: Box<[(Box<str>, BankRow)]>,
    /// Every other payment; `None` holds it.
    pub other: BankRow,
}

/// `status.invoices` and its like: the ledger's word for each status of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusTable {
    pub(super) rows: Box<[(DocStatus, Located<Answer>)]>,
    /// The `else`.
    pub(super) other: Located<Answer>,
}

impl StatusTable {
    /// No table: no word for any status.
    pub(super) fn none() -> Self {
        Self {
            rows: Box::default(),
            other: Located::new(Answer::Use(Box::default()), At::default()),
        }
    }

    fn own(&self, status: DocStatus) -> Option<&Located<Answer>> {
        let own = self.rows.iter().find(|(s, _)| *s == status);
        own.map(|(_, answer)| answer)
    }

    /// The row that answers for a status: its own, or `else`.
    pub fn row(&self, status: DocStatus) -> &'static str {
        self.own(status).map_or("else", |_| status.as_str())
    }

    /// The ledger's word for a status.
    pub fn answer(&self, status: DocStatus) -> &Located<Answer> {
        self.own(status).unwrap_or(&self.other)
    }
}

/// `tax.unmarked`: one word for every line, or a word for a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmarkedTable {
    /// Words of kinds, in the order of the file.
    pub(super) by_kind: Box<[(LineKind, Located<Unmarked>)]>,
    /// The word of every other kind.
    pub(super) other: Located<Unmarked>,
}

impl UnmarkedTable {
    /// The word for a kind of line.
    pub fn word(&self, kind: LineKind) -> Located<Unmarked> {
        let own = self.by_kind.iter().find(|(k, _)| *k == kind);
        own.map_or(self.other, |(_, word)| *word)
    }

    /// The table with other words for some kinds, as it is written in a file.
    pub fn written(&self, with: &[(LineKind, Unmarked)]) -> String {
        let mut rows: Vec<(LineKind, Unmarked)> = with.to_vec();
        let own = self.by_kind.iter().map(|(k, word)| (*k, word.value));
        rows.extend(own.filter(|(k, _)| !with.iter().any(|(other, _)| other == k)));
        rows.sort_unstable();
        let rows = rows
            .iter()
            .map(|(k, word)| format!("{}: {word}, ", k.as_str()));
        format!(
            "{{ {}else: {} }}",
            rows.collect::<String>(),
            self.other.value
        )
    }
}
