//! What our own journal, links and decisions say of a document.

use super::super::ports::StoreError;
use super::super::tenant::Tenant;
use crate::model::{
    DocStatus, Draft, Fingerprint, GonePayment, Invoice, Kind, LedgerView, Link, PaymentKind,
    PostedDraft, SourceId, WriteState,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The links of a document's own payments.
pub(super) async fn payment_links(
    t: &Tenant<'_>,
    invoice: &Invoice,
    link: Option<&Link>,
) -> Result<BTreeMap<String, Link>, StoreError> {
    let tenant = t.tenant();
    let mut out = BTreeMap::new();
    for p in &invoice.payments {
        let id = SourceId(p.id.clone());
        // Money received is on the document itself, money paid back on the credit note made for it.
        let on = match p.kind {
            PaymentKind::Payment => link.cloned(),
            PaymentKind::Refund => t.memory.link(tenant, Kind::CreditNote, &id).await?,
        };
        let posted = t.memory.link(tenant, Kind::Payment, &id).await?;
        // What was put to another document says nothing of this one, whatever it is called.
        let own = |l: &Link| on.as_ref().is_some_and(|on| on.target_id == l.on_document);
        if let Some(link) = posted.filter(own) {
            out.insert(p.id.clone(), link);
        }
    }
    Ok(out)
}

/// The version of the ledger's copy that the last decision saw.
pub(super) async fn shown(t: &Tenant<'_>, id: &SourceId) -> Result<Option<String>, StoreError> {
    let note = t.memory.decision(t.tenant(), Kind::Invoice, id).await?;
    let Some(note) = note else { return Ok(None) };
    let facts = t.memory.facts(t.tenant(), &note.facts).await?;
    let seen: Option<(LedgerView, Fingerprint)> =
        facts.and_then(|text| serde_json::from_str(&text).ok());
    Ok(seen.and_then(|(view, _)| Some(view.existing?.version)))
}

/// What our own journal says of a posted document: what was last posted of it, and its payments that the
/// source no longer names.
pub(super) async fn posted(
    t: &Tenant<'_>,
    invoice: &Invoice,
    link: &Link,
) -> Result<(Option<PostedDraft>, Vec<GonePayment>), StoreError> {
    // The write that the link remembers goes before the one that was sent last.
    let mut newest: (bool, Option<DateTime<Utc>>, i64) = (false, None, i64::MIN);
    let mut posted = None;
    let mut gone = Vec::new();
    for w in t.memory.writes(t.tenant(), &invoice.id).await? {
        if w.state != WriteState::Linked {
            continue;
        }
        match w.draft {
            Draft::Invoice(draft) if w.kind == Kind::Invoice => {
                let at = (w.draft_hash == link.draft, w.last_sent, w.id);
                if newest < at {
                    newest = at;
                    let contact_id = w.needs.contact_id;
                    posted = Some(PostedDraft { draft, contact_id });
                }
            }
            Draft::Payment(p) if !invoice.payments.iter().any(|has| has.id == w.source_id.0) => {
                let link = t.memory.link(t.tenant(), w.kind, &w.source_id).await?;
                gone.extend(link.map(|link| GonePayment {
                    id: w.source_id.0,
                    date: p.date,
                    amount: link.amount,
                    paid: p.kind == PaymentKind::Payment,
                    target_id: link.target_id,
                }));
            }
            _ => {}
        }
    }
    gone.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    Ok((posted, gone))
}

/// Whether the record changed in more than its payments since it was posted: only then is the ledger asked.
pub(super) async fn draft_may_differ(
    t: &Tenant<'_>,
    invoice: &Invoice,
) -> Result<bool, StoreError> {
    let tenant = t.tenant();
    let note = t
        .memory
        .decision(tenant, Kind::Invoice, &invoice.id)
        .await?;
    let Some(note) = note else { return Ok(true) };
    if note.config != t.config {
        return Ok(true);
    }
    Ok(note.source != source_hash(invoice))
}

/// A hash of what an invoice's own draft comes from: everything but its payments, status and times.
pub fn source_hash(invoice: &Invoice) -> Fingerprint {
    let bare = Invoice {
        payments: Vec::new(),
        paid: Decimal::ZERO,
        modified_at: invoice.created_at,
        status: DocStatus::Unpaid,
        ..invoice.clone()
    };
    let text = serde_json::to_string(&bare).unwrap_or_default();
    Fingerprint::of(text.as_bytes())
}
