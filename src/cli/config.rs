//! `crossfoot config TENANT`: the effective file; with `--why`, where each value came from.
//!
//! With `--json`: `{"tenant": T, "values": [{"path", "value", "place": {"file", "line", "column"}}, ..]}`.

use super::exit::Exit;
use super::invocation::Invocation;
use crate::service::{NotDone, WorkspaceError};
use serde_json::json;

/// Whose.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// The tenant
    pub tenant: String,
    /// Show the file and line each value came from
    #[arg(long)]
    pub why: bool,
}

/// Shows it.
///
/// # Errors
/// There is no such tenant, or its file cannot be read at all.
pub fn run(cx: &Invocation, args: &ConfigArgs) -> Result<Exit, NotDone> {
    let workspace = cx.workspace()?;
    let tenant = workspace.tenant(&args.tenant)?;
    let compiled = workspace.compile(&tenant)?;
    let wrong = compiled.has_errors();
    let Some(effective) = compiled.effective else {
        return Err(WorkspaceError::Mistakes(compiled.diagnostics).into());
    };
    for line in effective.to_yaml(args.why).lines() {
        cx.out.line(line);
    }
    cx.out
        .json(&json!({"tenant": tenant, "values": effective.rows()}))?;
    if wrong {
        cx.out.aside(format!(
            "the file has mistakes: see `crossfoot lint {tenant}`"
        ));
        return Ok(Exit::Wrong);
    }
    Ok(Exit::Fine)
}
