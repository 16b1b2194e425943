//! `crossfoot sync TENANT [--only N]`: reads, decides and posts. Where `crossfoot run` is at work on the workspace, that
//! process does it, and its answer is shown.
//!
//! A signal brings it to where nothing is half done and tells what is left; a second one ends at once, which loses
//! nothing. Where this process does it, it sends the letter that is due, if the tenant's file asks for it. With `--json`: a [`SyncAnswer`]. Exit code 1 when this run held or refused something, left it in doubt, or was
//! asked to end before all was done.

use super::exit::Exit;
use super::invocation::{Hands, Invocation};
use super::progress::Bar;
use super::ran::show;
use super::run::mailer;
use super::signals;
use crate::model::TenantId;
use crate::model::cure::quoted;
use crate::service::desk::found::one_is_meant;
use crate::service::desk::runs::SyncAnswer;
use crate::service::{Done, Engine, Loaded, NotDone, SyncAsk, notify};

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
        if let Some(number) = &ask.only {
            let command = |name: &str| format!("crossfoot sync {tenant} --only {}", quoted(name));
            one_is_meant(hands.engine(), &tenant, number, &command).await?;
        }
        let letters = match &hands {
            Hands::Ours(engine) if loaded.mapping.notify.manual => Some(engine),
            _ => None,
        };
        if let Some(engine) = letters {
            notify::begin(engine, &tenant).await?;
        }
        let bar = Bar::of(cx, tenant.as_str(), hands.engine().waits());
        let watch = |step| bar.step(step);
        let done = hands.sync(&loaded, ask, &watch, &taken).await;
        bar.done();
        if let Some(engine) = letters
            && let Err(e) = letter(engine, &loaded).await
        {
            cx.out.aside(format!(
                "no letter went: {e}; it is tried again after the next run"
            ));
        }
        if let Some(done) = done? {
            // Its log is written back now, so that the next process need not read it whole.
            if let Hands::Ours(engine) = &hands {
                engine.close().await;
            }
            return Ok((tenant, done));
        }
    }
}

/// Sends the letter that is due by now, if any, as `notify.manual` asks for it.
async fn letter(engine: &Engine, loaded: &Loaded) -> Result<(), String> {
    let (tenant, notify) = (&loaded.mapping.tenant, &loaded.mapping.notify);
    let due = notify::due(engine, tenant, notify, None).await;
    let Some(due) = due.map_err(|e| e.to_string())? else {
        return Ok(());
    };
    let mailer = mailer().map_err(|e| e.what)?;
    let mailer =
        mailer.ok_or("no mail server is set: CROSSFOOT_SMTP and CROSSFOOT_MAIL_FROM name it")?;
    let sent = mailer
        .send(&notify.email, &due.letter, &due.name, engine.now())
        .await;
    sent.map_err(|e| e.to_string())?;
    let kept = notify::sent(engine, tenant, &due).await;
    kept.map_err(|e| e.to_string())
}
