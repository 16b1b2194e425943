//! What runs beside the worker: runs and letters, each a task of its own.
//!
//! Flows in: a tenant ready to run, or a letter that is due. Flows out: how it ended, one after another, in the order in
//! which they end. A fault of the program in one ends nothing else. A tenant has at most one of them at a time.

use crate::model::TenantId;
use crate::pipeline::tenant::Done;
use crate::service::compiled::Look;
use crate::service::engine::{Engine, EngineError, SyncAsk};
use crate::service::notify::{DueLetter, MailError, Mailer};
use crate::service::workspace::Loaded;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinSet};

/// How many letters are under way at the same time: a mail server is asked as a person would ask it.
const LETTERS: usize = 4;

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
pub(super) struct Jobs {
    tasks: JoinSet<Body>,
    /// Whose each is; with what was looked at, for a run.
    of: BTreeMap<Id, (TenantId, Option<Look>)>,
    letters: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            tasks: JoinSet::new(),
            of: BTreeMap::new(),
            letters: Arc::new(Semaphore::new(LETTERS)),
        }
    }
}

/// A letter, and by what and to whom it goes.
pub(super) struct LetterJob {
    pub(super) mailer: Option<Arc<Mailer>>,
    pub(super) look: Look,
    pub(super) due: DueLetter,
    pub(super) now: DateTime<Utc>,
}

impl Jobs {
    /// Whether something of this tenant is under way.
    pub(super) fn has(&self, tenant: &TenantId) -> bool {
        self.of.values().any(|(t, _)| t == tenant)
    }

    /// How many runs are.
    pub(super) fn runs(&self) -> usize {
        self.of.values().filter(|(_, run)| run.is_some()).count()
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
        self.of.insert(id, (tenant, Some(look)));
    }

    /// Begins to send a letter.
    pub(super) fn letter(&mut self, tenant: TenantId, sending: LetterJob) {
        let letters = Arc::clone(&self.letters);
        let send = async move {
            // Never closed: there is a place sooner or later.
            let _place = letters.acquire().await;
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
        self.of.insert(id, (tenant, None));
    }

    /// The next to end; `None` where nothing is under way. Loses nothing if it is given up while it waits.
    pub(super) async fn ended(&mut self) -> Option<JobEnd> {
        let (id, body) = match self.tasks.join_next_with_id().await? {
            Ok((id, body)) => (id, Some(body)),
            Err(e) => (e.id(), None),
        };
        let (tenant, look) = self.of.remove(&id)?;
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
