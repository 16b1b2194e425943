//! What the ledger holds that concerns a document: from the mirror and the links, with a call only for an
//! update.

use super::decide::Decision;
use super::flow::Tenant;
use super::ports::{ContactKeys, DocRow, NewWrite, StoreError};
use super::writes::Outcome;
use crate::connectors::{CallError, Find};
use crate::mapping::{Clash, Mapping};
use crate::model::{
    ContactDraft, ContactTarget, DocState, Draft, Fingerprint, GonePayment, Invoice, Kind,
    LedgerContact, LedgerInvoice, LedgerView, Link, PaymentKind, PostedDraft, Reason, SourceId,
    WriteState, digits, folded,
};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Most pages of contacts one refresh reads.
const MAX_PAGES: u32 = 1_000;
/// The refresh asks for what changed since a little earlier than the last time: the vendor's clock is not ours.
const OVERLAP_S: i64 = 300;

/// Contacts that decisions of the same chunk are about to make: the store does not know them yet.
#[derive(Debug, Default)]
pub struct Planned {
    by_name: BTreeMap<String, LedgerContact>,
    by_email: BTreeMap<String, LedgerContact>,
    by_phone: BTreeMap<String, LedgerContact>,
    by_mobile: BTreeMap<String, LedgerContact>,
}

impl Planned {
    /// Takes the contacts among some writes in.
    pub fn add(&mut self, writes: &[NewWrite]) {
        for w in writes {
            let Some(contact) = w.planned_contact() else {
                continue;
            };
            let keys = [
                (&mut self.by_name, folded(&contact.name)),
                (&mut self.by_email, folded(&contact.email)),
                (&mut self.by_phone, digits(&contact.phone)),
                (&mut self.by_mobile, digits(&contact.mobile)),
            ];
            for (by, key) in keys {
                if !key.is_empty() {
                    by.insert(key, contact.clone());
                }
            }
        }
    }

    fn find(&self, keys: ContactKeys<'_>) -> Vec<LedgerContact> {
        let mut out: Vec<LedgerContact> = Vec::new();
        for c in [
            self.by_name.get(&folded(keys.name)),
            self.by_email.get(&folded(keys.email)),
            self.by_phone.get(&digits(keys.phone)),
            self.by_mobile.get(&digits(keys.mobile)),
        ]
        .into_iter()
        .flatten()
        {
            if !out.iter().any(|o| o.id == c.id) {
                out.push(c.clone());
            }
        }
        out
    }
}

/// The view of one document.
///
/// # Errors
/// The store's, or the ledger's when a linked document must be read.
pub async fn of(
    t: &Tenant<'_>,
    row: &DocRow,
    invoice: &Invoice,
    planned: &Planned,
) -> Result<LedgerView, super::flow::FlowError> {
    let tenant = t.tenant();
    // The draft says under which name the ledger knows the contact; what rules make of it is looked up by [`more`].
    let draft = mapped_contact(t, invoice);
    let contact_id = super::writes::contact_id(&draft);
    let contact_link = t.memory.link(tenant, Kind::Contact, &contact_id).await?;
    let link = t.memory.link(tenant, Kind::Invoice, &invoice.id).await?;
    let linked_id = contact_link.as_ref().map_or("", |l| l.target_id.as_str());
    let keys = ContactKeys {
        id: linked_id,
        ..keys_of(t, &draft)
    };
    let found = t.memory.mirror_find(tenant, keys).await?;
    let (mut contacts, cut) = (found.contacts, found.cut);
    follow_merges(t, &mut contacts).await?;
    for c in planned.find(keys) {
        if !contacts.iter().any(|o| o.id == c.id) {
            contacts.push(c);
        }
    }
    let mut payment_links = BTreeMap::new();
    for p in &invoice.payments {
        let id = SourceId(p.id.clone());
        // Money received is on the document itself, money paid back on the credit note made for it.
        let on = match p.kind {
            PaymentKind::Payment => link.clone(),
            PaymentKind::Refund => t.memory.link(tenant, Kind::CreditNote, &id).await?,
        };
        let posted = t.memory.link(tenant, Kind::Payment, &id).await?;
        // What was put to another document says nothing of this one, whatever it is called.
        let own = |l: &Link| on.as_ref().is_some_and(|on| on.target_id == l.on_document);
        if let Some(link) = posted.filter(own) {
            payment_links.insert(p.id.clone(), link);
        }
    }
    // A linked document is seen anew only when a person said retry.
    let retried = link.is_some() && row.state == DocState::Seen;
    // A decision that came before the link was there says nothing of what the ledger's copy looks like.
    let too_early = row.decided.as_ref().is_some_and(|d| d.0.is_empty());
    let mut existing = None;
    if let Some(link) = &link
        && (retried
            || too_early
            || t.mapping.sync.update_invoices.value && draft_may_differ(t, invoice).await?)
    {
        existing = self::existing(t, link).await?;
    }
    let (posted, gone) = match &link {
        Some(link) => of_journal(t, invoice, link).await?,
        None => (None, Vec::new()),
    };
    let taken_out = match retried {
        true => taken_out(t, invoice, &payment_links, &gone, existing.as_ref()).await?,
        false => BTreeSet::new(),
    };
    let contact_posted = match &contact_link {
        Some(_) if t.mapping.sync.update_contacts.value => {
            let last = (t.memory).last_linked(tenant, Kind::Contact, &contact_id);
            last.await?.and_then(|w| match w.draft {
                Draft::Contact(draft) => Some(draft),
                _ => None,
            })
        }
        _ => None,
    };
    // Who was told of a conflict has seen the ledger's copy as it is.
    let told = (row.reason.as_ref()).is_some_and(|r| r.code == "update.conflict");
    let shown = match (retried, told) {
        (true, true) => existing.as_ref().map(|e| e.version.clone()),
        (true, false) => shown(t, &invoice.id).await?,
        (false, _) => None,
    };
    Ok(LedgerView {
        shown,
        contacts,
        cut,
        contact_link,
        link,
        payment_links,
        existing,
        retried,
        posted,
        gone,
        taken_out,
        contact_posted,
    })
}

/// The version of the ledger's copy that the last decision saw.
async fn shown(t: &Tenant<'_>, id: &SourceId) -> Result<Option<String>, StoreError> {
    let note = t.memory.decision(t.tenant(), Kind::Invoice, id).await?;
    let Some(note) = note else { return Ok(None) };
    let facts = t.memory.facts(t.tenant(), &note.facts).await?;
    let seen: Option<(LedgerView, Fingerprint)> =
        facts.and_then(|text| serde_json::from_str(&text).ok());
    Ok(seen.and_then(|(view, _)| Some(view.existing?.version)))
}

/// Which of a document's posted payments the ledger no longer has. A refund's is on its credit note.
async fn taken_out(
    t: &Tenant<'_>,
    invoice: &Invoice,
    links: &BTreeMap<String, Link>,
    gone: &[GonePayment],
    existing: Option<&LedgerInvoice>,
) -> Result<BTreeSet<String>, super::flow::FlowError> {
    let there = invoice.payments.iter().filter_map(|p| {
        let link = links.get(&p.id)?;
        Some((&p.id, p.kind == PaymentKind::Payment, &link.target_id))
    });
    let gone = gone.iter().map(|p| (&p.id, p.paid, &p.target_id));
    let mut out = BTreeSet::new();
    for (id, paid, target) in there.chain(gone) {
        let note;
        let document = if paid {
            existing
        } else {
            note = credit_note(t, &SourceId(id.clone())).await?;
            note.as_ref()
        };
        // A document that is gone has no payments.
        if !document.is_some_and(|d| d.payments.iter().any(|p| p.id == *target)) {
            out.insert(target.clone());
        }
    }
    Ok(out)
}

async fn credit_note(
    t: &Tenant<'_>,
    refund: &SourceId,
) -> Result<Option<LedgerInvoice>, super::flow::FlowError> {
    let link = t.memory.link(t.tenant(), Kind::CreditNote, refund).await?;
    let Some(link) = link else { return Ok(None) };
    existing(t, &link).await
}

/// What our own journal says of a posted document: what was last posted of it, and its payments that the
/// source no longer names.
async fn of_journal(
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

/// More of the ledger, once it is known what the rules made of the document: contacts under the name and
/// address that the rules gave, and the ledger's copy of a document that is to be changed. Answers whether
/// there was more, and a second decision may come out otherwise.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn more(
    t: &Tenant<'_>,
    decision: &Decision,
    outcome: &Outcome,
    invoice: &Invoice,
    planned: &Planned,
    view: &mut LedgerView,
) -> Result<bool, super::flow::FlowError> {
    let mut found = false;
    if let Some((ruled, ContactTarget::Create)) = &decision.contact {
        found = ruled_contacts(t, ruled, invoice, planned, view).await?;
    }
    // What the ledger's copy is like now may let these go on.
    let asks = |r: &Reason| matches!(r.code.as_str(), "update.missing" | "payment.not_open");
    let paid = decision.payments.iter().filter_map(|p| p.verdict.reason());
    let asked = outcome.reason.iter().chain(paid).any(asks);
    if let (Some(link), None, true) = (&view.link, &view.existing, asked) {
        view.existing = existing(t, link).await?;
        found |= view.existing.is_some();
    }
    Ok(found)
}

async fn ruled_contacts(
    t: &Tenant<'_>,
    ruled: &ContactDraft,
    invoice: &Invoice,
    planned: &Planned,
    view: &mut LedgerView,
) -> Result<bool, StoreError> {
    let looked = mapped_contact(t, invoice);
    let (before, keys) = (keys_of(t, &looked), keys_of(t, ruled));
    let same = |a: &str, b: &str| folded(a) == folded(b);
    if same(before.name, keys.name)
        && same(before.email, keys.email)
        && digits(before.phone) == digits(keys.phone)
        && digits(before.mobile) == digits(keys.mobile)
    {
        return Ok(false);
    }
    let looked_up = t.memory.mirror_find(t.tenant(), keys).await?;
    let (mut contacts, cut) = (looked_up.contacts, looked_up.cut);
    view.cut.add(cut);
    follow_merges(t, &mut contacts).await?;
    contacts.extend(planned.find(keys));
    let before = view.contacts.len();
    for c in contacts {
        if !view.contacts.iter().any(|o| o.id == c.id) {
            view.contacts.push(c);
        }
    }
    Ok(view.contacts.len() > before)
}

/// By what a contact is looked for: its telephone numbers only where the file wants them unique.
fn keys_of<'a>(t: &Tenant<'_>, draft: &'a ContactDraft) -> ContactKeys<'a> {
    let words = &t.mapping.contacts;
    let wanted = |word: Clash, number: &'a str| if word == Clash::Off { "" } else { number };
    ContactKeys {
        name: &draft.name,
        email: &draft.email,
        phone: wanted(words.unique_phone.value, &draft.phones.default),
        mobile: wanted(words.unique_mobile.value, &draft.phones.mobile),
        ..ContactKeys::default()
    }
}

/// The contact as the file maps it, before any rule.
fn mapped_contact(t: &Tenant<'_>, invoice: &Invoice) -> ContactDraft {
    mapped(t.mapping, invoice)
}

fn mapped(mapping: &Mapping, invoice: &Invoice) -> ContactDraft {
    let mut trace = crate::model::Trace::off();
    let mut draft = mapping.draft_contact(&invoice.contact, &mut trace);
    mapping.shipped_contact(&mut draft, &mut trace);
    draft
}

/// The id under which the contact of a document is linked.
pub fn linked_contact(mapping: &Mapping, invoice: &Invoice) -> SourceId {
    super::writes::contact_id(&mapped(mapping, invoice))
}

/// The ledger's copy of a linked document, asked for now.
///
/// # Errors
/// The ledger's.
pub async fn existing(
    t: &Tenant<'_>,
    link: &crate::model::Link,
) -> Result<Option<crate::model::LedgerInvoice>, super::flow::FlowError> {
    let find = Find::Document {
        kind: link.kind,
        id: link.target_id.clone(),
    };
    let found = t.target.find(t.to, &find).await?;
    Ok(found.documents.into_iter().next())
}

/// Whether the record changed in more than its payments since it was posted: only then is the ledger asked.
async fn draft_may_differ(t: &Tenant<'_>, invoice: &Invoice) -> Result<bool, StoreError> {
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
pub fn source_hash(invoice: &Invoice) -> crate::model::Fingerprint {
    let bare = Invoice {
        payments: Vec::new(),
        paid: rust_decimal::Decimal::ZERO,
        modified_at: invoice.created_at,
        status: crate::model::DocStatus::Unpaid,
        ..invoice.clone()
    };
    let text = serde_json::to_string(&bare).unwrap_or_default();
    crate::model::Fingerprint::of(text.as_bytes())
}

async fn follow_merges(
    t: &Tenant<'_>,
    contacts: &mut Vec<LedgerContact>,
) -> Result<(), StoreError> {
    // A merged contact names its heir, which may have been merged in turn; ten generations are more than anybody has.
    for _ in 0..10 {
        let missing: Vec<String> = contacts
            .iter()
            .map(|c| c.merged_into.clone())
            .filter(|id| !id.is_empty() && !contacts.iter().any(|c| c.id == *id))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        for id in missing {
            // One that is nowhere leaves its own chain open, and no other's.
            let keys = ContactKeys {
                id: &id,
                ..ContactKeys::default()
            };
            let found = t.memory.mirror_find(t.tenant(), keys).await?;
            contacts.extend(found.contacts);
        }
    }
    Ok(())
}

/// Brings the mirror of the ledger's contacts up to date: all of them once, later only what changed.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn refresh_mirror(t: &Tenant<'_>) -> Result<(), super::flow::FlowError> {
    let since = t.memory.mirrored(t.tenant()).await?;
    let began = t.to.clock.now();
    for page in 1..=MAX_PAGES {
        let find = Find::Contacts {
            since: since.map(|s| s - Duration::seconds(OVERLAP_S)),
            page,
        };
        let found = t.target.find(t.to, &find).await?;
        let done = (!found.more).then_some(began);
        t.memory.mirror(t.tenant(), &found.contacts, done).await?;
        if done.is_some() {
            return Ok(());
        }
    }
    Err(CallError::Broken {
        system: t.target.facts().system.to_owned(),
        why: format!("its list of contacts has more than {MAX_PAGES} pages"),
    }
    .into())
}
