//! A source contact's properties, and its addresses'.

use super::handles::{AddressRef, FieldsRef, SourceContact, some};
use crate::rules::api::builder::Build;
use crate::rules::api::catalog::Ty;
use crate::rules::api::convert::{text, texts};
use rhai::{Array, Dynamic};

macro_rules! contact_text {
    ($b:expr, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
        $b.get::<SourceContact>(Ty::Contact, $name, Ty::Text, $doc, |c| {
            c.with(|c| text(&c.$field)).unwrap_or_default().into()
        });
    )+ };
}

/// Adds them.
pub(super) fn contact(b: &mut Build) {
    b.named::<SourceContact>(Ty::Contact);
    contact_text!(b,
        "id" id "The source's id.",
        "name" name "The name to show.",
        "first_name" first_name "Given name.",
        "last_name" last_name "Family name.",
        "company" company "Company, when the contact is a person of one.",
        "email" email "First e-mail address.",
        "phone" phone "First telephone number.",
        "mobile" mobile "Mobile telephone number.",
        "tax_number" tax_number "Tax registration number.",
    );
    let on = Ty::Contact;
    b.get::<SourceContact>(
        on,
        "parent",
        Ty::Contact,
        "The client of which it is a site, or `()`.",
        SourceContact::parent,
    );
    b.get::<SourceContact>(on, "tags", Ty::Texts, "Tags.", |c| {
        c.with(|c| texts(&c.tags))
            .unwrap_or_else(|| Array::new().into())
    });
    b.get::<SourceContact>(on, "fields", Ty::Fields, "Custom fields by name.", |c| {
        Dynamic::from(FieldsRef::Contact(c.clone()))
    });
    b.get::<SourceContact>(on, "billing", Ty::Address, "Where bills go.", |c| {
        Dynamic::from(AddressRef {
            contact: c.clone(),
            billing: true,
        })
    });
    b.get::<SourceContact>(
        on,
        "service",
        Ty::Address,
        "Where work is done or goods are sent.",
        |c| {
            Dynamic::from(AddressRef {
                contact: c.clone(),
                billing: false,
            })
        },
    );
}

/// Adds those of an address.
pub(super) fn address(b: &mut Build) {
    use Ty::*;
    type A = AddressRef;
    b.named::<A>(Address);
    let on = Address;
    b.get::<A>(on, "lines", Texts, "Street lines.", |a| {
        a.with(|a| texts(&a.lines)).unwrap_or_default()
    });
    b.get::<A>(on, "city", Text, "Town.", |a| {
        some(a.with(|a| text(&a.city)))
    });
    b.get::<A>(on, "region", Text, "State, county, province.", |a| {
        some(a.with(|a| text(&a.region)))
    });
    b.get::<A>(on, "postal_code", Text, "Postal code, as text.", |a| {
        some(a.with(|a| text(&a.postal_code)))
    });
    b.get::<A>(
        on,
        "country",
        Text,
        "Country, as the source writes it.",
        |a| some(a.with(|a| text(&a.country))),
    );
}
