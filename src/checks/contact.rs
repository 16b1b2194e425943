//! Contacts: a name the ledger can hold, an address that is one.

use crate::model::codes;
use crate::model::{ContactDraft, Reason, TargetFacts};

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
            "give it a name in the source, or set one in a `map_contact` rule",
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
