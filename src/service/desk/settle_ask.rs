//! What a person says when a word is about one document, or one payment or refund of it.

use crate::model::TenantId;
use crate::model::cure::quoted;

/// What a person says, beside the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordAsk<'a> {
    /// The document's number.
    pub number: &'a str,
    /// The source's id of one payment or refund of it.
    pub payment: Option<&'a str>,
    /// The ledger's id, or number, of the entry that is meant.
    pub entry: Option<&'a str>,
    /// Whether nobody sees an entry, and the person vouches for it.
    pub unseen: bool,
    /// Why.
    pub why: &'a str,
    /// Who.
    pub actor: &'a str,
}

/// What a word is asked about, without a payment.
impl<'a> WordAsk<'a> {
    /// About a document as a whole.
    pub fn document(number: &'a str, why: &'a str, actor: &'a str) -> Self {
        Self {
            number,
            payment: None,
            entry: None,
            unseen: false,
            why,
            actor,
        }
    }

    /// About one payment or refund of a document.
    pub fn payment(number: &'a str, payment: &'a str, why: &'a str, actor: &'a str) -> Self {
        Self {
            payment: Some(payment),
            ..Self::document(number, why, actor)
        }
    }

    /// The command once more, with the document by this name, and without the entry.
    pub(super) fn command(&self, verb: &str, tenant: &TenantId, name: &str) -> String {
        let payment = match self.payment {
            Some(id) => format!(" --payment {}", quoted(id)),
            None => String::new(),
        };
        let (name, why) = (quoted(name), quoted(self.why));
        format!("crossfoot {verb} {tenant} {name}{payment} --why {why}")
    }

    /// The command once more, with all that was given.
    pub(super) fn whole(&self, verb: &str, tenant: &TenantId, name: &str) -> String {
        let entry = match self.entry {
            Some(id) => format!(" --as {}", quoted(id)),
            None => String::new(),
        };
        let unseen = if self.unseen { " --unseen" } else { "" };
        format!("{}{entry}{unseen}", self.command(verb, tenant, name))
    }
}

/// The kinds of a payment that a word may be about.
pub fn what(ask: WordAsk<'_>) -> String {
    match ask.payment {
        Some(id) => format!("payment {id} of {}", ask.number),
        None => ask.number.to_owned(),
    }
}
