//! `crossfoot sync TENANT [--only N]`: reads, decides and posts.
//!
//! With `--json`: a [`SyncAnswer`]. Exit code 1 when this run held or refused something, or left it in doubt.

use super::exit::Exit;
use super::invocation::Invocation;
use super::progress::Bar;
use super::ran::show;
use crate::service::desk::runs::SyncAnswer;
use crate::service::{NotDone, OpenAs, SyncAsk};

/// What to run.
#[derive(Debug, clap::Args)]
pub struct SyncArgs {
    /// The tenant
    pub tenant: String,
    /// Only this invoice, by its number or its order's; works before processing is switched on
    #[arg(long, value_name = "NUMBER")]
    pub only: Option<String>,
}

/// Runs it.
///
/// # Errors
/// As the flow.
pub async fn run(cx: &Invocation, args: &SyncArgs) -> Result<Exit, NotDone> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Worker).await?;
    let tenant = &loaded.mapping.tenant;
    let ask = SyncAsk {
        trigger: match &args.only {
            Some(n) => format!("sync --only {n}"),
            None => "sync".to_owned(),
        },
        only: args.only.clone(),
        again: Vec::new(),
        dry: false,
    };
    let bar = Bar::of(cx, tenant.as_str());
    let done = engine.sync(&loaded, &ask, &|step| bar.step(step)).await;
    bar.done();
    let answer = SyncAnswer::of(tenant, done?);
    show(cx, &answer);
    cx.out.json(&answer)?;
    Ok(Exit::unless(answer.stuck()))
}
