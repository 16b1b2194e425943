//! The worker: every tenant whose processing is on at its times, one after another, and the letters about them.
//!
//! Flows in: a workspace's engine, and the time. Flows out: runs, letters, old history forgotten, and events for whoever shows them. Files
//! and switches are looked at again in each round. What fails rests, longer each time, and stops no other tenant; a
//! fault of the program in one tenant's run does not either. A tenant whose files are broken goes on with its last good
//! version, and its status says so. Bounded by [`LOOK_S`], [`REST_S`](super::REST_S) to [`LONGEST_REST_S`](super::LONGEST_REST_S), and the tenants that are
//! compiled at once.

use super::compiled::{Look, TenantCache};
use super::engine::{Engine, EngineError, SyncAsk};
use super::event::{Event, Tell};
use super::files::WorkspaceError;
use super::notify::{self, MailError, Mailer};
use super::rest::{MailRests, Rest};
use super::retention;
use super::schedule::{TimesSince, keep_since, next_run, since};
use super::workspace::{Loaded, Workspace};
use crate::model::TenantId;
use crate::pipeline::ports::{Journal as _, Runs as _, StoreError, TenantState};
use crate::pipeline::tenant::Done;
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How often switches and files are looked at, in seconds.
pub const LOOK_S: i64 = 30;

/// Runs tenants.
pub struct Worker {
    engine: Arc<Engine>,
    compiled: TenantCache,
    only: Vec<TenantId>,
    mailer: Option<Mailer>,
    /// Tenants met in this process.
    met: BTreeSet<TenantId>,
    rests: BTreeMap<TenantId, Rest>,
    /// When it is worth running a tenant again for what is in doubt.
    wakes: BTreeMap<TenantId, DateTime<Utc>>,
    mail_rests: MailRests,
    /// What was told, so that each is told once: by tenant, or a word with a space in front for what all share.
    told: BTreeMap<String, String>,
}

/// The note that says since when a tenant goes on with the version before its mistakes; empty when it does not.
pub fn broken_note(tenant: &TenantId) -> String {
    format!("broken:{tenant}")
}

/// The note that says since when and why letters about a tenant do not go; empty when they do.
pub fn mail_note(tenant: &TenantId) -> String {
    format!("mail:{tenant}")
}

impl Worker {
    /// For these tenants, or without any for all of the workspace.
    pub fn new(engine: Engine, only: Vec<TenantId>, mailer: Option<Mailer>) -> Self {
        Self {
            engine: Arc::new(engine),
            compiled: TenantCache::default(),
            only,
            mailer,
            met: BTreeSet::new(),
            rests: BTreeMap::new(),
            wakes: BTreeMap::new(),
            mail_rests: MailRests::default(),
            told: BTreeMap::new(),
        }
    }

    /// Its engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Runs what is due and sends what is to be told, and answers when to look again. Ends early, between two
    /// tenants, when it is asked to.
    pub async fn round(
        &mut self,
        ended: &(dyn Fn() -> bool + Sync),
        tell: Tell<'_>,
    ) -> DateTime<Utc> {
        let mut until = self.engine.now() + Duration::seconds(LOOK_S);
        for tenant in self.tenants(tell) {
            if ended() {
                break;
            }
            match self.turn(&tenant, tell).await {
                Ok(due) => {
                    self.told.remove(" store");
                    until = due.map_or(until, |d| until.min(d));
                }
                Err(e) => {
                    if self.first(" store", &e.to_string()) {
                        tell(Event::Store(&e));
                    }
                }
            }
        }
        until.max(self.engine.now())
    }

    /// The tenants to look at, from files read anew.
    fn tenants(&mut self, tell: Tell<'_>) -> Vec<TenantId> {
        match self.engine.reload() {
            Ok(true) => self.compiled.outdate(),
            Ok(false) => {}
            Err(e) => {
                if self.first(" workspace", &told(&e)) {
                    tell(Event::Workspace(&e));
                }
                return self.met.iter().cloned().collect();
            }
        }
        let all = match self.engine.workspace().tenants() {
            Ok(all) => all,
            Err(e) => {
                if self.first(" workspace", &told(&e)) {
                    tell(Event::Workspace(&e));
                }
                return Vec::new();
            }
        };
        self.told.remove(" workspace");
        self.compiled.retain(&all);
        let wanted = |t: &TenantId| self.only.is_empty() || self.only.contains(t);
        all.into_iter().filter(wanted).collect()
    }

    /// Whether something was not told before.
    fn first(&mut self, about: &str, text: &str) -> bool {
        let before = self.told.insert(about.to_owned(), text.to_owned());
        before.as_deref() != Some(text)
    }

    /// A tenant's turn: a run if it is due, a letter if there is one. Answers when it is due next.
    async fn turn(
        &mut self,
        tenant: &TenantId,
        tell: Tell<'_>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let state = self.engine.store().tenant(tenant).await?;
        let workspace = self.engine.workspace();
        let look = match self.compiled.look(&workspace, tenant) {
            Ok(look) => look,
            Err(e) => {
                // Nobody asked for a tenant that is switched off.
                if state.processing && self.first(tenant.as_str(), &told(&e)) {
                    tell(Event::Mistaken(tenant, &e, false));
                }
                return Ok(None);
            }
        };
        self.meet(tenant, &look).await?;
        self.broken(tenant, &look, state.processing, tell).await?;
        let mut trouble = None;
        let mut next = None;
        if state.processing {
            next = self.due(tenant, &look, &state).await?;
            if next.is_some_and(|due| due <= self.engine.now()) {
                trouble = self.run(&workspace, tenant, tell).await;
                let state = self.engine.store().tenant(tenant).await?;
                next = self.due(tenant, &look, &state).await?;
            }
        }
        self.letter(tenant, &look, trouble.as_deref(), tell).await?;
        retention::tend(&self.engine, tenant, look.history_days).await?;
        Ok(next)
    }

    /// What is done once a process for each tenant: what was left in doubt is worth a run.
    async fn meet(&mut self, tenant: &TenantId, look: &Look) -> Result<(), StoreError> {
        if notify::wanted(&look.notify) {
            plain(notify::begin(&self.engine, tenant).await)?;
        }
        if !self.met.insert(tenant.clone()) {
            return Ok(());
        }
        let now = self.engine.now();
        let doubtful = self.engine.store().doubtful(tenant).await?;
        let first = doubtful.iter().map(|w| w.not_before.unwrap_or(now)).min();
        if let Some(first) = first {
            self.wakes.insert(tenant.clone(), first);
        }
        self.set_note(&broken_note(tenant), "").await?;
        self.set_note(&mail_note(tenant), "").await
    }

    /// Tells mistakes once, and lets the status know that the version before them goes on.
    async fn broken(
        &mut self,
        tenant: &TenantId,
        look: &Look,
        on: bool,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        let Some(error) = look.broken.as_ref().filter(|_| on) else {
            if self.told.remove(tenant.as_str()).is_some() {
                tell(Event::Mended(tenant));
                self.set_note(&broken_note(tenant), "").await?;
            }
            return Ok(());
        };
        if !self.told.contains_key(tenant.as_str()) {
            let now = self.engine.now().to_rfc3339();
            self.set_note(&broken_note(tenant), &now).await?;
        }
        if self.first(tenant.as_str(), &told(error)) {
            tell(Event::Mistaken(tenant, error, true));
        }
        Ok(())
    }

    async fn set_note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let store = self.engine.store();
        if store.note(name).await?.unwrap_or_default() != value {
            store.keep_note(name, value).await?;
        }
        Ok(())
    }

    /// When a tenant runs next.
    async fn due(
        &self,
        tenant: &TenantId,
        look: &Look,
        state: &TenantState,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = self.engine.store();
        let since = match since(store, tenant).await? {
            Some(since) => since,
            None => {
                let on = TimesSince::On(self.engine.now());
                keep_since(store, tenant, on).await?;
                on
            }
        };
        let Some(next) = next_run(&look.trigger, since) else {
            return Ok(None);
        };
        let due = match (self.rests.get(tenant), self.wakes.get(tenant)) {
            (Some(rest), _) => rest.until,
            (None, Some(wake)) => next.min(*wake),
            (None, None) => next,
        };
        Ok(Some(
            state.parked_until.map_or(due, |parked| due.max(parked)),
        ))
    }

    /// Runs a tenant; answers why it could not.
    async fn run(
        &mut self,
        workspace: &Workspace,
        tenant: &TenantId,
        tell: Tell<'_>,
    ) -> Option<String> {
        let ran = match self.compiled.get(workspace, tenant) {
            Ok(loaded) => self.sync(loaded).await,
            Err(e) => Some(Err(e.into())),
        };
        self.wakes.remove(tenant);
        let rest = Rest::after(self.rests.remove(tenant), self.engine.now());
        match ran {
            Some(Ok(done)) => {
                if let Some(wake) = done.wake {
                    self.wakes.insert(tenant.clone(), wake);
                }
                tell(Event::Ran(tenant, &done));
                None
            }
            Some(Err(e)) => {
                self.rests.insert(tenant.clone(), rest);
                let why = e.to_string();
                tell(Event::Failed(tenant, e));
                Some(why)
            }
            None => {
                self.rests.insert(tenant.clone(), rest);
                tell(Event::Fault(tenant));
                Some("a fault in Crossfoot: see what it printed".to_owned())
            }
        }
    }

    /// A run of its own task, so that a fault of the program ends nothing else. `None` after such a fault.
    async fn sync(&self, loaded: Arc<Loaded>) -> Option<Result<Done, EngineError>> {
        let engine = Arc::clone(&self.engine);
        let ask = SyncAsk {
            trigger: "schedule".into(),
            ..SyncAsk::default()
        };
        let run = async move { engine.sync(&loaded, &ask, &|_| {}).await };
        tokio::spawn(run).await.ok()
    }

    /// Sends what is to be told of a tenant, unless the mail rests.
    async fn letter(
        &mut self,
        tenant: &TenantId,
        look: &Look,
        trouble: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        let now = self.engine.now();
        let rests = [
            self.mail_rests.server.as_ref(),
            self.mail_rests.tenants.get(tenant),
        ];
        if rests.into_iter().flatten().any(|r| r.until > now) {
            return Ok(());
        }
        let due = notify::due(&self.engine, tenant, &look.notify, trouble).await;
        let Some(due) = plain(due)? else {
            return Ok(());
        };
        let sent = match &self.mailer {
            Some(mailer) => {
                let to = &look.notify.email;
                mailer.send(to, &due.letter, &due.name, now).await
            }
            None => Err(MailError::Setting(
                "no mail server is set: CROSSFOOT_SMTP and CROSSFOOT_MAIL_FROM name it".into(),
            )),
        };
        match sent {
            Ok(()) => {
                plain(notify::sent(&self.engine, tenant, &due).await)?;
                self.mail_rests.server = None;
                self.mail_rests.tenants.remove(tenant);
                self.set_note(&mail_note(tenant), "").await
            }
            Err(e) => self.no_letter(tenant, &e, tell).await,
        }
    }

    async fn no_letter(
        &mut self,
        tenant: &TenantId,
        error: &MailError,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        let now = self.engine.now();
        let rests = &mut self.mail_rests;
        match error {
            MailError::Server(_) => rests.server = Some(Rest::after(rests.server, now)),
            MailError::Setting(_) => {
                let before = rests.tenants.get(tenant).copied();
                rests
                    .tenants
                    .insert(tenant.clone(), Rest::after(before, now));
            }
        }
        let why = error.to_string();
        tell(Event::NoLetter(tenant, &why));
        let name = mail_note(tenant);
        let before = self.engine.store().note(&name).await?.unwrap_or_default();
        let since = match before.split_once(' ') {
            Some((since, _)) => since.to_owned(),
            None => now.to_rfc3339(),
        };
        self.set_note(&name, &format!("{since} {why}")).await
    }
}

/// Letters fail for no other reason than the store.
fn plain<T>(result: Result<T, EngineError>) -> Result<T, StoreError> {
    result.map_err(|e| match e {
        EngineError::Store(e) => e,
        other => StoreError::Database(other.to_string()),
    })
}

/// A failure with all its mistakes, to see whether it is another one.
fn told(e: &WorkspaceError) -> String {
    match e {
        WorkspaceError::Mistakes(all) => all.iter().map(ToString::to_string).collect(),
        other => other.to_string(),
    }
}
