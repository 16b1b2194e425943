//! The backward half: payments that people entered in the ledger on papers of ours go to the source.
//!
//! Flows in: the mirror of papers, brought up to date by one list of changes. Flows out: a run of the half, under its own name, with
//! its own journal: it decides and posts like any other, but for what only money is put to. Bounded by pages of papers that were
//! noticed since the last run.

use super::super::back::{PaperBack, turned};
use super::super::plan::WritePlan;
use super::super::ports::PaidThere;
use super::super::tenant::{RunAsk, SyncError};
use super::super::write::Brought;
use super::back_contacts::as_brought;
use super::pass::Pass;
use crate::connectors::{BadRecord, Cursor, Page};
use crate::mapping::PaymentMode;
use crate::model::codes;
use crate::model::{AskKind, DocState, Invoice, Kind, LedgerView, Reason, TenantId};
use std::collections::BTreeSet;

/// Papers a page.
const PAGE: usize = 200;

impl Pass<'_> {
    /// Runs the backward half, once the ledger's papers are as they are now. It comes before anything is decided: what it brings is
    /// no news to the forward half then.
    pub(super) async fn bring_back(&mut self) -> Result<(), SyncError> {
        let t = self.t;
        let Some(back) = t.back else { return Ok(()) };
        let lists = (t.target.facts.reads).answers(Kind::Invoice, AskKind::Changed);
        if lists && self.looked.is_empty() {
            self.look_now().await?;
        }
        self.contacts_first(back).await?;
        let ask = RunAsk {
            run: format!("{}-back", self.ask.run),
            only: None,
            again: Vec::new(),
            back: false,
            ..self.ask.clone()
        };
        let done = Box::pin(super::sync(back, &ask, self.watch)).await;
        match done {
            Ok(done) => self.done.back = Some(Box::new(done)),
            // The half waits for another day, or for another process; the rest goes on.
            Err(SyncError::Parked { .. } | SyncError::Off(_)) => {}
            Err(e) => return Err(e),
        }
        Ok(())
    }

    /// Takes in what was noticed since the last run.
    pub(super) async fn pull_back(&mut self) -> Result<(), SyncError> {
        let t = self.t;
        let Some(forward) = t.tenant().forward() else {
            return Ok(());
        };
        self.contacts_back(&forward).await?;
        if t.mapping.sync.payments.value == PaymentMode::Off {
            return Ok(());
        }
        let book = &t.books.source;
        let cursor = t.memory.cursor(t.tenant(), book, Kind::Invoice).await?;
        let mut after: i64 = cursor.and_then(|c| c.0.parse().ok()).unwrap_or_default();
        loop {
            t.goes_on()?;
            let some = t.memory.paid_there(&forward, book, after, PAGE).await?;
            let Some(last) = some.last() else {
                return self.doubtful_back(&forward).await;
            };
            after = last.seq;
            self.take_back(&some, Some(Cursor(after.to_string())))
                .await?;
        }
    }

    /// Takes in the papers of what may have left: it is wanted only while they have it, and that people took it off there
    /// is noticed by nothing else, since no link leads to it.
    async fn doubtful_back(&mut self, forward: &TenantId) -> Result<(), SyncError> {
        let t = self.t;
        let doubtful = t.memory.doubtful(t.tenant()).await?;
        let papers: BTreeSet<String> = doubtful.into_iter().map(|w| w.document.id.0).collect();
        for id in papers {
            let found = t.memory.paid_there_of(forward, &t.books.source, &id);
            let found: Vec<PaidThere> = found.await?.into_iter().collect();
            self.take_back(&found, None).await?;
        }
        Ok(())
    }

    /// Takes in one paper, by its number.
    pub(super) async fn pull_back_one(&mut self, number: &str) -> Result<bool, SyncError> {
        let t = self.t;
        let Some(forward) = t.tenant().forward() else {
            return Ok(false);
        };
        let found = t.memory.paid_there_of(&forward, &t.books.source, number);
        let found: Vec<PaidThere> = found.await?.into_iter().collect();
        self.take_back(&found, None).await?;
        Ok(!found.is_empty())
    }

    async fn take_back(
        &mut self,
        some: &[PaidThere],
        cursor: Option<Cursor>,
    ) -> Result<(), SyncError> {
        let t = self.t;
        let Some(sales) = t.sales else { return Ok(()) };
        let (kind, book) = (Kind::Invoice, &t.books.source);
        let from = t.mapping.back.start.map(|s| s.value);
        let mut page = Page::default();
        let mut links = Vec::new();
        for there in some {
            match turned(there, sales, from) {
                Ok(Some(PaperBack { record, links: own })) => {
                    links.extend(own);
                    page.records.push(record);
                }
                Ok(None) => {}
                Err(what) => page.bad.push(BadRecord {
                    at: format!("invoice {}", there.paper.number),
                    what,
                    fix: "look at it in the ledger; if it looks right there, report this"
                        .to_owned(),
                    of: there.paper.number.clone(),
                    ..BadRecord::default()
                }),
            }
        }
        self.bad(kind, &page.bad).await?;
        // Before the documents: what is linked is never taken for news.
        t.memory.keep_links(t.tenant(), &links).await?;
        let now = t.from.clock.now();
        let saved = (t.memory).save_page(t.tenant(), book, kind, &page, cursor.as_ref(), now);
        self.pulled += saved.await?;
        Ok(())
    }

    /// Of a backward half nothing goes but money, and that only while the document it is for was seen.
    pub(super) fn only_money(&self, outcome: &mut WritePlan, invoice: &Invoice, view: &LedgerView) {
        let t = self.t;
        let (Some(sales), Some(forward)) = (t.sales, t.tenant().forward()) else {
            return;
        };
        if invoice.kind.is_party() {
            return as_brought(outcome, &forward);
        }
        outcome.writes.retain(|w| w.kind == Kind::Payment);
        for w in &mut outcome.writes {
            w.needs.brought = Some(Brought {
                tenant: forward.clone(),
                read_as: sales.payment_read_as(&w.needs.document_id),
            });
        }
        if view.posted.is_none() {
            outcome.writes.clear();
            outcome.state = DocState::Held;
            outcome.reason = Some(Reason::new(
                codes::PAYMENT_DOCUMENT_MISSING,
                format!(
                    "the document of {} cannot be read where it came from, and what was paid on it does not come back",
                    invoice.number
                ),
                "see in the source what became of it, then `crossfoot retry TENANT NUMBER`",
            ));
            outcome.held.clone_from(&outcome.reason);
        }
    }
}
