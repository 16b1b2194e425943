//! `crossfoot restore FILE` and `crossfoot restore --here --why TEXT`: a backup put back, and a person's word on where the
//! work goes on.
//!
//! Both begin a new epoch: nothing is written for a quarter of an hour, and what the ledger has of ours is found first.
//! With `--json`: a [`RestoreAnswer`](crate::service::desk::restore::RestoreAnswer).

use super::exit::Exit;
use super::invocation::{Invocation, actor};
use super::words::when;
use super::world::show_lost;
use crate::service::NotDone;
use crate::service::desk::restore::{RestoreAnswer, here, restore};
use std::path::PathBuf;

/// What is put back, or that nothing is.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crossfoot restore <FILE> [--why <TEXT>]\n       crossfoot restore --here --why <TEXT>"
)]
pub struct RestoreArgs {
    /// The backup, as `crossfoot backup` wrote it
    #[arg(required_unless_present = "here")]
    pub file: Option<PathBuf>,
    /// Put nothing back: the work goes on in this copy of the workspace, and in no other
    #[arg(long, conflicts_with = "file", requires = "why")]
    pub here: bool,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
}

/// Does it.
///
/// # Errors
/// A process works on the workspace, or the file is no whole backup.
pub async fn run(cx: &Invocation, args: &RestoreArgs) -> Result<Exit, NotDone> {
    let why = args.why.clone().unwrap_or_default();
    let answer = match &args.file {
        Some(file) => {
            let workspace = cx.workspace()?;
            let outside = cx.outside(&workspace).await?;
            restore(workspace, &outside, file, (&actor(), &why)).await?
        }
        None => here(cx.hands().await?.engine(), &actor(), &why).await?,
    };
    show(cx, &answer);
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}

fn show(cx: &Invocation, answer: &RestoreAnswer) {
    let line = |text: String| cx.out.line(text);
    match &answer.file {
        Some(file) => line(format!("{file} is put back")),
        None => line("the work goes on here".to_owned()),
    }
    if let Some(aside) = &answer.aside {
        line(format!("  the database before it is kept in {aside}"));
    }
    line(format!(
        "  nothing is written before {}; reading and deciding go on",
        when(answer.waits_until)
    ));
    line("  what the ledger has of ours by then is found by its stamp, and not made again".into());
    show_lost(cx, answer.known_until, &answer.lost, true);
    if !answer.connect.is_empty() {
        line("  next: connect again, since the tokens of a backup are spent:".into());
        for ends in &answer.connect {
            line(format!("    `crossfoot connect {ends}`"));
        }
    }
}
