//! What belongs to an invoice: its head, and the rows that may be lines and payments.
//!
//! Flows in: a group's raw rows. Flows out: each by what it may be, rows of money paid back apart from those of the sale.

use super::cells::{Bad, Row, row};
use super::reading::FileWords;
use crate::model::Currency;
use serde_json::Value;

/// What belongs to an invoice: its head, and the rows that may be lines and payments. In a table all are the same rows.
pub struct InvoiceParts<'a> {
    /// Where the head stands.
    pub head: Row<'a>,
    /// What may be lines.
    pub lines: Vec<Row<'a>>,
    /// What may be payments.
    pub payments: Vec<Row<'a>>,
    /// What tells of money paid back, without being a payment itself.
    pub refunds: Vec<Row<'a>>,
    /// Whether all are rows of one table.
    pub table: bool,
}

/// The parts of a group.
///
/// # Errors
/// It has none.
pub fn parts<'a>(settings: &'a FileWords, raw: &'a Value) -> Result<InvoiceParts<'a>, Bad> {
    let mut made = match raw.get("element") {
        Some(element) => of_element(settings, element)?,
        None => of_rows(settings, raw)?,
    };
    if settings.is("amounts", "minor") {
        let places = currency(&made.head).ok().map(|c| c.exponent());
        made.head.minor = places;
        let rows = made.lines.iter_mut().chain(&mut made.payments);
        rows.chain(&mut made.refunds).for_each(|r| r.minor = places);
    }
    Ok(made)
}

/// # Errors
/// Where a list is to stand is something else, or something in it is no object: nothing of it would be read.
fn of_element<'a>(settings: &'a FileWords, element: &'a Value) -> Result<InvoiceParts<'a>, Bad> {
    let inside = |list: &str, of: &'static str| {
        let path = settings.get(list, list);
        match super::cells::found(element, path) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(all)) => match all.iter().position(|v| !v.is_object()) {
                Some(at) => Err((0, format!("element {} of `{path}` is no object", at + 1))),
                None => Ok(all.iter().map(|v| row(settings, v, of, 0)).collect()),
            },
            Some(_) => Err((0, format!("`{path}` is no list"))),
        }
    };
    let head = row(settings, element, "", 0);
    Ok(InvoiceParts {
        head,
        lines: inside("lines", "line.")?,
        payments: inside("payments", "payment.")?,
        refunds: vec![head],
        table: false,
    })
}

fn of_rows<'a>(settings: &'a FileWords, raw: &'a Value) -> Result<InvoiceParts<'a>, Bad> {
    let Some(Value::Array(rows)) = raw.get("rows") else {
        return Err((0, "the record has neither rows nor an element".to_owned()));
    };
    let all = |list: &'a [Value], from: usize| -> Vec<Row<'a>> {
        let placed = list.iter().enumerate();
        placed
            .map(|(n, value)| row(settings, value, "", n.saturating_add(from)))
            .collect()
    };
    let rows = all(rows, 0);
    let is_back = |r: &Row<'_>| settings.kind(&r.text("kind")) == "refund";
    let sale = rows.iter().copied().filter(|r| !is_back(r));
    let sale: Vec<Row<'a>> = sale.collect();
    let first = sale.first().or(rows.first()).copied();
    let head = first.ok_or((0, "the record has no rows".to_owned()))?;
    let joined = match raw.get("joined") {
        // The places of these are in another file.
        Some(Value::Array(joined)) => all(joined, rows.len()),
        _ => Vec::new(),
    };
    let mut made = InvoiceParts {
        head,
        table: sale.len() == rows.len() && !settings.values.contains_key("join.file"),
        refunds: vec![head],
        lines: sale,
        payments: match settings.is("payment.of", "head") {
            true => vec![head],
            false => rows,
        },
    };
    match settings
        .values
        .get("join.file")
        .map(|_| settings.get("join.as", "lines"))
    {
        Some("lines") => {
            made.lines = joined.into_iter().filter(|r| !is_back(r)).collect();
        }
        Some(_) => made.refunds = joined,
        None => {}
    }
    Ok(made)
}

/// The currency of an invoice: its own, else the connection's.
///
/// # Errors
/// There is none, or no such.
pub fn currency(head: &Row<'_>) -> Result<Currency, Bad> {
    let given = head.text("currency");
    let code = if given.is_empty() {
        head.settings.get("currency", "")
    } else {
        &given
    };
    if code.is_empty() {
        return Err((
            head.place,
            "the file names no currency: set `currency` on the connection".to_owned(),
        ));
    }
    Currency::new(code).map_err(|e| (head.place, e.to_string()))
}
