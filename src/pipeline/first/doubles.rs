//! Papers of the ledger that are likely the documents which a sync would make, and the way in which others number them.
//!
//! A paper is like a document by its number, by the document's number inside its own number or reference with the same sum, or by
//! contact, sum and a day that is no further off than [`DAYS`]. Of several papers a document is like the nearest that is no other's. One under the
//! document's own stamp is none: it is adopted.

use crate::model::{Kind, LedgerInvoice, folded};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many days apart two papers of one contact and one sum may be the same.
pub const DAYS: i64 = 7;
/// So many papers that are numbered alike are no chance any more.
const ALIKE: usize = 3;
/// So many papers are looked at for one document.
const NEAREST: usize = 8;
/// What stands for a document's number where it is told how others number.
const NUMBER: &str = "{number}";

/// A document that would be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPaper {
    /// As which kind.
    pub kind: Kind,
    /// Under which number.
    pub number: String,
    /// The ledger's id of its contact; empty where that would be made.
    pub contact_id: String,
    /// What its contact is called.
    pub contact: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its currency.
    pub currency: String,
    /// What it comes to.
    pub total: Decimal,
    /// The stamp it would bear; empty where that is not known.
    pub mark: String,
}

/// By what a paper is like a document, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LikeBy {
    /// It has its number.
    Number,
    /// Its number or reference has the document's number in it, and it comes to the same.
    NumberInside,
    /// It is for the same contact, comes to the same, and is dated some days off at most.
    ContactTotalDate,
}

impl fmt::Display for LikeBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LikeBy::Number => "number",
            LikeBy::NumberInside => "number within",
            LikeBy::ContactTotalDate => "contact, day",
        })
    }
}

/// A paper of the ledger that is likely a document which would be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelyDouble {
    /// The document.
    pub document: WantedPaper,
    /// The paper.
    pub paper: LedgerInvoice,
    /// By what they are alike.
    pub by: LikeBy,
    /// How many days they are apart.
    pub days: i64,
}

impl LikelyDouble {
    fn rank(&self) -> (LikeBy, i64, &str) {
        (self.by, self.days, &self.paper.id)
    }
}

/// How others number what is likely the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherWay {
    /// Their number or reference, with `{number}` for the document's own: `INV-{number}`.
    pub way: String,
    /// Whether that stands in the reference, and not in the number.
    pub in_reference: bool,
    /// How many documents are in the ledger so.
    pub documents: usize,
    /// The day of the latest of them.
    pub latest: Option<NaiveDate>,
}

/// Documents, and the papers that are likely they.
#[derive(Debug, Default)]
pub struct Doubles {
    wanted: Vec<WantedPaper>,
    by_number: BTreeMap<String, Vec<usize>>,
    by_digits: BTreeMap<String, Vec<usize>>,
    by_contact: BTreeMap<(String, Decimal), BTreeSet<usize>>,
    /// Of each document the nearest papers, the nearest first.
    near: BTreeMap<usize, Vec<LikelyDouble>>,
}

/// The runs of digits in a text, without the zeros they begin with.
fn digit_runs(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.map(|r| r.trim_start_matches('0'))
        .filter(|r| !r.is_empty())
}

/// A text with the document's number taken out of it, where it stands there by itself.
fn way_of(text: &str, number: &str) -> Option<String> {
    let own = digit_runs(number).last()?;
    let at = text.rfind(own)?;
    let before = text.get(..at)?.trim_end_matches('0');
    let after = text.get(at + own.len()..)?;
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_digit());
    let alone = apart(before.chars().next_back()) && apart(after.chars().next());
    alone.then(|| format!("{before}{NUMBER}{after}"))
}

impl Doubles {
    /// Of some documents.
    pub fn of(wanted: Vec<WantedPaper>) -> Self {
        let mut out = Self::default();
        for (n, w) in wanted.iter().enumerate() {
            let number = folded(&w.number);
            if !number.is_empty() {
                out.by_number.entry(number).or_default().push(n);
            }
            if let Some(own) = digit_runs(&w.number).last() {
                out.by_digits.entry(own.to_owned()).or_default().push(n);
            }
            let names = [w.contact_id.clone(), folded(&w.contact)];
            for name in names.into_iter().filter(|n| !n.is_empty()) {
                let alike = out.by_contact.entry((name, w.total.normalize()));
                alike.or_default().insert(n);
            }
        }
        out.wanted = wanted;
        out
    }

    /// Holds one more paper of the ledger against them.
    pub fn look(&mut self, paper: &LedgerInvoice) {
        if paper.standing.is_over() {
            return;
        }
        let mut near: BTreeSet<usize> = BTreeSet::new();
        near.extend(
            self.by_number
                .get(&folded(&paper.number))
                .into_iter()
                .flatten(),
        );
        for text in [&paper.number, &paper.reference] {
            for run in digit_runs(text) {
                near.extend(self.by_digits.get(run).into_iter().flatten());
            }
        }
        for name in [paper.contact_id.clone(), folded(&paper.contact_name)] {
            let alike = self.by_contact.get(&(name, paper.total.normalize()));
            near.extend(alike.into_iter().flatten());
        }
        for n in near {
            let Some(w) = self.wanted.get(n) else {
                continue;
            };
            let Some((by, days)) = like(w, paper) else {
                continue;
            };
            let double = LikelyDouble {
                document: w.clone(),
                paper: paper.clone(),
                by,
                days,
            };
            let all = self.near.entry(n).or_default();
            let at = all.partition_point(|old| old.rank() < double.rank());
            if at < NEAREST {
                all.insert(at, double);
                all.truncate(NEAREST);
            }
        }
    }

    /// Those that were found, in the order of the documents. A paper stands for one document: the one it is most like.
    pub fn found(&self) -> Vec<&LikelyDouble> {
        let pairs = self.near.iter();
        let mut pairs: Vec<_> = pairs
            .flat_map(|(n, all)| all.iter().map(|d| (*n, d)))
            .collect();
        pairs.sort_by(|(a, x), (b, y)| x.rank().cmp(&y.rank()).then(a.cmp(b)));
        let (mut taken, mut found) = (BTreeSet::new(), BTreeMap::new());
        for (n, double) in pairs {
            let paper = double.paper.id.as_str();
            if !taken.contains(paper) && !found.contains_key(&n) {
                taken.insert(paper);
                found.insert(n, double);
            }
        }
        found.into_values().collect()
    }

    /// How others number what is likely the same, where so many are numbered alike that it is no chance.
    pub fn other_ways(&self) -> Vec<OtherWay> {
        let mut ways: BTreeMap<(String, bool), OtherWay> = BTreeMap::new();
        for d in self.found() {
            // Of one's own number nothing follows: whoever takes the source's numbers has that.
            let same = |d: &LikelyDouble| d.paper.total == d.document.total;
            let (number, own) = (&d.document.number, d.by == LikeBy::Number && same(d));
            let told = match own {
                true => Some((NUMBER.to_owned(), false)),
                false => way_of(&d.paper.number, number)
                    .map(|w| (w, false))
                    .or_else(|| way_of(&d.paper.reference, number).map(|w| (w, true))),
            };
            let Some((way, in_reference)) = told else {
                continue;
            };
            let key = (way.clone(), in_reference);
            let one = ways.entry(key).or_insert_with(|| OtherWay {
                way,
                in_reference,
                documents: 0,
                latest: None,
            });
            one.documents += 1;
            one.latest = one.latest.max(d.document.date);
        }
        let mut out: Vec<OtherWay> = ways.into_values().collect();
        out.retain(|w| w.documents >= ALIKE);
        out
    }
}

/// By what a paper is like a document, and how many days apart they are.
fn like(w: &WantedPaper, paper: &LedgerInvoice) -> Option<(LikeBy, i64)> {
    let ours = !w.mark.is_empty() && paper.is_marked(&w.mark);
    if paper.kind != w.kind || ours {
        return None;
    }
    let apart = w
        .date
        .zip(paper.date)
        .map(|(a, b)| (a - b).num_days().abs());
    let days = apart.unwrap_or_default();
    if !w.number.is_empty() && folded(&w.number) == folded(&paper.number) {
        return Some((LikeBy::Number, days));
    }
    if paper.total != w.total || paper.currency != w.currency || w.total.is_zero() {
        return None;
    }
    let by_id = !w.contact_id.is_empty() && w.contact_id == paper.contact_id;
    let whom = by_id || folded(&w.contact) == folded(&paper.contact_name);
    let near = apart.is_some_and(|d| d <= DAYS);
    let own = digit_runs(&w.number).last();
    let mut runs = digit_runs(&paper.number).chain(digit_runs(&paper.reference));
    let inside = own.is_some_and(|own| runs.any(|r| r == own));
    match (inside && (whom || near), whom && near) {
        (true, _) => Some((LikeBy::NumberInside, days)),
        (false, true) => Some((LikeBy::ContactTotalDate, days)),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
