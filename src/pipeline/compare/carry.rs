//! What changed at the source, carried over to what was last agreed; nothing else goes with it.
//!
//! Flows in: the draft last agreed, and both versions of the source's record as today's file drafts them. Flows out: the
//! draft that is wanted now. Pure. What an edit of the file or of a rule would make otherwise is in both drafts alike,
//! so that it is no difference between them and stays as it was agreed. Lines are told apart by the source's own ids, and by
//! what they are for where those are new.

use crate::model::{DocStatus, Fingerprint, Invoice, InvoiceDraft, LineDraft, Stated};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The line that the checks add for cents that rounding leaves.
pub const ROUNDING: &str = "rounding";

/// A hash of what an invoice's own draft comes from: everything but its payments, status and times.
pub fn source_hash(invoice: &Invoice) -> Fingerprint {
    let bare = Invoice {
        payments: Vec::new(),
        paid: Decimal::ZERO,
        modified_at: invoice.created_at,
        status: DocStatus::Unpaid,
        stated: Stated {
            paid: None,
            balance: None,
            status: None,
            ..invoice.stated.clone()
        },
        ..invoice.clone()
    };
    let text = serde_json::to_string(&bare).unwrap_or_default();
    Fingerprint::of(text.as_bytes())
}

/// What was agreed, with what differs between the two drafts of the source. Its sums are left to the checks.
pub fn carry(agreed: &InvoiceDraft, was: &InvoiceDraft, now: &InvoiceDraft) -> InvoiceDraft {
    let mut out = agreed.clone();
    fn put<T: PartialEq + Clone>(to: &mut T, was: &T, now: &T) {
        if was != now {
            to.clone_from(now);
        }
    }
    put(&mut out.number, &was.number, &now.number);
    put(&mut out.reference, &was.reference, &now.reference);
    put(&mut out.date, &was.date, &now.date);
    put(&mut out.due, &was.due, &now.due);
    put(&mut out.status, &was.status, &now.status);
    put(&mut out.currency, &was.currency, &now.currency);
    put(&mut out.tax_mode, &was.tax_mode, &now.tax_mode);
    out.lines = lines(agreed, was, now);
    out
}

/// A line by its id at the source, and the how-manyth of that id it is.
type LineKey<'a> = (&'a str, usize);

fn keyed(draft: &InvoiceDraft) -> Vec<(LineKey<'_>, &LineDraft)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::with_capacity(draft.lines.len());
    for line in &draft.lines {
        let id = line.source_line.as_str();
        let nth = seen.entry(id).or_default();
        out.push(((id, *nth), line));
        *nth += 1;
    }
    out
}

/// Which earlier line each of today's is: the one of its id, else one of the same product and text, since a source may
/// give a line that is changed a new id.
fn paired<'a>(was: &'a InvoiceDraft, now: &'a InvoiceDraft) -> BTreeMap<LineKey<'a>, LineKey<'a>> {
    let (before, after) = (keyed(was), keyed(now));
    let ids: BTreeMap<LineKey<'_>, ()> = before.iter().map(|(k, _)| (*k, ())).collect();
    let mut out: BTreeMap<LineKey<'_>, LineKey<'_>> = (after.iter())
        .filter(|(key, _)| ids.contains_key(key))
        .map(|(key, _)| (*key, *key))
        .collect();
    type Alike = fn(&LineDraft, &LineDraft) -> bool;
    let alike: [Alike; 3] = [
        |a, b| a.kind == b.kind && a.sku == b.sku && a.description == b.description,
        |a, b| a.kind == b.kind && !a.sku.is_empty() && a.sku == b.sku,
        |a, b| a.kind == b.kind && a.description == b.description,
    ];
    for alike in alike {
        for (key, line) in &after {
            if out.contains_key(key) {
                continue;
            }
            let free = |k: &LineKey<'_>| !out.values().any(|taken| taken == k);
            let found = before.iter().find(|(k, l)| free(k) && alike(l, line));
            if let Some((of, _)) = found {
                out.insert(*key, *of);
            }
        }
    }
    out
}

fn lines(agreed: &InvoiceDraft, was: &InvoiceDraft, now: &InvoiceDraft) -> Vec<LineDraft> {
    let of = |draft| keyed(draft).into_iter().collect::<BTreeMap<_, _>>();
    let (there, before, after) = (of(agreed), of(was), of(now));
    let earlier = paired(was, now);
    let mut out = Vec::new();
    for (key, line) in keyed(now) {
        let Some(of) = earlier.get(&key) else {
            // The source has it since: it is as the file makes it now.
            out.push(line.clone());
            continue;
        };
        // Of those without a counterpart: it was there, and was left out when the document was posted.
        if let (Some(is), Some(was)) = (there.get(of), before.get(of)) {
            out.push(carried(is, was, line));
        }
    }
    // What neither draft knows was put there when it was posted, and no change of the source takes it away.
    let kept = |key: &LineKey<'_>| !before.contains_key(key) && !after.contains_key(key);
    let rest = keyed(agreed).into_iter().filter(|(key, _)| kept(key));
    out.extend(rest.map(|(_, line)| line.clone()));
    out
}

fn carried(is: &LineDraft, was: &LineDraft, now: &LineDraft) -> LineDraft {
    let mut out = LineDraft {
        source_line: now.source_line.clone(),
        ..is.clone()
    };
    let texts = [
        (&mut out.description, &was.description, &now.description),
        (&mut out.account, &was.account, &now.account),
        (&mut out.tax, &was.tax, &now.tax),
        (&mut out.item, &was.item, &now.item),
        (&mut out.item_id, &was.item_id, &now.item_id),
        (&mut out.sku, &was.sku, &now.sku),
    ];
    for (to, was, now) in texts {
        if was != now {
            to.clone_from(now);
        }
    }
    for (to, was, now) in [
        (&mut out.quantity, was.quantity, now.quantity),
        (&mut out.unit_amount, was.unit_amount, now.unit_amount),
    ] {
        if was != now {
            *to = now;
        }
    }
    if was.tracking != now.tracking {
        out.tracking.clone_from(&now.tracking);
    }
    out
}
