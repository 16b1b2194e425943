//! What was found to be the cause of a difference.

use crate::model::Place;

/// The end of the sentence, the cure, and the line of the file that has to do with it.
pub(super) struct Culprit {
    pub what: String,
    pub fix: String,
    pub place: Option<Place>,
}

impl Culprit {
    pub(super) fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            fix: fix.into(),
            place: None,
        }
    }
}
