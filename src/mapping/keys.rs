//! The one table of keys: what a tenant's file may hold, of what shape, what it means, what counts
//! when it is left out, and whether this version can do it.
//!
//! The reader, the suggestions, the JSON Schema, the built-in defaults and the reference page are all
//! made from this table, so that none can say what another does not.

pub use super::grammar::{BANK, FILE, MATCH_ITEMS, ROW};
use super::words::Word;

/// What a key's value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A group of keys. Layers are merged key by key.
    Group(&'static [Key]),
    /// One of some words.
    Words(&'static [Word]),
    /// `true` or `false`, `on` or `off`.
    Switch,
    /// Any text of one line.
    Text,
    /// A code or an id: always text, and best in quotes.
    Code,
    /// The name of a tenant.
    TenantName,
    /// A currency of ISO 4217.
    Currency,
    /// A day: `2026-07-01`.
    Date,
    /// An amount greater than zero.
    Money,
    /// A whole number greater than zero.
    Count,
    /// A span of time: `30m`.
    Interval,
    /// A cron expression of five fields.
    Cron,
    /// A time zone: `Europe/London`.
    Zone,
    /// A time of day: `07:00`.
    TimeOfDay,
    /// One of some words, `+14d` or `+1m`.
    Due(&'static [Word]),
    /// A text with `{parent}` and `{name}`, or `off`.
    SiteName,
    /// A list of words, each at most once.
    WordList(&'static [Word]),
    /// A list of rule files.
    RuleList,
    /// A list of e-mail addresses.
    EmailList,
    /// One system with a named connection: `{ keap: acme }`.
    Route,
    /// One of some words, or a group of which exactly one form of keys is given; without forms any
    /// keys of the group may be given, and layers are merged.
    Either(
        &'static [Word],
        &'static [Key],
        &'static [&'static [&'static str]],
    ),
    /// A table that ends in `else`: the rows it is made for, and whether it takes others.
    Table(&'static [Word], Rows),
    /// Named tables.
    Tables,
    /// The accounts table.
    Accounts,
    /// A bank account, or a table of bank accounts by the way of paying.
    PaymentsAccount,
    /// Amounts by currency.
    ByCurrency,
}

/// Which rows a table takes beside those it is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// None.
    Fixed,
    /// Any: the source's own words.
    Free,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// What counts when it is left out, as YAML; empty where nothing does.
    pub default: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// Whether this version can do it.
    pub built: bool,
}

pub(super) const fn key(
    name: &'static str,
    shape: Shape,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        name,
        shape,
        default,
        doc,
        built: true,
    }
}

pub(super) const fn later(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        shape,
        default: "",
        doc,
        built: false,
    }
}

pub(super) const fn word(word: &'static str, doc: &'static str) -> Word {
    Word {
        word,
        doc,
        built: true,
    }
}

pub(super) const fn unbuilt(word: &'static str, doc: &'static str) -> Word {
    Word {
        word,
        doc,
        built: false,
    }
}

/// A key by its path, for looking up where a mistyped or misplaced key belongs.
pub fn find(path: &[&str]) -> Option<&'static Key> {
    let mut keys = FILE;
    let mut found = None;
    for name in path {
        let key = keys.iter().find(|k| k.name == *name)?;
        found = Some(key);
        keys = inside(key);
    }
    found
}

/// The keys inside a key's value.
pub fn inside(key: &Key) -> &'static [Key] {
    match key.shape {
        Shape::Group(keys) | Shape::Either(_, keys, _) => keys,
        _ => &[],
    }
}

/// Every path at which a key of this name stands.
pub fn paths_of(name: &str) -> Vec<String> {
    fn walk(keys: &[Key], above: &str, name: &str, out: &mut Vec<String>) {
        for key in keys {
            let path = join(above, key.name);
            if key.name == name {
                out.push(path.clone());
            }
            walk(inside(key), &path, name, out);
        }
    }
    let mut out = Vec::new();
    walk(FILE, "", name, &mut out);
    out
}

/// A path with one more key.
pub fn join(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::grammar::{DOC_STATUSES, LINE_KINDS};
    use crate::model::{DocStatus, LineKind, TaxMode};

    #[test]
    fn the_table_knows_every_word_of_the_model() {
        let words = |w: &[Word]| w.iter().map(|w| w.word).collect::<Vec<_>>();
        let kinds: Vec<_> = LineKind::ALL.iter().map(|k| k.as_str()).collect();
        assert_eq!(words(LINE_KINDS), kinds);
        let statuses: Vec<_> = DocStatus::ALL.iter().map(|k| k.as_str()).collect();
        assert_eq!(words(DOC_STATUSES), statuses);
        let Some(Shape::Words(modes)) = find(&["tax", "without_tax"]).map(|k| k.shape) else {
            panic!("tax.without_tax takes words");
        };
        assert!(modes.iter().all(|w| TaxMode::parse(w.word).is_some()));
    }

    #[test]
    fn a_misplaced_key_is_found_where_it_belongs() {
        assert_eq!(paths_of("approval"), ["sync.approval"]);
        assert!(paths_of("aproval").is_empty());
    }
}
