//! `crossfoot audit verify`: whether any row of the audit log was changed, removed or put in, whether its end is missing,
//! and whether the database is whole.
//!
//! With `--json`: an [`AuditAnswer`](crate::service::desk::audit::AuditAnswer).

use super::exit::Exit;
use super::invocation::Invocation;
use super::text::count;
use crate::service::desk::audit::{AuditAnswer, audit};
use crate::service::{NotDone, OpenAs};
use clap::Subcommand;

/// What about it.
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    /// What to do
    #[command(subcommand)]
    pub what: AuditVerb,
}

/// What about it.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// Check the chain of the whole log
    Verify,
}

/// Checks it.
///
/// # Errors
/// The store cannot be read.
pub async fn run(cx: &Invocation, args: &AuditArgs) -> Result<Exit, NotDone> {
    let AuditVerb::Verify = args.what;
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = audit(&engine).await?;
    show(cx, &answer);
    cx.out.json(&answer)?;
    Ok(Exit::unless(!answer.holds))
}

fn show(cx: &Invocation, answer: &AuditAnswer) {
    let rows = count(answer.rows, "row", "rows");
    if let Some(what) = &answer.damaged {
        cx.out.line(format!("the database is damaged: {what}"));
        cx.out
            .line("   = fix: put the last backup back: `crossfoot restore FILE`");
        return;
    }
    if let Some(fault) = &answer.fault {
        cx.out.line(format!(
            "the audit log does not hold at row {}: {}",
            fault.row, fault.what
        ));
        cx.out.line(
            "   = fix: compare with a backup; whoever could write the database could do this",
        );
    }
    if let Some(what) = &answer.older {
        cx.out
            .line(format!("the end of the audit log is missing: {what}"));
        cx.out.line(
            "   = fix: put the last backup back (`crossfoot restore FILE`), or go on: the next",
        );
        cx.out
            .line("     sync finds what the ledger has of ours before it writes anything");
    }
    match (answer.holds, answer.breaks.is_empty()) {
        (true, true) => cx.out.line(format!("the audit log holds: {rows}")),
        (true, false) => {
            let told = "each follows from the one before, but the log is not whole";
            cx.out.line(format!("the audit log has {rows}: {told}"));
        }
        (false, _) => {}
    }
    for broken in &answer.breaks {
        cx.out.line(format!("  {broken}"));
    }
}
