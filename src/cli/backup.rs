//! `crossfoot backup FILE`: one file that holds all the database knows at this moment, made beside whatever runs.
//!
//! It holds no key: without the key file nobody opens the tokens in it. With `--json`: a
//! [`BackupAnswer`](crate::service::desk::restore::BackupAnswer).

use super::exit::Exit;
use super::invocation::Invocation;
use crate::service::desk::restore::backup;
use crate::service::{NotDone, OpenAs};
use std::path::PathBuf;

/// Where to.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The file; must not be there yet
    pub file: PathBuf,
}

/// Writes it.
///
/// # Errors
/// The file is there, or cannot be written.
pub async fn run(cx: &Invocation, args: &BackupArgs) -> Result<Exit, NotDone> {
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = backup(&engine, &args.file).await?;
    cx.out
        .line(format!("{}: {} bytes", answer.file, answer.bytes));
    cx.out
        .line("  It holds customers' names and amounts, and the tokens sealed. It does not hold");
    cx.out
        .line("  the key that opens them: keep the key file by itself, in another place.");
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}
