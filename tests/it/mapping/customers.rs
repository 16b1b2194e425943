//! The law of the right customer, over ledgers and customers that were made at random: whatever is found, and however the
//! file names the keys, no weaker evidence wins over a stronger one.

use super::with;
use crossfoot::mapping::{ContactMatch, Mapping};
use crossfoot::model::{
    BookId, Contact, ContactDraft, Evidence, Fingerprint, FoundBy, Key, Kind, LedgerContact,
    LedgerView, Link, LinkMade, SourceId, Trace, codes,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NAMES: [&str; 2] = ["Alex Wharf", "Lee Holdings"];
const EMAILS: [&str; 3] = ["one@x.example", "two@x.example", ""];

/// A contact of the ledger, and whose it is: nobody's that is known, another's, or the customer's own.
fn contact(n: usize) -> impl Strategy<Value = (LedgerContact, u8)> {
    (0..2usize, 0..3usize, prop::bool::weighted(0.15), 0..5u8).prop_map(
        move |(name, email, archived, whose)| {
            let contact = LedgerContact {
                id: format!("c{n}"),
                name: NAMES[name].into(),
                email: EMAILS[email].into(),
                archived,
                ..LedgerContact::default()
            };
            (contact, whose)
        },
    )
}

fn case() -> impl Strategy<Value = (Contact, LedgerView)> {
    let ledger = (contact(0), contact(1), contact(2), 0..4usize);
    let shared = (any::<bool>(), any::<bool>(), any::<bool>());
    // The customer is linked with one of them, in a third of the cases; our paper is for one of them, in others.
    let known = (0..9usize, 0..9usize);
    (ledger, shared, 0..3usize, known).prop_map(
        |((a, b, c, n), (email, name, both), mine, (link, stamp))| {
            let all: Vec<_> = [a, b, c].into_iter().take(n).collect();
            let of = |w: u8| {
                all.iter()
                    .filter(move |(_, x)| *x == w)
                    .map(|(c, _)| c.id.clone())
            };
            let who = || Some("customer 22".to_owned());
            let linked = all.get(link).map(|(c, _)| c.id.clone());
            let is_turned = all.get(link).is_some_and(|(_, whose)| *whose == 4);
            let evidence = Evidence {
                own: of(3).collect::<BTreeSet<_>>(),
                others: of(4)
                    .map(|id| (id, "customer 22".to_owned()))
                    .collect::<BTreeMap<_, _>>(),
                // Who has both has each.
                email: who().filter(|_| email || both),
                name: who().filter(|_| name || both),
                both: who().filter(|_| both),
                turned: who().filter(|_| is_turned),
                stamped: all.get(stamp).map(|(c, _)| c.id.clone()),
                ..Evidence::default()
            };
            let customer = Contact {
                id: "21".into(),
                name: NAMES[0].into(),
                email: EMAILS[mine].into(),
                ..Contact::default()
            };
            let view = LedgerView {
                contacts: all.into_iter().map(|(c, _)| c).collect(),
                evidence,
                contact_link: linked.map(|id| link_to(&id)),
                ..LedgerView::default()
            };
            (customer, view)
        },
    )
}

/// The link of the customer with a contact of the ledger.
fn link_to(id: &str) -> Link {
    let key =
        |book: &str, id: &str| Key::new(&BookId::stored(book), Kind::Contact, &SourceId(id.into()));
    Link {
        thing: key("keap", "21"),
        other: key("xero", id),
        made: LinkMade::Ours,
        number: String::new(),
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint::of(b"21"),
        amount: Default::default(),
        upon: None,
    }
}

fn draft(m: &Mapping, customer: &Contact) -> ContactDraft {
    m.draft_contact(customer, &mut Trace::off())
}

fn mappings() -> Vec<Mapping> {
    let words = [
        "[link, email, name]",
        "[name, email]",
        "[email]",
        "[name]",
        "[link]",
    ];
    let apart = ["suffix", "hold"];
    let mut out = Vec::new();
    for by in words {
        for apart in apart {
            out.push(with(&format!(
                "match: {{ contacts: {{ by: {by}, many: hold }} }}\ncontacts: {{ namesakes: {apart} }}\n"
            )));
        }
    }
    out
}

fn same(a: &str, b: &str) -> bool {
    !a.is_empty() && a.eq_ignore_ascii_case(b)
}

fn law(m: &Mapping, customer: &Contact, view: &LedgerView) -> Result<(), TestCaseError> {
    let draft = draft(m, customer);
    let e = &view.evidence;
    let active_own = view
        .contacts
        .iter()
        .any(|c| e.own.contains(&c.id) && !c.archived);
    let linked = view.contact_link.as_ref().map(|l| l.other.id.0.as_str());
    let known = linked.or(e.stamped.as_deref());
    let found = m.match_contact(&draft, view);
    if let Some(id) = linked {
        let held = matches!(&found, ContactMatch::Hold(r) if r.is(codes::CONTACT_NUMBER_TAKEN));
        prop_assert_eq!(held, e.others.contains_key(id), "a link, and {:?}", found);
    }
    match found {
        ContactMatch::Use(i, by) => {
            let c = &view.contacts[i];
            prop_assert!(!c.archived);
            prop_assert!(!e.others.contains_key(&c.id), "another customer's: {c:?}");
            let (email, name) = (same(&draft.email, &c.email), same(&draft.name, &c.name));
            let by_what = match by {
                FoundBy::Link => linked == Some(c.id.as_str()),
                FoundBy::Stamp => linked.is_none() && e.stamped.as_ref() == Some(&c.id),
                FoundBy::Number => e.own.contains(&c.id),
                FoundBy::EmailAndName => email && name && e.both.is_none(),
                FoundBy::Email => email && !name && e.email.is_none(),
                FoundBy::Name => {
                    name && e.name.is_none() && (c.email.is_empty() || draft.email.is_empty())
                }
                _ => false,
            };
            prop_assert!(by_what, "{by}: {c:?} for {draft:?} with {e:?}");
            // Nothing stronger is there.
            let surest = matches!(by, FoundBy::Link | FoundBy::Stamp | FoundBy::Number);
            prop_assert!(surest || !active_own);
            let both = |c: &LedgerContact| {
                same(&draft.email, &c.email)
                    && same(&draft.name, &c.name)
                    && !c.archived
                    && !e.others.contains_key(&c.id)
            };
            if matches!(by, FoundBy::Email | FoundBy::Name) && e.both.is_none() {
                prop_assert!(!view.contacts.iter().any(both));
            }
        }
        ContactMatch::Create | ContactMatch::CreateAs(_) if active_own => {
            prop_assert!(false, "its own contact is there");
        }
        ContactMatch::Create => {
            let namesake = |c: &&LedgerContact| !c.archived && same(&draft.name, &c.name);
            let found = view.contacts.iter().find(namesake);
            prop_assert!(found.is_none(), "a name is taken twice: {found:?}");
        }
        ContactMatch::CreateAs(name) => {
            prop_assert_eq!(name, "Alex Wharf (21)");
            let namesake = |c: &&LedgerContact| !c.archived && same(&draft.name, &c.name);
            for c in view.contacts.iter().filter(namesake) {
                prop_assert!(e.others.contains_key(&c.id), "an unproved namesake: {c:?}");
            }
        }
        ContactMatch::Hold(reason) => {
            prop_assert!(!reason.fix.is_empty());
            prop_assert!(
                known.is_some() || !active_own || reason.is(codes::CONTACT_NUMBER_TAKEN),
                "{reason}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_weaker_evidence_wins((customer, view) in case()) {
        for m in mappings_once() {
            law(m, &customer, &view)?;
        }
    }

    #[test]
    fn the_order_of_the_words_means_nothing((customer, view) in case()) {
        let (a, b) = orders();
        prop_assert_eq!(
            a.match_contact(&draft(a, &customer), &view),
            b.match_contact(&draft(b, &customer), &view)
        );
    }
}

fn mappings_once() -> &'static [Mapping] {
    static ALL: std::sync::OnceLock<Vec<Mapping>> = std::sync::OnceLock::new();
    ALL.get_or_init(mappings)
}

fn orders() -> (&'static Mapping, &'static Mapping) {
    static BOTH: std::sync::OnceLock<(Mapping, Mapping)> = std::sync::OnceLock::new();
    let of = |by: &str| with(&format!("match: {{ contacts: {{ by: {by} }} }}\n"));
    let (a, b) = BOTH.get_or_init(|| (of("[link, email, name]"), of("[name, link, email]")));
    (a, b)
}
