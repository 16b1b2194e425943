//! The one table of keys: what a tenant's file may hold, of what shape, what it means, what counts
//! when it is left out, and whether this version can do it.
//!
//! The reader, the suggestions, the JSON Schema, the built-in defaults and the reference page are all
//! made from this table, so that none can say what another does not.

pub use super::grammar::{BANK, FILE, MATCH_ITEMS, ROW};
pub use super::shape::{KnownKey, Rows, Shape};

/// A key by its path, for looking up where a mistyped or misplaced key belongs.
pub fn find(path: &[&str]) -> Option<&'static KnownKey> {
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
pub fn inside(key: &KnownKey) -> &'static [KnownKey] {
    match key.shape {
        Shape::Group(keys) | Shape::Either(_, keys, _) => keys,
        _ => &[],
    }
}

/// Every path at which a key of this name stands.
pub fn paths_of(name: &str) -> Vec<String> {
    fn walk(keys: &[KnownKey], above: &str, name: &str, out: &mut Vec<String>) {
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
    use crate::mapping::grammar::{DOC_STATUSES, ESTIMATE_STATUSES, LINE_KINDS, ORDER_STATUSES};
    use crate::mapping::words::Word;
    use crate::model::{DocStatus, Kind, LineKind, TaxMode};

    #[test]
    fn the_table_knows_every_word_of_the_model() {
        let words = |w: &[Word]| w.iter().map(|w| w.word).collect::<Vec<_>>();
        let kinds: Vec<_> = LineKind::ALL.iter().map(|k| k.as_str()).collect();
        assert_eq!(words(LINE_KINDS), kinds);
        for (table, kind) in [
            (DOC_STATUSES, Kind::Invoice),
            (ESTIMATE_STATUSES, Kind::Estimate),
            (ORDER_STATUSES, Kind::PurchaseOrder),
        ] {
            let statuses: Vec<_> = DocStatus::of(kind).iter().map(|k| k.as_str()).collect();
            assert_eq!(words(table), statuses);
        }
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
