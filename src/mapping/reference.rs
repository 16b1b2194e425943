//! The reference page of the tenant's file, made from the table of keys.

use super::check::expects;
use super::keys::{BANK, FILE, KnownKey, ROW, Shape, inside, join};
use super::words::Word;

/// The page as Markdown: `docs/mapping-reference.md`.
pub fn reference() -> String {
    let mut page = String::from(HEAD);
    section(FILE, "", &mut page);
    page.push_str("\n## A row of `accounts`\n\n");
    table(ROW, "", &mut page);
    page.push_str("\n## A bank account\n\n");
    table(BANK, "", &mut page);
    page
}

const HEAD: &str = "# The tenant's file: every key

This page is made from the program's own table of keys; `crossfoot schema` makes the JSON Schema for
editors from the same table.

Three layers count: the built-in defaults, over them the preset, over both the tenant's file. Groups
are merged key by key. Tables, lists and choices count whole. `crossfoot config TENANT --why` prints
what counts, and the line each value came from.

Account codes, tax codes, ids and SKUs are text and stand best in quotes: `\"0200\"` stays `0200`.
Tables end in `else`; nothing is guessed. `hold` in a table means that a person must look.
A value marked *later* is known but not built yet; using it is an error. `crossfoot schema --later` lists them all.

## The file

";

fn section(keys: &[KnownKey], path: &str, page: &mut String) {
    table(keys, path, page);
    for key in keys {
        let path = join(path, key.name);
        words(key, &path, page);
        let inner = inside(key);
        if key.built && !inner.is_empty() {
            page.push_str(&format!("\n## `{path}`\n\n{}\n\n", key.doc));
            section(inner, &path, page);
        }
    }
}

fn table(keys: &[KnownKey], path: &str, page: &mut String) {
    page.push_str("| key | value | left out | meaning |\n| --- | --- | --- | --- |\n");
    for key in keys {
        let default = if key.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", key.default)
        };
        let later = if key.built { "" } else { " *Later.*" };
        page.push_str(&format!(
            "| `{}` | {} | {} | {}{later} |\n",
            join(path, key.name),
            expects(key.shape),
            default,
            key.doc
        ));
    }
}

fn words(key: &KnownKey, path: &str, page: &mut String) {
    let list: &[Word] = match key.shape {
        Shape::Words(list)
        | Shape::WordList(list)
        | Shape::Due(list)
        | Shape::Either(list, ..)
        | Shape::Table(list, _) => list,
        _ => return,
    };
    if list.is_empty() || !key.built {
        return;
    }
    page.push_str(&format!("\nWords of `{path}`:\n\n"));
    for word in list {
        let later = if word.built { "" } else { " *Later.*" };
        page.push_str(&format!("- `{}`: {}{later}\n", word.word, word.doc));
    }
}
