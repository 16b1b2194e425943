//! Comparing and dividing.
//!
//! Rhai answers `line.account == 200` with a silent `false`, and `1 / 3` with 0. Here comparing values of
//! different kinds is an error with a place, and so is dividing whole numbers. The operators are Rhai's
//! own, switched off and put back under the same signs with the same precedence.

use super::builder::Res;
use super::convert::{kind, number, shown, trouble};
use crate::model::codes;
use chrono::NaiveDate;
use rhai::{Dynamic, Engine, NativeCallContext, Position};
use rust_decimal::Decimal;
use std::any::TypeId;
use std::cmp::Ordering;
use std::sync::{Arc, Mutex};

/// The signs put back, with Rhai's own precedence.
const COMPARE: [(&str, u8); 6] = [
    ("==", 90),
    ("!=", 90),
    ("<", 130),
    ("<=", 130),
    (">", 130),
    (">=", 130),
];

/// What a rule has no use for, or what would hide a mistake.
const SWITCHED_OFF: [&str; 24] = [
    "eval",
    "import",
    "export",
    "try",
    "catch",
    "**",
    "**=",
    "<<",
    "<<=",
    ">>",
    ">>=",
    "&",
    "&=",
    "|=",
    "^",
    "^=",
    "/=",
    "debug",
    "curry",
    "is_shared",
    "is_def_var",
    "is_def_fn",
    "Fn",
    "do",
];

/// What to use instead of a word or sign that rules do not have.
pub(crate) fn advice(word: &str) -> Option<&'static str> {
    Some(match word {
        "null" | "nil" | "None" | "Null" | "NULL" | "undefined" => "write `()`",
        "True" | "TRUE" => "write `true`",
        "False" | "FALSE" => "write `false`",
        "var" => "write `let`",
        "eval" => "write the code itself: a rule cannot make code",
        "import" | "export" => {
            "a rule file stands alone: list several under `rules:` in the tenant's file"
        }
        "try" | "catch" => {
            "there is nothing to catch: a rule that breaks holds the document with the line that broke"
        }
        "**" | "**=" => "multiply: x * x",
        "/=" => "write x = x / y, or div(x, y, places)",
        "<<" | "<<=" | ">>" | ">>=" | "&" | "&=" | "|=" | "^" | "^=" => {
            "rules have no arithmetic of bits; `&&` and `||` are and, or"
        }
        "|" => "write `||` for or",
        "round" => {
            "use round_money(x, \"half_up\"): Rhai's own rounding takes a half to the even neighbour"
        }
        "floor" | "truncate" | "int" => "use round_money(x, \"down\", 0)",
        "ceiling" => "use round_money(x, \"half_up\", 0)",
        "sleep" => "a rule cannot wait; answer hold(why)",
        "timestamp" | "now" | "today" => "use ctx.today",
        "rand" | "random" => "a rule must answer the same each time",
        "debug" => "use print(x)",
        "pad" => "use pad_left(text, n, \"0\") or pad_right",
        "includes" | "has" => "write `contains`",
        "toUpperCase" | "upper" | "ucase" | "strtoupper" => "write `to_upper`",
        "toLowerCase" | "lower" | "lcase" | "strtolower" => "write `to_lower`",
        "substring" | "substr" | "mid" => "write `sub_string`",
        "make_upper" => "use to_upper(text), which gives a new text",
        "make_lower" => "use to_lower(text), which gives a new text",
        "parse_int" | "parse_decimal" | "parse_float" | "to_int" | "to_decimal" | "to_float" => {
            "use to_number(text)"
        }
        "+" => "join text with `${..}`: `Order ${invoice.number}`",
        "-" | "*" | "%" => "use numbers on both sides; to_number(text) reads one from a text",
        "Fn" | "curry" | "is_shared" | "is_def_var" | "is_def_fn" | "do" => {
            "rules do not need it; see docs/rules-reference.md"
        }
        _ => return None,
    })
}

/// Sets the signs and words of the language: what parsing depends on.
pub(crate) fn language(engine: &mut Engine) {
    for word in SWITCHED_OFF {
        engine.disable_symbol(word);
    }
    for (sign, precedence) in COMPARE.into_iter().chain([("/", 180)]) {
        engine.disable_symbol(sign);
        // It cannot be refused: the sign has just been switched off.
        let _ = engine.register_custom_operator(sign, precedence);
    }
    #[allow(deprecated)]
    engine.on_parse_token(|token, _, _| reword(token));
}

/// `use(i)` is a rule's answer, not Rhai's reserved word.
fn reword(token: rhai::Token) -> rhai::Token {
    match token {
        rhai::Token::Reserved(word) if *word == "use" => rhai::Token::Identifier(word),
        other => other,
    }
}

/// The tokens of what is parsed from now on, with their places.
pub(crate) type Heard = Arc<Mutex<Vec<(rhai::Token, Position)>>>;

/// Makes a parser note the tokens that it reads.
pub(crate) fn listen(engine: &mut Engine) -> Heard {
    let heard = Heard::default();
    let note = Arc::clone(&heard);
    #[allow(deprecated)]
    engine.on_parse_token(move |token, place, _| {
        let token = reword(token);
        if let Ok(mut all) = note.lock() {
            all.push((token.clone(), place));
        }
        token
    });
    heard
}

/// Registers the operators.
pub(crate) fn add(engine: &mut Engine) {
    let any = [TypeId::of::<Dynamic>(), TypeId::of::<Dynamic>()];
    engine.register_raw_fn("==", any, |c, a| {
        equal(a[0], a[1], c.call_position()).map(Dynamic::from)
    });
    engine.register_raw_fn("!=", any, |c, a| {
        equal(a[0], a[1], c.call_position()).map(|e| Dynamic::from(!e))
    });
    engine.register_raw_fn("<", any, |c, a| {
        order(&c, a).map(|o| Dynamic::from(o == Ordering::Less))
    });
    engine.register_raw_fn("<=", any, |c, a| {
        order(&c, a).map(|o| Dynamic::from(o != Ordering::Greater))
    });
    engine.register_raw_fn(">", any, |c, a| {
        order(&c, a).map(|o| Dynamic::from(o == Ordering::Greater))
    });
    engine.register_raw_fn(">=", any, |c, a| {
        order(&c, a).map(|o| Dynamic::from(o != Ordering::Less))
    });
    engine.register_raw_fn("/", any, |c, a| {
        quotient(a[0], a[1], c.call_position()).map(Dynamic::from)
    });
}

fn order(c: &NativeCallContext, a: &mut [&mut Dynamic]) -> Res<Ordering> {
    let place = c.call_position();
    match compare(a[0], a[1]) {
        Some(order) => Ok(order),
        None => Err(mismatch(a[0], a[1], place)),
    }
}

/// Whether two values are equal.
///
/// # Errors
/// A type mismatch, `()` excepted.
pub(crate) fn equal(a: &Dynamic, b: &Dynamic, place: Position) -> Res<bool> {
    if a.is_unit() || b.is_unit() {
        return Ok(a.is_unit() && b.is_unit());
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(a == b);
    }
    compare(a, b)
        .map(|o| o == Ordering::Equal)
        .ok_or_else(|| mismatch(a, b, place))
}

/// Their order, where they have one.
pub(crate) fn compare(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Some(a.as_str().cmp(b.as_str()));
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<NaiveDate>(), b.read_lock::<NaiveDate>()) {
        return Some(a.cmp(&b));
    }
    letters(a, b)
}

/// A single character is text of length one.
fn letters(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    let text = |v: &Dynamic| match v.as_char() {
        Ok(c) => Some(c.to_string()),
        Err(_) => v
            .as_immutable_string_ref()
            .ok()
            .map(|s| s.as_str().to_owned()),
    };
    if !a.is_char() && !b.is_char() {
        return None;
    }
    Some(text(a)?.cmp(&text(b)?))
}

fn with_its_zeros(number: &Dynamic) -> String {
    format!(
        "write the number in quotes, with any zeros that the rule writes before it: \"{}\"",
        shown(number)
    )
}

fn mismatch(a: &Dynamic, b: &Dynamic, place: Position) -> Box<rhai::EvalAltResult> {
    let (ka, kb) = (kind(a), kind(b));
    let fix = match (ka, kb) {
        // The zeros before it are gone by now.
        ("text", "a number") => with_its_zeros(b),
        ("a number", "text") => with_its_zeros(a),
        ("a date", "text") | ("text", "a date") => "write date(\"2026-07-01\")".to_owned(),
        _ if a.is_unit() || b.is_unit() => "test for `()` first: `if x != () { .. }`".to_owned(),
        _ if ka == kb => "compare one of their properties, such as `.id` or `.len`".to_owned(),
        _ => "compare values of the same kind".to_owned(),
    };
    let said = |v: &Dynamic, k: &str| {
        let s = shown(v);
        if s.is_empty() {
            k.to_owned()
        } else {
            format!("{s} ({k})")
        }
    };
    let what = if ka == kb {
        format!("two values cannot be compared when each is {ka}")
    } else {
        format!("{} is compared with {}", said(a, ka), said(b, kb))
    };
    trouble(codes::RULE_TYPE_MISMATCH, what, fix, place)
}

fn quotient(a: &Dynamic, b: &Dynamic, place: Position) -> Res<Decimal> {
    if a.is_int() && b.is_int() {
        return Err(trouble(
            codes::RULE_WHOLE_DIVISION,
            format!(
                "{} / {} divides whole numbers, which would lose what is left over",
                shown(a),
                shown(b)
            ),
            "use div(a, b, places), or write one of them with a point: 3.0",
            place,
        ));
    }
    let (Some(x), Some(y)) = (number(a), number(b)) else {
        return Err(mismatch_division(a, b, place));
    };
    x.checked_div(y).ok_or_else(|| {
        trouble(
            codes::RULE_ARITHMETIC,
            format!("{x} / {y} has no result"),
            "test the divisor with `.is_zero` first",
            place,
        )
    })
}

fn mismatch_division(a: &Dynamic, b: &Dynamic, place: Position) -> Box<rhai::EvalAltResult> {
    trouble(
        codes::RULE_TYPE_MISMATCH,
        format!("{} cannot be divided by {}", kind(a), kind(b)),
        "divide numbers only",
        place,
    )
}
