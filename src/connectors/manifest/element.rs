//! A stored record to an invoice: the paths of the manifest make the element that a JSON file of an invoice would hold, and
//! the reader of files makes the invoice of it, so that both are one language.
//!
//! Flows in: the raw record with what was fetched for it. Flows out: an [`Invoice`], or what is wrong with which field, with
//! the line of the manifest that reads it. Pure, so that a stored record can be read again.
//! Refuses: words that a table holds for, lists that are shorter than the record says, days and amounts it cannot read. An
//! amount that is missing is never zero.

use super::formats::WrittenDay;
use super::path::RecordPath;
use super::shape::{FieldSpec, ListSpec, Manifest, ValueSpec};
use crate::connectors::Settings;
use crate::connectors::files::fields::{AMOUNTS, DAYS, FIELDS, PRICES};
use crate::connectors::files::read::invoice;
use crate::connectors::files::reading::FileWords;
use crate::connectors::json::{as_text, cut};
use crate::model::{Currency, DocStatus, Invoice, money};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is wrong with a record, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadElement {
    pub what: String,
    pub fix: String,
}

/// Where one record is read.
struct ElementReader<'a> {
    manifest: &'a Manifest,
    settings: &'a Settings,
    zone: Option<Tz>,
    currency: Option<Currency>,
}

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
        invoice(&own, &json!({ "element": element })).map_err(|(_, what)| BadElement {
            what,
            fix: format!(
                "look at the record there, or at the paths of {}",
                manifest.file
            ),
        })?;
    // Few systems have a word for what is paid in part: theirs for what is owed stands for it too.
    let in_part = made.paid > Decimal::ZERO && made.paid < made.total;
    if made.stated.status == Some(DocStatus::Unpaid) && in_part {
        made.status = DocStatus::PartPaid;
        made.stated.status = Some(DocStatus::PartPaid);
    }
    let kind = &manifest.invoices;
    if let Some(since) = &kind.since
        && let Some(value) = first(&reader, &since.field, raw)
        && let Ok(Some(at)) = manifest.formats.moment(value)
    {
        made.modified_at = at;
    }
    Ok(made)
}

/// A record's id; empty where it has none.
pub(super) fn id(manifest: &Manifest, raw: &Value) -> String {
    let formats = &manifest.formats;
    let mut found = manifest.invoices.id.iter().map(|p| at(manifest, p, raw));
    let text = found.find_map(|v| v.map(|v| formats.text(v)).filter(|t| !t.is_empty()));
    text.unwrap_or_default()
}

/// What stands at a path of a stored record: inside what was fetched where the path begins with its name.
pub(super) fn at<'v>(manifest: &Manifest, path: &RecordPath, raw: &'v Value) -> Option<&'v Value> {
    all_at(manifest, path, raw)
        .into_iter()
        .find(|v| !v.is_null())
}

fn all_at<'v>(manifest: &Manifest, path: &RecordPath, raw: &'v Value) -> Vec<&'v Value> {
    let fetched = manifest
        .invoices
        .fetch
        .iter()
        .any(|f| f.name == path.first());
    match fetched {
        true => path.all(raw),
        false => raw.get("record").map(|r| path.all(r)).unwrap_or_default(),
    }
}

fn first<'v>(of: &ElementReader<'_>, paths: &[RecordPath], raw: &'v Value) -> Option<&'v Value> {
    paths.iter().find_map(|p| at(of.manifest, p, raw))
}

impl ElementReader<'_> {
    fn bad(&self, field: &FieldSpec, what: &str) -> BadElement {
        let file = &self.manifest.file;
        BadElement {
            what: format!("`{}`: {what}", field.name),
            fix: format!(
                "correct it there, or how it is read ({file}:{})",
                field.at.line
            ),
        }
    }

    fn currency_of(&self, raw: &Value) -> Result<Option<Currency>, BadElement> {
        let field = self
            .manifest
            .invoices
            .map
            .iter()
            .find(|f| f.name == "currency");
        let mapped = match field {
            Some(field) => self.text(field, &|p| at(self.manifest, p, raw))?,
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
            let found = |p: &RecordPath| at(manifest, p, raw);
            if let Some(value) = self.value(field, &field.name, &found)? {
                element.insert(field.name.clone(), value);
            }
        }
        let number = element.get("number").map(as_text).unwrap_or_default();
        if number.is_empty() {
            element.insert("number".to_owned(), json!(id(manifest, raw)));
        }
        let kind = &manifest.invoices;
        let lines = self.lists(raw, &kind.lines, "line.")?;
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
                    let found = |p: &RecordPath| p.one(item);
                    if let Some(value) = self.value(field, &name, &found)? {
                        row.insert(field.name.clone(), value);
                    }
                }
                out.push(Value::Object(row));
            }
        }
        Ok(out)
    }

    /// The elements of a list; a group is a list of one.
    fn items<'v>(&self, raw: &'v Value, list: &ListSpec) -> Result<Vec<&'v Value>, BadElement> {
        let mut items = Vec::new();
        for found in all_at(self.manifest, &list.from, raw) {
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

    /// A field's value as a JSON file of an invoice has it.
    fn value<'v>(
        &self,
        field: &FieldSpec,
        name: &str,
        found: &dyn Fn(&RecordPath) -> Option<&'v Value>,
    ) -> Result<Option<Value>, BadElement> {
        let bad = |what: String| self.bad(field, &what);
        let spec = &field.value;
        let formats = &self.manifest.formats;
        if spec.table.is_some() || spec.text.is_some() || spec.join {
            let text = self.text(field, found)?;
            return Ok((!text.is_empty()).then(|| Value::String(text)));
        }
        let Some(value) = spec.paths.iter().find_map(found_text(formats, found)) else {
            return Ok(None);
        };
        if DAYS.contains(&name) {
            let day = formats.day(value, self.zone).map_err(bad)?;
            return Ok(day.map(|d| Value::String(day_text(d))));
        }
        if AMOUNTS.contains(&name) || PRICES.contains(&name) {
            let Some(amount) = formats.amount(value).map_err(bad)? else {
                return Ok(None);
            };
            return Ok(Some(money::json(self.scaled(name, spec, amount))));
        }
        Ok(Some(Value::String(formats.text(value))))
    }

    /// An amount in the currency's main unit, with the sign that is said.
    fn scaled(&self, name: &str, spec: &ValueSpec, amount: Decimal) -> Decimal {
        let minor = spec.minor.unwrap_or(self.manifest.formats.minor) && name != "line.quantity";
        let amount = match (&self.currency, minor) {
            (Some(currency), true) => currency.from_minor(amount),
            _ => amount,
        };
        if spec.negate { -amount } else { amount }
    }

    fn text<'v>(
        &self,
        field: &FieldSpec,
        found: &dyn Fn(&RecordPath) -> Option<&'v Value>,
    ) -> Result<String, BadElement> {
        let spec = &field.value;
        if let Some(text) = &spec.text {
            return Ok(text.clone());
        }
        let formats = &self.manifest.formats;
        let said = |p: &RecordPath| found(p).map(|v| formats.text(v)).unwrap_or_default();
        if spec.join {
            let all: Vec<String> = spec.paths.iter().map(said).collect();
            let all: Vec<&str> = all
                .iter()
                .map(String::as_str)
                .filter(|t| !t.is_empty())
                .collect();
            return Ok(all.join(" "));
        }
        let text = spec.paths.iter().map(said).find(|t| !t.is_empty());
        let text = text.unwrap_or_default();
        let Some(table) = &spec.table else {
            return Ok(text);
        };
        let row = table
            .get(&text)
            .filter(|_| text != "else")
            .or_else(|| table.get("else"));
        match row.map(String::as_str) {
            Some("hold") | None => Err(self.bad(
                field,
                &format!(
                    "`{}` is a word that its table does not name",
                    cut(&text, 40)
                ),
            )),
            Some(word) => Ok(word.to_owned()),
        }
    }
}

/// What stands at a path, unless it is a word for nothing.
fn found_text<'f, 'v>(
    formats: &'f super::formats::Formats,
    found: &'f dyn Fn(&RecordPath) -> Option<&'v Value>,
) -> impl Fn(&RecordPath) -> Option<&'v Value> + 'f {
    move |path| found(path).filter(|v| !formats.text(v).is_empty())
}

fn day_text(written: WrittenDay) -> String {
    match written.time {
        Some(time) => format!("{}T{}", written.day, time.format("%H:%M:%S")),
        None => written.day.to_string(),
    }
}
