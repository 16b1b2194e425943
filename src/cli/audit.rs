//! `crossfoot audit verify`: whether any row of the audit log was changed, removed or put in.
//!
//! With `--json`: an [`AuditAnswer`](crate::service::desk::audit::AuditAnswer).

use super::exit::Exit;
use super::invocation::Invocation;
use super::text::count;
use crate::service::desk::audit::audit;
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
    match &answer.fault {
        None => {
            let rows = count(answer.rows, "row", "rows");
            cx.out.line(format!("the audit log holds: {rows}"));
        }
        Some(fault) => {
            cx.out.line(format!(
                "the audit log does not hold at row {}: {}",
                fault.row, fault.what
            ));
            cx.out.line(
                "   = fix: compare with a backup; whoever could write the database could do this",
            );
        }
    }
    cx.out.json(&answer)?;
    Ok(Exit::unless(!answer.holds))
}
