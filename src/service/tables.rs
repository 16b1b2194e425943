//! A tenant's tables as rules see them.

use crate::mapping::{Answer, LookupTable, Mapping};
use crate::model::Place;
use crate::rules::{Otherwise, Table};
use std::collections::BTreeMap;

/// The tables a rule may look things up in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsedTables {
    /// By name.
    pub tables: BTreeMap<String, Table>,
    /// Where each row is written, by table and key; `else` is a key too.
    pub places: BTreeMap<(String, String), Place>,
}

/// Where each row of a file's tables is written, by table and key.
pub(super) fn places(mapping: &Mapping) -> BTreeMap<(String, String), Place> {
    let mut out = BTreeMap::new();
    for (name, table) in &mapping.tables {
        let rows = table.rows().chain([("else", table.other())]);
        for (key, answer) in rows {
            let place = mapping.place(answer.at);
            out.insert((name.to_string(), key.to_owned()), place);
        }
    }
    out
}

/// The tables of a compiled file.
pub(super) fn tables(mapping: &Mapping) -> BTreeMap<String, Table> {
    let text = |a: &Answer| match a {
        Answer::Use(t) => Some(t.to_string()),
        Answer::Hold => None,
    };
    let table = |t: &LookupTable| Table {
        rows: t
            .rows()
            .filter_map(|(k, a)| text(&a.value).map(|v| (k.to_owned(), v)))
            .collect(),
        otherwise: text(&t.other().value).map_or(Otherwise::Hold, Otherwise::Use),
    };
    (mapping.tables.iter())
        .map(|(name, t)| (name.to_string(), table(t)))
        .collect()
}
