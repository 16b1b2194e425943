//! A file judged as a file: what one row cannot show, its column can.
//!
//! Flows in: the groups of a file. Flows out: whether the file is left out whole, and by what it is proved; which of its
//! invoices are left out alone; what is told, each cause once. Pure.
//!
//! # What is proof
//! A value that the stated form cannot read and one other form can, while that other form reads the whole column: then
//! every other value of the column is misread too, and the file is left out with both forms named. A value that no form
//! reads proves nothing; it is a bad row, and its invoice alone is left out. Where no form is stated and several read
//! every value, each otherwise, the word is asked for.

mod days;
mod numbers;
mod seen;

use super::fields::KEYS;
use super::folder::File;
use super::forms::is_shortened;
use super::group::Group;
use crate::connectors::files::reading::{FileWords, column};
pub use seen::Judgement;
use seen::{SeenCell, on_lines, seen, told};

/// Judges a file.
pub fn judge(settings: &FileWords, file: &File, groups: &[Group]) -> Judgement {
    let mut found = Judgement::default();
    let cells = seen(settings, groups);
    found.left_out = days::misread(settings, file, &cells)
        .or_else(|| numbers::misread(settings, file, groups, &cells));
    if found.left_out.is_some() {
        return found;
    }
    shortened(settings, file, &cells, &mut found);
    days::without_zone(settings, file, &cells, &mut found);
    numbers::too_fine(settings, file, groups, &cells, &mut found);
    found
}

/// Keys that a spreadsheet has shortened: two invoices, or two customers, would be one.
fn shortened(settings: &FileWords, file: &File, cells: &[SeenCell], found: &mut Judgement) {
    for field in KEYS {
        let bad: Vec<&SeenCell> = (cells.iter())
            .filter(|c| c.field == *field && is_shortened(&c.text))
            .collect();
        let Some(first) = bad.first() else { continue };
        found.refused.extend(bad.iter().map(|c| c.group));
        found.told.push(told(
            file,
            first.line,
            format!(
                "`{}` is `{}`{}: a spreadsheet has shortened the number, and its digits are lost",
                column(settings, field),
                first.text,
                on_lines(&bad)
            ),
            "export the file again and do not save it from a spreadsheet, or set the column to text there before the file is opened; the invoices of these rows are left out until then",
        ));
    }
}
