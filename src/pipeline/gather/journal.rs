//! What our own journal, links and decisions say of a document.

use super::super::compare::said_of;
use super::super::ports::{DocRow, StoreError};
use super::super::tenant::Tenant;
use super::super::write::WriteRow;
use super::ahead::Near;
use super::moved::OnOther;
use crate::model::{
    DocState, Draft, Fingerprint, Invoice, InvoiceDraft, Key, Kind, LedgerInvoice, Link,
    PaymentKind, PostedDraft, SourceId, Words, WriteState,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The links of a document's own payments, and of those that were put to another paper.
pub(super) async fn payment_links(
    t: &Near<'_>,
    invoice: &Invoice,
    link: Option<&Link>,
) -> Result<(BTreeMap<String, Link>, BTreeMap<String, OnOther>), StoreError> {
    let (mut out, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    for p in &invoice.payments {
        let id = SourceId(p.id.clone());
        // Money received is on the document itself, money paid back on the credit note made for it.
        let on = match p.kind {
            PaymentKind::Payment => link.cloned(),
            PaymentKind::Refund => {
                let note = t.here(Kind::CreditNote, &id);
                t.link(&note).await?
            }
        };
        // Where money paid back is one paper, the note is the money.
        if p.kind == PaymentKind::Refund && t.target.facts.refunds_by.is_one_paper() {
            out.extend(on.map(|note| (p.id.clone(), note)));
            continue;
        }
        let posted = t.link(&t.here(Kind::Payment, &id)).await?;
        // What was put to another document says nothing of this one, whatever it is called.
        let own = |l: &Link| {
            on.as_ref()
                .is_some_and(|on| l.upon.as_ref() == Some(&on.other))
        };
        let Some(link) = posted else { continue };
        if own(&link) {
            out.insert(p.id.clone(), link);
        } else if !is_anothers(t, invoice, &link).await? {
            elsewhere.insert(p.id.clone(), OnOther::own(link));
        }
    }
    Ok((out, elsewhere))
}

/// Whether a payment stands on the paper of another document of ours: it is that one's business.
async fn is_anothers(t: &Tenant<'_>, invoice: &Invoice, link: &Link) -> Result<bool, StoreError> {
    let Some(upon) = &link.upon else {
        return Ok(false);
    };
    let own = t.here(invoice.kind, &invoice.id);
    let to = t.memory.links_to(t.tenant(), upon).await?;
    Ok(to.iter().any(|l| l.thing != own))
}

/// As much of a view as tells how the ledger's copy was seen.
#[derive(serde::Deserialize)]
struct Shown {
    existing: Option<LedgerInvoice>,
}

/// The ledger's copy as the last decision saw it, and so whoever was told of that.
pub(super) async fn shown(t: &Tenant<'_>, of: &Key) -> Result<Option<LedgerInvoice>, StoreError> {
    let note = t.memory.decision(t.tenant(), of).await?;
    let Some(note) = note else { return Ok(None) };
    let facts = t.memory.facts(t.tenant(), &note.facts).await?;
    // No more of the view is read than is asked for: an earlier stage wrote the rest of it otherwise.
    let seen: Option<(Shown, Fingerprint)> =
        facts.and_then(|text| serde_json::from_str(&text).ok());
    Ok(seen.and_then(|(view, _)| view.existing))
}

/// What a person was told of the contact, that both sides changed it, and has said retry to since. A document that stood held by
/// something else when that was said told nobody of its contact, whatever the ledger had of it.
pub(super) async fn contact_told(
    t: &Tenant<'_>,
    row: &DocRow,
    link: Option<&Link>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let again = row.state == DocState::Seen && row.decided.is_some();
    if !again || link.is_none() {
        return Ok(BTreeMap::new());
    }
    let note = t.memory.decision(t.tenant(), &row.key).await?;
    // The reason that the row still bears is the one that was read.
    let read = note.filter(|n| n.held.is_some() && n.held == row.reason);
    Ok(read.map(|n| n.contact_told).unwrap_or_default())
}

/// What was last posted of a linked document, by its writes: the write that the link remembers goes before the one that was sent
/// last.
pub(super) fn posted(link: Option<&Link>, writes: &[WriteRow]) -> Option<PostedDraft> {
    let link = link?;
    let mut newest: (bool, Option<DateTime<Utc>>, i64) = (false, None, i64::MIN);
    let mut posted = None;
    for w in writes {
        let Draft::Invoice(draft) = &w.draft else {
            continue;
        };
        if w.state != WriteState::Linked || !w.kind.is_document() {
            continue;
        }
        let at = (w.agreed_hash() == link.draft, w.last_sent, w.id);
        if newest < at {
            newest = at;
            posted = Some(PostedDraft {
                draft: draft.clone(),
                contact_id: w.needs.contact_id.clone(),
            });
        }
    }
    posted
}

/// Whether a document may be in the ledger without our knowing: a write of it may have left.
pub(super) async fn may_be_there(t: &Tenant<'_>, of: &Key) -> Result<bool, StoreError> {
    let writes = t.memory.writes(t.tenant(), of).await?;
    let left = |w: &WriteRow| w.kind.is_document() && w.state.may_have_left();
    Ok(writes.iter().any(left))
}

/// What was last agreed of a document, by its link.
pub(super) async fn agreed(
    t: &Tenant<'_>,
    link: Option<&Link>,
) -> Result<Option<InvoiceDraft>, StoreError> {
    let Some(link) = link else { return Ok(None) };
    Ok(match t.memory.agreed(t.tenant(), &link.thing).await? {
        Some(Draft::Invoice(agreed)) => Some(agreed),
        _ => None,
    })
}

/// What persons have said of a document, and is not done. A word on it is about what the source said then, read as today's
/// record is: how it was read when the word was said is no change at the source.
pub(super) async fn words(
    t: &Tenant<'_>,
    of: &Key,
    (link, payments): (Option<&Link>, &BTreeMap<String, Link>),
) -> Result<Words, StoreError> {
    let said = t.memory.words(t.tenant(), of).await?;
    let mut words = said.unspent(link, payments);
    let mut next = words.document.as_mut();
    while let Some(word) = next {
        if !word.source.is_empty() && !word.version.is_empty() {
            let record = t.memory.record_at(t.tenant(), of, &word.version).await?;
            let read = record.and_then(|r| t.reading().again(&r).ok().flatten());
            if let Some(invoice) = read {
                word.source = said_of(&invoice);
            }
        }
        next = word.over.as_deref_mut();
    }
    Ok(words)
}

/// What the source said of a linked document when the two books were last agreed.
pub(super) async fn base(
    t: &Tenant<'_>,
    row: &DocRow,
    link: Option<&Link>,
) -> Result<Option<Arc<Invoice>>, StoreError> {
    let Some(link) = link else { return Ok(None) };
    // A link of the first stage names no version: the two books agreed when the document was last decided on and held by
    // nothing.
    let at_rest = row.state == DocState::Verified;
    let version = match (link.version.as_str(), &row.decided) {
        ("", Some(decided)) if at_rest => decided.0.as_str(),
        (version, _) => version,
    };
    let record = (t.memory).record_at(t.tenant(), &row.key, version).await?;
    // Read as today's is: what the connection says otherwise by now is no change at the source.
    let read = record.and_then(|r| t.reading().again(&r).ok().flatten());
    Ok(read.map(Arc::from))
}
