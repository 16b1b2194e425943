//! `crossfoot sync TENANT [--only N]`: reads, decides and posts. Where `crossfoot run` is at work on the workspace, that
//! process does it, and its answer is shown.
//!
//! A signal brings it to where nothing is half done and tells what is left; a second one ends at once, which loses
//! nothing. With `--json`: a [`SyncAnswer`]. Exit code 1 when this run held or refused something, left it in doubt, or was
//! asked to end before all was done.

use super::exit::Exit;
use super::invocation::Invocation;
use super::progress::Bar;
use super::ran::show;
use super::signals;
use crate::model::TenantId;
use crate::service::desk::runs::SyncAnswer;
use crate::service::{Done, NotDone, SyncAsk};

/// What to run.
#[derive(Debug, clap::Args)]
pub struct SyncArgs {
    /// The tenant
    pub tenant: String,
    /// Only this invoice, by its number or its order's; works before processing is switched on
    #[arg(long, value_name = "NUMBER")]
    pub only: Option<String>,
    /// Only what comes back from the ledger, and that at once
    #[arg(long, conflicts_with = "only")]
    pub back: bool,
}

/// Runs it, or has the process run it that works on the workspace.
///
/// # Errors
/// As the flow.
pub async fn run(cx: &Invocation, args: &SyncArgs) -> Result<Exit, NotDone> {
    let ask = SyncAsk {
        trigger: match &args.only {
            Some(n) => format!("sync --only {n}"),
            None if args.back => "sync --back".to_owned(),
            None => "sync".to_owned(),
        },
        only: args.only.clone(),
        again: Vec::new(),
        back: args.back,
        dry: false,
    };
    let (tenant, done) = done(cx, &args.tenant, &ask).await?;
    let answer = SyncAnswer::of(&tenant, done);
    show(cx, &answer);
    cx.out.json(&answer)?;
    Ok(Exit::unless(answer.stuck()))
}

/// Runs a tenant here, or where `crossfoot run` is at work, there.
async fn done(cx: &Invocation, tenant: &str, ask: &SyncAsk) -> Result<(TenantId, Done), NotDone> {
    let workspace = cx.workspace()?;
    let loaded = workspace.load(&workspace.tenant(tenant)?)?;
    let tenant = loaded.mapping.tenant.clone();
    let taken = || cx.out.aside("another process is at work here and does it");
    // One for the whole call: whoever waited for a worker that died goes on alone, and ends as before.
    let ending = signals::ending();
    loop {
        let hands = cx.hands().await?.ending(ending.clone());
        let bar = Bar::of(cx, tenant.as_str(), hands.engine().waits());
        let watch = |step| bar.step(step);
        let done = hands.sync(&loaded, ask, &watch, &taken).await;
        bar.done();
        if let Some(done) = done? {
            return Ok((tenant, done));
        }
    }
}
