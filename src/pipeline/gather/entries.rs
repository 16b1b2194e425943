//! What was begun of a document's payments and refunds, by our own journal and links: every entry of each, also of those that the
//! source no longer names.
//!
//! Flows in: the document's writes. Flows out: entries by the payment's source id. What was posted to another paper than the
//! document's is not among them. What may have left says itself what the source said of it when it was decided on: records may be
//! read otherwise since, and are no witness of that.

use super::super::ports::{BroughtBack, DocRow, StoreError};
use super::super::write::WriteRow;
use super::ahead::Near;
use crate::model::codes;
use crate::model::{
    Begun, Draft, EntryState, Invoice, Kind, Link, PaymentEntry, PaymentKind, SourceId, WordKind,
    Words, WriteState,
};
use std::collections::BTreeMap;

/// What the writes of a document begin.
pub(super) async fn of(
    t: &Near<'_>,
    invoice: &Invoice,
    link: Option<&Link>,
    writes: &[WriteRow],
) -> Result<BTreeMap<String, Begun>, StoreError> {
    let mut out: BTreeMap<String, Begun> = BTreeMap::new();
    for w in writes.iter().filter(|w| is_money(w.kind)) {
        let (kind, amount, date, number) = match &w.draft {
            Draft::Payment(p) => (p.kind, p.amount, p.date, String::new()),
            Draft::Invoice(d) if w.kind == Kind::CreditNote => {
                (PaymentKind::Refund, d.total, d.date, d.number.clone())
            }
            Draft::Invoice(d) => (PaymentKind::Payment, d.total, d.date, d.number.clone()),
            Draft::Contact(_) => continue,
        };
        let mut entry = PaymentEntry {
            kind: w.kind,
            state: state(w),
            amount,
            date,
            number,
            target_id: String::new(),
            said: None,
            said_on: w.needs.said_on,
            numbered: w.needs.numbered.clone(),
            asked: None,
        };
        if entry.is_posted() {
            let to = t.link(&w.of).await?;
            match to {
                Some(to) if is_elsewhere(t, invoice, link, kind, &to).await? => continue,
                Some(to) => {
                    entry.amount = to.amount;
                    entry.target_id = to.other.id.0;
                    if !to.number.is_empty() {
                        entry.number = to.number;
                    }
                }
                None => entry.state = EntryState::Unlinked,
            }
        }
        if entry.is_doubtful() {
            entry.said = w.needs.said;
        }
        if entry.state == EntryState::Asked {
            entry.asked.clone_from(&w.reason);
        }
        let begun = out.entry(w.of.id.0.clone()).or_insert_with(|| Begun {
            kind,
            entries: Vec::new(),
            brought: false,
        });
        begun.entries.push(entry);
    }
    for begun in out.values_mut() {
        begun.entries.sort_by_key(|e| e.kind.level());
        name(begun, invoice);
    }
    Ok(out)
}

/// The refunds that a person settled by hand and that the source no longer names: by the note that stands for each it is known
/// that it is one.
pub(super) async fn settled_refunds(
    t: &Near<'_>,
    words: &Words,
    invoice: &Invoice,
    begun: &mut BTreeMap<String, Begun>,
) -> Result<(), StoreError> {
    for (id, word) in &words.payments {
        let named = invoice.payments.iter().any(|p| p.id == *id);
        let unclear = word.beneath(WordKind::Settled).is_some() && word.pays.is_none();
        if named || !unclear || begun.contains_key(id) {
            continue;
        }
        let note = t.here(Kind::CreditNote, &SourceId(id.clone()));
        if t.link(&note).await?.is_some() {
            let refund = Begun {
                kind: PaymentKind::Refund,
                entries: Vec::new(),
                brought: false,
            };
            begun.insert(id.clone(), refund);
        }
    }
    Ok(())
}

/// Payments on the paper that the other half of the tenant has brought to the source: what became of each there since is seen as it
/// is of one that went forward.
pub(super) async fn brought(
    t: &Near<'_>,
    (row, invoice): (&DocRow, &Invoice),
    link: Option<&Link>,
    begun: &mut BTreeMap<String, Begun>,
) -> Result<(), StoreError> {
    let Some(link) = link.filter(|_| t.mapping.back.payments) else {
        return Ok(());
    };
    let document = (&row.key, &row.version);
    let all = t.memory.brought_on(t.tenant(), &link.other, document);
    for BroughtBack {
        link,
        date,
        read_since,
    } in all.await?
    {
        let id = link.thing.id.0;
        let named = invoice.payments.iter().any(|p| p.id == id);
        // What the source said before it came there says nothing of it.
        if begun.contains_key(&id) || !(named || read_since) {
            continue;
        }
        let entry = PaymentEntry {
            kind: Kind::Payment,
            state: EntryState::Posted,
            amount: link.amount,
            date,
            number: String::new(),
            target_id: link.other.id.0,
            said: None,
            said_on: Some(date),
            numbered: String::new(),
            asked: None,
        };
        let one = Begun {
            kind: PaymentKind::Payment,
            entries: vec![entry],
            brought: true,
        };
        begun.insert(id, one);
    }
    Ok(())
}

fn is_money(kind: Kind) -> bool {
    kind.is_of_money()
}

fn state(w: &WriteRow) -> EntryState {
    use WriteState::{Held, Linked, Superseded};
    match w.state {
        Linked => EntryState::Posted,
        left if left.may_have_left() => EntryState::InDoubt,
        Held if w.first_sent.is_some() => EntryState::Asked,
        // It was there, and was cancelled: what is made now is another one.
        Superseded
            if w.reason
                .as_ref()
                .is_some_and(|r| r.is(codes::NUMBER_CLOSED)) =>
        {
            EntryState::Unlinked
        }
        _ => EntryState::Planned,
    }
}

/// Whether a payment that the source names stands on another paper than its document's. Of one that it no longer names it does
/// not matter where it stands.
async fn is_elsewhere(
    t: &Near<'_>,
    invoice: &Invoice,
    document: Option<&Link>,
    kind: PaymentKind,
    to: &Link,
) -> Result<bool, StoreError> {
    let named = invoice.payments.iter().any(|p| p.id == to.thing.id.0);
    let Some(upon) = to.upon.as_ref().filter(|_| named) else {
        return Ok(false);
    };
    let own = match kind {
        PaymentKind::Payment => document.cloned(),
        PaymentKind::Refund => {
            let note = t.here(Kind::CreditNote, &to.thing.id);
            t.link(&note).await?
        }
    };
    Ok(own.is_none_or(|own| own.other != *upon))
}

/// A payment is told with the number of the paper that it is on.
fn name(begun: &mut Begun, invoice: &Invoice) {
    let note = begun.of(Kind::CreditNote).map(|n| n.number.clone());
    let on = match begun.kind {
        PaymentKind::Payment => invoice.number.clone(),
        PaymentKind::Refund => note.unwrap_or_default(),
    };
    let money = begun.entries.iter_mut().filter(|e| e.kind == Kind::Payment);
    money.for_each(|e| e.number.clone_from(&on));
}
