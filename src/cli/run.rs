//! `crossfoot run [TENANT..]`: runs every tenant whose processing is on at its times, in one process, until ctrl-c.
//!
//! Files and switches are read again before each run. What fails is told and tried again after a rest; nothing
//! ends the loop but a signal, and a run at hand is brought to where nothing is half done first (a second signal ends
//! at once, which loses nothing). What other verbs ask for meanwhile, it does for them. Once a day it forgets, a little at a time, what is older than the tenant's
//! `sync.history_days`. With `--json` each run is a [`RunAnswer`] on a line. Ended by a signal it exits with 0.

use super::exit::Exit;
use super::invocation::Invocation;
use super::ran::show;
use super::signals;
use super::text::safe_json;
use crate::model::TenantId;
use crate::service::desk::runs::{RunAnswer, SyncAnswer};
use crate::service::door::{Door, Wakes, serve};
use crate::service::notify::{MailError, Mailer};
use crate::service::{Done, Ending, Event, NotDone, OpenAs, Worker, wish};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Whom to run.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// The tenants; all whose processing is on without one
    pub tenants: Vec<String>,
}

/// Runs them.
///
/// # Errors
/// The workspace cannot be opened, there is no such tenant, or the mail settings are wrong.
pub async fn run(cx: &Invocation, args: &RunArgs) -> Result<Exit, NotDone> {
    work(cx, args, None).await
}

/// Runs them, with a door where an address is given.
///
/// # Errors
/// As `run`; or the address cannot be had.
pub(super) async fn work(
    cx: &Invocation,
    args: &RunArgs,
    listen: Option<SocketAddr>,
) -> Result<Exit, NotDone> {
    let only = match args.tenants.as_slice() {
        [] => Vec::new(),
        names => cx.tenants(names)?,
    };
    let mailer = mailer()?;
    let listener = match listen {
        Some(address) => Some(bound(address).await?),
        None => None,
    };
    let ending = signals::ending();
    let engine = cx.engine(OpenAs::Worker).await?.ending(ending.clone());
    let clock = Arc::clone(&engine.outside().clock);
    let mut worker = Worker::new(engine, only, mailer);
    let open = listener.map(|l| door(cx, &worker, l, &ending));
    cx.out.line("running; ctrl-c ends it");
    let wishes = {
        let cx = cx.clone();
        let told: Arc<dyn Fn(Event<'_>) + Send + Sync> = Arc::new(move |e| tell(&cx, e));
        let engine = Arc::clone(worker.engine());
        tokio::spawn(wish::serve(engine, ending.clone(), told))
    };
    let stop = || ending.is_asked();
    let tell = |event: Event<'_>| tell(cx, event);
    loop {
        let until = worker.begin(&stop, &tell).await;
        let ended = tokio::select! {
            () = ending.asked() => break,
            Some(ended) = worker.ended() => ended,
            () = clock.sleep_until(until) => continue,
        };
        worker.take(ended, &tell).await;
    }
    worker.finish(&tell).await;
    // A fault of the program in a wish is told by then; the others were answered.
    let _ = wishes.await;
    for task in open.into_iter().flatten() {
        let _ = task.await;
    }
    worker.engine().close().await;
    cx.out.line("ended");
    Ok(Exit::Fine)
}

/// The address, listened to.
async fn bound(address: SocketAddr) -> Result<TcpListener, NotDone> {
    TcpListener::bind(address).await.map_err(|e| {
        let fix = "name another one: `--listen 127.0.0.1:8421`";
        NotDone::wrong(format!("{address} cannot be had: {e}"), fix)
    })
}

/// Opens the door, and runs whoever is woken by what comes.
fn door(
    cx: &Invocation,
    worker: &Worker,
    listener: TcpListener,
    ending: &Ending,
) -> [JoinHandle<()>; 2] {
    if let Ok(address) = listener.local_addr() {
        cx.out.line(format!("listening on http://{address}"));
        if !address.ip().is_loopback() {
            let note = "note: others can reach this address; put something with TLS in front of it";
            cx.out.aside(note);
        }
    }
    let wakes = Arc::new(Wakes::default());
    let told: Arc<dyn Fn(Event<'_>) + Send + Sync> = {
        let cx = cx.clone();
        Arc::new(move |e| tell(&cx, e))
    };
    let opened = Door::new(Arc::clone(worker.engine()), Arc::clone(&wakes));
    let (engine, end) = (Arc::clone(worker.engine()), ending.clone());
    let woken = tokio::spawn(async move { wakes.serve(engine, end, told).await });
    let (cx, end) = (cx.clone(), ending.clone());
    let served = tokio::spawn(async move {
        if let Err(e) = serve(opened, listener, end).await {
            cx.out.aside(format!("the door is shut: {e}"));
        }
    });
    [woken, served]
}

/// The mail server, where one is set.
pub(super) fn mailer() -> Result<Option<Mailer>, NotDone> {
    let Ok(url) = std::env::var("CROSSFOOT_SMTP") else {
        return Ok(None);
    };
    let from = std::env::var("CROSSFOOT_MAIL_FROM").unwrap_or_default();
    let wrong =
        |e: MailError| NotDone::wrong(e.to_string(), "set CROSSFOOT_SMTP and CROSSFOOT_MAIL_FROM");
    Mailer::new(&url, &from).map(Some).map_err(wrong)
}

fn tell(cx: &Invocation, event: Event<'_>) {
    match event {
        Event::Ran(tenant, done) => ran(cx, tenant, done),
        Event::Failed(tenant, error) => failed(cx, tenant, error.into()),
        Event::Fault(tenant) => {
            let fix = "it is tried again; the line above says where the fault is";
            failed(
                cx,
                tenant,
                NotDone::wrong("its run met a fault in Crossfoot", fix),
            );
        }
        Event::Mistaken(tenant, error, goes_on) => {
            cx.out.aside(if goes_on {
                format!("{tenant} goes on as it was before these mistakes:")
            } else {
                format!("{tenant} does not run:")
            });
            failed(cx, tenant, NotDone::of_files(error));
        }
        Event::Mended(tenant) => cx
            .out
            .aside(format!("{tenant}: its files are in order again")),
        Event::Workspace(error) => {
            cx.out
                .aside("what all tenants share stays as it was before:");
            cx.out.for_people().failed(&NotDone::of_files(error));
        }
        Event::Store(error) => {
            let fix = "nothing is lost; it is tried again";
            let failure = NotDone::wrong(error.to_string(), fix);
            cx.out.for_people().failed(&failure);
        }
        Event::NoLetter(tenant, why) => {
            let text = format!("{tenant}: the e-mail was not sent, and is tried again: {why}");
            cx.out.aside(text);
        }
    }
}

fn ran(cx: &Invocation, tenant: &TenantId, done: &Done) {
    let answer = SyncAnswer::of(tenant, done.clone());
    show(cx, &answer);
    line(cx, &RunAnswer::ran(&answer));
}

fn failed(cx: &Invocation, tenant: &TenantId, failure: NotDone) {
    line(cx, &RunAnswer::failed(tenant, &failure));
    cx.out.for_people().failed(&failure.at(tenant.to_string()));
}

/// One value on a line, when JSON is wanted.
fn line(cx: &Invocation, answer: &RunAnswer) {
    if cx.out.json
        && let Ok(text) = serde_json::to_string(answer)
    {
        cx.out.raw(&format!("{}\n", safe_json(&text)));
    }
}
