//! Words as the machine remembers them outside of the workspace, so that one which an older backup knows nothing of can be named.
//!
//! Flows in: what was said and taken back, in order, each with whether the database knows it. Flows out: what kept something back
//! and would not any more. Pure. The law: of one thing the last word counts, as `follow.rs` says, and one that the database knows
//! is not missed; nor is one that let something go, for what it let go holds without it.

use super::follow::{Follow, follow};
use super::ids::TenantId;
use super::key::Key;
use super::word::{PersonsWord, WordKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A word that was said or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedWord {
    /// The number of the audit log's row that tells of it.
    pub row: i64,
    /// That row's hash.
    pub hash: String,
    /// Whose.
    pub tenant: TenantId,
    /// The document it belongs to.
    pub document: Key,
    /// The number people know that by.
    pub number: String,
    /// Whether it was taken back.
    pub back: bool,
    /// The word, without what its speaker was shown.
    pub word: PersonsWord,
}

impl RememberedWord {
    /// The word as one that is lost.
    #[must_use]
    pub fn lost(self) -> PersonsWord {
        let was = Some((self.word.kind, self.number));
        PersonsWord {
            kind: WordKind::Lost,
            was,
            ..self.word
        }
    }
}

/// Which words kept something back and are not known, of all in the order in which they were said; and each thing that a word
/// was said of.
pub fn missed(
    all: Vec<(RememberedWord, bool)>,
) -> (Vec<RememberedWord>, BTreeSet<(TenantId, Key)>) {
    let mut stand: BTreeMap<(TenantId, Key), Vec<(RememberedWord, bool)>> = BTreeMap::new();
    for (said, known) in all {
        let of = (said.tenant.clone(), said.word.of.clone());
        let stands = stand.entry(of).or_default();
        let kind = said.word.kind;
        // Who has it decided on without a word that was lost takes back whatever that was.
        let ends = |w: &RememberedWord| {
            w.word.kind == kind || (kind == WordKind::Lost && w.word.kind.keeps_back())
        };
        stands.retain(|(w, _)| !ends(w));
        if said.back {
            continue;
        }
        if let Some((top, _)) = stands.last()
            && follow(top.word.kind, kind) == Follow::Instead
        {
            stands.pop();
        }
        stands.push((said, known));
    }
    let things = stand.keys().cloned().collect();
    let last = stand.into_values().filter_map(|mut all| all.pop());
    let missed = last.filter(|(w, known)| !known && w.word.kind.keeps_back());
    (missed.map(|(w, _)| w).collect(), things)
}

#[cfg(test)]
mod tests {
    use super::super::ids::SourceId;
    use super::super::key::BookId;
    use super::super::kinds::Kind;
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn said(row: i64, kind: WordKind, back: bool) -> RememberedWord {
        let of = Key::new(
            &BookId::stored("shop"),
            Kind::Invoice,
            &SourceId("1".into()),
        );
        let word = PersonsWord {
            of: of.clone(),
            kind,
            entry: None,
            amount: Decimal::ZERO,
            shown: Vec::new(),
            why: String::new(),
            actor: String::new(),
            at: DateTime::UNIX_EPOCH,
            pays: None,
            source: BTreeMap::new(),
            version: String::new(),
            payments: None,
            over: None,
            was: None,
        };
        RememberedWord {
            row,
            hash: String::new(),
            tenant: TenantId::new("acme").unwrap(),
            document: of,
            number: "1041".into(),
            back,
            word,
        }
    }

    proptest! {
        /// Whatever was said and taken back, and wherever the copy was made: what the database would let go although the last word
        /// kept it back is missed, and nothing else.
        #[test]
        fn what_kept_back_and_is_unknown_is_missed(
            acts in proptest::collection::vec((0usize..4, proptest::bool::weighted(0.7)), 0..10),
            cut in 0usize..10,
        ) {
            let mut stands: Option<PersonsWord> = None;
            let mut all = Vec::new();
            let mut last = None;
            for (n, (kind, say)) in acts.into_iter().enumerate() {
                let row = said(n as i64, WordKind::ALL[kind], !say);
                let kind = row.word.kind;
                if say {
                    // What is not taken is not remembered.
                    let Ok(now) = row.word.clone().after(stands.clone()) else { continue };
                    stands = Some(now);
                } else {
                    stands = stands.and_then(|w| w.without(kind));
                }
                last = if say { Some(n) } else { last };
                all.push((row, n < cut));
            }
            let top = stands.as_ref().map(|w| w.kind);
            let (lost, _) = missed(all);
            match top {
                Some(kind) if kind.keeps_back() => {
                    for one in &lost {
                        prop_assert_eq!(one.word.kind, kind);
                        prop_assert!(one.row >= cut as i64);
                    }
                    if last.is_some_and(|n| n < cut) {
                        prop_assert!(lost.is_empty());
                    }
                    if cut == 0 {
                        prop_assert_eq!(lost.len(), 1);
                    }
                }
                _ => prop_assert!(lost.is_empty()),
            }
        }
    }
}
