//! One run on its way through the flow: what it was asked, what it has read, and what it has done so far.

use super::super::ports::TenantState;
use super::super::post::HandedOn;
use super::super::tenant::{Done, RunAsk, Tenant, Watch};
use super::numbers::NumbersTaken;
use crate::model::{Became, Chart, Fingerprint, Key, Kind};
use crate::rules::{Context, Runner};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most documents looked at when one cause is looked for in many.
pub(super) const MANY: usize = 10_000;

/// One run on its way through the flow.
pub(super) struct Pass<'a> {
    pub(super) t: &'a Tenant<'a>,
    pub(super) ask: &'a RunAsk,
    pub(super) watch: Watch<'a>,
    pub(super) runner: Runner,
    pub(super) context: Arc<Context>,
    pub(super) state: TenantState,
    pub(super) done: Done,
    pub(super) chart: Option<ChartRead>,
    /// When this run asked for what changed of each kind of papers.
    pub(super) looked: BTreeMap<Kind, DateTime<Utc>>,
    /// What posting has made and seen in this run, however often it was interrupted.
    pub(super) handed_on: HandedOn,
    /// The calls that source and ledger had answered before this run.
    pub(super) calls_before: (u64, u64),
    /// How many records of the source were news.
    pub(super) pulled: u64,
    pub(super) released: Released,
    /// The document that `--only` names.
    pub(super) named: Option<Key>,
    /// Documents that could not be decided in this run for no fault of theirs.
    pub(super) faulted: BTreeSet<Key>,
    /// Contacts that the ledger had after all.
    pub(super) taken: usize,
    /// What was told and counted of documents that are kept back: one that is decided on twice in a run counts once.
    pub(super) kept_back: BTreeSet<(Key, Became, String)>,
    /// Why contacts were held, in the words that stand on the documents that wait for them.
    pub(super) contact_holds: BTreeSet<String>,
    /// The numbers that its documents take in the ledger.
    pub(super) numbers: NumbersTaken,
}

/// The ledger's chart with its hash, which stands for it among the facts of every decision of a run.
#[derive(Clone)]
pub(super) struct ChartRead {
    pub(super) chart: Arc<Chart>,
    pub(super) hash: Fingerprint,
}

/// What a run has let go, against the guard.
#[derive(Debug, Default)]
pub(super) struct Released {
    pub(super) documents: u32,
    pub(super) totals: BTreeMap<String, Decimal>,
}

impl<'a> Pass<'a> {
    /// A run that has done nothing yet.
    pub(super) fn new(
        t: &'a Tenant<'a>,
        ask: &'a RunAsk,
        watch: Watch<'a>,
        state: TenantState,
    ) -> Self {
        Self {
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
            looked: BTreeMap::new(),
            handed_on: HandedOn::default(),
            calls_before: (0, 0),
            pulled: 0,
            released: Released::default(),
            named: None,
            faulted: BTreeSet::new(),
            taken: 0,
            kept_back: BTreeSet::new(),
            contact_holds: BTreeSet::new(),
            numbers: NumbersTaken::default(),
        }
    }
}
