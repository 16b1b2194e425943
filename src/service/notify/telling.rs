//! What a letter tells, and how its parts are made safe to be read.
//!
//! Flows in: what runs did, the causes that keep documents back. Flows out: the same, bounded, in lines that stay lines.

use crate::model::{HeldCount, dangerous};
use crate::pipeline::ports::RunRow;
use crate::service::codes::families;
use crate::service::report::Cause;

/// The most causes told.
pub(super) const MOST_CAUSES: usize = 30;
/// The most numbers told for a cause.
pub(super) const MOST_NUMBERS: usize = 30;

/// What a letter tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct LetterFacts<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The runs it is about, newest first.
    pub runs: &'a [RunRow],
    /// Why the tenant does not run at all now, if it does not.
    pub trouble: Option<&'a str>,
    /// What waits for a person, and why.
    pub causes: &'a [Cause],
    /// How many wait for approval.
    pub checked: usize,
    /// How many payments and refunds of posted documents wait for a person's word.
    pub payments: u64,
    /// How much waits for a person, in kinds.
    pub held: HeldCount,
    /// How many are in doubt.
    pub doubtful: usize,
}

/// What the table of codes says of a reason: of every such document, and so of none by name.
pub(super) fn reason_of(code: &str) -> Option<&'static str> {
    let mut all = families().into_iter().flat_map(|f| f.entries);
    all.find(|e| e.code.as_str() == code).map(|e| e.what)
}

/// One line that stays one, whatever was in it.
pub(super) fn plain(text: &str) -> String {
    let calm = |c: char| if dangerous(c) { ' ' } else { c };
    text.chars().map(calm).collect()
}
