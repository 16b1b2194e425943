//! Request bodies, taken at their word.
//!
//! Flows in: a body and the schema's properties. Flows out: the object, known to have no property the schema
//! does not name, every required one, and the declared types. Refuses with v2's 400: `Unrecognized property: x`.
//! Bounded by the plane's body limit.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::errors::Fail;

/// The type of a property.
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    Integer,
    Number,
    Flag,
    /// ISO 8601 with a time and an offset.
    Time,
    /// `YYYY-MM-DD`.
    Date,
    Word(&'static [&'static str]),
    Texts,
    Object(&'static [Field]),
    List(&'static [Field]),
    Any,
}

/// One property of a schema.
pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
    }
}

pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: true,
    }
}

pub(super) const LONG: Kind = Kind::Text(65_535);

/// Reads a body against a schema.
pub(super) fn body(bytes: &[u8], schema: &[Field]) -> Result<Map<String, Value>, Fail> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|_| Fail::bad("JSON parse error: the request body is not readable"))?;
    match value {
        Value::Object(map) => {
            check(&map, schema, "")?;
            // Jackson takes null for absent.
            Ok(map.into_iter().filter(|(_, v)| !v.is_null()).collect())
        }
        _ => Err(Fail::bad(
            "JSON parse error: the request body is not an object",
        )),
    }
}

fn check(map: &Map<String, Value>, schema: &[Field], at: &str) -> Result<(), Fail> {
    for name in map.keys() {
        if !schema.iter().any(|f| f.name == name) {
            return Err(Fail::bad(format!("Unrecognized property: {at}{name}")));
        }
    }
    for field in schema {
        let path = format!("{at}{}", field.name);
        match map.get(field.name) {
            None | Some(Value::Null) if field.required => {
                return Err(Fail::bad(format!("{path} is required")));
            }
            None | Some(Value::Null) => {}
            Some(value) => check_one(value, &field.kind, &path)?,
        }
    }
    Ok(())
}

fn check_one(value: &Value, kind: &Kind, path: &str) -> Result<(), Fail> {
    let refuse = |what: &str| Err(Fail::bad(format!("{path} must be {what}")));
    match kind {
        Kind::Text(most) => match value.as_str() {
            None => refuse("a string"),
            Some(text) if text.chars().count() > *most => {
                refuse(&format!("at most {most} characters"))
            }
            Some(_) => Ok(()),
        },
        Kind::Integer if value.as_i64().is_none() => refuse("an integer"),
        Kind::Number if !value.is_number() => refuse("a number"),
        Kind::Flag if !value.is_boolean() => refuse("a boolean"),
        Kind::Time => match value.as_str().map(DateTime::parse_from_rfc3339) {
            Some(Ok(_)) => Ok(()),
            _ => refuse("an ISO-8601 date-time (e.g. 2024-05-21T23:00:00Z)"),
        },
        Kind::Date => match value
            .as_str()
            .map(|s| NaiveDate::parse_from_str(s, "%Y-%m-%d"))
        {
            Some(Ok(_)) => Ok(()),
            _ => refuse("an ISO-8601 date (e.g. 2024-05-21)"),
        },
        Kind::Word(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(()),
            _ => refuse(&format!("one of {}", words.join(", "))),
        },
        Kind::Texts => match value.as_array() {
            Some(list) if list.iter().all(Value::is_string) => Ok(()),
            _ => refuse("an array of strings"),
        },
        Kind::Object(schema) => match value.as_object() {
            Some(map) => check(map, schema, &format!("{path}.")),
            None => refuse("an object"),
        },
        Kind::List(schema) => {
            let Some(list) = value.as_array() else {
                return refuse("an array");
            };
            for (n, one) in list.iter().enumerate() {
                let Some(map) = one.as_object() else {
                    return refuse("an array of objects");
                };
                check(map, schema, &format!("{path}[{n}]."))?;
            }
            Ok(())
        }
        Kind::Any | Kind::Integer | Kind::Number | Kind::Flag => Ok(()),
    }
}
