//! Contacts: unique among active ones by name, found by id or by the caller's own ContactNumber.
//!
//! Flows in: contact elements, and the contact part of a document. Flows out: contacts. Refuses: a name taken by an
//! active contact, a number taken by any, edits of archived (or merged) ones, text that is too long.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::books::{Contact, Org};
use super::contact_views;
use super::ctx::{Ctx, Event, Saved};
use super::fail::Fail;
use super::json::Obj;
use super::lines::Found;
use super::texts;

const TEXTS: &[(&str, usize)] = &[
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

/// The key under which a name is unique.
pub(super) fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// A name as the vendor keeps it: trimmed, inner white space collapsed.
pub(super) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Creates (PUT) or creates and updates (POST).
pub(super) fn write(ctx: &mut Ctx<'_>, el: &Obj<'_>, create_only: bool) -> Result<Saved, Fail> {
    let (contact, created) = match target(ctx, el, create_only)? {
        Some(existing) => (update(ctx, el, existing, true)?, false),
        None => (create(ctx, el)?, true),
    };
    let words = if created { "Created" } else { "Edited" };
    ctx.org.note(contact.id, words, &contact.name, ctx.now);
    let body = contact_views::show(ctx.org, &contact, contact_views::Level::Full, ctx.now);
    Ok(Saved {
        body,
        warnings: Vec::new(),
    })
}

/// Which contact an element is about; `None` when it is to be created.
fn target(ctx: &Ctx<'_>, el: &Obj<'_>, create_only: bool) -> Result<Option<Contact>, Fail> {
    if create_only {
        return Ok(None);
    }
    if let Some(id) = el.guid("ContactID")? {
        return ctx
            .org
            .contacts
            .get(&id)
            .cloned()
            .map(Some)
            .ok_or(Fail::Missing);
    }
    if let Some(number) = el.text("ContactNumber")?.filter(|n| !n.is_empty())
        && let Some(holder) = by_number(ctx.org, &number)
    {
        if holder.merged_to.is_some() {
            return Err(Fail::say(texts::CONTACT_NUMBER_TAKEN));
        }
        return Ok(Some(holder.clone()));
    }
    if let Some(name) = el.text("Name")?
        && ctx.sw.is("post_contact_same_name", "upsert")
    {
        return Ok(by_name(ctx.org, &name).cloned());
    }
    Ok(None)
}

/// A contact by number.
pub(super) fn by_number<'o>(org: &'o Org, number: &str) -> Option<&'o Contact> {
    org.contacts
        .get(org.contact_numbers.get(&number.to_string())?)
}

/// An active contact by name.
pub(super) fn by_name<'o>(org: &'o Org, name: &str) -> Option<&'o Contact> {
    org.contacts
        .get(org.contact_names.get(&name_key(&tidy(name)))?)
}

fn blank(ctx: &mut Ctx<'_>) -> Contact {
    Contact {
        id: ctx.ids.next("contact"),
        name: String::new(),
        number: None,
        account_number: None,
        status: "ACTIVE",
        email: String::new(),
        fields: BTreeMap::new(),
        addresses: BTreeMap::new(),
        phones: BTreeMap::new(),
        persons: Vec::new(),
        terms: None,
        discount: None,
        merged_to: None,
        is_customer: false,
        is_supplier: false,
        updated: ctx.now,
    }
}

fn create(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<Contact, Fail> {
    let fresh = blank(ctx);
    let mut found = Found::default();
    if el.text("Name")?.is_none_or(|n| tidy(&n).is_empty()) {
        found.error(texts::NAME_MISSING);
    }
    let contact = fill(ctx, el, fresh, &mut found, false)?;
    save(ctx, contact, found, "CREATE")
}

/// Updates an active contact.
fn update(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    existing: Contact,
    may_archive: bool,
) -> Result<Contact, Fail> {
    if existing.status != "ACTIVE" {
        return Err(Fail::say(texts::CONTACT_ARCHIVED));
    }
    let mut found = Found::default();
    let contact = fill(ctx, el, existing, &mut found, may_archive)?;
    save(ctx, contact, found, "UPDATE")
}

fn fill(
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

fn save(
    ctx: &mut Ctx<'_>,
    mut contact: Contact,
    mut found: Found,
    event: &'static str,
) -> Result<Contact, Fail> {
    let id = contact.id;
    let taken = |holder: Option<&Uuid>| holder.is_some_and(|h| *h != id);
    if contact.status == "ACTIVE" && taken(ctx.org.contact_names.get(&name_key(&contact.name))) {
        found.error(texts::name_taken(&contact.name));
    }
    if contact
        .number
        .as_ref()
        .is_some_and(|n| taken(ctx.org.contact_numbers.get(n)))
    {
        found.error(texts::CONTACT_NUMBER_TAKEN);
    }
    if contact
        .account_number
        .as_ref()
        .is_some_and(|n| taken(ctx.org.contact_accounts.get(n)))
    {
        found.error(texts::ACCOUNT_NUMBER_TAKEN);
    }
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    contact.updated = ctx.now;
    put(ctx.org, contact.clone());
    ctx.events.push(Event {
        category: "CONTACT",
        kind: event,
        id,
        path: "Contacts",
        data: None,
    });
    Ok(contact)
}

/// Writes a contact and what finds it.
pub(super) fn put(org: &mut Org, contact: Contact) {
    let id = contact.id;
    if let Some(before) = org.contacts.get(&id).cloned() {
        let name = name_key(&before.name);
        if org.contact_names.get(&name) == Some(&id) {
            org.contact_names.remove(&name);
        }
        if let Some(number) = before
            .number
            .filter(|n| org.contact_numbers.get(n) == Some(&id))
        {
            org.contact_numbers.remove(&number);
        }
        if let Some(number) = before
            .account_number
            .filter(|n| org.contact_accounts.get(n) == Some(&id))
        {
            org.contact_accounts.remove(&number);
        }
    }
    if contact.status == "ACTIVE" {
        org.contact_names.put(name_key(&contact.name), id);
    }
    if let Some(number) = &contact.number {
        org.contact_numbers.put(number.clone(), id);
    }
    if let Some(number) = &contact.account_number {
        org.contact_accounts.put(number.clone(), id);
    }
    org.contacts.put(id, contact);
}

/// The contact a document names: by id (other fields then update it), by number, or by name, which may create it.
pub(super) fn of_document(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<Contact, Fail> {
    if let Some(id) = el.guid("ContactID")? {
        let Some(known) = ctx.org.contacts.get(&id).cloned() else {
            let whole = ctx.sw.is("unknown_nested_contact", "not_found");
            return Err(if whole {
                Fail::Missing
            } else {
                Fail::say(texts::CONTACT_UNKNOWN)
            });
        };
        return active(ctx, el, known);
    }
    if let Some(number) = el.text("ContactNumber")?.filter(|n| !n.is_empty())
        && let Some(known) = by_number(ctx.org, &number).cloned()
    {
        return active(ctx, el, known);
    }
    let Some(name) = el.text("Name")?.filter(|n| !tidy(n).is_empty()) else {
        let numbered = el.text("ContactNumber")?.is_some_and(|n| !n.is_empty());
        return Err(Fail::say(if numbered {
            texts::CONTACT_UNKNOWN
        } else {
            texts::CONTACT_MISSING
        }));
    };
    if ctx.sw.is("invoice_contact_name", "match")
        && let Some(known) = by_name(ctx.org, &name).cloned()
    {
        return active(ctx, el, known);
    }
    create(ctx, el)
}

/// Fields that, sent within a document, change the contact.
fn carries_changes(el: &Obj<'_>, known: &Contact) -> bool {
    let lists = ["Addresses", "Phones", "ContactPersons"];
    let texts =
        TEXTS
            .iter()
            .map(|(n, _)| *n)
            .chain(["EmailAddress", "AccountNumber", "ContactNumber"]);
    lists.iter().any(|n| {
        el.raw(n)
            .and_then(Value::as_array)
            .is_some_and(|l| !l.is_empty())
    }) || texts
        .into_iter()
        .any(|n| el.raw(n).is_some_and(|v| v.as_str() != Some("")))
        || el
            .raw("Name")
            .and_then(Value::as_str)
            .is_some_and(|n| tidy(n) != known.name)
}

fn active(ctx: &mut Ctx<'_>, el: &Obj<'_>, known: Contact) -> Result<Contact, Fail> {
    if known.status != "ACTIVE" {
        return Err(Fail::say(texts::CONTACT_ARCHIVED));
    }
    if !carries_changes(el, &known) {
        return Ok(known);
    }
    // Persons that are not listed are dropped.
    let mut changed = known;
    if el.raw("ContactPersons").is_none() {
        changed.persons.clear();
    }
    update(ctx, el, changed, false)
}
