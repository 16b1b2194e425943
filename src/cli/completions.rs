//! `crossfoot completions SHELL`.

use super::{Cli, Context, Exit, Failure};
use clap::CommandFactory as _;

/// Which shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Prints them.
///
/// # Errors
/// None.
pub fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "crossfoot", &mut bytes);
    cx.out.raw(&String::from_utf8_lossy(&bytes));
    Ok(Exit::Fine)
}
