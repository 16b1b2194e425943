//! Which word may follow which about one thing, and what becomes of the earlier one.
//!
//! Flows in: the word that stands, and a new one. Flows out: the word that is kept, or why the new one is not taken. Pure, and
//! the one place that says so. The laws, in short:
//!
//! 1. A thing has one word that counts. A new one of the same kind takes the place of the earlier one.
//! 2. That something was settled by hand is never lost under another word: what is left out after it is left out over it, and is
//!    settled again once that is taken back. So is what is settled after it was left out.
//! 3. What was settled by hand is neither sent nor made anew: the settling is taken back first.
//! 4. What is left out is not sent either.
//! 5. A word that is done is spent, and stands no more; see `store/words.rs`.
//! 6. That a word was lost ends with any other word on the thing, and where one stands that keeps it back nothing is lost.

use super::word::{PersonsWord, WordKind};

/// What becomes of the word that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// The new one takes its place.
    Instead,
    /// The new one is said over it: taken back, it counts again.
    Over,
    /// The new one is not taken: this one is taken back first.
    Not,
}

/// What becomes of a standing word when another kind is said.
pub fn follow(stands: WordKind, new: WordKind) -> Follow {
    use WordKind::{Lost, Resend, Send, Settled, Skip};
    match (stands, new) {
        (Settled, Skip) | (Skip, Settled) => Follow::Over,
        (Settled, Send | Resend | Lost) | (Skip, Send | Lost) => Follow::Not,
        (Settled, Settled) | (Skip, Skip | Resend) | (Send | Resend | Lost, _) => Follow::Instead,
    }
}

impl PersonsWord {
    /// The word of a kind: this one, or one that it was said over.
    pub fn beneath(&self, kind: WordKind) -> Option<&PersonsWord> {
        match self.kind == kind {
            true => Some(self),
            false => self.over.as_deref()?.beneath(kind),
        }
    }

    /// What is left of it and of those beneath once a kind is taken back.
    pub fn without(mut self, kind: WordKind) -> Option<PersonsWord> {
        let rest = self.over.take().and_then(|w| w.without(kind));
        if self.kind == kind {
            return rest;
        }
        self.over = rest.map(Box::new);
        Some(self)
    }

    /// The word that is kept when this one is said where another stands.
    ///
    /// # Errors
    /// The word that must be taken back first.
    pub fn after(self, stands: Option<PersonsWord>) -> Result<PersonsWord, WordKind> {
        let Some(stands) = stands.and_then(|w| w.without(self.kind)) else {
            return Ok(self);
        };
        // What is beneath the one that counts bars what it barred before.
        let mut beneath = Some(&stands);
        while let Some(word) = beneath {
            if follow(word.kind, self.kind) == Follow::Not {
                return Err(word.kind);
            }
            beneath = word.over.as_deref();
        }
        let over = match follow(stands.kind, self.kind) {
            Follow::Over => Some(Box::new(stands)),
            Follow::Instead | Follow::Not => stands.over,
        };
        Ok(Self { over, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ids::SourceId;
    use super::super::key::{BookId, Key};
    use super::super::kinds::Kind;
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use std::collections::BTreeMap;

    fn word(kind: WordKind, n: usize) -> PersonsWord {
        PersonsWord {
            of: Key::new(
                &BookId::stored("shop"),
                Kind::Invoice,
                &SourceId("1".into()),
            ),
            kind,
            entry: None,
            amount: Decimal::ZERO,
            shown: vec![n.to_string()],
            why: String::new(),
            actor: String::new(),
            at: DateTime::UNIX_EPOCH,
            pays: None,
            source: BTreeMap::new(),
            version: String::new(),
            payments: None,
            over: None,
            was: None,
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Say(WordKind),
        Back(WordKind),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let kind = (0..WordKind::ALL.len()).prop_map(|n| WordKind::ALL[n]);
        let act = (kind, proptest::bool::weighted(0.7))
            .prop_map(|(kind, say)| if say { Act::Say(kind) } else { Act::Back(kind) });
        proptest::collection::vec(act, 0..12)
    }

    proptest! {
        /// Whatever is said and taken back, in any order.
        #[test]
        fn no_word_outlives_or_hides_another(all in acts()) {
            let mut stands: Option<PersonsWord> = None;
            let mut settled = false;
            for (n, act) in all.into_iter().enumerate() {
                match act {
                    Act::Say(kind) => match word(kind, n).after(stands.clone()) {
                        Ok(now) => {
                            // What counts is what was said last, about what was shown then.
                            prop_assert_eq!((now.kind, &now.shown), (kind, &vec![n.to_string()]));
                            settled |= kind == WordKind::Settled;
                            stands = Some(now);
                        }
                        Err(first) => {
                            let standing = stands.as_ref().and_then(|w| w.beneath(first));
                            prop_assert!(standing.is_some(), "it is barred by what stands");
                        }
                    },
                    Act::Back(kind) => {
                        settled &= kind != WordKind::Settled;
                        stands = stands.and_then(|w| w.without(kind));
                        let still = stands.as_ref().and_then(|w| w.beneath(kind));
                        prop_assert!(still.is_none(), "what was taken back is gone");
                    }
                }
                // That something was settled ends by its own taking back alone.
                let now = stands.as_ref().and_then(|w| w.beneath(WordKind::Settled));
                prop_assert_eq!(now.is_some(), settled);
                // While it is settled nothing of ours goes.
                let top = stands.as_ref().map(|w| w.kind);
                if settled {
                    prop_assert!(!matches!(top, Some(WordKind::Send | WordKind::Resend)));
                }
                // One word a kind.
                for kind in WordKind::ALL {
                    let rest = stands.as_ref().and_then(|w| w.beneath(kind)).and_then(|w| w.over.as_ref());
                    prop_assert!(rest.is_none_or(|w| w.beneath(kind).is_none()));
                }
            }
        }
    }
}
