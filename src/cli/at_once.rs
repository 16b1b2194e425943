//! A person's word carried out at once: by this process, or by the one that works on the workspace.

use super::exit::Exit;
use super::invocation::Invocation;
use super::progress::Bar;
use super::ran::show;
use crate::service::desk::retry::at_once;
use crate::service::desk::runs::{RunAnswer, SyncAnswer};
use crate::service::{Engine, Loaded, NotDone, OpenAs, wish};

/// Most documents that are carried out at once, each with a call or two to its source; more go at the next run.
const MOST: usize = 200;

/// A tenant with the engine to say a word with, and whether it may run.
///
/// # Errors
/// There is no such tenant, its files have mistakes, or the store cannot be opened.
pub async fn engine(cx: &Invocation, tenant: &str) -> Result<(Engine, Loaded, bool), NotDone> {
    // Whoever works there has the lock; a word is one transaction beside it.
    match cx.tenant(tenant, OpenAs::Worker).await {
        Ok((engine, loaded)) => Ok((engine, loaded, true)),
        Err(_) => {
            let (engine, loaded) = cx.tenant(tenant, OpenAs::Person).await?;
            Ok((engine, loaded, false))
        }
    }
}

/// Carries a word on some documents out, tells what came of it, and answers it with the exit code.
pub async fn carry_out(
    cx: &Invocation,
    (engine, loaded, may_run): &(Engine, Loaded, bool),
    verb: &str,
    numbers: &[String],
) -> (Option<RunAnswer>, Exit) {
    let tenant = &loaded.mapping.tenant;
    if numbers.is_empty() {
        return (None, Exit::Fine);
    }
    if numbers.len() > MOST {
        cx.out
            .line(format!("at the next `crossfoot sync {tenant}` they go"));
        return (None, Exit::Fine);
    }
    let bar = Bar::of(cx, tenant.as_str());
    let ask = at_once(verb, numbers.to_vec());
    let done = match may_run {
        true => {
            let done = engine.sync(loaded, &ask, &|step| bar.step(step)).await;
            done.map(Some).map_err(NotDone::from)
        }
        false => wish::ask(engine, tenant, &ask, &|_| {}).await,
    };
    bar.done();
    match done {
        Ok(None) => {
            cx.out
                .line(format!("at the next `crossfoot sync {tenant}` they go"));
            (None, Exit::Fine)
        }
        Ok(Some(done)) => {
            let answer = SyncAnswer::of(tenant, done);
            show(cx, &answer);
            let exit = Exit::unless(answer.stuck());
            (Some(RunAnswer::ran(&answer)), exit)
        }
        Err(why) => {
            cx.out.line(format!(
                "the word is kept, and is carried out at the next `crossfoot sync {tenant}`; not now: {}",
                why.what
            ));
            (Some(RunAnswer::failed(tenant, &why)), Exit::Fine)
        }
    }
}
