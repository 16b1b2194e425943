//! A draft to the bytes of one request, as the manifest says it. Pure: the same write gives the same bytes.
//!
//! Flows in: one write. Flows out: an [`Encoded`] request. What is filled in is escaped where it stands, so that it changes neither
//! the path nor the structure of the body. Refused: what the manifest has no word for; prices that hold their tax, where it cannot
//! say so.

use super::build_write::body_of;
use super::request::BodySpec;
use super::shape::Manifest;
use super::template::{TemplateName, TemplateValues};
use super::write_shape::{KindWrite, MarkAt, SafeBy, WriteCall};
use super::written::Writer;
use super::written_values::WrittenValues;
use crate::connectors::{Encoded, Write};
use crate::model::{Draft, TaxMode};
use serde_json::Value;
use url::{Position, Url};

/// Stands for wherever the connection leads.
const ANYWHERE: &str = "https://anywhere.invalid";

/// Makes the request.
///
/// # Errors
/// A sentence: what cannot be said.
pub(super) fn encode(manifest: &Manifest, writes: &[Write]) -> Result<Encoded, String> {
    let [write] = writes else {
        return Err(format!("{} takes one document a request", manifest.title));
    };
    let kind = write.draft.kind();
    let spec = manifest.write.as_ref().and_then(|w| w.of(kind));
    let spec = spec.ok_or_else(|| format!("{kind}s are not written to {}", manifest.title))?;
    if spec.mark == MarkAt::Id || spec.safe_by == SafeBy::OurId {
        let id = super::ours::our_id(&write.marker);
        id.ok_or_else(|| format!("`{}` makes no id", write.marker))?;
    }
    said(spec, write)?;
    let formats = &manifest.formats;
    let values = Writer { formats, spec }.values(write)?;
    let update = write.update.as_ref();
    let call = match (update, &spec.change) {
        (None, _) => &spec.create,
        (Some(_), Some(change)) => &change.call,
        (Some(_), None) => {
            return Err(format!("{kind}s are not changed in {}", manifest.title));
        }
    };
    // Left out, the check of the version would be left out with it.
    let checked = spec.change.as_ref().is_some_and(|c| c.versioned);
    if checked && update.is_some_and(|u| u.version.is_empty()) {
        return Err(format!(
            "the version of the {kind} there is not known, and its change is checked by it"
        ));
    }
    let id = update.map(|u| u.id.as_str());
    let body = body_of(spec, update.is_some());
    request(call, body, (&values, id)).map(|(path, headers, body)| Encoded {
        kind,
        update: update.is_some(),
        path,
        method: call.method.as_str().to_owned(),
        body,
        markers: vec![write.marker.clone()],
        headers,
    })
}

type Request = (String, Vec<(String, String)>, String);

/// A call to its path with parameters, headers and body.
fn request(
    call: &WriteCall,
    body: &BodySpec,
    (values, id): (&WrittenValues, Option<&str>),
) -> Result<Request, String> {
    let given = TemplateValues {
        written: Some(values),
        id,
        ..TemplateValues::default()
    };
    let base = Url::parse(ANYWHERE).map_err(|e| e.to_string())?;
    let url = call.call.address(&base, &given).map_err(|no| no.0)?;
    let path = url[Position::BeforePath..].to_owned();
    let mut headers = Vec::new();
    for (name, template) in &call.headers {
        let text = template.fill(&given);
        let text = text.ok_or_else(|| format!("the header `{name}` has no value"))?;
        if http::HeaderValue::from_str(&text).is_err() {
            return Err(format!("the header `{name}` cannot hold its value"));
        }
        headers.push((name.clone(), text));
    }
    let filled = body.fill(&given).unwrap_or(Value::Null);
    Ok((path, headers, filled.to_string()))
}

/// What takes a record away again; nothing where the manifest does not say how.
///
/// # Errors
/// A sentence: it cannot be said.
pub(super) fn removal(
    manifest: &Manifest,
    write: &Write,
    id: &str,
) -> Result<Option<Encoded>, String> {
    let kind = write.draft.kind();
    let spec = manifest.write.as_ref().and_then(|w| w.of(kind));
    let Some((spec, call)) = spec.and_then(|s| Some((s, s.remove.as_ref()?))) else {
        return Ok(None);
    };
    let formats = &manifest.formats;
    let values = Writer { formats, spec }.values(write)?;
    let none = BodySpec::Plain(Value::Null);
    let (path, headers, _) = request(call, &none, (&values, Some(id)))?;
    Ok(Some(Encoded {
        kind,
        update: true,
        path,
        method: call.method.as_str().to_owned(),
        body: String::new(),
        markers: vec![write.marker.clone()],
        headers,
    }))
}

/// Whether everything that counts can be said.
fn said(spec: &KindWrite, write: &Write) -> Result<(), String> {
    let Draft::Invoice(d) = &write.draft else {
        return Ok(());
    };
    let says = |name: &str| {
        let is = |n: &TemplateName| matches!(n, TemplateName::Written(w) if *w == name);
        spec.body_templates().iter().any(|t| t.names().any(is))
    };
    if d.tax_mode == TaxMode::Inclusive && !d.total_tax.is_zero() && !says("tax_included") {
        let why = "its prices hold their tax, and the description has no word for that: state the prices without tax, or add `{tax_included}` to its body";
        return Err(why.to_owned());
    }
    let (price, quantity) = spec.places;
    for (n, line) in d.lines.iter().enumerate() {
        let n = n + 1;
        if line.unit_amount.normalize().scale() > price {
            return Err(format!(
                "line {n}: the price {} has more than {price} decimals",
                line.unit_amount.normalize()
            ));
        }
        if line.quantity.normalize().scale() > quantity {
            return Err(format!(
                "line {n}: the quantity {} has more than {quantity} decimals",
                line.quantity.normalize()
            ));
        }
    }
    Ok(())
}
