//! What a person says when a word is about one document, or one payment or refund of it.

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
}

/// The kinds of a payment that a word may be about.
pub fn what(ask: WordAsk<'_>) -> String {
    match ask.payment {
        Some(id) => format!("payment {id} of {}", ask.number),
        None => ask.number.to_owned(),
    }
}
