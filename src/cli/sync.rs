//! `crossfoot sync TENANT [--only N]`: reads, decides and posts. Where `crossfoot run` is at work on the workspace, that
//! process does it, and its answer is shown.
//!
//! With `--json`: a [`SyncAnswer`]. Exit code 1 when this run held or refused something, or left it in doubt.

use super::exit::Exit;
use super::invocation::{Hands, Invocation};
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
}

/// Runs it, or has the process run it that works on the workspace.
///
/// # Errors
/// As the flow.
pub async fn run(cx: &Invocation, args: &SyncArgs) -> Result<Exit, NotDone> {
    let ask = SyncAsk {
        trigger: match &args.only {
            Some(n) => format!("sync --only {n}"),
            None => "sync".to_owned(),
        },
        only: args.only.clone(),
        again: Vec::new(),
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
    loop {
        let hands = cx.hands().await?;
        let bar = Bar::of(cx, tenant.as_str());
        let watch = |step| bar.step(step);
        let asked = hands.sync(&loaded, ask, &watch, &taken);
        let done = match &hands {
            Hands::Ours(_) => asked.await,
            Hands::Theirs(_) => {
                let ending = signals::ending();
                tokio::select! {
                    biased;
                    () = ending.asked() => Err(NotDone::attention("it was asked to end before it was answered", "")),
                    done = asked => done,
                }
            }
        };
        bar.done();
        if let Some(done) = done? {
            return Ok((tenant, done));
        }
    }
}
