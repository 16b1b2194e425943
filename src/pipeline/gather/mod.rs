//! Evidence for a question: what the ledger and our own journal hold that concerns a document. From the mirror and the
//! links, with a call only for a document that is to be changed.

mod ahead;
mod alone;
mod called;
mod contacts;
mod copy;
mod customers;
mod entered;
mod entries;
mod journal;
mod kinds;
mod loose;
mod mirror;
mod moved;
mod numbers;
mod papers;
mod shown_now;
mod sought;
mod strays;
mod vanished;

pub use ahead::Near;
pub use contacts::{PlannedContacts, linked_contact};
pub use mirror::{may_overpay, overpayments, refresh_mirror};
pub use papers::refresh_papers;

use super::compare::{as_drafted, source_hash};
use super::decide::Decision;
use super::plan::WritePlan;
use super::ports::{DocRow, EditSeen};
use super::tenant::SyncError;
use crate::model::codes;
use crate::model::{
    Begun, ContactTarget, DocState, DriftKind, Invoice, LedgerInvoice, LedgerView, Link, LinkMade,
    Payment, PostedDraft, PutElsewhere, Reason, Words,
};
use std::collections::{BTreeMap, BTreeSet};

/// The view of one document.
///
/// # Errors
/// The store's, or the ledger's when a linked document must be read.
pub async fn of(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    planned: &PlannedContacts,
    edited: Option<EditSeen>,
) -> Result<LedgerView, SyncError> {
    if row.key.kind.is_party() {
        return alone::of(t, row, invoice, planned).await;
    }
    let contact = contacts::known(t, invoice, planned).await?;
    let contact_told = journal::contact_told(t, row, contact.link.as_ref()).await?;
    let link = t.link(&row.key).await?;
    let (payment_links, others) = journal::payment_links(t, invoice, link.as_ref()).await?;
    let words = journal::words(t, &row.key, (link.as_ref(), &payment_links)).await?;
    let base = journal::base(t, row, link.as_ref()).await?;
    // A linked document is seen anew only when a person said retry.
    let retried = link.is_some() && row.state == DocState::Seen;
    // A decision that came before the link was there says nothing of what the ledger's copy looks like.
    let too_early = row.decided.as_ref().is_some_and(|d| d.0.is_empty());
    // An edit of the file asks nothing of the ledger: only what the source changed since it was agreed may go there.
    let differs = (base.as_ref()).is_none_or(|b| source_hash(b) != source_hash(invoice));
    let asks = t.mapping.sync.update_invoices.value && (differs || words.document.is_some());
    let existing = match link.as_ref().filter(|_| retried || too_early || asks) {
        Some(link) => copy::existing(t, link).await?,
        None => None,
    };
    let agreed = journal::agreed(t, link.as_ref()).await?;
    let (posted, begun) = written(t, row, invoice, (link.as_ref(), &words)).await?;
    let (posted, existing) = by_hand(t, link.as_ref(), posted, existing).await?;
    let again = sent_again(&words, invoice, &payment_links, &begun);
    let existing = match (&link, existing) {
        (Some(link), None) if !again.is_empty() => copy::existing(t, link).await?,
        (_, existing) => existing,
    };
    let ours = copy::Ours::new(&payment_links, &begun);
    // Without a retry the word is about its own payment alone.
    let asked = match retried {
        true => copy::AskedFor::All,
        false => copy::AskedFor::These(&again),
    };
    let gone = copy::taken_out(t, invoice, ours, existing.as_ref(), asked).await?;
    let elsewhere = elsewhere(t, row, invoice, others, (&payment_links, &begun)).await?;
    let mut view = LedgerView {
        elsewhere,
        shown: shown(t, row, retried).await?,
        base,
        words,
        link,
        payment_links,
        begun,
        existing,
        retried,
        agreed,
        posted,
        taken_out: gone.out,
        taken_off: gone.off,
        entered_anew: gone.anew,
        ..alone::of_contact(contact, contact_told)
    };
    // Asked for last: what was read by now has been weighed.
    view.drifts = t.drifts(&row.key).await?;
    copy::left_standing(t, &mut view).await?;
    by_stamp(t, (row, planned), invoice, &mut view).await?;
    unknown(t, row, invoice, &mut view).await?;
    loose::fill(t, row, invoice, edited, &mut view).await?;
    Ok(view)
}

/// Its payments that stand elsewhere in the ledger: put to another paper by us, or sent for another document of the source.
async fn elsewhere(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    mut others: BTreeMap<String, moved::OnOther>,
    (links, begun): (&BTreeMap<String, Link>, &BTreeMap<String, Begun>),
) -> Result<BTreeMap<String, PutElsewhere>, SyncError> {
    let known = |id: &str| links.contains_key(id) || begun.get(id).is_some_and(Begun::is_begun);
    others.extend(moved::of_others(t, invoice, known).await?);
    copy::elsewhere(t, others, row.state == DocState::Seen).await
}

/// What bears a stamp of ours in the ledger: the document's paper, with what people allocated to it, and its money.
async fn by_stamp(
    t: &Near<'_>,
    (row, planned): (&DocRow, &PlannedContacts),
    invoice: &Invoice,
    view: &mut LedgerView,
) -> Result<(), SyncError> {
    let paper = papers::stamped(t, row, view).await?;
    numbers::fill(t, row, (paper.as_ref(), planned), view).await?;
    let copy = view.existing.as_ref().or(paper.as_ref());
    view.credited = copy.map_or_else(Default::default, LedgerInvoice::credited);
    strays::credits(t, invoice, view).await?;
    strays::fill(t, &row.number, invoice, paper, view).await?;
    Ok(())
}

/// What may be in the ledger without our knowing: the document itself, while a write of it is in doubt, and money that people
/// entered.
async fn unknown(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    view: &mut LedgerView,
) -> Result<(), SyncError> {
    if view.link.is_none() && view.drifted(DriftKind::SourceDeleted).is_some() {
        view.may_be_there = journal::may_be_there(t, &row.key).await?;
    }
    view.other_kind = kinds::other(t, row, invoice, view).await?;
    view.entered = entered::sums(t, invoice, view).await?;
    Ok(())
}

/// What our own journal says of a document: what was last posted of it, and what was begun of its payments. Of what was never
/// decided on nothing was.
async fn written(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    (link, words): (Option<&Link>, &Words),
) -> Result<(Option<PostedDraft>, BTreeMap<String, Begun>), SyncError> {
    let writes = match link.is_some() || row.decided.is_some() {
        true => t.memory.writes(t.tenant(), &row.key).await?,
        false => Vec::new(),
    };
    let mut begun = entries::of(t, invoice, link, &writes).await?;
    entries::settled_refunds(t, words, invoice, &mut begun).await?;
    entries::brought(t, (row, invoice), link, &mut begun).await?;
    Ok((journal::posted(link, &writes), begun))
}

/// What a person saw who said retry.
async fn shown(
    t: &Near<'_>,
    row: &DocRow,
    retried: bool,
) -> Result<Option<LedgerInvoice>, SyncError> {
    match retried {
        true => Ok(journal::shown(t, &row.key).await?),
        false => Ok(None),
    }
}

/// What a person entered is theirs: it is as the ledger has it, and only money may be put to it.
async fn by_hand(
    t: &Near<'_>,
    link: Option<&Link>,
    posted: Option<PostedDraft>,
    existing: Option<LedgerInvoice>,
) -> Result<(Option<PostedDraft>, Option<LedgerInvoice>), SyncError> {
    let Some(link) = link.filter(|l| l.made == LinkMade::Person) else {
        return Ok((posted, existing));
    };
    let existing = match existing {
        None => copy::existing(t, link).await?,
        some => some,
    };
    let posted = existing.as_ref().and_then(|e| {
        let contact_id = e.contact_id.clone();
        as_drafted(e).map(|draft| PostedDraft { draft, contact_id })
    });
    Ok((posted, existing))
}

/// Payments and refunds of which a person has said that they go although they were deleted in the ledger.
fn sent_again(
    words: &Words,
    invoice: &Invoice,
    links: &BTreeMap<String, Link>,
    begun: &BTreeMap<String, Begun>,
) -> BTreeSet<String> {
    let again = |p: &&Payment| {
        let Some(word) = words.sends(p) else {
            return false;
        };
        let link = links.get(&p.id).map(|l| &l.other.id.0);
        let entries = begun.get(&p.id).into_iter().flat_map(|b| &b.entries);
        let posted = entries.filter(|e| e.is_posted()).map(|e| &e.target_id);
        posted.chain(link).any(|id| word.shown.contains(id))
    };
    let all = invoice.payments.iter().filter(again);
    all.map(|p| p.id.clone()).collect()
}

/// More of the ledger, once it is known what the rules made of the document: contacts under the name and
/// address that the rules gave, who has its number, and the ledger's copy of a document that is to be changed. Answers whether
/// there was more, and a second decision may come out otherwise.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn more(
    t: &Near<'_>,
    row: &DocRow,
    decision: &Decision,
    outcome: &WritePlan,
    invoice: &Invoice,
    planned: &PlannedContacts,
    view: &mut LedgerView,
) -> Result<bool, SyncError> {
    let mut found = false;
    if let Some((ruled, ContactTarget::Create)) = &decision.contact {
        found = contacts::ruled(t, ruled, invoice, planned, view).await?;
    }
    if let (Some(draft), true) = (&decision.invoice, decision.verdict.is_keep()) {
        found |= papers::numbered(t, row, draft, view).await?;
        if let Some((_, ContactTarget::Existing { id, .. })) = &decision.contact {
            found |= papers::lost_stamp(t, row, id, draft, view).await?;
        }
    }
    // What the ledger's copy is like now may let these go on.
    let asks = |r: &Reason| r.is_one_of(&[codes::UPDATE_MISSING, codes::PAYMENT_NOT_OPEN]);
    let paid = decision.payments.iter().filter_map(|p| p.verdict.reason());
    let asked = outcome.reason.iter().chain(paid).any(asks);
    if let (Some(link), None, true) = (&view.link, &view.existing, asked) {
        view.existing = copy::existing(t, link).await?;
        found |= view.existing.is_some();
        view.drifts = t.drifts(&row.key).await?;
    }
    Ok(found)
}
