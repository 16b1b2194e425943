//! Contacts of the ledger that concern a document: from the mirror, from the links, and from what the same chunk plans.

use super::super::plan;
use super::super::ports::{ContactKeys, StoreError};
use super::super::write::{NewWrite, PLANNED};
use super::ahead::Near;
use super::customers::{evidence, turned};
use super::sought::{Customer, keys_of, mapped};
use crate::model::{
    ContactDraft, ContactsCut, Draft, Evidence, GivenNumber, Invoice, Key, Kind, LedgerContact,
    LedgerView, Link, SourceId, digits, folded,
};
use std::collections::{BTreeMap, BTreeSet};

/// Contacts that decisions of the same chunk are about to make: the store does not know them yet.
#[derive(Debug, Default)]
pub struct PlannedContacts {
    all: Vec<LedgerContact>,
    by: BTreeMap<(&'static str, String), Vec<usize>>,
    /// How far a series of numbers goes with what earlier decisions of the chunk make.
    numbers: BTreeMap<(Kind, String), i64>,
    /// The numbers of the papers that earlier decisions of the chunk make.
    papers: BTreeSet<(Kind, String)>,
}

impl PlannedContacts {
    /// Takes the contacts among some writes in, and the numbers of the papers.
    pub fn add(&mut self, writes: &[NewWrite]) {
        let numbered = writes.iter().filter_map(|w| match &w.draft {
            Draft::Invoice(paper) => Some((paper.kind, paper.number.clone())),
            _ => None,
        });
        self.papers.extend(numbered);
        for contact in writes.iter().filter_map(NewWrite::planned_contact) {
            let place = self.all.len();
            let keys = [
                ("id", contact.id.clone()),
                ("name", folded(&contact.name)),
                ("email", folded(&contact.email)),
                ("phone", digits(&contact.phone)),
                ("mobile", digits(&contact.mobile)),
            ];
            for key in keys.into_iter().filter(|(_, value)| !value.is_empty()) {
                self.by.entry(key).or_default().push(place);
            }
            self.all.push(contact);
        }
    }

    /// Takes in the number that a decision gives its document.
    pub fn number(&mut self, given: &GivenNumber) {
        let last = (self.numbers).entry((given.kind, given.at.series.clone()));
        let last = last.or_insert(given.at.place);
        *last = given.at.place.max(*last);
    }

    /// The last of a series that was given so.
    pub(super) fn last_number(&self, kind: Kind, series: &str) -> Option<i64> {
        self.numbers.get(&(kind, series.to_owned())).copied()
    }

    /// Whether a paper that is made so bears a number.
    pub(super) fn is_numbered(&self, kind: Kind, number: &str) -> bool {
        self.papers.contains(&(kind, number.to_owned()))
    }

    /// Those that answer to any of the keys, or are the one of an id.
    fn find(&self, keys: ContactKeys<'_>, id: &str) -> Vec<LedgerContact> {
        let asked = [
            ("id", id.to_owned()),
            ("name", folded(keys.name)),
            ("email", folded(keys.email)),
            ("phone", digits(keys.phone)),
            ("mobile", digits(keys.mobile)),
        ];
        let places: BTreeSet<usize> = (asked.iter())
            .filter_map(|key| self.by.get(key))
            .flatten()
            .copied()
            .collect();
        (places.iter())
            .filter_map(|p| self.all.get(*p))
            .cloned()
            .collect()
    }
}

/// What the ledger's contacts say of a document before any rule.
pub(super) struct KnownContacts {
    /// The contacts that answer to what the file makes of the document's own.
    pub(super) contacts: Vec<LedgerContact>,
    /// Parties of other lists that have its name.
    pub(super) others: Vec<LedgerContact>,
    /// Which keys have more than are listed.
    pub(super) cut: ContactsCut,
    /// The link of the document's contact.
    pub(super) link: Option<Link>,
    /// What was last sent of that contact, where changes of it are wanted or it has another name now.
    pub(super) posted: Option<ContactDraft>,
    /// Fields of it that were left to the ledger, with what it had then.
    pub(super) kept: BTreeMap<String, String>,
    /// What else is known of the customer.
    pub(super) evidence: Evidence,
}

/// Takes out of some contacts those that stand in other lists than the customers'.
fn of_other_lists(contacts: &mut Vec<LedgerContact>) -> Vec<LedgerContact> {
    let (customers, others) = contacts.drain(..).partition(LedgerContact::is_customer);
    *contacts = customers;
    others
}

/// A contact that is planned, and whose number a contact of the ledger carries already, is that contact: the answer to the
/// write that made it was lost.
fn without_arrived(contacts: &mut Vec<LedgerContact>) {
    let is_planned = |c: &LedgerContact| c.id.starts_with(PLANNED);
    let there: BTreeSet<String> = (contacts.iter())
        .filter(|c| !is_planned(c) && !c.number.is_empty())
        .map(|c| c.number.clone())
        .collect();
    contacts.retain(|c| !(is_planned(c) && there.contains(&c.number)));
}

/// The contacts that a document may be for. What rules make of its contact is looked up by [`ruled`].
pub(super) async fn known(
    t: &Near<'_>,
    invoice: &Invoice,
    planned: &PlannedContacts,
) -> Result<KnownContacts, StoreError> {
    let tenant = t.tenant();
    // The draft says under which name the ledger knows the contact.
    let draft = mapped(t.mapping, invoice);
    let who = Customer::of(t, invoice);
    let key = t.here(Kind::Contact, &who.id);
    let link = t.link(&key).await?;
    let linked_id = link.as_ref().map_or("", |l| l.other.id.0.as_str());
    let keys = ContactKeys {
        id: linked_id,
        number: &who.marks.number,
        ..keys_of(t, &draft)
    };
    let found = t.contacts(keys).await?;
    let (mut contacts, cut) = (found.contacts, found.cut);
    let others = of_other_lists(&mut contacts);
    who.planned(t, &mut contacts).await?;
    follow_merges(t, &mut contacts).await?;
    add_planned(&mut contacts, planned.find(keys, &who.planned_id()));
    without_arrived(&mut contacts);
    let linked = contacts.iter().find(|c| c.id == linked_id);
    let renamed = linked.is_some_and(|c| folded(&c.name) != folded(&draft.name));
    let last = match &link {
        Some(link) if t.mapping.sync.update_contacts.value || link.is_ours() && renamed => {
            (t.memory).last_linked(tenant, &key).await?
        }
        _ => None,
    };
    let last = last.map(|w| (w.draft, w.needs.kept));
    let (posted, kept) = match last {
        Some((Draft::Contact(draft), kept)) => (Some(draft), kept),
        _ => (None, BTreeMap::new()),
    };
    // The link says whom it is for, unless that contact is another's by now; only of one known by name alone is more to be
    // known.
    let turned = turned(t, &who, linked).await?;
    let mut evidence = match link.is_some() && !invoice.contact.is_known_by_name() {
        true => Evidence::default(),
        false => evidence(t, &who, &draft, &contacts).await?,
    };
    evidence.turned = turned;
    let changed = posted.as_ref().is_some_and(|p| p.source != draft.source);
    evidence.goes_alone = changed && !invoice.kind.is_party() && goes_alone(t, &key).await?;
    Ok(KnownContacts {
        contacts,
        others,
        cut,
        link,
        posted,
        kept,
        evidence,
    })
}

/// Whether a contact has a journey of its own: it was read for itself, and the file sends it.
async fn goes_alone(t: &Near<'_>, of: &Key) -> Result<bool, StoreError> {
    if !t.mapping.journeys().contains(&Kind::Contact) {
        return Ok(false);
    }
    let name = format!("{}:{}", of.kind, of.id);
    let row = t.memory.document(t.tenant(), &name).await?;
    Ok(row.is_some_and(|row| row.key == *of))
}

/// Contacts under the name and address that the rules gave. Answers whether there was more.
pub(super) async fn ruled(
    t: &Near<'_>,
    draft: &ContactDraft,
    invoice: &Invoice,
    planned: &PlannedContacts,
    view: &mut LedgerView,
) -> Result<bool, StoreError> {
    let looked = mapped(t.mapping, invoice);
    let (before, keys) = (keys_of(t, &looked), keys_of(t, draft));
    let who = Customer::of(t, invoice);
    let same = |a: &str, b: &str| folded(a) == folded(b);
    if same(before.name, keys.name)
        && same(before.email, keys.email)
        && digits(before.phone) == digits(keys.phone)
        && digits(before.mobile) == digits(keys.mobile)
    {
        return Ok(false);
    }
    let looked_up = t.contacts(keys).await?;
    let (mut contacts, cut) = (looked_up.contacts, looked_up.cut);
    view.cut.add(cut);
    // What counts is the name that it shall have now.
    view.others = of_other_lists(&mut contacts);
    follow_merges(t, &mut contacts).await?;
    add_planned(&mut contacts, planned.find(keys, &who.planned_id()));
    let before = view.contacts.len();
    add_planned(&mut view.contacts, contacts);
    let more = view.contacts.len() > before;
    without_arrived(&mut view.contacts);
    if view.contact_link.is_none() {
        let stamped = view.evidence.stamped.take();
        view.evidence = evidence(t, &who, draft, &view.contacts).await?;
        view.evidence.stamped = stamped;
    }
    Ok(more)
}

/// The id under which the contact of a document is linked.
pub fn linked_contact(invoice: &Invoice) -> SourceId {
    plan::contact_id(&invoice.contact)
}

fn add_planned(contacts: &mut Vec<LedgerContact>, more: Vec<LedgerContact>) {
    for c in more {
        if !contacts.iter().any(|o| o.id == c.id) {
            contacts.push(c);
        }
    }
}

async fn follow_merges(t: &Near<'_>, contacts: &mut Vec<LedgerContact>) -> Result<(), StoreError> {
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
            let found = t.contacts(keys).await?;
            contacts.extend(found.contacts);
        }
    }
    Ok(())
}
