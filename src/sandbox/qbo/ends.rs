//! How things end: voided, deleted, merged into another.
//!
//! A void keeps the paper with nothing on it; an invoice that is paid cannot be voided (6000). A deletion takes it away and
//! leaves a word for the change feed. Two customers become one by a person's hand alone.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Key, Link, Row};
use super::change::{apply, closed, commit, day, open, target, unsupported};
use super::fault::{Fault, Refusal};
use super::kinds::{KINDS, Kind};
use super::money;
use super::payments;
use super::refs;
use super::values::{self, Fields};
use super::work::{Cx, Effect, Event, Outcome, What};

/// Voids a paper.
pub(super) fn void(
    co: &mut Company,
    cx: &Cx<'_>,
    kind: Kind,
    body: &Fields,
) -> Result<Outcome, Refusal> {
    open(co)?;
    if !kind.can_be_void() {
        return Err(unsupported("void", kind));
    }
    let old = target(co, cx, kind, body)?;
    closed(co, cx, kind, [day(&old), None])?;
    if old.void {
        return Ok(Outcome {
            key: old.key,
            events: Vec::new(),
        });
    }
    if kind == Kind::Invoice && old.sums.total != old.sums.open {
        return Err(Fault::business(
            "This transaction has payments applied to it and cannot be voided.",
        )
        .into());
    }
    let mut row = old.clone();
    row.void = true;
    row.sums = super::books::Sums::default();
    row.parts.clear();
    let note = match values::text(&row.fields, "PrivateNote") {
        Some(note) => format!("Voided\n{note}"),
        None => "Voided".into(),
    };
    row.fields.insert("PrivateNote".into(), json!(note));
    let lines = match kind {
        Kind::Payment => Vec::new(),
        _ => values::list(&row.fields, "Line")
            .iter()
            .map(emptied)
            .collect(),
    };
    row.fields.insert("Line".into(), Value::Array(lines));
    if kind != Kind::Payment {
        row.fields
            .insert("TxnTaxDetail".into(), json!({"TotalTax": 0}));
    }
    let effects = payments::effects(&row, Some(&old));
    Ok(commit(co, cx, row, Some(old), effects))
}

/// A line of nothing.
fn emptied(line: &Value) -> Value {
    let mut line = line.clone();
    let kind = line
        .get("DetailType")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_string();
    if let Some(map) = line.as_object_mut() {
        if map.contains_key("Amount") {
            map.insert("Amount".into(), money::amount(Decimal::ZERO));
        }
        if let Some(Value::Object(detail)) = map.get_mut(&kind) {
            detail.remove("UnitPrice");
            detail.remove("TaxInclusiveAmt");
            if detail.contains_key("Qty") {
                detail.insert("Qty".into(), json!(0));
            }
        }
    }
    line
}

/// Deletes a transaction.
pub(super) fn delete(
    co: &mut Company,
    cx: &Cx<'_>,
    kind: Kind,
    body: &Fields,
) -> Result<Outcome, Refusal> {
    open(co)?;
    if !kind.is_transaction() {
        return Err(unsupported("delete", kind));
    }
    let old = target(co, cx, kind, body)?;
    closed(co, cx, kind, [day(&old), None])?;
    let payers = payers(co, old.key);
    let held = match kind {
        Kind::Invoice => cx.sw.is("delete_paid_invoice", "refuse"),
        _ => true,
    };
    if !payers.is_empty() && held {
        return Err(Fault::new(
            "800",
            "The object can't be deleted due to existing dependencies.",
        )
        .into());
    }
    let mut events = Vec::new();
    for payer in payers {
        events.extend(unapply(co, cx, payer, old.key));
    }
    let mut bare = old.clone();
    bare.parts.clear();
    for effect in payments::effects(&bare, Some(&old))
        .into_iter()
        .chain(unlinked(&old))
    {
        events.extend(apply(co, cx, effect));
    }
    co.remove(old.key, cx.now);
    events.push(Event {
        key: old.key,
        what: What::Deleted,
    });
    Ok(Outcome {
        key: old.key,
        events,
    })
}

/// The payments that pay a paper, or use it.
fn payers(co: &Company, on: Key) -> Vec<Key> {
    let paying = co
        .all(Kind::Payment)
        .filter(|p| p.parts.iter().any(|part| part.on == on));
    paying.map(|p| p.key).collect()
}

/// Takes a paper out of a payment: what it paid there is unapplied.
fn unapply(co: &mut Company, cx: &Cx<'_>, payer: Key, on: Key) -> Option<Event> {
    let mut row = co.row(payer)?.clone();
    let freed: Decimal = row
        .parts
        .iter()
        .filter(|p| p.on == on)
        .map(|p| p.amount)
        .sum();
    row.parts.retain(|p| p.on != on);
    row.sums.open += freed;
    let id = on.1.to_string();
    if let Some(Value::Array(lines)) = row.fields.get_mut("Line") {
        lines.retain(|l| {
            l.pointer("/LinkedTxn/0/TxnId").and_then(Value::as_str) != Some(id.as_str())
        });
    }
    row.touch(cx.now);
    co.put(row);
    Some(Event {
        key: payer,
        what: What::Updated,
    })
}

/// The other ends of links between an estimate and its invoice.
fn unlinked(old: &Row) -> Vec<Effect> {
    let other = |link: &Link| {
        let kind =
            Kind::from_word(&link.kind).filter(|k| matches!(k, Kind::Estimate | Kind::Invoice))?;
        Some(Effect {
            on: (kind, link.id.parse().ok()?),
            open: Decimal::ZERO,
            link: Vec::new(),
            unlink: vec![Link {
                id: old.id(),
                kind: old.kind().word().into(),
            }],
            status: (kind == Kind::Estimate).then_some("Accepted"),
        })
    };
    old.links.iter().filter_map(other).collect()
}

/// Makes one party of two, as equal names at the screen do: the first is gone, its papers are the other's.
pub(super) fn merge(
    co: &mut Company,
    cx: &Cx<'_>,
    kind: Kind,
    from: &str,
    into: &str,
) -> Result<Vec<Event>, Refusal> {
    let gone = refs::row(co, cx, kind, from)
        .ok_or_else(Fault::not_found)?
        .key;
    let stays = refs::row(co, cx, kind, into)
        .ok_or_else(Fault::not_found)?
        .key;
    let field = if kind == Kind::Vendor {
        "VendorRef"
    } else {
        "CustomerRef"
    };
    let mut events = Vec::new();
    for paper in KINDS.into_iter().filter(|k| k.is_transaction()) {
        let theirs = |r: &&Row| values::reference(&r.fields, field).is_some_and(|id| id == from);
        let moved: Vec<Row> = co.all(paper).filter(theirs).cloned().collect();
        for mut row in moved {
            row.fields.insert(field.into(), values::to(into));
            row.touch(cx.now);
            events.push(Event {
                key: row.key,
                what: What::Updated,
            });
            co.put(row);
        }
    }
    co.remove(gone, cx.now);
    events.push(Event {
        key: stays,
        what: What::Merged,
    });
    Ok(events)
}
