//! What a rule decided, in plain types that the pipeline reads.

use crate::model::{Reason, Trace, Verdict};

/// What the rules said of a document or draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The verdict. A rule that broke is a hold with the place of the mistake.
    pub verdict: Verdict,
    /// Why a person must approve it before it goes, where a rule wants that.
    pub review: Option<Reason>,
    /// The fields that were changed, in order; only when tracing is on and the verdict is to keep.
    pub changes: Trace,
    /// What `print` was given, cut to the limits.
    pub printed: Vec<String>,
}

impl Ruling {
    /// Nobody objected and nothing changed.
    pub fn keep() -> Self {
        Self {
            verdict: Verdict::Keep,
            review: None,
            changes: Trace::off(),
            printed: Vec::new(),
        }
    }
}

/// What a match hook answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// No file has the hook, or every hook returned `keep()`: the tenant's file decides.
    Absent,
    /// The candidate with this index, from 0.
    Use(usize),
    /// Make a new one.
    Create,
    /// None, and make none.
    None,
    /// Skip, hold or refuse the document.
    Verdict(Verdict),
}
