//! `crossfoot demo`.

use super::{Context, Exit, Failure};

/// What the demo is asked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the report and end
    #[arg(long)]
    pub once: bool,
}

/// Runs it.
///
/// # Errors
/// [`Failure`].
pub async fn run(_cx: &Context, _args: Args) -> Result<Exit, Failure> {
    Err(Failure::wrong("the demo is not part of this build", ""))
}
