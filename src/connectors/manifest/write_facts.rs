//! What a described system can do as a ledger, as data: what its manifest says of writing, in the journal's own terms.
//!
//! Flows in: a manifest. Flows out: its facts as a ledger, or nothing where it writes nothing. The promise is the weakest of its
//! kinds: a key that lives for a stated time may go again within it, an id or field of ours at any time once it was looked for, and
//! of anything else nothing goes again. Pure.

use super::shape::Manifest;
use super::template::TemplateName;
use super::write_shape::{KindWrite, SafeBy, WriteSpec};
use crate::model::{
    AskKind, CanWrite, Charset, Kind, Lengths, LinesBy, Numbers, Op, Places, Promise, Quantities,
    ReadFacts, RefundsBy, TaxRule, WriteFacts,
};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a key.
const KEY: usize = 40;
/// A key is relied upon no longer than this, in seconds, however long it lives.
const RELIED_S: i64 = 720;
/// What may be under way of a request once its answer was given up, in seconds: 130 on its way, and 40 to leave.
const FLIGHT_S: i64 = 170;
/// Within how many seconds of the first send the same request may go again at most.
const RESEND_S: i64 = 180;
/// When what may have left can no longer be under way, in seconds.
const QUARANTINE_S: i64 = 900;
/// How long what people do there may go unseen where no list tells what changed, in seconds.
const LOOK_S: i64 = 1_800;
/// Ids in one question: each is a call.
const VALUES: usize = 20;

/// Its facts as a ledger.
pub(super) fn ledger(manifest: &Manifest) -> Option<(ReadFacts, WriteFacts)> {
    let spec = manifest.write.as_ref()?;
    spec.kinds().next()?;
    Some((reads(manifest, spec), writes(spec)))
}

fn reads(manifest: &Manifest, spec: &WriteSpec) -> ReadFacts {
    use AskKind::{Changed, Ids, Marks};
    let asks = || BTreeSet::from([Changed, Ids, Marks]);
    let mut of_papers = asks();
    if spec.invoices.as_ref().is_some_and(says_number) {
        of_papers.insert(AskKind::Numbers);
    }
    // What is deleted there no list need tell.
    if manifest.invoices.one.is_some() {
        of_papers.insert(AskKind::Gone);
    }
    let mut kinds = BTreeMap::from([(Kind::Invoice, of_papers)]);
    if manifest.contacts.is_some() {
        kinds.insert(Kind::Contact, asks());
    }
    let incremental = manifest.invoices.since.is_some();
    ReadFacts {
        kinds,
        documents: false,
        chart: true,
        payments_inside: true,
        payments_once: false,
        incremental,
        refunds: false,
        rates: true,
        values: VALUES,
        look_s: if incremental { 0 } else { LOOK_S },
    }
}

/// Whether a body states our number.
fn says_number(spec: &KindWrite) -> bool {
    let is = |n: &TemplateName| *n == TemplateName::Written("number");
    spec.body_templates().iter().any(|t| t.names().any(is))
}

/// What makes a repeated request harmless, in the journal's terms.
fn promise(safe: &SafeBy) -> Promise {
    match safe {
        SafeBy::OurId | SafeBy::Upsert => Promise::Unstated { key_chars: KEY },
        SafeBy::Key(key) => match key.lives_s {
            None => Promise::Unstated { key_chars: KEY },
            Some(lives) => {
                let life_s = lives.min(RELIED_S);
                Promise::Keyed {
                    life_s,
                    resend_s: (life_s - FLIGHT_S).min(RESEND_S),
                    key_chars: KEY,
                }
            }
        },
        SafeBy::Unique | SafeBy::Stamp | SafeBy::ByHand => Promise::None,
    }
}

/// The weaker of two promises. One of stated and one of unstated life have in common what both keep only where the stated one lives
/// as long as a request that was just looked for may need.
fn weaker(a: Promise, b: Promise) -> Promise {
    const LOOKED_S: i64 = 360;
    match (a, b) {
        (Promise::Unstated { .. }, Promise::Unstated { .. }) => a,
        (
            Promise::Keyed {
                life_s, resend_s, ..
            },
            Promise::Keyed {
                life_s: other,
                resend_s: again,
                key_chars,
            },
        ) => Promise::Keyed {
            life_s: life_s.min(other),
            resend_s: resend_s.min(again),
            key_chars,
        },
        (Promise::Keyed { life_s, .. }, unstated @ Promise::Unstated { .. })
        | (unstated @ Promise::Unstated { .. }, Promise::Keyed { life_s, .. }) => {
            match life_s >= LOOKED_S {
                true => unstated,
                false => Promise::None,
            }
        }
        (Promise::None, _) | (_, Promise::None) => Promise::None,
    }
}

fn can(spec: &KindWrite, numbers: Numbers) -> CanWrite {
    let mut ops = BTreeSet::from([Op::Create]);
    ops.extend(spec.change.as_ref().map(|_| Op::Change));
    CanWrite {
        ops,
        batch: 1,
        numbers,
        versioned: spec.change.as_ref().is_some_and(|c| c.versioned),
        overwrites: false,
        statuses: Vec::new(),
    }
}

fn writes(spec: &WriteSpec) -> WriteFacts {
    let promises = spec.kinds().map(|(_, k)| promise(&k.safe_by));
    let mut kinds = BTreeMap::new();
    for (kind, of) in spec.kinds() {
        let numbers = match kind == Kind::Invoice && says_number(of) {
            true => Numbers::Ours {
                longest: 255,
                charset: Charset::Printable,
            },
            false => Numbers::Theirs,
        };
        kinds.insert(kind, can(of, numbers));
    }
    let names_party = |k: &KindWrite| {
        let is = |n: &TemplateName| *n == TemplateName::Written("contact.id");
        k.body_templates().iter().any(|t| t.names().any(is))
    };
    let places = spec.invoices.as_ref().map_or((4, 4), |k| k.places);
    WriteFacts {
        kinds,
        promise: promises.reduce(weaker).unwrap_or(Promise::None),
        quarantine_s: QUARANTINE_S,
        looks: 2,
        looks_apart_s: 60,
        tax: TaxRule::Stated,
        tax_by_class: false,
        own_tax: false,
        lines_by: LinesBy::Nothing,
        refunds_by: RefundsBy::No,
        paid_may: BTreeSet::new(),
        payment_names_party: spec.payments.as_ref().is_some_and(names_party),
        payments_apart: false,
        contact_names_apart: false,
        contact_currency: false,
        places: Places {
            unit: places.0,
            quantity: places.1,
            total: 2,
        },
        quantities: Quantities::Any,
        overpaid_on: None,
        tracking: false,
        stamp_in: None,
        lengths: Lengths {
            name: 255,
            name_forbids: String::new(),
            mark: 255,
            description: 4_000,
            reference: 255,
            contact_number: 0,
            contact: Default::default(),
        },
        empty_text: String::new(),
        statuses: Vec::new(),
        closed_accounts: BTreeSet::new(),
        by_hand: spec.kinds().any(|(_, k)| k.safe_by == SafeBy::ByHand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::manifest::write_shape::KeySpec;

    fn key(lives_s: Option<i64>) -> SafeBy {
        SafeBy::Key(KeySpec {
            in_header: true,
            name: "idempotency-key".into(),
            lives_s,
        })
    }

    /// Whatever life a vendor promises, the windows leave room for what may still be under way.
    #[test]
    fn the_windows_of_a_promise_leave_room_for_what_is_under_way() {
        for lives in super::super::build_safe::LEAST_LIFE_S..4_000 {
            let Promise::Keyed {
                life_s, resend_s, ..
            } = promise(&key(Some(lives)))
            else {
                panic!("a stated life is one")
            };
            assert!(life_s <= lives && resend_s > 5 && life_s >= resend_s + FLIGHT_S);
            assert!(QUARANTINE_S > life_s);
        }
        assert!(matches!(promise(&key(None)), Promise::Unstated { .. }));
    }

    #[test]
    fn a_system_promises_what_its_weakest_kind_does() {
        let all = [
            SafeBy::OurId,
            key(Some(1_800)),
            key(Some(250)),
            key(None),
            SafeBy::Unique,
            SafeBy::Stamp,
        ];
        for a in &all {
            for b in &all {
                let (one, other) = (promise(a), promise(b));
                let both = weaker(one, other);
                assert_eq!(both.is_kept(), weaker(other, one).is_kept());
                let none = one == Promise::None || other == Promise::None;
                assert!(!none || both == Promise::None, "{a:?} {b:?}");
            }
        }
        // A short key does not live through a look.
        assert_eq!(
            weaker(promise(&key(Some(250))), promise(&SafeBy::OurId)),
            Promise::None
        );
    }
}
