//! A contact of the source as the ledger would hold it.
//!
//! Flows in: a canonical contact. Flows out: its draft, named as the source names it. The client's
//! name in front of a site's is a shipped rule of its own.

use super::from_source;
use crate::mapping::config::Mapping;
use crate::model::{Contact, ContactDraft, Phones, Trace};

impl Mapping {
    /// Drafts a contact from the source's fields.
    ///
    /// A contact without a name takes its person's, then its company's name, then its e-mail address.
    pub fn draft_contact(&self, contact: &Contact, trace: &mut Trace) -> ContactDraft {
        let (name, field) = contact.shown();
        from_source(trace, "contact.name".into(), &name, field);
        for (field, value) in [
            ("contact.email", &contact.email),
            ("contact.phone", &contact.phone),
            ("contact.mobile", &contact.mobile),
            ("contact.tax_number", &contact.tax_number),
        ] {
            from_source(trace, field.into(), value, field);
        }
        ContactDraft {
            name,
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
            email: contact.email.trim().to_owned(),
            number: String::new(),
            account_number: String::new(),
            tax_number: contact.tax_number.clone(),
            currency: None,
            phones: Phones {
                default: contact.phone.clone(),
                mobile: contact.mobile.clone(),
            },
            billing: contact.billing.clone(),
            service: contact.service.clone(),
            source: contact.clone(),
        }
    }
}
