//! The words of a resend: what is said of a document that was shown, and of what stands for its money; and why one is not taken.

use crate::model::cure::quoted;
use crate::model::{Key, PaymentKind, PersonsWord, TenantId, WordKind};
use crate::service::not_done::NotDone;
use crate::store::Said;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What is said of a document that goes anew, with the hash of what was shown where it itself would be another, and of what stands
/// for its money: the two are told by one look.
pub(super) fn words(
    (key, hash, total): (&Key, Option<&str>, Decimal),
    entries: &[(Key, PaymentKind, Decimal, String)],
    (why, actor, at): (&str, &str, DateTime<Utc>),
) -> Vec<PersonsWord> {
    let word = |of: &Key, amount, shown| PersonsWord {
        of: of.clone(),
        kind: WordKind::Resend,
        entry: None,
        amount,
        shown,
        why: why.to_owned(),
        actor: actor.to_owned(),
        at,
        pays: None,
        source: BTreeMap::new(),
        version: String::new(),
        payments: None,
        over: None,
        was: None,
    };
    let itself = hash.map(|hash| word(key, total, vec![hash.to_owned()]));
    let money = entries.iter().map(|(of, pays, amount, told)| PersonsWord {
        pays: Some(*pays),
        ..word(of, *amount, vec![told.clone()])
    });
    itself.into_iter().chain(money).collect()
}

/// A word that is not taken: why, and what comes first.
pub(super) fn kept(said: Said, tenant: &TenantId, number: &str) -> Result<(), NotDone> {
    match said {
        Said::InDoubt(write) => {
            let what = format!("write {write} is in doubt: the ledger may have it");
            let fix = format!("the next sync looks it up: `crossfoot sync {tenant}`");
            Err(NotDone::attention(what, fix))
        }
        Said::First(_) => {
            let fix = format!(
                "`crossfoot unsettle {tenant} {} --why \"...\"` takes that back",
                quoted(number)
            );
            Err(NotDone::attention(
                format!("{number} is settled by hand"),
                fix,
            ))
        }
        Said::Kept | Said::Nothing => Ok(()),
    }
}
