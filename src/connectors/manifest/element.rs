//! A stored record to an invoice: the paths of the manifest make the element that a JSON file of an invoice would hold, and
//! the reader of files makes the invoice of it, so that both are one language.
//!
//! Flows in: the raw record with what was fetched for it. Flows out: an [`Invoice`], or what is wrong with which field, with
//! the line of the manifest that reads it. Pure, so that a stored record can be read again.
//! Refuses: words that a table holds for, lists that are shorter than the record says, days and amounts it cannot read. An
//! amount that is missing is never zero.

use super::path::RecordPath;
use super::reading::{BadElement, ElementReader, all_at, at, id};
use super::shape::{ListSpec, Manifest};
use super::value::ValueSpot;
use crate::connectors::Settings;
use crate::connectors::files::fields::FIELDS;
use crate::connectors::files::read::paper;
use crate::connectors::files::reading::FileWords;
use crate::connectors::json::{as_text, cut};
use crate::model::{Currency, DocStatus, Invoice};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The word for the record itself, as a list of one.
const ITSELF: &str = "itself";

/// Reads an invoice.
pub(super) fn read(
    manifest: &Manifest,
    settings: &Settings,
    raw: &Value,
) -> Result<Invoice, BadElement> {
    let mut reader = ElementReader {
        manifest,
        settings,
        zone: settings.values.get("zone").and_then(|z| z.parse().ok()),
        currency: None,
    };
    reader.currency = reader.currency_of(raw)?;
    let element = reader.element(raw)?;
    let own = Settings {
        system: "files".to_owned(),
        values: BTreeMap::from([(
            "currency".to_owned(),
            settings.get("currency", "").to_owned(),
        )]),
    };
    let own = FileWords::of(&own);
    let mut made =
        paper(&own, &json!({ "element": element }), manifest.kind).map_err(|(_, what)| {
            BadElement {
                what,
                fix: format!(
                    "look at the record there, or at the paths of {}",
                    manifest.file
                ),
            }
        })?;
    // Few systems have a word for what is paid in part: theirs for what is owed stands for it too.
    let in_part = made.paid > Decimal::ZERO && made.comes_to().is_none_or(|t| made.paid < t);
    if made.stated.status == Some(DocStatus::Unpaid) && in_part {
        made.status = DocStatus::PartPaid;
        made.stated.status = Some(DocStatus::PartPaid);
    }
    let kind = &manifest.invoices;
    if let Some(since) = &kind.since
        && let Some(value) = first(&reader, &since.field, raw)
        && let Ok(Some(at)) = manifest.formats.moment(value, reader.zone)
    {
        made.modified_at = at;
    }
    Ok(made)
}

fn first<'v>(of: &ElementReader<'_>, paths: &[RecordPath], raw: &'v Value) -> Option<&'v Value> {
    paths.iter().find_map(|p| at(of.manifest, p, raw))
}

/// A line that stands in a list twice would count twice.
fn told_once(manifest: &Manifest, lines: &[Value]) -> Result<(), BadElement> {
    let mut seen = BTreeSet::new();
    let named = lines.iter().map(|l| l.get("id").map(as_text));
    let twice = named.flatten().find(|id| !seen.insert(id.clone()));
    twice.map_or(Ok(()), |id| {
        Err(BadElement {
            what: format!("two of its lines have the id `{}`", cut(&id, 40)),
            fix: format!(
                "look at `lines` in {}: one of them would count twice",
                manifest.file
            ),
        })
    })
}

impl ElementReader<'_> {
    fn currency_of(&self, raw: &Value) -> Result<Option<Currency>, BadElement> {
        let field = self
            .manifest
            .invoices
            .map
            .iter()
            .find(|f| f.name == "currency");
        let mapped = match field {
            Some(field) => self.text(field, &ValueSpot::head(raw))?,
            None => String::new(),
        };
        let code = match mapped.as_str() {
            "" => self.settings.get("currency", ""),
            code => code,
        };
        // Where none is said the reader of files says so.
        Ok(Currency::new(code).ok())
    }

    fn element(&self, raw: &Value) -> Result<Value, BadElement> {
        let manifest = self.manifest;
        let mut element = Map::new();
        // What is not read into a field is a field of its own, which rules may ask for.
        let known = |name: &str| FIELDS.iter().any(|f| f.word == name);
        for (name, value) in raw
            .get("record")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if !known(name) && !value.is_object() && !value.is_array() {
                element.insert(name.clone(), json!(manifest.formats.text(value)));
            }
        }
        element.insert("id".to_owned(), json!(id(manifest, raw)));
        for field in &manifest.invoices.map {
            let spot = ValueSpot::head(raw);
            if let Some(value) = self.value(field, &field.name, &spot)? {
                element.insert(field.name.clone(), value);
            }
        }
        let number = element.get("number").map(as_text).unwrap_or_default();
        if number.is_empty() {
            element.insert("number".to_owned(), json!(id(manifest, raw)));
        }
        let kind = &manifest.invoices;
        let lines = self.lists(raw, &kind.lines, "line.")?;
        told_once(manifest, &lines)?;
        let payments = self.lists(raw, &kind.payments, "payment.")?;
        element.insert("lines".to_owned(), Value::Array(lines));
        element.insert("payments".to_owned(), Value::Array(payments));
        Ok(Value::Object(element))
    }

    fn lists(
        &self,
        raw: &Value,
        lists: &[ListSpec],
        inside: &str,
    ) -> Result<Vec<Value>, BadElement> {
        let mut out = Vec::new();
        for list in lists {
            let items = self.items(raw, list)?;
            for item in items {
                if let Some(only) = &list.only {
                    let counts = only.holds(item).map_err(|what| BadElement {
                        what,
                        fix: format!("correct the condition in {}", self.manifest.file),
                    })?;
                    if !counts {
                        continue;
                    }
                }
                let mut row = Map::new();
                for field in &list.map {
                    let name = format!("{inside}{}", field.name);
                    let spot = ValueSpot::inside(raw, item);
                    if let Some(value) = self.value(field, &name, &spot)? {
                        row.insert(field.name.clone(), value);
                    }
                }
                out.push(Value::Object(row));
            }
        }
        Ok(out)
    }

    /// The elements of a list; a group is a list of one.
    pub(super) fn items<'v>(
        &self,
        raw: &'v Value,
        list: &ListSpec,
    ) -> Result<Vec<&'v Value>, BadElement> {
        let mut items = Vec::new();
        let found = match list.from.first() {
            // Some systems say in the head what others have a list for.
            ITSELF => raw.get("record").into_iter().collect(),
            _ => all_at(self.manifest, &list.from, raw),
        };
        for found in found {
            match found {
                Value::Array(all) => items.extend(all),
                Value::Null => {}
                Value::Object(_) => items.push(found),
                _ => {
                    return Err(BadElement {
                        what: format!("`{}` is no list", list.from),
                        fix: format!("correct `from` in {}", self.manifest.file),
                    });
                }
            }
        }
        let said = list.count.as_ref().and_then(|p| at(self.manifest, p, raw));
        let said = said.map(as_text).filter(|t| !t.is_empty());
        match said {
            Some(said) if said != items.len().to_string() => Err(BadElement {
                what: format!(
                    "`{}` has {} of {} elements: the list was cut short",
                    list.from,
                    items.len(),
                    cut(&said, 20)
                ),
                fix: format!(
                    "say under `fetch` where all of them are, in {}",
                    self.manifest.file
                ),
            }),
            _ => Ok(items),
        }
    }
}
