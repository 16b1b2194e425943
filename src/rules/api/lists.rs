//! Lists and maps. A function given to a list counts its operations like any other part of the rule.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::{number, trouble};
use super::ops::equal;
use super::world::charge;
use crate::model::codes;
use rhai::{Array, Dynamic, FnPtr, INT, ImmutableString, Map, NativeCallContext};
use rust_decimal::Decimal;

fn says(c: &NativeCallContext, f: &FnPtr, item: Dynamic) -> Res<bool> {
    let said: Dynamic = f.call_within_context(c, (item,))?;
    said.as_bool().map_err(|_| {
        trouble(
            codes::RULE_TYPE_MISMATCH,
            "the function must answer true or false",
            "end it with a comparison: |x| x.sku == \"A\"",
            c.call_position(),
        )
    })
}

fn has(c: &NativeCallContext, list: &Array, wanted: &Dynamic) -> Res<bool> {
    charge(c, list.len().saturating_mul(4))?;
    for item in list {
        if equal(item, wanted, c.call_position())? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn joined(c: &NativeCallContext, list: &Array, by: &str) -> Res<ImmutableString> {
    let mut out = String::new();
    for (n, item) in list.iter().enumerate() {
        if n > 0 {
            out.push_str(by);
        }
        out.push_str(&super::values::print(item));
        if out.len() > crate::rules::limits::TEXT_BYTES {
            return Err(trouble(
                codes::RULE_LIMIT,
                "join(..) would make too long a text",
                "join fewer texts",
                c.call_position(),
            ));
        }
    }
    charge(c, out.len())?;
    Ok(out.into())
}

fn total(c: &NativeCallContext, list: &Array, f: Option<&FnPtr>) -> Res<Decimal> {
    let mut sum = Decimal::ZERO;
    for item in list {
        let value = match f {
            Some(f) => f.call_within_context(c, (item.clone(),))?,
            None => item.clone(),
        };
        let n = number(&value).ok_or_else(|| {
            trouble(
                codes::RULE_TYPE_MISMATCH,
                format!("sum(..) adds numbers, not {}", super::convert::kind(&value)),
                "give a function that answers a number: |x| x.amount",
                c.call_position(),
            )
        })?;
        sum = sum.checked_add(n).ok_or_else(|| {
            trouble(
                codes::RULE_ARITHMETIC,
                "the sum is too large",
                "add fewer or smaller numbers",
                c.call_position(),
            )
        })?;
    }
    Ok(sum)
}

/// Adds the functions of lists and maps.
pub(crate) fn add(b: &mut Build) {
    list(b);
    list_asking(b);
    b.way::<Array>("len", |a| (a.len() as INT).into());
    b.way::<Array>("is_empty", |a| a.is_empty().into());
    let Some(e) = b.engine() else { return };
    e.register_iterator::<Array>();
    e.register_iterator::<std::ops::Range<INT>>();
    e.register_iterator::<std::ops::RangeInclusive<INT>>();
    e.register_get("len", |a: &mut Array| a.len() as INT);
    e.register_get("is_empty", |a: &mut Array| a.is_empty());
    e.register_fn("len", |a: &mut Array| a.len() as INT);
    e.register_fn("is_empty", |a: &mut Array| a.is_empty());
    e.register_fn(
        "contains",
        |c: NativeCallContext, a: &mut Array, v: Dynamic| has(&c, a, &v),
    );
    e.register_fn("contains", |m: &mut Map, k: ImmutableString| {
        m.contains_key(k.as_str())
    });
    e.register_fn("push", |a: &mut Array, v: Dynamic| a.push(v));
    e.register_fn("first", |a: &mut Array| {
        a.first().cloned().unwrap_or_default()
    });
    e.register_fn("last", |a: &mut Array| {
        a.last().cloned().unwrap_or_default()
    });
    e.register_fn(
        "join",
        |c: NativeCallContext, a: &mut Array, by: ImmutableString| joined(&c, a, &by),
    );
    e.register_fn("sum", |c: NativeCallContext, a: &mut Array| {
        total(&c, a, None)
    });
    e.register_fn("sum", |c: NativeCallContext, a: &mut Array, f: FnPtr| {
        total(&c, a, Some(&f))
    });
    e.register_fn("keys", |m: &mut Map| -> Array {
        m.keys().map(|k| k.as_str().into()).collect()
    });
    e.register_fn("len", |m: &mut Map| m.len() as INT);
    asking(e);
}

fn asking(e: &mut rhai::Engine) {
    e.register_fn(
        "any",
        |c: NativeCallContext, a: &mut Array, f: FnPtr| -> Res<bool> {
            for item in a.iter() {
                if says(&c, &f, item.clone())? {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    );
    e.register_fn(
        "all",
        |c: NativeCallContext, a: &mut Array, f: FnPtr| -> Res<bool> {
            for item in a.iter() {
                if !says(&c, &f, item.clone())? {
                    return Ok(false);
                }
            }
            Ok(true)
        },
    );
    e.register_fn(
        "find",
        |c: NativeCallContext, a: &mut Array, f: FnPtr| -> Res<Dynamic> {
            for item in a.iter() {
                if says(&c, &f, item.clone())? {
                    return Ok(item.clone());
                }
            }
            Ok(Dynamic::UNIT)
        },
    );
    e.register_fn(
        "filter",
        |c: NativeCallContext, a: &mut Array, f: FnPtr| -> Res<Array> {
            let mut kept = Array::new();
            for item in a.iter() {
                if says(&c, &f, item.clone())? {
                    kept.push(item.clone());
                }
            }
            Ok(kept)
        },
    );
    e.register_fn(
        "map",
        |c: NativeCallContext, a: &mut Array, f: FnPtr| -> Res<Array> {
            a.iter()
                .map(|i| f.call_within_context(&c, (i.clone(),)))
                .collect()
        },
    );
}

fn list(b: &mut Build) {
    use Ty::{Any, Bool, Function, List, Map, Number, Text, Texts};
    const L: (&str, Ty) = ("list", List);
    const F: (&str, Ty) = ("f", Function);
    b.func("len", &[L], Number, "How many elements.");
    b.func("len", &[("map", Map)], Number, "How many entries.");
    b.func("is_empty", &[L], Bool, "Whether there is no element.");
    b.func(
        "contains",
        &[L, ("value", Any)],
        Bool,
        "Whether an element equals the value; also `value in list`.",
    );
    b.func(
        "contains",
        &[("map", Map), ("key", Text)],
        Bool,
        "Whether there is such a key; also `key in map`.",
    );
    b.func(
        "push",
        &[L, ("value", Any)],
        Ty::Unit,
        "Adds an element to a list that the rule has made.",
    );
    b.func("first", &[L], Any, "The first element, or `()`.");
    b.func("last", &[L], Any, "The last element, or `()`.");
    b.func(
        "join",
        &[L, ("by", Text)],
        Text,
        "The elements as one text.",
    );
    b.func("sum", &[L], Number, "The sum of the numbers.");
    b.func("sum", &[L, F], Number, "The sum of what the function answers for each element: `sum(invoice.lines, |l| l.unit_amount)`.");
    b.func("keys", &[("map", Map)], Texts, "The keys.");
}

fn list_asking(b: &mut Build) {
    use Ty::{Any, Bool, Function, List, Number, Texts};
    const L: (&str, Ty) = ("list", List);
    const F: (&str, Ty) = ("f", Function);
    b.func("any", &[L, F], Bool, "Whether the function is true of one.");
    b.func(
        "all",
        &[L, F],
        Bool,
        "Whether the function is true of every one.",
    );
    b.func(
        "find",
        &[L, F],
        Any,
        "The first of which the function is true, or `()`.",
    );
    b.func(
        "filter",
        &[L, F],
        List,
        "Those of which the function is true.",
    );
    b.func("map", &[L, F], List, "What the function answers for each.");
    for on in [
        Ty::List,
        Texts,
        Ty::Lines,
        Ty::Payments,
        Ty::LineDrafts,
        Ty::Plan,
        Ty::ContactsFound,
        Ty::ItemsFound,
    ] {
        for (name, ty, doc) in [
            ("len", Number, "How many elements."),
            ("is_empty", Bool, "Whether there is no element."),
        ] {
            b.catalog.props.push(super::catalog::Prop {
                on,
                name,
                ty,
                optional: false,
                settable: false,
                doc,
            });
        }
    }
}
