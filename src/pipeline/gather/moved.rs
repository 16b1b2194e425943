//! Money of the source that is in the ledger, or may be, for another of its documents: it was put from one to the other there.
//!
//! Flows in: a document, and which of its payments are known. Flows out: of the rest, where each stands. A source whose payments are
//! known within their documents calls one payment otherwise on each, so that it is looked for by what it is called apart from the
//! document. Two documents may share one: a cheque that pays both, where the source does not say that its ids are one payment's each.
//! Asked only of payments that are not in the ledger yet. Bounded by a question a chunk, and some for each that is found.

use super::super::ports::StoreError;
use super::super::write::WriteRow;
use super::ahead::Near;
use super::called::called;
use crate::model::{
    Document, Draft, Drift, DriftKind, Invoice, Key, Kind, Link, NaturalKey, SourceId, WriteState,
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Where a payment of a document stands that is not on the document's own paper.
pub(super) struct OnOther {
    /// Its link there; none while it is not known whether it has arrived.
    pub(super) link: Option<Link>,
    /// The other document, as people call it; empty where it is the document's own payment.
    pub(super) document: String,
    /// How much it was when it was sent.
    pub(super) amount: Decimal,
}

impl OnOther {
    /// The document's own, put to another paper.
    pub(super) fn own(link: Link) -> Self {
        Self {
            amount: link.amount,
            link: Some(link),
            document: String::new(),
        }
    }
}

/// Payments of a document that stand for another document of the source, of those that are not known here.
pub(super) async fn of_others(
    t: &Near<'_>,
    invoice: &Invoice,
    is_known: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, OnOther>, StoreError> {
    let mut out = BTreeMap::new();
    let new = called(t, invoice).into_iter();
    for (own, here) in new.filter(|(_, id)| !is_known(id)) {
        let all = t.payments_called(&own).await?;
        for id in all.into_iter().filter(|id| id.0 != here) {
            if let Some(there) = stands(t, &t.here(Kind::Payment, &id)).await? {
                out.insert(here.clone(), there);
            }
        }
    }
    Ok(out)
}

/// Where a payment stands that the source called by the same id on another document, if it is the same money.
async fn stands(t: &Near<'_>, payment: &Key) -> Result<Option<OnOther>, StoreError> {
    let link = t.link(payment).await?;
    let natural = NaturalKey::new(t.tenant(), payment, "create").to_string();
    let write = t.memory.write(t.tenant(), &natural).await?;
    let left = link.is_some() || write.as_ref().is_some_and(|w| w.state.may_have_left());
    if !left && write.as_ref().is_none_or(|w| w.state != WriteState::Ready) {
        return Ok(None);
    }
    // What was found in the ledger, and not sent, has a paper that leads to its document.
    let document = match (&write, link.as_ref().and_then(|l| l.upon.as_ref())) {
        (Some(w), _) => Some(w.document.clone()),
        (None, Some(paper)) => {
            let to = t.memory.links_to(t.tenant(), paper).await?;
            to.into_iter().map(|l| l.thing).next()
        }
        (None, None) => None,
    };
    let (named, number) = match &document {
        Some(of) => {
            let done = t.drifts(of).await?;
            let out = |d: &Drift| d.kind == DriftKind::PaymentDeleted && d.of == *payment;
            // People deleted it in the ledger: it is there no more.
            if done.iter().any(out) {
                return Ok(None);
            }
            let (named, number) = named_on(t, of, &payment.id).await?;
            let gone = done.iter().any(|d| d.kind == DriftKind::SourceDeleted);
            (named && !gone, number)
        }
        None => (false, payment.id.0.clone()),
    };
    // What is only to go there goes there no more once the source has taken it off.
    let same = match named {
        true => t.source.facts.payments_once,
        false => left,
    };
    let drafted = |w: &WriteRow| match &w.draft {
        Draft::Payment(p) => p.amount,
        _ => Decimal::ZERO,
    };
    let sent = write.as_ref().map(drafted).unwrap_or_default();
    let amount = link.as_ref().map_or(sent, |l| l.amount);
    Ok(same.then_some(OnOther {
        link,
        document: number,
        amount,
    }))
}

/// Whether a document still names a payment, as far as the source was read, and what people call the document.
async fn named_on(
    t: &Near<'_>,
    of: &Key,
    payment: &SourceId,
) -> Result<(bool, String), StoreError> {
    let Some(record) = t.memory.record(t.tenant(), of).await? else {
        return Ok((false, of.id.0.clone()));
    };
    let number = match &record.document {
        Document::Invoice(kept) => kept.number.clone(),
        _ => of.id.0.clone(),
    };
    let names = |i: &Invoice| i.payments.iter().any(|p| p.id == payment.0);
    // What cannot be read any more is taken to say what it said.
    let named = match t.reading().again(&record) {
        Ok(now) => now.is_some_and(|i| names(&i)),
        Err(_) => matches!(&record.document, Document::Invoice(i) if names(i)),
    };
    Ok((named, number))
}
