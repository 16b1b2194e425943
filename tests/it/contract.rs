//! The contract: what a system's facts claim, its reader and writer can do, and nothing more.
//!
//! Flows in: a system in a world of its own ([`Ledger`], [`Source`]). Flows out: nothing, or a failed assertion that names
//! the system. A connector that is new, in the library or in a test, runs these with its own world.

use crate::connectors_xero::{contact, d, day, invoice, line, marker, payment};
use async_trait::async_trait;
use chrono::{DateTime, Duration};
use crossfoot::connectors::send::LEAVE_S;
use crossfoot::connectors::{
    Ask, CallError, Cursor, Outcome, Page, Posted, Reads, RefusalClass, Session, System, UpdateOf,
    Write,
};
use crossfoot::model::{
    AccountRef, AskKind, Charset, Document, Draft, Kind, LinesBy, Numbers, Op, Promise, ReadFacts,
    Record, Standing, Start, WriteFacts,
};

/// A ledger in a world of its own: empty books with accounts, tax rates and items.
#[async_trait(?Send)]
pub trait Ledger {
    /// The ledger.
    fn system(&self) -> &dyn System;
    /// A session on its books.
    fn session(&self) -> Session;
    /// The account that payments go to, by the ledger's id.
    async fn bank(&self) -> String;
    /// Makes a write one of this ledger's: its items, its tax codes, its words for a status.
    fn fit(&self, _: &mut Write) {}
    /// An id as this ledger's look, of nothing that is there.
    fn an_id(&self) -> &'static str {
        "5b96e86b-418e-48e8-8949-308c14aec278"
    }
    /// Lets so much time go by that calls may go again.
    fn rest(&self) {}
    /// Puts something of another type with this number into the books. Answers whether the ledger has such things.
    async fn other_type(&self, _number: &str) -> bool {
        false
    }
}

/// A source in a world of its own.
pub trait Source {
    /// The source.
    fn system(&self) -> &dyn System;
    /// A session on it.
    fn session(&self) -> Session;
    /// How many invoices it holds.
    fn invoices(&self) -> usize;
}

/// One of every question about a kind.
fn asked(kind: Kind, asks: AskKind) -> Option<Ask> {
    let some = || vec!["1".to_owned()];
    Some(match asks {
        AskKind::Changed => changed(kind, None),
        AskKind::Typed => Ask::Typed {
            kind,
            text: "1".to_owned(),
        },
        AskKind::Ids => Ask::Ids { kind, ids: some() },
        AskKind::Numbers => Ask::Numbers {
            kind,
            numbers: some(),
        },
        AskKind::Marks => Ask::Marks {
            kind,
            marks: vec![marker(1)],
            since: None,
        },
        AskKind::Made => Ask::Made {
            kind,
            since: Some(DateTime::UNIX_EPOCH),
            ids: Vec::new(),
        },
        AskKind::Gone => Ask::Gone { kind, ids: some() },
        AskKind::Names if kind == Kind::Contact => Ask::Names { names: some() },
        AskKind::ContactNumbers if kind == Kind::Contact => Ask::ContactNumbers { numbers: some() },
        AskKind::Names | AskKind::ContactNumbers => return None,
        AskKind::Period => Ask::Period {
            kind,
            from: day("2026-07-01"),
            to: day("2026-07-31"),
            cursor: None,
        },
    })
}

/// What changed of a kind.
pub fn changed(kind: Kind, cursor: Option<Cursor>) -> Ask {
    Ask::Changed {
        kind,
        cursor,
        since: None,
        start: Start::Beginning,
    }
}

/// The facts and the halves agree, and a question that is not claimed is refused without a call.
pub async fn claims(system: &dyn System, session: &Session) {
    let facts = system.facts();
    let name = &facts.system;
    assert_eq!(facts.reads.is_some(), system.reader().is_some(), "{name}");
    assert_eq!(facts.writes.is_some(), system.writer().is_some(), "{name}");
    if let Some((reads, reader)) = facts.reads.as_ref().zip(system.reader()) {
        half(name, (reads, reader), session).await;
    }
    if let Some((reads, ledger)) = facts.ledger.as_ref().zip(system.ledger()) {
        half(name, (reads, ledger), session).await;
    }
    if let Some(writes) = &facts.writes {
        promises(writes);
        assert!(
            facts.as_ledger().unwrap().chart,
            "{name}: a ledger has a chart"
        );
        for kind in [Kind::Contact, Kind::Invoice, Kind::CreditNote] {
            if writes.does(kind, Op::Create) {
                finds_again(system, kind);
            }
        }
    }
}

async fn half(name: &str, (reads, reader): (&ReadFacts, &dyn Reads), session: &Session) {
    for kind in Kind::ALL {
        for asks in AskKind::ALL {
            let Some(ask) = asked(kind, asks) else {
                continue;
            };
            let answer = reader.read(session, &ask).await;
            let claimed = reads.answers(kind, asks);
            let refused = matches!(answer, Err(CallError::Broken { .. }));
            assert_eq!(claimed, !refused, "{name}: {ask:?}: {answer:?}");
        }
    }
    assert_eq!(reader.chart(session).await.is_ok(), reads.chart, "{name}");
}

/// What was made can be found again: by our number where we number it, by our mark where the ledger does.
fn finds_again(system: &dyn System, kind: Kind) {
    let facts = system.facts();
    let (reads, writes) = (facts.as_ledger().unwrap(), facts.writes.as_ref().unwrap());
    let found = match kind {
        Kind::Contact if writes.lengths.contact_number > 0 => AskKind::ContactNumbers,
        Kind::Contact => AskKind::Marks,
        _ if writes.numbers_ours(kind) => AskKind::Numbers,
        _ => AskKind::Marks,
    };
    assert!(
        reads.answers(kind, found) && reads.answers(kind, AskKind::Ids),
        "{}: a {kind} that was sent cannot be found again",
        facts.system
    );
}

/// The windows of a promise leave room for what may still be under way.
fn promises(writes: &WriteFacts) {
    const FLIGHT_S: i64 = 130;
    if let Promise::Keyed {
        life_s, resend_s, ..
    } = writes.promise
    {
        assert!(life_s >= resend_s + FLIGHT_S + LEAVE_S);
        assert!(writes.quarantine_s > life_s);
    } else {
        assert!(writes.quarantine_s > FLIGHT_S + LEAVE_S);
        assert!(writes.looks >= 2 && writes.looks_apart_s >= 60);
    }
    assert!(writes.promise.key_chars() >= 20 && writes.lengths.mark >= 20);
}

/// The writes of one small story, each fitted to the ledger.
struct Story<'a> {
    of: &'a dyn Ledger,
    session: Session,
    bank: String,
    contact: String,
    requests: usize,
}

impl<'a> Story<'a> {
    async fn begin(of: &'a dyn Ledger) -> Self {
        let mut story = Self {
            of,
            session: of.session(),
            bank: of.bank().await,
            contact: String::new(),
            requests: 0,
        };
        let made = story.made(&contact(1, "Harriet Quill"), "a contact").await;
        story.contact = made.id;
        story
    }

    fn facts(&self) -> &WriteFacts {
        self.of.system().facts().writes.as_ref().unwrap()
    }

    fn fitted(&self, write: &Write) -> Write {
        let mut write = write.clone();
        self.of.fit(&mut write);
        write
    }

    fn key(&mut self) -> String {
        self.requests += 1;
        let key = format!("contractkey{:0>40}", self.requests);
        key.chars()
            .rev()
            .take(self.facts().promise.key_chars())
            .collect()
    }

    async fn sent(&mut self, write: &Write) -> Outcome {
        let (writer, key) = (self.of.system().writer().unwrap(), self.key());
        let encoded = writer.encode(&[self.fitted(write)]).unwrap();
        let again = writer.encode(&[self.fitted(write)]).unwrap();
        assert_eq!(encoded, again, "encoding is pure");
        let first = writer.post(&self.session, &encoded, &key).await.unwrap();
        assert_eq!(first.len(), 1);
        if self.facts().promise.is_kept() {
            let second = writer.post(&self.session, &encoded, &key).await.unwrap();
            assert_eq!(first, second, "posted twice under one key");
        }
        first.into_iter().next().unwrap()
    }

    async fn made(&mut self, write: &Write, what: &str) -> Posted {
        match self.sent(write).await {
            Outcome::Made(posted) => posted,
            Outcome::Refused(why) => panic!("{what}: {why:?}"),
        }
    }

    async fn read(&self, ask: &Ask) -> Page {
        let reader = self.of.system().ledger().unwrap();
        reader.read(&self.session, ask).await.unwrap()
    }

    fn answers(&self, kind: Kind, asks: AskKind) -> bool {
        let reads = self.of.system().facts().as_ledger();
        reads.unwrap().answers(kind, asks)
    }

    async fn one(&self, kind: Kind, id: &str) -> Record {
        let page = self.read(&Ask::id(kind, id)).await;
        assert_eq!(page.records.len(), 1, "{kind} {id}");
        page.records.into_iter().next().unwrap()
    }

    /// Every claimed question about a thing finds it once, and its raw text reads the same again.
    async fn found(&self, kind: Kind, posted: &Posted, mark: &str) {
        self.of.rest();
        let mut asks = vec![Ask::id(kind, &posted.id)];
        if self.answers(kind, AskKind::Numbers) {
            asks.push(Ask::Numbers {
                kind,
                numbers: vec![posted.number.clone(), "NOBODYS".to_owned()],
            });
        }
        if self.answers(kind, AskKind::Marks) {
            asks.push(Ask::Marks {
                kind,
                marks: vec![mark.to_owned(), marker(999)],
                since: Some(self.session.clock.now() - Duration::minutes(10)),
            });
        }
        if self.answers(kind, AskKind::Made) {
            let since = Some(self.session.clock.now() - Duration::minutes(10));
            let ids = vec![posted.id.clone()];
            asks.push(Ask::Made {
                kind,
                since,
                ids: Vec::new(),
            });
            asks.push(Ask::Made {
                kind,
                since: None,
                ids,
            });
        }
        if self.answers(kind, AskKind::Period) {
            asks.extend(asked(kind, AskKind::Period));
        }
        if self.answers(kind, AskKind::Changed) {
            asks.push(changed(kind, None));
        }
        let reader = self.of.system().ledger().unwrap();
        for ask in asks {
            let page = self.read(&ask).await;
            assert!(page.bad.is_empty(), "{ask:?}: {:?}", page.bad);
            let mine: Vec<&Record> = page
                .records
                .iter()
                .filter(|r| r.id.0 == posted.id)
                .collect();
            assert_eq!(mine.len(), 1, "{ask:?}: {:?}", page.records);
            assert_eq!(mine[0].kind, kind, "{ask:?}");
            if kind != Kind::Contact || self.facts().lengths.contact_number == 0 {
                assert_eq!(mine[0].mark.as_deref(), Some(mark), "{ask:?}");
            }
            let again = reader.read_again(&self.session.settings, &mine[0].raw);
            assert_eq!(again.as_ref(), Ok(&mine[0].document), "{ask:?}");
            if matches!(ask.asks(), AskKind::Numbers | AskKind::Marks) {
                assert_eq!(page.records.len(), 1, "{ask:?}: nothing else was asked for");
            }
        }
    }
}

/// Everything that a ledger claims. `world` makes fresh books each time it is called.
pub async fn ledger(of: &dyn Ledger) {
    claims(of.system(), &of.session()).await;
    refuses(of).await;
    let mut story = Story::begin(of).await;
    papers(&mut story).await;
    contacts(&mut story).await;
    overpaid(&mut story).await;
    offers(&mut story).await;
}

/// Money beyond what is owed is a credit of the contact, found by its mark like any paper.
async fn overpaid(story: &mut Story<'_>) {
    if !story.facts().does(Kind::Overpayment, Op::Create) {
        return;
    }
    let chart = story.of.system().ledger().unwrap();
    let chart = chart.chart(&story.session).await.unwrap();
    let on = story.facts().overpaid_on.clone();
    let on = chart
        .accounts
        .iter()
        .find(|a| on.as_ref() == Some(&a.system));
    let mut credit = line("Overpayment", "1", "12.5");
    credit.account = on.unwrap().code.clone();
    credit.tax = String::new();
    let mut write = invoice(70, &story.contact.clone(), "", vec![credit]);
    if let Draft::Invoice(d) = &mut write.draft {
        (d.kind, d.due) = (Kind::Overpayment, None);
        d.paid_from = Some(AccountRef::Id(story.bank.clone()));
    }
    let posted = story.made(&write, "an overpayment").await;
    assert_eq!(posted.total, Some(d("12.5")));
    story.found(Kind::Overpayment, &posted, &marker(70)).await;
}

/// A quote or an order, which owes nothing: its lines are those of a purchase where it is one.
fn offered(n: usize, contact: &str, kind: Kind) -> Write {
    let mut of = line("Rope", "3", "12.5");
    if kind == Kind::PurchaseOrder {
        (of.account, of.tax) = ("310".to_owned(), "INPUT".to_owned());
    }
    let mut write = invoice(n, contact, &format!("O-{n}"), vec![of]);
    if let Draft::Invoice(d) = &mut write.draft {
        (d.kind, d.status) = (kind, "DRAFT".to_owned());
    }
    write
}

/// Quotes and orders are made, found by all that is claimed, and changed; and a number of theirs is none of an invoice's.
async fn offers(story: &mut Story<'_>) {
    for (n, kind) in [(80, Kind::Estimate), (81, Kind::PurchaseOrder)] {
        if !story.facts().does(kind, Op::Create) {
            continue;
        }
        let write = offered(n, &story.contact.clone(), kind);
        let posted = story.made(&write, kind.name()).await;
        assert_eq!(posted.total, Some(d("41.25")), "{kind}");
        story.found(kind, &posted, &marker(n)).await;
        let Document::Paper(paper) = story.one(kind, &posted.id).await.document else {
            panic!("a {kind} is a paper");
        };
        assert!(paper.editable && !paper.payable, "{paper:?}");
        assert_eq!((paper.amount_due, paper.kind), (paper.total, kind));
        let asked = Ask::Numbers {
            kind: Kind::Invoice,
            numbers: vec![posted.number.clone()],
        };
        let page = story.read(&asked).await;
        assert!(page.records.is_empty(), "{kind}: {:?}", page.records);
        let mut change = write.clone();
        change.update = Some(UpdateOf {
            id: posted.id.clone(),
            version: posted.version.clone(),
            line_ids: paper.line_ids(),
            status: paper.status.clone(),
            same: vec![],
            only: None,
        });
        if let Draft::Invoice(d) = &mut change.draft {
            d.lines[0].quantity = 4.into();
        }
        let changed = story.made(&change, "a change").await;
        assert_eq!(
            (changed.id, changed.total),
            (posted.id, Some(d("55"))),
            "{kind}"
        );
    }
}

/// What is not claimed, the pure half refuses.
async fn refuses(of: &dyn Ledger) {
    let system = of.system();
    let (facts, writer) = (system.facts(), system.writer().unwrap());
    let writes = facts.writes.as_ref().unwrap();
    let bank = of.bank().await;
    let id = of.an_id();
    let fitted = |write: Write| {
        let mut write = write;
        of.fit(&mut write);
        write
    };
    let of_kind = |kind: Kind, n: usize| match kind {
        Kind::Contact => Some(fitted(contact(n, &format!("Name {n}")))),
        Kind::Invoice => Some(fitted(invoice(
            n,
            id,
            &n.to_string(),
            vec![line("x", "1", "10")],
        ))),
        Kind::CreditNote => Some(fitted(note(n, id, &bank, writes))),
        Kind::Payment => Some(fitted(Write {
            contact_id: id.to_owned(),
            ..payment(n, id, "10", &bank)
        })),
        Kind::Overpayment => {
            let mut one = invoice(n, id, "", vec![line("x", "1", "10")]);
            if let Draft::Invoice(d) = &mut one.draft {
                d.kind = kind;
                d.paid_from = Some(AccountRef::Id(bank.clone()));
            }
            Some(one)
        }
        Kind::Estimate | Kind::PurchaseOrder => Some(fitted(offered(n, id, kind))),
        Kind::Item => None,
    };
    for kind in Kind::ALL {
        let Some(one) = of_kind(kind, 1) else {
            continue;
        };
        let said = writer.encode(std::slice::from_ref(&one));
        assert_eq!(
            said.is_ok(),
            writes.does(kind, Op::Create),
            "{kind}: {said:?}"
        );
        let update = |version: &str| Write {
            update: Some(UpdateOf {
                id: id.to_owned(),
                version: version.to_owned(),
                line_ids: vec![],
                status: String::new(),
                same: vec![],
                only: None,
            }),
            ..one.clone()
        };
        let said = writer.encode(&[update("7")]);
        assert_eq!(
            said.is_ok(),
            writes.does(kind, Op::Change),
            "{kind}: {said:?}"
        );
        let Some(can) = writes.can(kind) else {
            continue;
        };
        let many = |n: usize| -> Vec<Write> { (1..=n).filter_map(|n| of_kind(kind, n)).collect() };
        assert!(writer.encode(&many(can.batch)).is_ok(), "{kind}");
        assert!(writer.encode(&many(can.batch + 1)).is_err(), "{kind}");
        assert!(
            writer.encode(&[update("7"), one.clone()]).is_err(),
            "{kind}"
        );
        if can.versioned {
            assert!(
                writer.encode(&[update("")]).is_err(),
                "{kind}: without its version"
            );
        }
        let numbered = |number: String| {
            let mut write = one.clone();
            if let Draft::Invoice(draft) = &mut write.draft {
                draft.number = number;
            }
            writer.encode(&[write])
        };
        if let (Numbers::Ours { longest, charset }, Kind::Invoice | Kind::CreditNote) =
            (&can.numbers, kind)
        {
            assert!(numbered("7".repeat(*longest)).is_ok(), "{kind}");
            assert!(numbered("7".repeat(longest + 1)).is_err(), "{kind}");
            assert_eq!(
                numbered("é".to_owned()).is_ok(),
                *charset == Charset::Printable
            );
        }
    }
    let mixed = [of_kind(Kind::Contact, 1), of_kind(Kind::Invoice, 2)];
    let mixed: Vec<Write> = mixed.into_iter().flatten().collect();
    assert!(writer.encode(&mixed).is_err(), "one request holds one kind");
    assert!(writer.encode(&[]).is_err());
}

/// A credit note, paid out by being made where the ledger wants it so.
fn note(n: usize, contact: &str, bank: &str, writes: &WriteFacts) -> Write {
    let mut write = invoice(n, contact, &format!("CN-{n}"), vec![line("x", "1", "10")]);
    if let Draft::Invoice(draft) = &mut write.draft {
        draft.kind = Kind::CreditNote;
        draft.due = None;
        if writes.refunds_by.is_one_paper() {
            draft.paid_from = Some(AccountRef::Id(bank.to_owned()));
        }
    }
    write
}

async fn papers(story: &mut Story<'_>) {
    let contact_id = story.contact.clone();
    let other = story.of.other_type("77001").await;
    let lines = vec![line("x", "2", "10.005"), line("y", "1", "7")];
    let write = invoice(2, &contact_id, "77001", lines);
    let posted = story.made(&write, "an invoice").await;
    if story.facts().numbers_ours(Kind::Invoice) {
        assert_eq!(posted.number, "77001");
    }
    story.found(Kind::Invoice, &posted, &marker(2)).await;
    if other && story.answers(Kind::Invoice, AskKind::Numbers) {
        let numbers = vec!["77001".to_owned()];
        let ask = Ask::Numbers {
            kind: Kind::Invoice,
            numbers,
        };
        assert_eq!(
            story.read(&ask).await.records.len(),
            1,
            "a number within its type"
        );
    }
    let record = story.one(Kind::Invoice, &posted.id).await;
    assert_eq!(record.standing, Standing::Open);
    assert!(record.may.pay && record.revision == posted.version);
    let paper = Page {
        records: vec![record],
        ..Page::default()
    }
    .papers()
    .remove(0);
    let fitted = story.fitted(&write);
    let Draft::Invoice(meant) = &fitted.draft else {
        panic!()
    };
    assert_eq!((paper.date, paper.due), (Some(meant.date), meant.due));
    assert_eq!(
        (paper.currency.as_str(), &paper.contact_id),
        ("AUD", &contact_id)
    );
    assert_eq!(Some(paper.total), posted.total);
    assert_eq!(paper.lines.len(), 2);
    let by_account = story.facts().lines_by == LinesBy::Account;
    assert!(
        paper
            .lines
            .iter()
            .all(|l| by_account != l.account.is_empty() || !l.item.is_empty())
    );

    if story.facts().does(Kind::Payment, Op::Create) {
        let bank = story.bank.clone();
        let part = Write {
            contact_id: contact_id.clone(),
            ..payment(3, &posted.id, "1.00", &bank)
        };
        let paid = story.made(&part, "a payment").await;
        if story.answers(Kind::Payment, AskKind::Ids) {
            story.found(Kind::Payment, &paid, &marker(3)).await;
        }
        let record = story.one(Kind::Invoice, &posted.id).await;
        assert_eq!(record.standing, Standing::PartPaid);
        let rest = (paper.total - d("1.00")).to_string();
        let rest = Write {
            contact_id: contact_id.clone(),
            ..payment(4, &posted.id, &rest, &bank)
        };
        story.made(&rest, "the rest").await;
        let record = story.one(Kind::Invoice, &posted.id).await;
        assert_eq!(
            (record.standing.clone(), record.may.pay),
            (Standing::Settled, false)
        );
        let paper = Page {
            records: vec![record],
            ..Page::default()
        }
        .papers()
        .remove(0);
        let mut marks: Vec<_> = paper
            .payments
            .iter()
            .filter_map(|p| p.mark.clone())
            .collect();
        marks.sort();
        assert_eq!(marks, [marker(3), marker(4)]);
    }
    if story.facts().does(Kind::CreditNote, Op::Create) {
        let write = note(5, &contact_id, &story.bank, story.facts());
        let posted = story.made(&write, "a credit note").await;
        story.found(Kind::CreditNote, &posted, &marker(5)).await;
        let settled = story.one(Kind::CreditNote, &posted.id).await.standing == Standing::Settled;
        assert_eq!(settled, story.facts().refunds_by.is_one_paper());
    }
}

/// A contact is found by its number or its mark, and changed on the version it has, where the ledger asks for that.
async fn contacts(story: &mut Story<'_>) {
    let id = story.contact.clone();
    let posted = Posted {
        id: id.clone(),
        number: String::new(),
        version: String::new(),
        total: None,
        applied: None,
        warnings: vec![],
    };
    if story.facts().lengths.contact_number > 0 {
        let numbers = vec!["keap-1".to_owned()];
        let found = story.read(&Ask::ContactNumbers { numbers }).await;
        assert_eq!(found.records.len(), 1);
        assert_eq!(found.records[0].id.0, id);
    }
    story.found(Kind::Contact, &posted, &marker(1)).await;
    if !story.facts().does(Kind::Contact, Op::Change) {
        return;
    }
    let versioned = story
        .facts()
        .can(Kind::Contact)
        .is_some_and(|c| c.versioned);
    let before = story.one(Kind::Contact, &id).await.revision;
    let change = |name: &str, version: &str| Write {
        update: Some(UpdateOf {
            id: id.clone(),
            version: version.to_owned(),
            line_ids: vec![],
            status: String::new(),
            same: vec![],
            only: None,
        }),
        ..contact(1, name)
    };
    story
        .made(&change("Harriet Quill-Marsh", &before), "a change")
        .await;
    let after = story.one(Kind::Contact, &id).await;
    let found = Page {
        records: vec![after],
        ..Page::default()
    }
    .contacts();
    assert_eq!(found[0].name, "Harriet Quill-Marsh");
    if versioned {
        assert_ne!(found[0].version, before);
        match story.sent(&change("Harriet Stale", &before)).await {
            Outcome::Refused(why) => assert_eq!(why.class, RefusalClass::Stale),
            Outcome::Made(_) => panic!("a change on an old version was made"),
        }
    }
}

/// Everything that a source claims.
pub async fn source(of: &dyn Source) {
    let (system, session) = (of.system(), of.session());
    let name = &system.facts().system;
    claims(system, &session).await;
    let reader = system.reader().unwrap();
    let mut cursor = None;
    let mut seen = std::collections::BTreeSet::new();
    for n in 0.. {
        assert!(n < 50, "{name}: the pages do not end");
        let ask = changed(Kind::Invoice, cursor);
        let page = reader.read(&session, &ask).await.unwrap();
        for record in &page.records {
            let again = reader.read_again(&session.settings, &record.raw).unwrap();
            assert_eq!(again, record.document, "{name}");
            seen.insert(record.id.0.clone());
        }
        cursor = Some(page.cursor);
        if !page.more {
            break;
        }
    }
    assert_eq!(seen.len(), of.invoices(), "{name}");
}
