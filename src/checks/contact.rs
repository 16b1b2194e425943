//! Contacts: a name the ledger can hold, an address that is one.

use super::form::told_cut;
use crate::model::codes;
use crate::model::{Address, ContactDraft, Reason, TargetFacts};

/// The name is there, short enough, and holds nothing the ledger refuses.
///
/// # Errors
/// `contact.name_missing`, `contact.name_too_long`, `contact.name_invalid`.
pub fn name(facts: TargetFacts<'_>, draft: &ContactDraft) -> Result<(), Reason> {
    let name = draft.name.trim();
    if name.is_empty() {
        return Err(Reason::new(
            codes::CONTACT_NAME_MISSING,
            "the contact has no name",
            "give it a name in the source, or set one in a `map_contact` rule; then `crossfoot retry TENANT NUMBER`",
        ));
    }
    let length = name.chars().count();
    if length > facts.lengths.name {
        return Err(Reason::new(
            codes::CONTACT_NAME_TOO_LONG,
            format!(
                "the contact's name has {length} characters; {} takes {}",
                facts.title, facts.lengths.name
            ),
            "shorten it in the source, or in a `map_contact` rule",
        ));
    }
    if let Some(c) = name
        .chars()
        .find(|c| facts.lengths.name_forbids.contains(*c) || c.is_control())
    {
        return Err(Reason::new(
            codes::CONTACT_NAME_INVALID,
            format!(
                "the contact's name holds {c:?}, which {} refuses",
                facts.title
            ),
            "correct it in the source, or replace the character in a `map_contact` rule",
        ));
    }
    Ok(())
}

/// The e-mail address has the shape of one, if there is one.
///
/// # Errors
/// `contact.email_invalid`.
pub fn email(draft: &ContactDraft) -> Result<(), Reason> {
    let email = draft.email.trim();
    if email.is_empty() {
        return Ok(());
    }
    let good = email.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains('@')
    }) && !email.contains(char::is_whitespace);
    if good {
        return Ok(());
    }
    Err(Reason::new(
        codes::CONTACT_EMAIL_INVALID,
        "the contact's e-mail address is not one",
        "correct it in the source, or clear it in a `map_contact` rule: `contact.email = \"\"`",
    ))
}

/// What of a contact's texts goes only as far as the ledger has room for it, told one by one.
pub fn cuts(facts: TargetFacts<'_>, draft: &ContactDraft) -> Vec<Reason> {
    let room = &facts.lengths.contact;
    let names = [
        ("the contact's given name", &draft.first_name),
        ("the contact's family name", &draft.last_name),
    ];
    let mut all: Vec<Reason> = (names.into_iter())
        .filter_map(|(named, text)| told_cut(|| named.to_owned(), text, room.person))
        .collect();
    let addresses = [
        ("billing address", &draft.billing),
        ("site's address", &draft.service),
    ];
    for (named, address) in addresses {
        all.extend(of_address(facts, named, address));
    }
    let phones = [
        ("telephone", &draft.phones.default),
        ("mobile", &draft.phones.mobile),
    ];
    let long = |number: &str| number.trim().chars().count() > room.phone;
    for (named, number) in phones.into_iter().filter(|(_, number)| long(number)) {
        let has = number.trim().chars().count();
        all.push(Reason::new(
            codes::TEXT_CUT,
            format!(
                "the contact's {named} number has {has} characters, the ledger takes {}: it is left out",
                room.phone
            ),
            "shorten it in the source or in a rule",
        ));
    }
    all
}

fn of_address(facts: TargetFacts<'_>, named: &str, address: &Address) -> Vec<Reason> {
    let room = &facts.lengths.contact;
    let lines = address.lines.iter().map(|l| l.trim());
    let lines: Vec<&str> = lines.filter(|l| !l.is_empty()).collect();
    // Lines beyond the last are put into it.
    let last = room.lines.saturating_sub(1).min(lines.len());
    let (own, rest) = lines.split_at(last);
    let rest = rest.join(", ");
    let own = own.iter().copied().chain([rest.as_str()]);
    let street = own.map(|text| ("street", text, room.line));
    let others = [
        ("town", address.city.as_str(), room.town),
        ("region", address.region.as_str(), room.town),
        ("postal code", address.postal_code.as_str(), room.code),
        ("country", address.country.as_str(), room.code),
    ];
    let told = |(part, text, room): (&str, &str, usize)| {
        let named = || format!("the {part} of the contact's {named}");
        told_cut(named, text, room)
    };
    street.chain(others).filter_map(told).collect()
}
