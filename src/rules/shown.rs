//! A source document as rules see it: every property with the expression that reads it.
//!
//! Flows in: an invoice. Flows out: an expression, as it can be written in a rule, and what it gives, in the order of the
//! reference. Custom fields stand under their own names. It is made from the catalog and by the same functions that a rule
//! reads through, so that it cannot show anything else than a rule would see.

use super::api::{Doc, Ty, Ways, print, shared_catalog};
use crate::model::{Contact, Invoice};
use rhai::{Array, Dynamic};
use std::sync::Arc;

/// How deep parts have parts; parents of contacts are the deepest.
const DEEPEST: usize = 8;
/// The most elements of a list.
const MOST: usize = 1_000;

/// What an expression gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenValue {
    /// As it is written in a rule: `invoice.lines[0].sku`.
    pub path: String,
    /// What it gives: text in quotes, `()` where there is nothing.
    pub value: String,
    /// Whether that is nothing, or empty.
    pub empty: bool,
}

/// All that a rule sees of an invoice.
pub fn seen(invoice: &Arc<Invoice>, in_ledger: bool) -> Vec<SeenValue> {
    let mut out = Vec::new();
    let whole = Dynamic::from(Doc(Arc::clone(invoice), in_ledger));
    let fields: Vec<&String> = invoice.fields.keys().collect();
    let of = Of {
        fields: &fields,
        contact: Some(&invoice.contact),
    };
    properties("invoice", &whole, Ty::Invoice, of, 0, &mut out);
    out
}

/// What belongs to the value that is looked at, and that its properties do not list.
#[derive(Clone, Copy)]
struct Of<'a> {
    /// The names of its custom fields.
    fields: &'a [&'a String],
    /// Its contact; of a contact its parent.
    contact: Option<&'a Contact>,
}

fn properties(at: &str, on: &Dynamic, ty: Ty, of: Of<'_>, deep: usize, out: &mut Vec<SeenValue>) {
    if deep > DEEPEST {
        return;
    }
    for p in shared_catalog().props.iter().filter(|p| p.on == ty) {
        let get = Ways::shared().gets(p.name).iter();
        let Some((_, get)) = get.into_iter().find(|(id, _)| *id == on.type_id()) else {
            continue;
        };
        if let Some(value) = get(on) {
            value_of(&format!("{at}.{}", p.name), &value, p.ty, of, deep, out);
        }
    }
}

fn value_of(at: &str, value: &Dynamic, ty: Ty, of: Of<'_>, deep: usize, out: &mut Vec<SeenValue>) {
    let part = match ty {
        Ty::Lines => Some(Ty::Line),
        Ty::Payments => Some(Ty::Payment),
        Ty::Plan => Some(Ty::Instalment),
        _ => None,
    };
    if let (Some(part), Some(list)) = (part, value.read_lock::<Array>()) {
        for (n, one) in list.iter().take(MOST).enumerate() {
            properties(&format!("{at}[{n}]"), one, part, of, deep + 1, out);
        }
        if list.is_empty() {
            out.push(SeenValue {
                path: at.to_owned(),
                value: "[]".to_owned(),
                empty: true,
            });
        }
        return;
    }
    match ty {
        Ty::Contact if !value.is_unit() => {
            let Some(contact) = of.contact else { return };
            let names: Vec<&String> = contact.fields.keys().collect();
            let of = Of {
                fields: &names,
                contact: contact.parent.as_deref(),
            };
            properties(at, value, ty, of, deep + 1, out);
        }
        Ty::Address if !value.is_unit() => properties(at, value, ty, of, deep + 1, out),
        Ty::Fields => {
            let read = Ways::shared().entries().iter();
            let Some((_, read)) = read.into_iter().find(|(id, _)| *id == value.type_id()) else {
                return;
            };
            for name in of.fields {
                if let Some(held) = read(value, name) {
                    out.push(shown(format!("{at}[{}]", quoted(name)), &held));
                }
            }
        }
        _ => out.push(shown(at.to_owned(), value)),
    }
}

fn shown(path: String, value: &Dynamic) -> SeenValue {
    let text = value.as_immutable_string_ref().map(|s| s.to_string()).ok();
    let list = value.read_lock::<Array>().map(|l| l.len());
    let empty = value.is_unit() || text.as_deref() == Some("") || list == Some(0);
    let value = match text {
        Some(text) => quoted(&text),
        None => print(value).to_string(),
    };
    SeenValue { path, value, empty }
}

/// A text as it is written in a rule.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
