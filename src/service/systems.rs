//! The systems of a workspace, as they are listed and looked at.
//!
//! Flows in: a workspace. Flows out: which systems there are, where each comes from, and what is wrong with the descriptions.

use super::described::FOLDER;
use super::files::{WorkspaceError, read_shared, yaml_files};
use super::not_done::NotDone;
use super::workspace::Workspace;
use crate::connectors::System;
use crate::connectors::manifest::{draft, is_word, parse};
use crate::model::Diagnostic;
use std::path::Path;

/// A system, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemTold {
    /// Its word.
    pub system: String,
    /// Its name for people.
    pub title: String,
    /// `built in`, `published` or `assumed`.
    pub contract: &'static str,
    /// The file that describes it; empty where it is built in.
    pub file: String,
}

impl Workspace {
    /// The systems there are, by their words.
    pub fn systems_told(&self) -> Vec<SystemTold> {
        let told = |s: &dyn System| {
            let description = s.description();
            SystemTold {
                system: s.facts().system.to_string(),
                title: s.facts().title.to_string(),
                contract: match &description {
                    None => "built in",
                    Some(d) if d.published => "published",
                    Some(_) => "assumed",
                },
                file: description.map(|d| d.file.to_owned()).unwrap_or_default(),
            }
        };
        let mut all: Vec<_> = self.systems().all().map(told).collect();
        all.sort_by(|a, b| a.system.cmp(&b.system));
        all
    }

    /// What is wrong with the workspace's descriptions, or with some of them; and how many were looked at.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`], also where there is none of that name.
    pub fn lint_described(
        &self,
        only: &[String],
    ) -> Result<(Vec<Diagnostic>, usize), WorkspaceError> {
        let own = yaml_files(&self.root().join(FOLDER))?;
        if let Some(missing) = only.iter().find(|n| !own.contains_key(*n)) {
            return Err(WorkspaceError::Unreadable {
                path: format!("{FOLDER}/{missing}.yaml"),
                why: "there is no such file".to_owned(),
            });
        }
        let files: Vec<String> = only.iter().map(|n| format!("{FOLDER}/{n}.yaml")).collect();
        let meant = |d: &&Diagnostic| files.is_empty() || files.contains(&d.place.file);
        let told = self.described.iter().filter(meant).cloned().collect();
        let looked_at = if only.is_empty() {
            own.len()
        } else {
            only.len()
        };
        Ok((told, looked_at))
    }

    /// A first description from an OpenAPI document: its file's name, its text, and what is wrong with it.
    ///
    /// # Errors
    /// The document cannot be read or is none, or the name is that of a system that is built in.
    pub fn draft_description(
        &self,
        name: &str,
        from: &Path,
    ) -> Result<(String, String, Vec<Diagnostic>), NotDone> {
        let place = from.display().to_string();
        let wrong = |what: String| NotDone::wrong(what, "").at(&place);
        if self.systems().is_built_in(name) {
            let what = format!("`{name}` is a system that the program knows by itself");
            return Err(NotDone::wrong(what, "give it another name"));
        }
        if !is_word(name) {
            let what = format!("`{name}` cannot name a system");
            let fix = "use 1 to 40 lower-case letters, digits and hyphens, a letter first";
            return Err(NotDone::wrong(what, fix));
        }
        let text = read_shared(from)?;
        let document = serde_json::from_str(&text);
        let document = document.map_err(|e| wrong(format!("this is not JSON: {e}")))?;
        let made = draft(name, &document).map_err(wrong)?;
        let file = format!("{FOLDER}/{name}.yaml");
        let (_, told) = parse(&file, &made);
        Ok((file, made, told))
    }
}
