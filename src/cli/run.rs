//! (being built)
use super::{Context, Exit, Failure};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
}

/// Runs it.
///
/// # Errors
/// [`Failure`].
pub async fn run(_cx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::wrong("not part of this build", ""))
}
