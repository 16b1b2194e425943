//! `crossfoot run [TENANT..]`: runs every tenant whose processing is on at its times, in one process, until ctrl-c.
//!
//! Files and switches are read again before each run. What fails is told and tried again after a rest; nothing
//! ends the loop but a signal, and a run at hand is brought to its end first (a second signal ends at once,
//! which loses nothing). Once a day it forgets, a little at a time, what is older than the tenant's
//! `sync.history_days`. With `--json` each run is one JSON value on a line: `{"tenant", "run", "error"}`, where
//! `"error"` is null or `{"what", "fix"}`. Ended by a signal it exits with 0.

use super::sync::show;
use super::{Context, Exit, Failure};
use crate::model::TenantId;
use crate::pipeline::tenant::Done;
use crate::service::notify::{MailError, Mailer};
use crate::service::{Event, Worker};
use crate::store::OpenAs;
use serde_json::json;
use tokio::sync::watch;

/// Whom to run.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenants; all whose processing is on without one
    pub tenants: Vec<String>,
}

/// Runs them.
///
/// # Errors
/// The workspace cannot be opened, there is no such tenant, or the mail settings are wrong.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let only = match args.tenants.as_slice() {
        [] => Vec::new(),
        names => cx.tenants(names)?,
    };
    let mailer = mailer()?;
    let engine = cx.engine(OpenAs::Worker).await?;
    let clock = std::sync::Arc::clone(&engine.outside().clock);
    let mut worker = Worker::new(engine, only, mailer);
    let mut ended = signals();
    cx.out.line("running; ctrl-c ends it");
    loop {
        let asked = ended.clone();
        let stop = move || *asked.borrow();
        let until = worker.round(&stop, &|event| tell(cx, event)).await;
        tokio::select! {
            _ = ended.wait_for(|e| *e) => break,
            () = clock.sleep_until(until) => {}
        }
    }
    worker.engine().store().close().await;
    cx.out.line("ended");
    Ok(Exit::Fine)
}

/// Becomes true with the first signal; the second ends the process.
fn signals() -> watch::Receiver<bool> {
    let (tell, ended) = watch::channel(false);
    tokio::spawn(async move {
        super::signals::asked_to_end().await;
        // Nobody listens any more when the loop has ended already.
        let _ = tell.send(true);
        super::signals::asked_to_end().await;
        std::process::exit(i32::from(Exit::Attention.code()));
    });
    ended
}

/// The mail server, where one is set.
fn mailer() -> Result<Option<Mailer>, Failure> {
    let Ok(url) = std::env::var("CROSSFOOT_SMTP") else {
        return Ok(None);
    };
    let from = std::env::var("CROSSFOOT_MAIL_FROM").unwrap_or_default();
    let wrong =
        |e: MailError| Failure::wrong(e.to_string(), "set CROSSFOOT_SMTP and CROSSFOOT_MAIL_FROM");
    Mailer::new(&url, &from).map(Some).map_err(wrong)
}

fn tell(cx: &Context, event: Event<'_>) {
    match event {
        Event::Ran(tenant, done) => ran(cx, tenant, done),
        Event::Failed(tenant, error) => failed(cx, tenant, error.into()),
        Event::Fault(tenant) => {
            let fix = "it is tried again; the line above says where the fault is";
            failed(
                cx,
                tenant,
                Failure::wrong("its run met a fault in Crossfoot", fix),
            );
        }
        Event::Mistaken(tenant, error, goes_on) => {
            cx.out.aside(if goes_on {
                format!("{tenant} goes on as it was before these mistakes:")
            } else {
                format!("{tenant} does not run:")
            });
            failed(cx, tenant, Failure::of_files(error));
        }
        Event::Mended(tenant) => cx
            .out
            .aside(format!("{tenant}: its files are in order again")),
        Event::Workspace(error) => {
            cx.out
                .aside("what all tenants share stays as it was before:");
            cx.out.for_people().failed(&Failure::of_files(error));
        }
        Event::Store(error) => {
            let fix = "nothing is lost; it is tried again";
            let failure = Failure::wrong(error.to_string(), fix);
            cx.out.for_people().failed(&failure);
        }
        Event::NoLetter(tenant, why) => {
            let text = format!("{tenant}: the e-mail was not sent, and is tried again: {why}");
            cx.out.aside(text);
        }
    }
}

fn ran(cx: &Context, tenant: &TenantId, done: &Done) {
    show(cx, tenant.as_str(), done);
    if cx.out.json {
        line(
            cx,
            &json!({"tenant": tenant, "run": done.run, "error": null}),
        );
    }
}

fn failed(cx: &Context, tenant: &TenantId, failure: Failure) {
    if cx.out.json {
        let error = json!({"what": failure.what, "fix": failure.fix});
        line(cx, &json!({"tenant": tenant, "run": null, "error": error}));
    }
    cx.out.for_people().failed(&failure.at(tenant.to_string()));
}

fn line(cx: &Context, value: &serde_json::Value) {
    let text = super::text::safe_json(&value.to_string()).into_owned();
    cx.out.raw(&format!("{text}\n"));
}
