//! Which sign stands before the decimals of a file's numbers.
//!
//! An amount has no more decimals than its currency: one that seems to have more shows that the sign was misread, or
//! is no amount. A price may have any number of them, and shows something only where it makes the line, or the whole
//! invoice, come to what the file itself says.

use super::seen::{Judgement, SeenCell, rows_of, told, values};
use crate::connectors::BadRecord;
use crate::connectors::files::cells::is_comma;
use crate::connectors::files::fields::{AMOUNTS, PRICES};
use crate::connectors::files::folder::File;
use crate::connectors::files::forms::number;
use crate::connectors::files::group::Group;
use crate::connectors::files::read::{self, InvoiceParts};
use crate::connectors::files::reading::{FileWords, column};
use rust_decimal::Decimal;

const POINT: &str = "point (1,234.50)";
const COMMA: &str = "comma (1.234,50)";

fn named(comma: bool) -> &'static str {
    if comma { COMMA } else { POINT }
}

/// The decimals of each group's currency; none where it is not known.
fn places(settings: &FileWords, groups: &[Group]) -> Vec<Option<u32>> {
    let of = |g: &Group| {
        let parts = read::parts(settings, &g.raw).ok()?;
        let currency = read::currency(&parts.head).ok()?;
        Some(currency.exponent())
    };
    groups.iter().map(of).collect()
}

/// The cells of a file with numbers in them.
struct NumberCells<'c> {
    cells: Vec<&'c SeenCell>,
    places: Vec<Option<u32>>,
}

impl<'c> NumberCells<'c> {
    fn of(settings: &FileWords, groups: &[Group], cells: &'c [SeenCell]) -> Self {
        let numbers = |c: &&SeenCell| AMOUNTS.contains(&c.field) || PRICES.contains(&c.field);
        // A number of JSON has a point, whatever texts have.
        let of_text = cells.iter().filter(|c| !c.is_number);
        Self {
            cells: of_text.filter(numbers).collect(),
            places: places(settings, groups),
        }
    }

    /// Whether a cell can be what it is under a sign: an amount has no more decimals than its currency.
    fn fits(&self, cell: &SeenCell, comma: bool) -> bool {
        let most = if AMOUNTS.contains(&cell.field) {
            self.places.get(cell.group).copied().flatten()
        } else {
            None
        };
        number(&cell.text, comma).is_some_and(|n| most.is_none_or(|most| n.scale() <= most))
    }

    /// Whether some number is only one under the stated sign.
    fn speaks_for(&self, comma: bool) -> bool {
        let mut cells = self.cells.iter();
        cells.any(|c| number(&c.text, comma).is_some() && number(&c.text, !comma).is_none())
    }

    /// The column that proves that the sign is the other one, with what the stated sign cannot read of it.
    fn proof(&self, comma: bool) -> Option<(&'static str, Vec<&'c SeenCell>)> {
        let contrary = self.speaks_for(comma);
        AMOUNTS.iter().chain(PRICES).find_map(|field| {
            let own = || self.cells.iter().copied().filter(|c| c.field == *field);
            let whole = |c: &SeenCell| {
                number(&c.text, !comma).is_some() || number(&c.text, comma).is_none()
            };
            let misread = own().filter(|c| !self.fits(c, comma) && self.fits(c, !comma));
            let misread: Vec<&SeenCell> = misread.collect();
            // Decimals too many are a sign misread only while no other number of the file says that it was not.
            let unread = misread.iter().any(|c| number(&c.text, comma).is_none());
            let proved = unread || (!misread.is_empty() && !contrary);
            (proved && own().all(whole)).then_some((*field, misread))
        })
    }

    fn all_fit(&self, comma: bool) -> bool {
        self.cells.iter().all(|c| self.fits(c, comma))
    }

    fn in_column(&self, field: &str) -> usize {
        self.cells.iter().filter(|c| c.field == field).count()
    }

    fn first_that_differs(&self) -> Option<&'c SeenCell> {
        let read = |c: &SeenCell, comma| number(&c.text, comma);
        let mut cells = self.cells.iter().copied();
        cells.find(|c| {
            let both = read(c, false).zip(read(c, true));
            both.is_some_and(|(point, comma)| point != comma)
        })
    }
}

/// Why the file is left out, if its numbers show that another sign stands before their decimals, or leave it open.
pub(super) fn misread(
    settings: &FileWords,
    file: &File,
    groups: &[Group],
    cells: &[SeenCell],
) -> Option<BadRecord> {
    let numbers = NumberCells::of(settings, groups, cells);
    let comma = is_comma(settings);
    let other = if comma { "point" } else { "comma" };
    let cure = if numbers.speaks_for(comma) {
        "the file's columns write numbers differently: export it again with one sign before the decimals, and set `decimal` to it".to_owned()
    } else {
        let stated = if comma { "comma" } else { "point" };
        format!(
            "set `decimal: {other}` on the connection, if all files of its folder are written so; else export this file again with a {stated} before the decimals"
        )
    };
    if let Some((field, misread)) = numbers.proof(comma) {
        let first = misread.first()?;
        let what = format!(
            "`{}`: {} of {} cannot be written with a decimal {} (here `{}`), and all fit a decimal {}; the whole file is left out",
            column(settings, field),
            values(misread.len()),
            numbers.in_column(field),
            named(comma),
            first.text,
            named(!comma),
        );
        return Some(told(file, first.line, what, cure));
    }
    let (agree, disagree) = sums(settings, groups, comma);
    if let (false, Some(line)) = (agree, disagree) {
        let what = format!(
            "the prices make the invoice here come to what it says with a decimal {}, and not with a decimal {}; the whole file is left out",
            named(!comma),
            named(comma),
        );
        return Some(told(file, line, what, cure));
    }
    let open = !agree
        && !settings.values.contains_key("decimal")
        && numbers.all_fit(false)
        && numbers.all_fit(true);
    let cell = numbers.first_that_differs().filter(|_| open)?;
    let read = |comma| number(&cell.text, comma).map(|n| n.normalize().to_string());
    let what = format!(
        "every number fits a decimal {POINT} and a decimal {COMMA}, and they differ (here `{}` in `{}` would be {} or {}); the whole file is left out",
        cell.text,
        column(settings, cell.field),
        read(false)?,
        read(true)?,
    );
    let fix = "say which it is: set `decimal: point` or `decimal: comma` on the connection";
    Some(told(file, cell.line, what, fix))
}

/// Whether some invoice whose prices the two signs read differently comes to what it says under the stated sign; and
/// the line of the first that does so under the other one alone.
fn sums(settings: &FileWords, groups: &[Group], comma: bool) -> (bool, Option<u64>) {
    let (mut agree, mut disagree) = (false, None);
    for group in groups {
        let Ok(parts) = read::parts(settings, &group.raw) else {
            continue;
        };
        let differs = PRICES.iter().any(|field| {
            let mut rows = rows_of(&parts, field).iter();
            rows.any(|r| {
                let both = |comma| r.number(field, comma).flatten();
                both(comma).zip(both(!comma)).is_some_and(|(a, b)| a != b)
            })
        });
        if !differs {
            continue;
        }
        let ways = [(!comma, !comma), (!comma, comma)];
        if comes_to(&parts, comma, comma) {
            // What comes out under both signs speaks for neither.
            agree = agree || !comes_to(&parts, !comma, !comma);
        } else if ways.iter().any(|(p, a)| comes_to(&parts, *p, *a)) {
            disagree = disagree.or(Some(group.line));
        }
    }
    (agree, disagree)
}

/// Whether the lines come to what they, or the whole invoice, are said to come to: prices under one sign, amounts under
/// another. False where nothing is said.
fn comes_to(parts: &InvoiceParts<'_>, price: bool, amount: bool) -> bool {
    let cent = Decimal::new(1, 2);
    let near = |a: Decimal, b: Decimal, n: usize| (a - b).abs() <= cent * Decimal::from(n);
    let (mut sum, mut count, mut said) = (Decimal::ZERO, 0, false);
    for row in &parts.lines {
        let Some(unit) = row.number("line.unit_amount", price) else {
            continue;
        };
        let quantity = row.number("line.quantity", price);
        let quantity = quantity.unwrap_or(Some(Decimal::ONE));
        let product = unit.zip(quantity).and_then(|(u, q)| u.checked_mul(q));
        let Some(product) = product else { return false };
        if let Some(stated) = row.number("line.amount", amount) {
            match stated {
                Some(stated) if near(stated, product, 1) => said = true,
                _ => return false,
            }
        }
        let Some(more) = sum.checked_add(product) else {
            return false;
        };
        (sum, count) = (more, count + 1);
    }
    if said || count == 0 {
        return said;
    }
    let whole = |field| parts.head.number(field, amount);
    let Some(Some(total)) = whole("total") else {
        return false;
    };
    let tax = whole("tax").flatten().unwrap_or_default();
    near(total, sum, count) || near(total - tax, sum, count)
}

/// Amounts with more decimals than their currency has, where no other sign explains them: no such amount exists.
/// Zeros at the end are only a way of writing.
pub(super) fn too_fine(
    settings: &FileWords,
    file: &File,
    groups: &[Group],
    cells: &[SeenCell],
    found: &mut Judgement,
) {
    let comma = is_comma(settings);
    let places = places(settings, groups);
    for cell in cells.iter().filter(|c| AMOUNTS.contains(&c.field)) {
        let Some(most) = places.get(cell.group).copied().flatten() else {
            continue;
        };
        let read = number(&cell.text, comma && !cell.is_number).map(|n| n.normalize());
        if read.is_some_and(|n| n.scale() > most) && found.refused.insert(cell.group) {
            let what = format!(
                "`{}` is `{}`, which is finer than its currency: {most} decimals at most",
                column(settings, cell.field),
                cell.text
            );
            let fix = "correct the row in the file; its whole invoice is left out until then";
            found.told.push(told(file, cell.line, what, fix));
        }
    }
}
