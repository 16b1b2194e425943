//! A contact draft and its addresses.

use super::handles::{AddressHandle, ContactHandle};
use crate::model::{Address, ContactDraft};
use crate::rules::api::builder::Build;
use crate::rules::api::catalog::Ty;
use crate::rules::api::convert::{text, texts};
use crate::rules::api::source::{ContactOwner, SourceContact};
use crate::rules::cell::FieldValue;
use rhai::Dynamic;
use std::mem::replace;

/// Adds both.
pub(super) fn add(b: &mut Build) {
    contact(b);
    contact_around(b);
    address(b);
}

fn contact(b: &mut Build) {
    type H = ContactHandle;
    let on = Ty::ContactDraft;
    b.named::<H>(on);
    text_field!(
        b,
        H,
        on,
        "name",
        "The name, which the ledger wants unique.",
        |d, _at| d.name
    );
    text_field!(b, H, on, "first_name", "Given name.", |d, _at| d.first_name);
    text_field!(b, H, on, "last_name", "Family name.", |d, _at| d.last_name);
    text_field!(b, H, on, "email", "E-mail address.", |d, _at| d.email);
    text_field!(
        b,
        H,
        on,
        "account_number",
        "The ledger's account number of the contact, or empty.",
        |d, _at| d.account_number
    );
    text_field!(
        b,
        H,
        on,
        "tax_number",
        "Tax registration number, or empty.",
        |d, _at| d.tax_number
    );
    text_field!(b, H, on, "phone", "The main telephone number.", |d, _at| d
        .phones
        .default);
    text_field!(b, H, on, "mobile", "The mobile number.", |d, _at| d
        .phones
        .mobile);
}

fn contact_around(b: &mut Build) {
    type H = ContactHandle;
    let on = Ty::ContactDraft;
    b.look::<H>(
        on,
        "number",
        Ty::Text,
        "Our key in the ledger, filled when it is posted.",
        |d, _| text(&d.number).into(),
    );
    b.get::<H>(
        on,
        "billing",
        Ty::Address,
        "The address bills go to; its parts can be set.",
        |h| Dynamic::from(AddressHandle(h.0.clone(), 0)),
    );
    b.get::<H>(
        on,
        "service",
        Ty::Address,
        "The address of the site; its parts can be set.",
        |h| Dynamic::from(AddressHandle(h.0.clone(), 1)),
    );
    b.get::<H>(on, "source", Ty::Contact, "The source's contact.", |h| {
        Dynamic::from(SourceContact {
            owner: ContactOwner::Draft(h.0.clone()),
            up: 0,
        })
    });
    b.get::<H>(
        on,
        "parent",
        Ty::Contact,
        "The source's client of which it is a site, or `()`.",
        |h| {
            if h.0.lock().draft.source.parent.is_none() {
                return Dynamic::UNIT;
            }
            Dynamic::from(SourceContact {
                owner: ContactOwner::Draft(h.0.clone()),
                up: 1,
            })
        },
    );
}

fn at(d: &ContactDraft, which: usize) -> &Address {
    if which == 0 { &d.billing } else { &d.service }
}

fn at_mut(d: &mut ContactDraft, which: usize) -> &mut Address {
    if which == 0 {
        &mut d.billing
    } else {
        &mut d.service
    }
}

macro_rules! address_text {
    ($b:expr, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
        $b.field::<AddressHandle>(Ty::Address, $name, Ty::Text, $doc,
            |d, which| text(&at(d, which).$field).into(),
            |d, which, new| match new {
                FieldValue::Text(t) => Ok(FieldValue::Text(replace(&mut at_mut(d, which).$field, t))),
                _ => Err("text"),
            });
    )+ };
}

fn address(b: &mut Build) {
    b.named::<AddressHandle>(Ty::Address);
    // The source's addresses have listed the same properties; here they are made settable.
    b.catalog.props.retain(|p| p.on != Ty::Address);
    b.field::<AddressHandle>(
        Ty::Address,
        "lines",
        Ty::Texts,
        "Street lines.",
        |d, which| texts(&at(d, which).lines),
        |d, which, new| match new {
            FieldValue::Texts(t) => Ok(FieldValue::Texts(replace(&mut at_mut(d, which).lines, t))),
            _ => Err("a list of texts"),
        },
    );
    address_text!(b,
        "city" city "Town.",
        "region" region "State, county, province.",
        "postal_code" postal_code "Postal code, as text.",
        "country" country "Country, as the source writes it.",
    );
}
