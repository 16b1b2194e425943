//! `crossfoot completions SHELL`.

use super::exit::Exit;
use super::invocation::Invocation;
use crate::service::NotDone;

/// Which shell.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Prints them.
///
/// # Errors
/// None.
pub fn run(
    cx: &Invocation,
    args: &CompletionsArgs,
    of: &mut clap::Command,
) -> Result<Exit, NotDone> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, of, "crossfoot", &mut bytes);
    cx.out.raw(&String::from_utf8_lossy(&bytes));
    Ok(Exit::Fine)
}
