//! What a rule decided, in plain types that the pipeline reads.

use crate::model::{Place, Reason, Trace, Verdict};

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

/// Which side a conflict hook let count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptSide {
    /// No file has an opinion: the tenant's word decides.
    Unsaid,
    /// The source's, and the line that said so.
    Source(Place),
    /// The ledger's.
    Ledger(Place),
    /// A person must look: why.
    Held(String, Place),
    /// The rule broke.
    Broke(Reason),
}

/// What the rules said of a field that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideRuling {
    /// Which side counts.
    pub kept: KeptSide,
    /// What `print` was given, cut to the limits.
    pub printed: Vec<String>,
}

impl SideRuling {
    /// Nobody was asked.
    pub fn none() -> Self {
        Self {
            kept: KeptSide::Unsaid,
            printed: Vec::new(),
        }
    }
}
