//! `crossfoot audit verify`: whether any row of the audit log was changed, removed or put in.
//!
//! With `--json`: `{"rows": N, "holds": BOOL, "fault": null | {"row": N, "what": TEXT}}`.

use super::{Context, Exit, Failure};
use crate::store::{OpenAs, verify_audit};
use clap::Subcommand;
use serde_json::json;

/// What about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What about it.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Check the chain of the whole log
    Verify,
}

/// Checks it.
///
/// # Errors
/// The store cannot be read.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let What::Verify = args.what;
    let engine = cx.engine(OpenAs::Reader).await?;
    match verify_audit(engine.store()).await? {
        Ok(rows) => {
            let rows_told = super::text::count(rows, "row", "rows");
            cx.out.line(format!("the audit log holds: {rows_told}"));
            cx.out
                .json(&json!({"rows": rows, "holds": true, "fault": null}))?;
            Ok(Exit::Fine)
        }
        Err(fault) => {
            cx.out.line(format!(
                "the audit log does not hold at row {}: {}",
                fault.seq, fault.what
            ));
            cx.out.line(
                "   = fix: compare with a backup; whoever could write the database could do this",
            );
            let told = json!({"row": fault.seq, "what": fault.what});
            cx.out
                .json(&json!({"rows": fault.seq - 1, "holds": false, "fault": told}))?;
            Ok(Exit::Attention)
        }
    }
}
