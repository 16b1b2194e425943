//! Which contact of the ledger an invoice is for.
//!
//! Flows in: a contact's draft and the candidates the ledger has. Flows out: one of them, a new one,
//! or a reason to hold. Refused: an archived contact, a chain of merges that leads nowhere, a choice
//! among several. Bounds: one pass over the candidates a key; eight merges are followed.

use super::same::{answers, clashes};
use crate::mapping::config::{Clash, ContactMode, Mapping, MatchBy, WhenMany, WhenNone};
use crate::model::codes;
use crate::model::{ContactDraft, LedgerContact, LedgerView, Reason};

/// How many merges are followed from one contact to the one that is left.
const MERGES: usize = 8;

/// Which contact it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactMatch {
    /// The candidate at this place in [`LedgerView::contacts`].
    Use(usize),
    /// None: it is to be made.
    Create,
    /// A person must look.
    Hold(Reason),
}

/// A value of a contact's draft that another contact of the ledger has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactClash {
    /// Which value: `name`, `phone`, `mobile`, `email`.
    pub field: &'static str,
    /// What the tenant wants done about it; never [`Clash::Off`].
    pub action: Clash,
    /// The other contact's place in [`LedgerView::contacts`].
    pub other: usize,
}

impl Mapping {
    /// Finds the ledger's contact by the keys of `match.contacts.by`, in order.
    ///
    /// Of several that answer to one key, the later keys choose, if exactly one answers to them. A merged
    /// contact leads to the one it was merged into. An archived contact is never used; it holds unless an
    /// active one answers to a later key.
    pub fn match_contact(&self, draft: &ContactDraft, view: &LedgerView) -> ContactMatch {
        let keys = &self.match_contacts.by.value;
        let mut unusable = None;
        for (n, key) in keys.iter().enumerate() {
            if *key == MatchBy::Link {
                if let Some(found) = self.by_link(view) {
                    return found;
                }
                continue;
            }
            let mut active: Vec<usize> = Vec::new();
            for (index, contact) in view.contacts.iter().enumerate() {
                if !answers(*key, draft, contact) {
                    continue;
                }
                match standing(view, index) {
                    Ok(left) if !active.contains(&left) => active.push(left),
                    Ok(_) => {}
                    Err(reason) => unusable = unusable.or(Some(reason)),
                }
            }
            let later = keys.get(n + 1..).unwrap_or_default();
            if is_cut(*key, draft, view) {
                return match certain(&active, later, draft, view) {
                    Some(one) => ContactMatch::Use(one),
                    None => ContactMatch::Hold(self.too_many(*key, draft)),
                };
            }
            match narrowed(active, later, draft, view).as_slice() {
                [] => {}
                [one] => return ContactMatch::Use(*one),
                [first, ..] if self.match_contacts.many.value == WhenMany::First => {
                    return ContactMatch::Use(*first);
                }
                several => return ContactMatch::Hold(self.several(*key, draft, several, view)),
            }
        }
        if let Some(reason) = unusable {
            return ContactMatch::Hold(reason);
        }
        self.none_found(draft, view)
    }

    fn by_link(&self, view: &LedgerView) -> Option<ContactMatch> {
        let link = view.contact_link.as_ref()?;
        let Some(start) = index_of(view, &link.other.id.0) else {
            return Some(ContactMatch::Hold(Reason::new(
                codes::CONTACT_LINK_LOST,
                format!(
                    "The ledger no longer shows the contact {} that this one is linked with",
                    link.other.id
                ),
                "Restore it in the ledger, or say that the link is void: `crossfoot unlink TENANT --contact NUMBER`; then `crossfoot retry TENANT NUMBER`.",
            )));
        };
        Some(match standing(view, start) {
            Ok(left) => ContactMatch::Use(left),
            Err(reason) => ContactMatch::Hold(reason),
        })
    }

    fn none_found(&self, draft: &ContactDraft, view: &LedgerView) -> ContactMatch {
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
        let clashes = self.contact_clashes(draft, view);
        if let Some(clash) = clashes.iter().find(|c| c.action == Clash::Hold) {
            return ContactMatch::Hold(self.clash_reason(clash, draft, view));
        }
        // Among those that were not fetched there may be one.
        let words = &self.contacts;
        let looks = [
            (MatchBy::Name, words.unique_name.value),
            (MatchBy::Email, words.unique_email.value),
        ];
        let hidden =
            |(key, word): &&(MatchBy, Clash)| *word == Clash::Hold && is_cut(*key, draft, view);
        if let Some((key, _)) = looks.iter().find(hidden) {
            return ContactMatch::Hold(self.too_many(*key, draft));
        }
        match self.hidden_number(draft, view) {
            Some(reason) => ContactMatch::Hold(reason),
            None => ContactMatch::Create,
        }
    }

    /// Whether more contacts have one of a new contact's telephone numbers than are looked at, and it shall be unique.
    fn hidden_number(&self, draft: &ContactDraft, view: &LedgerView) -> Option<Reason> {
        let (words, phones) = (&self.contacts, &draft.phones);
        let looks = [
            (
                "phone",
                words.unique_phone,
                view.cut.has_phone(&phones.default),
            ),
            (
                "mobile",
                words.unique_mobile,
                view.cut.has_mobile(&phones.mobile),
            ),
        ];
        let (field, word, _) =
            (looks.into_iter()).find(|(_, word, cut)| *cut && word.value == Clash::Hold)?;
        let what = format!(
            "More contacts of the ledger than can be told apart have the {field} of `{}`",
            draft.name
        );
        let fix = format!(
            "Give the customer a number of its own in both systems, or change `contacts.unique.{field}`, then `crossfoot retry TENANT NUMBER`."
        );
        Some(Reason::new(codes::CONTACT_TOO_MANY, what, fix).at(self.place(word.at)))
    }

    /// What a new contact would have in common with another, where the tenant wants it told and no more.
    pub fn contact_warnings(&self, draft: &ContactDraft, view: &LedgerView) -> Vec<Reason> {
        let clashes = self.contact_clashes(draft, view);
        let told = clashes.iter().filter(|c| c.action == Clash::Warn);
        told.map(|c| self.clash_reason(c, draft, view)).collect()
    }

    /// Values of a new contact that another active contact of the ledger already has, as far as the
    /// tenant wants to know. A client and its own sites never clash over telephone or e-mail.
    pub fn contact_clashes(&self, draft: &ContactDraft, view: &LedgerView) -> Vec<ContactClash> {
        let words = &self.contacts;
        let looks = [
            ("name", words.unique_name.value),
            ("phone", words.unique_phone.value),
            ("mobile", words.unique_mobile.value),
            ("email", words.unique_email.value),
        ];
        let mut out = Vec::new();
        for (field, action) in looks {
            if action == Clash::Off {
                continue;
            }
            let other = view
                .contacts
                .iter()
                .position(|c| !c.archived && c.merged_into.is_empty() && clashes(field, draft, c));
            out.extend(other.map(|other| ContactClash {
                field,
                action,
                other,
            }));
        }
        out
    }

    fn clash_reason(
        &self,
        clash: &ContactClash,
        draft: &ContactDraft,
        view: &LedgerView,
    ) -> Reason {
        let at = match clash.field {
            "name" => self.contacts.unique_name.at,
            "phone" => self.contacts.unique_phone.at,
            "mobile" => self.contacts.unique_mobile.at,
            _ => self.contacts.unique_email.at,
        };
        let other = view.contacts.get(clash.other);
        Reason::new(
            codes::CONTACT_CLASH,
            format!(
                "The new contact `{}` would have the same {} as `{}`, which the ledger has",
                draft.name,
                clash.field,
                other.map_or("another contact", |c| c.name.as_str())
            ),
            match clash.action {
                Clash::Warn => format!(
                    "See whether they are one customer, and merge them in the ledger if so; `contacts.unique.{}` says whether this is told.",
                    clash.field
                ),
                _ => format!(
                    "Change the {} of one of them, or `contacts.unique.{}`, then `crossfoot retry TENANT NUMBER`.",
                    clash.field, clash.field
                ),
            },
        )
        .at(self.place(at))
    }

    fn several(
        &self,
        key: MatchBy,
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
    fn too_many(&self, key: MatchBy, draft: &ContactDraft) -> Reason {
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

fn words_of(key: MatchBy, draft: &ContactDraft) -> String {
    if key == MatchBy::Email {
        format!("the e-mail address {}", draft.email)
    } else {
        format!("the name `{}`", draft.name)
    }
}

/// Whether more contacts have the draft's value than the view holds.
fn is_cut(key: MatchBy, draft: &ContactDraft, view: &LedgerView) -> bool {
    match key {
        MatchBy::Link => false,
        MatchBy::Email => view.cut.has_email(&draft.email),
        MatchBy::Name => view.cut.has_name(&draft.name),
    }
}

/// Of those that answer to a key of which not all are known, the one that answers to a later key of which all
/// are: what answers to both is then known to its last.
fn certain(
    found: &[usize],
    later: &[MatchBy],
    draft: &ContactDraft,
    view: &LedgerView,
) -> Option<usize> {
    for key in later {
        if *key == MatchBy::Link || is_cut(*key, draft, view) {
            continue;
        }
        let contact = |i: &&usize| view.contacts.get(**i);
        let mut both = found
            .iter()
            .filter(|i| contact(i).is_some_and(|c| answers(*key, draft, c)));
        if let (Some(one), None) = (both.next(), both.next()) {
            return Some(*one);
        }
    }
    None
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

/// Of several, the one that answers to a later key as well, if there is exactly one.
fn narrowed(
    found: Vec<usize>,
    later: &[MatchBy],
    draft: &ContactDraft,
    view: &LedgerView,
) -> Vec<usize> {
    let left = found;
    for key in later {
        if left.len() < 2 || *key == MatchBy::Link {
            continue;
        }
        let kept: Vec<usize> = left
            .iter()
            .copied()
            .filter(|i| {
                view.contacts
                    .get(*i)
                    .is_some_and(|c| answers(*key, draft, c))
            })
            .collect();
        if kept.len() == 1 {
            return kept;
        }
    }
    left
}
