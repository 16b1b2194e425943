//! Any value as text, and `print`, whose text is kept for whoever tests the rule.

use super::builder::Build;
use super::catalog::Ty;
use super::convert::{kind, number};
use chrono::NaiveDate;
use rhai::{Array, Dynamic, ImmutableString};

/// A value as text. Documents are named by their kind, never spelled out.
pub(crate) fn print(v: &Dynamic) -> ImmutableString {
    if let Ok(s) = v.as_immutable_string_ref() {
        return s.clone();
    }
    if let Some(n) = number(v) {
        return n.to_string().into();
    }
    if let Some(d) = v.read_lock::<NaiveDate>() {
        return d.to_string().into();
    }
    if let Ok(b) = v.as_bool() {
        return b.to_string().into();
    }
    if let Ok(c) = v.as_char() {
        return c.to_string().into();
    }
    if let Some(list) = v.read_lock::<Array>() {
        let shown: Vec<_> = list.iter().take(10).map(one).collect();
        return format!("[{}]", shown.join(", ")).into();
    }
    if v.is_unit() {
        return ImmutableString::new();
    }
    kind(v).into()
}

/// An element of a list; a list within is not spelled out, so that depth costs nothing.
fn one(v: &Dynamic) -> String {
    if v.is_array() {
        "[..]".to_owned()
    } else {
        print(v).chars().take(60).collect()
    }
}

/// Adds printing.
pub(crate) fn add(b: &mut Build) {
    b.func(
        "print",
        &[("value", Ty::Any)],
        Ty::Unit,
        "Shown by `crossfoot test` and `explain`; nowhere else.",
    );
    b.func(
        "to_string",
        &[("value", Ty::Any)],
        Ty::Text,
        "The value as text; the same as writing it inside a text with `${..}`.",
    );
    b.func(
        "type_of",
        &[("value", Ty::Any)],
        Ty::Text,
        "The name of the value's type.",
    );
    let Some(e) = b.engine() else { return };
    e.register_fn("print", |v: &mut Dynamic| print(v));
    e.register_fn("to_string", |v: &mut Dynamic| print(v));
    e.register_fn("to_debug", |v: &mut Dynamic| print(v));
}
