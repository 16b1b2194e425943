//! A word that kept something back, and that is lost: an older backup was put back. What it kept back is not made without another.

use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{Kind, PaymentKind, PersonsWord, Reason, WordKind, money};

/// Why what a lost word was about is held: what it said, and how it is said again or ended.
pub(super) fn lost(name: &str, word: &PersonsWord) -> Reason {
    let was = word.was.as_ref().map_or(WordKind::Settled, |(was, _)| *was);
    let called = match (word.of.kind, word.pays) {
        (Kind::Payment, Some(PaymentKind::Refund)) => format!("refund {name}"),
        (Kind::Payment, _) => format!("payment {name}"),
        _ => name.to_owned(),
    };
    let (sum, day) = (money::show(word.amount), word.at.format("%Y-%m-%d"));
    let payment = word.of.kind == Kind::Payment;
    let (said, again) = match (was, &word.entry) {
        (WordKind::Skip, _) => (
            "left out".to_owned(),
            "`crossfoot skip TENANT NUMBER --why \"...\"`".to_owned(),
        ),
        (_, Some(entry)) => (
            format!(
                "settled by hand with the entry of {}",
                money::show(entry.amount)
            ),
            with(payment, &entry.id),
        ),
        (_, None) => (
            "settled by hand without an entry that Crossfoot sees".to_owned(),
            match payment {
                true => "`crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
                false => "`crossfoot settle TENANT NUMBER --unseen --why \"...\"`",
            }
            .to_owned(),
        ),
    };
    Reason::new(
        codes::WORD_LOST,
        format!(
            "{called} of {sum} was {said} by {} on {day} ({}), and an older backup was put back since: this database knows nothing of that word",
            word.actor, word.why
        ),
        format!(
            "say it again: {again}; to have it decided on without that word, `crossfoot retry TENANT NUMBER`"
        ),
    )
}

/// The word that settled it with an entry.
fn with(payment: bool, entry: &str) -> String {
    match payment {
        true => format!(
            "`crossfoot settle TENANT NUMBER --payment PAYMENT --as {} --why \"...\"`",
            quoted(entry)
        ),
        false => format!(
            "`crossfoot settle TENANT NUMBER --as {} --why \"...\"`",
            quoted(entry)
        ),
    }
}
