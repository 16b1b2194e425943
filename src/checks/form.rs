//! What a ledger's fields can hold: quantities it takes, texts as long as it has room for.
//!
//! Flows in: a draft. Flows out: the draft as the ledger can hold it, and what was made otherwise, told. What a line
//! comes to never changes here. Done twice it changes nothing more.

use crate::model::codes;
use crate::model::{InvoiceDraft, LineDraft, Quantities, Reason, SetName, TargetFacts, money};
use rust_decimal::Decimal;

/// A field that goes otherwise than it was drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formed {
    /// The field, as traces name it.
    pub field: SetName<&'static str>,
    /// What it is now.
    pub value: String,
    /// What is told.
    pub told: Reason,
}

/// Brings a draft into the form that the ledger can hold.
pub fn fit(facts: TargetFacts<'_>, draft: &mut InvoiceDraft) -> Vec<Formed> {
    let mut all = Vec::new();
    let lengths = &facts.lengths;
    let room = lengths.reference;
    let named = || ("reference".into(), "the reference".to_owned());
    all.extend(cut(named, &mut draft.reference, room));
    for (n, line) in draft.lines.iter_mut().enumerate() {
        match facts.quantities {
            Quantities::Any => {}
            Quantities::Positive => all.extend(quantity(n, line)),
            Quantities::Whole => all.extend(whole(facts, n, line)),
        }
        // Its names are made for a text that is cut alone: nearly all have room.
        let named = || (SetName::OfNth(n, "description"), line_text(n));
        all.extend(cut(named, &mut line.description, lengths.description));
    }
    all
}

/// What is no whole number of things at a price in whole cents goes as one of what it comes to; how many and at what price
/// is kept in the text. So does money off.
fn whole(facts: TargetFacts<'_>, n: usize, line: &mut LineDraft) -> Option<Formed> {
    let places = facts.places;
    let price = money::half_up(line.unit_amount, places.unit);
    let counted = line.quantity >= Decimal::ONE && line.quantity.fract().is_zero();
    let off = line.unit_amount.is_sign_negative() && line.quantity != Decimal::ONE;
    if counted && price == line.unit_amount && !off {
        return None;
    }
    let was = format!(
        "{} x {}",
        line.quantity.normalize(),
        money::show(line.unit_amount)
    );
    let comes_to = money::half_up(money::times(line.quantity, line.unit_amount), places.total);
    line.description = format!("{} ({was})", line.description.trim());
    (line.quantity, line.unit_amount) = (Decimal::ONE, comes_to);
    let is = format!("1 x {}", money::show(comes_to));
    Some(Formed {
        field: SetName::OfNth(n, "quantity"),
        told: Reason::new(
            codes::LINE_SIGN,
            format!(
                "line {} goes as {is}, for {was}, which its text says",
                n + 1
            ),
            "nothing: it comes to the same",
        ),
        value: is,
    })
}

fn line_text(n: usize) -> String {
    format!("the text of line {}", n + 1)
}

/// A quantity below zero gives its sign to the price; of nothing times a price the price is kept in the text.
fn quantity(n: usize, line: &mut LineDraft) -> Option<Formed> {
    let free = line.quantity.is_zero() && !line.unit_amount.is_zero();
    if line.quantity >= Decimal::ZERO && !free {
        return None;
    }
    let was = format!(
        "{} x {}",
        line.quantity.normalize(),
        money::show(line.unit_amount)
    );
    if free {
        line.description = format!("{} ({was})", line.description.trim());
        (line.quantity, line.unit_amount) = (Decimal::ONE, Decimal::ZERO);
    } else {
        (line.quantity, line.unit_amount) = (-line.quantity, -line.unit_amount);
    }
    let is = format!(
        "{} x {}",
        line.quantity.normalize(),
        money::show(line.unit_amount)
    );
    Some(Formed {
        field: SetName::OfNth(n, "quantity"),
        told: Reason::new(
            codes::LINE_SIGN,
            format!("line {} goes as {is}, for {was}", n + 1),
            "nothing: it comes to the same",
        ),
        value: is,
    })
}

/// What is told of a text that goes only as far as the ledger has room for it; nothing of one that goes whole. `named` says
/// what people call it.
pub fn told_cut(named: impl Fn() -> String, text: &str, room: usize) -> Option<Reason> {
    if has_room(text, room) {
        return None;
    }
    let mut text = text.to_owned();
    let named = || ("".into(), named());
    cut(named, &mut text, room).map(|formed| formed.told)
}

/// Whether a text surely goes whole: it has no more bytes than there is room for characters.
fn has_room(text: &str, room: usize) -> bool {
    text.len() <= room
}

/// Cuts a text where the ledger has no more room for it; `names` gives its field, and what people call it.
fn cut(
    names: impl Fn() -> (SetName<&'static str>, String),
    text: &mut String,
    room: usize,
) -> Option<Formed> {
    if has_room(text, room) {
        return None;
    }
    let long = text.trim().chars().count();
    if long <= room {
        return None;
    }
    let (field, named) = names();
    let short: String = text.trim().chars().take(room).collect();
    *text = short.trim_end().to_owned();
    let ends: String = text.chars().skip(room.saturating_sub(30)).collect();
    Some(Formed {
        field,
        value: format!("… {ends}"),
        told: Reason::new(
            codes::TEXT_CUT,
            format!("{named} has {long} characters and is cut at {room}: it ends \"… {ends}\""),
            "shorten it in the source or in a rule, if its end matters",
        ),
    })
}
