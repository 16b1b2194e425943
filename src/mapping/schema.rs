//! The JSON Schema of a tenant's file, for editors, made from the table of keys.
//!
//! Flows in: the table, and what is known of the workspace: systems, presets, connections, and the
//! ledger's own accounts and tax codes where they have been read. Flows out: a schema of draft 2020-12
//! that offers and explains what the reader accepts. What is not built yet is not offered.

use super::connections::Connections;
use super::keys::{BANK, FILE, KnownKey, ROW, Rows, Shape};
use super::presets::Presets;
use super::words::Word;
use crate::model::{Chart, Facts, Kind};
use serde_json::{Map, Value, json};

/// What a schema is made for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SchemaFor<'a> {
    /// The systems there are.
    pub facts: &'a [&'a Facts],
    /// The presets that are offered.
    pub presets: Option<&'a Presets>,
    /// The connections that are offered.
    pub connections: Option<&'a Connections>,
    /// The ledger the tenant goes to, if that is known: its words for a status are offered.
    pub to: Option<&'a str>,
    /// The ledger's own accounts and tax codes, if they have been read: they are offered.
    pub chart: Option<&'a Chart>,
}

/// Makes the schema.
pub fn schema(made_for: &SchemaFor<'_>) -> Value {
    let mut root = made_for.group(FILE, "");
    if let Some(root) = root.as_object_mut() {
        root.insert(
            "$schema".into(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        root.insert("title".into(), json!("A tenant of Crossfoot"));
        root.insert(
            "required".into(),
            json!(["tenant", "from", "to", "currency"]),
        );
    }
    root
}

impl SchemaFor<'_> {
    fn group(&self, keys: &[KnownKey], path: &str) -> Value {
        let mut properties = Map::new();
        for key in keys {
            let mut schema = if key.built {
                self.shape(&key.shape, &super::keys::join(path, key.name))
            } else {
                json!({ "enum": ["off", false] })
            };
            describe(&mut schema, key);
            properties.insert(key.name.to_owned(), schema);
        }
        json!({ "type": "object", "properties": properties, "additionalProperties": false })
    }

    fn shape(&self, shape: &Shape, path: &str) -> Value {
        match shape {
            Shape::Group(keys) => self.group(keys, path),
            Shape::Words(list) => words(list),
            Shape::Switch => {
                json!({ "anyOf": [{ "type": "boolean" }, { "enum": ["on", "off", "yes", "no", "true", "false"] }] })
            }
            Shape::Text if path == "preset" => self.presets(),
            Shape::Text => json!({ "type": "string", "minLength": 1 }),
            Shape::Code => self.code(path),
            Shape::TenantName => name(),
            Shape::Currency => json!({ "type": "string", "pattern": "^[A-Za-z]{3}$" }),
            Shape::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
            Shape::Money => amount(),
            Shape::Count => json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 }),
            Shape::Interval => json!({ "type": "string", "pattern": "^[0-9]+ *[smhd]$" }),
            Shape::Cron => json!({ "type": "string", "pattern": "^\\S+(\\s+\\S+){4}$" }),
            Shape::Zone => json!({ "type": "string", "minLength": 1 }),
            Shape::TimeOfDay => {
                json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" })
            }
            Shape::Due(list) => {
                json!({ "anyOf": [words(list), { "type": "string", "pattern": "^\\+[0-9]{1,4}[dm]$" }] })
            }
            Shape::SiteName => {
                json!({ "anyOf": [
                    { "type": "string", "pattern": "\\{name\\}" },
                    { "enum": ["off", "no", "false", false] }
                ] })
            }
            Shape::WordList(list) => {
                json!({ "type": "array", "items": words(list), "minItems": 1, "uniqueItems": true })
            }
            Shape::RuleList => {
                json!({ "type": "array", "items": { "type": "string", "pattern": "\\.rhai$" } })
            }
            Shape::EmailList => {
                json!({ "type": "array", "items": { "type": "string", "pattern": "@" } })
            }
            Shape::Route => self.route(path),
            Shape::Either(list, keys, forms) => self.either(list, keys, forms, path),
            Shape::Table(list, rows) => self.table(list, *rows, path),
            Shape::Tables => {
                json!({ "type": "object", "additionalProperties": self.table(&[], Rows::Free, path) })
            }
            Shape::Accounts => self.accounts(),
            Shape::PaymentsAccount => self.payments_account(),
            Shape::ByCurrency => {
                json!({ "type": "object", "additionalProperties": false, "patternProperties": { "^[A-Za-z]{3}$": amount() } })
            }
        }
    }

    fn presets(&self) -> Value {
        match self.presets {
            Some(presets) => json!({ "enum": presets.names().collect::<Vec<_>>() }),
            None => json!({ "type": "string", "minLength": 1 }),
        }
    }

    fn either(&self, list: &[Word], keys: &[KnownKey], forms: &[&[&str]], path: &str) -> Value {
        let mut group = self.group(keys, path);
        if let (Some(object), false) = (group.as_object_mut(), forms.is_empty()) {
            let forms = forms
                .iter()
                .map(|f| json!({ "required": f, "maxProperties": f.len() }));
            object.insert("oneOf".into(), forms.collect());
        }
        json!({ "anyOf": [words(list), group] })
    }

    fn route(&self, path: &str) -> Value {
        let systems: Vec<&str> = if path == "from" {
            let all = self.facts.iter().filter_map(|f| f.source());
            all.map(|s| s.system).collect()
        } else {
            let all = self.facts.iter().filter_map(|f| f.target());
            let all = all.filter(super::cross::takes_invoices);
            all.map(|t| t.system).collect()
        };
        let connections = |system: &str| {
            let mut schema = name();
            if let (Some(all), Some(object)) = (self.connections, schema.as_object_mut()) {
                let own = all.by_name.iter().filter(|(_, c)| c.system == system);
                let names: Vec<&str> = own.map(|(n, _)| n.as_str()).collect();
                object.insert("examples".into(), json!(names));
            }
            schema
        };
        let properties: Map<String, Value> = (systems.iter())
            .map(|s| ((*s).to_owned(), connections(s)))
            .collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1 })
    }

    fn table(&self, list: &[Word], rows: Rows, path: &str) -> Value {
        let answer = match path {
            "status.invoices" => self.statuses(Kind::Invoice),
            "status.estimates" => self.statuses(Kind::Estimate),
            "status.purchase_orders" => self.statuses(Kind::PurchaseOrder),
            "tax.codes" => self.offered(self.tax_codes()),
            _ => text(),
        };
        let mut properties = Map::new();
        for word in list {
            let mut row = answer.clone();
            if let Some(object) = row.as_object_mut() {
                object.insert("description".into(), json!(word.doc));
            }
            properties.insert(word.word.to_owned(), row);
        }
        properties.insert("else".into(), answer.clone());
        let others = if rows == Rows::Free {
            answer
        } else {
            json!(false)
        };
        json!({ "type": "object", "properties": properties, "additionalProperties": others, "required": ["else"] })
    }

    fn statuses(&self, kind: Kind) -> Value {
        let targets = self.facts.iter().filter_map(|f| f.target());
        let wanted = targets.filter(|t| self.to.is_none_or(|to| to == t.system));
        let mut words: Vec<&str> = wanted.flat_map(|t| t.writes.status_words(kind)).collect();
        if words.is_empty() {
            return text();
        }
        words.push("hold");
        json!({ "enum": words })
    }

    fn code(&self, path: &str) -> Value {
        match path {
            "accounts.use" | "accounts.else" => self.offered(self.account_codes(false)),
            "payments_account.code" => self.offered(self.account_codes(true)),
            _ => text(),
        }
    }

    /// Any text, with what the ledger has for completion.
    fn offered(&self, codes: Vec<Value>) -> Value {
        if codes.is_empty() {
            return text();
        }
        json!({ "anyOf": [{ "oneOf": codes }, text()] })
    }

    fn account_codes(&self, payments: bool) -> Vec<Value> {
        let accounts = self.chart.map_or(&[][..], |c| &c.accounts);
        (accounts.iter())
            .filter(|a| a.active && !a.code.is_empty())
            .filter(|a| if payments { a.takes_payments } else { !a.bank })
            .map(|a| json!({ "const": a.code, "description": a.name }))
            .collect()
    }

    fn tax_codes(&self) -> Vec<Value> {
        let rates = self.chart.map_or(&[][..], |c| &c.tax_rates);
        (rates.iter())
            .filter(|t| t.active)
            .map(|t| json!({ "const": t.code, "description": format!("{} ({} %)", t.name, t.percent) }))
            .collect()
    }

    fn accounts(&self) -> Value {
        let mut row = self.group(ROW, "accounts");
        if let Some(object) = row.as_object_mut() {
            object.insert(
                "anyOf".into(),
                json!([{ "required": ["use"] }, { "required": ["tax"] }, { "required": ["else"], "maxProperties": 1 }]),
            );
        }
        json!({ "type": "array", "items": row, "minItems": 1, "contains": { "required": ["else"] } })
    }

    fn payments_account(&self) -> Value {
        let mut bank = self.group(BANK, "payments_account");
        if let Some(object) = bank.as_object_mut() {
            object.insert("minProperties".into(), json!(1));
            object.insert("maxProperties".into(), json!(1));
        }
        let by_method = json!({
            "type": "object",
            "additionalProperties": { "anyOf": [bank.clone(), text()] },
            "required": ["else"]
        });
        json!({ "anyOf": [bank, by_method] })
    }
}

fn describe(schema: &mut Value, key: &KnownKey) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let mut doc = key.doc.to_owned();
    if !key.default.is_empty() {
        doc.push_str(&format!(" Left out: {}.", key.default));
    }
    if !key.built {
        doc.push_str(" Not built yet in this version.");
    }
    object.insert("description".into(), json!(doc));
}

fn words(list: &[Word]) -> Value {
    let mut choices: Vec<Value> = (list.iter())
        .filter(|w| w.built)
        .map(|w| json!({ "const": w.word, "description": w.doc }))
        .collect();
    if list.iter().any(|w| w.word == "off") {
        choices.push(json!({ "enum": [false, "no", "false"], "description": "The same as off." }));
    }
    json!({ "oneOf": choices })
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn name() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" })
}

fn amount() -> Value {
    json!({ "anyOf": [
        { "type": "number", "exclusiveMinimum": 0 },
        { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$" }
    ] })
}
