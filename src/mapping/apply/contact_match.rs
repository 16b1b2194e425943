//! Which contact of the ledger an invoice is for.
//!
//! Flows in: a contact's draft, the candidates the ledger has, and what is known of the customer. Flows out: one of them, a
//! new one, or a reason to hold. The keys have one order, strongest first: our link, our number, e-mail address and name
//! together, e-mail address alone, name alone; a file chooses among the last three and cannot make a weaker one win.
//! Refused: a key that two customers of the source share, a contact of another customer, an archived contact, a chain of
//! merges that leads nowhere, a choice among several. Bounds: one pass over the candidates a key; eight merges are followed.

use super::same::{answers, same_text};
use crate::mapping::config::{ContactMode, Mapping, MatchBy, WhenMany, WhenNone};
use crate::model::codes;
use crate::model::{ContactDraft, FoundBy, LedgerContact, LedgerView, Reason};

/// How many merges are followed from one contact to the one that is left.
const MERGES: usize = 8;

/// Which contact it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactMatch {
    /// The candidate at this place in [`LedgerView::contacts`], and the key that found it.
    Use(usize, FoundBy),
    /// None: it is to be made.
    Create,
    /// None: it is to be made under this name, for its own is another customer's there.
    CreateAs(String),
    /// A person must look.
    Hold(Reason),
}

impl Mapping {
    /// Finds the ledger's contact by the keys, strongest first.
    ///
    /// A merged contact leads to the one it was merged into. An archived contact is never used; it holds unless an
    /// active one answers to a weaker key.
    pub fn match_contact(&self, draft: &ContactDraft, view: &LedgerView) -> ContactMatch {
        let known = (self.by_link(view)).or_else(|| by_number(view));
        match known {
            Some(ContactMatch::Use(index, by)) => {
                let taken = || self.renamed_to_anothers(draft, view);
                return match one_of_several(draft, index, view).or_else(taken) {
                    Some(reason) => ContactMatch::Hold(reason),
                    None => ContactMatch::Use(index, by),
                };
            }
            Some(other) => return other,
            None => {}
        }
        let mut unusable = None;
        for key in [FoundBy::EmailAndName, FoundBy::Email, FoundBy::Name] {
            if !self.goes_by(key) || view.evidence.shared(key).is_some() {
                continue;
            }
            if let Some(found) = self.by_one(key, draft, view, &mut unusable) {
                return found;
            }
        }
        match unusable {
            Some(reason) => ContactMatch::Hold(reason),
            None => self.none_found(draft, view),
        }
    }

    /// Whether the tenant's file lets a key be used.
    pub(super) fn goes_by(&self, key: FoundBy) -> bool {
        let has = |word| self.match_contacts.by.value.contains(&word);
        match key {
            FoundBy::EmailAndName => has(MatchBy::Email) || has(MatchBy::Name),
            FoundBy::Email => has(MatchBy::Email),
            FoundBy::Name => has(MatchBy::Name),
            _ => true,
        }
    }

    /// What is told of a contact that was found by its e-mail address alone.
    pub fn contact_told(
        &self,
        draft: &ContactDraft,
        found: &LedgerContact,
        by: FoundBy,
    ) -> Option<Reason> {
        (by == FoundBy::Email).then(|| {
            Reason::new(
                codes::CONTACT_BY_EMAIL,
                format!(
                    "`{}` was matched by e-mail ({}); the ledger calls it \"{}\"",
                    draft.name, draft.email, found.name
                ),
                format!(
                    "If they are two customers, give `{}` an e-mail address of its own in the ledger or the source, and then `crossfoot unlink TENANT --contact NUMBER`.",
                    draft.name
                ),
            )
        })
    }

    fn by_one(
        &self,
        key: FoundBy,
        draft: &ContactDraft,
        view: &LedgerView,
        unusable: &mut Option<Reason>,
    ) -> Option<ContactMatch> {
        let (mut one, mut more, mut unsure) = (None, Vec::new(), Vec::new());
        for (index, contact) in view.contacts.iter().enumerate() {
            if !answers(key, draft, contact) || is_anothers(view, index) {
                continue;
            }
            match standing(view, index) {
                Ok(left) if is_anothers(view, left) => {}
                Ok(left) if one == Some(left) || more.contains(&left) => {}
                Ok(left) if key == FoundBy::Name && another_address(draft, view, left) => {
                    unsure.push(left);
                }
                Ok(left) if one.is_none() => one = Some(left),
                Ok(left) => more.push(left),
                Err(reason) => *unusable = unusable.take().or(Some(reason)),
            }
        }
        if is_cut(key, draft, view) {
            return Some(ContactMatch::Hold(self.too_many(key, draft)));
        }
        let first = self.match_contacts.many.value == WhenMany::First;
        let Some(one) = one else {
            let other = unsure.first();
            return other.map(|other| ContactMatch::Hold(self.namesake(draft, view, *other)));
        };
        if first || (more.is_empty() && unsure.is_empty()) {
            return Some(ContactMatch::Use(one, key));
        }
        let mut all = vec![one];
        all.extend(more.iter().chain(&unsure));
        Some(ContactMatch::Hold(self.several(key, draft, &all, view)))
    }

    fn by_link(&self, view: &LedgerView) -> Option<ContactMatch> {
        // Our own paper says whom it is for, where a backup that was put back knows nothing of either.
        let stamped = view.evidence.stamped.as_deref();
        let (id, by) = match (&view.contact_link, stamped) {
            (Some(link), _) => (link.other.id.0.as_str(), FoundBy::Link),
            (None, Some(id)) => (id, FoundBy::Stamp),
            (None, None) => return None,
        };
        let Some(start) = index_of(view, id) else {
            if by == FoundBy::Stamp {
                return None;
            }
            return Some(ContactMatch::Hold(Reason::new(
                codes::CONTACT_LINK_LOST,
                format!("The ledger no longer shows the contact {id} that this one is linked with"),
                "Restore it in the ledger, or say that the link is void: `crossfoot unlink TENANT --contact NUMBER`; then `crossfoot retry TENANT NUMBER`.",
            )));
        };
        match (by, &view.evidence.turned) {
            (FoundBy::Link, Some(whose)) => {
                return Some(ContactMatch::Hold(turned(view.contacts.get(start), whose)));
            }
            // A person may have put our paper on another customer's contact: whose paper it is says no more then.
            (FoundBy::Stamp, _) if is_anothers(view, start) => return None,
            _ => {}
        }
        Some(match standing(view, start) {
            Ok(left) => ContactMatch::Use(left, by),
            Err(reason) => ContactMatch::Hold(reason),
        })
    }

    fn none_found(&self, draft: &ContactDraft, view: &LedgerView) -> ContactMatch {
        if let Some(reason) = self
            .name_of_another_list(&draft.name, view)
            .or_else(|| self.unproved_namesake(draft, view))
        {
            return ContactMatch::Hold(reason);
        }
        let none = self.match_contacts.none;
        if none.value == WhenNone::Hold || self.sync.contacts.value == ContactMode::Off {
            let (key, at) = if none.value == WhenNone::Hold {
                ("match.contacts.none", none.at)
            } else {
                ("sync.contacts", self.sync.contacts.at)
            };
            return ContactMatch::Hold(
                Reason::new(
                    codes::CONTACT_NONE,
                    format!(
                        "The ledger has no contact for `{}`, and {} says not to make one",
                        draft.name,
                        self.whereabouts(key, at)
                    ),
                    "Make the contact in the ledger with the same e-mail address or name, then `crossfoot retry TENANT NUMBER`.",
                )
                .at(self.place(at)),
            );
        }
        if let Some(reason) = self.clash_that_holds(draft, view) {
            return ContactMatch::Hold(reason);
        }
        self.named_apart(draft, view)
    }

    fn several(
        &self,
        key: FoundBy,
        draft: &ContactDraft,
        found: &[usize],
        view: &LedgerView,
    ) -> Reason {
        let names: Vec<String> = found
            .iter()
            .take(5)
            .filter_map(|i| view.contacts.get(*i))
            .map(|c| format!("`{}`", c.name))
            .collect();
        let by = words_of(key, draft);
        Reason::new(
            codes::CONTACT_MANY,
            format!(
                "{} contacts of the ledger have {by}: {}",
                found.len(),
                names.join(", ")
            ),
            "Merge them in the ledger, or choose one in a match_contact rule, then `crossfoot retry TENANT NUMBER`.",
        )
        .at(self.place(self.match_contacts.many.at))
    }

    /// More answer to a key than a decision looks at, so that none of them can be chosen, nor a new one made.
    pub(super) fn too_many(&self, key: FoundBy, draft: &ContactDraft) -> Reason {
        Reason::new(
            codes::CONTACT_TOO_MANY,
            format!(
                "More contacts of the ledger than can be told apart have {}",
                words_of(key, draft)
            ),
            "Give the customer a value of its own in both systems, or leave this key out of `match.contacts.by`, then `crossfoot retry TENANT NUMBER`.",
        )
        .at(self.place(self.match_contacts.by.at))
    }
}

/// The contact that carries our number. One of them that is linked with another customer is for a person to see.
fn by_number(view: &LedgerView) -> Option<ContactMatch> {
    let mut unusable = None;
    for (index, contact) in view.contacts.iter().enumerate() {
        if !view.evidence.own.contains(&contact.id) {
            continue;
        }
        if let Some(whose) = view.evidence.others.get(&contact.id) {
            let reason = Reason::new(
                codes::CONTACT_NUMBER_TAKEN,
                format!(
                    "The ledger's contact `{}` carries this customer's number, and is linked with {whose}",
                    contact.name
                ),
                "If it is the other customer's, clear its number in the ledger, then `crossfoot retry TENANT NUMBER`; if it is this one's, the invoice of the other that is held names what ends it.",
            );
            return Some(ContactMatch::Hold(reason));
        }
        match standing(view, index) {
            Ok(left) => return Some(ContactMatch::Use(left, FoundBy::Number)),
            Err(reason) => unusable = unusable.or(Some(reason)),
        }
    }
    unusable.map(ContactMatch::Hold)
}

/// The contact that the customer is linked with carries another customer's number by now.
fn turned(contact: Option<&LedgerContact>, whose: &str) -> Reason {
    let (name, number) = contact.map_or(("", ""), |c| (c.name.as_str(), c.number.as_str()));
    Reason::new(
        codes::CONTACT_NUMBER_TAKEN,
        format!(
            "This customer is linked with the ledger's contact `{name}`, which carries the number {number} of {whose}"
        ),
        format!(
            "If it is {whose}'s now, `crossfoot unlink TENANT --contact NUMBER`; if it is still this customer's, put its name and number right in the ledger. Then `crossfoot retry TENANT NUMBER`."
        ),
    )
}

/// Where the source knows customers by their names alone and has named several addresses under this one, a contact with
/// another address may be another person's.
fn one_of_several(draft: &ContactDraft, index: usize, view: &LedgerView) -> Option<Reason> {
    if !view.evidence.several || !another_address(draft, view, index) {
        return None;
    }
    let found = view.contacts.get(index)?;
    Some(Reason::new(
        codes::CONTACT_NAMESAKE,
        format!(
            "The source knows `{}` by name alone and names more than one e-mail address under it: {} here, and {} of the contact in the ledger. They may be two customers",
            draft.name, draft.email, found.email
        ),
        "Give each customer an id or a name of its own in the source; or, if they are one, give the ledger's contact this e-mail address. Then `crossfoot retry TENANT NUMBER`.",
    ))
}

/// Whether a contact of the ledger has an e-mail address, and another than the customer.
pub(super) fn another_address(draft: &ContactDraft, view: &LedgerView, index: usize) -> bool {
    let theirs = view.contacts.get(index).map_or("", |c| c.email.trim());
    let ours = draft.email.trim();
    !ours.is_empty() && !theirs.is_empty() && !same_text(ours, theirs)
}

/// Whether a contact is linked with, or carries the number of, another customer of the source.
pub(super) fn is_anothers(view: &LedgerView, index: usize) -> bool {
    let contact = view.contacts.get(index);
    contact.is_some_and(|c| view.evidence.others.contains_key(&c.id))
}

fn words_of(key: FoundBy, draft: &ContactDraft) -> String {
    match key {
        FoundBy::EmailAndName => format!(
            "the e-mail address {} and the name `{}`",
            draft.email, draft.name
        ),
        FoundBy::Email => format!("the e-mail address {}", draft.email),
        _ => format!("the name `{}`", draft.name),
    }
}

/// Whether more contacts answer to a key than the view holds. To both values at once all are known where one list is whole.
pub(super) fn is_cut(key: FoundBy, draft: &ContactDraft, view: &LedgerView) -> bool {
    let (email, name) = (
        view.cut.has_email(&draft.email),
        view.cut.has_name(&draft.name),
    );
    match key {
        FoundBy::EmailAndName => email && name,
        FoundBy::Email => email,
        FoundBy::Name => name,
        _ => false,
    }
}

fn archived_reason(contact: &LedgerContact) -> Reason {
    Reason::new(
        codes::CONTACT_ARCHIVED,
        format!(
            "The contact `{}` is archived in the ledger, so no document may use it",
            contact.name
        ),
        "Restore the contact in the ledger, then `crossfoot retry TENANT NUMBER`.",
    )
}

fn merged_reason(contact: Option<&LedgerContact>) -> Reason {
    let name = contact.map_or("", |c| c.name.as_str());
    Reason::new(
        codes::CONTACT_MERGED,
        format!("The contact `{name}` was merged into one that the ledger does not show"),
        "Open it in the ledger to see what it was merged into, and restore that one; or `crossfoot unlink TENANT --contact NUMBER` here. Then `crossfoot retry TENANT NUMBER`.",
    )
}

fn index_of(view: &LedgerView, id: &str) -> Option<usize> {
    view.contacts.iter().position(|c| c.id == id)
}

/// The contact that is left of one after merges; `None` where the chain leads out of sight or in a ring.
fn survivor(view: &LedgerView, mut index: usize) -> Option<usize> {
    for _ in 0..MERGES {
        let contact = view.contacts.get(index)?;
        if contact.merged_into.is_empty() {
            return Some(index);
        }
        index = index_of(view, &contact.merged_into)?;
    }
    None
}

/// The active contact a candidate leads to, or why there is none.
fn standing(view: &LedgerView, index: usize) -> Result<usize, Reason> {
    let left = survivor(view, index).and_then(|i| Some((i, view.contacts.get(i)?)));
    match left {
        Some((_, contact)) if contact.archived => Err(archived_reason(contact)),
        Some((left, _)) => Ok(left),
        None => Err(merged_reason(view.contacts.get(index))),
    }
}
