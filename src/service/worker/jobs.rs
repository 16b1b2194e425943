//! What runs beside the worker: runs and letters, each a task of its own.
//!
//! Flows in: a tenant ready to run, or a letter that is due. Flows out: how it ended, one after another, in the order in
//! which they end. A fault of the program in one ends nothing else. A tenant has at most one run and one letter at a time,
//! and neither waits for the other. Bounded by [`LETTERS`]; whoever begins runs bounds those.

use crate::model::TenantId;
use crate::pipeline::tenant::Done;
use crate::service::compiled::Look;
use crate::service::engine::{Engine, EngineError, SyncAsk};
use crate::service::notify::{DueLetter, MailError, Mailer};
use crate::service::workspace::Loaded;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::task::{Id, JoinSet};

/// How many letters are under way at the same time; the others wait where they can be given up.
pub(super) const LETTERS: usize = 4;

/// How something ended.
pub(super) enum JobEnd {
    /// A run. `None` after a fault of the program.
    Run {
        tenant: TenantId,
        look: Look,
        ran: Option<Result<Done, EngineError>>,
    },
    /// A letter.
    Letter {
        tenant: TenantId,
        due: DueLetter,
        sent: Result<(), MailError>,
    },
    /// LetterJob a letter met a fault of the program.
    Nothing,
}

enum Body {
    Run(Result<Done, EngineError>),
    Letter(DueLetter, Result<(), MailError>),
}

/// What is under way.
#[derive(Default)]
pub(super) struct Jobs {
    tasks: JoinSet<Body>,
    /// Whose each is; with what was looked at, for a run.
    of: BTreeMap<Id, (TenantId, Option<Look>)>,
    running: BTreeSet<TenantId>,
    writing: BTreeSet<TenantId>,
    /// Letters that wait for room, in the order in which they became due.
    waiting: VecDeque<(TenantId, LetterJob)>,
}

/// A letter, and by what and to whom it goes.
pub(super) struct LetterJob {
    pub(super) mailer: Option<Arc<Mailer>>,
    pub(super) look: Look,
    pub(super) due: DueLetter,
    pub(super) now: DateTime<Utc>,
}

impl Jobs {
    /// Whether a run of this tenant is under way.
    pub(super) fn runs_of(&self, tenant: &TenantId) -> bool {
        self.running.contains(tenant)
    }

    /// How many runs are.
    pub(super) fn runs(&self) -> usize {
        self.running.len()
    }

    /// Whether a letter about this tenant is under way, or waits for room.
    pub(super) fn letter_of(&self, tenant: &TenantId) -> bool {
        self.writing.contains(tenant) || self.waiting.iter().any(|(t, _)| t == tenant)
    }

    /// A letter that goes once there is room.
    pub(super) fn wait(&mut self, tenant: TenantId, letter: LetterJob) {
        self.waiting.push_back((tenant, letter));
    }

    /// The next letter for which there is room.
    pub(super) fn next_letter(&mut self) -> Option<(TenantId, LetterJob)> {
        match self.writing.len() < LETTERS {
            true => self.waiting.pop_front(),
            false => None,
        }
    }

    /// Gives up the letters that wait: they are due again later.
    pub(super) fn no_letters(&mut self) {
        self.waiting.clear();
    }

    /// Begins a run.
    pub(super) fn run(
        &mut self,
        engine: Arc<Engine>,
        tenant: TenantId,
        look: Look,
        loaded: Arc<Loaded>,
    ) {
        let ask = SyncAsk {
            trigger: "schedule".into(),
            ..SyncAsk::default()
        };
        let run = async move { Body::Run(engine.sync(&loaded, &ask, &|_| {}).await) };
        let id = self.tasks.spawn(run).id();
        self.running.insert(tenant.clone());
        self.of.insert(id, (tenant, Some(look)));
    }

    /// Begins to send a letter.
    pub(super) fn letter(&mut self, tenant: TenantId, sending: LetterJob) {
        let send = async move {
            let LetterJob {
                mailer,
                look,
                due,
                now,
            } = sending;
            let sent = match mailer {
                Some(mailer) => {
                    let to = &look.notify.email;
                    mailer.send(to, &due.letter, &due.name, now).await
                }
                None => Err(MailError::Setting(
                    "no mail server is set: CROSSFOOT_SMTP and CROSSFOOT_MAIL_FROM name it".into(),
                )),
            };
            Body::Letter(due, sent)
        };
        let id = self.tasks.spawn(send).id();
        self.writing.insert(tenant.clone());
        self.of.insert(id, (tenant, None));
    }

    /// The next to end; `None` where nothing is under way. Loses nothing if it is given up while it waits.
    pub(super) async fn ended(&mut self) -> Option<JobEnd> {
        let (id, body) = match self.tasks.join_next_with_id().await? {
            Ok((id, body)) => (id, Some(body)),
            Err(e) => (e.id(), None),
        };
        let (tenant, look) = self.of.remove(&id)?;
        match look {
            Some(_) => self.running.remove(&tenant),
            None => self.writing.remove(&tenant),
        };
        Some(match (look, body) {
            (Some(look), Some(Body::Run(ran))) => JobEnd::Run {
                tenant,
                look,
                ran: Some(ran),
            },
            (Some(look), _) => JobEnd::Run {
                tenant,
                look,
                ran: None,
            },
            (None, Some(Body::Letter(due, sent))) => JobEnd::Letter { tenant, due, sent },
            (None, _) => JobEnd::Nothing,
        })
    }
}
