//! The layer law: a room may use the rooms above it, never those below; each library has its one room.
//!
//! The law is read from the source as text, so that it holds for code that is not compiled here too.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/exceptions.rs"]
mod exceptions;
#[path = "architecture/fences.rs"]
mod fences;
#[path = "architecture/source.rs"]
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms, in the order of the flow, and what each may use.
const ROOMS: [(&str, &[&str]); 12] = [
    ("clock", &[]),
    ("model", &[]),
    ("mapping", &["model"]),
    ("rules", &["model"]),
    ("checks", &["model", "mapping"]),
    // A system that is described in YAML is read with the reader of YAML, and its conditions are those of rules.
    ("connectors", &["clock", "model", "mapping", "rules"]),
    // A fake vendor knows no connector, so that a wrong field name cannot agree with itself.
    ("sandbox", &[]),
    (
        "pipeline",
        &["clock", "model", "mapping", "rules", "checks", "connectors"],
    ),
    ("store", &["model", "connectors", "pipeline"]),
    (
        "service",
        &[
            "clock",
            "model",
            "mapping",
            "rules",
            "checks",
            "connectors",
            "sandbox",
            "pipeline",
            "store",
        ],
    ),
    (
        "cli",
        // What it shows of flow, store and systems it gets from the service.
        &[
            "clock", "model", "mapping", "rules", "checks", "sandbox", "service",
        ],
    ),
    ("main", &["cli"]),
];

/// Libraries that stand in one place only.
const LIBRARIES: [(&str, &[&str]); 5] = [
    ("rhai::", &["src/rules/"]),
    ("sqlx::", &["src/store/"]),
    ("reqwest::", &["src/connectors/http.rs"]),
    (
        "axum::",
        &["src/sandbox/plane/", "src/service/door/serve.rs"],
    ),
    ("lettre::", &["src/service/notify"]),
];

/// Words of vendors that must not reach the rooms that know none.
const VENDORS: [&str; 7] = [
    "xero",
    "keap",
    "quickbooks",
    "kickserv",
    "klipboard",
    "invoiceasap",
    "servicem8",
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Every source file by its path from the root, comments taken out.
fn code() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let bare = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("text");
        let lines = text.lines().filter(|l| !l.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(root).expect("inside");
        inside.to_string_lossy().replace('\\', "/")
    };
    files.iter().map(|p| (name(p), bare(p))).collect()
}

fn room_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    let first = inside.split('/').next().unwrap_or(inside);
    first.trim_end_matches(".rs")
}

#[test]
fn a_room_uses_only_the_rooms_above_it() {
    let mut broken = Vec::new();
    for (path, text) in code() {
        let room = room_of(&path);
        if room == "lib" {
            continue;
        }
        let may = ROOMS.iter().find(|(r, _)| *r == room);
        let Some((_, may)) = may else {
            broken.push(format!("{path}: the room `{room}` is not in the list"));
            continue;
        };
        for (n, line) in text.lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let used: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let known = ROOMS.iter().any(|(r, _)| *r == used);
                if known && used != room && !may.contains(&used.as_str()) {
                    broken.push(format!("{path}:{}: {room} uses {used}", n + 1));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_library_stands_in_its_own_room() {
    let mut broken = Vec::new();
    for (path, text) in code() {
        for (library, places) in LIBRARIES {
            let at_home = places.iter().any(|p| path.starts_with(p));
            if !at_home && text.contains(library) {
                broken.push(format!("{path} uses {library}"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let silent: Vec<String> = code()
        .into_keys()
        .filter(|path| {
            let text = std::fs::read_to_string(root.join(path)).expect("text");
            !text.starts_with("//!")
        })
        .collect();
    assert!(silent.is_empty(), "no `//!` page: {silent:?}");
}
