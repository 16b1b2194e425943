//! The worker: every tenant whose processing is on at its times, side by side, and the letters about them.
//!
//! Flows in: a workspace's engine, and the time. Flows out: runs, letters, old history forgotten, and events for whoever shows them. Files
//! and switches are looked at again in each round. A tenant has one run at a time and then its letter; tenants do not wait
//! for each other: at most [`AT_ONCE`] run at the same time, those due the longest first. What fails rests, longer each
//! time, and stops no other tenant; a fault of the program in one tenant's run does not either. A tenant whose files are
//! broken goes on with its last good version, and its status says so. Bounded by [`LOOK_S`], [`AT_ONCE`],
//! [`REST_S`](super::REST_S) to [`LONGEST_REST_S`](super::LONGEST_REST_S), and the tenants that are compiled at once.
//!
//! All that is remembered between runs is the worker's own: what runs beside it (`jobs`) is handed what it needs, and
//! its end is taken in by the worker, one after another, so that what is told of a tenant keeps its order.

mod jobs;
mod looks;
mod post;

use super::compiled::{Look, TenantCache};
use super::engine::{Engine, EngineError};
use super::event::{Event, Tell};
use super::notify::Mailer;
use super::rest::{MailRests, Rest};
use crate::model::TenantId;
use crate::pipeline::ports::{Runs as _, StoreError};
use crate::pipeline::tenant::Done;
use chrono::{DateTime, Duration, Utc};
use jobs::{JobEnd, Jobs};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// How often switches and files are looked at, in seconds.
pub const LOOK_S: i64 = 30;

/// How many tenants run at the same time. A run waits for its vendors nearly all of its time, so that many cost little
/// but the documents they hold in memory.
pub const AT_ONCE: usize = 256;

/// Runs tenants.
pub struct Worker {
    engine: Arc<Engine>,
    compiled: TenantCache,
    only: Vec<TenantId>,
    mailer: Option<Arc<Mailer>>,
    at_once: usize,
    /// Tenants met in this process.
    met: BTreeSet<TenantId>,
    rests: BTreeMap<TenantId, Rest>,
    /// When it is worth running a tenant again for what is in doubt.
    wakes: BTreeMap<TenantId, DateTime<Utc>>,
    mail_rests: MailRests,
    /// What was told, so that each is told once: by tenant, or a word with a space in front for what all share.
    told: BTreeMap<String, String>,
    /// Who is due and not begun, the longest due first.
    queue: VecDeque<(TenantId, Look)>,
    jobs: Jobs,
    /// When the tenants are looked at again.
    next_look: Option<DateTime<Utc>>,
    /// Whether it only waits for what is under way.
    finishing: bool,
}

/// Something that ran beside the worker and came to its end.
pub struct EndedJob(JobEnd);

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
            mailer: mailer.map(Arc::new),
            at_once: AT_ONCE,
            met: BTreeSet::new(),
            rests: BTreeMap::new(),
            wakes: BTreeMap::new(),
            mail_rests: MailRests::default(),
            told: BTreeMap::new(),
            queue: VecDeque::new(),
            jobs: Jobs::default(),
            next_look: None,
            finishing: false,
        }
    }

    /// With so many tenants running at the same time, and at least one.
    #[must_use]
    pub fn at_once(mut self, most: usize) -> Self {
        self.at_once = most.max(1);
        self
    }

    /// Its engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Begins what is due, looking at the tenants first where that is due itself, and answers when to look again.
    /// Begins nothing once it is asked to end.
    pub async fn begin(
        &mut self,
        asked_to_end: &(dyn Fn() -> bool + Sync),
        tell: Tell<'_>,
    ) -> DateTime<Utc> {
        let now = self.engine.now();
        if self.next_look.is_none_or(|at| at <= now) {
            self.look(asked_to_end, tell).await;
        }
        self.fill(asked_to_end, tell).await;
        self.next_look.unwrap_or(now).max(now)
    }

    /// Waits until something that runs beside it ends: a run, or a letter. `None` where nothing does. May be given up
    /// while it waits; what it answers is to be given to [`Worker::take`].
    pub async fn ended(&mut self) -> Option<EndedJob> {
        self.jobs.ended().await.map(EndedJob)
    }

    /// Takes in what ended.
    pub async fn take(&mut self, ended: EndedJob, tell: Tell<'_>) {
        let taken = match ended.0 {
            JobEnd::Run { tenant, look, ran } => self.ran(&tenant, look, ran, tell).await,
            JobEnd::Letter { tenant, due, sent } => {
                self.letter_came(&tenant, &due, sent, tell).await
            }
            // A fault of the program while a letter was sent: it is tried again at the next look.
            JobEnd::Nothing => Ok(()),
        };
        self.of_store(taken, tell);
        self.send_letters();
    }

    /// Runs what is due to its end, with the letters about it, and answers when to look again.
    pub async fn round(
        &mut self,
        asked_to_end: &(dyn Fn() -> bool + Sync),
        tell: Tell<'_>,
    ) -> DateTime<Utc> {
        self.next_look = None;
        let mut until = self.begin(asked_to_end, tell).await;
        while let Some(ended) = self.ended().await {
            self.take(ended, tell).await;
            self.fill(asked_to_end, tell).await;
            until = self.next_look.unwrap_or(until);
        }
        until.max(self.engine.now())
    }

    /// Waits for what is under way; nothing new begins.
    pub async fn finish(&mut self, tell: Tell<'_>) {
        self.finishing = true;
        self.queue.clear();
        self.jobs.no_letters();
        while let Some(ended) = self.ended().await {
            self.take(ended, tell).await;
        }
    }

    /// Looks at every tenant that is not at work: who is due waits for its turn, and letters that are due go.
    async fn look(&mut self, asked_to_end: &(dyn Fn() -> bool + Sync), tell: Tell<'_>) {
        let now = self.engine.now();
        self.next_look = Some(now + Duration::seconds(LOOK_S));
        self.queue.clear();
        let mut due = Vec::new();
        for tenant in self.tenants(tell) {
            if asked_to_end() {
                return;
            }
            if self.jobs.runs_of(&tenant) {
                continue;
            }
            let looked = self.look_at(&tenant, tell).await;
            if let Some(Some((at, look))) = self.of_store(looked, tell) {
                due.push((at, tenant, look));
            }
        }
        due.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        self.queue
            .extend(due.into_iter().map(|(_, tenant, look)| (tenant, look)));
    }

    /// Begins the runs for which there is room.
    async fn fill(&mut self, asked_to_end: &(dyn Fn() -> bool + Sync), tell: Tell<'_>) {
        while self.jobs.runs() < self.at_once && !asked_to_end() {
            let Some((tenant, look)) = self.queue.pop_front() else {
                return;
            };
            let workspace = self.engine.workspace();
            match self.compiled.get(&workspace, &tenant) {
                Ok(loaded) => {
                    let engine = Arc::clone(&self.engine);
                    self.jobs.run(engine, tenant, look, loaded);
                }
                Err(e) => {
                    let taken = self.ran(&tenant, look, Some(Err(e.into())), tell).await;
                    self.of_store(taken, tell);
                }
            }
        }
    }

    /// What the store could not do is told once, until it can again.
    fn of_store<T>(&mut self, done: Result<T, StoreError>, tell: Tell<'_>) -> Option<T> {
        match done {
            Ok(done) => {
                self.told.remove(" store");
                Some(done)
            }
            Err(e) => {
                if self.first(" store", &e.to_string()) {
                    tell(Event::Store(&e));
                }
                None
            }
        }
    }

    fn look_again_by(&mut self, due: Option<DateTime<Utc>>) {
        self.next_look = match (self.next_look, due) {
            (Some(at), Some(due)) => Some(at.min(due)),
            (at, _) => at,
        };
    }

    /// Whether something was not told before.
    fn first(&mut self, about: &str, text: &str) -> bool {
        let before = self.told.insert(about.to_owned(), text.to_owned());
        before.as_deref() != Some(text)
    }

    /// Takes in a run that came to its end: it is told, and after it the letter.
    async fn ran(
        &mut self,
        tenant: &TenantId,
        look: Look,
        ran: Option<Result<Done, EngineError>>,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        self.wakes.remove(tenant);
        let trouble = match ran {
            Some(Ok(done)) => {
                self.rests.remove(tenant);
                if let Some(wake) = done.wake {
                    self.wakes.insert(tenant.clone(), wake);
                }
                tell(Event::Ran(tenant, &done));
                None
            }
            // Asked to end, switched off or at its day's limit meanwhile: nothing has failed.
            Some(Err(e)) if e.is_ended() || e.is_at_rest() => None,
            Some(Err(e)) => {
                let why = e.to_string();
                self.rests(tenant);
                tell(Event::Failed(tenant, e));
                Some(why)
            }
            None => {
                self.rests(tenant);
                tell(Event::Fault(tenant));
                Some("a fault in Crossfoot: see what it printed".to_owned())
            }
        };
        if self.finishing {
            return Ok(());
        }
        let state = self.engine.store().tenant(tenant).await?;
        if state.processing {
            let due = self.due(tenant, &look, &state).await?;
            self.look_again_by(due);
        }
        self.tend(tenant, &look, trouble.as_deref()).await
    }

    /// A tenant rests, longer than the last time.
    fn rests(&mut self, tenant: &TenantId) {
        let rest = Rest::after(self.rests.remove(tenant), self.engine.now());
        self.rests.insert(tenant.clone(), rest);
    }
}
