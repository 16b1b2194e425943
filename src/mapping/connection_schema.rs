//! The JSON Schema and the reference page of `connections.yaml`, made from what the systems declare.
//!
//! Flows in: the systems with their settings. Flows out: a schema of draft 2020-12 that offers and explains what the
//! reader accepts, and the page as Markdown.

use super::connections::COMMON;
use super::setting::expects;
use crate::model::setting::{SettingKey, SettingWord, SystemSettings, Takes};
use serde_json::{Map, Value, json};

/// Makes the schema.
pub fn connections_schema(systems: &[SystemSettings<'_>]) -> Value {
    let words: Vec<&str> = systems.iter().map(|s| s.system).collect();
    let of_each: Vec<Value> = systems.iter().map(of_system).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The connections of a workspace of Crossfoot",
        "type": "object",
        "propertyNames": { "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" },
        "additionalProperties": {
            "type": "object",
            "properties": { "system": { "enum": words, "description": "The system it leads to." } },
            "required": ["system"],
            "allOf": of_each,
        },
    })
}

fn of_system(of: &SystemSettings<'_>) -> Value {
    let mut properties = Map::new();
    properties.insert("system".to_owned(), json!(true));
    for setting in of.settings.iter().chain(COMMON) {
        let mut made = takes(setting.takes);
        if let Some(object) = made.as_object_mut() {
            object.insert("description".into(), json!(described(setting)));
        }
        properties.insert(setting.name.to_owned(), made);
        // A name inside a group may be written in one with it.
        if let Takes::Names(names) = setting.takes {
            let inner = names_below(names, "");
            properties.extend(
                inner
                    .into_iter()
                    .map(|(k, v)| (format!("{}.{k}", setting.name), v)),
            );
        }
    }
    json!({
        "if": { "properties": { "system": { "const": of.system } } },
        "then": { "properties": properties, "additionalProperties": false },
    })
}

fn described(setting: &SettingKey) -> String {
    match setting.default {
        "" => setting.doc.to_owned(),
        default => format!("{} Left out: {default}.", setting.doc),
    }
}

fn takes(takes: Takes) -> Value {
    match takes {
        // An id of digits alone is text as well, with or without quotes.
        Takes::Text => json!({ "type": ["string", "number", "null"] }),
        Takes::Words(words) => json!({ "oneOf": choices(words) }),
        Takes::Zone | Takes::Folder => json!({ "type": "string", "minLength": 1 }),
        Takes::Span => json!({ "type": "string", "pattern": "^[0-9]+[smhd]$" }),
        Takes::Currency => json!({ "type": "string", "pattern": "^[A-Za-z]{3}$" }),
        Takes::Count => json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 }),
        Takes::Address => json!({ "type": "string", "pattern": "^https?://" }),
        Takes::Texts => {
            let text = || json!({ "type": ["string", "number"] });
            json!({ "anyOf": [text(), { "type": "array", "items": text() }] })
        }
        Takes::Names(names) => group(names, ""),
        Takes::Group(keys) => keyed(keys),
        Takes::Rows(keys) => json!({ "type": "array", "items": keyed(keys) }),
        Takes::Table([]) => {
            let text = || json!({ "type": ["string", "number"] });
            let one = json!({ "anyOf": [text(), { "type": "array", "items": text() }] });
            json!({ "type": "object", "additionalProperties": one })
        }
        Takes::Table(words) => {
            json!({ "type": "object", "additionalProperties": { "oneOf": choices(words) } })
        }
    }
}

/// A group of settings.
fn keyed(keys: &[SettingKey]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut made = takes(key.takes);
        if let Some(object) = made.as_object_mut() {
            object.insert("description".into(), json!(described(key)));
        }
        properties.insert(key.name.to_owned(), made);
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn choices(words: &[SettingWord]) -> Vec<Value> {
    let choice = |w: &SettingWord| json!({ "const": w.word, "description": w.doc });
    let mut all: Vec<Value> = words.iter().map(choice).collect();
    if words.iter().any(|w| w.word == "off") {
        // YAML reads the word as a truth value.
        all.push(json!({ "const": false, "description": "The same as off." }));
    }
    all
}

fn group(names: &[SettingWord], above: &str) -> Value {
    let properties = names_below(names, above);
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// The names below a path, those with dots both in one and as groups.
fn names_below(names: &[SettingWord], above: &str) -> Map<String, Value> {
    let mut properties = Map::new();
    for name in names {
        let Some(rest) = name.word.strip_prefix(above) else {
            continue;
        };
        let one = || json!({ "type": ["string", "number"] });
        let text = json!({ "anyOf": [one(), { "type": "array", "items": one() }], "description": name.doc });
        properties.insert(rest.to_owned(), text);
        if let Some((first, _)) = rest.split_once('.')
            && !properties.contains_key(first)
        {
            properties.insert(first.to_owned(), group(names, &format!("{above}{first}.")));
        }
    }
    properties
}

const HEAD: &str = "# `connections.yaml`: every setting

This page is made from what each system declares; `crossfoot schema` writes the JSON Schema for editors from the same,
as `.schema/connections.json`. `crossfoot lint` checks the file like a tenant's, and looks into the folders it names.
`crossfoot config TENANT --why` shows what counts for a tenant's two connections, and the line of each value.

A connection is a name of your own with the system it leads to. Keys and tokens are never in this file: `crossfoot
connect` keeps them, encrypted.

```yaml
acme-exports:
  system: files
  folder: exports/acme
  dates: dd/mm/yyyy
  columns:
    number: Invoice No
    date: Date
    contact.name: Customer
    line.description: Text
    line.unit_amount: Price
    total: Total
  ignore: [Discount Code]
```
";

/// The page as Markdown: `docs/connections.md`.
pub fn connections_reference(systems: &[SystemSettings<'_>]) -> String {
    let mut page = String::from(HEAD);
    page.push_str("\n## Every connection\n\n");
    table(COMMON, &mut page);
    for of in systems {
        page.push_str(&format!("\n## `system: {}`\n\n", of.system));
        table(of.settings, &mut page);
        for setting in of.settings {
            let (title, list) = match setting.takes {
                Takes::Words(list) => ("Words of", list),
                Takes::Names(list) => ("Names inside", list),
                Takes::Table(list) if !list.is_empty() => ("Words of the table", list),
                Takes::Group(keys) | Takes::Rows(keys) => {
                    page.push_str(&format!("\nInside `{}`:\n\n", setting.name));
                    table(keys, &mut page);
                    continue;
                }
                _ => continue,
            };
            page.push_str(&format!("\n{title} `{}`:\n\n", setting.name));
            for word in list {
                page.push_str(&format!("- `{}`: {}\n", word.word, word.doc));
            }
        }
    }
    page
}

fn table(settings: &[SettingKey], page: &mut String) {
    page.push_str("| setting | value | left out | meaning |\n| --- | --- | --- | --- |\n");
    for setting in settings {
        let default = match setting.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        let takes = expects(setting.takes).replace('|', "\\|");
        page.push_str(&format!(
            "| `{}` | {takes} | {default} | {} |\n",
            setting.name, setting.doc
        ));
    }
}
