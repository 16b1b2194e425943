//! Entries of the ledger that bear a stamp of ours and answer to nothing that we know: money on the paper of a document, and
//! notes of its contact. An older backup was put back, a link was taken away, or a twin sent them; and the source calls the same
//! money otherwise by now, or has it no more. What bears our stamp is ours all the same: it is taken for what was begun of a
//! payment that the source does not name.
//!
//! Flows in: a document's paper, and what is known of its money. Flows out: more of what was begun, and which of that is known by
//! its stamp alone.

use super::super::ports::{PaperKeys, StoreError};
use super::super::refund::{is_credit_of, is_note_of};
use super::super::tenant::Tenant;
use super::mirror::wants_credits;
use crate::model::{
    AskKind, Begun, EntryState, Invoice, Key, Kind, LedgerInvoice, LedgerView, NaturalKey,
    PaymentEntry, PaymentKind, SourceId,
};
use std::collections::{BTreeMap, BTreeSet};

const MONEY: [Kind; 3] = [Kind::Payment, Kind::CreditNote, Kind::Overpayment];

/// What is known of a document's money.
struct KnownMoney {
    /// Stamps of what the source names, or of what is there or may be.
    marks: BTreeSet<String>,
    /// Stamps of what our journal has and no link leads to, each with the payment's source id.
    lost: BTreeMap<String, String>,
    /// Entries that stand for something, by the ledger's ids.
    ids: BTreeSet<String>,
}

/// Takes what answers to nothing for what was begun.
pub(super) async fn fill(
    t: &Tenant<'_>,
    number: &str,
    invoice: &Invoice,
    paper: Option<LedgerInvoice>,
    view: &mut LedgerView,
) -> Result<(), StoreError> {
    let paper = view.existing.clone().or(paper);
    let Some(paper) = paper.filter(|p| !p.standing.is_over()) else {
        return Ok(());
    };
    let known = known(t, invoice, view);
    let mut strays = on_paper(t, &paper, &known).await?;
    strays.extend(notes(t, number, &paper, &known).await?);
    with_credits(credits_of(t, number, &paper, &known).await?, &mut strays);
    for (mark, kind, entries) in strays {
        let Some(first) = entries.first() else {
            continue;
        };
        let id = match known.lost.get(&mark) {
            Some(id) => id.clone(),
            None => {
                view.strays.insert(first.target_id.clone());
                first.target_id.clone()
            }
        };
        let begun = view.begun.entry(id).or_insert_with(|| Begun {
            kind,
            entries: Vec::new(),
            brought: false,
        });
        for entry in entries {
            begun.entries.retain(|e| e.kind != entry.kind);
            begun.entries.push(entry);
        }
        begun.entries.sort_by_key(|e| e.kind.level());
    }
    Ok(())
}

/// Credits under the stamp of a payment that the source names, of which our journal knows nothing: an older backup was put back.
/// Each is what was begun of its payment.
pub(super) async fn credits(
    t: &Tenant<'_>,
    invoice: &Invoice,
    view: &mut LedgerView,
) -> Result<(), StoreError> {
    let kind = Kind::Overpayment;
    if !wants_credits(t) || !t.target.facts.reads.answers(kind, AskKind::Changed) {
        return Ok(());
    }
    let own = |begun: &Begun| begun.of(kind).is_some();
    let unknown = |id: &str| !view.begun.get(id).is_some_and(own);
    let paid = invoice
        .payments
        .iter()
        .filter(|p| p.kind == PaymentKind::Payment && unknown(&p.id));
    let by_mark: BTreeMap<String, String> =
        (paid.map(|p| (mark(t, kind, &p.id), p.id.clone()))).collect();
    if by_mark.is_empty() {
        return Ok(());
    }
    let marks: Vec<String> = by_mark.keys().cloned().collect();
    let keys = PaperKeys {
        marks: &marks,
        ..PaperKeys::default()
    };
    let found = t
        .memory
        .papers(t.tenant(), &t.books.ledger, kind, keys)
        .await?;
    for paper in found.iter().filter(|p| !p.standing.is_over()) {
        let Some(id) = paper.mark.as_ref().and_then(|m| by_mark.get(m)) else {
            continue;
        };
        let entry = PaymentEntry {
            kind,
            state: EntryState::Posted,
            amount: paper.total,
            date: paper.date.unwrap_or(invoice.date),
            number: String::new(),
            target_id: paper.id.clone(),
            said: None,
            said_on: None,
            numbered: String::new(),
            asked: None,
        };
        let begun = view.begun.entry(id.clone()).or_insert_with(|| Begun {
            kind: PaymentKind::Payment,
            entries: Vec::new(),
            brought: false,
        });
        begun.entries.push(entry);
        begun.entries.sort_by_key(|e| e.kind.level());
    }
    Ok(())
}

/// The stamp of an entry of a payment, by that one's source id.
fn mark(t: &Tenant<'_>, kind: Kind, id: &str) -> String {
    let key = t.here(kind, &SourceId(id.to_owned()));
    NaturalKey::new(t.tenant(), &key, "create").marker().0
}

fn known(t: &Tenant<'_>, invoice: &Invoice, view: &LedgerView) -> KnownMoney {
    let mark = |kind, id: &str| mark(t, kind, id);
    let named = |id: &str| invoice.payments.iter().any(|p| p.id == id);
    let payments = invoice.payments.iter();
    let mut marks: BTreeSet<String> =
        (payments.flat_map(|p| MONEY.map(|kind| mark(kind, &p.id)))).collect();
    let mut lost = BTreeMap::new();
    for (id, begun) in view.begun.iter().filter(|(id, _)| !named(id)) {
        for e in &begun.entries {
            let stamp = mark(e.kind, id);
            if e.is_posted() || e.is_doubtful() {
                marks.insert(stamp);
            } else {
                lost.insert(stamp, id.clone());
            }
        }
    }
    let links = view.payment_links.values().map(|l| l.other.id.0.clone());
    let begun = view.begun.values().flat_map(|b| &b.entries);
    let begun = begun.map(|e| e.target_id.clone());
    let settled = view.words.settled().filter_map(|(_, w)| w.entry.as_ref());
    let settled = settled.map(|e| e.id.clone());
    KnownMoney {
        marks,
        lost,
        ids: links.chain(begun).chain(settled).collect(),
    }
}

/// The stamp of a stray, which way its money went, and its entries.
type Stray = (String, PaymentKind, Vec<PaymentEntry>);

/// Payments on the paper of a document.
async fn on_paper(
    t: &Tenant<'_>,
    paper: &LedgerInvoice,
    known: &KnownMoney,
) -> Result<Vec<Stray>, StoreError> {
    let mut out = Vec::new();
    for p in &paper.payments {
        let Some(mark) = p.mark.clone().filter(|m| !known.marks.contains(m)) else {
            continue;
        };
        if known.ids.contains(&p.id) || stands_for_some(t, Kind::Payment, &p.id).await? {
            continue;
        }
        let entry = PaymentEntry {
            kind: Kind::Payment,
            state: EntryState::Posted,
            amount: p.amount,
            date: p.date,
            number: paper.number.clone(),
            target_id: p.id.clone(),
            said: None,
            said_on: None,
            numbered: String::new(),
            asked: None,
        };
        out.push((mark, PaymentKind::Payment, vec![entry]));
    }
    Ok(out)
}

/// Standing papers of a kind of a paper's contact that carry a stamp and that no link leads to, where the ledger tells of that kind.
async fn of_contact(
    t: &Tenant<'_>,
    kind: Kind,
    paper: &LedgerInvoice,
) -> Result<Vec<LedgerInvoice>, StoreError> {
    if !t.target.facts.reads.answers(kind, AskKind::Changed) || paper.contact_id.is_empty() {
        return Ok(Vec::new());
    }
    let book = &t.books.ledger;
    let all = (t.memory).stray_papers(t.tenant(), book, kind, &paper.contact_id);
    let mut all = all.await?;
    all.retain(|p| !p.standing.is_over());
    Ok(all)
}

/// Notes that were made for money of the document that was paid back, each with what pays it out.
async fn notes(
    t: &Tenant<'_>,
    number: &str,
    paper: &LedgerInvoice,
    known: &KnownMoney,
) -> Result<Vec<Stray>, StoreError> {
    let kind = Kind::CreditNote;
    let all = of_contact(t, kind, paper).await?;
    let mut out = Vec::new();
    for note in &all {
        let own = is_note_of(note, number) || is_note_of(note, &paper.number);
        let Some(mark) = note.mark.clone().filter(|m| !known.marks.contains(m)) else {
            continue;
        };
        if !own || known.ids.contains(&note.id) {
            continue;
        }
        let day = note.date.or(paper.date).unwrap_or_default();
        let entry = |kind, amount, date, id: &str| PaymentEntry {
            kind,
            state: EntryState::Posted,
            amount,
            date,
            number: note.number.clone(),
            target_id: id.to_owned(),
            said: None,
            said_on: None,
            numbered: String::new(),
            asked: None,
        };
        let mut entries = vec![entry(kind, note.total, day, &note.id)];
        let out_of_it = note.payments.iter().find(|p| p.mark.is_some());
        entries.extend(out_of_it.map(|p| entry(Kind::Payment, p.amount, p.date, &p.id)));
        out.push((mark, PaymentKind::Refund, entries));
    }
    Ok(out)
}

/// Credits of the contact that were made of money paid on the document. One that our journal began is known by its stamp.
async fn credits_of(
    t: &Tenant<'_>,
    number: &str,
    paper: &LedgerInvoice,
    known: &KnownMoney,
) -> Result<Vec<Stray>, StoreError> {
    let kind = Kind::Overpayment;
    let all = of_contact(t, kind, paper).await?;
    let mut out = Vec::new();
    for credit in &all {
        let Some(mark) = credit.mark.clone().filter(|m| !known.marks.contains(m)) else {
            continue;
        };
        let named = is_credit_of(credit, number) || is_credit_of(credit, &paper.number);
        let own = named || known.lost.contains_key(&mark);
        if !own || known.ids.contains(&credit.id) {
            continue;
        }
        let entry = PaymentEntry {
            kind,
            state: EntryState::Posted,
            amount: credit.total,
            date: credit.date.or(paper.date).unwrap_or_default(),
            number: String::new(),
            target_id: credit.id.clone(),
            said: None,
            said_on: None,
            numbered: String::new(),
            asked: None,
        };
        out.push((mark, PaymentKind::Payment, vec![entry]));
    }
    Ok(out)
}

/// What was beyond what is owed stands with the money on the document that it came with: of the same day, where there is just
/// one. What stands alone is a stray by itself.
fn with_credits(credits: Vec<Stray>, strays: &mut Vec<Stray>) {
    for (mark, kind, entries) in credits {
        let day = entries.first().map(|e| e.date);
        let of_it = |s: &&mut Stray| {
            let (_, pays, all) = &**s;
            let alone = all.len() == 1 && all.iter().all(|e| Some(e.date) == day);
            *pays == PaymentKind::Payment && alone
        };
        let mut with = strays.iter_mut().filter(of_it);
        match (with.next(), with.next()) {
            (Some((.., all)), None) => all.extend(entries),
            _ => strays.push((mark, kind, entries)),
        }
    }
}

async fn stands_for_some(t: &Tenant<'_>, kind: Kind, id: &str) -> Result<bool, StoreError> {
    let there = Key::new(&t.books.ledger, kind, &SourceId(id.to_owned()));
    let links = t.memory.links_to(t.tenant(), &there).await?;
    Ok(!links.is_empty())
}
