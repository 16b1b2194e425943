//! The two books of a backward half by the names that people know them by: there the ledger is what everybody calls the source, and
//! the other way round. Pure.
//!
//! Flows in: a reason as any tenant is told it. Flows out: the same with the names in place of the roles.

use super::protocol::Settle;
use crate::model::Reason;

/// How the books of a backward half are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookNames {
    /// The one that its documents come from.
    pub source: String,
    /// The one that its money goes to.
    pub ledger: String,
}

impl BookNames {
    /// A reason with the names.
    pub fn reason(&self, reason: &mut Reason) {
        for text in [&mut reason.what, &mut reason.fix] {
            *text = self.said(text);
        }
    }

    /// The end of a write with the names.
    pub fn settle(&self, settle: &mut Settle) {
        match settle {
            Settle::Held(why) | Settle::Refused(why) | Settle::NotMade(why) => self.reason(why),
            _ => {}
        }
    }

    fn said(&self, text: &str) -> String {
        let roles = [
            ("the ledger", &self.ledger),
            ("The ledger", &self.ledger),
            ("the source", &self.source),
            ("The source", &self.source),
        ];
        let mut out = text.to_owned();
        for (role, name) in roles {
            out = out.replace(role, name);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_book_is_called_by_its_name() {
        let names = BookNames {
            source: "Xero".to_owned(),
            ledger: "Keap".to_owned(),
        };
        let said = names
            .said("The ledger's copy differs; see in the ledger, or set it right in the source");
        assert_eq!(
            said,
            "Keap's copy differs; see in Keap, or set it right in Xero"
        );
    }
}
