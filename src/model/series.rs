//! Numbers in a series: what stands before their last digits, and the count that these are.

use super::key::BookId;
use super::kinds::Kind;
use serde::{Deserialize, Serialize};

/// Digits of a count, at most: more do not fit a whole number.
const DIGITS: usize = 18;

/// A number in a series: `INV-0041` is the 41st of `INV-`, written with four digits at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPlace {
    /// What stands before the count.
    pub series: String,
    /// The count.
    pub place: i64,
    /// How many digits it is written with at least.
    pub width: usize,
}

impl SeriesPlace {
    /// The place of a number; none where it does not end in a count.
    pub fn read(number: &str) -> Option<Self> {
        let number = number.trim();
        let width = number.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (series, digits) = number.split_at_checked(number.len() - width)?;
        let counted = (1..=DIGITS).contains(&width);
        Some(Self {
            series: series.to_owned(),
            place: digits.parse().ok().filter(|_| counted)?,
            width,
        })
    }

    /// Another place of the series.
    pub fn at(&self, place: i64) -> Self {
        Self {
            place,
            ..self.clone()
        }
    }

    /// The place after another one of the series, or this one where that is not before it.
    pub fn after(&self, last: Option<i64>) -> Self {
        let next = last.map_or(self.place, |last| last.saturating_add(1));
        self.at(next.max(self.place))
    }

    /// The number.
    pub fn number(&self) -> String {
        format!("{}{:0width$}", self.series, self.place, width = self.width)
    }
}

/// The number that a paper of ours takes of the tenant's own series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesNumber {
    /// The one that it was given, or bears in the ledger already: it stays with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The next one that is free; none where the one that was given counts whatever stands under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<SeriesPlace>,
    /// Of these two, those under which the ledger has another paper.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<String>,
    /// Where one is taken: the one after the last of the series there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<String>,
}

impl SeriesNumber {
    /// The number that counts: the one that was given, unless another paper has it and the file leads on to the next.
    pub fn number(&self) -> Option<String> {
        let next = self.next.as_ref().map(SeriesPlace::number);
        let free = |n: &&String| !self.taken.contains(n);
        let given = self.given.as_ref();
        let mut both = given.into_iter().chain(&next);
        both.find(free).or(next.as_ref()).or(given).cloned()
    }
}

/// A number that a document is given: kept with the decision that lets it go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenNumber {
    /// In which ledger.
    pub book: BookId,
    /// As which kind.
    pub kind: Kind,
    /// Which.
    pub at: SeriesPlace,
    /// Whether a paper of the document bears it in the ledger already.
    pub found: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_as_its_series_and_its_count() {
        let read = |text: &str| SeriesPlace::read(text).map(|p| (p.series, p.place, p.width));
        assert_eq!(read("INV-0041"), Some(("INV-".to_owned(), 41, 4)));
        assert_eq!(read("1043"), Some((String::new(), 1043, 4)));
        assert_eq!(read("№ 7"), Some(("№ ".to_owned(), 7, 1)));
        assert_eq!(read("opening balance"), None);
        assert_eq!(read(&"9".repeat(19)), None);
        assert_eq!(
            SeriesPlace::read("INV-0999").unwrap().at(1000).number(),
            "INV-1000"
        );
    }

    #[test]
    fn what_was_given_counts_until_another_paper_has_it_and_the_file_leads_on() {
        let of = |given: Option<&str>, next: Option<&str>, taken: &[&str]| {
            SeriesNumber {
                given: given.map(str::to_owned),
                next: next.and_then(SeriesPlace::read),
                taken: taken.iter().map(|t| (*t).to_owned()).collect(),
                proposed: None,
            }
            .number()
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(of(None, Some("1043"), &[]), is("1043"));
        assert_eq!(of(None, Some("1043"), &["1043"]), is("1043"));
        assert_eq!(of(Some("1041"), Some("1043"), &[]), is("1041"));
        assert_eq!(of(Some("1041"), None, &["1041"]), is("1041"));
        assert_eq!(of(Some("1041"), Some("1043"), &["1041"]), is("1043"));
        assert_eq!(
            of(Some("1041"), Some("1043"), &["1041", "1043"]),
            is("1043")
        );
    }

    proptest! {
        #[test]
        fn a_number_is_written_as_it_was_read(before in "[A-Z/ -]{0,6}", count in 0i64..1_000_000, width in 1usize..9) {
            let number = format!("{before}{count:0width$}");
            let read = SeriesPlace::read(&number).unwrap();
            prop_assert_eq!(read.number(), number.trim());
            let after = read.after(Some(count));
            prop_assert_eq!(after.place, count + 1);
            prop_assert_eq!(read.after(None), read);
        }
    }
}
