//! The write protocol: one effect, whatever dies. Pure: what happened goes in, what to do next comes out.
//!
//! The rules it keeps:
//! - Intent before bytes: a write is [`Sent`](crate::model::WriteState::Sent) in the store, with its key and exact body, before the first byte leaves.
//! - The same key and body go again only within [`Windows::resend_s`] of the *first* send, because the
//!   vendor forgets a key [`Windows::key_life_s`] after it first saw it, and a request may be long under way.
//! - After that, a quarantine: nothing may be concluded from not finding the document before
//!   [`Windows::quarantine_s`] have passed since the *last* send.
//! - Then a look-up by stamp: found and equal is adopted, absent is a new attempt under a new key,
//!   anything else is held for a person.
//! - A batch was sent as one and stays one while it is in doubt; doubtful writes never ride with fresh ones.
//!
//! The product and the simulation run this same code.

pub use super::judge::{
    Seen, judge_contact, judge_document, judge_payment, judge_unsent, judge_update,
};
use super::plant;
use super::write::WriteRow;
pub use crate::connectors::stamp::{STAMP, stamp};
use crate::connectors::{CallError, Outcome, Posted, Refusal, RefusalClass};
use crate::model::codes;
use crate::model::{Draft, Reason, TargetFacts};
use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;

/// The times a target's promises allow, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// How long a key protects.
    pub key_life_s: i64,
    /// How long after the first send the same key and body may go again.
    pub resend_s: i64,
    /// How long after the last send nothing may be concluded from absence.
    pub quarantine_s: i64,
}

impl Windows {
    /// A target's windows.
    pub fn of(facts: &TargetFacts) -> Self {
        Self {
            key_life_s: facts.key_life_s,
            resend_s: facts.resend_s,
            quarantine_s: facts.quarantine_s,
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
    let resend = !w.key_spent
        && !clock_went_back
        && windows.key_life_s > 0
        && now >= first
        && now - first <= Duration::seconds(windows.resend_s);
    if resend {
        return Next::Resend;
    }
    let until = last + Duration::seconds(plant::quarantine(windows.quarantine_s));
    if now < until {
        return Next::Wait(until);
    }
    Next::LookUp
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
    /// It is known not to have happened: it may be begun anew under a new key.
    Again {
        /// Not before this time.
        not_before: Option<DateTime<Utc>>,
        /// Whether the key may be used again (nothing was executed and the vendor never saw it).
        same_key: bool,
    },
    /// The ledger says something of the kind is there: look it up at once.
    LookUp(Refusal),
}

/// What an element's outcome means for its write.
pub fn on_outcome(outcome: Outcome) -> Settle {
    match outcome {
        Outcome::Made(posted) => Settle::Linked {
            posted,
            adopted: false,
        },
        Outcome::Refused(r) => on_refusal(r),
    }
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
        Settle::Again {
            not_before: until,
            same_key: true,
        }
    };
    match e {
        CallError::NotSent { .. } | CallError::Gone { .. } => not_executed(None, e.to_string()),
        CallError::Wait { until, .. } => not_executed(Some(*until), e.to_string()),
        CallError::Refused { refusal, .. } if refusal.class == RefusalClass::Key => {
            Settle::LookUp(refusal.clone())
        }
        CallError::Refused { .. } if resent => not_executed(None, e.to_string()),
        CallError::Refused { refusal, .. } => on_refusal(refusal.clone()),
        CallError::Uncertain { .. } if plant::new_key() => Settle::Again {
            not_before: None,
            same_key: false,
        },
        CallError::Uncertain { why, cached, .. } => Settle::InDoubt {
            not_before: None,
            key_spent: *cached,
            why: why.clone(),
        },
        CallError::Broken { why, .. } => Settle::InDoubt {
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
        "compare the two documents line by line and correct the ledger's copy by hand, then retry",
    )
}

/// Whether the answer to a write says that the ledger made another sum of it.
pub fn posted_differs(w: &WriteRow, settle: &Settle) -> Option<Reason> {
    let (Draft::Invoice(d), Settle::Linked { posted, .. }) = (&w.draft, settle) else {
        return None;
    };
    let is = posted.total.filter(|is| *is != d.total)?;
    Some(total_differs(&d.number, d.total, is))
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
            None if after_quarantine => Settle::Again {
                not_before: None,
                same_key: false,
            },
            None => Settle::InDoubt {
                not_before: None,
                key_spent: true,
                why: "not found yet, which proves nothing before the quarantine is over".into(),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Fingerprint, Kind, PaymentDraft, PaymentKind, WriteState};
    use crate::pipeline::write::Needs;

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + s, 0).unwrap()
    }
    const XERO: Windows = Windows {
        key_life_s: 360,
        resend_s: 180,
        quarantine_s: 900,
    };
    fn row() -> WriteRow {
        WriteRow {
            id: 1,
            key: "t/c/payment/9/create".into(),
            marker: "ABCDEFGHIJKLMNOPQRST".into(),
            kind: Kind::Payment,
            source_id: "9".into(),
            document: "7".into(),
            state: WriteState::Sent,
            draft: Draft::Payment(PaymentDraft {
                source_payment: "9".into(),
                kind: PaymentKind::Payment,
                date: chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap(),
                amount: Decimal::new(1000, 2),
                currency: Currency::new("AUD").unwrap(),
                account: crate::model::AccountRef::Code("090".into()),
                reference: String::new(),
                method: String::new(),
            }),
            draft_hash: Fingerprint::of(b""),
            needs: Needs::default(),
            attempt: 1,
            batch: Some(1),
            first_sent: Some(at(0)),
            last_sent: Some(at(100)),
            not_before: None,
            key_spent: false,
        }
    }

    #[test]
    fn the_key_helps_for_three_minutes_then_nothing_for_a_quarter_of_an_hour_then_a_look_up() {
        let w = row();
        assert_eq!(next(&w, XERO, at(180), false), Next::Resend);
        assert_eq!(next(&w, XERO, at(181), false), Next::Wait(at(1000)));
        assert_eq!(next(&w, XERO, at(999), false), Next::Wait(at(1000)));
        assert_eq!(next(&w, XERO, at(1000), false), Next::LookUp);
    }

    #[test]
    fn a_clock_that_went_back_spends_the_key() {
        let w = row();
        assert_eq!(next(&w, XERO, at(50), true), Next::Wait(at(1000)));
        assert_eq!(next(&w, XERO, at(-50), false), Next::Wait(at(1000)));
    }

    #[test]
    fn a_kept_error_spends_the_key() {
        let mut w = row();
        w.key_spent = true;
        assert_eq!(next(&w, XERO, at(110), false), Next::Wait(at(1000)));
    }

    #[test]
    fn somebody_elses_payment_is_never_taken_for_ours() {
        let w = row();
        assert!(matches!(
            judge_payment(&w, Decimal::new(1000, 2), &[]),
            Seen::Other(_)
        ));
        assert_eq!(judge_payment(&w, Decimal::ZERO, &[]), Seen::Absent);
    }

    #[test]
    fn absence_before_the_quarantine_proves_nothing() {
        assert!(matches!(
            on_look_up(Seen::Absent, false, None),
            Settle::InDoubt { .. }
        ));
        assert!(matches!(
            on_look_up(Seen::Absent, true, None),
            Settle::Again {
                same_key: false,
                ..
            }
        ));
    }
}
