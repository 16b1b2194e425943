//! Where a stored record is read: what stands at a path of it, and what is wrong with it.

use super::path::RecordPath;
use super::shape::{FieldSpec, Manifest};
use crate::connectors::Settings;
use crate::model::Currency;
use chrono_tz::Tz;
use serde_json::Value;

/// What is wrong with a record, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadElement {
    pub what: String,
    pub fix: String,
}

/// Where one record is read.
pub(super) struct ElementReader<'a> {
    pub manifest: &'a Manifest,
    pub settings: &'a Settings,
    pub zone: Option<Tz>,
    pub currency: Option<Currency>,
}

impl ElementReader<'_> {
    /// What is wrong with a field.
    pub(super) fn bad(&self, field: &FieldSpec, what: &str) -> BadElement {
        let file = &self.manifest.file;
        BadElement {
            what: format!("`{}`: {what}", field.name),
            fix: format!(
                "correct it there, or how it is read ({file}:{})",
                field.at.line
            ),
        }
    }
}

/// A record's id; empty where it has none.
pub(super) fn id(manifest: &Manifest, raw: &Value) -> String {
    let formats = &manifest.formats;
    let mut found = manifest.invoices.id.iter().map(|p| at(manifest, p, raw));
    let text = found.find_map(|v| v.map(|v| formats.text(v)).filter(|t| !t.is_empty()));
    text.unwrap_or_default()
}

/// What stands at a path of a stored record: inside what was fetched where the path begins with its name.
pub(super) fn at<'v>(manifest: &Manifest, path: &RecordPath, raw: &'v Value) -> Option<&'v Value> {
    all_at(manifest, path, raw)
        .into_iter()
        .find(|v| !v.is_null())
}

/// All that stands there.
pub(super) fn all_at<'v>(manifest: &Manifest, path: &RecordPath, raw: &'v Value) -> Vec<&'v Value> {
    let fetched = manifest
        .invoices
        .fetch
        .iter()
        .any(|f| f.name == path.first());
    match fetched {
        true => path.all(raw),
        false => raw.get("record").map(|r| path.all(r)).unwrap_or_default(),
    }
}
