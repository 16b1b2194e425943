//! Text. Every function gives a new text back; none changes its argument. Results are bounded before
//! they are made, since the engine looks at a size only afterwards.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::trouble;
use super::world::charge;
use crate::model::codes;
use crate::rules::limits::{LIST_ELEMENTS, TEXT_BYTES};
use rhai::{Array, Dynamic, INT, ImmutableString, NativeCallContext, Position};

type S = ImmutableString;

fn too_long(name: &str, place: Position) -> Box<rhai::EvalAltResult> {
    trouble(
        codes::RULE_LIMIT,
        format!("{name}(..) would make a text longer than {TEXT_BYTES} bytes"),
        "work on shorter texts",
        place,
    )
}

/// Replaces every occurrence, after working out how long the result will be.
fn replaced(c: &NativeCallContext, s: &str, from: &str, to: &str) -> Res<S> {
    charge(c, s.len())?;
    if from.is_empty() {
        return Ok(s.into());
    }
    let times = s.matches(from).count();
    let grown = times.saturating_mul(to.len()).saturating_add(s.len());
    if grown.saturating_sub(times.saturating_mul(from.len())) > TEXT_BYTES {
        return Err(too_long("replace", c.call_position()));
    }
    Ok(s.replace(from, to).into())
}

fn padded(c: &NativeCallContext, s: &str, length: INT, with: &str, left: bool) -> Res<S> {
    let place = c.call_position();
    let want = usize::try_from(length).unwrap_or(0);
    let mut one = with.chars();
    let (Some(fill), None) = (one.next(), one.next()) else {
        return Err(trouble(
            codes::RULE_PAD,
            "padding takes one character",
            "write pad_left(text, 6, \"0\")",
            place,
        ));
    };
    let missing = want.saturating_sub(s.chars().count());
    if missing
        .saturating_mul(fill.len_utf8())
        .saturating_add(s.len())
        > TEXT_BYTES
    {
        return Err(too_long("pad", place));
    }
    charge(c, missing)?;
    let pad: String = std::iter::repeat_n(fill, missing).collect();
    Ok(if left {
        format!("{pad}{s}")
    } else {
        format!("{s}{pad}")
    }
    .into())
}

/// Characters from a start, which counts from the end when negative.
pub(crate) fn part_of(s: &str, start: INT, length: Option<INT>) -> S {
    let n = s.chars().count();
    let start = if start < 0 {
        n.saturating_sub(usize::try_from(start.unsigned_abs()).unwrap_or(n))
    } else {
        usize::try_from(start).unwrap_or(n)
    };
    let length = length.map_or(n, |l| usize::try_from(l).unwrap_or(0));
    let cut: String = s.chars().skip(start).take(length).collect();
    cut.into()
}

fn pieces(c: &NativeCallContext, s: &str, by: &str) -> Res<Array> {
    charge(c, s.len())?;
    if by.is_empty() {
        return Err(trouble(
            codes::RULE_SPLIT,
            "split(..) needs something to split by",
            "write split(text, \"-\")",
            c.call_position(),
        ));
    }
    if s.matches(by).count() >= LIST_ELEMENTS {
        return Err(trouble(
            codes::RULE_LIMIT,
            format!("split(..) would make more than {LIST_ELEMENTS} pieces"),
            "work on shorter texts",
            c.call_position(),
        ));
    }
    Ok(s.split(by).map(|p| S::from(p).into()).collect())
}

/// The n-th piece, or `()`.
pub(crate) fn nth(s: &str, by: &str, n: INT) -> Dynamic {
    let Some(n) = usize::try_from(n).ok().filter(|_| !by.is_empty()) else {
        return Dynamic::UNIT;
    };
    s.split(by)
        .nth(n)
        .map_or(Dynamic::UNIT, |p| p.trim().into())
}

/// Adds the functions of text.
pub(crate) fn add(b: &mut Build) {
    list(b);
    list_parts(b);
    b.way::<S>("len", |s| (s.chars().count() as INT).into());
    b.way::<S>("is_empty", |s| s.is_empty().into());
    let Some(e) = b.engine() else { return };
    e.register_get("len", |s: &mut S| s.chars().count() as INT);
    e.register_get("is_empty", |s: &mut S| s.is_empty());
    e.register_fn("len", |s: S| s.chars().count() as INT);
    e.register_fn("is_empty", |s: S| s.is_empty());
    e.register_fn("trim", |s: S| S::from(s.trim()));
    e.register_fn("to_upper", |c: NativeCallContext, s: S| -> Res<S> {
        charge(&c, s.len())?;
        Ok(s.to_uppercase().into())
    });
    e.register_fn("to_lower", |c: NativeCallContext, s: S| -> Res<S> {
        charge(&c, s.len())?;
        Ok(s.to_lowercase().into())
    });
    e.register_fn(
        "contains",
        |c: NativeCallContext, s: S, part: S| -> Res<bool> {
            charge(&c, s.len())?;
            Ok(s.contains(part.as_str()))
        },
    );
    e.register_fn("starts_with", |s: S, part: S| s.starts_with(part.as_str()));
    e.register_fn("ends_with", |s: S, part: S| s.ends_with(part.as_str()));
    e.register_fn(
        "index_of",
        |c: NativeCallContext, s: S, part: S| -> Res<INT> {
            charge(&c, s.len())?;
            let at = s.find(part.as_str()).and_then(|at| s.get(..at));
            Ok(at.map_or(-1, |before| before.chars().count() as INT))
        },
    );
    e.register_fn("sub_string", |s: S, start: INT| part_of(&s, start, None));
    e.register_fn("sub_string", |s: S, start: INT, n: INT| {
        part_of(&s, start, Some(n))
    });
    e.register_fn("replace", |c: NativeCallContext, s: S, a: S, b: S| {
        replaced(&c, &s, &a, &b)
    });
    e.register_fn("pad_left", |c: NativeCallContext, s: S, n: INT, w: S| {
        padded(&c, &s, n, &w, true)
    });
    e.register_fn("pad_right", |c: NativeCallContext, s: S, n: INT, w: S| {
        padded(&c, &s, n, &w, false)
    });
    e.register_fn("split", |c: NativeCallContext, s: S, by: S| {
        pieces(&c, &s, &by)
    });
    e.register_fn("part", |s: S, by: S, n: INT| nth(&s, &by, n));
    e.register_fn("is_digits", |s: S| {
        !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())
    });
}

fn list(b: &mut Build) {
    use Ty::{Bool, Number, Text};
    const T: (&str, Ty) = ("text", Text);
    const P: (&str, Ty) = ("part", Text);
    b.func("len", &[T], Number, "How many characters.");
    b.func("is_empty", &[T], Bool, "Whether there is nothing in it.");
    b.func("trim", &[T], Text, "Without the blanks at both ends.");
    b.func("to_upper", &[T], Text, "In capitals.");
    b.func("to_lower", &[T], Text, "In small letters.");
    b.func(
        "contains",
        &[T, P],
        Bool,
        "Whether the part is in the text; also `part in text`.",
    );
    b.func(
        "starts_with",
        &[T, P],
        Bool,
        "Whether it begins with the part.",
    );
    b.func("ends_with", &[T, P], Bool, "Whether it ends with the part.");
    b.func(
        "index_of",
        &[T, P],
        Number,
        "Where the part begins, from 0; -1 where it is not.",
    );
    b.func(
        "sub_string",
        &[T, ("start", Number)],
        Text,
        "From a character to the end; a negative start counts from the end.",
    );
    b.func(
        "sub_string",
        &[T, ("start", Number), ("length", Number)],
        Text,
        "So many characters from a start.",
    );
}

fn list_parts(b: &mut Build) {
    use Ty::{Any, Bool, Number, Text, Texts};
    const T: (&str, Ty) = ("text", Text);
    b.func(
        "replace",
        &[T, ("from", Text), ("to", Text)],
        Text,
        "A new text with every `from` made `to`; the text itself stays.",
    );
    b.func(
        "pad_left",
        &[T, ("length", Number), ("with", Text)],
        Text,
        "Filled up at the left.",
    );
    b.func(
        "pad_right",
        &[T, ("length", Number), ("with", Text)],
        Text,
        "Filled up at the right.",
    );
    b.func(
        "split",
        &[T, ("by", Text)],
        Texts,
        "The pieces between a separator.",
    );
    b.func(
        "part",
        &[T, ("by", Text), ("n", Number)],
        Any,
        "The n-th piece between a separator, from 0, or `()`.",
    );
    b.func(
        "is_digits",
        &[T],
        Bool,
        "Whether it is digits only, and at least one.",
    );
    for (name, ty, doc) in [
        ("len", Number, "How many characters."),
        ("is_empty", Bool, "Whether there is nothing in it."),
    ] {
        b.catalog.props.push(super::catalog::Prop {
            on: Text,
            name,
            ty,
            optional: false,
            settable: false,
            doc,
        });
    }
}
