//! `crossfoot run [TENANT..]`: runs every tenant whose processing is on at its times, in one process, until ctrl-c.
//!
//! Files and switches are read again before each run. What fails is told and tried again at its next time; nothing
//! ends the loop but a signal, and a run at hand is brought to its end first (a second signal ends at once,
//! which loses nothing). Between runs it forgets, once a day and a little at a time, what is older than the tenant's
//! `sync.history_days`. With `--json` each run is one JSON value on a line: `{"tenant", "run", "error"}`.

use super::sync::show;
use super::{Context, Exit, Failure};
use crate::model::TenantId;
use crate::pipeline::ports::Books as _;
use crate::service::notify::{Mailer, after_run};
use crate::service::{Engine, EngineError, Loaded, SyncAsk, next_run, retention};
use crate::store::OpenAs;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// How often switches and files are looked at, in seconds.
const LOOK_S: i64 = 30;
/// After a failure a tenant rests, in seconds.
const REST_S: i64 = 120;

/// Whom to run.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenants; all whose processing is on without one
    pub tenants: Vec<String>,
}

struct Loop<'a> {
    cx: &'a Context,
    engine: Engine,
    only: Vec<String>,
    mailer: Option<Mailer>,
    /// Earlier or later than the schedule says: after a failure, or to settle what is in doubt.
    instead: BTreeMap<TenantId, DateTime<Utc>>,
    /// Mistakes that were told, so that each is told once.
    told: BTreeMap<TenantId, String>,
}

/// Runs them.
///
/// # Errors
/// The workspace cannot be opened, there is no such tenant, or the mail settings are wrong.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    cx.tenants(&args.tenants)?;
    let mailer = mailer()?;
    let engine = cx.engine(OpenAs::Worker).await?;
    let mut ended = signals();
    cx.out.line("running; ctrl-c ends it");
    let mut state = Loop {
        cx,
        engine,
        only: args.tenants.clone(),
        mailer,
        instead: BTreeMap::new(),
        told: BTreeMap::new(),
    };
    loop {
        let until = state.round(&ended).await?;
        let clock = std::sync::Arc::clone(&state.engine.outside().clock);
        tokio::select! {
            _ = ended.wait_for(|e| *e) => break,
            () = clock.sleep_until(until) => {}
        }
    }
    state.engine.store().close().await;
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
    let made = Mailer::new(&url, &from);
    let wrong = |e: crate::service::notify::MailError| {
        Failure::wrong(e.to_string(), "set CROSSFOOT_SMTP and CROSSFOOT_MAIL_FROM")
    };
    made.map(Some).map_err(wrong)
}

impl Loop<'_> {
    /// Runs what is due, and answers when to look again.
    async fn round(&mut self, ended: &watch::Receiver<bool>) -> Result<DateTime<Utc>, Failure> {
        let mut until = self.engine.now() + Duration::seconds(LOOK_S);
        for tenant in self.cx.tenants(&self.only)? {
            if *ended.borrow() {
                break;
            }
            let Some((loaded, due)) = self.due(&tenant).await? else {
                continue;
            };
            if due > self.engine.now() {
                until = until.min(due);
                continue;
            }
            self.one(&loaded).await;
        }
        for tenant in self.cx.tenants(&self.only)? {
            if *ended.borrow() {
                break;
            }
            self.tend(&tenant).await;
        }
        Ok(until)
    }

    /// Forgets what is old. A file with mistakes was told of already.
    async fn tend(&self, tenant: &TenantId) {
        match retention::tend(&self.engine, tenant).await {
            Ok(_) | Err(EngineError::Workspace(_)) => {}
            Err(e) => {
                let what = format!("{tenant}: old history was not cleared: {e}");
                self.cx.out.aside(what);
            }
        }
    }

    /// A tenant that is on, and when it runs next.
    async fn due(&mut self, tenant: &TenantId) -> Result<Option<(Loaded, DateTime<Utc>)>, Failure> {
        let state = self.engine.store().tenant(tenant).await?;
        if !state.processing {
            return Ok(None);
        }
        let loaded = match self.engine.workspace().load(tenant) {
            Ok(loaded) => loaded,
            Err(e) => {
                self.mistaken(tenant, e.into());
                return Ok(None);
            }
        };
        self.told.remove(tenant);
        let now = self.engine.now();
        let next = next_run(&loaded.mapping.sync.trigger.value, state.last_run, now);
        let due = match (self.instead.get(tenant), next) {
            (Some(at), _) => *at,
            (None, Some(next)) => next,
            (None, None) => return Ok(None),
        };
        let due = state.parked_until.map_or(due, |parked| due.max(parked));
        Ok(Some((loaded, due)))
    }

    fn mistaken(&mut self, tenant: &TenantId, failure: Failure) {
        let text = format!("{failure:?}");
        if self.told.insert(tenant.clone(), text.clone()).as_ref() != Some(&text) {
            self.cx.out.aside(format!("{tenant} does not run:"));
            self.tell_failure(tenant, &failure);
        }
    }

    fn tell_failure(&self, tenant: &TenantId, failure: &Failure) {
        if self.cx.out.json {
            let error = json!({"what": failure.what, "fix": failure.fix});
            self.line(&json!({"tenant": tenant, "run": null, "error": error}));
        }
        let told = self.cx.out.for_people();
        told.failed(&failure.clone().at(tenant.to_string()));
    }

    fn line(&self, value: &serde_json::Value) {
        self.cx
            .out
            .raw(&format!("{}\n", super::text::safe_json(&value.to_string())));
    }

    async fn one(&mut self, loaded: &Loaded) {
        let tenant = &loaded.mapping.tenant;
        let ask = SyncAsk {
            trigger: "schedule".into(),
            ..SyncAsk::default()
        };
        match self.engine.sync(loaded, &ask, &|_| {}).await {
            Ok(done) => {
                self.instead.remove(tenant);
                if let Some(wake) = done.wake {
                    self.instead.insert(tenant.clone(), wake);
                }
                show(self.cx, tenant.as_str(), &done);
                if self.cx.out.json {
                    self.line(&json!({"tenant": tenant, "run": done.run, "error": null}));
                }
                self.mail(loaded, &done).await;
            }
            Err(e) => {
                let rest = self.engine.now() + Duration::seconds(REST_S);
                self.instead.insert(tenant.clone(), rest);
                self.tell_failure(tenant, &e.into());
            }
        }
    }

    async fn mail(&self, loaded: &Loaded, done: &crate::pipeline::flow::Done) {
        let Some(mailer) = &self.mailer else { return };
        if let Err(e) = after_run(&self.engine, loaded, done, mailer).await {
            let tenant = &loaded.mapping.tenant;
            self.cx
                .out
                .aside(format!("{tenant}: the e-mail was not sent: {e}"));
        }
    }
}
