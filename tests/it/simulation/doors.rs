//! What a simulated worker holds: the journal and the ledger, with time, chance and death in between.
//!
//! Flows in: the protocol's own calls. Flows out: the same calls, some time later, or never. Refuses, as a
//! violation, a request whose intent was not committed first and a fence that does not grow. Every call has
//! a place to die before and after its effect.

use super::memory::MemoryJournal;
use super::vendor::{self, DEADLINE, Element, Fate, Reply};
use super::world::{Ms, S, Shared, lock, pause};
use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use crossfoot::clock::Moment;
use crossfoot::connectors::send::LEAVE_S;
use crossfoot::connectors::{
    CallError, Encoded, Find, Found, Outcome, Posted, Refusal, RefusalClass, Session, Target, Write,
};
use crossfoot::model::{
    Chart, Code, Draft, Kind, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, SourceId,
    TargetFacts, TenantId,
};
use crossfoot::pipeline::lease::Lease;
use crossfoot::pipeline::ports::{Batch, Journal, Settled, StoreError};
use crossfoot::pipeline::protocol;
use crossfoot::pipeline::write::WriteRow;
use rust_decimal::Decimal;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The journal as a worker sees it.
pub struct SimJournal {
    pub inner: Arc<MemoryJournal>,
    pub shared: Shared,
    pub who: usize,
}

impl SimJournal {
    async fn before(&self) {
        let ms = {
            let mut w = lock(&self.shared);
            let stall = w.weather.stall;
            if w.dice.hits(stall) {
                let longest = if w.dice.hits(3_000) { 1_200 } else { 150 };
                let ms = w.dice.range(S, longest * S);
                let who = i64::try_from(self.who).unwrap_or(0);
                w.note("stands", who, ms, || {
                    format!("worker {} stands still for {} s", self.who, ms / S)
                });
                ms
            } else {
                w.dice.range(0, 8)
            }
        };
        pause(&self.shared, self.who, ms).await;
    }

    async fn after(&self) {
        let ms = lock(&self.shared).dice.range(0, 4);
        pause(&self.shared, self.who, ms).await;
    }

    fn note(&self, word: &'static str, text: impl FnOnce() -> String) {
        let who = i64::try_from(self.who).unwrap_or(0);
        lock(&self.shared).note(word, who, 0, || format!("worker {who}: {}", text()));
    }
}

#[async_trait]
impl Journal for SimJournal {
    async fn lease(
        &self,
        tenant: &TenantId,
        holder: &str,
        now: DateTime<Utc>,
        seconds: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.before().await;
        let lease = self.inner.lease(tenant, holder, now, seconds).await?;
        if let Some(l) = &lease {
            lock(&self.shared).gave_fence(holder, l.fence);
        }
        self.note("lease", || {
            format!("{holder}: {:?}", lease.as_ref().map(|l| l.fence))
        });
        self.after().await;
        Ok(lease)
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError> {
        self.before().await;
        self.inner.give_back(lease).await
    }

    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.before().await;
        self.inner.clock_went_back(now).await
    }

    async fn doubtful(&self, tenant: &TenantId) -> Result<Vec<WriteRow>, StoreError> {
        self.before().await;
        let rows = self.inner.doubtful(tenant).await?;
        self.after().await;
        Ok(rows)
    }

    async fn ready(
        &self,
        tenant: &TenantId,
        only: Option<&SourceId>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError> {
        self.before().await;
        let rows = self.inner.ready(tenant, only, now, limit).await?;
        self.after().await;
        Ok(rows)
    }

    async fn batch(&self, tenant: &TenantId, id: i64) -> Result<Option<Batch>, StoreError> {
        self.before().await;
        self.inner.batch(tenant, id).await
    }

    async fn intend(
        &self,
        lease: &Lease,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        self.before().await;
        let id = self.inner.intend(lease, writes, encoded, key, now).await?;
        lock(&self.shared).committed(lease.fence);
        self.note("intends", || {
            format!("request {id} key {}: {:?}", &key[..6], encoded.body)
        });
        self.after().await;
        Ok(id)
    }

    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.before().await;
        self.inner.again(lease, batch, now).await?;
        lock(&self.shared).committed(lease.fence);
        self.note("again", || format!("request {batch}"));
        self.after().await;
        Ok(())
    }

    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.before().await;
        let done = self.inner.settle(lease, settled, now).await;
        self.note("settles", || format!("{settled:?} -> {done:?}"));
        done?;
        lock(&self.shared).committed(lease.fence);
        self.after().await;
        Ok(())
    }
}

/// The ledger as a worker sees it.
pub struct SimTarget {
    pub journal: Arc<MemoryJournal>,
    pub shared: Shared,
    pub who: usize,
    pub facts: Arc<TargetFacts>,
}

fn cents(d: Decimal) -> String {
    (d * Decimal::ONE_HUNDRED).trunc().to_string()
}

fn money(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn line(w: &Write) -> String {
    let stamp = protocol::stamp(&w.marker);
    match (&w.draft, &w.update) {
        (Draft::Contact(c), _) => format!("contact\t{}\t{}", w.contact_number, c.name),
        (Draft::Invoice(d), None) => format!(
            "invoice\t{}\t{stamp}\t{}\t{}\t{}\t{}",
            d.number,
            w.contact_id,
            cents(d.total),
            d.date,
            d.lines.len()
        ),
        (Draft::Invoice(d), Some(u)) => format!(
            "update\t{}\t{stamp}\t{}\t{}\t{}",
            u.id,
            cents(d.total),
            d.date,
            d.lines.len()
        ),
        (Draft::Payment(p), _) => format!(
            "payment\t{}\t{stamp}\t{}\t{}",
            w.document_id,
            cents(p.amount),
            p.date
        ),
    }
}

fn refusal(class: RefusalClass, what: &str) -> Refusal {
    Refusal {
        class,
        code: Code::of_table("model.refused"),
        what: what.into(),
        fix: "see the model".into(),
    }
}

fn uncertain(why: &str, cached: bool) -> CallError {
    CallError::Uncertain {
        system: "model".into(),
        why: why.into(),
        cached,
    }
}

fn outcome(e: Element) -> Outcome {
    match e {
        Element::Made { id, version, cents } => Outcome::Made(Posted {
            id,
            number: String::new(),
            version: version.to_string(),
            total: (cents != 0).then(|| money(cents)),
            warnings: Vec::new(),
        }),
        Element::Taken => Outcome::Refused(refusal(
            RefusalClass::Duplicate,
            "Invoice # must be unique.",
        )),
        Element::Rejected(why) => Outcome::Refused(refusal(RefusalClass::State, why)),
    }
}

struct Answer<'a> {
    target: &'a SimTarget,
    request: u64,
    until: Option<Ms>,
}

impl Future for Answer<'_> {
    type Output = Option<Reply>;
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Reply>> {
        let (who, request, until) = (self.target.who, self.request, self.until);
        let mut w = lock(&self.target.shared);
        if let Some(reply) = w.ledger.take_reply(request) {
            w.workers[who].request = None;
            return Poll::Ready(Some(reply));
        }
        let until = until.unwrap_or(w.now + DEADLINE);
        if w.now >= until {
            w.workers[who].request = None;
            return Poll::Ready(None);
        }
        w.workers[who].request = Some(request);
        w.workers[who].wake = until;
        drop(w);
        self.until = Some(until);
        Poll::Pending
    }
}

impl SimTarget {
    fn fate(&self) -> (Fate, bool, bool) {
        let mut w = lock(&self.shared);
        let weather = w.weather;
        let mut hits = |n| w.dice.hits(n);
        let fate = Fate {
            lost: hits(weather.drop_request),
            answer_lost: hits(weather.drop_answer),
            too_many: hits(weather.too_many),
            fail_before: hits(weather.fail_before),
            fail_after: hits(weather.fail_after),
            cut: hits(weather.cut),
            short: hits(weather.cut),
        };
        (fate, hits(weather.slow), hits(weather.not_sent))
    }

    fn wait(&self, session: &Session, seconds: i64) -> CallError {
        CallError::Wait {
            system: "model".into(),
            until: session.clock.now() + Duration::seconds(seconds),
            why: "minute".into(),
            park: false,
        }
    }

    fn document(&self, w: &super::world::World, i: &vendor::Invoice) -> LedgerInvoice {
        let payments = w.ledger.payments_on(&i.id);
        let payments: Vec<LedgerPayment> = payments
            .map(|p| LedgerPayment {
                id: p.id.clone(),
                date: day(&p.day).unwrap_or_default(),
                amount: money(p.cents),
                reference: p.reference.clone(),
            })
            .collect();
        let paid: Decimal = payments.iter().map(|p| p.amount).sum();
        LedgerInvoice {
            id: i.id.clone(),
            number: i.number.clone(),
            reference: i.reference.clone(),
            status: "AUTHORISED".into(),
            contact_id: i.contact.clone(),
            contact_name: String::new(),
            date: day(&i.day),
            due: None,
            currency: "AUD".into(),
            total: money(i.cents),
            amount_due: money(i.cents) - paid,
            amount_paid: paid,
            tax_mode: None,
            lines: (0..i.lines)
                .map(|n| LedgerLine {
                    id: n.to_string(),
                    ..LedgerLine::default()
                })
                .collect(),
            payments,
            version: i.version.to_string(),
            editable: true,
            payable: true,
        }
    }

    fn look(&self, what: &Find) -> Found {
        let w = lock(&self.shared);
        let mut found = Found::default();
        match what {
            Find::Contacts { .. } => {}
            Find::ContactsBy { numbers, .. } => {
                let wanted = w.ledger.contacts.iter();
                found.contacts = wanted
                    .filter(|c| numbers.contains(&c.number))
                    .map(|c| LedgerContact {
                        id: c.id.clone(),
                        name: c.name.clone(),
                        number: c.number.clone(),
                        ..LedgerContact::default()
                    })
                    .collect();
            }
            Find::Documents { numbers, .. } => {
                let wanted = w.ledger.invoices.iter();
                let wanted = wanted.filter(|i| numbers.contains(&i.number));
                found.documents = wanted.map(|i| self.document(&w, i)).collect();
            }
            Find::Invoices { ids } => {
                let wanted = w.ledger.invoices.iter().filter(|i| ids.contains(&i.id));
                found.documents = wanted.map(|i| self.document(&w, i)).collect();
            }
            Find::Document { id, .. } => {
                let wanted = w.ledger.invoices.iter().filter(|i| i.id == *id);
                found.documents = wanted.map(|i| self.document(&w, i)).collect();
            }
        }
        found
    }
}

#[async_trait]
impl Target for SimTarget {
    fn facts(&self) -> &TargetFacts {
        &self.facts
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(uncertain("the model has no chart", false))
    }

    async fn find(&self, session: &Session, what: &Find) -> Result<Found, CallError> {
        let (fate, _, not_sent) = self.fate();
        let (there, back) = {
            let mut w = lock(&self.shared);
            (w.dice.range(5, 400), w.dice.range(5, 400))
        };
        pause(&self.shared, self.who, there).await;
        if not_sent || fate.lost {
            return Err(uncertain("the look-up failed", false));
        }
        if fate.too_many {
            return Err(self.wait(session, 20));
        }
        let found = self.look(what);
        pause(&self.shared, self.who, back).await;
        lock(&self.shared).note(
            "looks up",
            i64::try_from(self.who).unwrap_or(0),
            i64::try_from(found.documents.len() + found.contacts.len()).unwrap_or(0),
            || format!("{what:?} -> {found:?}"),
        );
        Ok(found)
    }

    fn encode(&self, writes: &[Write]) -> Result<Encoded, String> {
        let Some(first) = writes.first() else {
            return Err("nothing to write".into());
        };
        let body: Vec<String> = writes.iter().map(line).collect();
        Ok(Encoded {
            kind: first.draft.kind(),
            update: first.update.is_some(),
            path: "/model".into(),
            method: "PUT".into(),
            body: body.join("\n"),
            markers: writes.iter().map(|w| w.marker.clone()).collect(),
        })
    }

    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError> {
        let (mut fate, mut slow, not_sent) = self.fate();
        // Between the call and the wire a connector waits for a token, a budget, or stands still with its process.
        let asked = Moment::now(session.clock.as_ref());
        let held_up = {
            let mut w = lock(&self.shared);
            let stall = w.weather.stall;
            match w.dice.hits(stall * 3) {
                true => w.dice.range(0, 1_200 * S),
                false => w.dice.range(0, 4),
            }
        };
        pause(&self.shared, self.who, held_up).await;
        if !asked.within(session.clock.as_ref(), LEAVE_S) {
            return Err(CallError::NotSent {
                system: "model".into(),
                why: "held up".into(),
            });
        }
        let request = {
            let committed = self.journal.read(|m| {
                let mut batches = m.batches.iter();
                batches.any(|b| b.key == key && b.encoded.body == encoded.body)
            });
            let mut w = lock(&self.shared);
            if !committed {
                w.violation(format!(
                    "I4: a request left before its intent was committed: {:?}",
                    encoded.body
                ));
            }
            if not_sent {
                return Err(CallError::NotSent {
                    system: "model".into(),
                    why: "connection refused".into(),
                });
            }
            if let Some(chosen) = w.next_fate.take() {
                (fate, slow) = chosen;
            }
            let n = vendor::send(&mut w, self.who, key, &encoded.body, fate, slow);
            w.note(
                "leaves",
                i64::try_from(n).unwrap_or(0),
                i64::try_from(self.who).unwrap_or(0),
                || format!("worker {} request {n} key {} {fate:?}", self.who, &key[..6]),
            );
            n
        };
        let answer = Answer {
            target: self,
            request,
            until: None,
        };
        match answer.await {
            None => Err(uncertain("no answer in time", false)),
            Some(Reply::Broken) => Err(uncertain("500", true)),
            Some(Reply::Cut) => Err(uncertain("the answer is cut off", false)),
            Some(Reply::TooMany(s)) => Err(self.wait(session, s)),
            Some(Reply::OtherRequest) => Err(CallError::Refused {
                system: "model".into(),
                refusal: refusal(
                    RefusalClass::Key,
                    "the key is used with a different request",
                ),
            }),
            Some(Reply::Elements(all)) => Ok(all.into_iter().map(outcome).collect()),
        }
    }
}

/// What a ledger of this size can do.
pub fn facts(batch: usize, find_numbers: usize, key_life_s: i64) -> TargetFacts {
    TargetFacts {
        system: "model",
        title: "Model",
        kinds: [Kind::Contact, Kind::Invoice, Kind::Payment]
            .into_iter()
            .collect(),
        batch,
        key_life_s,
        resend_s: 180,
        quarantine_s: 900,
        number_length: 255,
        name_length: 255,
        name_forbids: "<>",
        unit_places: 4,
        quantity_places: 4,
        total_places: 2,
        find_numbers,
        statuses: &["AUTHORISED"],
        payable_statuses: &["AUTHORISED"],
        line_accounts: true,
    }
}
