//! Where a ledger's numbers have got to: the series that its latest paper belongs to, its last number and the next.

use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What stands before the counted part of a number, and how far the count has got.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    digits: String,
    papers: u64,
    latest: Option<NaiveDate>,
}

/// Numbers that were seen, in any order.
#[derive(Debug, Default)]
pub struct SeriesSeen(BTreeMap<String, Run>);

/// A series of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberSeries {
    /// The last number of it.
    pub last: String,
    /// The one after that.
    pub next: String,
}

/// A number in two: what stands before its last digits, and these.
fn parts(number: &str) -> Option<(&str, &str)> {
    let number = number.trim();
    let at = number.len() - number.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, digits) = number.split_at_checked(at)?;
    (!digits.is_empty()).then_some((before, digits))
}

/// Whether a count is further than another, however many zeros either begins with.
fn further(a: &str, b: &str) -> bool {
    let bare = |s: &str| s.trim_start_matches('0').to_owned();
    let (a, b) = (bare(a), bare(b));
    (a.len(), a) > (b.len(), b)
}

/// A count and one, at least as wide as it was.
fn next(digits: &str) -> String {
    let mut out: Vec<u8> = digits.bytes().collect();
    for d in out.iter_mut().rev() {
        if *d == b'9' {
            *d = b'0';
        } else {
            *d += 1;
            return String::from_utf8(out).unwrap_or_default();
        }
    }
    format!("1{}", String::from_utf8(out).unwrap_or_default())
}

impl SeriesSeen {
    /// Sees one number, and the day of its paper.
    pub fn see(&mut self, number: &str, day: Option<NaiveDate>) {
        let Some((before, digits)) = parts(number) else {
            return;
        };
        let run = self.0.entry(before.to_owned()).or_insert_with(|| Run {
            digits: digits.to_owned(),
            papers: 0,
            latest: None,
        });
        run.papers += 1;
        run.latest = run.latest.max(day);
        if further(digits, &run.digits) {
            run.digits = digits.to_owned();
        }
    }

    /// The series that is in use: that of the latest paper, of several the one with most papers.
    pub fn series(&self) -> Option<NumberSeries> {
        let in_use = self.0.iter().max_by_key(|(_, r)| (r.latest, r.papers));
        in_use.map(|(before, run)| NumberSeries {
            last: format!("{before}{}", run.digits),
            next: format!("{before}{}", next(&run.digits)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[(&str, u32)]) -> Option<(String, String)> {
        let mut seen = SeriesSeen::default();
        for (number, day) in numbers {
            seen.see(number, NaiveDate::from_ymd_opt(2026, 7, *day));
        }
        seen.series().map(|s| (s.last, s.next))
    }

    #[test]
    fn the_next_number_is_one_further_than_the_last_of_the_series_in_use() {
        let told = |last: &str, next: &str| Some((last.to_owned(), next.to_owned()));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("opening balance", 1)]), None);
        assert_eq!(of(&[("1041", 1)]), told("1041", "1042"));
        // Whatever order they come in, and whoever is dated later.
        assert_eq!(
            of(&[("INV-0999", 3), ("INV-0041", 9)]),
            told("INV-0999", "INV-1000")
        );
        assert_eq!(of(&[("99", 3), ("0100", 2)]), told("0100", "0101"));
        assert_eq!(of(&[("INV-0009", 3)]), told("INV-0009", "INV-0010"));
        assert_eq!(of(&[("999", 3)]), told("999", "1000"));
        // A series that was given up is not gone on with.
        assert_eq!(
            of(&[("OLD-77", 1), ("OLD-78", 2), ("N7", 5)]),
            told("N7", "N8")
        );
        // Longer than any number of a machine.
        let long = "9".repeat(60);
        assert_eq!(
            of(&[(&long, 3)]),
            told(&long, &format!("1{}", "0".repeat(60)))
        );
        assert_eq!(of(&[("№ 7", 3)]), told("№ 7", "№ 8"));
    }
}
