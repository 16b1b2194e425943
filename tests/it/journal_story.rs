//! One story told to two journals: the store on SQLite and the one in memory must answer alike, word for word.
//!
//! The storm proves the write protocol over the journal in memory; this is why that says something of the
//! store. Each case also names what its record must hold, so that both being wrong alike is no way out.

use crate::simulation::memory::MemoryJournal;
use crate::simulation::plan::{Ready, contact, invoice, payment, tenant, thing, update};
use crate::simulation::world::beginning;
use chrono::{DateTime, Duration, Utc};
use crossfoot::connectors::{Encoded, Posted};
use crossfoot::model::{Code, DocState, Fingerprint, Kind, Reason};
use crossfoot::pipeline::lease::Lease;
use crossfoot::pipeline::ports::{
    DecidedDoc, DecisionNote, Documents as _, Journal, Settled, StoreError, Written as _,
};
use crossfoot::pipeline::protocol::Settle;
use crossfoot::pipeline::write::{NewWrite, WriteRow};
use crossfoot::store::{OpenAs, Store};
use std::collections::BTreeSet;

fn at(seconds: i64) -> DateTime<Utc> {
    beginning() + Duration::seconds(seconds)
}

fn s(t: Option<DateTime<Utc>>) -> String {
    t.map_or("-".into(), |t| (t - beginning()).num_seconds().to_string())
}

fn word(e: &StoreError) -> String {
    match e {
        StoreError::LeaseLost { holder, .. } => format!("lease lost to {holder}"),
        StoreError::IllegalMove { .. } => "illegal move".into(),
        StoreError::Database(why) if why.contains("may not move") => "illegal move".into(),
        other => format!("other: {other}"),
    }
}

fn row(w: &WriteRow) -> String {
    format!(
        "{} {} attempt {} batch {:?} first {} last {} not before {} spent {} contact {:?} document {:?}",
        w.of.id,
        w.state,
        w.attempt,
        w.batch,
        s(w.first_sent),
        s(w.last_sent),
        s(w.not_before),
        w.key_spent,
        w.needs.contact_id,
        w.needs.document_id,
    )
}

enum Behind {
    Memory,
    Store(Store),
}

/// A journal under test and the record of what it answered.
struct Desk {
    journal: Box<dyn Journal>,
    memory: std::sync::Arc<MemoryJournal>,
    books: Behind,
    keys: Vec<NewWrite>,
    said: Vec<String>,
}

struct Shared(std::sync::Arc<MemoryJournal>);

super::simulation::shelves::papers_of!(Shared, 0);

#[async_trait::async_trait]
impl Journal for Shared {
    async fn lease(
        &self,
        t: &crossfoot::model::TenantId,
        holder: &str,
        now: DateTime<Utc>,
        seconds: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.0.lease(t, holder, now, seconds).await
    }
    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError> {
        self.0.give_back(lease).await
    }
    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.0.clock_went_back(now).await
    }
    async fn doubtful(&self, t: &crossfoot::model::TenantId) -> Result<Vec<WriteRow>, StoreError> {
        self.0.doubtful(t).await
    }
    async fn ready(
        &self,
        t: &crossfoot::model::TenantId,
        only: Option<&crossfoot::model::Key>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError> {
        self.0.ready(t, only, now, limit).await
    }
    async fn batch(
        &self,
        t: &crossfoot::model::TenantId,
        id: i64,
    ) -> Result<Option<crossfoot::pipeline::ports::Batch>, StoreError> {
        self.0.batch(t, id).await
    }
    async fn intend(
        &self,
        lease: &Lease,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        self.0.intend(lease, writes, encoded, key, now).await
    }
    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.0.again(lease, batch, now).await
    }
    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.0.settle(lease, settled, now).await
    }
}

impl Desk {
    fn memory() -> Self {
        let memory = std::sync::Arc::new(MemoryJournal::default());
        Self {
            journal: Box::new(Shared(memory.clone())),
            memory,
            books: Behind::Memory,
            keys: Vec::new(),
            said: Vec::new(),
        }
    }

    fn store(store: Store) -> Self {
        Self {
            journal: Box::new(store.clone()),
            memory: std::sync::Arc::default(),
            books: Behind::Store(store),
            keys: Vec::new(),
            said: Vec::new(),
        }
    }

    fn say(&mut self, what: impl Into<String>) {
        self.said.push(what.into());
    }

    fn done<T>(&mut self, what: &str, done: Result<T, StoreError>) -> Option<T> {
        match done {
            Ok(t) => {
                self.say(format!("{what}: done"));
                Some(t)
            }
            Err(e) => {
                self.say(format!("{what}: {}", word(&e)));
                None
            }
        }
    }

    async fn lease(&mut self, holder: &str, t: i64) -> Lease {
        let lease = self.journal.lease(&tenant(), holder, at(t), 120).await;
        let lease = lease.expect("the journal answers");
        let fence = lease.as_ref().map(|l| l.fence);
        self.say(format!("{holder} at {t}: fence {fence:?}"));
        lease.unwrap_or(Lease {
            tenant: tenant(),
            holder: holder.into(),
            fence: -1,
        })
    }

    async fn add(&mut self, lease: &Lease, document: &str, writes: &[Ready]) {
        let document = thing(Kind::Invoice, document);
        let all: Vec<NewWrite> = writes.iter().map(|r| r.write.clone()).collect();
        match &self.books {
            Behind::Memory => {
                for r in writes {
                    self.memory.add(&document, &r.write, &r.hash);
                }
            }
            Behind::Store(store) => {
                let decided = DecidedDoc {
                    retried: false,
                    approved: None,
                    to_release: BTreeSet::new(),
                    approval: crossfoot::model::Fingerprint::of(b""),
                    learned: Default::default(),
                    key: document,
                    version: Fingerprint::of(b"1"),
                    state: DocState::Approved,
                    reason: None,
                    comes_to: None,
                    note: DecisionNote {
                        held: None,
                        contact_told: Default::default(),
                        by_word: None,
                        config: Fingerprint::of(b""),
                        facts: Fingerprint::of(b""),
                        chart: None,
                        source: Fingerprint::of(b""),
                        run: "story".into(),
                        trace: Vec::new(),
                        payments: Vec::new(),
                        balance: None,
                        printed: Vec::new(),
                        warnings: Vec::new(),
                        found: None,
                        items: Vec::new(),
                        estimate: false,
                        drafts: Vec::new(),
                    },
                    facts: "{}".into(),
                    writes: all.clone(),
                    release: true,
                };
                let done = store.decided(lease, &[decided], at(0)).await;
                done.expect("the decision is stored");
            }
        }
        self.keys.extend(all);
    }

    /// A newer decision wants nothing of a document any more.
    async fn withdraw(&mut self, lease: &Lease, document: &str) {
        match &self.books {
            Behind::Memory => {
                let of = |k: &NewWrite| k.kind != Kind::Contact;
                for w in self.keys.iter().filter(|k| of(k)) {
                    self.memory.supersede(&w.key);
                }
            }
            Behind::Store(_) => self.add(lease, document, &[]).await,
        }
    }

    async fn ready(&mut self, t: i64, limit: usize) -> Vec<WriteRow> {
        let rows = self.journal.ready(&tenant(), None, at(t), limit).await;
        let rows = rows.expect("the journal answers");
        for r in &rows {
            self.say(format!("ready at {t}: {}", row(r)));
        }
        self.say(format!("{} ready at {t}", rows.len()));
        rows
    }

    async fn intend(&mut self, lease: &Lease, rows: &[WriteRow], key: &str, t: i64) -> Option<i64> {
        let body: Vec<&str> = rows.iter().map(|r| r.key.as_str()).collect();
        let encoded = Encoded {
            kind: rows.first().map_or(Kind::Invoice, |r| r.kind),
            update: false,
            path: "/p?a=b".into(),
            method: "PUT".into(),
            body: body.join("\n"),
            markers: rows.iter().map(|r| r.marker.clone()).collect(),
            headers: Vec::new(),
        };
        let done = self.journal.intend(lease, rows, &encoded, key, at(t)).await;
        let id = self.done("intend", done);
        self.say(format!("request {id:?}"));
        id
    }

    /// Intends all that is ready.
    async fn send(&mut self, lease: &Lease, t: i64) -> Vec<WriteRow> {
        let rows = self.ready(t, 50).await;
        self.intend(lease, &rows, &format!("KEY{t}"), t).await;
        rows
    }

    async fn settle(&mut self, lease: &Lease, settled: &[(i64, Settle)], t: i64) {
        let settled: Vec<Settled> = settled
            .iter()
            .map(|(write, settle)| Settled {
                write: *write,
                settle: settle.clone(),
            })
            .collect();
        let done = self.journal.settle(lease, &settled, at(t)).await;
        self.done("settle", done);
    }

    async fn again(&mut self, lease: &Lease, batch: i64, t: i64) {
        let done = self.journal.again(lease, batch, at(t)).await;
        self.done("again", done);
    }

    async fn show(&mut self) {
        for w in self.keys.clone() {
            let (found, link) = match &self.books {
                Behind::Memory => self.memory.read(|m| {
                    let kept = m.rows.iter().find(|k| k.row.key == w.key);
                    let link = m.links.get(&w.of);
                    (
                        kept.map(|k| k.row.clone()),
                        link.map(|l| (l.target_id.clone(), l.version.clone(), l.draft.clone())),
                    )
                }),
                Behind::Store(store) => {
                    let found = store.write(&tenant(), &w.key).await.expect("a row");
                    let link = store.link(&tenant(), &w.of).await;
                    let link = link.expect("an answer");
                    (
                        found,
                        link.map(|l| (l.other.id.0, l.other_version, l.draft)),
                    )
                }
            };
            let found = found.as_ref().map_or("nothing".into(), row);
            self.say(format!("{found}; link {link:?}"));
        }
        let doubtful = self.journal.doubtful(&tenant()).await.expect("an answer");
        let ids: Vec<i64> = doubtful.iter().map(|w| w.id).collect();
        self.say(format!("doubtful {ids:?}"));
    }

    /// A contact, an invoice and a payment, with the contact linked.
    async fn with_contact(&mut self) -> Lease {
        let a = self.lease("a", 0).await;
        let i = invoice(0, 0);
        let p = payment(0, 0, &i.write.key);
        self.add(&a, "I0", &[contact(0), i, p]).await;
        self.send(&a, 1).await;
        self.settle(&a, &[(1, linked("c-1", "", None))], 2).await;
        a
    }

    /// The same with the invoice linked.
    async fn with_invoice(&mut self) -> Lease {
        let a = self.with_contact().await;
        self.send(&a, 3).await;
        self.settle(&a, &[(2, linked("i-1", "v1", Some(10000)))], 4)
            .await;
        a
    }
}

fn linked(id: &str, version: &str, cents: Option<i64>) -> Settle {
    Settle::Linked {
        posted: Posted {
            id: id.into(),
            number: String::new(),
            version: version.into(),
            total: cents.map(|c| rust_decimal::Decimal::new(c, 2)),
            applied: None,
            warnings: Vec::new(),
        },
        adopted: false,
    }
}

fn doubt(not_before: Option<i64>, key_spent: bool) -> Settle {
    Settle::InDoubt {
        not_before: not_before.map(at),
        key_spent,
        why: "no answer".into(),
    }
}

fn anew(not_before: Option<i64>) -> Settle {
    Settle::Again {
        not_before: not_before.map(at),
    }
}

fn reason() -> Reason {
    Reason::new(Code::of_table("story.no"), "no", "tell another")
}

fn change(n: usize) -> Ready {
    let mut change = update(0, n);
    change.write.needs.update_id = "i-1".into();
    change.write.needs.update_version = "v1".into();
    change.hash = change.write.hash();
    change
}

/// Every case, with what its record must hold.
const CASES: [(&str, &str); 28] = [
    (
        "a lease is renewed under its fence",
        "a at 100: fence Some(1)",
    ),
    ("a held flow is not given away", "b at 100: fence None"),
    (
        "a lease that ran out is given under a new fence",
        "b at 120: fence Some(2)",
    ),
    (
        "a lease given back is free at once",
        "b at 3: fence Some(2)",
    ),
    ("an old lease cannot be given back", "c at 130: fence None"),
    (
        "a lease from before the clock went back is free",
        "b at -1000: fence Some(2)",
    ),
    ("a lost lease cannot intend", "intend: lease lost to b"),
    ("a lost lease cannot send again", "again: lease lost to b"),
    ("a lost lease cannot settle", "settle: lease lost to b"),
    ("what waits for a contact is not ready", "1 ready at 1"),
    (
        "a linked contact releases its invoices, with its id",
        "contact \"c-1\"",
    ),
    (
        "one request holds one kind and no more than its limit",
        "2 ready at 3",
    ),
    ("a change goes alone", "I0 ready attempt 1"),
    ("a change waits for the one before it", "0 ready at 7"),
    (
        "a payment waits for the changes of its document",
        "1 ready at 11",
    ),
    (
        "what is wanted no more does not go again",
        "superseded attempt 2 batch None first - last -",
    ),
    (
        "what is wanted no more and was refused is at its end",
        "superseded attempt 1",
    ),
    ("what must wait is not ready", "0 ready at 59"),
    ("an intent holds the very bytes", "\"KEY1\""),
    (
        "what is sent cannot be intended again",
        "intend: illegal move",
    ),
    ("sending again touches what is in doubt alone", "last 90"),
    ("a spent key stays spent", "spent true"),
    ("a send that is yet to come is counted from now", "last 10 "),
    (
        "beginning anew forgets the request",
        "attempt 2 batch None first - last -",
    ),
    ("a refusal ends a doubt", "refused attempt 1"),
    (
        "linked is for ever, and a transaction is whole",
        "settle: illegal move",
    ),
    (
        "a clock that goes back by more than five seconds is seen",
        "at 94 went back true",
    ),
    ("a look-up is not an end", "settle: illegal move"),
];

async fn play(case: &str, d: &mut Desk) {
    match case {
        "a lease is renewed under its fence" => {
            d.lease("a", 0).await;
            d.lease("a", 100).await;
            d.lease("a", 500).await;
        }
        "a held flow is not given away" => {
            d.lease("a", 0).await;
            d.lease("b", 100).await;
            d.lease("a", 110).await;
        }
        "a lease that ran out is given under a new fence" => {
            d.lease("a", 0).await;
            d.lease("b", 119).await;
            d.lease("b", 120).await;
            d.lease("a", 130).await;
        }
        "a lease given back is free at once" => {
            let a = d.lease("a", 0).await;
            let done = d.journal.give_back(&a).await;
            d.done("give back", done);
            d.lease("b", 3).await;
        }
        "an old lease cannot be given back" => {
            let a = d.lease("a", 0).await;
            d.lease("b", 121).await;
            let done = d.journal.give_back(&a).await;
            d.done("give back", done);
            d.lease("c", 130).await;
        }
        "a lease from before the clock went back is free" => {
            d.lease("a", 0).await;
            d.lease("b", -100).await;
            d.lease("b", -1_000).await;
        }
        "a lost lease cannot intend" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.lease("b", 121).await;
            d.send(&a, 122).await;
            d.show().await;
        }
        "a lost lease cannot send again" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.send(&a, 1).await;
            d.lease("b", 121).await;
            d.again(&a, 1, 122).await;
            d.show().await;
        }
        "a lost lease cannot settle" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.send(&a, 1).await;
            d.lease("b", 121).await;
            d.settle(&a, &[(1, linked("c-1", "", None))], 122).await;
            d.show().await;
        }
        "what waits for a contact is not ready" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0), invoice(0, 0)]).await;
            d.ready(1, 50).await;
        }
        "a linked contact releases its invoices, with its id" => {
            d.with_contact().await;
            d.ready(3, 50).await;
            d.show().await;
        }
        "one request holds one kind and no more than its limit" => {
            let a = d.with_contact().await;
            d.add(&a, "I1", &[contact(1), invoice(1, 0)]).await;
            d.add(&a, "I2", &[invoice(2, 0)]).await;
            d.ready(3, 50).await;
            d.send(&a, 3).await;
            d.ready(3, 2).await;
        }
        "a change goes alone" => {
            let a = d.with_invoice().await;
            d.add(&a, "I1", &[change(1)]).await;
            d.add(&a, "I2", &[contact(1)]).await;
            d.send(&a, 5).await;
            d.ready(6, 50).await;
        }
        "a change waits for the one before it" => {
            let a = d.with_invoice().await;
            d.send(&a, 4).await;
            d.add(&a, "X1", &[change(1)]).await;
            d.add(&a, "X2", &[change(2)]).await;
            d.send(&a, 5).await;
            d.settle(&a, &[(4, doubt(None, false))], 6).await;
            d.ready(7, 50).await;
            d.settle(&a, &[(4, anew(Some(60)))], 8).await;
            d.ready(9, 50).await;
            d.ready(60, 50).await;
        }
        "a payment waits for the changes of its document" => {
            let a = d.with_invoice().await;
            d.add(&a, "I1", &[change(1)]).await;
            d.send(&a, 5).await;
            d.ready(6, 50).await;
            d.settle(&a, &[(4, doubt(None, false))], 7).await;
            d.ready(8, 50).await;
            d.settle(&a, &[(4, anew(Some(11)))], 9).await;
            d.ready(10, 50).await;
            d.send(&a, 11).await;
            d.settle(&a, &[(4, linked("i-1", "v2", Some(11000)))], 12)
                .await;
            d.ready(13, 50).await;
        }
        "what is wanted no more does not go again" => {
            let a = d.with_invoice().await;
            d.send(&a, 5).await;
            d.settle(&a, &[(3, doubt(None, false))], 6).await;
            d.withdraw(&a, "I0").await;
            d.show().await;
            d.settle(&a, &[(3, anew(None))], 7).await;
            d.show().await;
            d.ready(8, 50).await;
        }
        "what is wanted no more and was refused is at its end" => {
            let a = d.with_invoice().await;
            d.send(&a, 5).await;
            d.settle(&a, &[(3, doubt(None, false))], 6).await;
            d.withdraw(&a, "I0").await;
            d.settle(&a, &[(3, Settle::Refused(reason()))], 7).await;
            d.show().await;
        }
        "what must wait is not ready" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.send(&a, 1).await;
            d.settle(&a, &[(1, anew(Some(60)))], 2).await;
            d.ready(59, 50).await;
            d.ready(60, 50).await;
        }
        "an intent holds the very bytes" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0), contact(1)]).await;
            d.send(&a, 1).await;
            let stored = d.journal.batch(&tenant(), 1).await.expect("an answer");
            d.say(format!("{stored:?}"));
            let other = d.journal.batch(&tenant(), 2).await.expect("an answer");
            d.say(format!("{other:?}"));
            d.show().await;
        }
        "what is sent cannot be intended again" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0), contact(1)]).await;
            let rows = d.ready(1, 50).await;
            d.intend(&a, &rows[1..], "K1", 1).await;
            // The first could go, the second could not: neither goes.
            d.intend(&a, &rows, "K2", 2).await;
            let none = d.journal.batch(&tenant(), 2).await.expect("an answer");
            d.say(format!("{none:?}"));
            d.show().await;
        }
        "sending again touches what is in doubt alone" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0), contact(1), contact(2)]).await;
            d.send(&a, 1).await;
            let settled = [(1, linked("c-1", "", None)), (2, doubt(Some(50), false))];
            d.settle(&a, &settled, 2).await;
            d.again(&a, 1, 90).await;
            d.show().await;
        }
        "a spent key stays spent" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.send(&a, 1).await;
            d.settle(&a, &[(1, doubt(None, true))], 2).await;
            d.settle(&a, &[(1, doubt(Some(9), false))], 3).await;
            d.show().await;
        }
        "a send that is yet to come is counted from now" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.send(&a, 100).await;
            d.settle(&a, &[(1, doubt(None, true))], 10).await;
            d.settle(&a, &[(1, doubt(None, true))], 500).await;
            d.show().await;
        }
        "beginning anew forgets the request" => {
            let a = d.with_invoice().await;
            d.send(&a, 5).await;
            d.settle(&a, &[(3, doubt(Some(9), true))], 6).await;
            d.settle(&a, &[(3, anew(None))], 7).await;
            d.show().await;
            d.ready(8, 50).await;
        }
        "a refusal ends a doubt" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0), contact(1)]).await;
            d.send(&a, 1).await;
            d.settle(&a, &[(1, doubt(None, false))], 2).await;
            let ends = [(1, Settle::Refused(reason())), (2, Settle::Held(reason()))];
            d.settle(&a, &ends, 3).await;
            d.show().await;
        }
        "linked is for ever, and a transaction is whole" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0), contact(1)]).await;
            d.send(&a, 1).await;
            d.settle(&a, &[(1, linked("c-1", "", None))], 2).await;
            let both = [(2, linked("c-2", "", None)), (1, anew(None))];
            d.settle(&a, &both, 3).await;
            d.show().await;
            d.settle(&a, &[(1, Settle::Held(reason()))], 3).await;
            d.settle(&a, &[(1, doubt(None, false))], 3).await;
            d.show().await;
        }
        "a clock that goes back by more than five seconds is seen" => {
            d.lease("a", 100).await;
            for t in [94, 95, 96, 200] {
                let back = d.journal.clock_went_back(at(t)).await.expect("an answer");
                d.say(format!("at {t} went back {back}"));
            }
        }
        "a look-up is not an end" => {
            let a = d.lease("a", 0).await;
            d.add(&a, "I0", &[contact(0)]).await;
            d.send(&a, 1).await;
            let refusal = crossfoot::connectors::Refusal {
                class: crossfoot::connectors::RefusalClass::Duplicate,
                code: Code::of_table("story.taken"),
                what: "taken".into(),
                fix: "look".into(),
            };
            d.settle(&a, &[(1, Settle::LookUp(refusal))], 2).await;
            d.show().await;
        }
        other => panic!("no such case: {other}"),
    }
}

#[tokio::test]
async fn the_store_and_the_journal_in_memory_tell_the_same_story() {
    let folder = tempfile::tempdir().expect("a folder");
    for (n, (case, must)) in CASES.into_iter().enumerate() {
        let mut memory = Desk::memory();
        play(case, &mut memory).await;
        // Most in memory, some in a file: the file differs in its locks and its log alone.
        let store = if n % 5 == 0 {
            let path = folder.path().join(format!("{n}.db"));
            Store::open(&path, OpenAs::Worker).await
        } else {
            Store::memory().await
        };
        let mut sqlite = Desk::store(store.expect("a store"));
        play(case, &mut sqlite).await;
        assert_eq!(memory.said, sqlite.said, "{case}");
        let told = sqlite.said.join("\n");
        assert!(told.contains(must), "{case}: {must:?} is not in\n{told}");
    }
}
