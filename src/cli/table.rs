//! Rows and columns of text that fit the place where they are read.
//!
//! Where a table is too wide, its last column stands beneath its rows if it is text, and the widest columns of words are
//! broken between words. Numbers are never broken.

use super::screen::{columns, fold};
use super::text::safe;

/// What stands between two columns.
const GAP: usize = 2;
/// The narrowest column of words.
const NARROW: usize = 14;
/// A last column that would have less room than this stands beneath its row.
const ROOM: usize = 34;
/// How far in such a text begins.
const BENEATH: usize = 4;

/// Rows and columns of text.
#[derive(Debug, Clone, Default)]
pub struct TextTable {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl TextTable {
    /// With these heads.
    pub fn new(heads: &[&str]) -> Self {
        Self {
            heads: heads.iter().map(|h| (*h).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Without heads.
    pub fn bare() -> Self {
        Self::default()
    }

    /// Numbers stand to the right in these columns.
    #[must_use]
    pub fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row; its cells are made safe.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells = cells.into_iter().map(|c| safe(c.as_ref()).into_owned());
        self.rows.push(cells.collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many columns of a terminal it takes as it is.
    pub fn natural(&self) -> usize {
        sum(&self.widths())
    }

    /// Its lines, where it may be so wide.
    pub fn lines(&self, width: Option<usize>) -> Vec<String> {
        let mut widths = self.widths();
        let Some(most) = width.filter(|w| sum(&widths) > *w) else {
            return self.drawn(&widths, None);
        };
        let last = widths.len().saturating_sub(1);
        let others = sum(widths.get(..last).unwrap_or_default()) + GAP;
        let beneath = !self.right.contains(&last) && last > 1 && others + ROOM > most;
        if beneath {
            widths.truncate(last);
        }
        while sum(&widths) > most {
            let breaks = |(n, w): &(usize, &usize)| !self.right.contains(n) && **w > NARROW;
            let widest = widths
                .iter()
                .enumerate()
                .filter(breaks)
                .max_by_key(|(_, w)| **w);
            let Some(n) = widest.map(|(n, _)| n) else {
                break;
            };
            if let Some(w) = widths.get_mut(n) {
                *w -= 1;
            }
        }
        self.drawn(&widths, beneath.then_some((last, most)))
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|h| columns(h)).collect();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(columns(cell));
            }
        }
        widths
    }

    fn drawn(&self, widths: &[usize], beneath: Option<(usize, usize)>) -> Vec<String> {
        let mut out = Vec::new();
        if !self.heads.is_empty() {
            self.draw(&self.heads, widths, &mut out);
        }
        for row in &self.rows {
            self.draw(row, widths, &mut out);
            let Some((n, most)) = beneath else { continue };
            if let Some(text) = row.get(n).filter(|t| !t.is_empty()) {
                let text = format!("{}{text}", " ".repeat(BENEATH));
                out.extend(fold(&text, most).into_iter().map(|l| l.into_owned()));
            }
        }
        out
    }

    /// One row, of as many lines as its longest cell needs.
    fn draw(&self, cells: &[String], widths: &[usize], out: &mut Vec<String>) {
        let broken: Vec<Vec<String>> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| cut(cell, *width))
            .collect();
        let tall = broken.iter().map(Vec::len).max().unwrap_or(0);
        for n in 0..tall {
            let mut line = String::new();
            for (column, (lines, width)) in broken.iter().zip(widths).enumerate() {
                let text = lines.get(n).map_or("", String::as_str);
                let pad = " ".repeat(width.saturating_sub(columns(text)));
                let gap = if column > 0 {
                    " ".repeat(GAP)
                } else {
                    String::new()
                };
                line.push_str(&gap);
                match self.right.contains(&column) {
                    true => line.extend([pad.as_str(), text]),
                    false => line.extend([text, pad.as_str()]),
                }
            }
            out.push(line.trim_end().to_owned());
        }
    }
}

fn sum(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// A cell as lines of a width: between words, and within one that is longer.
fn cut(cell: &str, width: usize) -> Vec<String> {
    if columns(cell) <= width {
        return vec![cell.to_owned()];
    }
    let (mut out, mut now) = (Vec::new(), String::new());
    for word in cell.split(' ') {
        if !now.is_empty() && columns(&now) + 1 + columns(word) > width {
            out.push(std::mem::take(&mut now));
        }
        if !now.is_empty() {
            now.push(' ');
        }
        for c in word.chars() {
            if columns(&now) + columns(c.encode_utf8(&mut [0; 4])) > width {
                out.push(std::mem::take(&mut now));
            }
            now.push(c);
        }
    }
    out.push(now);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> TextTable {
        let mut table = TextTable::new(&["", "number", "total", "contact", ""]).right(&[2]);
        table.row([
            "hold",
            "1042",
            "AUD 33.00",
            "Jo Harbour and Sons Proprietary",
            "There is no account for line 3: the table says hold",
        ]);
        table.row(["create", "1044", "AUD 1,110.00", "Jo", ""]);
        table
    }

    #[test]
    fn what_is_too_wide_stands_beneath_its_row() {
        let told = plan().lines(Some(60));
        assert_eq!(
            told,
            [
                "        number         total  contact",
                "hold    1042       AUD 33.00  Jo Harbour and Sons",
                "                              Proprietary",
                "    There is no account for line 3: the table says hold",
                "create  1044    AUD 1,110.00  Jo",
            ]
            .map(str::to_owned)
            .to_vec()
        );
        assert!(told.iter().all(|l| columns(l) <= 60));
    }

    #[test]
    fn a_long_name_is_broken_rather_than_a_line() {
        let mut table = TextTable::new(&["field", "value", "set by"]);
        table.row([
            "line[1].description",
            "x".repeat(90).as_str(),
            "mappings/harbour-lane.yaml:8:5 (accounts[0])",
        ]);
        let told = table.lines(Some(80));
        assert!(told.iter().all(|l| columns(l) <= 80), "{told:#?}");
        assert_eq!(table.lines(None).len(), 2);
    }
}
