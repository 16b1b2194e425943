//! A tenant's flow: pull, decide, post. The loop a reader must read.
//!
//! Flows in: a tenant with its connectors, mapping and rules, and what the store remembers. Flows out: a
//! run with what it did. Refuses to run while processing is off (but for one document asked for by its
//! number), while another process holds the flow, and before a daily limit has passed. Bounded by pages,
//! documents a chunk, and requests; what is left over goes on at the next run.

use super::decide::{Decision, Question, decide};
use super::ports::{
    Books, DecidedDoc, DecisionNote, DocRow, Journal, Learned, Lease, RunLine, RunRow, StoreError,
    TenantState,
};
use super::post::{self, LEASE_S, PostError};
use super::view;
use super::writes::{self, Outcome};
use crate::connectors::{BadRecord, CallError, Pull, Session, Source, Target};
use crate::mapping::{Approval, FirstRun, Mapping};
use crate::model::{
    Chart, DocState, Document, Fingerprint, Invoice, Kind, LedgerView, Place, Reason, SourceId,
};
use crate::rules::{Context, MachineFault, RuleSet, Runner};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most pages one run reads.
const MAX_PAGES: usize = 10_000;
/// Documents decided and stored in one transaction.
const CHUNK: usize = 50;
/// Most documents looked at when one cause is looked for in many.
const MANY: usize = 10_000;
/// How often a run tries again after an answer was lost, each time after [`PAUSE_S`] seconds.
const TRIES: usize = 4;
/// Seconds between such tries: long enough for a vendor to finish, short enough for the key to help.
const PAUSE_S: i64 = 5;
/// A wait that a run sits out; a longer one ends the run, and the next goes on.
const PATIENCE_S: i64 = 90;

/// Why a run did not happen or stopped early.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// Processing is off.
    #[error(
        "processing is off for {0}: try one document with `crossfoot sync {0} --only NUMBER`, then switch it on with `crossfoot processing {0} on`"
    )]
    Off(String),
    /// A daily limit has been reached.
    #[error("the flow of {tenant} rests until {until}: a daily limit was reached")]
    Parked {
        /// Whose.
        tenant: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The tenant's file names other ends than before.
    #[error(
        "{tenant} was led from {before}, and its file now says {now}: what is linked there would be taken for what is here. Give another account a tenant of its own, or put the old connection back"
    )]
    Moved {
        /// Whose.
        tenant: String,
        /// The ends so far.
        before: String,
        /// The ends now.
        now: String,
    },
    /// No such document.
    #[error("{source_system} has no invoice or order {number}")]
    NotFound {
        /// Where.
        source_system: String,
        /// What was asked for.
        number: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A system.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Posting.
    #[error(transparent)]
    Post(#[from] PostError),
    /// A rule could not be run to its end.
    #[error("a rule could not be run to its end: {0}; the document is tried again at the next run")]
    Machine(String),
}

/// A store that stands behind both ports.
pub trait Memory: Journal + Books {}
impl<T: Journal + Books> Memory for T {}

/// A tenant, ready to run.
pub struct Tenant<'a> {
    /// What is remembered.
    pub memory: &'a dyn Memory,
    /// Where documents come from.
    pub source: &'a dyn Source,
    /// Calls to the source.
    pub from: &'a Session,
    /// Where they go.
    pub target: &'a dyn Target,
    /// Calls to the target.
    pub to: &'a Session,
    /// The compiled file.
    pub mapping: &'a Mapping,
    /// The compiled rules.
    pub rules: &'a RuleSet,
    /// A hash of both, so that a change makes held documents be looked at again.
    pub config: Fingerprint,
    /// Who works: unique to the process.
    pub holder: &'a str,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The run's name, unique.
    pub run: String,
    /// What began it, for the history.
    pub trigger: String,
    /// Only this document.
    pub only: Option<String>,
    /// Stop before posting: a dry run on a copy of the store.
    pub dry: bool,
    /// Today, in the business's own calendar.
    pub today: NaiveDate,
}

/// Something a person watching may want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Records read so far.
    Pulled(usize),
    /// Documents decided so far.
    Decided(usize),
    /// Writes settled so far.
    Posted(usize),
}

/// Where a run tells how far it is.
pub type Watch<'a> = &'a (dyn Fn(Step) + Send + Sync);

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// The run as it is kept.
    pub run: RunRow,
    /// Its log.
    pub lines: Vec<RunLine>,
    /// When it is worth running again for what is in doubt.
    pub wake: Option<DateTime<Utc>>,
}

struct Flow<'a> {
    t: &'a Tenant<'a>,
    ask: &'a Ask,
    watch: Watch<'a>,
    runner: Runner,
    context: Arc<Context>,
    state: TenantState,
    done: Done,
    chart: Option<Ledger>,
    released: Released,
    /// The document that `--only` names.
    named: Option<SourceId>,
    /// Documents that could not be decided in this run for no fault of theirs.
    faulted: BTreeSet<SourceId>,
    /// Contacts that the ledger had after all.
    taken: usize,
    /// Why contacts were held, in the words that stand on the documents that wait for them.
    contact_holds: BTreeSet<String>,
}

/// The ledger's chart with its hash, which stands for it among the facts of every decision of a run.
#[derive(Clone)]
struct Ledger {
    chart: Arc<Chart>,
    hash: Fingerprint,
}

/// What a run has let go, against the guard.
#[derive(Debug, Default)]
struct Released {
    documents: u32,
    totals: BTreeMap<String, Decimal>,
}

/// Runs a tenant's flow.
///
/// # Errors
/// [`FlowError`]. The run is kept in the history whatever happens.
pub async fn sync(t: &Tenant<'_>, ask: &Ask, watch: Watch<'_>) -> Result<Done, FlowError> {
    let now = t.to.clock.now();
    let state = t.memory.tenant(t.tenant()).await?;
    if ask.only.is_none() && !state.processing && !ask.dry {
        return Err(FlowError::Off(t.tenant().to_string()));
    }
    if let Some(until) = state.parked_until.filter(|u| *u > now) {
        return Err(FlowError::Parked {
            tenant: t.tenant().to_string(),
            until,
        });
    }
    let ends = ends(t);
    if !state.ends.is_empty() && state.ends != ends {
        return Err(FlowError::Moved {
            tenant: t.tenant().to_string(),
            before: state.ends,
            now: ends,
        });
    }
    let mut flow = Flow {
        t,
        ask,
        watch,
        runner: Runner::new(),
        context: Arc::new(Context {
            tenant: t.tenant().to_string(),
            run: ask.run.clone(),
            today: ask.today,
            trace: true,
        }),
        state,
        done: Done::default(),
        chart: None,
        released: Released::default(),
        named: None,
        faulted: BTreeSet::new(),
        taken: 0,
        contact_holds: BTreeSet::new(),
    };
    flow.done.run.id.clone_from(&ask.run);
    flow.done.run.trigger.clone_from(&ask.trigger);
    flow.done.run.started = Some(now);
    let calls = (calls_of(t.from), calls_of(t.to));
    let result = flow.all().await;
    flow.finish(calls, &result).await?;
    result.map(|()| flow.done)
}

impl Tenant<'_> {
    /// Its id.
    pub fn tenant(&self) -> &crate::model::TenantId {
        &self.mapping.tenant
    }

    /// Takes the flow, or says who has it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another process has it.
    pub async fn lease(&self) -> Result<Lease, StoreError> {
        let now = self.to.clock.now();
        let lease = self
            .memory
            .lease(self.tenant(), self.holder, now, LEASE_S)
            .await?;
        lease.ok_or_else(|| StoreError::LeaseLost {
            tenant: self.tenant().to_string(),
            holder: "another process".into(),
        })
    }
}

impl Flow<'_> {
    async fn all(&mut self) -> Result<(), FlowError> {
        let lease = self.t.lease().await?;
        let result = self.work().await;
        // Given back whatever happened, so that the next run need not wait for the lease to end.
        let back = self.t.memory.give_back(&lease).await;
        result.and(back.map_err(FlowError::from))
    }

    async fn work(&mut self) -> Result<(), FlowError> {
        // What an earlier run left in doubt is settled first: a decision must see it. What it left ready
        // goes after the decisions, which may have changed it.
        if !self.ask.dry {
            self.post(true).await?;
        }
        self.pull().await?;
        self.look_again().await?;
        self.decide_all().await?;
        if !self.ask.dry {
            self.post(false).await?;
            self.second_look().await?;
        }
        Ok(())
    }

    /// What posting has shown is decided on again, once: a contact that was in the ledger after all, a
    /// document that waited for one, a record that changed while its write was in doubt.
    async fn second_look(&mut self) -> Result<(), FlowError> {
        let t = self.t;
        if self.taken > 0 {
            view::refresh_mirror(t).await?;
            for row in t
                .memory
                .documents(t.tenant(), &[DocState::Held], MANY)
                .await?
            {
                let by_contact = row.reason.as_ref().map(ToString::to_string);
                if by_contact.is_some_and(|r| self.contact_holds.contains(&r)) {
                    let only = Some(&row.source_id);
                    t.memory
                        .decide_again(t.tenant(), &[DocState::Held], only)
                        .await?;
                }
            }
        }
        let open = t
            .memory
            .undecided(t.tenant(), self.faulted.len() + 1)
            .await?;
        let fresh = open.iter().any(|r| !self.faulted.contains(&r.source_id));
        // With `--only` everything else may be open and is none of this run's business.
        if !fresh || (self.ask.only.is_some() && self.taken == 0) {
            return Ok(());
        }
        self.decide_all().await?;
        self.post(false).await
    }

    // ---- pull ----

    async fn pull(&mut self) -> Result<(), FlowError> {
        let (t, kind) = (self.t, Kind::Invoice);
        let connection = &t.mapping.from.value.connection;
        if let Some(number) = &self.ask.only {
            let ask = Pull::One {
                kind,
                number: number.clone(),
            };
            let page = t.source.pull(t.from, &ask).await?;
            if page.records.is_empty() && page.bad.is_empty() {
                return Err(FlowError::NotFound {
                    source_system: t.source.facts().title.to_owned(),
                    number: number.clone(),
                });
            }
            self.bad(&page.bad);
            let now = t.from.clock.now();
            t.memory
                .save_page(
                    t.tenant(),
                    connection,
                    kind,
                    &page.records,
                    &page.bad,
                    None,
                    now,
                )
                .await?;
            return Ok(());
        }
        let mut cursor = t.memory.cursor(t.tenant(), connection, kind).await?;
        let mut read = 0;
        for _ in 0..MAX_PAGES {
            let ask = Pull::Changed {
                kind,
                cursor: cursor.clone(),
                start: t.mapping.sync.start.value.clone(),
            };
            let page = t.source.pull(t.from, &ask).await?;
            self.bad(&page.bad);
            let now = t.from.clock.now();
            let saved = t.memory.save_page(
                t.tenant(),
                connection,
                kind,
                &page.records,
                &page.bad,
                Some(&page.cursor),
                now,
            );
            saved.await?;
            read += page.records.len();
            (self.watch)(Step::Pulled(read));
            cursor = Some(page.cursor);
            if !page.more {
                break;
            }
        }
        Ok(())
    }

    fn bad(&mut self, bad: &[BadRecord]) {
        for b in bad {
            self.line(
                "record",
                &b.at,
                "unreadable",
                &format!("{}; {}", b.what, b.fix),
            );
        }
    }

    // ---- decide ----

    /// Documents that are not posted yet are decided on again when the mapping or a rule has changed.
    async fn look_again(&mut self) -> Result<(), FlowError> {
        let t = self.t;
        if self.state.config.as_ref() == Some(&t.config) {
            return Ok(());
        }
        let waiting = [
            DocState::Skipped,
            DocState::Held,
            DocState::Refused,
            DocState::Checked,
            // What is ready and was never sent goes as the file now says.
            DocState::Approved,
        ];
        t.memory.decide_again(t.tenant(), &waiting, None).await?;
        self.state.config = Some(t.config.clone());
        let now = t.to.clock.now();
        if !self.ask.dry {
            // Read again: a person may have switched something while this run was reading.
            let mut state = t.memory.tenant(t.tenant()).await?;
            state.config.clone_from(&self.state.config);
            t.memory
                .set_tenant(t.tenant(), &state, "crossfoot", now)
                .await?;
        }
        Ok(())
    }

    async fn decide_all(&mut self) -> Result<(), FlowError> {
        let mut decided = 0;
        if let Some(number) = self.ask.only.clone() {
            let row = self.t.memory.document(self.t.tenant(), &number).await?;
            if let Some(row) = row {
                self.decide_chunk(vec![row]).await?;
            }
            return Ok(());
        }
        loop {
            // What could not be decided in this run stays open for the next and does not bar the others.
            let limit = CHUNK + self.faulted.len();
            let mut rows = self.t.memory.undecided(self.t.tenant(), limit).await?;
            rows.retain(|r| !self.faulted.contains(&r.source_id));
            if rows.is_empty() {
                return Ok(());
            }
            decided += rows.len();
            self.decide_chunk(rows).await?;
            (self.watch)(Step::Decided(decided));
            if self.faulted.len() >= MANY {
                return Err(FlowError::Machine(format!(
                    "{MANY} documents could not be decided"
                )));
            }
        }
    }

    /// Decides some documents and stores the decisions in one transaction.
    async fn decide_chunk(&mut self, rows: Vec<DocRow>) -> Result<(), FlowError> {
        let ledger = self.chart().await?;
        let lease = self.t.lease().await?;
        let mut out = Vec::new();
        let mut planned = view::Planned::default();
        for row in rows {
            let record = self
                .t
                .memory
                .record(self.t.tenant(), row.kind, &row.source_id)
                .await?;
            let Some(Document::Invoice(invoice)) = record.map(|r| r.document) else {
                out.push(self.without_record(&row));
                continue;
            };
            let invoice = Arc::from(invoice);
            match self.decide_one(&row, &invoice, &planned, &ledger).await? {
                Ok((decided, outcome)) => {
                    planned.add(&outcome.writes);
                    self.told(&row, &outcome, &decided.note.warnings);
                    out.push(decided);
                }
                Err(fault) => {
                    self.faulted.insert(row.source_id.clone());
                    self.count("faults", 1);
                    self.line("invoice", &row.number, "fault", &fault.to_string());
                }
            }
        }
        let now = self.t.to.clock.now();
        self.t.memory.decided(&lease, &out, now).await?;
        Ok(())
    }

    /// A document whose record is not in the store cannot be decided on: a person must fetch it again.
    fn without_record(&mut self, row: &DocRow) -> DecidedDoc {
        let reason = Reason::new(
            "record.missing",
            "the store no longer has what the source said of this document",
            "save the document in the source once more, so that it is read again",
        );
        self.count("held", 1);
        self.line("invoice", &row.number, "held", &reason.to_string());
        let none = Fingerprint::of(b"");
        DecidedDoc {
            kind: row.kind,
            source_id: row.source_id.clone(),
            version: row.version.clone(),
            state: DocState::Held,
            reason: Some(reason),
            note: DecisionNote {
                config: self.t.config.clone(),
                facts: none.clone(),
                source: none,
                run: self.ask.run.clone(),
                trace: Vec::new(),
                payments: Vec::new(),
                printed: Vec::new(),
                warnings: Vec::new(),
                drafts: Vec::new(),
                held: None,
            },
            facts: String::new(),
            writes: Vec::new(),
            approval: Fingerprint::of(b""),
            release: false,
            retried: false,
            learned: Learned::default(),
        }
    }

    /// Decides one document, with a second look at the ledger where the first decision asks for one.
    async fn decide_one(
        &mut self,
        row: &DocRow,
        invoice: &Arc<Invoice>,
        planned: &view::Planned,
        ledger: &Ledger,
    ) -> Result<Result<(DecidedDoc, Outcome), MachineFault>, FlowError> {
        let t = self.t;
        let mut view = view::of(t, row, invoice, planned).await?;
        // Contacts under the names that rules give, and the ledger's copy, are each asked for at most once.
        for _ in 0..3 {
            let (decision, outcome) = match self.decision(invoice, &view, ledger) {
                Ok(decided) => decided,
                Err(fault) => return Ok(Err(fault)),
            };
            let more = view::more(t, &decision, &outcome, invoice, planned, &mut view).await?;
            if !more {
                return Ok(Ok(
                    self.decided(row, invoice, &view, ledger, decision, outcome)
                ));
            }
        }
        let last = self.decision(invoice, &view, ledger);
        Ok(last.map(|(decision, outcome)| {
            self.decided(row, invoice, &view, ledger, decision, outcome)
        }))
    }

    fn decision(
        &mut self,
        invoice: &Arc<Invoice>,
        view: &LedgerView,
        ledger: &Ledger,
    ) -> Result<(Decision, Outcome), MachineFault> {
        let t = self.t;
        let facts = t.target.facts();
        let question = Question {
            invoice,
            view,
            chart: &ledger.chart,
            mapping: t.mapping,
            rules: t.rules,
            facts,
            context: &self.context,
        };
        let decision = decide(&question, &mut self.runner)?;
        let outcome = writes::outcome(&decision, invoice, view, t.mapping, facts);
        Ok((decision, outcome))
    }

    /// A decision as it is kept, with all that explains it.
    fn decided(
        &mut self,
        row: &DocRow,
        invoice: &Invoice,
        view: &LedgerView,
        ledger: &Ledger,
        decision: Decision,
        mut outcome: Outcome,
    ) -> (DecidedDoc, Outcome) {
        let release = self.release(row, invoice, &mut outcome);
        // The chart is large and shared by many decisions: its hash stands for it among the facts.
        let facts = serde_json::to_string(&(view, &ledger.hash)).unwrap_or_default();
        let note = DecisionNote {
            config: self.t.config.clone(),
            facts: Fingerprint::of(facts.as_bytes()),
            source: view::source_hash(invoice),
            run: self.ask.run.clone(),
            trace: decision.trace.steps,
            payments: outcome.payments.clone(),
            printed: decision.printed,
            warnings: decision.warnings,
            drafts: outcome.writes.iter().map(|w| w.draft.clone()).collect(),
            held: outcome.held.clone(),
        };
        let decided = DecidedDoc {
            kind: row.kind,
            source_id: row.source_id.clone(),
            version: row.version.clone(),
            state: outcome.state,
            reason: outcome.reason.clone(),
            note,
            facts,
            writes: outcome.writes.clone(),
            approval: outcome.approval.clone(),
            release,
            retried: view.retried,
            learned: outcome.learned.clone(),
        };
        (decided, outcome)
    }

    /// Whether a document's writes may go at once, or wait for a person's word.
    fn release(&mut self, row: &DocRow, invoice: &Invoice, out: &mut Outcome) -> bool {
        if out.writes.is_empty() {
            return false;
        }
        let sync = &self.t.mapping.sync;
        let same = row.approved.as_ref() == Some(&out.approval);
        if same || self.ask.only.is_some() {
            return true;
        }
        let waits = |code: &str, what: String, fix: &str| Some(Reason::new(code, what, fix));
        let why = if sync.approval.value == Approval::Manual {
            waits(
                "approval.waits",
                "it waits for approval".into(),
                "`crossfoot approve TENANT NUMBER`, or set `sync.approval: automatic`",
            )
        } else if sync.first_run.value == FirstRun::Review && !self.state.reviewed {
            waits(
                "approval.first_run",
                "the first run waits to be reviewed".into(),
                "look at `crossfoot plan`, then `crossfoot release TENANT`",
            )
        } else {
            self.over_guard(row, invoice)
        };
        match why {
            None => true,
            Some(reason) => {
                // With writes, held means that a part is: the rest waits for its approval all the same, and the
                // note keeps why that part stays behind.
                if matches!(out.state, DocState::Approved | DocState::Held) {
                    out.state = DocState::Checked;
                    out.reason = Some(reason);
                }
                false
            }
        }
    }

    /// Whether the guard keeps a document back. One that it has kept back waits for a person's word, or for
    /// another limit in the file: an edit of anything else lets none through.
    fn over_guard(&mut self, row: &DocRow, invoice: &Invoice) -> Option<Reason> {
        let guard = &self.t.mapping.guard;
        let code = invoice.currency.code().to_owned();
        // Money back is as much of a mistake as money out.
        let sum =
            self.released.totals.get(&code).copied().unwrap_or_default() + invoice.total.abs();
        let documents = self.released.documents + 1;
        let by_count = guard.documents.as_ref().map(|most| {
            let reason = self.guarded(
                &format!("{} documents", most.value),
                self.t.mapping.place(most.at),
            );
            (documents > most.value, reason)
        });
        let by_sum = guard.totals_per_run.get(&invoice.currency).map(|most| {
            let reason = self.guarded(
                &format!("{code} {}", most.value),
                self.t.mapping.place(most.at),
            );
            (sum > most.value, reason)
        });
        let waits = |r: &Reason| {
            row.state == DocState::Checked && row.reason.as_ref().is_some_and(|w| w.what == r.what)
        };
        let over = (by_count.into_iter().chain(by_sum)).find(|(over, r)| *over || waits(r));
        if let Some((_, reason)) = over {
            return Some(reason);
        }
        self.released.documents = documents;
        self.released.totals.insert(code, sum);
        None
    }

    fn guarded(&self, limit: &str, at: Place) -> Reason {
        Reason::new(
            "guard.per_run",
            format!("this run would post more than {limit}"),
            "see that so much is right, then `crossfoot release TENANT`; or raise `guard.per_run`",
        )
        .at(at)
    }

    fn told(&mut self, row: &DocRow, outcome: &Outcome, warnings: &[Reason]) {
        for warning in warnings {
            self.count("warnings", 1);
            self.line("invoice", &row.number, "warning", &warning.to_string());
        }
        let action = match outcome.state {
            DocState::Skipped => "skipped",
            DocState::Held => "held",
            DocState::Refused => "refused",
            DocState::Checked => "waits",
            _ => {
                if outcome.writes.is_empty() {
                    self.count("unchanged", 1);
                }
                return;
            }
        };
        self.count(action, 1);
        let why = outcome
            .reason
            .as_ref()
            .map_or(String::new(), Reason::to_string);
        self.line("invoice", &row.number, action, &why);
    }

    // ---- the ledger's facts ----

    /// The chart: lock dates are read before each run that decides anything.
    async fn chart(&mut self) -> Result<Ledger, FlowError> {
        if let Some(ledger) = &self.chart {
            return Ok(ledger.clone());
        }
        let t = self.t;
        let chart = t.target.chart(t.to).await?;
        let now = t.to.clock.now();
        t.memory.set_chart(t.tenant(), &chart, now).await?;
        view::refresh_mirror(t).await?;
        let ledger = Ledger {
            hash: chart_hash(&chart),
            chart: Arc::new(chart),
        };
        self.chart = Some(ledger.clone());
        Ok(ledger)
    }

    // ---- post ----

    /// What a run may post: everything, or with `--only` the one document.
    async fn scope(&mut self, doubt_only: bool) -> Result<Option<post::Scope>, FlowError> {
        let mut scope = post::Scope {
            doubt_only,
            only: None,
        };
        if let Some(number) = &self.ask.only {
            let row = self.t.memory.document(self.t.tenant(), number).await?;
            let Some(row) = row else { return Ok(None) };
            self.named = Some(row.source_id.clone());
            scope.only = Some(row.source_id);
        }
        Ok(Some(scope))
    }

    async fn post(&mut self, doubt_only: bool) -> Result<(), FlowError> {
        let Some(scope) = self.scope(doubt_only).await? else {
            return Ok(());
        };
        let t = self.t;
        let mut tries = 0;
        loop {
            let watch = self.watch;
            let progress = move |p: &post::Posted| watch(Step::Posted(p.linked));
            let (posted, result) =
                post::post_of(t.memory, t.target, t.to, t.holder, scope.clone(), &progress).await;
            self.posted(&posted);
            let error = match result {
                Ok(()) => return Ok(()),
                Err(e) => e,
            };
            // Tries are counted from the last progress: a long run may wait for many minutes of quota.
            tries = if posted.linked > 0 { 1 } else { tries + 1 };
            let now = t.to.clock.now();
            let until = match &error {
                PostError::Call(CallError::Wait {
                    until, park: false, ..
                }) => *until,
                PostError::Call(CallError::Uncertain { .. } | CallError::NotSent { .. }) => {
                    now + Duration::seconds(PAUSE_S)
                }
                _ => return Err(error.into()),
            };
            if tries >= TRIES || until - now > Duration::seconds(PATIENCE_S) {
                return Err(error.into());
            }
            t.to.clock.sleep_until(until).await;
        }
    }

    fn posted(&mut self, posted: &post::Posted) {
        self.taken += posted.taken;
        let of_contacts = |e: &&post::Event| e.kind == Kind::Contact && e.action == "held";
        self.contact_holds.extend(
            posted
                .events
                .iter()
                .filter(of_contacts)
                .map(|e| e.detail.clone()),
        );
        self.done.wake = match (self.done.wake, posted.wake) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for e in &posted.events {
            let word = match (e.kind, e.action) {
                (Kind::Invoice, "adopted") => "created".to_owned(),
                (Kind::Invoice, action) => action.to_owned(),
                (kind, "adopted") => format!("{kind}s_created"),
                (kind, action) => format!("{kind}s_{action}"),
            };
            // What is in doubt now may be settled later in the same run: it is counted at its end.
            if e.action != "in_doubt" {
                self.count(&word, 1);
            }
            self.line(e.kind.as_str(), &e.label, e.action, &e.detail);
        }
    }

    // ---- the run's log ----

    fn count(&mut self, word: &str, n: u64) {
        *self.done.run.counts.entry(word.to_owned()).or_default() += n;
    }

    fn line(&mut self, kind: &str, number: &str, action: &str, detail: &str) {
        let at = self.t.to.clock.now();
        self.done.lines.push(RunLine {
            at,
            object: format!("{kind} {number}"),
            action: action.to_owned(),
            detail: detail.to_owned(),
        });
    }

    async fn finish(
        &mut self,
        before: (u64, u64),
        result: &Result<(), FlowError>,
    ) -> Result<(), FlowError> {
        let t = self.t;
        let now = t.to.clock.now();
        for w in t.memory.doubtful(t.tenant()).await? {
            let ours = self.ask.only.is_none() || self.named.as_ref() == Some(&w.document);
            if ours && !self.ask.dry {
                match w.kind {
                    Kind::Invoice => self.count("in_doubt", 1),
                    kind => self.count(&format!("{kind}s_in_doubt"), 1),
                }
            }
        }
        let run = &mut self.done.run;
        run.ended = Some(now);
        run.stopped = result.as_ref().err().map(ToString::to_string);
        let from = calls_of(t.from).saturating_sub(before.0);
        let to = calls_of(t.to).saturating_sub(before.1);
        run.calls.insert(t.source.facts().system.to_owned(), from);
        run.calls.insert(t.target.facts().system.to_owned(), to);
        if self.ask.dry {
            return Ok(());
        }
        t.memory
            .save_run(t.tenant(), &self.done.run, &self.done.lines)
            .await?;
        let mut state = t.memory.tenant(t.tenant()).await?;
        state.last_run = Some(now);
        state.ends = ends(t);
        if let Err(
            FlowError::Call(CallError::Wait {
                until, park: true, ..
            })
            | FlowError::Post(PostError::Call(CallError::Wait {
                until, park: true, ..
            })),
        ) = result
        {
            state.parked_until = Some(*until);
        }
        t.memory
            .set_tenant(t.tenant(), &state, "crossfoot", now)
            .await?;
        Ok(())
    }
}

/// Where a tenant's documents come from and go to, as far as it is known: links mean nothing elsewhere.
fn ends(t: &Tenant<'_>) -> String {
    let organisation = t.to.settings.get("organisation", "");
    let (from, to) = (&t.from.connection, &t.to.connection);
    format!("{from} to {to} {organisation}").trim().to_owned()
}

/// Requests a tenant's connection has made so far.
fn calls_of(session: &Session) -> u64 {
    let system = &session.settings.system;
    let all = session.http.calls_of(&session.tenant);
    (all.iter().filter(|((s, _), _)| s == system))
        .map(|(_, n)| n)
        .sum()
}

fn chart_hash(chart: &Chart) -> Fingerprint {
    Fingerprint::of(serde_json::to_string(chart).unwrap_or_default().as_bytes())
}

/// A person has looked at what waits for the first run's review or over the guard, and lets it go. Answers what
/// went; what waits for an approval of its own, or was sent back by a person, stays.
///
/// # Errors
/// [`StoreError`].
pub async fn release(
    memory: &dyn Memory,
    tenant: &crate::model::TenantId,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Vec<DocRow>, StoreError> {
    let mut state = memory.tenant(tenant).await?;
    if !state.reviewed {
        state.reviewed = true;
        memory.set_tenant(tenant, &state, actor, now).await?;
    }
    let mut rows = memory
        .documents(tenant, &[DocState::Checked], usize::MAX)
        .await?;
    let waits = |r: &DocRow| {
        let code = r.reason.as_ref().map_or("", |r| r.code.as_str());
        ["approval.first_run", "guard.per_run"].contains(&code)
    };
    rows.retain(waits);
    for row in &rows {
        memory
            .set_state(tenant, &row.source_id, DocState::Approved, actor, now)
            .await?;
    }
    Ok(rows)
}
