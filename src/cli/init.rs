//! `crossfoot init DIR`: a workspace folder.
//!
//! With `--json`: `{"workspace": DIR, "made": [FILE, ..]}`.

use super::exit::Exit;
use super::invocation::Invocation;
use crate::service::NotDone;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder; made if it is not there
    pub dir: PathBuf,
}

const CONNECTIONS: &str = "\
# yaml-language-server: $schema=.schema/connections.json
# The accounts this workspace may use, by names of your own. Keys and tokens are never in this file:
# `crossfoot connect TENANT SYSTEM` keeps them, encrypted.
#
# acme-keap: { system: keap }
# acme-books: { system: xero, client_id: 0123456789ABCDEF }   # of your app at developer.xero.com
";

const IGNORE: &str = "\
# Data and secrets stay on this machine.
/.crossfoot/
# Made by `crossfoot schema`.
/.schema/
";

const README: &str = "\
# A Crossfoot workspace

- `mappings/` has one file a tenant. `crossfoot new NAME --preset keap-xero` makes one.
- `rules/` has the tenants' rules.
- `connections.yaml` names the accounts; `crossfoot connect NAME SYSTEM` signs in.
- `.crossfoot/` has the data: keep it on a local disk, and out of version control.

First steps: `crossfoot new`, `crossfoot lint`, `crossfoot connect`, `crossfoot lint --live`, `crossfoot plan`,
`crossfoot sync NAME --only NUMBER`, `crossfoot processing NAME on`.
";

/// Makes a workspace.
///
/// # Errors
/// There is one already, or it cannot be written.
pub fn run(cx: &Invocation, args: &InitArgs) -> Result<Exit, NotDone> {
    let dir = &args.dir;
    if dir.join("mappings").exists() {
        return Err(NotDone::wrong(
            "there is a workspace already",
            "make a tenant in it with `crossfoot new`, or name another folder",
        )
        .at(dir.display().to_string()));
    }
    for folder in ["mappings", "rules"] {
        let path = dir.join(folder);
        std::fs::create_dir_all(&path).map_err(|e| unwritable(&path, &e))?;
    }
    let mut made = Vec::new();
    let files = [
        ("connections.yaml", CONNECTIONS),
        (".gitignore", IGNORE),
        ("README.md", README),
    ];
    for (name, text) in files {
        let path = dir.join(name);
        if !path.exists() {
            write(&path, text)?;
            made.push(name);
        }
    }
    let shown = dir.display().to_string();
    cx.out.line(format!("made the workspace {shown}"));
    cx.out.line(format!(
        "next: crossfoot --workspace {shown} new acme --preset keap-xero"
    ));
    cx.out.json(&json!({"workspace": shown, "made": made}))?;
    Ok(Exit::Fine)
}

/// Writes a file whole.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), NotDone> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| unwritable(folder, &e))?;
    }
    std::fs::write(path, text).map_err(|e| unwritable(path, &e))
}

fn unwritable(path: &Path, e: &std::io::Error) -> NotDone {
    let fix = "see that the folder is there and may be written";
    NotDone::wrong(format!("it cannot be written: {e}"), fix).at(path.display().to_string())
}
