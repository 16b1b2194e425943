//! What is connected, configured, done, in doubt and next, of each tenant.
//!
//! Flows in: tenants. Flows out: a [`StatusAnswer`]. A tenant whose files have mistakes has a status too: it says so among
//! what is required. Nothing is asked of any system.

use super::drifts::drifts;
use super::release::{PaymentsWaiting, payments_waiting};
use super::required::{Required, missing, untried};
use super::upcoming::Upcoming;
use super::world::{WorldStatus, world};
use crate::mapping::{Approval, BackTrigger, End, Trigger};
use crate::model::{DocState, HeldCount, Severity, TenantId};
use crate::pipeline::ports::{Documents as _, Journal as _, Runs as _};
use crate::service::engine::Engine;
use crate::service::files::WorkspaceError;
use crate::service::not_done::NotDone;
use crate::service::schedule::{TimesSince, next_run, since};
use crate::service::worker::{broken_note, mail_note};
use crate::service::workspace::Loaded;
use crate::store::Store;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// One end of a tenant's route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EndStatus {
    /// The system's word.
    pub system: String,
    /// The connection's name.
    pub connection: String,
    /// Whether it can be used.
    pub connected: bool,
}

/// A write that may have left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WriteInDoubt {
    /// What was to be written.
    pub kind: String,
    /// The source's id of the document it belongs to.
    pub document: String,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Not before this time is it looked up.
    pub not_before: Option<DateTime<Utc>>,
}

/// Why letters about a tenant do not go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MailStatus {
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why.
    pub why: String,
}

/// How a tenant stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TenantStatus {
    /// Which.
    pub tenant: TenantId,
    /// Whether its files are without mistakes.
    pub configured: bool,
    /// Where its documents come from.
    pub source: Option<EndStatus>,
    /// Where they go.
    pub ledger: Option<EndStatus>,
    /// What must be done before it can run.
    pub action_required: Vec<Required>,
    /// Whether processing is on.
    pub processing: bool,
    /// Whether its first run was reviewed.
    pub reviewed: bool,
    /// When it runs, in words.
    pub trigger: Option<String>,
    /// When it last ran.
    pub last_run: Option<DateTime<Utc>>,
    /// When it runs next, which may have passed; none when nothing runs it.
    pub next_run: Option<DateTime<Utc>>,
    /// Not before this time: a daily limit was reached.
    pub parked_until: Option<DateTime<Utc>>,
    /// How many documents stand where.
    #[schemars(with = "BTreeMap<String, u64>", extend("x-key" = "STATE"))]
    pub counts: BTreeMap<&'static str, u64>,
    /// How much waits for a person, in kinds: the same in every answer.
    pub held: HeldCount,
    /// Writes that may have left.
    pub in_doubt: Vec<WriteInDoubt>,
    /// Payments of posted documents that wait for `crossfoot release TENANT --payments`.
    pub payments_waiting: Vec<PaymentsWaiting>,
    /// How much was done to what is posted, by people in the ledger or by the source, that nobody has ended yet.
    pub drifts: u64,
    /// Since when and why e-mail about it does not go.
    pub mail: Option<MailStatus>,
    /// What comes next: what a person does, with the command, or when it runs.
    pub next: Upcoming,
    /// Whether what waits does so for an approval of its own, and not for the first run's review.
    #[serde(skip)]
    by_approval: bool,
}

impl TenantStatus {
    /// Whether documents wait for a person's approval.
    pub fn waits(&self) -> bool {
        self.counts.contains_key(DocState::Checked.as_str())
    }
}

/// How tenants stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatusAnswer {
    /// That the workspace is, or was, older than the world; none where nothing ever proved it.
    pub world: Option<WorldStatus>,
    /// Each of them.
    pub tenants: Vec<TenantStatus>,
}

/// Tells how tenants stand.
///
/// # Errors
/// The store cannot be read.
pub async fn status(engine: &Engine, tenants: Vec<TenantId>) -> Result<StatusAnswer, NotDone> {
    let mut all = Vec::new();
    for tenant in tenants {
        all.push(of(engine, tenant).await?);
    }
    Ok(StatusAnswer {
        world: world(engine).await?,
        tenants: all,
    })
}

async fn of(engine: &Engine, tenant: TenantId) -> Result<TenantStatus, NotDone> {
    let store = engine.store();
    let kept = store.tenant(&tenant).await?;
    // One switch is for both halves of a tenant.
    let processing = store.tenant(&tenant.of_file()).await?.processing;
    let counts = store.counts(&tenant).await?;
    let mut status = TenantStatus {
        configured: false,
        source: None,
        ledger: None,
        action_required: Vec::new(),
        processing,
        reviewed: kept.reviewed,
        trigger: None,
        last_run: kept.last_run,
        next_run: None,
        parked_until: kept.parked_until.filter(|t| *t > engine.now()),
        counts: counts.into_iter().map(|(s, n)| (s.as_str(), n)).collect(),
        held: store.waiting(&tenant).await?,
        in_doubt: in_doubt(store, &tenant).await?,
        payments_waiting: payments_waiting(engine, &tenant).await?,
        drifts: drifts(engine, &tenant).await?.len() as u64,
        mail: mail(store, &tenant).await?,
        next: Upcoming::Required,
        by_approval: false,
        tenant,
    };
    match engine.workspace().load(&status.tenant) {
        Ok(loaded) => {
            let (whose, trigger) = runs_by(engine, &status.tenant, &loaded);
            let since = since(store, &whose).await?;
            configured(engine, &mut status, &loaded, (&trigger, since)).await;
        }
        Err(WorkspaceError::Mistakes(told)) => {
            let errors = told.iter().filter(|d| d.severity == Severity::Error);
            let note = store.note(&broken_note(&status.tenant)).await?;
            status.action_required.push(Required::Correct {
                tenant: status.tenant.clone(),
                mistakes: errors.count() as u64,
                since: time(&note.unwrap_or_default()),
            });
        }
        Err(other) => {
            let other = Required::Other(other.to_string());
            status.action_required.push(other);
        }
    }
    status.next = upcoming(&status, engine.now());
    Ok(status)
}

/// What comes next for a tenant: the first thing that stands in the way.
fn upcoming(status: &TenantStatus, now: DateTime<Utc>) -> Upcoming {
    let t = status.tenant.clone();
    let some = |s: DocState| status.counts.get(s.as_str()).is_some_and(|n| *n > 0);
    let none = status.counts.values().all(|n| *n == 0);
    if !status.action_required.is_empty() {
        return Upcoming::Required;
    }
    if none && !status.processing {
        return Upcoming::Try(t);
    }
    if status.waits() {
        return if status.by_approval || status.reviewed {
            Upcoming::Approve(t)
        } else {
            Upcoming::Review(t)
        };
    }
    if some(DocState::Held) || some(DocState::Refused) || status.drifts > 0 {
        return Upcoming::Errors(t);
    }
    if !status.payments_waiting.is_empty() {
        return Upcoming::ReleasePayments(t);
    }
    if !status.processing {
        return Upcoming::SwitchOn(t);
    }
    let trigger = status.trigger.clone().unwrap_or_default();
    match status.next_run {
        None => Upcoming::Sync(t),
        Some(at) if at <= now => Upcoming::Due(at, trigger),
        Some(at) => Upcoming::Runs(at, trigger),
    }
}

async fn in_doubt(store: &Store, tenant: &TenantId) -> Result<Vec<WriteInDoubt>, NotDone> {
    let writes = store.doubtful(tenant).await?;
    let told = writes.into_iter().map(|w| WriteInDoubt {
        kind: w.kind.to_string(),
        document: w.document.id.0,
        state: w.state.to_string(),
        since: w.first_sent,
        not_before: w.not_before,
    });
    Ok(told.collect())
}

/// By whose trigger a tenant runs: a backward half goes with its tenant's own runs, where the file does not say otherwise.
fn runs_by(engine: &Engine, tenant: &TenantId, loaded: &Loaded) -> (TenantId, Trigger) {
    let with_it = loaded.mapping.back.trigger.value == BackTrigger::WithSync;
    let forward = tenant.forward().filter(|_| with_it);
    let whole = forward.and_then(|f| Some((engine.workspace().load(&f).ok()?, f)));
    match whole {
        Some((whole, forward)) => (forward, whole.mapping.sync.trigger.value.clone()),
        None => (tenant.clone(), loaded.mapping.sync.trigger.value.clone()),
    }
}

async fn configured(
    engine: &Engine,
    status: &mut TenantStatus,
    loaded: &Loaded,
    (trigger, since): (&Trigger, Option<TimesSince>),
) {
    status.configured = true;
    let mapping = &loaded.mapping;
    let (from, to) = (&mapping.from.value, &mapping.to.value);
    let source = missing(engine, &status.tenant, from).await;
    let ledger = missing(engine, &status.tenant, to).await;
    status.source = Some(end(from, source.is_none()));
    status.ledger = Some(end(to, ledger.is_none()));
    let required = [source, ledger].into_iter().flatten();
    status.action_required.extend(required);
    let written = [Some(to), mapping.comes_back().then_some(from)];
    for end in written.into_iter().flatten() {
        let required = untried(engine, &status.tenant, end).await;
        status.action_required.extend(required);
    }
    status.by_approval = mapping.sync.approval.value == Approval::Manual;
    status.trigger = Some(words(trigger));
    if status.processing {
        let next = next_run(trigger, since.unwrap_or(TimesSince::On(engine.now())));
        status.next_run = next.max(next.and(status.parked_until));
    }
}

/// Since when and why letters do not go.
async fn mail(store: &Store, tenant: &TenantId) -> Result<Option<MailStatus>, NotDone> {
    let note = store.note(&mail_note(tenant)).await?.unwrap_or_default();
    Ok(note.split_once(' ').map(|(since, why)| MailStatus {
        since: time(since),
        why: why.to_owned(),
    }))
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc())
}

fn end(end: &End, connected: bool) -> EndStatus {
    EndStatus {
        system: end.system.to_string(),
        connection: end.connection.to_string(),
        connected,
    }
}

/// A trigger in words.
fn words(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Manual => "only when told to".to_owned(),
        Trigger::Every(s) if s % 3600 == 0 => format!("every {} h", s / 3600),
        Trigger::Every(s) if s % 60 == 0 => format!("every {} min", s / 60),
        Trigger::Every(s) => format!("every {s} s"),
        Trigger::Cron { expression, zone } => format!("at {expression} ({zone})"),
    }
}
