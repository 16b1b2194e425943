//! The words by which posted documents are told to differ, for whoever reads them from a person.

use crate::pipeline::resend::ChangedBy;

/// The one that a word names.
pub fn parse(word: &str) -> Option<ChangedBy> {
    ChangedBy::parse(word)
}

/// All of them, in a sentence.
pub fn all() -> String {
    let all: Vec<&str> = ChangedBy::ALL.iter().map(|b| b.as_str()).collect();
    all.join(", ")
}
