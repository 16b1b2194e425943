//! A contact of ours that was changed on both sides since it was last sent: field by field, what counts and what is told.
//!
//! Flows in: the contact's draft, what was last sent of it, and the ledger's contact as it is now. Flows out: which fields are left to
//! the ledger, and what a person is told; or that a person must look. Pure. A field that the source did not change is never sent, and one
//! that the ledger does not show, or has empty, contradicts nothing.

use super::conflict::{kept, listed};
use crate::mapping::OnConflict;
use crate::model::codes;
use crate::model::{
    ContactDraft, Kind, LedgerContact, LedgerView, Reason, TargetFacts, digits, folded,
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
    /// The fields that are told so, with what the ledger has.
    pub(super) open: BTreeMap<String, String>,
    /// Whether a person has left the ledger's as it is.
    pub(super) left: bool,
}

/// By what is ended what both sides changed of a contact.
#[derive(Clone, Copy)]
pub(super) struct EndedBy {
    /// What it is that needs the contact: the contact itself, or a paper.
    pub(super) kind: Kind,
    /// The word of the file.
    pub(super) word: OnConflict,
    /// Whether a person has left the document as the ledger has it.
    pub(super) left: bool,
}

/// How two values of a field are the same.
type Plain = fn(&str) -> String;

/// A field that both sides changed, each to something else.
struct BothChanged {
    field: &'static str,
    plain: Plain,
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
type SideRow<'a> = (&'static str, [&'a str; 3], Plain);

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
                plain,
                was: agreed.to_owned(),
                ours: ours.to_owned(),
                theirs: theirs.to_owned(),
            });
        }
    }
    out
}

/// Ends what both sides changed by a person's word, or by that of the file. Where the file asks, what a person was told before
/// saying retry is the source's; what came up since is told first.
pub(super) fn ended(
    contact: &ContactDraft,
    was: Option<&ContactDraft>,
    target: &str,
    (by, view, facts): (EndedBy, &LedgerView, TargetFacts<'_>),
) -> ContactSaid {
    let is = view.contacts.iter().find(|c| c.id == target);
    let (Some(was), Some(is)) = (was, is) else {
        return ContactSaid::default();
    };
    let asks = by.word == OnConflict::Hold;
    let told = |c: &BothChanged| {
        let then = view.contact_told.get(c.field);
        asks && then.is_some_and(|then| (c.plain)(then) == (c.plain)(&c.theirs))
    };
    let mut open = both_changed(contact, was, (is, view, facts));
    open.retain(|c| !told(c));
    if open.is_empty() {
        return ContactSaid::default();
    }
    if by.left {
        return ContactSaid {
            left: true,
            ..ContactSaid::default()
        };
    }
    let values = listed(open.iter().map(BothChanged::told).collect());
    let name = format!("the contact `{}`", is.name);
    let theirs = open.into_iter().map(|c| (c.field.to_owned(), c.theirs));
    if asks {
        return ContactSaid {
            held: Some(conflicting(by.kind, &name, &values)),
            open: theirs.collect(),
            ..ContactSaid::default()
        };
    }
    let file = format!("`sync.conflict: {}`", by.word);
    let ledgers = by.word == OnConflict::KeepLedger;
    ContactSaid {
        kept: theirs.filter(|_| ledgers).collect(),
        told: Some(kept(&name, (by.word, file.as_str()), &values)),
        ..ContactSaid::default()
    }
}

/// A word on a paper is about the paper: what leaves the ledger's contact as it is, is another for each.
fn conflicting(kind: Kind, name: &str, values: &str) -> Reason {
    let leaves = match kind.is_party() {
        true => "`crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is",
        false => {
            "to leave the ledger's as it is, set `sync.conflict: keep_ledger` in the tenant's file; or enter its value in the source, and save the document there once more, so that it is read again"
        }
    };
    Reason::new(
        codes::UPDATE_CONFLICT,
        format!("{name} was changed both in the source and in the ledger. {values}"),
        format!(
            "compare the two: `crossfoot retry TENANT NUMBER` sends the source's over what is named here; {leaves}"
        ),
    )
}
