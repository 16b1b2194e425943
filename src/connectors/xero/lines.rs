//! What the papers of every kind have in common in Xero's form: whom they are for, their ids, and their lines.
//!
//! Flows in: a draft. Flows out: parts of its element. Refuses: lines with more places than Xero keeps, quantities below zero,
//! ids that are none.

use super::wire;
use crate::connectors::json::cut;
use crate::connectors::{UpdateOf, Write};
use crate::model::{InvoiceDraft, LineDraft, money};
use rust_decimal::Decimal;

/// Most characters of a reference.
pub const REFERENCE: usize = 255;

/// What goes for a text that is empty.
pub const NO_TEXT: &str = "-";

/// An id as a path segment: Xero's are GUIDs, and nothing else goes into an address.
pub(super) fn segment<'a>(id: &'a str, name: &str) -> Result<&'a str, String> {
    let ok = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    ok.then_some(id)
        .ok_or_else(|| format!("`{}` is not a {name}", cut(id, 60)))
}

/// A text that has room.
pub(super) fn at_most(what: &str, value: &str, most: usize) -> Result<String, String> {
    let value = value.trim();
    if value.chars().count() > most {
        return Err(format!("{what} has more than {most} characters"));
    }
    Ok(value.to_owned())
}

/// Whom a paper is for.
pub(super) fn contact_ref(write: &Write) -> Result<wire::ContactRef, String> {
    Ok(wire::ContactRef {
        contact_id: segment(&write.contact_id, "ContactID")?.to_owned(),
    })
}

/// The id of the paper that is changed; nothing of one that is made.
pub(super) fn paper_id(write: &Write) -> Result<String, String> {
    match &write.update {
        Some(of) => Ok(segment(&of.id, "document's id")?.to_owned()),
        None => Ok(String::new()),
    }
}

/// The lines of a paper, those that are there by their ids.
pub(super) fn lines(
    draft: &InvoiceDraft,
    existing: Option<&UpdateOf>,
) -> Result<Vec<wire::WireLine>, String> {
    if draft.lines.is_empty() {
        return Err("it has no lines".to_owned());
    }
    let mut all = Vec::with_capacity(draft.lines.len());
    for (i, l) in draft.lines.iter().enumerate() {
        let of = existing.and_then(|e| e.line_ids.get(i));
        all.push(line(l, of).map_err(|e| format!("line {}: {e}", i + 1))?);
    }
    Ok(all)
}

/// A figure of at most four places, as a number that is written digit by digit.
pub(super) fn number(what: &str, amount: Decimal) -> Result<serde_json::Value, String> {
    let short = amount.normalize();
    if short.scale() > 4 {
        return Err(format!(
            "{what} {short} has more than the 4 decimals Xero keeps"
        ));
    }
    Ok(money::json(short))
}

fn line(draft: &LineDraft, existing: Option<&String>) -> Result<wire::WireLine, String> {
    if draft.tracking.len() > 2 {
        return Err("a line takes at most two tracking categories".to_owned());
    }
    let free = draft.quantity.is_zero() && !draft.unit_amount.is_zero();
    if draft.quantity < Decimal::ZERO || free {
        return Err(format!(
            "the quantity {} is below zero, or zero with a price",
            draft.quantity.normalize()
        ));
    }
    let description = cut(draft.description.trim(), 4000);
    Ok(wire::WireLine {
        line_item_id: existing.cloned().unwrap_or_default(),
        // Xero wants at least one character.
        description: if description.is_empty() {
            NO_TEXT.to_owned()
        } else {
            description
        },
        quantity: number("the quantity", draft.quantity)?,
        unit_amount: number("the unit amount", draft.unit_amount)?,
        item_code: draft.item.clone(),
        account_code: draft.account.clone(),
        tax_type: draft.tax.clone(),
        tracking: draft
            .tracking
            .iter()
            .map(|(name, option)| wire::Tracking {
                name: name.clone(),
                option: option.clone(),
            })
            .collect(),
    })
}
