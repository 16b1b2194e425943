//! The states of a document and of a write, and the moves that are legal.
//!
//! These words are the same in the code, the store, the YAML, the command line and the documents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! states {
    ($(#[$doc:meta])* $ty:ident { $($(#[$vdoc:meta])* $var:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $ty { $($(#[$vdoc])* $var),+ }
        impl $ty {
            /// Every state.
            pub const ALL: &'static [$ty] = &[$($ty::$var),+];
            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $($ty::$var => $word),+ }
            }
            /// The state a word names.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|s| s.as_str() == word)
            }
        }
        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

states! {
    /// Where a document stands on its way from the source to the ledger.
    DocState {
        /// Read from the source.
        Seen = "seen",
        /// Passed every check; waits for a person's approval.
        Checked = "checked",
        /// Ready to sync.
        Approved = "approved",
        /// In the ledger, read back and equal.
        Verified = "verified",
        /// Not wanted.
        Skipped = "skipped",
        /// A person must act.
        Held = "held",
        /// It cannot go on until something changes.
        Refused = "refused",
        /// Entered by hand: a person has said so, and nothing more is done.
        Settled = "settled",
    }
}

states! {
    /// Where one write to the ledger stands.
    WriteState {
        /// Decided, not yet released.
        Planned = "planned",
        /// May be sent once what it depends on is linked.
        Ready = "ready",
        /// Taken by a worker that holds the lease.
        Claimed = "claimed",
        /// Its bytes may have left.
        Sent = "sent",
        /// The ledger has it and we know its id.
        Linked = "linked",
        /// No answer, or one that does not tell.
        InDoubt = "in_doubt",
        /// Being looked up.
        Verifying = "verifying",
        /// A person must act.
        Held = "held",
        /// The ledger said no.
        Refused = "refused",
        /// A newer version of the document took its place before it was ever sent, or once it was known not to have
        /// happened.
        Superseded = "superseded",
    }
}

impl WriteState {
    /// Whether a write may go from one state to another.
    ///
    /// A write that may have left is never superseded: only an answer or a look-up ends it.
    pub fn may_become(self, next: WriteState) -> bool {
        use WriteState::*;
        matches!(
            (self, next),
            (Planned, Ready | Superseded | Held)
                // Linked: it was found in the ledger before it ever left, from a time this journal knows nothing of.
                | (Ready, Claimed | Superseded | Held | Planned | Linked)
                | (Claimed, Sent | Ready | Held)
                | (Sent, Linked | InDoubt | Refused | Held | Ready | Sent)
                | (InDoubt, Verifying | Linked | Held | Sent)
                | (Verifying, Linked | InDoubt | Held | Ready | Sent)
                | (
                    Held,
                    Ready | Linked | InDoubt | Superseded | Planned
                )
                | (Refused, Ready | Superseded | Planned)
        )
    }

    /// Whether bytes of it may have left of which neither an answer nor a look-up has told yet what they did. The view
    /// `under_way` says the same of the store's rows.
    pub fn may_have_left(self) -> bool {
        use WriteState::*;
        match self {
            Claimed | Sent | InDoubt | Verifying => true,
            Planned | Ready | Linked | Held | Refused | Superseded => false,
        }
    }

    /// Whether nothing more will happen of itself.
    pub fn is_settled(self) -> bool {
        use WriteState::*;
        matches!(self, Linked | Held | Refused | Superseded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_never_forgotten() {
        for s in [WriteState::Sent, WriteState::InDoubt, WriteState::Verifying] {
            assert!(!s.may_become(WriteState::Superseded), "{s}");
        }
    }

    #[test]
    fn words_name_states() {
        for s in WriteState::ALL {
            assert_eq!(WriteState::parse(s.as_str()), Some(*s));
        }
    }
}
