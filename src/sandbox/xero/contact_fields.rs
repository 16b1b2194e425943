//! A contact's fields: their names and lengths, and how a body fills them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::books::Contact;
use super::ctx::Ctx;
use super::fail::Fail;
use super::found::Found;
use super::json::Obj;
use super::texts;

pub(super) const TEXTS: &[(&str, usize)] = &[
    ("FirstName", 255),
    ("LastName", 255),
    ("CompanyNumber", 50),
    ("TaxNumber", 50),
    ("BankAccountDetails", 4000),
    ("AccountsReceivableTaxType", 50),
    ("AccountsPayableTaxType", 50),
    ("SalesDefaultAccountCode", 50),
    ("PurchasesDefaultAccountCode", 50),
    ("XeroNetworkKey", 255),
    ("TrackingCategoryName", 255),
    ("TrackingCategoryOption", 255),
    ("Website", 255),
];
const CHOICES: &[(&str, &[&str])] = &[
    (
        "SalesDefaultLineAmountType",
        &["INCLUSIVE", "EXCLUSIVE", "NONE"],
    ),
    (
        "PurchasesDefaultLineAmountType",
        &["INCLUSIVE", "EXCLUSIVE", "NONE"],
    ),
    ("TaxNumberType", &["SSN", "EIN", "ITIN", "ATIN"]),
];
pub(super) const ADDRESS_TYPES: &[&str] = &["STREET", "POBOX"];
pub(super) const ADDRESS: &[(&str, usize)] = &[
    ("AddressLine1", 500),
    ("AddressLine2", 500),
    ("AddressLine3", 500),
    ("AddressLine4", 500),
    ("City", 255),
    ("Region", 255),
    ("PostalCode", 50),
    ("Country", 50),
    ("AttentionTo", 255),
];
pub(super) const PHONE_TYPES: &[&str] = &["DEFAULT", "DDI", "FAX", "MOBILE"];
pub(super) const PHONE: &[(&str, usize)] = &[
    ("PhoneNumber", 50),
    ("PhoneAreaCode", 10),
    ("PhoneCountryCode", 20),
];

/// A name as the vendor keeps it: trimmed, inner white space collapsed.
pub(super) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A contact with what a body says of it.
pub(super) fn fill(
    ctx: &Ctx<'_>,
    el: &Obj<'_>,
    mut contact: Contact,
    found: &mut Found,
    may_archive: bool,
) -> Result<Contact, Fail> {
    if let Some(name) = el.text("Name")? {
        let name = tidy(&name);
        if name.chars().count() > 255 {
            found.error(texts::too_long("Name", 255));
        }
        if name.contains(['<', '>']) {
            found.error(texts::NAME_BRACKETS);
        }
        if !name.is_empty() {
            contact.name = name;
        }
    }
    if let Some(email) = limited(el, "EmailAddress", 255, found)? {
        if !email.is_empty() && !email_valid(&email) {
            found.error(texts::EMAIL_INVALID);
        }
        contact.email = email;
    }
    if let Some(number) = limited(el, "ContactNumber", 50, found)? {
        contact.number = Some(number).filter(|n| !n.is_empty());
    }
    if let Some(number) = limited(el, "AccountNumber", 50, found)? {
        contact.account_number = Some(number).filter(|n| !n.is_empty());
    }
    for (name, most) in TEXTS {
        if let Some(text) = limited(el, name, *most, found)? {
            contact.fields.insert(name, text);
        }
    }
    for (name, words) in CHOICES {
        if let Some(word) = el.choice(name, words, name)? {
            contact.fields.insert(name, word.to_string());
        }
    }
    if let Some(code) = el.text("DefaultCurrency")? {
        if !ctx.org.currencies.contains_key(&code) {
            found.error(texts::currency(&code));
        }
        contact.fields.insert("DefaultCurrency", code);
    }
    contact.discount = el.dec("Discount")?.or(contact.discount);
    if let Some(terms) = el.raw("PaymentTerms").filter(|t| t.is_object()) {
        contact.terms = Some(terms.clone());
    }
    if let Some(persons) = el.raw("ContactPersons").and_then(Value::as_array) {
        if persons.len() > 5 {
            found.error(texts::PERSONS_TOO_MANY);
        }
        contact.persons = persons.clone();
    }
    reach(el, &mut contact, found)?;
    let status = el.choice(
        "ContactStatus",
        &["ACTIVE", "ARCHIVED", "GDPRREQUEST"],
        "ContactStatus",
    )?;
    if let Some(status) = status.filter(|_| may_archive) {
        contact.status = status;
    }
    Ok(contact)
}

/// Addresses and telephone numbers.
fn reach(el: &Obj<'_>, contact: &mut Contact, found: &mut Found) -> Result<(), Fail> {
    slots(
        el,
        "Addresses",
        "AddressType",
        ADDRESS_TYPES,
        ADDRESS,
        &mut contact.addresses,
        found,
    )?;
    slots(
        el,
        "Phones",
        "PhoneType",
        PHONE_TYPES,
        PHONE,
        &mut contact.phones,
        found,
    )?;
    let countries = contact.addresses.values().filter_map(|a| a.get("Country"));
    if countries
        .into_iter()
        .any(|c| !c.chars().all(|c| c.is_alphabetic() || c == ' '))
    {
        found.error(texts::COUNTRY_LETTERS);
    }
    Ok(())
}

fn limited(
    el: &Obj<'_>,
    name: &str,
    most: usize,
    found: &mut Found,
) -> Result<Option<String>, Fail> {
    let text = el.text(name)?;
    if text.as_ref().is_some_and(|t| t.chars().count() > most) {
        found.error(texts::too_long(name, most));
    }
    Ok(text)
}

pub(super) type Slots = BTreeMap<&'static str, BTreeMap<&'static str, String>>;

/// Addresses and phones live in fixed slots; a slot or field that is not sent stays as it was.
fn slots(
    el: &Obj<'_>,
    list: &str,
    type_field: &str,
    types: &'static [&'static str],
    fields: &'static [(&'static str, usize)],
    into: &mut Slots,
    found: &mut Found,
) -> Result<(), Fail> {
    for entry in el.list(list)?.unwrap_or_default() {
        let Some(kind) = entry.choice(type_field, types, type_field)? else {
            continue;
        };
        let slot = into.entry(kind).or_default();
        for (name, most) in fields {
            if let Some(text) = limited(&entry, name, *most, found)? {
                slot.insert(name, text);
            }
        }
    }
    Ok(())
}

/// Whether a text could be an address of mail.
pub(super) fn email_valid(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |s: &str| {
        !s.is_empty()
            && s.chars()
                .all(|c| !c.is_whitespace() && !"<>,;@\"()".contains(c))
    };
    let labels: Vec<&str> = host.split('.').collect();
    plain(user) && !user.ends_with('.') && labels.len() > 1 && labels.iter().all(|l| plain(l))
}
