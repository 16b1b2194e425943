//! The write protocol: one effect, whatever dies. Pure: what happened goes in, what to do next comes out.
//!
//! The rules it keeps:
//! - Intent before bytes: a write is [`WriteState::Sent`] in the store, with its key and exact body, before the first byte leaves.
//! - The same key and body go again only within [`Windows::resend_s`] of the *first* send, because the
//!   vendor forgets a key [`Windows::key_life_s`] after it first saw it, and a request may be long under way.
//! - After that, a quarantine: nothing may be concluded from not finding the document before
//!   [`Windows::quarantine_s`] have passed since the *last* send.
//! - Then a look-up by stamp: found and equal is adopted, absent is a new attempt under a new key,
//!   anything else is held for a person.
//! - A batch was sent as one and stays one while it is in doubt; doubtful writes never ride with fresh ones.
//!
//! The product and the simulation run this same code.

use super::judge::{NUMBER_CLOSED, NUMBER_TAKEN};
pub use super::judge::{judge_contact, judge_document, judge_payment, judge_unsent, judge_update};
pub use crate::connectors::stamp::{STAMP, stamp};
use crate::connectors::{CallError, Outcome, Posted, Refusal, RefusalClass};
use crate::model::{Draft, Fingerprint, Kind, Reason, SourceId, TargetFacts, WriteState};
use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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

/// What a write waits for, or is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Needs {
    /// The ledger's id of the contact, where it is known from the start.
    pub contact_id: String,
    /// The natural key of the write that makes the contact, or empty.
    pub contact_write: String,
    /// The ledger's id of the document that is paid, where it is known from the start.
    pub document_id: String,
    /// The natural key of the write that makes the document, or empty.
    pub document_write: String,
    /// Whether the document paid is a credit note.
    pub of_credit_note: bool,
    /// The contact's number at its source, for the ledger's contact-number field.
    pub contact_number: String,
    /// The ledger's id of the document that is changed; empty when one is made.
    pub update_id: String,
    /// The version the change is based on.
    pub update_version: String,
    /// The line ids the change must name.
    pub update_lines: Vec<String>,
    /// The status the document has in the ledger, below which a change must not put it.
    pub update_status: String,
    /// Fields of a contact that are as we last sent them: a change of the contact leaves them alone, since a
    /// person may have put them right since.
    pub update_same: Vec<String>,
    /// The source's id of a contact that was matched and not made: it is remembered with the document.
    pub contact_source: String,
    /// Whether a person has said that what others put to the document is not this payment.
    pub vouched: bool,
    /// What the source says was received for the document in all.
    pub received: Decimal,
}

/// One write, as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteRow {
    /// Row number in the journal.
    pub id: i64,
    /// What it is, for ever.
    pub key: String,
    /// The stamp inside the document.
    pub marker: String,
    /// Kind.
    pub kind: Kind,
    /// The source document's id (the payment's own id for a payment).
    pub source_id: SourceId,
    /// The invoice it belongs to, for its journey and reports.
    pub document: SourceId,
    /// Where it stands.
    pub state: WriteState,
    /// What is to be written.
    pub draft: Draft,
    /// The draft's hash.
    pub draft_hash: Fingerprint,
    /// What it waits for.
    pub needs: Needs,
    /// How often it was begun under a new key.
    pub attempt: u32,
    /// The request it last went with.
    pub batch: Option<i64>,
    /// When its key was first used.
    pub first_sent: Option<DateTime<Utc>>,
    /// When it was last sent.
    pub last_sent: Option<DateTime<Utc>>,
    /// Not before this time is it looked at again.
    pub not_before: Option<DateTime<Utc>>,
    /// Whether the same key cannot help any more (the vendor keeps an error for it).
    pub key_spent: bool,
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

/// What to do next with a write in [`WriteState::Sent`], [`WriteState::InDoubt`] or [`WriteState::Verifying`].
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
            Settle::NotMade(Reason::new(&r.code, r.what, r.fix))
        }
        _ => Settle::Refused(Reason::new(&r.code, r.what, r.fix)),
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
        CallError::Uncertain { why, cached, .. } => plant::on_uncertain(Settle::InDoubt {
            not_before: None,
            key_spent: *cached,
            why: why.clone(),
        }),
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
        "posted.total_differs",
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

/// What a look-up saw of one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It is there and it is ours.
    Ours(Posted),
    /// It is not there.
    Absent,
    /// Something is there that is not plainly ours.
    Other(Reason),
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
            if taken && [NUMBER_TAKEN, NUMBER_CLOSED].contains(&reason.code.as_str()) =>
        {
            Settle::NotMade(reason)
        }
        Seen::Other(reason) => Settle::Held(reason),
        Seen::Absent => match refusal {
            // The name or number is another's that our look-up does not show: ours could not be made.
            Some(r) if taken => Settle::NotMade(Reason::new(&r.code, r.what, r.fix)),
            // The vendor says it is taken, and we cannot see by what: a person must look.
            Some(r) => Settle::Held(Reason::new(&r.code, r.what, r.fix)),
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

/// Bugs planted on purpose, to show that the suite catches them. In a normal build they are constants that the compiler removes.
pub mod plant {
    use super::Settle;
    use crate::model::TenantId;
    use crate::pipeline::ports::Lease;

    /// One bug.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Plant {
        /// A new key on each try.
        NewKey,
        /// The journal is written after the send.
        SendFirst,
        /// Absence counts at once.
        NoQuarantine,
        /// A write is begun anew after the key's life without a look-up.
        NoLookUp,
        /// The lease is neither waited for nor checked.
        NoLease,
    }

    impl Plant {
        /// Every bug.
        pub const ALL: [Plant; 5] = [
            Plant::NewKey,
            Plant::SendFirst,
            Plant::NoQuarantine,
            Plant::NoLookUp,
            Plant::NoLease,
        ];
        /// The word for it in `CROSSFOOT_PLANT`.
        pub fn as_str(self) -> &'static str {
            match self {
                Plant::NewKey => "new-key",
                Plant::SendFirst => "send-first",
                Plant::NoQuarantine => "no-quarantine",
                Plant::NoLookUp => "no-look-up",
                Plant::NoLease => "no-lease",
            }
        }
    }

    #[cfg(feature = "planted-bugs")]
    mod chosen {
        use super::Plant;
        use std::cell::Cell;
        use std::sync::OnceLock;

        thread_local! {
            static HERE: Cell<Option<Plant>> = const { Cell::new(None) };
        }
        static EVERYWHERE: OnceLock<Option<Plant>> = OnceLock::new();

        /// Plants a bug for this thread, or takes it out.
        pub fn set(plant: Option<Plant>) {
            HERE.with(|h| h.set(plant));
        }

        pub(super) fn planted(plant: Plant) -> bool {
            let everywhere = EVERYWHERE.get_or_init(|| {
                let word = std::env::var("CROSSFOOT_PLANT").ok()?;
                Plant::ALL.into_iter().find(|p| p.as_str() == word)
            });
            HERE.with(Cell::get).or(*everywhere) == Some(plant)
        }
    }
    #[cfg(feature = "planted-bugs")]
    use chosen::planted;
    #[cfg(feature = "planted-bugs")]
    pub use chosen::set;

    #[cfg(not(feature = "planted-bugs"))]
    const fn planted(_: Plant) -> bool {
        false
    }

    /// Whether the journal is written after the send.
    pub fn send_before_journal() -> bool {
        planted(Plant::SendFirst)
    }
    /// Whether the lease is neither waited for nor checked.
    pub fn no_lease() -> bool {
        planted(Plant::NoLease)
    }
    /// The lease that the lack of one is papered over with.
    pub fn lease_of_nobody(tenant: &TenantId, holder: &str) -> Lease {
        Lease {
            tenant: tenant.clone(),
            holder: holder.to_owned(),
            fence: i64::MAX,
        }
    }
    /// Whether payments leave without a look at their document. That look is a second guard behind the protocol
    /// and would hide the bugs planted in it: with any of them it is left out.
    pub fn blind() -> bool {
        Plant::ALL.into_iter().any(planted)
    }
    /// Whether a write is begun anew after the key's life without a look-up.
    pub fn no_look_up() -> bool {
        planted(Plant::NoLookUp)
    }
    /// Whether a write that may have left is begun anew, under a new key, instead of sent again.
    pub fn new_key() -> bool {
        planted(Plant::NewKey)
    }
    pub(super) fn quarantine(seconds: i64) -> i64 {
        if planted(Plant::NoQuarantine) {
            0
        } else {
            seconds
        }
    }
    pub(super) fn on_uncertain(settle: Settle) -> Settle {
        if planted(Plant::NewKey) {
            return Settle::Again {
                not_before: None,
                same_key: false,
            };
        }
        settle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, PaymentDraft, PaymentKind};

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
