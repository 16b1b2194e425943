//! When two names, addresses or telephone numbers are the same, and a draft and a contact of the ledger.

use crate::model::{ContactDraft, FoundBy, LedgerContact, digits};

/// Whether a contact of the ledger answers to a key: to one of the two values alone only where the other differs.
pub(super) fn answers(key: FoundBy, draft: &ContactDraft, contact: &LedgerContact) -> bool {
    let email = || same_text(&draft.email, &contact.email);
    let name = || same_text(&draft.name, &contact.name);
    match key {
        FoundBy::EmailAndName => email() && name(),
        FoundBy::Email => email() && !name(),
        FoundBy::Name => name() && !email(),
        _ => false,
    }
}

/// Whether a contact of the ledger has a draft's value already.
pub(super) fn clashes(field: &str, draft: &ContactDraft, contact: &LedgerContact) -> bool {
    if field == "name" {
        return same_text(&draft.name, &contact.name);
    }
    if is_family(draft, contact) {
        return false;
    }
    match field {
        "phone" => same_number(&draft.phones.default, &contact.phone),
        "mobile" => same_number(&draft.phones.mobile, &contact.mobile),
        _ => same_text(&draft.email, &contact.email),
    }
}

/// Whether a candidate is the draft's client, or another site of that client, by its name.
fn is_family(draft: &ContactDraft, contact: &LedgerContact) -> bool {
    let Some(parent) = draft.source.parent.as_deref() else {
        return false;
    };
    let mut given = folded(&contact.name);
    let mut any = false;
    for wanted in folded(&parent.name) {
        any = true;
        if given.next() != Some(wanted) {
            return false;
        }
    }
    any
}

/// Letters in lower case, runs of spaces as one, none at the ends.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut first = true;
    text.split_whitespace().flat_map(move |word| {
        let space = if first { None } else { Some(' ') };
        first = false;
        space
            .into_iter()
            .chain(word.chars().flat_map(char::to_lowercase))
    })
}

/// Whether two texts are the same but for case and spaces; nothing is the same as nothing.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.split_whitespace(), b.split_whitespace());
    let mut any = false;
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if same_word(a, b) => any = true,
            (None, None) => return any,
            _ => return false,
        }
    }
}

/// Most words are plain ASCII, for which no character need be looked up.
fn same_word(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    folded(a).eq(folded(b))
}

fn same_number(a: &str, b: &str) -> bool {
    let (a, b) = (digits(a), digits(b));
    !a.is_empty() && a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_spaces() {
        assert!(same_text("  Harbour   Cranes ", "harbour cranes"));
        assert!(same_text("ÉCOLE", "école"));
        assert!(!same_text("HarbourCranes", "Harbour Cranes"));
        assert!(!same_text("", ""), "nothing is not the same as nothing");
    }

    #[test]
    fn telephone_numbers_are_compared_by_their_digits() {
        assert!(same_number("(02) 9999-1111", "02 9999 1111"));
        assert!(!same_number("", ""));
    }
}
