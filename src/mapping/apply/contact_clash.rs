//! What a new contact would have in common with those the ledger has, and the name it gets where its own is another's.
//!
//! Flows in: the draft of a contact that no key finds, and the candidates. Flows out: a reason to hold, what is told, or
//! the name it is made under. A namesake that is not proved another customer always holds.

use super::contact_match::{ContactMatch, another_address, is_anothers, is_cut};
use super::same::{clashes, same_text};
use crate::mapping::config::{Clash, Mapping, Namesakes};
use crate::model::codes;
use crate::model::{ContactDraft, FoundBy, LedgerContact, LedgerView, Link, Reason};

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

/// A customer's name with the source's id behind it, as far as people read that: what stands before a slash.
pub fn with_suffix(draft: &ContactDraft) -> String {
    let id = draft.source.id.as_str();
    let short = id.split('/').next().filter(|s| !s.is_empty());
    format!("{} ({})", draft.name, short.unwrap_or(id))
}

impl Mapping {
    /// Why a new customer is not made beside an active contact of its name that may be its own.
    pub(super) fn unproved_namesake(
        &self,
        draft: &ContactDraft,
        view: &LedgerView,
    ) -> Option<Reason> {
        let other = namesakes(&draft.name, view).find(|i| !is_anothers(view, *i))?;
        let strict = self.contacts.unique_name.value == Clash::Hold;
        if !self.goes_by(FoundBy::Name) && strict {
            let clash = ContactClash {
                field: "name",
                action: Clash::Hold,
                other,
            };
            return Some(self.clash_reason(&clash, draft, view));
        }
        Some(self.namesake(draft, view, other))
    }

    /// Why no customer can be made under a name: a party of another list has it, and the ledger has one room for the names of all.
    /// No other name answers that: whoever has it may be the customer all the same.
    pub(super) fn name_of_another_list(&self, name: &str, view: &LedgerView) -> Option<Reason> {
        let has = |c: &&LedgerContact| !c.archived && same_text(name, &c.name);
        let other = view.others.iter().find(has)?;
        Some(Reason::new(
            codes::CONTACT_NAME_TAKEN,
            format!(
                "The name `{name}` is taken by the {} `{}`, id {}",
                other.list.word(),
                other.name,
                other.own_id()
            ),
            "Rename one of the two, in the ledger or at the source; then `crossfoot retry TENANT NUMBER`.",
        ))
    }

    /// Why a customer of ours cannot be given its new name: a party of another list has it. The name that it has there already
    /// holds nothing.
    pub(super) fn renamed_to_anothers(
        &self,
        draft: &ContactDraft,
        view: &LedgerView,
    ) -> Option<Reason> {
        let ours = view.contact_link.as_ref().is_some_and(Link::is_ours);
        let was = view
            .contact_posted
            .as_ref()
            .filter(|was| was.name != draft.name);
        was.filter(|_| ours && self.sync.update_contacts.value)?;
        self.name_of_another_list(&draft.name, view)
    }

    /// A contact of the same name, of which is not known whose it is.
    pub(super) fn namesake(&self, draft: &ContactDraft, view: &LedgerView, other: usize) -> Reason {
        let known = view.contacts.get(other);
        let why = match view.evidence.shared(FoundBy::Name) {
            Some(who) if !another_address(draft, view, other) => {
                format!("{who} of the source has the name too")
            }
            _ => "the name alone does not prove that they are one".to_owned(),
        };
        Reason::new(
            codes::CONTACT_NAMESAKE,
            format!(
                "The ledger has a contact `{}`, and {why}",
                known.map_or_else(|| draft.name.clone(), named),
            ),
            format!(
                "If it is this customer, give the ledger's contact the e-mail address {}; if it is another, change the name of one of the two. Then `crossfoot retry TENANT NUMBER`.",
                addressed(&draft.email)
            ),
        )
        .at(self.place(self.match_contacts.by.at))
    }

    /// A contact of the same name that is another customer's, where the file says to hold.
    fn proved_namesake(&self, name: &str, view: &LedgerView, other: usize) -> Reason {
        let known = view.contacts.get(other);
        let whose = known.and_then(|c| view.evidence.others.get(&c.id));
        let at = self.contacts.namesakes.at;
        Reason::new(
            codes::CONTACT_NAMESAKE,
            format!(
                "The ledger's contact `{}` has the name `{name}` already, and is {}",
                known.map_or_else(String::new, named),
                whose.map_or("another contact", String::as_str)
            ),
            "Give the new customer another name in the source or in a `map_contact` rule, or set `contacts: { namesakes: suffix }`; then `crossfoot retry TENANT NUMBER`.",
        )
        .at(self.place(at))
    }

    /// Makes the contact, under another name where its own is proved another customer's and the ledger's names are unique.
    pub(super) fn named_apart(&self, draft: &ContactDraft, view: &LedgerView) -> ContactMatch {
        let Some(other) = namesakes(&draft.name, view).next() else {
            return ContactMatch::Create;
        };
        if self.contacts.unique_name.value != Clash::Hold {
            return ContactMatch::Create;
        }
        // One without an id of its own has nothing that tells it apart.
        if self.contacts.namesakes.value == Namesakes::Hold || draft.source.is_known_by_name() {
            return ContactMatch::Hold(self.proved_namesake(&draft.name, view, other));
        }
        let name = with_suffix(draft);
        let taken = namesakes(&name, view).next();
        match taken {
            Some(other) => ContactMatch::Hold(self.proved_namesake(&name, view, other)),
            None => ContactMatch::CreateAs(name),
        }
    }

    /// Why a new contact may not be made for what it has in common with others, its name apart.
    pub(super) fn clash_that_holds(
        &self,
        draft: &ContactDraft,
        view: &LedgerView,
    ) -> Option<Reason> {
        let clashes = self.contact_clashes(draft, view);
        let holds = |c: &&ContactClash| c.action == Clash::Hold && c.field != "name";
        if let Some(clash) = clashes.iter().find(holds) {
            return Some(self.clash_reason(clash, draft, view));
        }
        // Among those that were not fetched there may be one.
        let words = &self.contacts;
        let looks = [
            (FoundBy::Name, words.unique_name.value),
            (FoundBy::Email, words.unique_email.value),
        ];
        let hidden =
            |(key, word): &&(FoundBy, Clash)| *word == Clash::Hold && is_cut(*key, draft, view);
        if let Some((key, _)) = looks.iter().find(hidden) {
            return Some(self.too_many(*key, draft));
        }
        self.hidden_number(draft, view)
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
}

/// The active contacts of a name.
fn namesakes<'v>(name: &'v str, view: &'v LedgerView) -> impl Iterator<Item = usize> + 'v {
    let all = view.contacts.iter().enumerate();
    all.filter(move |(_, c)| !c.archived && c.merged_into.is_empty() && same_text(name, &c.name))
        .map(|(index, _)| index)
}

/// A contact as people tell it from its namesakes.
fn named(contact: &LedgerContact) -> String {
    match contact.email.trim() {
        "" => format!("{} (without an e-mail address)", contact.name),
        email => format!("{} <{email}>", contact.name),
    }
}

fn addressed(email: &str) -> &str {
    match email.trim() {
        "" => "that the source has, once it has one",
        email => email,
    }
}
