//! What a decision says of itself, as people read it: its fields with what set each, its payments with what became of them.
//!
//! Flows in: the note of a decision, the writes that were planned by it, what was posted. Flows out: [`Noted`].

use super::fields::{self as shown, line_ids, named, origin};
use super::own::is_own;
use super::payments::PaymentTold;
use crate::model::{ContactFound, Draft, ItemFound, Kind, Origin, Reason, TraceStep, WriteState};
use crate::pipeline::decide::behind;
use crate::pipeline::ports::DecisionNote;
use crate::pipeline::write::WriteRow;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// What a field was set to before, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Setter {
    /// What it was set to.
    pub value: String,
    /// What set it.
    pub by: String,
}

/// A field of a draft, with what set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SetField {
    /// The field, as `line[2].account`; lines count from 1.
    pub field: String,
    /// Its value.
    pub value: String,
    /// What set it last: `source: ...`, a place in a file with its key or hook, or `ledger: ...`.
    pub by: String,
    /// What it was set to before, in order.
    pub instead_of: Vec<Setter>,
    /// What the source, the file and the rules make of it now, where that is not what is posted: it stays until somebody says
    /// `resend`, or the source changes it.
    pub now: Option<Setter>,
}

/// From where a field of the source's document is read, where a file says so.
pub(super) type WrittenOrigin<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What a decision says of itself; nothing of one that was not made.
#[derive(Default)]
pub(super) struct Noted {
    pub(super) run: String,
    pub(super) found: Option<ContactFound>,
    pub(super) items: Vec<ItemFound>,
    pub(super) fields: Vec<SetField>,
    pub(super) payments: Vec<PaymentTold>,
    pub(super) printed: Vec<String>,
    pub(super) warnings: Vec<Reason>,
}

impl Noted {
    pub(super) fn of(
        note: Option<DecisionNote>,
        writes: &[WriteRow],
        posted: Option<&Draft>,
        written: WrittenOrigin<'_>,
    ) -> Self {
        let Some(note) = note else {
            return Self::default();
        };
        let payment = |p| since(PaymentTold::from(p), writes);
        // Of one of which nothing is to be written the lines are called as those that were posted.
        let drafts: Vec<Draft> = match note.drafts.as_slice() {
            [] => posted.cloned().into_iter().collect(),
            some => some.to_vec(),
        };
        let mut fields = fields(&named(&note.trace, &line_ids(&drafts)), written);
        if let Some(posted) = posted.filter(|_| !is_to_change(writes)) {
            as_posted(&mut fields, posted);
        }
        Self {
            run: note.run,
            found: note.found,
            items: note.items,
            fields,
            payments: note.payments.into_iter().map(payment).collect(),
            printed: note.printed,
            warnings: note.warnings,
        }
    }
}

/// The decision planned a payment; what became of it since is in the journal.
fn since(mut payment: PaymentTold, writes: &[WriteRow]) -> PaymentTold {
    if payment.state != "planned" {
        return payment;
    }
    // Where money paid back is one paper, or all of a payment is a credit, that is what there is of it.
    let kinds = [Kind::Payment, Kind::CreditNote, Kind::Overpayment];
    let own = |w: &&WriteRow| w.of.id.0 == payment.id;
    let of = |kind| writes.iter().filter(own).find(|w| w.kind == kind);
    let Some(write) = kinds.into_iter().find_map(of) else {
        return payment;
    };
    payment.state = match write.state {
        WriteState::Linked => "posted".into(),
        state => state.to_string().replace('_', " "),
    };
    // What may have left and is not known of keeps those after it back.
    if let (WriteState::Ready, Some(first)) = (write.state, before(write, writes)) {
        payment.state = "waits".into();
        payment.reason = Some(behind(&payment.id, &first.of.id.0));
    }
    payment
}

/// The first payment or refund before one that is not at its end.
fn before<'a>(write: &WriteRow, writes: &'a [WriteRow]) -> Option<&'a WriteRow> {
    use WriteState::{Linked, Superseded};
    let day = |w: &WriteRow| (w.draft.day(), w.id);
    let open = |w: &&WriteRow| {
        w.kind.is_of_money() && !matches!(w.state, Linked | Superseded) && day(w) < day(write)
    };
    writes.iter().filter(open).min_by_key(|w| day(w))
}

/// Each field with what set it last, and what was set before.
fn fields(steps: &[TraceStep], written: WrittenOrigin<'_>) -> Vec<SetField> {
    let mut out: Vec<SetField> = Vec::new();
    for s in steps {
        let (value, mut by) = (s.value.clone(), origin(&s.origin));
        if let Origin::Source { field } = &s.origin
            && let Some(place) = written(field)
        {
            by.push_str(&format!(", from {place}"));
        }
        match out.iter_mut().find(|f| f.field == s.field) {
            Some(f) => {
                let old = Setter {
                    value: std::mem::replace(&mut f.value, value),
                    by: std::mem::replace(&mut f.by, by),
                };
                f.instead_of.push(old);
            }
            None => out.push(SetField {
                field: s.field.clone(),
                value,
                by,
                instead_of: Vec::new(),
                now: None,
            }),
        }
    }
    out
}

/// Whether a change of the document itself is yet to go.
fn is_to_change(writes: &[WriteRow]) -> bool {
    let unsent = [WriteState::Planned, WriteState::Ready];
    let own = |w: &WriteRow| is_own(w, &w.document) && unsent.contains(&w.state);
    writes.iter().any(own)
}

/// What is posted is told as it was posted, and what would be made of it now beside that.
fn as_posted(fields: &mut [SetField], posted: &Draft) {
    let there = shown::fields(posted);
    let number = |text: &str| text.parse::<Decimal>().ok();
    for f in fields {
        let Some((_, value)) = there.iter().find(|(name, _)| *name == f.field) else {
            continue;
        };
        let alike = number(value).is_some() && number(value) == number(&f.value);
        if alike || *value == f.value {
            continue;
        }
        f.instead_of.clear();
        f.now = Some(Setter {
            value: std::mem::replace(&mut f.value, value.clone()),
            by: std::mem::replace(&mut f.by, "as it was posted".to_owned()),
        });
    }
}
