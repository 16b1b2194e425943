//! What a connection says of its files, looked up once: which column each field stands in, whose words mean what, and
//! which lines and payments are made of which columns.
//!
//! Flows in: the connection's settings. Flows out: a [`FileWords`], with the shipped description under what the connection
//! itself says. Cells are then looked up without making a name for each.

use super::fields::{FIELDS, goes_by_name};
use super::likes;
use super::said::KIND;
use crate::connectors::Settings;
use crate::connectors::json::as_text;
use crate::model::setting::BETWEEN;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;

/// What a connection says of its files.
pub struct FileWords {
    settings: Settings,
    /// The columns of each field that is named.
    columns: HashMap<String, Vec<String>>,
    /// What counts where nothing stands.
    defaults: HashMap<String, String>,
    /// Lines made of columns of the head.
    pub lines_from: Vec<LineFrom>,
    /// Payments with a column each.
    pub tenders: Vec<Tender>,
    wrapped: bool,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldAt<'r> {
    /// It is not read.
    Nowhere,
    /// Under its own name.
    ByName,
    /// In these columns, of which the first with something in it counts.
    In(&'r [String]),
}

/// A line made of a column of the head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFrom {
    /// The column of its amount.
    pub amount: String,
    /// What it is for.
    pub kind: String,
    /// The column of its text.
    pub name: String,
    /// A fixed text.
    pub text: String,
    /// A fixed SKU.
    pub sku: String,
    /// `plus`, `minus` or `less`.
    pub sign: String,
    /// The column of its own tax.
    pub tax: String,
    /// Whether tax applies, where that is said.
    pub taxable: Option<bool>,
}

/// A payment with a column of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tender {
    /// The column of its amount.
    pub amount: String,
    /// How it was paid.
    pub method: String,
}

impl Deref for FileWords {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl FileWords {
    /// Of a connection.
    pub fn of(settings: &Settings) -> Self {
        let settings = likes::under(settings);
        let mut made = Self {
            columns: HashMap::new(),
            defaults: HashMap::new(),
            lines_from: Vec::new(),
            tenders: Vec::new(),
            wrapped: settings.get("texts", "plain") == "wrapped",
            settings,
        };
        for (path, value) in &made.settings.values {
            if let Some(field) = path.strip_prefix("columns.") {
                let names = value.split(BETWEEN).map(str::to_owned).collect();
                made.columns.insert(field.to_owned(), names);
            } else if let Some(field) = path.strip_prefix("defaults.") {
                made.defaults.insert(field.to_owned(), value.clone());
            }
        }
        made.lines_from = rows_of(&made.settings, "lines_from.")
            .map(line_from)
            .collect();
        made.tenders = rows_of(&made.settings, "tenders.").map(tender).collect();
        made
    }

    /// Where a field stands.
    pub fn stands(&self, field: &str) -> FieldAt<'_> {
        match self.columns.get(field) {
            Some(names) => FieldAt::In(names),
            None if self.columns.is_empty() && !super::fields::NAMED_ONLY.contains(&field) => {
                FieldAt::ByName
            }
            None => FieldAt::Nowhere,
        }
    }

    /// What counts for a field where nothing stands.
    pub fn default(&self, field: &str) -> &str {
        self.defaults.get(field).map_or("", String::as_str)
    }

    /// Whether the connection says which columns are read.
    pub fn names_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// The columns that are named, each with its field.
    pub fn named(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.columns.iter().map(|(f, n)| (f.as_str(), n.as_slice()))
    }

    /// Whether a setting is a word.
    pub fn is(&self, name: &str, word: &str) -> bool {
        self.settings.values.get(name).is_some_and(|v| v == word)
    }

    /// Whether what a connection says came from itself, and not from a shipped description.
    pub fn is_own(&self, path: &str) -> bool {
        !likes::has(&self.settings, path)
    }

    /// Whether there is a table of this name.
    pub fn has_table(&self, table: &str) -> bool {
        let start = format!("{table}.");
        let from = self.settings.values.range(start.clone()..).next();
        from.is_some_and(|(k, _)| k.starts_with(&start))
    }

    /// What a table makes of a word: nothing where there is no table, `hold` where it does not name the word.
    pub fn word(&self, table: &str, given: &str) -> Option<&str> {
        if !self.has_table(table) {
            return None;
        }
        let values = &self.settings.values;
        let exact = (given != "else").then(|| values.get(&format!("{table}.{given}")));
        let found = exact.flatten().or_else(|| {
            let start = format!("{table}.");
            let all = values
                .range(start.clone()..)
                .take_while(|(k, _)| k.starts_with(&start));
            let mut same = all.filter(|(k, _)| {
                let word = k.get(start.len()..).unwrap_or_default();
                word != "else" && word.eq_ignore_ascii_case(given)
            });
            same.next().map(|(_, v)| v)
        });
        let found = found.or_else(|| values.get(&format!("{table}.else")));
        Some(found.map_or("hold", String::as_str))
    }

    /// What a word for a kind of document means: by the table `kind`, and by our own words where there is none.
    pub fn kind(&self, given: &str) -> &str {
        if let Some(word) = self.word("kind", given) {
            return word;
        }
        let plain = given.to_lowercase().replace([' ', '-'], "_");
        match KIND.iter().find(|k| k.word == plain) {
            Some(known) => known.word,
            None if plain.is_empty() => "invoice",
            None => "hold",
        }
    }

    /// The two columns whose text is the same: of the first file and of the second.
    pub fn join_on(&self) -> (String, String) {
        let on = self.settings.get("join.on", "");
        let (first, second) = on.split_once('=').unwrap_or((on, on));
        (first.trim().to_owned(), second.trim().to_owned())
    }

    /// The texts of a list.
    pub fn texts<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r str> + use<'r> {
        let start = format!("{name}.");
        let from = self.settings.values.range(start.clone()..);
        let own = from.take_while(move |(k, _)| k.starts_with(&start));
        own.map(|(_, v)| v.as_str())
    }

    /// The rows of a table, in which several texts may stand.
    pub fn table<'r>(
        &'r self,
        name: &str,
    ) -> impl Iterator<Item = (&'r str, std::str::Split<'r, char>)> + use<'r> {
        let start = format!("{name}.");
        let from = self.settings.values.range(start.clone()..);
        let of = start.clone();
        let own = from.take_while(move |(k, _)| k.starts_with(&start));
        own.map(move |(k, v)| (k.get(of.len()..).unwrap_or_default(), v.split(BETWEEN)))
    }

    /// A value as text, without spaces around it and, where that is said, without what keeps a spreadsheet from reading a
    /// number.
    pub fn plain(&self, value: Option<&Value>) -> String {
        // A list where one value belongs is no value, and not nothing either: whoever reads it as one is told.
        let text = match value {
            Some(list @ Value::Array(all)) if !all.is_empty() => list.to_string(),
            value => value.map(as_text).unwrap_or_default(),
        };
        let text = text.trim();
        if !self.wrapped {
            return text.to_owned();
        }
        let formula = text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"'));
        let quoted = text.strip_prefix('\'');
        formula.or(quoted).unwrap_or(text).to_owned()
    }
}

/// The groups of a list, in the order in which they are written.
fn rows_of<'s>(
    settings: &'s Settings,
    start: &str,
) -> impl Iterator<Item = BTreeMap<&'s str, &'s str>> {
    let mut rows: BTreeMap<(usize, &str), BTreeMap<&str, &str>> = BTreeMap::new();
    for (path, value) in &settings.values {
        let row = path.strip_prefix(start).and_then(|p| p.rsplit_once('.'));
        if let Some((row, name)) = row {
            rows.entry((row.len(), row))
                .or_default()
                .insert(name, value.as_str());
        }
    }
    rows.into_values()
}

fn line_from(row: BTreeMap<&str, &str>) -> LineFrom {
    let of = |name: &str, default: &str| (*row.get(name).unwrap_or(&default)).to_owned();
    LineFrom {
        amount: of("amount", ""),
        kind: of("kind", "other"),
        name: of("name", ""),
        text: of("text", ""),
        sku: of("sku", ""),
        sign: of("sign", "plus"),
        tax: of("tax", ""),
        taxable: row.get("taxable").map(|t| *t == "yes"),
    }
}

fn tender(row: BTreeMap<&str, &str>) -> Tender {
    let amount = row.get("amount").copied().unwrap_or_default();
    Tender {
        method: row.get("method").copied().unwrap_or(amount).to_owned(),
        amount: amount.to_owned(),
    }
}

/// The column a field stands in, as it is told to people.
pub fn column(reading: &FileWords, field: &str) -> String {
    match reading.stands(field) {
        FieldAt::In(names) => names.first().cloned().unwrap_or_default(),
        _ => field.to_owned(),
    }
}

/// Whether a field is read: named, or no columns are named at all.
pub fn is_read(reading: &FileWords, field: &str) -> bool {
    match reading.stands(field) {
        FieldAt::Nowhere => false,
        FieldAt::In(_) => true,
        FieldAt::ByName => goes_by_name(field) || !FIELDS.iter().any(|f| f.word == field),
    }
}
