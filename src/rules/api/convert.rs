//! Values on their way between a script and a document, and the errors a script can cause.

use super::catalog::Ty;
use crate::model::codes::{self, Code};
use crate::rules::cell::FieldValue;
use chrono::NaiveDate;
use rhai::{Array, Dynamic, EvalAltResult, INT, ImmutableString, Map, Position};
use rust_decimal::Decimal;
use std::any::TypeId;

/// The result of a native function.
pub(crate) type Res<T> = Result<T, Box<EvalAltResult>>;

/// A mistake of a rule, with its cure. Travels inside Rhai's runtime error to where reasons are made.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// A stable code.
    pub code: Code,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// A runtime error that carries a code and a cure.
pub(crate) fn trouble(
    code: Code,
    what: impl Into<String>,
    fix: impl Into<String>,
    place: Position,
) -> Box<EvalAltResult> {
    let t = Trouble {
        code,
        what: what.into(),
        fix: fix.into(),
    };
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(t), place))
}

/// What a value is, in the words of the reference.
pub(crate) fn kind(v: &Dynamic) -> &'static str {
    let id = v.type_id();
    if v.is_string() || v.is_char() {
        "text"
    } else if v.is_int() || v.is_decimal() {
        "a number"
    } else if v.is_bool() {
        "true or false"
    } else if v.is_unit() {
        "`()`, nothing"
    } else if id == TypeId::of::<NaiveDate>() {
        "a date"
    } else if id == TypeId::of::<Array>() {
        "a list"
    } else if id == TypeId::of::<Map>() {
        "a map"
    } else if v.is_fnptr() {
        "a function"
    } else {
        "a document or a part of one"
    }
}

/// A value cut short for a message.
pub(crate) fn shown(v: &Dynamic) -> String {
    let text = match v.as_immutable_string_ref() {
        Ok(s) => format!("\"{}\"", s.as_str()),
        Err(_) => match number(v) {
            Some(n) => n.to_string(),
            None => return String::new(),
        },
    };
    text.chars().take(60).collect()
}

/// A number of either kind.
pub(crate) fn number(v: &Dynamic) -> Option<Decimal> {
    if let Ok(n) = v.as_int() {
        return Some(Decimal::from(n));
    }
    v.as_decimal().ok()
}

/// A whole number.
pub(crate) fn whole(v: &Dynamic) -> Option<INT> {
    if let Ok(n) = v.as_int() {
        return Some(n);
    }
    let d = v.as_decimal().ok()?;
    d.fract().is_zero().then(|| INT::try_from(d).ok()).flatten()
}

/// A day, or nothing.
pub(crate) fn day(d: Option<NaiveDate>) -> Dynamic {
    d.map_or(Dynamic::UNIT, Dynamic::from)
}

/// An amount, or nothing.
pub(crate) fn amount(d: Option<Decimal>) -> Dynamic {
    d.map_or(Dynamic::UNIT, Dynamic::from)
}

/// A list of texts.
pub(crate) fn texts(all: &[String]) -> Dynamic {
    let list: Array = all.iter().map(|t| text(t).into()).collect();
    list.into()
}

fn wrong(name: &str, takes: &str, v: &Dynamic, place: Position) -> Box<EvalAltResult> {
    let fix = match (takes, number(v)) {
        ("text", Some(n)) => format!("write it in quotes: \"{n}\""),
        _ => format!("give `{name}` {takes}"),
    };
    let given = shown(v);
    let given = if given.is_empty() {
        kind(v).to_owned()
    } else {
        format!("{given}, {}", kind(v))
    };
    trouble(
        codes::RULE_TYPE_MISMATCH,
        format!("`{name}` takes {takes}, not {given}"),
        fix,
        place,
    )
}

/// That a set was refused.
pub(crate) fn refused_set(name: &str, takes: &str, place: Position) -> Box<EvalAltResult> {
    trouble(
        codes::RULE_CANNOT_SET,
        format!("`{name}` cannot be given this value: it takes {takes}"),
        "see docs/rules-reference.md for what each hook may change",
        place,
    )
}

/// The value a script gives a field, checked against the field's type.
///
/// # Errors
/// A located type mismatch.
pub(crate) fn to_value(ty: Ty, name: &str, v: Dynamic, place: Position) -> Res<FieldValue> {
    match ty {
        Ty::Text => match v.as_immutable_string_ref() {
            Ok(s) => return Ok(FieldValue::Text(s.as_str().to_owned())),
            Err(_) => {
                if let Ok(c) = v.as_char() {
                    return Ok(FieldValue::Text(c.to_string()));
                }
            }
        },
        Ty::Number => {
            if let Some(n) = number(&v) {
                return Ok(FieldValue::Number(n));
            }
        }
        Ty::Day => {
            if v.is_unit() {
                return Ok(FieldValue::Day(None));
            }
            if let Some(d) = v.clone().try_cast::<NaiveDate>() {
                return Ok(FieldValue::Day(Some(d)));
            }
        }
        Ty::Texts => {
            if let Some(list) = v.clone().try_cast::<Array>() {
                return texts_from(name, list, place).map(FieldValue::Texts);
            }
        }
        Ty::Tracking => {
            if let Some(map) = v.clone().try_cast::<Map>() {
                return pairs_from(name, map, place).map(FieldValue::Pairs);
            }
        }
        _ => {}
    }
    let takes = match ty {
        Ty::Text => "text",
        Ty::Number => "a number",
        Ty::Day => "a date",
        Ty::Texts => "a list of texts",
        Ty::Tracking => "a map such as #{ \"Region\": \"North\" }",
        _ => "another kind of value",
    };
    Err(wrong(name, takes, &v, place))
}

fn texts_from(name: &str, list: Array, place: Position) -> Res<Vec<String>> {
    list.into_iter()
        .map(|v| match v.as_immutable_string_ref() {
            Ok(s) => Ok(s.as_str().to_owned()),
            Err(_) => Err(wrong(name, "a list of texts", &v, place)),
        })
        .collect()
}

fn pairs_from(name: &str, map: Map, place: Position) -> Res<Vec<(String, String)>> {
    map.into_iter()
        .map(|(k, v)| match v.as_immutable_string_ref() {
            Ok(s) => Ok((k.to_string(), s.as_str().to_owned())),
            Err(_) => Err(wrong(name, "texts in its map", &v, place)),
        })
        .collect()
}

/// A text argument.
pub(crate) fn text(s: &str) -> ImmutableString {
    s.into()
}
