//! Which form the days of a file have.

use super::seen::{Judgement, SeenCell, on_lines, told, values};
use crate::connectors::BadRecord;
use crate::connectors::files::cells::{dates, zone};
use crate::connectors::files::fields::DAYS;
use crate::connectors::files::folder::File;
use crate::connectors::files::forms::{CellDay, DATE_WORDS, day};
use crate::connectors::files::reading::{FileWords, column};

/// What a column of days shows against the form that is stated.
struct DayColumn<'c> {
    cells: Vec<&'c SeenCell>,
    /// Those that the stated form cannot read and another can.
    misread: Vec<&'c SeenCell>,
    /// The other forms that read everything that any form reads.
    others: Vec<&'static str>,
}

fn reads(cell: &SeenCell, form: &str) -> bool {
    day(&cell.text, form).is_some()
}

fn look<'c>(stated: &str, field: &str, cells: &'c [SeenCell]) -> DayColumn<'c> {
    let forms = || DATE_WORDS.iter().map(|w| w.word).filter(|w| *w != stated);
    let own = cells.iter().filter(|c| c.field == field);
    let own: Vec<&SeenCell> = own
        .filter(|c| reads(c, stated) || forms().any(|f| reads(c, f)))
        .collect();
    let misread: Vec<&SeenCell> = own.iter().copied().filter(|c| !reads(c, stated)).collect();
    let others = forms().filter(|f| own.iter().all(|c| reads(c, f)));
    DayColumn {
        others: if misread.is_empty() {
            Vec::new()
        } else {
            others.collect()
        },
        misread,
        cells: own,
    }
}

/// Why the file is left out, if a column shows that its days are of another form than is stated.
pub(super) fn misread(settings: &FileWords, file: &File, cells: &[SeenCell]) -> Option<BadRecord> {
    let stated = dates(settings);
    let columns: Vec<(&str, DayColumn<'_>)> =
        DAYS.iter().map(|f| (*f, look(stated, f, cells))).collect();
    let (field, shown) = columns.iter().find(|(_, c)| !c.others.is_empty())?;
    let name = column(settings, field);
    let (bad, all) = (shown.misread.len(), shown.cells.len());
    let first = shown.misread.first()?;
    // What one column shows counts for all: several forms may be left of which another column knows one.
    let everywhere = |form: &&&str| {
        let mut cells = columns.iter().flat_map(|(_, c)| &c.cells);
        cells.all(|c| reads(c, form))
    };
    let fit: Vec<&str> = shown.others.iter().filter(everywhere).copied().collect();
    let (named, fix) = match fit.as_slice() {
        [form] => (
            vec![*form],
            format!(
                "set `dates: {form}` on the connection, if all files of its folder are written so; else export this file again as {stated}"
            ),
        ),
        [] => (
            shown.others.clone(),
            "the file's columns have days of different forms: export it again with one form in all of them, and set `dates` to it".to_owned(),
        ),
        several => (
            several.to_vec(),
            format!(
                "say which it is: set `dates` on the connection to {}",
                several.join(" or ")
            ),
        ),
    };
    let what = format!(
        "`{name}`: {} of {all} cannot be {stated} (here `{}`), and all fit {}; the whole file is left out",
        values(bad),
        first.text,
        named.join(" and ")
    );
    Some(told(file, first.line, what, fix))
}

/// Points in time, while nobody says in whose days they count.
pub(super) fn without_zone(
    settings: &FileWords,
    file: &File,
    cells: &[SeenCell],
    found: &mut Judgement,
) {
    if zone(settings).is_some() {
        return;
    }
    let form = dates(settings);
    let instant = |c: &&SeenCell| {
        DAYS.contains(&c.field) && matches!(day(&c.text, form), Some(CellDay::Instant(_)))
    };
    let bad: Vec<&SeenCell> = cells.iter().filter(instant).collect();
    let Some(first) = bad.iter().min_by_key(|c| c.line) else {
        return;
    };
    found.refused.extend(bad.iter().map(|c| c.group));
    let what = format!(
        "`{}` is `{}`{}: a point in time, and nothing says in whose days it counts",
        column(settings, first.field),
        first.text,
        on_lines(&bad)
    );
    found.wanted.push(told(
        file,
        first.line,
        what,
        "set `zone` on the connection to the business's time zone, such as `zone: Australia/Sydney`; the invoices of these rows are left out until then",
    ));
}
