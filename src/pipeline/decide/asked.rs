//! What may have left, and is not what the source says any more: what is told of it, and what ends it.
//!
//! While it is looked for, nobody need do anything. Where a look could not tell, each run asks again, but only a person can know
//! what stands in the ledger beside it: that is named, with what ends it, also where the source no longer has the payment.

use super::begun::{Stands, called};
use crate::model::codes;
use crate::model::{Kind, PaymentKind, Reason, entries_told};

/// It may have left, and the source says otherwise by now; `named` is whether the source still has it.
pub(super) fn in_doubt(id: &str, stands: &Stands<'_>, (since, named): (&str, bool)) -> Reason {
    let there = match stands.there.is_empty() {
        true => String::new(),
        false => format!(", beside {}", entries_told(stands.there.iter().copied())),
    };
    let asked = stands
        .doubt
        .iter()
        .find_map(|e| Some((e.kind, e.asked.as_ref()?)));
    let (why, fix) = match asked {
        Some((kind, why)) => (
            format!(": {}", why.what),
            ends(stands.begun.kind, kind, named, why),
        ),
        None => (
            String::new(),
            "nothing: it is looked for by each run, and what follows is told once that is known"
                .to_owned(),
        ),
    };
    Reason::new(
        codes::PAYMENT_IN_DOUBT,
        format!(
            "{} {id} may have left as {}{there}, and {since}{why}",
            called(stands.begun),
            entries_told(stands.doubt.iter().copied())
        ),
        fix,
    )
    .of_payment(id)
}

/// What ends it where a look could not tell. What the source still has goes on as that look told it; of what it no longer has
/// nothing is to stand in the ledger.
fn ends(pays: PaymentKind, kind: Kind, named: bool, why: &Reason) -> String {
    let another = "if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` says so, and nothing more goes of what the source no longer has";
    let retry = "`crossfoot retry TENANT NUMBER`";
    if !named && why.is(codes::PAYMENT_OTHER) {
        return format!(
            "see in the ledger what that is: if it was entered for this {}, delete it there by hand, then {retry}; {another}",
            match pays {
                PaymentKind::Payment => "payment",
                PaymentKind::Refund => "refund",
            }
        );
    }
    if !named && why.is(codes::PAYMENT_DIFFERS) {
        return format!("delete that one in the ledger by hand, then {retry}");
    }
    if !named && kind == Kind::CreditNote && why.is(codes::STAMP_MISSING) {
        return format!(
            "see in the ledger what that is: if it is ours, or was entered for this refund, void it there by hand, then {retry}; {another}"
        );
    }
    why.fix.clone()
}
