//! Shipped descriptions of usual exports: `mappings/exports/NAME.yaml`, each a connection as a workspace would write it.
//!
//! Flows in: a connection's settings. Flows out: the same with what its `like` says under them. What the connection itself
//! says of a field, a word or a setting counts; its lists are added to those of the description.

pub use super::said::LIKE;
use super::said::SETTINGS;
use crate::connectors::Settings;
use crate::mapping::Connections;
use crate::model::setting::SystemSettings;
use crate::model::{Diagnostic, Fingerprint};
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/mappings/exports"]
struct EmbeddedExports;

/// Settings that are lists: a description's own items go under a name that no connection's item has.
const LISTS: &[&str] = &["ignore.", "lines_from.", "tenders.", "stop_at."];

struct Shipped {
    by_word: BTreeMap<String, BTreeMap<String, String>>,
    told: Vec<Diagnostic>,
    print: String,
}

fn shipped() -> &'static Shipped {
    static SHIPPED: OnceLock<Shipped> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let systems = [SystemSettings {
            system: "files",
            title: "Files",
            settings: SETTINGS,
        }];
        let mut all = Shipped {
            by_word: BTreeMap::new(),
            told: Vec::new(),
            print: String::new(),
        };
        for path in EmbeddedExports::iter() {
            let Some(file) = EmbeddedExports::get(&path) else {
                continue;
            };
            let text = String::from_utf8_lossy(&file.data);
            let name = format!("exports/{path}");
            let (read, told) = Connections::parse(&name, &text, &systems);
            all.told.extend(told);
            all.print.push_str(&Fingerprint::of(&file.data).0);
            for (word, connection) in read.by_name {
                let word = word.as_str().replace('-', "_");
                all.by_word.insert(word, connection.values);
            }
        }
        all
    })
}

/// What is wrong with the shipped descriptions: nothing, which a test asks.
pub fn mistakes() -> &'static [Diagnostic] {
    &shipped().told
}

/// The words of the shipped descriptions.
pub fn words() -> Vec<&'static str> {
    shipped().by_word.keys().map(String::as_str).collect()
}

/// What tells one state of the shipped descriptions from another.
pub(super) fn print() -> &'static str {
    &shipped().print
}

fn of(settings: &Settings) -> Option<&'static BTreeMap<String, String>> {
    shipped().by_word.get(settings.values.get("like")?)
}

/// A description's name of a list's item.
fn inside(path: &str) -> Option<String> {
    let list = LISTS.iter().find(|l| path.starts_with(**l))?;
    let rest = path.strip_prefix(list)?;
    Some(format!("{list}like{rest}"))
}

/// The settings, with a shipped description under them.
pub(super) fn under(settings: &Settings) -> Settings {
    let mut made = settings.clone();
    for (path, value) in of(settings).into_iter().flatten() {
        let path = inside(path).unwrap_or_else(|| path.clone());
        made.values.entry(path).or_insert_with(|| value.clone());
    }
    made
}

/// Whether a value comes from the shipped description.
pub(super) fn has(settings: &Settings, path: &str) -> bool {
    let own = settings.values.get(path);
    of(settings).is_some_and(|like| like.get(path).is_some_and(|v| Some(v) == own))
        || LISTS.iter().any(|l| path.starts_with(&format!("{l}like")))
}
