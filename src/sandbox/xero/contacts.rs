//! Contacts: unique among active ones by name, found by id or by the caller's own ContactNumber.
//!
//! Flows in: contact elements, and the contact part of a document. Flows out: contacts. Refuses: a name taken by an
//! active contact, a number taken by any, edits of archived (or merged) ones, text that is too long.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::books::{Contact, Org};
use super::contact_fields::{TEXTS, fill, tidy};
use super::contact_views;
use super::ctx::{Ctx, Event, Saved};
use super::fail::Fail;
use super::found::Found;
use super::json::Obj;
use super::texts;

/// The key under which a name is unique.
pub(super) fn name_key(name: &str) -> String {
    name.to_lowercase()
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
