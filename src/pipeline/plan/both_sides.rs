//! A contact of ours that was changed on both sides since it was last sent: field by field, what counts and what is told.
//!
//! Flows in: the contact's draft, what was last sent of it, and the ledger's contact as it is now. Flows out: which fields are left to
//! the ledger, and what a person is told; or that a person must look. Pure. A field that the source did not change is never sent, and one
//! that the ledger does not show, or has empty, contradicts nothing.

use super::conflict::listed;
use crate::mapping::OnConflict;
use crate::model::codes;
use crate::model::{
    ContactDraft, LedgerContact, LedgerView, Reason, TargetFacts, WordKind, digits, folded,
};
use std::collections::BTreeMap;

/// What became of a change of a contact.
#[derive(Debug, Default)]
pub(super) struct ContactSaid {
    /// Fields that stay as the ledger has them, with what it has.
    pub(super) kept: BTreeMap<String, String>,
    /// What is told of it.
    pub(super) told: Option<Reason>,
    /// Why nothing of it goes.
    pub(super) held: Option<Reason>,
    /// Whether a person has left the ledger's as it is.
    pub(super) left: bool,
}

/// A field that both sides changed, each to something else.
struct BothChanged {
    field: &'static str,
    was: String,
    ours: String,
    theirs: String,
}

impl BothChanged {
    fn told(&self) -> String {
        format!(
            "{}: the source says {}, the ledger {}, last agreed was {}",
            self.field,
            said(&self.ours),
            self.theirs,
            said(&self.was)
        )
    }
}

fn said(text: &str) -> &str {
    match text {
        "" => "nothing",
        text => text,
    }
}

/// A field, its three values, and how two of them are the same.
type SideRow<'a> = (&'static str, [&'a str; 3], fn(&str) -> String);

fn rows<'a>(
    was: &'a ContactDraft,
    ours: &'a ContactDraft,
    is: &'a LedgerContact,
) -> [SideRow<'a>; 4] {
    let phones = (&was.phones, &ours.phones);
    [
        ("name", [&was.name, &ours.name, &is.name], folded),
        ("email", [&was.email, &ours.email, &is.email], folded),
        (
            "phone",
            [&phones.0.default, &phones.1.default, &is.phone],
            digits,
        ),
        (
            "mobile",
            [&phones.0.mobile, &phones.1.mobile, &is.mobile],
            digits,
        ),
    ]
}

/// What of a contact both sides changed.
fn both_changed(
    ours: &ContactDraft,
    was: &ContactDraft,
    (is, view, facts): (&LedgerContact, &LedgerView, TargetFacts<'_>),
) -> Vec<BothChanged> {
    let cut = |field: &str, text: &str| {
        let room = facts.lengths.contact.phone;
        ["phone", "mobile"].contains(&field) && text.chars().count() > room
    };
    let mut out = Vec::new();
    for (field, [sent, ours, theirs], plain) in rows(was, ours, is) {
        let agreed = view.contact_kept.get(field).map_or(sent, String::as_str);
        let same = |a: &str, b: &str| plain(a) == plain(b);
        let theirs_changed =
            !theirs.trim().is_empty() && !same(theirs, agreed) && !cut(field, agreed);
        if theirs_changed && !same(sent, ours) && !same(theirs, ours) {
            out.push(BothChanged {
                field,
                was: agreed.to_owned(),
                ours: ours.to_owned(),
                theirs: theirs.to_owned(),
            });
        }
    }
    out
}

/// Ends what both sides changed by a person's word, or by that of the file. What a person was shown before saying retry is the
/// source's; what came up since is told first.
pub(super) fn ended(
    contact: &ContactDraft,
    was: Option<&ContactDraft>,
    target: &str,
    (word, view, facts): (OnConflict, &LedgerView, TargetFacts<'_>),
) -> ContactSaid {
    let is = view.contacts.iter().find(|c| c.id == target);
    let (Some(was), Some(is)) = (was, is) else {
        return ContactSaid::default();
    };
    let all = both_changed(contact, was, (is, view, facts));
    let shown = |c: &BothChanged| {
        let then = view.contact_shown.as_ref().map(|s| rows(was, contact, s));
        let of = then.iter().flatten().find(|(field, ..)| *field == c.field);
        of.is_some_and(|(_, [.., theirs], plain)| plain(theirs) == plain(&c.theirs))
    };
    let open: Vec<&BothChanged> = all.iter().filter(|c| !shown(c)).collect();
    if open.is_empty() {
        return ContactSaid::default();
    }
    let left = view.words.document.as_ref();
    if left.is_some_and(|w| w.kind == WordKind::Skip) {
        return ContactSaid {
            left: true,
            ..ContactSaid::default()
        };
    }
    let values = listed(open.iter().map(|c| c.told()).collect());
    let name = &is.name;
    if word == OnConflict::Hold {
        let reason = Reason::new(
            codes::UPDATE_CONFLICT,
            format!(
                "the contact `{name}` was changed both in the source and in the ledger. {values}"
            ),
            "compare the two: `crossfoot retry TENANT NUMBER` sends the source's over what is named here; `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is",
        );
        return ContactSaid {
            held: Some(reason),
            ..ContactSaid::default()
        };
    }
    by_the_file(word, name, &open, &values)
}

fn by_the_file(word: OnConflict, name: &str, open: &[&BothChanged], values: &str) -> ContactSaid {
    let ledgers = word == OnConflict::KeepLedger;
    let (code, what, fix) = match ledgers {
        true => (
            codes::UPDATE_KEPT_LEDGER,
            "the ledger's value stays",
            "nothing; if the source's is right, enter it in the ledger by hand",
        ),
        false => (
            codes::UPDATE_KEPT_SOURCE,
            "the source's value goes over the ledger's",
            "nothing; if the ledger's was right, enter it in the source",
        ),
    };
    let what = format!(
        "the contact `{name}` was changed both in the source and in the ledger, and by `sync.conflict: {word}` {what}. {values}"
    );
    let kept = open.iter().filter(|_| ledgers);
    ContactSaid {
        kept: kept
            .map(|c| (c.field.to_owned(), c.theirs.clone()))
            .collect(),
        told: Some(Reason::new(code, what, fix)),
        ..ContactSaid::default()
    }
}
