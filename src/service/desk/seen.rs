//! What the ledger has that a person may mean: entries on a document, papers of its contact; read now.
//!
//! Flows in: a document, or one payment of it. Flows out: the entries that could be it, with amount, day and account.
//! Nothing is decided here, and nothing is kept.

use super::found::{called, several};
use super::gone::begun_and_gone;
use super::settle_ask::WordAsk;
use crate::connectors::Ask;
use crate::model::cure::quoted;
use crate::model::{
    AskKind, BookId, Drift, DriftKind, Invoice, Key, Kind, LedgerEntry, LedgerInvoice,
    LedgerPayment, Link, Payment, PaymentKind, SourceId, TenantId,
};
use crate::pipeline::gather::linked_contact;
use crate::pipeline::papers::{LookError, PaperShelf, look};
use crate::pipeline::ports::{
    DocRow, Documents as _, Drifts as _, PaperKeys, Papers as _, Records as _, Written as _,
};
use crate::pipeline::reading::SourceSaid;
use crate::service::engine::Engine;
use crate::service::led;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::DateTime;
use rust_decimal::Decimal;

/// A document that a word is about, as everybody knows it now.
pub struct Meant {
    /// Whose.
    pub tenant: TenantId,
    /// Its row.
    pub row: DocRow,
    /// What the source said of it last.
    pub invoice: Invoice,
    /// The book it goes to.
    pub ledger: BookId,
    /// Its link.
    pub link: Option<Link>,
    /// The ledger's copy of it, read now.
    pub paper: Option<LedgerInvoice>,
    /// What was done to it and its payments since it was posted.
    pub drifts: Vec<Drift>,
    /// Payments and refunds that were begun, and that the source no longer has.
    pub gone: Vec<Payment>,
}

/// The document of a number, with the ledger's copy where it has one.
pub async fn meant(
    engine: &Engine,
    loaded: &Loaded,
    (verb, ask): (&str, WordAsk<'_>),
) -> Result<Meant, NotDone> {
    let (store, tenant, number) = (engine.store(), &loaded.mapping.tenant, ask.number);
    let row = match store.document(tenant, number).await? {
        Some(row) => row,
        // A word may be the first that is said of it: it is read now, and decided on with the word.
        None => {
            let read = read_now(engine, loaded, number).await?;
            read.ok_or_else(|| not_read(tenant, number))?
        }
    };
    let command = |name: &str| ask.whole(verb, tenant, name);
    if let Some(ask) = several(engine, tenant, (&row, number), &command).await? {
        return Err(ask);
    }
    let said = engine.reading(loaded)?.newest(store, tenant, &row).await?;
    let invoice = match said {
        SourceSaid::Invoice { invoice, .. } => invoice,
        SourceSaid::Nothing => return Err(not_read(tenant, number)),
        SourceSaid::Unread(why) => return Err(unreadable(number, &why)),
    };
    let link = store.link(tenant, &row.key).await?;
    let paper = match &link {
        Some(link) => by_id(engine, loaded, link.other.kind, &link.other.id.0).await?,
        None => None,
    };
    // What was just read is what a word is about: what was done to it since is seen first.
    if let (Some(link), Some(paper)) = (&link, &paper) {
        let (book, kind) = (&link.other.book, link.other.kind);
        let one = std::slice::from_ref(paper);
        store
            .put_papers(tenant, book, kind, one, engine.now(), None)
            .await?;
    }
    let drifts = store.drifts(tenant, &row.key).await?;
    let writes = store.writes(tenant, &row.key).await?;
    let gone = begun_and_gone(&invoice, &writes);
    let (_, from) = engine.source(loaded)?;
    let (_, to) = engine.target(loaded)?;
    let in_use = led::books(store, tenant, &from, &to).await;
    let ledger = in_use.map_err(NotDone::from)?.ledger;
    Ok(Meant {
        ledger,
        gone,
        drifts: drifts.into_iter().map(|d| d.drift).collect(),
        tenant: tenant.clone(),
        row,
        invoice: *invoice,
        link,
        paper,
    })
}

fn unreadable(number: &str, why: &str) -> NotDone {
    NotDone::wrong(
        format!("what the source said of {number} cannot be read: {why}"),
        "set right what connections.yaml says of the source, or the document there; then sync",
    )
}

fn not_read(tenant: &TenantId, number: &str) -> NotDone {
    NotDone::wrong(
        format!(
            "{} has not been read yet, and the source shows none of that number",
            called(number)
        ),
        format!(
            "give its number as the source shows it; `crossfoot sync {tenant}` reads what is new there"
        ),
    )
}

/// A document that was never read, as the source shows it now: nothing of it is decided by that.
async fn read_now(
    engine: &Engine,
    loaded: &Loaded,
    number: &str,
) -> Result<Option<DocRow>, NotDone> {
    let (source, session) = engine.source(loaded)?;
    let kind = Kind::Invoice;
    if !source.facts.reads.answers(kind, AskKind::Typed) {
        return Ok(None);
    }
    let text = number.to_owned();
    let page = source
        .reads
        .read(&session, &Ask::Typed { kind, text })
        .await?;
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let (_, to) = engine.target(loaded)?;
    let in_use = led::books(store, tenant, &session, &to).await;
    let book = in_use.map_err(NotDone::from)?.source;
    store
        .save_page(tenant, &book, kind, &page, None, engine.now())
        .await?;
    Ok(store.document(tenant, number).await?)
}

/// A paper by the ledger's id.
pub async fn by_id(
    engine: &Engine,
    loaded: &Loaded,
    kind: Kind,
    id: &str,
) -> Result<Option<LedgerInvoice>, NotDone> {
    let (target, session) = engine.target(loaded)?;
    let found = target.reads.read(&session, &Ask::id(kind, id)).await?;
    Ok(found.papers().into_iter().next())
}

impl Meant {
    /// The payment of an id.
    pub fn payment(&self, id: &str) -> Result<&Payment, NotDone> {
        let mut all = self.invoice.payments.iter().chain(&self.gone);
        all.find(|p| p.id == id).ok_or_else(|| {
            let all: Vec<&str> = self
                .invoice
                .payments
                .iter()
                .map(|p| p.id.as_str())
                .collect();
            let has = match all.is_empty() {
                true => "it has none".to_owned(),
                false => format!("its payments are {}", all.join(", ")),
            };
            let (tenant, number) = (&self.tenant, quoted(&self.row.name()));
            NotDone::wrong(
                format!("{} has no payment {id}: {has}", self.row.number),
                format!("`crossfoot explain {tenant} {number}` lists them"),
            )
        })
    }

    /// What was done to the document itself, beyond money that others put to it.
    pub fn drifted(&self) -> bool {
        let own = |d: &Drift| d.of == self.row.key && d.kind != DriftKind::Balance;
        self.drifts.iter().any(own)
    }

    /// What a word on the document, or on one payment of it, is about of what was done to them.
    pub fn signs(&self, of: &Key) -> impl Iterator<Item = String> {
        let whole = *of == self.row.key;
        let about = self.drifts.iter().filter(move |d| whole || d.is_of(of));
        about.map(Drift::sign).collect::<Vec<_>>().into_iter()
    }

    /// What a payment of ours comes to in the ledger, where people gave it another sum there.
    pub fn resummed(&self, payment: &str) -> Option<Decimal> {
        let of = self.key(Kind::Payment, payment);
        let own = |d: &&Drift| d.kind == DriftKind::Total && d.of == of;
        self.drifts.iter().find(own).map(|d| d.is)
    }

    /// A thing of the document's own book.
    pub fn key(&self, kind: Kind, id: &str) -> Key {
        Key::new(&self.row.key.book, kind, &SourceId(id.to_owned()))
    }
}

/// A paper as an entry.
pub fn paper_entry(p: &LedgerInvoice) -> LedgerEntry {
    let account = p
        .lines
        .first()
        .map_or_else(String::new, |l| l.account.clone());
    LedgerEntry {
        id: p.id.clone(),
        number: p.number.clone(),
        date: p.date,
        amount: p.total,
        account,
        contact_id: p.contact_id.clone(),
        currency: p.currency.clone(),
    }
}

/// A payment on a paper as an entry.
pub fn payment_entry(p: &LedgerPayment, on: &LedgerInvoice) -> LedgerEntry {
    LedgerEntry {
        id: p.id.clone(),
        number: p.reference.clone(),
        date: Some(p.date),
        amount: p.amount,
        account: String::new(),
        contact_id: on.contact_id.clone(),
        currency: on.currency.clone(),
    }
}

/// Payments on the document in the ledger that no other payment of ours stands for.
pub async fn payments_on(
    engine: &Engine,
    m: &Meant,
    payment: &str,
) -> Result<Vec<LedgerEntry>, NotDone> {
    let (Some(paper), Some(link)) = (&m.paper, &m.link) else {
        return Ok(Vec::new());
    };
    let own = m.key(Kind::Payment, payment);
    let mut out = Vec::new();
    for there in paper.payments.iter().chain(&paper.pending) {
        let other = Key::new(&link.other.book, Kind::Payment, &SourceId(there.id.clone()));
        let links = engine.store().links_to(&m.tenant, &other).await?;
        // What stands for one that the source no longer has may be this one: people entered it there once more.
        let gone = |l: &Link| {
            let named = m.invoice.payments.iter().any(|p| p.id == l.thing.id.0);
            l.thing.book == own.book && !named && l.upon.as_ref() == Some(&link.other)
        };
        if links.iter().all(|l| l.thing == own || gone(l)) {
            out.push(payment_entry(there, paper));
        }
    }
    Ok(out)
}

/// Papers of a kind that may be this document, or a note for money paid back on it: those of its contact that carry no
/// stamp of ours and stand for nothing of ours, and one under its number.
pub async fn papers_like(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    kind: Kind,
) -> Result<Vec<LedgerInvoice>, NotDone> {
    let (target, session) = engine.target(loaded)?;
    let book = m.ledger.clone();
    let store = engine.store();
    if target.facts.reads.answers(kind, AskKind::Changed) {
        let start = loaded.mapping.sync.start.value.clone();
        let shelf = PaperShelf {
            book: &book,
            kind,
            start: &start,
        };
        (look(store, &target, &session, shelf).await).map_err(|e| match e {
            LookError::Store(e) => NotDone::from(e),
            LookError::Call(e) => NotDone::from(e),
        })?;
    }
    let mut contact = m.paper.as_ref().map_or("", |p| &p.contact_id).to_owned();
    if contact.is_empty() {
        let id = linked_contact(&m.invoice);
        let link = store.link(&m.tenant, &m.key(Kind::Contact, &id.0)).await?;
        contact = link.map(|l| l.other.id.0).unwrap_or_default();
    }
    if contact.is_empty() {
        // Not linked yet: whom the last decision found.
        let note = store.decision(&m.tenant, &m.row.key).await?;
        contact = (note.and_then(|n| n.found)).map_or(contact, |f| f.id);
    }
    let mut out = Vec::new();
    if !contact.is_empty() {
        let ever = DateTime::UNIX_EPOCH;
        out = store
            .unstamped_papers(&m.tenant, &book, kind, &contact, ever)
            .await?;
    }
    // A number is a hint: one of another contact can be named all the same.
    let numbers = [m.row.number.clone()];
    let keys = PaperKeys {
        numbers: &numbers,
        ..PaperKeys::default()
    };
    for paper in store.papers(&m.tenant, &book, kind, keys).await? {
        let other = Key::new(&book, kind, &SourceId(paper.id.clone()));
        let links = store.links_to(&m.tenant, &other).await?;
        if links.is_empty() && !out.iter().any(|p| p.id == paper.id) {
            out.push(paper);
        }
    }
    out.retain(|p| !p.standing.is_over());
    Ok(out)
}

/// Whether what we posted of a payment or refund stands in the ledger: that was not entered by hand.
pub async fn ours_stands(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    p: &Payment,
) -> Result<bool, NotDone> {
    let kind = match p.kind {
        PaymentKind::Payment => Kind::Payment,
        PaymentKind::Refund => Kind::CreditNote,
    };
    let link = engine.store().link(&m.tenant, &m.key(kind, &p.id)).await?;
    let Some(link) = link.filter(Link::is_ours) else {
        return Ok(false);
    };
    let there = &link.other.id.0;
    Ok(match p.kind {
        PaymentKind::Payment => {
            let on = |paper: &LedgerInvoice| paper.payments.iter().any(|p| p.id == *there);
            m.paper.as_ref().is_some_and(on)
        }
        PaymentKind::Refund => {
            let note = by_id(engine, loaded, kind, there).await?;
            note.is_some_and(|n| !n.standing.is_over())
        }
    })
}

/// Whether anything that we posted of a payment or refund stands in the ledger: of a payment also the credit of what was beyond
/// what is owed.
pub async fn any_stands(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    p: &Payment,
) -> Result<bool, NotDone> {
    if ours_stands(engine, loaded, m, p).await? {
        return Ok(true);
    }
    let kind = Kind::Overpayment;
    let link = engine.store().link(&m.tenant, &m.key(kind, &p.id)).await?;
    let Some(link) = link.filter(|l| l.is_ours() && p.kind == PaymentKind::Payment) else {
        return Ok(false);
    };
    let credit = by_id(engine, loaded, kind, &link.other.id.0).await?;
    Ok(credit.is_some_and(|c| !c.standing.is_over()))
}

/// The note that we made of a refund, where people have put money to it and what was to pay it out is not ours there.
pub async fn paid_by_hand(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    p: &Payment,
) -> Result<Option<LedgerInvoice>, NotDone> {
    if p.kind != PaymentKind::Refund {
        return Ok(None);
    }
    let store = engine.store();
    let (note, paid) = (m.key(Kind::CreditNote, &p.id), m.key(Kind::Payment, &p.id));
    let note = store.link(&m.tenant, &note).await?;
    let paid = store.link(&m.tenant, &paid).await?;
    let Some(note) = note.filter(Link::is_ours) else {
        return Ok(None);
    };
    let note = by_id(engine, loaded, Kind::CreditNote, &note.other.id.0).await?;
    let note = note.filter(|n| !n.standing.is_over() && !n.payments.is_empty());
    // Ours may have been deleted there, and theirs entered in its place.
    let ours = |n: &LedgerInvoice| match &paid {
        Some(link) => link.is_ours() && n.payments.iter().any(|p| p.id == link.other.id.0),
        None => false,
    };
    Ok(note.filter(|n| !ours(n)))
}
