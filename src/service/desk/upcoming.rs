//! What a person does next for a tenant, or what happens by itself, as a value; its sentence is what people and programs are
//! told.
//!
//! [`status`](super::status) finds the first thing that stands in the way; here are its words, with the command.

use super::said::{TIME, said};
use crate::model::TenantId;
use chrono::{DateTime, Utc};
use std::fmt;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upcoming {
    /// What is required, which is told beside it.
    Required,
    /// Nothing was read yet: a rehearsal, and then one document.
    Try(TenantId),
    /// Documents wait for the first review.
    Review(TenantId),
    /// Documents wait for approval.
    Approve(TenantId),
    /// Documents are held or refused, or something was done to what is posted.
    Errors(TenantId),
    /// Payments of posted documents wait for a word.
    ReleasePayments(TenantId),
    /// Processing is off.
    SwitchOn(TenantId),
    /// It runs only when somebody says so.
    Sync(TenantId),
    /// It was due at this time, while a worker runs.
    Due(DateTime<Utc>, String),
    /// It runs at this time, while a worker runs.
    Runs(DateTime<Utc>, String),
}

impl fmt::Display for Upcoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("what is required above"),
            Self::Try(t) => write!(
                f,
                "see what would happen with `crossfoot plan {t}`; try one with `crossfoot sync {t} --only NUMBER`, then \
                 `crossfoot processing {t} on`"
            ),
            Self::Review(t) => write!(
                f,
                "documents wait for the first review: look with `crossfoot plan {t}`, then `crossfoot release {t}`"
            ),
            Self::Approve(t) => write!(
                f,
                "documents wait for approval: look with `crossfoot plan {t}`, then `crossfoot approve {t} --all`"
            ),
            Self::Errors(t) => write!(
                f,
                "some wait for a person: `crossfoot errors {t}` says which, and what to do"
            ),
            Self::ReleasePayments(t) => {
                write!(f, "payments wait: `crossfoot release {t} --payments`")
            }
            Self::SwitchOn(t) => write!(f, "let it run: `crossfoot processing {t} on`"),
            Self::Sync(t) => write!(f, "runs only when told to: `crossfoot sync {t}`"),
            Self::Due(_, trigger) => write!(f, "due now ({trigger}), while `crossfoot run` runs"),
            Self::Runs(at, trigger) => write!(
                f,
                "{} ({trigger}), while `crossfoot run` runs",
                at.format(TIME)
            ),
        }
    }
}

said!(Upcoming);
