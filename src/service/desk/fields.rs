//! A draft as fields: for showing it, and for telling two apart.
//!
//! Flows in: drafts, and the steps of a decision. Flows out: fields by the names people are shown, with what set each.

use crate::model::{Draft, Origin, TraceStep};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One field that is new or changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldShown {
    /// The field, as `line[2].account`; lines count from 1.
    pub field: String,
    /// What it was; none for a new document.
    pub was: Option<String>,
    /// What it will be.
    pub becomes: Option<String>,
    /// What set it, where that was recorded.
    pub by: Option<String>,
}

/// The number that a paper will have in the ledger, where that is another than its document's own.
pub(super) fn other_number(draft: Option<&Draft>, own: &str) -> Option<String> {
    match draft {
        Some(Draft::Invoice(d)) if d.number != own => Some(d.number.clone()),
        _ => None,
    }
}

/// A draft's fields in its own order, empty ones and what only we need left out.
pub fn fields(draft: &Draft) -> Vec<(String, String)> {
    let mut value = match draft {
        Draft::Contact(c) => serde_json::to_value(c),
        Draft::Invoice(i) => serde_json::to_value(i),
        Draft::Payment(p) => serde_json::to_value(p),
    }
    .unwrap_or_default();
    if let Value::Object(map) = &mut value {
        for ours in ["source", "source_payment", "kind"] {
            map.remove(ours);
        }
    }
    let mut out = Vec::new();
    flatten("", &value, &mut out);
    out.retain(|(f, v)| !v.is_empty() && !f.ends_with(".source_line") && !f.ends_with(".kind"));
    out
}

fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, inner, out);
            }
        }
        Value::Array(items) => {
            let name = if path == "lines" { "line" } else { path };
            for (n, inner) in items.iter().enumerate() {
                flatten(&format!("{name}[{}]", n + 1), inner, out);
            }
        }
        Value::Null => {}
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

/// What a draft changes of an earlier one; all of it without one.
pub fn changes(old: Option<&Draft>, new: &Draft, steps: &[TraceStep]) -> Vec<FieldShown> {
    let was: BTreeMap<String, String> = old.map(fields).unwrap_or_default().into_iter().collect();
    let now = fields(new);
    let by: BTreeMap<&str, &TraceStep> = steps.iter().map(|s| (s.field.as_str(), s)).collect();
    let gone = was.iter().filter(|(f, _)| now.iter().all(|(n, _)| n != *f));
    let gone = gone.map(|(f, v)| FieldShown {
        field: f.clone(),
        was: Some(v.clone()),
        becomes: None,
        by: None,
    });
    let gone: Vec<FieldShown> = gone.collect();
    let mut out: Vec<FieldShown> = (now.into_iter())
        .filter(|(f, v)| was.get(f) != Some(v))
        .map(|(field, value)| FieldShown {
            was: was.get(&field).cloned(),
            by: by.get(field.as_str()).map(|s| origin(&s.origin)),
            becomes: Some(value),
            field,
        })
        .collect();
    out.extend(gone);
    out
}

/// What set a field, for people.
pub fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Source { field } => format!("source: {field}"),
        Origin::Mapping { key, place } => format!("{place} ({key})"),
        Origin::Rule { hook, place } => format!("{place} ({hook})"),
        Origin::Ledger { what } => format!("ledger: {what}"),
    }
}

/// The steps of a decision with fields named as [`fields`] names them: the mapping names a line by its id in the
/// source, a rule by its place.
pub fn named(steps: &[TraceStep], lines: &[String]) -> Vec<TraceStep> {
    let one = |step: &TraceStep| {
        let field = step.field.strip_prefix("invoice.").unwrap_or(&step.field);
        let by_rule = matches!(step.origin, Origin::Rule { .. });
        let renamed = (!by_rule).then(|| by_place(field, lines)).flatten();
        TraceStep {
            field: renamed.unwrap_or_else(|| field.to_owned()),
            ..step.clone()
        }
    };
    steps.iter().map(one).collect()
}

fn by_place(field: &str, lines: &[String]) -> Option<String> {
    let (id, rest) = field.strip_prefix("line[")?.split_once(']')?;
    let n = lines.iter().position(|l| l == id)?;
    Some(format!("line[{}]{rest}", n + 1))
}

/// The source's ids of the lines of the invoice among some drafts, in order.
pub fn line_ids(drafts: &[Draft]) -> Vec<String> {
    let invoice = drafts.iter().find_map(|d| match d {
        Draft::Invoice(i) => Some(i),
        _ => None,
    });
    let lines = invoice.map(|i| i.lines.as_slice()).unwrap_or_default();
    lines.iter().map(|l| l.source_line.clone()).collect()
}
