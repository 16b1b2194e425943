//! Two sides' changes of what was last agreed, brought together field by field.
//!
//! Flows in: the draft last agreed, the source's draft as it is now, the ledger's copy as it is now. Flows out: the
//! draft that keeps both sides' changes, and where they contradict each other. Pure. Where nobody knows what was last
//! agreed nothing is brought together: every field that differs is shown.

use super::{Compare, Difference, Field, LineField, differences};
use crate::connectors::stamp::unstamped;
use crate::model::{
    Currency, InvoiceDraft, LedgerInvoice, LedgerLine, LineDraft, Standing, TargetFacts,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A field that both sides changed, each to something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Which.
    pub field: Field,
    /// What was last agreed; `None` where nobody knows.
    pub base: Option<String>,
    /// What the source says now.
    pub ours: String,
    /// What the ledger says now.
    pub theirs: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |s: &str| match s {
            "" => "nothing".to_owned(),
            s => s.to_owned(),
        };
        let (ours, theirs) = (said(&self.ours), said(&self.theirs));
        write!(
            f,
            "{}: the source says {ours}, the ledger {theirs}",
            self.field
        )?;
        match &self.base {
            Some(base) => write!(f, ", last agreed was {}", said(base)),
            None => f.write_str("; what was last agreed is not known"),
        }
    }
}

/// What comes of two sides' changes of what was last agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Both sides' changes; where they contradict each other, the source's.
    pub agreed: InvoiceDraft,
    /// Where they contradict each other.
    pub conflicts: Vec<Conflict>,
}

/// Whether a field belongs to the lines, which stand or fall together once their number differs. The total follows
/// from them.
fn of_lines(field: Field) -> bool {
    matches!(field, Field::Lines | Field::Line(..))
}

/// A draft as a ledger would hold it that changed nothing of it.
pub fn as_held(draft: &InvoiceDraft) -> LedgerInvoice {
    let line = |l: &LineDraft| LedgerLine {
        description: l.description.clone(),
        quantity: l.quantity,
        unit_amount: l.unit_amount,
        account: l.account.clone(),
        tax: l.tax.clone(),
        item: l.item.clone(),
        tracking: l.tracking.clone(),
        ..LedgerLine::default()
    };
    LedgerInvoice {
        kind: draft.kind,
        standing: Standing::Open,
        mark: None,
        id: String::new(),
        number: draft.number.clone(),
        reference: draft.reference.clone(),
        status: draft.status.clone(),
        contact_id: String::new(),
        contact_name: String::new(),
        date: Some(draft.date),
        due: draft.due,
        currency: draft.currency.code().to_owned(),
        no_total: false,
        total: draft.total,
        amount_due: draft.total,
        amount_paid: Decimal::ZERO,
        tax_mode: Some(draft.tax_mode),
        lines: draft.lines.iter().map(line).collect(),
        payments: Vec::new(),
        pending: Vec::new(),
        credits: Vec::new(),
        version: String::new(),
        editable: true,
        may: Default::default(),
        payable: false,
    }
}

/// Whether a field says what the document comes to.
pub fn of_money(field: Field) -> bool {
    use LineField::{Amount, Quantity, Tax, UnitAmount};
    matches!(
        field,
        Field::Currency
            | Field::TaxMode
            | Field::Lines
            | Field::Line(_, Quantity | UnitAmount | Amount | Tax)
    )
}

/// Brings both sides' changes of what was last agreed together.
///
/// `base` is the draft last agreed, `ours` the draft of the source as it is now, `theirs` the ledger's copy as it is
/// now. A field that only one side changed takes that side's value; what both changed to the same is agreed; what both
/// changed otherwise is a [`Conflict`]. So is what the ledger's copy comes to, where people have changed that and the
/// source has changed anything: the two no longer say the same sum, and nobody but a person can tell which is right.
pub fn merge(
    base: &InvoiceDraft,
    ours: &InvoiceDraft,
    theirs: &LedgerInvoice,
    facts: TargetFacts<'_>,
) -> Merge {
    let rule = Compare::Everything;
    let changed_here = differences(base, &as_held(ours), rule, facts);
    let changed_there = differences(base, theirs, rule, facts);
    let apart = differences(ours, theirs, rule, facts);
    let whole = [&changed_here, &changed_there, &apart]
        .iter()
        .any(|d| d.iter().any(|d| d.field == Field::Lines));
    let touches = |all: &[Difference], field: Field| {
        let one =
            |d: &Difference| d.field == field || (whole && of_lines(d.field) && of_lines(field));
        all.iter().any(one)
    };
    let mut merged = Merge {
        agreed: ours.clone(),
        conflicts: Vec::new(),
    };
    for d in apart.iter().filter(|d| d.field != Field::Total) {
        if !touches(&changed_there, d.field) {
            continue;
        }
        let sum = of_money(d.field) && !changed_here.is_empty();
        if sum || touches(&changed_here, d.field) {
            let of_base = changed_there.iter().find(|b| b.field == d.field);
            merged.conflicts.push(Conflict {
                field: d.field,
                base: of_base.map(|b| b.want.clone()),
                ours: d.want.clone(),
                theirs: d.is.clone(),
            });
        } else {
            take(&mut merged.agreed, theirs, d.field);
        }
    }
    merged
}

/// Without a known base nothing can be brought together: every field that differs is shown.
pub fn unknown_base(
    ours: &InvoiceDraft,
    theirs: &LedgerInvoice,
    facts: TargetFacts<'_>,
) -> Vec<Conflict> {
    let all = differences(ours, theirs, Compare::Everything, facts);
    let conflict = |d: Difference| Conflict {
        field: d.field,
        base: None,
        ours: d.want,
        theirs: d.is,
    };
    all.into_iter().map(conflict).collect()
}

/// Takes the ledger's value of a field into a draft.
pub fn take(draft: &mut InvoiceDraft, theirs: &LedgerInvoice, field: Field) {
    match field {
        Field::Number => draft.number.clone_from(&theirs.number),
        Field::Reference => draft.reference = unstamped(&theirs.reference).to_owned(),
        Field::Date => draft.date = theirs.date.unwrap_or(draft.date),
        Field::Due => draft.due = theirs.due,
        Field::TaxMode => draft.tax_mode = theirs.tax_mode.unwrap_or(draft.tax_mode),
        // The status is taken no lower by whoever sends it; currency and contact never change on their own.
        Field::Status | Field::Currency | Field::Contact | Field::Total => {}
        Field::Lines => draft.lines = theirs.lines.iter().map(line_of).collect(),
        Field::Line(n, field) => {
            let at = (n as usize).saturating_sub(1);
            if let (Some(line), Some(is)) = (draft.lines.get_mut(at), theirs.lines.get(at)) {
                take_of_line(line, is, field);
            }
        }
    }
}

fn take_of_line(line: &mut LineDraft, is: &LedgerLine, field: LineField) {
    match field {
        LineField::Description => line.description.clone_from(&is.description),
        LineField::Quantity => line.quantity = is.quantity,
        LineField::UnitAmount => line.unit_amount = is.unit_amount,
        LineField::Account => line.account.clone_from(&is.account),
        LineField::Tax => line.tax.clone_from(&is.tax),
        LineField::Item => line.item.clone_from(&is.item),
        LineField::Tracking => line.tracking.clone_from(&is.tracking),
        LineField::Amount => {}
    }
}

/// What the ledger holds, as a draft of it would say it; nothing where its currency or day cannot be told.
pub fn as_drafted(is: &LedgerInvoice) -> Option<InvoiceDraft> {
    Some(InvoiceDraft {
        kind: is.kind,
        number: is.number.clone(),
        reference: unstamped(&is.reference).to_owned(),
        date: is.date?,
        due: is.due,
        status: is.status.clone(),
        currency: Currency::new(&is.currency).ok()?,
        tax_mode: is.tax_mode.unwrap_or_default(),
        lines: is.lines.iter().map(line_of).collect(),
        subtotal: is.total,
        total_tax: Decimal::ZERO,
        total: is.total,
        paid_from: None,
    })
}

fn line_of(is: &LedgerLine) -> LineDraft {
    LineDraft {
        description: is.description.clone(),
        quantity: is.quantity,
        unit_amount: is.unit_amount,
        account: is.account.clone(),
        tax: is.tax.clone(),
        item: is.item.clone(),
        tracking: is.tracking.clone(),
        ..LineDraft::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::System as _;
    use crate::model::{Kind, TaxMode};
    use proptest::prelude::*;

    /// A ledger as plain as can be: our numbers, lines by account.
    fn facts() -> crate::model::Facts {
        crate::connectors::xero::Xero::new().facts().clone()
    }

    fn line(n: u8) -> LineDraft {
        LineDraft {
            description: format!("text {}", n % 3),
            quantity: Decimal::from(1 + n % 2),
            unit_amount: Decimal::new(i64::from(n % 5) * 1000, 2),
            account: format!("{}", 200 + u32::from(n % 2)),
            tax: "OUTPUT".into(),
            ..LineDraft::default()
        }
    }

    fn draft(seed: &[u8]) -> InvoiceDraft {
        let at = |n: usize| seed.get(n).copied().unwrap_or(0);
        let day = |n: u8| chrono::NaiveDate::from_ymd_opt(2026, 7, 1 + u32::from(n % 3));
        let lines: Vec<LineDraft> = seed.iter().skip(4).map(|n| line(*n)).collect();
        let total = lines
            .iter()
            .map(|l| l.quantity * l.unit_amount)
            .sum::<Decimal>();
        InvoiceDraft {
            kind: Kind::Invoice,
            number: format!("10{}", at(0) % 2),
            reference: format!("PO {}", at(1) % 3),
            date: day(at(2)).unwrap(),
            due: day(at(3)),
            status: "OPEN".into(),
            currency: Currency::new("AUD").unwrap(),
            tax_mode: TaxMode::Exclusive,
            paid_from: None,
            lines,
            subtotal: total,
            total_tax: Decimal::ZERO,
            total,
        }
    }

    fn any() -> impl Strategy<Value = InvoiceDraft> {
        proptest::collection::vec(0u8..6, 5..8).prop_map(|s| draft(&s))
    }

    /// What is left to tell between a draft and the ledger; the total follows from the lines.
    fn apart(want: &InvoiceDraft, is: &LedgerInvoice) -> Vec<Difference> {
        let facts = facts();
        let mut all = differences(want, is, Compare::Everything, facts.target().unwrap());
        all.retain(|d| d.field != Field::Total);
        all
    }

    proptest! {
        #[test]
        fn what_only_the_ledger_changed_is_kept(base in any(), theirs in any()) {
            let theirs = as_held(&theirs);
            let facts = facts();
            let m = merge(&base, &base, &theirs, facts.target().unwrap());
            prop_assert!(m.conflicts.is_empty());
            prop_assert!(apart(&m.agreed, &theirs).is_empty(), "{:?}", apart(&m.agreed, &theirs));
        }

        #[test]
        fn what_only_the_source_changed_goes(base in any(), ours in any()) {
            let facts = facts();
            let m = merge(&base, &ours, &as_held(&base), facts.target().unwrap());
            prop_assert!(m.conflicts.is_empty());
            prop_assert_eq!(m.agreed, ours);
        }

        #[test]
        fn a_field_is_one_sides_or_a_conflict(base in any(), ours in any(), theirs in any()) {
            let theirs = as_held(&theirs);
            let facts = facts();
            let m = merge(&base, &ours, &theirs, facts.target().unwrap());
            let here = apart(&m.agreed, &as_held(&ours));
            for d in &here {
                // What is not the source's is the ledger's, and was changed there.
                prop_assert!(!apart(&m.agreed, &theirs).iter().any(|t| t.field == d.field));
            }
            for c in &m.conflicts {
                prop_assert_ne!(&c.ours, &c.theirs);
                // The source's stands in the draft until a person has decided.
                prop_assert!(!here.iter().any(|d| d.field == c.field));
            }
            let both_sides = !apart(&ours, &as_held(&base)).is_empty() && !apart(&base, &theirs).is_empty();
            prop_assert!(both_sides || m.conflicts.is_empty());
        }
    }

    /// What people enter in a ledger is bounded by nothing but the ledger: no product of it can overflow.
    #[test]
    fn amounts_of_any_size_are_compared() {
        let mut base = draft(&[0, 0, 0, 0, 1]);
        let facts = facts();
        for (quantity, unit) in [
            (Decimal::MAX, Decimal::MAX),
            (Decimal::MIN, Decimal::MAX),
            (Decimal::MAX, Decimal::new(1, 28)),
        ] {
            let theirs = as_held(&base);
            for line in &mut base.lines {
                (line.quantity, line.unit_amount) = (quantity, unit);
            }
            let facts = facts.target().unwrap();
            assert!(!differences(&base, &theirs, Compare::Books, facts).is_empty());
            assert!(merge(&base, &base, &theirs, facts).conflicts.is_empty());
        }
    }

    #[test]
    fn a_conflict_names_the_three_values() {
        let base = draft(&[0, 0, 0, 0, 1]);
        let (mut ours, mut theirs) = (base.clone(), as_held(&base));
        ours.due = chrono::NaiveDate::from_ymd_opt(2026, 8, 1);
        theirs.due = chrono::NaiveDate::from_ymd_opt(2026, 8, 15);
        theirs.reference = "by telephone [sync:ABCDEFGHIJ2345672345]".into();
        let facts = facts();
        let m = merge(&base, &ours, &theirs, facts.target().unwrap());
        let told: Vec<String> = m.conflicts.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "due date: the source says 2026-08-01, the ledger 2026-08-15, last agreed was 2026-07-01"
            ]
        );
        assert_eq!(m.agreed.reference, "by telephone");
    }
}
