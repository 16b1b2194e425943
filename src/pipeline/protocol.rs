//! The write protocol: one effect, whatever dies. Pure: what happened goes in, what to do next comes out.
//!
//! The rules it keeps:
//! - Intent before bytes: a write is [`Sent`](crate::model::WriteState::Sent) in the store, with its key and exact body, before the first byte leaves.
//! - What may be done with a key is the ledger's own promise ([`Promise`]). Where it keeps one for a stated time, the
//!   same key and body go again only within its `resend_s` of the *first* send, because the vendor forgets the key
//!   after it first saw it, and a request may be long under way. Where it does not say for how long, the write is
//!   looked for first, and what is not found goes again under the same key, at once or not at all: a look that is older
//!   than [`FRESH_LOOK_S`] says nothing of what was still under way. Where there is none, nothing goes again.
//! - After that, a quarantine: nothing may be concluded from not finding the document before
//!   [`Windows::quarantine_s`] have passed since the *last* send.
//! - Then look-ups, as many as the ledger's facts want and as far apart: found and equal is adopted, absent in all of
//!   them is a new attempt under a new key, anything else is held for a person.
//! - A batch was sent as one and stays one while it is in doubt; doubtful writes never ride with fresh ones.
//!
//! The product and the simulation run this same code.

pub use super::judge::{
    Seen, judge_contact, judge_document, judge_made, judge_update, judge_without_stamp,
    may_have_lost_its_stamp, original,
};
pub use super::judge_money::{
    is_surely_not_there, judge_deleted, judge_may_be_deleted, judge_payment, judge_refund,
    judge_unsent,
};
use super::plant;
pub use super::taken::{number_spent, number_taken, stamp_copied, stamp_lost};
use super::unapplied::left_unapplied;
pub use super::unapplied::standing_apart;
use super::write::{Needs, WriteRow};
pub use crate::connectors::stamp::{STAMP, stamp};
use crate::connectors::{CallError, Outcome, Posted, Refusal, RefusalClass};
use crate::model::codes;
use crate::model::{Draft, Kind, Promise, Reason, WriteFacts};
use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;

/// For how many seconds a look that found nothing lets the same key and body go again, where nobody says how long a key is
/// known. What was under way then has been seen by the ledger no more than 130 s before, and what goes now is there within
/// this, 40 s to leave and 130 s on its way: the key must live six minutes.
pub const FRESH_LOOK_S: i64 = 60;

/// The time in which a key may go again is at least so many pauses long.
const TRIES_IN_A_LIFE: i64 = 36;

/// What a run waits at most between two tries, however long a key is known, in seconds.
const LONGEST_PAUSE_S: i64 = 5;

/// Longer than any write is in doubt: a hundred years.
const ALWAYS_S: i64 = 3_155_760_000;

/// The times a target's promises allow, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// What the target promises of a key.
    pub promise: Promise,
    /// How long after the last send nothing may be concluded from absence.
    pub quarantine_s: i64,
    /// How many look-ups must have found nothing before a write is begun anew.
    pub looks: u8,
    /// The least time between two of them.
    pub looks_apart_s: i64,
}

impl Windows {
    /// A target's windows.
    pub fn of(facts: &WriteFacts) -> Self {
        Self {
            promise: facts.promise,
            quarantine_s: facts.quarantine_s,
            looks: facts.looks.max(1),
            looks_apart_s: facts.looks_apart_s,
        }
    }

    /// How long after the first send the same key and body may go again at all.
    pub fn resend_s(&self) -> i64 {
        match self.promise {
            Promise::Keyed {
                life_s, resend_s, ..
            } if life_s > 0 => resend_s,
            Promise::Unstated { .. } => ALWAYS_S,
            Promise::Keyed { .. } | Promise::None => 0,
        }
    }

    /// Seconds between a lost answer and the next try of the same run: long enough for a vendor to finish, and so
    /// short that several tries are over long before the same key may go no more.
    pub fn pause_s(&self) -> i64 {
        match self.resend_s() {
            // No key hurries us.
            0 => LONGEST_PAUSE_S,
            life => (life / TRIES_IN_A_LIFE).clamp(1, LONGEST_PAUSE_S),
        }
    }

    /// Whether the same key and body may go again now.
    fn may_resend(&self, first: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        match self.promise {
            Promise::Keyed {
                life_s, resend_s, ..
            } => life_s > 0 && now >= first && now - first <= Duration::seconds(resend_s),
            // Only what was looked for just now, and that nobody else can know: see `on_absent`.
            Promise::Unstated { .. } | Promise::None => false,
        }
    }
}

impl WriteRow {
    /// How many look-ups have found nothing since it was last sent.
    fn looked(&self) -> u8 {
        let counts = |(_, at): &(u8, DateTime<Utc>)| self.last_sent.is_none_or(|sent| *at >= sent);
        self.needs.looked.filter(counts).map_or(0, |(n, _)| n)
    }

    /// What it needs, once more having been looked for in vain.
    pub fn looked_for(&self, now: DateTime<Utc>) -> Needs {
        Needs {
            looked: Some((self.looked().saturating_add(1), now)),
            ..self.needs.clone()
        }
    }
}

/// What to do with a write that may have left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send the same key and the same bytes again.
    Resend,
    /// Wait: too late for the key, too early to conclude anything.
    Wait(DateTime<Utc>),
    /// Look it up by its stamp.
    LookUp,
}

/// What to do next with a write in [`Sent`](crate::model::WriteState::Sent), [`InDoubt`](crate::model::WriteState::InDoubt) or [`Verifying`](crate::model::WriteState::Verifying).
pub fn next(w: &WriteRow, windows: Windows, now: DateTime<Utc>, clock_went_back: bool) -> Next {
    let (Some(first), Some(last)) = (w.first_sent, w.last_sent) else {
        return Next::LookUp;
    };
    // A clock that went back makes every window untrustworthy: the key counts as spent, and only the quarantine, counted anew, helps.
    let key_helps = !w.key_spent && !clock_went_back;
    if key_helps && windows.may_resend(first, now) {
        return Next::Resend;
    }
    if key_helps && matches!(windows.promise, Promise::Unstated { .. }) && now >= last {
        return Next::LookUp;
    }
    let until = last + Duration::seconds(plant::quarantine(windows.quarantine_s));
    if now < until {
        return Next::Wait(until);
    }
    Next::LookUp
}

/// What it means that a look-up found nothing of a write that may have left: another look-up, a new attempt, or, with
/// nothing to be remembered, that the same key and body go again now ([`FRESH_LOOK_S`]).
pub fn on_absent(w: &WriteRow, windows: Windows, now: DateTime<Utc>) -> Option<Settle> {
    let waits = Settle::NotFound {
        not_before: Some(now + Duration::seconds(windows.looks_apart_s)),
    };
    match windows.promise {
        // The same key and body go now, whatever the time: if they came through after all, the key makes one of them. What is
        // not wanted any more does not go: that it is not there is known once nothing of it can come through.
        Promise::Unstated { .. } if !w.key_spent && w.last_sent.is_some() && w.wanted => None,
        _ if !w.wanted && too_early(w, windows, now).is_some() => Some(Settle::InDoubt {
            not_before: too_early(w, windows, now),
            key_spent: true,
            why: "it is not wanted any more".to_owned(),
        }),
        _ if w.looked().saturating_add(1) < windows.looks => Some(waits),
        _ => Some(Settle::Again { not_before: None }),
    }
}

/// Until when a look at a write says nothing but that it is there: somebody else's doing may hold it only once ours can no
/// longer come through. Nothing once that is over.
pub fn too_early(w: &WriteRow, windows: Windows, asked: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let until = w.last_sent? + Duration::seconds(plant::quarantine(windows.quarantine_s));
    (asked < until).then_some(until)
}

/// Whether the clock makes the times of a write useless, and that is not yet committed.
///
/// Either it went back, or it stands before the write was sent. Then the key must be spent for good and the
/// quarantine counted from now: the clock will come by the times of the write a second time.
pub fn times_are_false(w: &WriteRow, now: DateTime<Utc>, clock_went_back: bool) -> bool {
    let ahead = |t: Option<DateTime<Utc>>| t.is_some_and(|t| t > now);
    ahead(w.last_sent) || (!w.key_spent && (clock_went_back || ahead(w.first_sent)))
}

/// A change of one write, to be committed as one with all its consequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// It is there.
    Linked {
        /// What the ledger says of it.
        posted: Posted,
        /// Whether it was found rather than answered.
        adopted: bool,
    },
    /// The ledger said no.
    Refused(Reason),
    /// A person must look.
    Held(Reason),
    /// The ledger refused it for good, so it is surely not there, and a person must look. Tried again, it is
    /// a fresh write with the newest draft.
    NotMade(Reason),
    /// It is not known.
    InDoubt {
        /// Not before this time is it looked at again.
        not_before: Option<DateTime<Utc>>,
        /// Whether the same key cannot help.
        key_spent: bool,
        /// Why, for the log.
        why: String,
    },
    /// It was looked for, at a time at which that says something, and not found.
    NotFound {
        /// Not before this time is it looked at again.
        not_before: Option<DateTime<Utc>>,
    },
    /// It is known not to have happened: it may be begun anew under a new key.
    Again {
        /// Not before this time.
        not_before: Option<DateTime<Utc>>,
    },
    /// The ledger says something of the kind is there: look it up at once.
    LookUp(Refusal),
}

impl Settle {
    /// With the payment that it is about named in the cure, where there is one.
    #[must_use]
    pub fn of_payment(self, id: &str) -> Self {
        match self {
            Self::Refused(r) => Self::Refused(r.of_payment(id)),
            Self::Held(r) => Self::Held(r.of_payment(id)),
            Self::NotMade(r) => Self::NotMade(r.of_payment(id)),
            other => other,
        }
    }
}

/// What an element's outcome means for its write.
pub fn on_outcome(w: &WriteRow, outcome: Outcome) -> Settle {
    match outcome {
        Outcome::Made(posted) => Settle::Linked {
            posted,
            adopted: false,
        },
        Outcome::Refused(r) if r.class == RefusalClass::Stale => on_stale(w, r),
        Outcome::Refused(r) => on_refusal(r),
    }
}

/// How often something is read anew and changed on its new version.
fn stale_tries(kind: Kind) -> u32 {
    match kind {
        Kind::Contact => 5,
        _ => 1,
    }
}

/// The version a change was based on is no longer the newest: somebody else was quicker, and nothing was executed. It is read
/// again, by its id. A contact's change is of single fields and goes on the new version; a document's does so once, where that
/// says the same as the one before, and is shown to a person otherwise.
pub fn on_stale(w: &WriteRow, r: Refusal) -> Settle {
    if w.attempt < stale_tries(w.kind) {
        return Settle::Again { not_before: None };
    }
    Settle::Held(Reason::new(
        codes::UPDATE_CONFLICT,
        format!("it was changed in the ledger meanwhile: {}", r.what),
        "compare the two in the ledger: `crossfoot retry TENANT NUMBER` sends ours, `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's",
    ))
}

fn on_refusal(r: Refusal) -> Settle {
    match r.class {
        RefusalClass::Duplicate | RefusalClass::Key => Settle::LookUp(r),
        RefusalClass::User | RefusalClass::Plan => {
            Settle::NotMade(Reason::new(r.code, r.what, r.fix))
        }
        _ => Settle::Refused(Reason::new(r.code, r.what, r.fix)),
    }
}

/// What a failed call means for every write that was in it.
///
/// `resent` says that the same request had gone before: that this call was not executed then tells
/// nothing of the earlier one, and the writes stay in doubt.
pub fn on_error(e: &CallError, resent: bool) -> Settle {
    let not_executed = |until: Option<DateTime<Utc>>, why: String| {
        if resent {
            return Settle::InDoubt {
                not_before: until,
                key_spent: false,
                why,
            };
        }
        Settle::Again { not_before: until }
    };
    match e {
        CallError::NotSent { .. } | CallError::Gone { .. } => not_executed(None, e.to_string()),
        CallError::Wait { until, .. } => not_executed(Some(*until), e.to_string()),
        CallError::Refused { refusal, .. } if refusal.class == RefusalClass::Key => {
            Settle::LookUp(refusal.clone())
        }
        CallError::Refused { .. } if resent => not_executed(None, e.to_string()),
        CallError::Refused { refusal, .. } => on_refusal(refusal.clone()),
        CallError::Uncertain { .. } if plant::new_key() => Settle::Again { not_before: None },
        CallError::Uncertain { why, cached, .. } => Settle::InDoubt {
            not_before: None,
            key_spent: *cached,
            why: why.clone(),
        },
        CallError::Broken { why, .. } | CallError::Unclear { what: why, .. } => Settle::InDoubt {
            not_before: None,
            key_spent: false,
            why: why.clone(),
        },
    }
}

/// Why a document that the ledger made comes to something else than was sent.
pub fn total_differs(number: &str, sent: Decimal, is: Decimal) -> Reason {
    Reason::new(
        codes::POSTED_TOTAL_DIFFERS,
        format!("{number} was posted to come to {sent}, but the ledger says {is}"),
        "compare the two documents line by line and correct the ledger's copy by hand, then `crossfoot retry TENANT NUMBER`; where the ledger's is right, as where it makes the tax by rules of its own, `crossfoot settle TENANT NUMBER --why \"...\"`",
    )
}

/// Why a document whose lines people have changed in the ledger waits: the two books do not come to the same.
pub fn edited_there(number: &str, ours: Decimal, is: Decimal) -> Reason {
    Reason::new(
        codes::UPDATE_CONFLICT,
        format!(
            "{number} was changed in the ledger: it comes to {is} there, and to {ours} in the source"
        ),
        "compare the two: `crossfoot retry TENANT NUMBER` sends the source's over the ledger's; to keep the ledger's, change the source",
    )
}

/// Whether the answer to a write says that the ledger made another sum of it.
pub fn posted_differs(w: &WriteRow, settle: &Settle) -> Option<Reason> {
    let (d, posted, adopted) = match (&w.draft, settle) {
        (Draft::Invoice(d), Settle::Linked { posted, adopted }) => (d, posted, adopted),
        (Draft::Payment(p), Settle::Linked { posted, .. }) => return left_unapplied(p, posted),
        _ => return None,
    };
    let is = posted.total.filter(|is| *is != d.total)?;
    // What was found and is not as it was sent has been changed by people: the ledger made what it was asked for.
    if *adopted && posted.version.is_empty() {
        return Some(edited_there(&d.number, d.total, is));
    }
    // The file takes it of a document, which is decided on again by what it came to.
    let taken = w.needs.takes_total && w.kind.is_document();
    (!taken).then(|| total_differs(&d.number, d.total, is))
}

/// What a look-up means for the write.
///
/// `after_quarantine` says whether the absence was seen after the quarantine: only then does it count.
pub fn on_look_up(seen: Seen, after_quarantine: bool, refusal: Option<Refusal>) -> Settle {
    let taken = (refusal.as_ref()).is_some_and(|r| r.class == RefusalClass::Duplicate);
    match seen {
        Seen::Ours(posted) => Settle::Linked {
            posted,
            adopted: true,
        },
        // The number is another's, or is kept for one that was cancelled: ours could not be made.
        Seen::Other(reason)
            if taken && reason.is_one_of(&[codes::NUMBER_TAKEN, codes::NUMBER_CLOSED]) =>
        {
            Settle::NotMade(reason)
        }
        Seen::Other(reason) => Settle::Held(reason),
        Seen::Absent => match refusal {
            // The name or number is another's that our look-up does not show: ours could not be made.
            Some(r) if taken => Settle::NotMade(Reason::new(r.code, r.what, r.fix)),
            // The vendor says it is taken, and we cannot see by what: a person must look.
            Some(r) => Settle::Held(Reason::new(r.code, r.what, r.fix)),
            None if after_quarantine => Settle::Again { not_before: None },
            None => Settle::InDoubt {
                not_before: None,
                key_spent: true,
                why: "not found yet, which proves nothing before the quarantine is over".into(),
            },
        },
    }
}

#[cfg(test)]
mod tests;
