//! `crossfoot config TENANT`: the effective file; with `--why`, where each value came from.
//!
//! With `--why` what its two connections say is shown as well, each value with its line.
//!
//! With `--json`: `{"tenant": T, "values": [{"path", "value", "place": {"file", "line", "column"}}, ..]}`; a connection's
//! values have the paths `connections.NAME.SETTING`.

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
    let mut rows = effective.rows();
    if args.why {
        let of_connections = workspace.connection_rows(&effective);
        if !of_connections.is_empty() {
            cx.out.gap();
        }
        for row in &of_connections {
            // What stands elsewhere is a comment here: this is the tenant's file, which means the same when it is read.
            cx.out.line(format!(
                "# {}: {}  # {}:{}",
                row.path, row.value, row.place.file, row.place.line
            ));
        }
        rows.extend(of_connections);
    }
    cx.out.json(&json!({"tenant": tenant, "values": rows}))?;
    if wrong {
        cx.out.aside(format!(
            "the file has mistakes: see `crossfoot lint {tenant}`"
        ));
        return Ok(Exit::Wrong);
    }
    Ok(Exit::Fine)
}
