//! The published shapes: which fields a body may have, of which type, how long.
//!
//! Flows in: a body and its kind. Flows out: what is wrong with it, or nothing. A field that the shape does not have
//! refuses the request (2010), and so does a value of another type; a word outside an enumeration is 2170, a text that
//! is too long 2050.

mod enums;
mod lists;
mod papers;
mod parts;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::fault::Fault;
use super::kinds::{Family, Kind};
use super::money;
use super::values::{self, Fields};

/// A field's type.
#[derive(Debug, Clone, Copy)]
struct Type {
    code: &'static str,
    many: bool,
}

type Shape = BTreeMap<&'static str, Type>;

fn shapes() -> &'static BTreeMap<&'static str, Shape> {
    static SHAPES: OnceLock<BTreeMap<&'static str, Shape>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let all = papers::PAPERS
            .iter()
            .chain(lists::LISTS)
            .chain(parts::PARTS);
        all.map(|(name, fields)| {
            let fields = fields
                .split_ascii_whitespace()
                .filter_map(|f| f.split_once(':'));
            let shape = fields.map(|(field, code)| match code.strip_suffix('+') {
                Some(code) => (field, Type { code, many: true }),
                None => (field, Type { code, many: false }),
            });
            (*name, shape.collect())
        })
        .collect()
    })
}

/// Whether a kind has a field, by its exact name.
pub(super) fn has(kind: Kind, field: &str) -> bool {
    shapes()
        .get(kind.word())
        .is_some_and(|s| s.contains_key(field))
}

/// The type of a kind's field, for queries: `s`, `n`, `b`, `d`, `t`, `k`, `R` and the others.
pub(super) fn type_of(kind: Kind, field: &str) -> Option<&'static str> {
    let found = shapes().get(kind.word())?.get(field)?;
    (!found.many).then_some(found.code)
}

/// What is wrong with the shape of a body: the first thing that cannot be read, or every word and length.
pub(super) fn check(kind: Kind, body: &Fields) -> Vec<Fault> {
    let mut soft = Vec::new();
    match object(kind.word(), body, &mut soft) {
        Err(hard) => vec![*hard],
        Ok(()) => {
            lengths(kind, body, &mut soft);
            soft
        }
    }
}

type Hard = Result<(), Box<Fault>>;

fn object(name: &str, body: &Fields, soft: &mut Vec<Fault>) -> Hard {
    let Some(shape) = shapes().get(name) else {
        return Ok(());
    };
    for (field, value) in body {
        let Some(found) = shape.get(field.as_str()) else {
            return Err(Box::new(unknown(name, field, shape)));
        };
        if !values::says(value) {
            continue;
        }
        match (found.many, value) {
            (true, Value::Array(list)) => {
                for one in list {
                    single(found.code, field, one, soft)?;
                }
            }
            (true, _) => return Err(mistyped(field, "java.util.ArrayList", value)),
            (false, _) => single(found.code, field, value, soft)?,
        }
    }
    Ok(())
}

fn single(code: &str, field: &str, value: &Value, soft: &mut Vec<Fault>) -> Hard {
    if let Some(name) = code.strip_prefix("T.") {
        return match value {
            Value::Object(inner) => object(name, inner, soft),
            _ => Err(mistyped(field, name, value)),
        };
    }
    if let Some(name) = code.strip_prefix("E.") {
        let words = enums::ENUMS.iter().find(|(n, _)| *n == name);
        let known = |word: &str| words.is_none_or(|(_, all)| all.split('|').any(|w| w == word));
        match value.as_str() {
            Some(word) if known(word) => {}
            Some(word) => soft.push(Fault::new("2170", format!("Invalid Enumeration : {word}"))),
            None => return Err(mistyped(field, name, value)),
        }
        return Ok(());
    }
    let bare = matches!(value, Value::String(_) | Value::Number(_));
    let (right, class) = match code {
        "s" => (bare || value.is_boolean(), "java.lang.String"),
        "k" => (bare, "java.lang.String"),
        "n" => (money::of(value).is_some(), "java.math.BigDecimal"),
        "i" => (
            money::of(value).is_some_and(|d| d.is_integer()),
            "java.lang.Integer",
        ),
        "b" => (
            value.is_boolean() || matches!(value.as_str(), Some("true" | "false")),
            "java.lang.Boolean",
        ),
        "d" => (
            value
                .as_str()
                .is_some_and(|s| values::parse_day(s).is_some()),
            "java.util.Date",
        ),
        "t" => (
            value
                .as_str()
                .is_some_and(|s| values::parse_time(s).is_some()),
            "java.util.Date",
        ),
        "R" => {
            let keys = ["value", "name", "type", "id"];
            let right = |m: &Fields| {
                m.iter()
                    .all(|(k, v)| keys.contains(&k.as_str()) && !v.is_object() && !v.is_array())
            };
            (
                value.as_object().is_some_and(right),
                "com.intuit.schema.finance.v3.ReferenceType",
            )
        }
        _ => (true, ""),
    };
    match right {
        true => Ok(()),
        false => Err(mistyped(field, class, value)),
    }
}

fn unknown(name: &str, field: &str, shape: &Shape) -> Fault {
    let names: Vec<String> = shape.keys().map(|k| format!("\"{k}\"")).collect();
    Fault::property(format_args!(
        "Unrecognized field \"{field}\" (class com.intuit.schema.finance.v3.{name}), not marked as ignorable ({} known \
         properties: {}])\n",
        names.len(),
        names.join(", ")
    ))
}

fn mistyped(field: &str, class: &str, value: &Value) -> Box<Fault> {
    Box::new(
        Fault::property(format_args!(
            "Can not construct instance of {class} from value {value} of {field}: not a valid value\n"
        ))
        .at(field),
    )
}

/// Lengths: whose, the field (and the field within), the most characters, what the vendor calls it.
type Length = (
    &'static [Family],
    &'static str,
    &'static str,
    usize,
    &'static str,
);

const PAPER: &[Family] = &[
    Family::Sale,
    Family::Payment,
    Family::Purchase,
    Family::Journal,
];
const PARTY: &[Family] = &[Family::Party];
const LIST: &[Family] = &[Family::List];

const LENGTHS: &[Length] = &[
    (PAPER, "DocNumber", "", 21, "DocNumber"),
    (PAPER, "PrivateNote", "", 4000, "PrivateNote"),
    (PAPER, "CustomerMemo", "value", 1000, "Customer Memo"),
    (PAPER, "PONumber", "", 15, "PONumber"),
    (PAPER, "BillEmail", "Address", 100, "BillEmail"),
    (PAPER, "PaymentRefNum", "", 21, "PaymentRefNum"),
    (PARTY, "DisplayName", "", 500, "DisplayName"),
    (PARTY, "CompanyName", "", 100, "CompanyName"),
    (PARTY, "GivenName", "", 100, "GivenName"),
    (PARTY, "MiddleName", "", 100, "MiddleName"),
    (PARTY, "FamilyName", "", 100, "FamilyName"),
    (PARTY, "Title", "", 16, "Title"),
    (PARTY, "Suffix", "", 16, "Suffix"),
    (PARTY, "Notes", "", 2000, "Notes"),
    (
        PARTY,
        "PrimaryEmailAddr",
        "Address",
        100,
        "PrimaryEmailAddr",
    ),
    (PARTY, "PrimaryPhone", "FreeFormNumber", 30, "PrimaryPhone"),
    (
        PARTY,
        "AlternatePhone",
        "FreeFormNumber",
        30,
        "AlternatePhone",
    ),
    (PARTY, "Mobile", "FreeFormNumber", 30, "Mobile"),
    (PARTY, "Fax", "FreeFormNumber", 30, "Fax"),
    (LIST, "Name", "", 100, "Name"),
    (LIST, "Sku", "", 100, "Sku"),
    (LIST, "Description", "", 4000, "Description"),
];

fn lengths(kind: Kind, body: &Fields, soft: &mut Vec<Fault>) {
    for (families, field, inner, most, element) in LENGTHS {
        if !families.contains(&kind.family()) {
            continue;
        }
        let text = match inner.is_empty() {
            true => values::text(body, field),
            false => values::object(body, field).and_then(|o| values::text(o, inner)),
        };
        soft.extend(text.and_then(|t| length(&t, *most, element)));
    }
    for line in values::list(body, "Line") {
        let text = line
            .as_object()
            .and_then(|l| values::text(l, "Description"));
        soft.extend(text.and_then(|t| length(&t, 4000, "Line.Description")));
    }
}

/// 2050, when a text is longer than may be.
pub(super) fn length(text: &str, most: usize, element: &str) -> Option<Fault> {
    let long = text.chars().count();
    let said = |n: usize| money::grouped(rust_decimal::Decimal::from(n as u64));
    (long > most).then(|| {
        Fault::new(
            "2050",
            format!(
                "String length specified does not match the supported length. Min:0 Max:{} supported. Supplied length:{}",
                said(most),
                said(long)
            ),
        )
        .at(element)
    })
}
