//! From where a field of a document was read: the path in the raw record, and the line of the manifest.

use super::shape::{FieldSpec, Manifest, ValueSpec};

/// The path of a canonical field (`total`, `line[2].quantity`), and where the manifest of the document's kind says so.
pub(super) fn origin(manifest: &Manifest, field: &str) -> Option<String> {
    let kind = &manifest.invoices;
    // A line's or payment's id may hold dots of its own.
    let (list, name) = match field.split_once("].") {
        Some((of, name)) if of.starts_with("line[") => (Some(&kind.lines), name),
        Some((of, name)) if of.starts_with("payment[") => (Some(&kind.payments), name),
        _ => (None, field),
    };
    // What is made of several fields names them all.
    let names = || name.split(", ");
    let file = &manifest.file;
    let told = |f: &FieldSpec, from: &str| {
        let place = format!("{file}:{}:{}", f.at.line, f.at.column);
        format!("{} ({place})", value(&f.value, from))
    };
    let Some(lists) = list else {
        let found = kind.map.iter().find(|f| names().any(|n| n == f.name))?;
        return Some(told(found, ""));
    };
    // Of several lists it is not kept from which one an element came: each that says the field is named.
    let all = lists.iter().filter_map(|l| {
        let found = l.map.iter().find(|f| names().any(|n| n == f.name))?;
        Some(told(found, &format!("{}.", l.from)))
    });
    let all: Vec<String> = all.collect();
    (!all.is_empty()).then(|| all.join(", or "))
}

fn value(spec: &ValueSpec, from: &str) -> String {
    if let Some(text) = &spec.text {
        return format!("the text \"{text}\"");
    }
    let from = match &spec.look {
        Some((name, by)) => format!("{name} by {from}{by}, "),
        None => from.to_owned(),
    };
    let paths: Vec<String> = spec.paths.iter().map(|p| format!("{from}{p}")).collect();
    paths.join(if spec.join { " and " } else { " or " })
}
