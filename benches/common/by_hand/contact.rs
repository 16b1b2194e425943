//! The contact, and which of the ledger's it is.

use super::{ByHand, same, why};
use crossfoot::model::*;

impl ByHand<'_> {
    pub(super) fn contact(
        &self,
        invoice: &Invoice,
        view: &LedgerView,
    ) -> Result<(ContactDraft, ContactTarget), Verdict> {
        let from = &invoice.contact;
        let mut name = from.name.trim().to_owned();
        if let Some(parent) = &from.parent {
            name = format!("{} - {name}", parent.name.trim());
        }
        let draft = ContactDraft {
            name,
            first_name: from.first_name.clone(),
            last_name: from.last_name.clone(),
            email: from.email.trim().to_owned(),
            number: String::new(),
            account_number: String::new(),
            tax_number: from.tax_number.clone(),
            currency: None,
            phones: Phones {
                default: from.phone.clone(),
                mobile: from.mobile.clone(),
            },
            billing: from.billing.clone(),
            service: from.service.clone(),
            source: from.clone(),
        };
        let linked = view.contact_link.as_ref().map(|l| l.other.id.0.as_str());
        let by_link = view.contacts.iter().find(|c| Some(c.id.as_str()) == linked);
        let mut by_email = view
            .contacts
            .iter()
            .filter(|c| same(&c.email, &draft.email));
        let mut by_name = view.contacts.iter().filter(|c| same(&c.name, &draft.name));
        let found = by_link
            .or_else(|| by_email.next())
            .or_else(|| by_name.next());
        let Some(found) = found else {
            self.writable(&draft).map_err(Verdict::Hold)?;
            return Ok((draft, ContactTarget::Create));
        };
        if by_email.next().is_some() {
            let what = format!("several contacts have {}", draft.email);
            return Err(Verdict::Hold(why("contact.many", what, "merge them")));
        }
        if found.archived || !found.merged_into.is_empty() {
            let what = format!("{} is archived", found.name);
            return Err(Verdict::Hold(why("contact.archived", what, "restore it")));
        }
        let target = ContactTarget::Existing {
            id: found.id.clone(),
            update: false,
        };
        Ok((draft, target))
    }

    fn writable(&self, draft: &ContactDraft) -> Result<(), Reason> {
        let too_long = draft.name.chars().count() > self.facts.lengths.name;
        if draft.name.is_empty() || too_long || draft.name.contains(['<', '>']) {
            return Err(why("contact.name", draft.name.clone(), "correct it"));
        }
        Ok(())
    }
}
