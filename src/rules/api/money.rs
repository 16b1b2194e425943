//! Numbers: exact, rounded only where a rule says how.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::{number, trouble, whole};
use crate::model::codes;
use crate::model::money::{Rounding, half_up, round};
use rhai::{Dynamic, INT, NativeCallContext, Position};
use rust_decimal::Decimal;

fn takes_number(v: &Dynamic, name: &str, place: Position) -> Res<Decimal> {
    number(v).ok_or_else(|| {
        trouble(
            codes::RULE_TYPE_MISMATCH,
            format!("{name}(..) takes a number, not {}", super::convert::kind(v)),
            "turn text into a number with to_number(text)",
            place,
        )
    })
}

fn places(n: &Dynamic, place: Position) -> Res<u32> {
    whole(n)
        .and_then(|n| u32::try_from(n).ok())
        .filter(|n| *n <= 12)
        .ok_or_else(|| {
            trouble(
                codes::RULE_BAD_PLACES,
                "the number of decimal places is 0 to 12",
                "write 2 for cents",
                place,
            )
        })
}

fn rounded(c: &NativeCallContext, x: &Dynamic, how: &str, n: u32) -> Res<Decimal> {
    let place = c.call_position();
    let how = Rounding::parse(how).ok_or_else(|| {
        trouble(
            codes::RULE_BAD_ROUNDING,
            format!(
                "\"{}\" is no way of rounding",
                how.chars().take(30).collect::<String>()
            ),
            "write \"half_up\", \"half_even\" or \"down\"",
            place,
        )
    })?;
    Ok(round(takes_number(x, "round_money", place)?, n, how))
}

fn divided(c: &NativeCallContext, a: &Dynamic, b: &Dynamic, n: &Dynamic) -> Res<Decimal> {
    let place = c.call_position();
    let (x, y) = (
        takes_number(a, "div", place)?,
        takes_number(b, "div", place)?,
    );
    let n = places(n, place)?;
    x.checked_div(y).map(|q| half_up(q, n)).ok_or_else(|| {
        trouble(
            codes::RULE_ARITHMETIC,
            format!("div({x}, {y}) has no result"),
            "test the divisor with `.is_zero` first",
            place,
        )
    })
}

fn larger(c: &NativeCallContext, a: Dynamic, b: Dynamic, want: bool, name: &str) -> Res<Dynamic> {
    let place = c.call_position();
    let (x, y) = (
        takes_number(&a, name, place)?,
        takes_number(&b, name, place)?,
    );
    Ok(if (x >= y) == want { a } else { b })
}

/// Adds the functions of numbers.
pub(crate) fn add(b: &mut Build) {
    list(b);
    let Some(e) = b.engine() else { return };
    run(e);
}

fn list(b: &mut Build) {
    use Ty::{Any, Bool, Number, Text};
    b.func("round_money", &[("x", Number), ("how", Text)], Number, "Rounded to two places: \"half_up\" (a half goes away from zero), \"half_even\" or \"down\".");
    b.func(
        "round_money",
        &[("x", Number), ("how", Text), ("places", Number)],
        Number,
        "Rounded to so many places.",
    );
    b.func(
        "div",
        &[("a", Number), ("b", Number), ("places", Number)],
        Number,
        "a divided by b, rounded half up to so many places.",
    );
    b.func("abs", &[("x", Number)], Number, "Without its sign.");
    b.func(
        "min",
        &[("a", Number), ("b", Number)],
        Number,
        "The smaller.",
    );
    b.func(
        "max",
        &[("a", Number), ("b", Number)],
        Number,
        "The larger.",
    );
    b.func(
        "to_number",
        &[("text", Any)],
        Number,
        "The number a text writes, or `()`.",
    );
    b.get::<Decimal>(Number, "is_zero", Bool, "Whether it is zero.", |d| {
        d.is_zero().into()
    });
    b.get::<Decimal>(
        Number,
        "is_negative",
        Bool,
        "Whether it is below zero.",
        |d| (d.is_sign_negative() && !d.is_zero()).into(),
    );
    b.get::<Decimal>(
        Number,
        "is_whole",
        Bool,
        "Whether it has nothing behind the point.",
        |d| d.fract().is_zero().into(),
    );
}

fn run(e: &mut rhai::Engine) {
    e.register_get("is_zero", |n: &mut INT| *n == 0);
    e.register_get("is_negative", |n: &mut INT| *n < 0);
    e.register_get("is_whole", |_: &mut INT| true);
    e.register_fn(
        "round_money",
        |c: NativeCallContext, x: Dynamic, how: rhai::ImmutableString| rounded(&c, &x, &how, 2),
    );
    e.register_fn(
        "round_money",
        |c: NativeCallContext,
         x: Dynamic,
         how: rhai::ImmutableString,
         n: Dynamic|
         -> Res<Decimal> {
            let n = places(&n, c.call_position())?;
            rounded(&c, &x, &how, n)
        },
    );
    e.register_fn(
        "div",
        |c: NativeCallContext, a: Dynamic, b: Dynamic, n: Dynamic| divided(&c, &a, &b, &n),
    );
    e.register_fn("abs", |c: NativeCallContext, x: Dynamic| {
        takes_number(&x, "abs", c.call_position()).map(|d| d.abs())
    });
    e.register_fn("min", |c: NativeCallContext, a: Dynamic, b: Dynamic| {
        larger(&c, a, b, false, "min")
    });
    e.register_fn("max", |c: NativeCallContext, a: Dynamic, b: Dynamic| {
        larger(&c, a, b, true, "max")
    });
    e.register_fn("to_number", |t: Dynamic| -> Dynamic {
        if let Some(n) = number(&t) {
            return n.into();
        }
        let read = t
            .as_immutable_string_ref()
            .ok()
            .filter(|s| s.len() <= 40)
            .and_then(|s| crate::model::money::parse(&s));
        read.map_or(Dynamic::UNIT, Dynamic::from)
    });
}
