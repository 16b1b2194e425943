//! What a simulated worker holds: the journal and the ledger, with time, chance and death in between.
//!
//! Flows in: the protocol's own calls. Flows out: the same calls, some time later, or never. Refuses, as a
//! violation, a request whose intent was not committed first and a fence that does not grow. Every call has
//! a place to die before and after its effect.

use super::memory::MemoryJournal;
use super::vendor::{self, DEADLINE, Element, Fate, Reply};
use super::world::{Ms, S, Shared, beginning, lock, pause};
use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use crossfoot::clock::Moment;
use crossfoot::connectors::send::LEAVE_S;
use crossfoot::connectors::stamp::marker_of;
use crossfoot::connectors::{
    Ask, CallError, Encoded, Outcome, Page, Posted, Reads, Refusal, RefusalClass, Session,
    Settings, System, Write, Writes,
};
use crossfoot::model::{
    AskKind, CanWrite, Charset, Chart, Code, Document, Draft, Facts, Key, Kind, LedgerContact,
    LedgerInvoice, LedgerLine, LedgerPayment, Lengths, LinesBy, Numbers, Op, Places, Promise,
    Quantities, ReadFacts, Record, RefundsBy, SignIn, Standing, StatusWord, TaxRule, TenantId,
    WriteFacts,
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

super::shelves::papers_of!(SimJournal, inner);

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
        only: Option<&Key>,
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
    pub facts: Arc<Facts>,
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
        // Where contacts carry no number the mark stands in a field of its own.
        (Draft::Contact(c), _) if w.contact_number.is_empty() => {
            format!("contact\t{}\t{}", w.marker, c.name)
        }
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
            "update\t{}\t{}\t{stamp}\t{}\t{}\t{}",
            u.id,
            u.version,
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
            applied: None,
            warnings: Vec::new(),
        }),
        Element::Taken => Outcome::Refused(refusal(
            RefusalClass::Duplicate,
            "Invoice # must be unique.",
        )),
        Element::Stale => Outcome::Refused(refusal(RefusalClass::Stale, "there is a newer one")),
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
                mark: marker_of(&p.reference).map(str::to_owned),
                on_document: i.id.clone(),
                reference: p.reference.clone(),
            })
            .collect();
        let paid: Decimal = payments.iter().map(|p| p.amount).sum();
        LedgerInvoice {
            kind: match i.other_type {
                true => Kind::CreditNote,
                false => Kind::Invoice,
            },
            standing: Standing::Open,
            mark: marker_of(&i.reference).map(str::to_owned),
            id: i.id.clone(),
            number: i.number.clone(),
            reference: i.reference.clone(),
            status: "AUTHORISED".into(),
            contact_id: i.contact.clone(),
            contact_name: String::new(),
            date: day(&i.day),
            due: None,
            currency: "AUD".into(),
            no_total: false,
            total: money(i.cents),
            amount_due: money(i.cents) - paid,
            pending: Vec::new(),
            credits: Vec::new(),
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
            may: Default::default(),
            payable: true,
        }
    }

    fn look(&self, ask: &Ask) -> Page {
        let w = lock(&self.shared);
        let mut page = Page::default();
        let paper = |i| Record::of_paper(self.document(&w, i), None, serde_json::Value::Null);
        match ask {
            Ask::ContactNumbers { numbers } => {
                let wanted = w.ledger.contacts.iter();
                let wanted = wanted.filter(|c| numbers.contains(&c.number));
                let contact = |c: &vendor::Contact| LedgerContact {
                    id: c.id.clone(),
                    name: c.name.clone(),
                    number: c.number.clone(),
                    ..LedgerContact::default()
                };
                let record = |c| Record::of_contact(contact(c), None, serde_json::Value::Null);
                page.records = wanted.map(record).collect();
            }
            Ask::Marks { marks, .. } => {
                let wanted = w.ledger.contacts.iter();
                let wanted = wanted.filter(|c| marks.contains(&c.number));
                let contact = |c: &vendor::Contact| LedgerContact {
                    id: c.id.clone(),
                    name: c.name.clone(),
                    mark: Some(c.number.clone()),
                    ..LedgerContact::default()
                };
                let record = |c| Record::of_contact(contact(c), None, serde_json::Value::Null);
                page.records = wanted.map(record).collect();
            }
            Ask::Numbers { numbers, .. } => {
                let wanted = w.ledger.invoices.iter();
                let wanted = wanted.filter(|i| numbers.contains(&i.number));
                page.records = wanted.map(paper).collect();
            }
            Ask::Changed { since, .. } => {
                let at = |i: &vendor::Invoice| beginning() + Duration::milliseconds(i.changed);
                let told = |i: &&vendor::Invoice| {
                    !i.other_type && since.is_none_or(|since| at(i) >= since)
                };
                let wanted = w.ledger.invoices.iter().filter(told);
                let dated = |i| Record {
                    modified_at: Some(at(i)),
                    ..paper(i)
                };
                page.records = wanted.map(dated).collect();
            }
            Ask::Ids { ids, .. } => {
                let wanted = w.ledger.invoices.iter().filter(|i| ids.contains(&i.id));
                page.records = wanted.map(paper).collect();
            }
            _ => {}
        }
        page
    }
}

#[async_trait]
impl System for SimTarget {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn reader(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn writer(&self) -> Option<&dyn Writes> {
        Some(self)
    }
}

#[async_trait]
impl Reads for SimTarget {
    fn read_again(&self, _: &Settings, _: &serde_json::Value) -> Result<Document, String> {
        Err("the model keeps no raw records".into())
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(uncertain("the model has no chart", false))
    }

    async fn read(&self, session: &Session, what: &Ask) -> Result<Page, CallError> {
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
            i64::try_from(found.records.len()).unwrap_or(0),
            || format!("{what:?} -> {found:?}"),
        );
        Ok(found)
    }
}

#[async_trait]
impl Writes for SimTarget {
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
            headers: Vec::new(),
        })
    }

    fn sayable(&self, _: &Write) -> Result<(), String> {
        Ok(())
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
pub fn facts(batch: usize, values: usize, key_life_s: i64) -> Facts {
    let can = |numbers| CanWrite {
        ops: [Op::Create, Op::Change].into(),
        batch,
        numbers,
        versioned: false,
        overwrites: false,
        statuses: Vec::new(),
    };
    let ours = Numbers::Ours {
        longest: 255,
        charset: Charset::PrintableAscii,
    };
    let asks = |asks: &[AskKind]| asks.iter().copied().collect();
    Facts {
        system: "model".into(),
        title: "Model".into(),
        ledger: None,
        reads: Some(ReadFacts {
            kinds: [
                (Kind::Contact, asks(&[AskKind::ContactNumbers])),
                (
                    Kind::Invoice,
                    asks(&[AskKind::Changed, AskKind::Numbers, AskKind::Ids]),
                ),
            ]
            .into(),
            documents: false,
            chart: false,
            payments_inside: true,
            payments_once: false,
            incremental: false,
            refunds: false,
            rates: false,
            values,
            look_s: 0,
        }),
        writes: Some(WriteFacts {
            kinds: [
                (Kind::Contact, can(ours.clone())),
                (Kind::Invoice, can(ours)),
                (Kind::Payment, can(Numbers::Theirs)),
            ]
            .into(),
            promise: Promise::Keyed {
                life_s: key_life_s,
                resend_s: 180,
                key_chars: 40,
            },
            quarantine_s: 900,
            looks: 1,
            looks_apart_s: 0,
            tax: TaxRule::PerLine,
            tax_by_class: true,
            own_tax: false,
            lines_by: LinesBy::Account,
            refunds_by: RefundsBy::No,
            payment_names_party: false,
            payments_apart: false,
            contact_names_apart: true,
            contact_currency: false,
            places: Places {
                unit: 4,
                quantity: 4,
                total: 2,
            },
            quantities: Quantities::Any,
            tracking: false,
            overpaid_on: None,
            paid_may: [].into(),
            stamp_in: Some("reference".to_owned()),
            lengths: Lengths {
                name: 255,
                name_forbids: "<>".into(),
                mark: 255,
                description: 4000,
                reference: 227,
                contact_number: 50,
                contact: Default::default(),
            },
            empty_text: String::new(),
            statuses: vec![StatusWord {
                word: "AUTHORISED".into(),
                rank: 0,
                payable: true,
                locks: true,
            }],
            closed_accounts: [].into(),
            by_hand: false,
        }),
        signs_in: SignIn::default(),
    }
}

/// What a ledger can do that numbers papers itself and does not say how long it keeps a key.
pub fn facts_of_own(batch: usize, values: usize) -> Facts {
    let mut facts = facts(batch, values, 0);
    let asks = |asks: &[AskKind]| asks.iter().copied().collect();
    if let Some(reads) = &mut facts.reads {
        reads.kinds = [
            (Kind::Contact, asks(&[AskKind::Marks])),
            (Kind::Invoice, asks(&[AskKind::Changed, AskKind::Ids])),
        ]
        .into();
    }
    if let Some(writes) = &mut facts.writes {
        for can in writes.kinds.values_mut() {
            can.numbers = Numbers::Theirs;
            can.versioned = true;
        }
        writes.promise = Promise::Unstated { key_chars: 30 };
        (writes.looks, writes.looks_apart_s) = (2, 60);
        writes.tax = TaxRule::PerRate;
        writes.lines_by = LinesBy::Item;
        writes.refunds_by = RefundsBy::PaidCreditNote;
        writes.payment_names_party = true;
        writes.statuses.clear();
        (writes.lengths.mark, writes.lengths.contact_number) = (21, 0);
    }
    facts
}

/// The same of one that knows no keys.
pub fn facts_of_keyless(batch: usize, values: usize) -> Facts {
    let mut facts = facts_of_own(batch, values);
    if let Some(writes) = &mut facts.writes {
        writes.promise = Promise::None;
        writes.tax = TaxRule::Stated;
        writes.lines_by = LinesBy::Nothing;
    }
    facts
}
