//! The lines of an invoice, and its tax.
//!
//! Flows in: its parts. Flows out: lines of rows and of columns of the head, what the tax is, and whether the lines contain
//! it. Refuses: words that a table holds for, a line without a price, and, where it is to be found by arithmetic, a tax that
//! makes nothing agree.

use super::cells::{Bad, Row};
use super::parts::InvoiceParts;
use super::reading::{FileWords, LineFrom};
use crate::connectors::json::within;
use crate::model::money::{half_up, sum};
use crate::model::{Line, LineKind};
use rust_decimal::Decimal;

/// What was read.
pub(super) struct Items {
    pub lines: Vec<Line>,
    pub tax: Option<Decimal>,
    pub tax_included: Option<bool>,
}

/// What a row is.
enum OfRow {
    Nothing,
    Line(Box<Line>),
    /// Its amount is tax.
    Tax(Decimal),
    /// Its text belongs to the line above.
    Text(String),
}

/// The taxes that were met, by the way they are stated.
#[derive(Default)]
struct Taxes {
    rows: Option<Decimal>,
    lines: Option<Decimal>,
}

fn more(sum: &mut Option<Decimal>, amount: Decimal) {
    *sum = sum.unwrap_or_default().checked_add(amount);
}

/// The lines and the tax of an invoice whose total is as stated.
pub(super) fn of(
    parts: &InvoiceParts<'_>,
    total: Option<Decimal>,
    cents: u32,
) -> Result<Items, Bad> {
    let settings = parts.head.settings;
    let mut lines: Vec<Line> = Vec::new();
    let mut taxes = Taxes::default();
    for row in &parts.lines {
        match of_row(row)? {
            OfRow::Nothing => {}
            OfRow::Tax(amount) => more(&mut taxes.rows, amount),
            OfRow::Text(text) => match lines.last_mut() {
                Some(above) if above.description.is_empty() => above.description = text,
                Some(above) => above.description = format!("{}\n{text}", above.description),
                None => return Err(row.bad("line.description", "and no line is above it")),
            },
            OfRow::Line(mut line) => {
                if let Some(tax) = own_tax(row, &line, cents)? {
                    line.taxable = line.taxable.or(Some(!tax.is_zero()));
                    more(&mut taxes.lines, tax);
                }
                lines.push(*line);
            }
        }
    }
    for from in &settings.lines_from {
        if let Some((line, tax)) = of_head(&parts.head, from)? {
            if let Some(tax) = tax {
                more(&mut taxes.lines, tax);
            }
            lines.push(line);
        }
    }
    for (i, line) in lines.iter_mut().enumerate() {
        if line.id.is_empty() {
            line.id = (i + 1).to_string();
        }
    }
    let tax = tax_of(settings, parts.head.amount("tax")?, &taxes);
    let stated = parts.head.flag("tax_included")?;
    let tax_included = match settings.is("tax", "by_arithmetic") {
        true => by_arithmetic(&parts.head, &lines, tax, total, cents)?.or(stated),
        false => stated,
    };
    Ok(Items {
        lines,
        tax,
        tax_included,
    })
}

fn tax_of(settings: &FileWords, head: Option<Decimal>, taxes: &Taxes) -> Option<Decimal> {
    match settings.get("tax", "stated") {
        "per_line" => taxes.lines.or(taxes.rows),
        "per_document" => head.or(taxes.rows),
        _ => head.or(taxes.rows).or(taxes.lines),
    }
}

/// Whether the lines contain the tax: whichever makes lines, tax and total agree.
fn by_arithmetic(
    head: &Row<'_>,
    lines: &[Line],
    tax: Option<Decimal>,
    total: Option<Decimal>,
    cents: u32,
) -> Result<Option<bool>, Bad> {
    let Some(tax) = tax.filter(|t| !t.is_zero()) else {
        return Ok(None);
    };
    let Some(total) = total else {
        return Err(head.bad(
            "total",
            "and without it nothing says whether the prices contain the tax",
        ));
    };
    let come = sum(lines.iter().map(|l| half_up(l.comes_to(), cents)));
    if come == total {
        Ok(Some(true))
    } else if come + tax == total {
        Ok(Some(false))
    } else {
        let what = format!(
            "but the lines come to {come} and the tax is {tax}: neither makes the total, so that nothing says whether the prices contain the tax"
        );
        Err(head.bad("total", &what))
    }
}

/// The tax that a line states of its own.
fn own_tax(row: &Row<'_>, line: &Line, cents: u32) -> Result<Option<Decimal>, Bad> {
    if let Some(tax) = row.amount("line.tax")? {
        return Ok(Some(tax));
    }
    let percent = row.plain_number("line.tax_percent")?;
    let part = |p: Decimal| {
        line.comes_to()
            .checked_mul(p)
            .map(|t| half_up(t / Decimal::ONE_HUNDRED, cents))
    };
    Ok(percent.and_then(part))
}

/// A line made of a column of the head; none where nothing stands there, or nothing it comes to.
fn of_head(head: &Row<'_>, from: &LineFrom) -> Result<Option<(Line, Option<Decimal>)>, Bad> {
    let Some(amount) = head.amount_in(&from.amount)?.filter(|a| !a.is_zero()) else {
        return Ok(None);
    };
    let amount = match from.sign.as_str() {
        "minus" => -amount,
        "less" => -amount.abs(),
        _ => amount,
    };
    let tax = match from.tax.as_str() {
        "" => None,
        column => head.amount_in(column)?,
    };
    let named = match from.name.as_str() {
        "" => String::new(),
        column => head.cell(column),
    };
    let texts = [named, from.text.clone(), from.amount.clone()];
    let name = texts.into_iter().find(|t| !t.is_empty());
    let line = Line {
        kind: LineKind::parse(&from.kind).unwrap_or(LineKind::Other),
        sku: from.sku.clone(),
        name: name.unwrap_or_default(),
        quantity: Decimal::ONE,
        unit_amount: amount,
        taxable: from.taxable.or(tax.map(|t| !t.is_zero())),
        ..Line::default()
    };
    Ok(Some((line, tax)))
}

/// What a row is.
fn of_row(row: &Row<'_>) -> Result<OfRow, Bad> {
    let quantity = row.plain_number("line.quantity")?;
    let unit = row.amount("line.unit_amount")?;
    let amount = row.amount("line.amount")?;
    let (sku, name, description) = (
        row.text("line.sku"),
        row.text("line.name"),
        row.text("line.description"),
    );
    let empty = sku.is_empty() && name.is_empty() && description.is_empty();
    if empty && unit.is_none() && amount.is_none() {
        return Ok(OfRow::Nothing);
    }
    let Some(kind) = kind_of(row)? else {
        return Ok(OfRow::Nothing);
    };
    let quantity = quantity.unwrap_or(Decimal::ONE);
    let (quantity, unit_amount) = match (unit, amount) {
        (Some(unit), _) => (quantity, less(row, unit)?),
        (None, Some(amount)) => (Decimal::ONE, amount),
        (None, None) if row.settings.is("text_rows", "join") && sku.is_empty() => {
            let texts: Vec<String> = [name, description]
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect();
            return Ok(OfRow::Text(texts.join("\n")));
        }
        (None, None) => {
            return Err(row.bad("line.unit_amount", "and neither is there a `line.amount`"));
        }
    };
    let whole = quantity.checked_mul(unit_amount).filter(|w| within(*w));
    let whole =
        whole.ok_or_else(|| row.bad("line.unit_amount", "which makes the line too large"))?;
    let KindOfLine::Kind(kind) = kind else {
        return Ok(OfRow::Tax(amount.unwrap_or(whole)));
    };
    Ok(OfRow::Line(Box::new(Line {
        id: row.text("line.id"),
        kind,
        sku,
        name,
        category: row.text("line.category"),
        description,
        quantity,
        unit_amount,
        amount,
        taxable: row.flag("line.taxable")?,
        tax_rate: row.text("line.tax_rate"),
        account: row.text("line.account"),
    })))
}

/// A price less what is off it in percent.
fn less(row: &Row<'_>, unit: Decimal) -> Result<Decimal, Bad> {
    let Some(percent) = row.plain_number("line.discount_percent")? else {
        return Ok(unit);
    };
    let rest = Decimal::ONE_HUNDRED.checked_sub(percent);
    let made = rest.and_then(|r| unit.checked_mul(r));
    let made = made.map(|m| (m / Decimal::ONE_HUNDRED).normalize());
    made.ok_or_else(|| row.bad("line.discount_percent", "which is no part of a price"))
}

enum KindOfLine {
    Kind(LineKind),
    Tax,
}

/// What a row's line is for; nothing where it is no line.
fn kind_of(row: &Row<'_>) -> Result<Option<KindOfLine>, Bad> {
    let given = row.text("line.kind");
    let word = match row.settings.word("line_kind", &given) {
        Some("ignore") => return Ok(None),
        Some("tax") => return Ok(Some(KindOfLine::Tax)),
        Some("hold") if !given.is_empty() => {
            return Err(row.bad(
                "line.kind",
                "a word that the table `line_kind` does not name",
            ));
        }
        Some("hold") | None => given.to_lowercase().replace([' ', '-'], "_"),
        Some(word) => word.to_owned(),
    };
    if word.is_empty() {
        return Ok(Some(KindOfLine::Kind(LineKind::Product)));
    }
    let kind = LineKind::parse(&word).ok_or_else(|| {
        let words: Vec<&str> = LineKind::ALL.iter().map(|k| k.as_str()).collect();
        row.bad(
            "line.kind",
            &format!("which is none of {}", words.join(", ")),
        )
    })?;
    Ok(Some(KindOfLine::Kind(kind)))
}
