//! What may have left, and is not what the source says any more: what is told of it, and what ends it.
//!
//! While it is looked for, nobody need do anything. Where a look could not tell, each run asks again, but only a person can know
//! what stands in the ledger beside it: that is named, with what ends it, also where the source no longer has the payment.

use crate::model::codes;
use crate::model::{Kind, PaymentEntry, PaymentKind, Reason, entries_told};

/// How people call it.
pub(super) fn called(pays: PaymentKind) -> &'static str {
    match pays {
        PaymentKind::Payment => "payment",
        PaymentKind::Refund => "refund",
    }
}

/// It may have left, and the source says otherwise by now; `named` is whether the source still has it.
pub(super) fn in_doubt(
    (id, pays): (&str, PaymentKind),
    (there, doubt): (&[&PaymentEntry], &[&PaymentEntry]),
    (since, named): (&str, bool),
) -> Reason {
    let there = match there.is_empty() {
        true => String::new(),
        false => format!(", beside {}", entries_told(there.iter().copied())),
    };
    let asked = doubt.iter().find_map(|e| Some((e.kind, e.asked.as_ref()?)));
    let (why, fix) = match asked {
        Some((kind, why)) => (format!(": {}", why.what), ends(pays, kind, named, why)),
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
            called(pays),
            entries_told(doubt.iter().copied())
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
        let out = "delete it there by hand, then";
        return match pays {
            // What stands on our own note is for nothing else: the note goes after it.
            PaymentKind::Refund => format!("{out} {retry}"),
            PaymentKind::Payment => format!(
                "see in the ledger what that is: if it was entered for this payment, {out} {retry}; {another}"
            ),
        };
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
