//! What a tenant's file may say and this version does not do yet, from the table of keys.
//!
//! Flows in: nothing. Flows out: each key and word that the reader knows and refuses, by its path.

use super::grammar::{BANK, FILE, ROW};
use super::keys::{inside, join};
use super::shape::{KnownKey, Shape};
use super::words::Word;

/// A key or a word of a key that is known, and not built yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterWord {
    /// Whether it is a word of a key, and not a key.
    pub is_word: bool,
    /// As it is written: `numbers`, `sync.contacts: all`.
    pub written: String,
    /// What it will mean.
    pub doc: &'static str,
}

/// Every key and word that is known, and not built yet.
pub fn later() -> Vec<LaterWord> {
    let mut out = Vec::new();
    walk(FILE, "", &mut out);
    walk(ROW, "accounts[]", &mut out);
    walk(BANK, "payments_account", &mut out);
    out
}

fn walk(keys: &[KnownKey], above: &str, out: &mut Vec<LaterWord>) {
    for key in keys {
        let path = join(above, key.name);
        if !key.built {
            // What stands in it comes with it.
            out.push(LaterWord {
                is_word: false,
                written: path,
                doc: key.doc,
            });
            continue;
        }
        let unbuilt = words(key.shape).iter().filter(|w| !w.built);
        out.extend(unbuilt.map(|w| LaterWord {
            is_word: true,
            written: format!("{path}: {}", w.word),
            doc: w.doc,
        }));
        walk(inside(key), &path, out);
    }
}

fn words(shape: Shape) -> &'static [Word] {
    match shape {
        Shape::Words(list)
        | Shape::WordList(list)
        | Shape::Due(list)
        | Shape::Either(list, ..)
        | Shape::Table(list, _) => list,
        _ => &[],
    }
}
