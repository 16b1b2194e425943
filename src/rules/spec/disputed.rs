//! A field of a case that both sides changed.

use super::super::api::catalog::nearest;
use super::document::invoice_draft;
use crate::model::{Invoice, Kind};
use crate::rules::runner::{DisputedField, SideView};
use serde_json::{Map, Value};

/// The sides, in the order in which a hook is given them.
const SIDES: [&str; 3] = ["source", "ledger", "agreed"];

fn known(map: &Map<String, Value>, words: &[&str], what: &str) -> Result<(), String> {
    let Some(key) = map.keys().find(|k| !words.contains(&k.as_str())) else {
        return Ok(());
    };
    Err(format!(
        "there is no `{key}` in {what}{}",
        meant(key, words)
    ))
}

fn meant(word: &str, words: &[&str]) -> String {
    match nearest(word, words.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; it is one of: {}", words.join(", ")),
    }
}

fn map<'a>(
    given: &'a Value,
    how: &str,
) -> Result<std::borrow::Cow<'a, Map<String, Value>>, String> {
    use std::borrow::Cow;
    match given {
        Value::Null => Ok(Cow::Owned(Map::new())),
        Value::Object(map) => Ok(Cow::Borrowed(map)),
        _ => Err(format!("it is written as a map: {how}")),
    }
}

/// The field, and the source's document that it is of. `given` names the field and what either side says of it, `with` as much of the
/// three documents as matters.
pub(super) fn disputed(given: &Value, with: &Value) -> Result<(DisputedField, Invoice), String> {
    let own = map(
        given,
        "{ field: due, source: \"2026-08-01\", ledger: \"2026-08-15\", agreed: \"2026-07-31\" }",
    )?;
    known(
        &own,
        &["field", "line", "source", "ledger", "agreed"],
        "a field that both sides changed",
    )?;
    let word = own.get("field").and_then(Value::as_str).unwrap_or("due");
    let field = DisputedField::FIELDS.into_iter().find(|f| *f == word);
    let field = field.ok_or_else(|| {
        format!(
            "there is no field `{word}`{}",
            meant(word, &DisputedField::FIELDS)
        )
    })?;
    let line = own.get("line").and_then(Value::as_u64);
    let documents = map(
        with,
        "with { source: { .. }, ledger: { .. }, agreed: { .. } }",
    )?;
    known(
        &documents,
        &SIDES,
        "the documents of a field that both sides changed",
    )?;
    let mut invoice = None;
    let mut side = |name: &str| -> Result<SideView, String> {
        // The source's document is written with its draft; the two others are of the same one.
        let given = documents.get(name).unwrap_or(&Value::Null);
        let (document, source) = invoice_draft(given, Kind::Invoice)?;
        invoice.get_or_insert(source);
        let value = match own.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        Ok(SideView { value, document })
    };
    let [source, ledger, agreed] = SIDES;
    let sides = [side(source)?, side(ledger)?, side(agreed)?];
    let disputed = DisputedField {
        field,
        line: line.and_then(|n| u32::try_from(n).ok()),
        sides,
    };
    let invoice = invoice.ok_or("a case has a document")?;
    Ok((disputed, invoice))
}
