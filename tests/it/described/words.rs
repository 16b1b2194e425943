//! The page of a description's words is made from the tables that the reader goes by.

use crossfoot::connectors::manifest::words::GROUPS;
use std::fmt::Write as _;

fn page() -> String {
    let mut out = String::from(
        "# The words of a description\n\nMade from the table that the reader goes by. [A connector in an hour](connectors.md) shows them at work; the fields under `map` are\nthose of [files](files.md).\n",
    );
    for (title, keys) in GROUPS {
        let _ = writeln!(out, "\n## {title}\n\n| word | meaning |\n| --- | --- |");
        for key in *keys {
            let later = if key.built { "" } else { " *Not built yet.*" };
            let _ = writeln!(
                out,
                "| `{}` | {}{later} |",
                key.name,
                key.doc.replace('|', "\\|")
            );
        }
    }
    out
}

#[test]
fn the_page_of_words_is_what_the_tables_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/connector-words.md");
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == page(),
        "docs/connector-words.md is not what the tables say: run this test with CROSSFOOT_WRITE_DOCS=1"
    );
}
