//! Whether the workspace is older than the world, and what may be written then. Pure: what was seen goes in, what to do
//! comes out.
//!
//! The rules it keeps:
//! - Two witnesses. *A beacon* outside the workspace: ahead of the database, or at another end of its log, it proves that
//!   the database is a copy of an earlier time; missing it proves the same, once something was sent. *The ledger*: a stamp
//!   of ours that the journal does not know as sent.
//! - On proof a new epoch begins: nothing is written for [`EPOCH_WAIT_S`] seconds, what was under way is looked for and
//!   its keys are spent, and what is not linked is looked for by its stamp first.
//! - A stamp of ours that was written after that wait, and that the journal does not know, was written by a twin: another
//!   copy of the workspace that is alive. Then nothing is written until a person has said where the work goes on.
//! - A clock that went back behind the beginning of an epoch begins its wait anew.

use crate::model::{
    Beacon, EPOCH_WAIT_S, Epoch, EpochCause, EpochProof, Gate, Invoice, Key, Kind, LogEnd,
    NaturalKey, SourceId, TenantId,
};
use chrono::{DateTime, Duration, Utc};

/// Whether anything may be written now.
pub fn gate(epoch: &Epoch, now: DateTime<Utc>) -> Gate {
    if !epoch.stopped.is_empty() {
        return Gate::Stopped {
            why: epoch.stopped.clone(),
            fix: TWIN_FIX.to_owned(),
        };
    }
    match epoch.quiet_until().filter(|until| *until > now) {
        Some(until) => Gate::Waits {
            until,
            why: epoch.what.clone(),
        },
        None => Gate::Open,
    }
}

/// Whether the clock stands before the beginning of the epoch: its wait is to be counted from now.
pub fn counts_anew(epoch: &Epoch, now: DateTime<Utc>) -> bool {
    epoch.began.is_some_and(|(began, _)| now < began)
}

/// What a beacon, or that there is none, says of a database.
pub fn judge_beacon(beacon: Option<&Beacon>, here: &LogEnd) -> Option<EpochProof> {
    let Some(beacon) = beacon else {
        return here.sent.then(|| EpochProof {
            cause: EpochCause::NoBeacon,
            what: "this machine has no note of how far this workspace had come: it may be a copy, or an older backup".into(),
            seen: here.epoch,
        });
    };
    let place = format!("on {} at {}", beacon.machine, beacon.at.format("%F %H:%MZ"));
    let seen = beacon.epoch.max(here.epoch);
    if beacon.epoch > here.epoch || beacon.audit > here.audit {
        let lost = match here.audit {
            0 => "the database is empty".to_owned(),
            _ => "the database is an older one".to_owned(),
        };
        return Some(EpochProof {
            cause: EpochCause::Behind,
            what: format!("{lost}: this workspace had come further {place}"),
            seen,
        });
    }
    let same = beacon.audit == 0 || here.hash.as_deref() == Some(beacon.hash.as_str());
    (!same).then(|| EpochProof {
        cause: EpochCause::Forked,
        what: format!(
            "another copy of this workspace went on from the same beginning, last {place}"
        ),
        seen,
    })
}

/// What a stamp of ours says that the journal does not know as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampSays {
    /// Nothing that is not known yet: it is of the time before this epoch.
    Known,
    /// The workspace is older than the world.
    Older,
    /// Another copy of the workspace is alive.
    Twin,
}

/// What a stamp of ours says that the journal does not know as sent and that was written at or after a time, as far as that
/// is known.
pub fn judge_stamp(epoch: &Epoch, written: Option<DateTime<Utc>>) -> StampSays {
    if !epoch.stopped.is_empty() {
        return StampSays::Known;
    }
    // In the first epoch nothing was ever proved: what is unknown may be of any time.
    let Some((began, _)) = epoch.began else {
        return StampSays::Older;
    };
    match written {
        Some(at) if at > began + Duration::seconds(EPOCH_WAIT_S) => StampSays::Twin,
        _ => StampSays::Known,
    }
}

/// Every stamp that can be made of a document at the source, with what bears it in words: itself, its payments, and what
/// is made of money paid back or beyond.
pub fn stamps_of(
    tenant: &TenantId,
    document: &Key,
    number: &str,
    invoice: Option<&Invoice>,
) -> Vec<(String, String)> {
    let mark = |kind: Kind, id: &SourceId| {
        let key = Key::new(&document.book, kind, id);
        NaturalKey::new(tenant, &key, "create").marker().0
    };
    let mut all = vec![(mark(document.kind, &document.id), number.to_owned())];
    for payment in invoice.iter().flat_map(|i| &i.payments) {
        let id = SourceId(payment.id.clone());
        let label = format!("payment {} of {number}", payment.id);
        let kinds = [Kind::Payment, Kind::CreditNote, Kind::Overpayment];
        all.extend(kinds.map(|kind| (mark(kind, &id), label.clone())));
    }
    all
}

/// Why nothing is written once a twin was seen.
pub fn twin(label: &str) -> String {
    format!(
        "another copy of this workspace works on the same books: the ledger has {label}, which was not sent from here"
    )
}

/// What a person does once a twin was seen.
pub const TWIN_FIX: &str = "end the other copy; then, on the one machine that goes on, `crossfoot restore --here --why \"...\"`";

#[cfg(test)]
mod tests;
