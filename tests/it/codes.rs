//! The codes of reasons: one table, a page made from it, and no code beside it.

use crossfoot::model::codes::CodeEntry;
use crossfoot::service::codes::{families, page};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn entries() -> Vec<CodeEntry> {
    let all = families().into_iter();
    all.flat_map(|f| f.entries.iter().copied()).collect()
}

/// Every file of the program that is not a table of codes: its path from the root, and its text without comments and
/// without what tests inside it are told.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, out),
                false => out.push(path),
            }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(ROOT).join("src"), &mut files);
    files.sort();
    let named = files.into_iter().map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        let bare = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = bare.lines().filter(|l| !l.trim_start().starts_with("//"));
        let name = path.strip_prefix(ROOT).unwrap().to_string_lossy();
        let bare = lines.collect::<Vec<_>>().join("\n");
        (name.replace('\\', "/"), bare)
    });
    let tables = [
        "src/model/codes/",
        "src/connectors/manifest/codes.rs",
        "src/connectors/xero/codes.rs",
        "src/connectors/qbo/codes.rs",
        "src/connectors/keap/books/codes.rs",
    ];
    let mut all: Vec<_> = named.collect();
    all.retain(|(name, _)| !tables.iter().any(|t| name.starts_with(t)));
    assert!(all.len() > 200, "the source was not found");
    all
}

#[test]
fn the_page_of_codes_is_up_to_date() {
    let path = Path::new(ROOT).join("docs/codes.md");
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page(),
        "docs/codes.md is not what the tables say: run this test with CROSSFOOT_WRITE_DOCS=1"
    );
}

#[test]
fn a_code_stands_in_one_table_once_and_says_all_three_things() {
    let mut seen = BTreeSet::new();
    for e in entries() {
        let code = e.code.as_str();
        assert!(seen.insert(code), "{code} stands there twice");
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(
            code.split('.')
                .all(|w| !w.is_empty() && w.chars().all(plain)),
            "{code}"
        );
        for text in [e.what, e.why, e.fix] {
            let starts = text.starts_with(|c: char| c.is_uppercase() || c == '`');
            assert!(starts && text.ends_with('.'), "{code}: no sentence: {text}");
        }
    }
}

#[test]
fn a_reason_is_made_and_asked_for_by_a_constant() {
    let mut broken = Vec::new();
    for (name, text) in sources() {
        let tight: String = text.split_whitespace().collect();
        let made = ["Reason::new(\"", "Code::of_table(", "Reason{code:"];
        let made = made.into_iter().any(|sign| tight.contains(sign));
        let asked = ["code==\"", "code!=\"", "code.as_str()==\"", "code()==\""];
        let asked = asked.into_iter().any(|sign| {
            let after = tight
                .match_indices(sign)
                .map(|(n, s)| &tight[n + s.len()..]);
            let mut texts = after.filter_map(|rest| rest.split('"').next());
            texts.any(|t| t.contains('.'))
        });
        // A mistake in a file that a person wrote has a code too, which is no reason's.
        let of_mistakes = name == "src/mapping/yaml.rs";
        if made || (asked && !of_mistakes) {
            broken.push(name);
        }
    }
    assert!(broken.is_empty(), "a code as a text: {broken:?}");
}

/// Where a text that is a code may stand: what tells of mistakes in files and rules before a document meets them, and
/// the fake vendors and their sample data, which know nothing of the program.
const MAY_SAY: [&str; 5] = [
    "src/rules/lint/",
    "src/mapping/cross",
    "src/mapping/check/",
    "src/sandbox/",
    "src/rules/spec/",
];

/// Where the same text is another thing: a key of the tenant's file, a field in a trace.
const MEANS_ELSE: [(&str, &str); 5] = [
    ("src/mapping/apply/shipped.rs", "skip.made_by_integration"),
    ("src/mapping/apply/shipped.rs", "skip.already_synced"),
    ("src/mapping/apply/shipped.rs", "skip.zero_total"),
    ("src/mapping/apply/shipped.rs", "skip.drafts"),
    ("src/mapping/apply/payment.rs", "payment.account"),
];

#[test]
fn no_code_stands_as_a_text_beside_the_table() {
    let mut broken = Vec::new();
    for (name, text) in sources() {
        if MAY_SAY.iter().any(|m| name.starts_with(m)) {
            continue;
        }
        for e in entries() {
            let code = e.code.as_str();
            let other = MEANS_ELSE.contains(&(name.as_str(), code));
            if text.contains(&format!("\"{code}\"")) && !other {
                broken.push(format!("{name} says \"{code}\""));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_code_of_the_table_is_given_somewhere() {
    let mut text = String::new();
    sources().into_iter().for_each(|(_, t)| text.push_str(&t));
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect();
    for e in entries() {
        let name = e.code.as_str().to_uppercase().replace('.', "_");
        assert!(words.contains(name.as_str()), "nothing gives {}", e.code);
    }
}

/// What a command's place may be filled with as it stands: names that hold no character a shell reads otherwise.
const PLAIN: [&str; 15] = [
    "tenant",
    "t",
    "f",
    "0",
    "verb",
    "what",
    "word",
    "name",
    "system",
    "connection",
    "session.tenant",
    "who.tenant",
    "m.tenant",
    "taken_away",
    // A tenant and a connection: names that have no spaces.
    "ends",
];

/// Every value in a printed command goes through the one quoting function: a number with a space in it is one word.
#[test]
fn every_value_in_a_printed_command_is_quoted() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (file, text) in sources() {
        for (at, _) in text.match_indices("`crossfoot ") {
            let Some(command) = text[at + 1..].split('`').next() else {
                continue;
            };
            // What begins in one text and ends in another is no command.
            if command.contains(['\n', '\\']) && command.contains(";\n") {
                continue;
            }
            // The words that the places of a text without names take stand behind it.
            let behind: String = text[at..].chars().take(600).collect();
            for place in command.split('{').skip(1) {
                let name = place.split(['}', ':']).next().unwrap_or_default();
                seen += 1;
                let quoted = [format!("{name} = quoted("), format!("{name}) = (")];
                let by_name = !name.is_empty()
                    && quoted.iter().any(|q| text.contains(q))
                    && text.contains("quoted(");
                let by_place = name.is_empty()
                    && (behind.contains("quoted(") || PLAIN.iter().any(|p| behind.contains(p)));
                if !(PLAIN.contains(&name) || by_name || by_place) {
                    wrong.push(format!("{file}: `{command}`"));
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} places were found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
