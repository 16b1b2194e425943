//! Decide: documents whose newest version is not decided on, in chunks, each decided and stored as one transaction.

use super::super::compare::source_hash;
use super::super::decide::{Decision, Question, ask_rules, decide};
use super::super::gather::{self, Near, PlannedContacts};
use super::super::plan::{self, WritePlan};
use super::super::ports::{DecidedDoc, DecisionNote, DocRow, TenantSwitch};
use super::super::reading::SourceSaid;
use super::super::taken::unreadable;
use super::super::tenant::{Progress, SyncError};
use super::echo::{self, OwnMoney, SaidOf};
use super::pass::{ChartRead, MANY, Pass};
use crate::connectors::CallError;
use crate::model::codes;
use crate::model::{Became, DocState, Fingerprint, Invoice, Kind, LedgerView, Reason};
use crate::rules::MachineFault;
use rust_decimal::Decimal;
use std::sync::Arc;

/// What a document is kept as coming to: as the source states it, else what the ledger holds of it or will. A sum of lines is none of these.
fn kept_total(invoice: &Invoice, view: &LedgerView, decision: &Decision) -> Option<Decimal> {
    let posted = view.link.as_ref().map(|l| l.amount);
    let posted = posted.filter(|_| decision.comes_to.is_none());
    let stated = invoice.stated_total();
    let drafted = stated.or(decision.comes_to).or(posted);
    drafted.or_else(|| invoice.comes_to())
}

/// Documents decided and stored in one transaction.
const CHUNK: usize = 50;

impl<'a> Pass<'a> {
    /// Documents that are not posted yet are decided on again when the mapping or a rule has changed.
    pub(super) async fn look_again(&mut self) -> Result<(), SyncError> {
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
        // What is posted stays as it is: how much of it the edit would make otherwise is counted when somebody asks.
        if self.state.config.is_some() {
            t.memory.edited(t.tenant(), &t.config).await?;
            // Payments of it that are not posted are decided on again all the same.
            t.memory.decide_payments_again(t.tenant()).await?;
            self.state.edited = Some(self.ask.local_day);
            self.state.edited_at = Some(t.to.clock.now());
        }
        self.state.config = Some(t.config.clone());
        let now = t.to.clock.now();
        if !self.ask.dry {
            let decides = TenantSwitch::Decides {
                config: self.state.config.clone(),
                edit: self.state.edit(),
            };
            t.memory
                .switch(t.tenant(), &decides, "crossfoot", now)
                .await?;
        }
        Ok(())
    }

    pub(super) async fn decide_all(&mut self) -> Result<(), SyncError> {
        let mut decided = 0;
        if let Some(number) = self.ask.only.clone() {
            let row = self.t.memory.document(self.t.tenant(), &number).await?;
            if let Some(row) = row {
                self.decide_chunk(vec![row]).await?;
            }
            return Ok(());
        }
        loop {
            self.t.goes_on()?;
            // What could not be decided in this run stays open for the next and does not bar the others.
            let limit = CHUNK + self.faulted.len();
            let mut rows = self.t.memory.undecided(self.t.tenant(), limit).await?;
            rows.retain(|r| !self.faulted.contains(&r.key));
            if rows.is_empty() {
                return Ok(());
            }
            decided += rows.len();
            self.decide_chunk(rows).await?;
            // What an edit opens again comes on top of what was read.
            let of = usize::try_from(self.pulled)
                .ok()
                .filter(|of| *of >= decided);
            (self.watch)(Progress::Decided(decided, of));
            if self.faulted.len() >= MANY {
                return Err(SyncError::Machine(format!(
                    "{MANY} documents could not be decided"
                )));
            }
        }
    }

    /// Decides some documents and stores the decisions in one transaction.
    pub(super) async fn decide_chunk(&mut self, rows: Vec<DocRow>) -> Result<(), SyncError> {
        let ledger = self.chart().await?;
        let lease = self.t.lease().await?;
        // A person may have reviewed the first run while it goes on.
        self.state.reviewed = self.t.memory.tenant(self.t.tenant()).await?.reviewed;
        let echoes = self.echoes(&rows).await?;
        let (near, docs) = self.chunk(rows).await?;
        let moved = self.own_money(&docs, &echoes).await?;
        let (mut out, mut rows) = (Vec::new(), Vec::new());
        let mut planned = PlannedContacts::default();
        for (row, said) in docs {
            let invoice = match said {
                Ok(invoice) if echoes.contains(&row.key) => echo::ours(invoice),
                Ok(invoice) => invoice,
                Err(reason) => {
                    out.push(self.without_record(&row, reason));
                    continue;
                }
            };
            let one = self.decide_one(&near, (&row, &invoice), (&planned, &moved), &ledger);
            match one.await {
                // One thing that cannot be read holds its own document, and no other.
                Err(SyncError::Call(CallError::Unclear { id, what })) => {
                    out.push(self.without_record(&row, unreadable(&id, &what)));
                    continue;
                }
                decided => match decided? {
                    Ok((decided, outcome)) => {
                        planned.add(&outcome.writes);
                        if let Some(given) = &outcome.learned.numbered {
                            planned.number(given);
                        }
                        self.numbers.goes(&row, &outcome, self.t.target.facts);
                        let news = self.news(&row, &decided.note.warnings).await?;
                        self.told(&row, &outcome, &news);
                        out.push(decided);
                        rows.push(row);
                    }
                    Err(fault) => {
                        self.faulted.insert(row.key.clone());
                        self.count(row.key.kind, Became::Fault, 1);
                        let told = fault.to_string();
                        self.line(Some(row.key.kind), &row.number, Became::Fault, (&told, ""));
                    }
                },
            }
        }
        let now = self.t.to.clock.now();
        let taken = self.t.memory.decided(&lease, &out, now).await?;
        for (key, reason) in &taken {
            if let Some(row) = rows.iter().find(|r| r.key == *key) {
                self.kept(row, Became::Held, Some(reason));
            }
        }
        Ok(())
    }

    /// What the source says of some documents, and what else concerns them.
    async fn chunk(&self, rows: Vec<DocRow>) -> Result<(Near<'a>, Vec<SaidOf>), SyncError> {
        let mut near = Near::of(self.t, &rows).await?;
        let mut docs: Vec<SaidOf> = Vec::with_capacity(rows.len());
        for mut row in rows {
            let said = self.said(&mut near, &mut row).await?;
            docs.push((row, said));
        }
        let read = docs.iter().filter_map(|(row, said)| {
            let invoice = said.as_ref().ok()?;
            Some((row, invoice.as_ref()))
        });
        near.know(read).await?;
        Ok((near, docs))
    }

    /// What the source says of a document, read with what its connection says today; or why that is not known.
    async fn said(
        &self,
        near: &mut Near<'_>,
        row: &mut DocRow,
    ) -> Result<Result<Arc<Invoice>, Reason>, SyncError> {
        let t = self.t;
        let link = near.link(&row.key).await?;
        let said = match near.record(&row.key).await? {
            Some(record) => {
                let of = (t.tenant(), &*row);
                (t.reading())
                    .said(t.memory, of, record, link.as_ref())
                    .await?
            }
            None => SourceSaid::Nothing,
        };
        match said {
            SourceSaid::Invoice { invoice, anew } => {
                if let Some(record) = anew {
                    t.memory.read_anew(t.tenant(), &row.key, &record).await?;
                    row.number.clone_from(&invoice.number);
                    row.date = invoice.day();
                    row.total = invoice.comes_to();
                }
                Ok(Ok(Arc::from(invoice)))
            }
            SourceSaid::Unread(why) => Ok(Err(Reason::new(
                codes::RECORD_UNREADABLE,
                format!(
                    "what the source said of {} cannot be read: {why}",
                    row.number
                ),
                "set right what connections.yaml says of the source, or the document there; it is decided on again by the next sync",
            ))),
            SourceSaid::Nothing => Ok(Err(Reason::new(
                codes::RECORD_MISSING,
                "the store no longer has what the source said of this document",
                "save the document in the source once more, so that it is read again",
            ))),
        }
    }

    /// Decides one document, with a second look at the ledger where the first decision asks for one.
    async fn decide_one(
        &mut self,
        t: &Near<'_>,
        (row, invoice): (&DocRow, &Arc<Invoice>),
        (planned, moved): (&PlannedContacts, &OwnMoney),
        ledger: &ChartRead,
    ) -> Result<Result<(DecidedDoc, WritePlan), MachineFault>, SyncError> {
        let mut view = gather::of(t, row, invoice, planned, self.state.edit()).await?;
        view.own_money = moved.get(&row.key.id).cloned().unwrap_or_default();
        // Contacts under the names that rules give, and the ledger's copy, are each asked for at most once.
        for _ in 0..3 {
            let (decision, outcome) = match self.decision(invoice, &view, ledger) {
                Ok(decided) => decided,
                Err(fault) => return Ok(Err(fault)),
            };
            let more =
                gather::more(t, row, &decision, &outcome, invoice, planned, &mut view).await?;
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
        ledger: &ChartRead,
    ) -> Result<(Decision, WritePlan), MachineFault> {
        let t = self.t;
        let facts = t.target.facts;
        let question = Question {
            invoice,
            view,
            chart: &ledger.chart,
            mapping: t.mapping,
            rules: t.rules,
            facts,
            context: &self.context,
        };
        let mut decision = decide(&question, &mut self.runner)?;
        let planned = |d: &Decision| plan::of(d, invoice, view, t.tenant(), &t.books, facts);
        let mut outcome = planned(&decision);
        let disputed = std::mem::take(&mut outcome.disputed);
        if ask_rules(&question, &mut self.runner, &mut decision, &disputed)? {
            outcome = planned(&decision);
        }
        self.only_money(&mut outcome, invoice, view);
        plan::hold_unsayable(&mut outcome, t.target.writes);
        self.numbers.apart(&mut outcome, invoice, facts);
        Ok((decision, outcome))
    }

    /// A decision as it is kept, with all that explains it.
    fn decided(
        &mut self,
        row: &DocRow,
        invoice: &Invoice,
        view: &LedgerView,
        ledger: &ChartRead,
        mut decision: Decision,
        mut outcome: WritePlan,
    ) -> (DecidedDoc, WritePlan) {
        let whole = kept_total(invoice, view, &decision);
        let release = self.release(row, invoice, &mut outcome);
        if !release {
            outcome.learned.contact = None;
        }
        self.in_their_names(&mut decision, &mut outcome);
        // The chart is large and shared by many decisions: its hash stands for it among the facts.
        let facts = serde_json::to_string(&(view, &ledger.hash)).unwrap_or_default();
        let note = DecisionNote {
            config: self.t.config.clone(),
            facts: Fingerprint::of(facts.as_bytes()),
            chart: Some(ledger.hash.clone()),
            source: source_hash(invoice),
            run: self.ask.run.clone(),
            trace: decision.trace.steps(),
            payments: outcome.payments.clone(),
            balance: outcome.balance.clone(),
            printed: decision.printed,
            warnings: [decision.warnings, outcome.told.clone()].concat(),
            found: decision.found,
            items: decision.items,
            estimate: invoice.estimate,
            drafts: outcome.writes.iter().map(|w| w.draft.clone()).collect(),
            held: outcome.held.clone(),
            contact_told: outcome.contact_told.clone(),
            by_word: outcome.by_word.clone(),
        };
        let decided = DecidedDoc {
            key: row.key.clone(),
            version: row.version.clone(),
            state: outcome.state,
            reason: outcome.reason.clone(),
            comes_to: whole,
            note,
            facts,
            writes: outcome.writes.clone(),
            approval: outcome.approval.clone(),
            release,
            approved: row.approved.clone(),
            retried: view.retried,
            to_release: view.to_release.clone(),
            learned: outcome.learned.clone(),
        };
        (decided, outcome)
    }

    /// The chart: lock dates are read before each run that decides anything.
    async fn chart(&mut self) -> Result<ChartRead, SyncError> {
        if let Some(ledger) = &self.chart {
            return Ok(ledger.clone());
        }
        let t = self.t;
        let chart = t.target.reads.chart(t.to).await?;
        let now = t.to.clock.now();
        t.memory
            .set_chart(t.tenant(), &t.books.ledger, &chart, now)
            .await?;
        // A backward half makes contacts only where these come back, and reads each document that it puts money to.
        let forward = t.sales.is_none();
        if forward || t.mapping.journeys().contains(&Kind::Contact) {
            gather::refresh_mirror(t).await?;
        }
        if forward && self.looked.is_empty() {
            self.look_now().await?;
        }
        gather::may_overpay(t).await?;
        let ledger = ChartRead {
            hash: chart.hash(),
            chart: Arc::new(chart),
        };
        self.chart = Some(ledger.clone());
        Ok(ledger)
    }
}
