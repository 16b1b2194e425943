//! `crossfoot lint [TENANT..] [--live]`: every mistake at once, with its place, the line, and the cure.
//!
//! With `--json`: `{"diagnostics": [{"place": {"file", "line", "column"}, "severity", "code", "what", "fix", "snippet"}],
//! "errors": N, "warnings": N}`. Exit code 2 when there is an error, 3 when `--live` could not reach the ledger.

use super::exit::Exit;
use super::invocation::Invocation;
use super::text::count;
use crate::model::{ConnectionName, Diagnostic, Severity};
use crate::service::{Loaded, NotDone, OpenAs, Workspace, against_ledger};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct LintArgs {
    /// The tenants; all of them without one
    pub tenants: Vec<String>,
    /// Also compare with the ledger's own accounts, tax codes, items and lock dates
    #[arg(long)]
    pub live: bool,
}

/// Looks.
///
/// # Errors
/// There is no such tenant, or with `--live` a ledger cannot be reached.
pub async fn run(cx: &Invocation, args: &LintArgs) -> Result<Exit, NotDone> {
    let workspace = cx.workspace()?;
    let tenants = cx.tenants(&args.tenants)?;
    let mut told: Vec<Diagnostic> = workspace.told.clone();
    told.extend(workspace.described.clone());
    let mut whole = Vec::new();
    for tenant in &tenants {
        let (found, loaded) = workspace.lint(tenant)?;
        told.extend(found);
        whole.extend(loaded);
    }
    told.extend(workspace.lint_together(&tenants)?);
    let ends = |l: &Loaded| {
        let (from, to) = (&l.mapping.from.value, &l.mapping.to.value);
        [from.connection.clone(), to.connection.clone()]
    };
    let named: BTreeSet<ConnectionName> = whole.iter().flat_map(ends).collect();
    let meant = (!args.tenants.is_empty()).then_some(&named);
    told.extend(workspace.lint_connections(meant).await);
    let mut unreached = None;
    if args.live && !whole.is_empty() {
        let engine = cx.engine(OpenAs::Reader).await?;
        for loaded in &whole {
            match against_ledger(&engine, loaded).await {
                Ok(found) => told.extend(found),
                Err(failure) => unreached = Some((loaded.mapping.tenant.clone(), failure)),
            }
        }
    }
    // A shared file is read for each tenant and told once.
    let mut seen = Vec::new();
    told.retain(|d| {
        !seen.contains(d) && {
            seen.push(d.clone());
            true
        }
    });
    let told = with_snippets(&workspace, told);
    let n = tenants.len() as u64;
    tell(cx, &told, &count(n, "tenant", "tenants"))?;
    if let Some((tenant, failure)) = unreached {
        return Err(NotDone {
            place: tenant.to_string(),
            ..failure
        });
    }
    let wrong = told.iter().any(|d| d.severity == Severity::Error);
    Ok(if wrong { Exit::Wrong } else { Exit::Fine })
}

/// Shows what was found in so many of what was looked at.
///
/// # Errors
/// It cannot be printed.
pub(super) fn tell(cx: &Invocation, told: &[Diagnostic], looked_at: &str) -> Result<(), NotDone> {
    let of = |severity| told.iter().filter(|d| d.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    for d in told {
        cx.out.diagnostic(d);
        cx.out.gap();
    }
    cx.out.line(match (errors, warnings) {
        (0, 0) => format!("no mistakes in {looked_at}"),
        _ => format!(
            "{}, {}",
            count(errors, "error", "errors"),
            count(warnings, "warning", "warnings")
        ),
    });
    cx.out
        .json(&json!({"diagnostics": told, "errors": errors, "warnings": warnings}))
}

/// Shows the line of those diagnostics that do not carry it themselves.
fn with_snippets(workspace: &Workspace, told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut texts: BTreeMap<String, Option<String>> = BTreeMap::new();
    let add = |d: Diagnostic| {
        if !d.snippet.is_empty() || d.place.line == 0 {
            return d;
        }
        let text = texts.entry(d.place.file.clone()).or_insert_with(|| {
            let inside = Path::new(&d.place.file);
            let plain = inside
                .components()
                .all(|c| matches!(c, std::path::Component::Normal(_)));
            plain
                .then(|| std::fs::read_to_string(workspace.root().join(inside)).ok())
                .flatten()
        });
        match text {
            Some(text) => d.with_snippet(text),
            None => d,
        }
    };
    told.into_iter().map(add).collect()
}
