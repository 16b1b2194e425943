//! Whom a document is for: its contact's draft, and which contact of the ledger that is.

use super::deciding::{Deciding, Halt, hold};
use crate::checks;
use crate::mapping::{ContactMatch, with_suffix};
use crate::model::codes;
use crate::model::{
    ContactDraft, ContactFound, ContactTarget, Currency, FoundBy, LedgerContact, PostedDraft,
    Reason, Trace,
};
use crate::rules::{Choice, Hook};

impl Deciding<'_, '_> {
    /// The contact of a document that stays as it was posted: the one it was posted for. Only a change of
    /// our own contact still goes, where such changes are wanted.
    pub(super) fn contact_as_posted(
        &mut self,
        posted: &PostedDraft,
    ) -> Result<(ContactDraft, ContactTarget), Halt> {
        let q = self.q;
        let ours = q.view.contact_link.is_some() && q.mapping.sync.update_contacts.value;
        if ours || posted.contact_id.is_empty() {
            return self.contact();
        }
        let target = ContactTarget::Existing {
            id: posted.contact_id.clone(),
            update: false,
        };
        let draft = q
            .mapping
            .draft_contact(&q.invoice.contact, &mut Trace::off());
        Ok((draft, target))
    }

    pub(super) fn contact(&mut self) -> Result<(ContactDraft, ContactTarget), Halt> {
        let q = self.q;
        let mut draft = q
            .mapping
            .draft_contact(&q.invoice.contact, &mut self.out.trace);
        q.mapping.shipped_contact(&mut draft, &mut self.out.trace);
        if q.rules.has(Hook::MapContact) {
            let ruling = self.runner.map_contact(q.rules, q.context, &mut draft)?;
            self.ruled(ruling)?;
        }
        // Decided before the rules, it would be another contact to them in each ledger.
        draft.currency = q.facts.contact_currency.then_some(q.invoice.currency);
        self.still_apart(&mut draft);
        let target = self.match_contact(&mut draft)?;
        let written = match &target {
            ContactTarget::Create => true,
            ContactTarget::Existing { update, .. } => *update,
        };
        if written {
            checks::contact(self.law, &draft).map_err(hold)?;
            // Of one that is there as it is no text is sent.
            let posted = self.q.view.contact_posted.as_ref();
            if posted
                .is_none_or(|was| draft.same_fields(was).len() < draft.same_fields(&draft).len())
            {
                let told = checks::contact::cuts(q.facts, &draft);
                self.out.warnings.extend(told);
            }
        }
        Ok((draft, target))
    }

    /// A contact that we made under a name of its own, for its namesake was another customer's, keeps that name.
    fn still_apart(&mut self, draft: &mut ContactDraft) {
        let Some(was) = self.q.view.contact_posted.as_ref() else {
            return;
        };
        let name = with_suffix(draft);
        if was.name == name {
            self.named_apart(draft, name);
        }
    }

    fn named_apart(&mut self, draft: &mut ContactDraft, name: String) {
        let at = self.q.mapping.contacts.namesakes.at;
        let by = self.q.mapping.by("contacts.namesakes", at);
        self.out.trace.set("contact.name", name.as_str(), by);
        draft.name = name;
    }

    fn match_contact(&mut self, draft: &mut ContactDraft) -> Result<ContactTarget, Halt> {
        let q = self.q;
        if q.rules.has(Hook::MatchContact) {
            let cut = &q.view.cut;
            if cut.has_name(&draft.name) || cut.has_email(&draft.email) {
                return Err(hold(Reason::new(
                    codes::CONTACT_TOO_MANY,
                    "more contacts of the ledger than a rule can be shown have this customer's name or e-mail address",
                    "give the customer a value of its own in both systems, then `crossfoot retry TENANT NUMBER`",
                )));
            }
            let choice = self
                .runner
                .match_contact(q.rules, q.context, draft, &q.view.contacts)?;
            match choice {
                Choice::Absent => {}
                Choice::Use(i) => return self.existing(i, FoundBy::Rule),
                Choice::Create => return Ok(ContactTarget::Create),
                Choice::Verdict(v) => return Err(Halt::Verdict(v)),
                Choice::None => {
                    return Err(hold(Reason::new(
                        codes::CONTACT_NONE,
                        "a `match_contact` rule answered none(), and a document needs a contact",
                        "answer create(), use(i) or hold(why) there",
                    )));
                }
            }
        }
        match q.mapping.match_contact(draft, q.view) {
            ContactMatch::Use(i, by) => {
                let found = q.view.contacts.get(i);
                let told = found.and_then(|f| q.mapping.contact_told(draft, f, by));
                self.out.warnings.extend(told);
                self.existing(i, by)
            }
            ContactMatch::CreateAs(name) => {
                self.named_apart(draft, name);
                self.out.warnings = q.mapping.contact_warnings(draft, q.view);
                Ok(ContactTarget::Create)
            }
            ContactMatch::Create => {
                // One that was made before, and is not looked for by its link, has everything in common with itself.
                if q.view.contact_link.is_none() {
                    self.out.warnings = q.mapping.contact_warnings(draft, q.view);
                }
                Ok(ContactTarget::Create)
            }
            ContactMatch::Hold(reason) => Err(hold(reason)),
        }
    }

    fn existing(&mut self, index: usize, by: FoundBy) -> Result<ContactTarget, Halt> {
        let found = self.q.view.contacts.get(index).ok_or_else(|| {
            hold(Reason::new(
                codes::CONTACT_CHOICE,
                format!("a `match_contact` rule chose candidate {index}, and there is none of that number"),
                "candidates are counted from 0; look at `found.len()`",
            ))
        })?;
        if let Some(reason) = another_currency(found, self.q.invoice.currency) {
            return Err(hold(reason));
        }
        self.out.found = Some(ContactFound {
            id: found.id.clone(),
            name: found.name.clone(),
            email: found.email.clone(),
            by,
        });
        // Only a contact that is ours by link takes our changes: others belong to the people who keep the books.
        let ours = (self.q.view.contact_link.as_ref())
            .is_some_and(|l| l.other.id.0 == found.id && l.is_ours());
        Ok(ContactTarget::Existing {
            id: found.id.clone(),
            update: ours && self.q.mapping.sync.update_contacts.value,
        })
    }
}

/// Why a document cannot be for a contact whose currency the ledger has fixed: it is in another.
fn another_currency(found: &LedgerContact, is: Currency) -> Option<Reason> {
    let fixed = found.currency.as_str();
    (!fixed.is_empty() && fixed != is.code()).then(|| {
        Reason::new(
            codes::CONTACT_CURRENCY,
            format!(
                "The document is in {is}, and the ledger's contact `{}` has its documents in {fixed}",
                found.name
            ),
            "Correct the currency in the source, or give the customer another contact in the ledger for this currency; then `crossfoot retry TENANT NUMBER`.",
        )
    })
}
