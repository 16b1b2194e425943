//! The systems that a workspace describes: `mappings/connectors/NAME.yaml`.
//!
//! Flows in: the workspace's folder and the systems there are. Flows out: these and the described ones, and every mistake. One
//! of a workspace counts instead of one of the same name that is part of the program, and never the other way: where its own has
//! a mistake, there is no system of that name, and the registry keeps why. Refused: a description that takes the word of a system
//! that is built in.

use super::files::{WorkspaceError, read, yaml_files};
use crate::connectors::Registry;
use crate::connectors::manifest::{Described, parse};
use crate::model::{Diagnostic, Place};
use std::path::Path;
use std::sync::Arc;

/// Where descriptions lie in a workspace.
pub(super) const FOLDER: &str = "mappings/connectors";

/// Reads the descriptions of a workspace.
///
/// # Errors
/// [`WorkspaceError::Unreadable`].
pub(super) fn described(
    root: &Path,
    systems: Registry,
) -> Result<(Registry, Vec<Diagnostic>), WorkspaceError> {
    let (mut all, mut told) = (systems.clone(), Vec::new());
    for (name, path) in yaml_files(&root.join(FOLDER))? {
        let file = format!("{FOLDER}/{name}.yaml");
        if systems.is_built_in(&name) {
            let place = Place {
                file,
                line: 1,
                column: 1,
            };
            let what = format!("`{name}` is a system that the program knows by itself");
            let fix = "Give the description, and its file, another name.";
            told.push(Diagnostic::error(place, "manifest.name", what, fix));
            continue;
        }
        let (manifest, mistakes) = parse(&file, &read(&path)?);
        all = match manifest {
            Some(manifest) => all.with(Arc::new(Described::new(manifest))),
            None => all.without(&name, mistakes.clone()),
        };
        told.extend(mistakes);
    }
    Ok((all, told))
}
