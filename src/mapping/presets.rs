//! Presets: one YAML file a route, embedded in the program; a workspace's file of the same name counts instead.

use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/mappings/presets"]
struct Embedded;

/// A preset: the name of its file, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// The name a person would give the file.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The presets a tenant's file may build on, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presets {
    by_name: BTreeMap<String, Preset>,
}

impl Presets {
    /// The presets that are part of the program.
    pub fn embedded() -> Self {
        let mut presets = Self::default();
        for path in Embedded::iter() {
            let Some(name) = path.strip_suffix(".yaml") else {
                continue;
            };
            let Some(file) = Embedded::get(&path) else {
                continue;
            };
            let text: Cow<'_, str> = String::from_utf8_lossy(&file.data);
            presets.shadow(name, &format!("preset {name}"), &text);
        }
        presets
    }

    /// Adds a workspace's preset, which counts instead of an embedded one of the same name.
    pub fn shadow(&mut self, name: &str, file: &str, text: &str) {
        let preset = Preset {
            file: file.to_owned(),
            text: text.to_owned(),
        };
        self.by_name.insert(name.to_owned(), preset);
    }

    /// The preset of a name.
    pub fn get(&self, name: &str) -> Option<&Preset> {
        self.by_name.get(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}
