//! `crossfoot serve [TENANT..]`: `run` with a door. What is sent to `POST /hooks/TENANT/SECRET` is kept, answered, and posted at
//! once; hooks of vendors wake a flow. It listens on this machine alone, unless another address is said: who lets others in puts
//! something with TLS in front.

use super::exit::Exit;
use super::invocation::Invocation;
use super::run::{RunArgs, work};
use crate::service::NotDone;
use std::net::SocketAddr;

/// Whom to run, and where to listen.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Whom to run
    #[command(flatten)]
    pub run: RunArgs,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    pub listen: SocketAddr,
}

/// Runs and listens.
///
/// # Errors
/// As `run`; or the address cannot be had.
pub async fn run(cx: &Invocation, args: &ServeArgs) -> Result<Exit, NotDone> {
    work(cx, &args.run, Some(args.listen)).await
}
