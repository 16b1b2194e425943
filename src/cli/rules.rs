//! `crossfoot rules list|show|eject`: the shipped rules.

use super::{Context, Exit, Failure};
use clap::Subcommand;

/// What about them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What about them.
#[derive(Debug, Subcommand)]
pub enum What {
    /// List them
    List,
    /// Print one
    Show {
        /// Its name
        name: String,
    },
    /// Copy one into the workspace's `rules/`, for changing
    Eject {
        /// Its name
        name: String,
    },
}

/// Does it.
///
/// # Errors
/// [`Failure`].
pub fn run(_cx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::wrong(
        "the shipped rules are not part of this build",
        "",
    ))
}
