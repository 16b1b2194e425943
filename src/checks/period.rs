//! Locked periods: nothing is dated on or before the ledger's lock dates.

use super::Law;
use crate::mapping::LockedPeriod;
use crate::model::codes;
use crate::model::{InvoiceDraft, Reason};
use chrono::{Days, NaiveDate};

/// What to do about a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dated {
    /// It is open.
    Open,
    /// It is locked, and the first open day is to be used instead.
    Moved(NaiveDate),
    /// It is locked, and a person must act.
    Held(Reason),
    /// It is locked, and that is the end.
    Refused(Reason),
}

/// Judges a date by the lock dates and the tenant's word.
pub fn judge(law: Law<'_>, date: NaiveDate, word: LockedPeriod) -> Dated {
    let Some(lock) = law.chart.organisation.locked_until() else {
        return Dated::Open;
    };
    if date > lock {
        return Dated::Open;
    }
    let reason = Reason::new(
        codes::PERIOD_LOCKED,
        format!("it is dated {date}, and the ledger is locked up to {lock}"),
        "have the lock date moved in the ledger, then `crossfoot retry TENANT NUMBER`; or set `guard.locked_period: first_open_day`",
    );
    match word {
        LockedPeriod::Hold => Dated::Held(reason),
        LockedPeriod::Fail => Dated::Refused(reason),
        LockedPeriod::FirstOpenDay => lock
            .checked_add_days(Days::new(1))
            .map_or(Dated::Held(reason), Dated::Moved),
    }
}

/// Moves a draft to another day; what was due before it is due on it.
pub fn redate(draft: &mut InvoiceDraft, to: NaiveDate) {
    draft.date = to;
    draft.due = draft.due.map(|due| due.max(to));
}
