//! Sums: what the ledger will come to, by its own rounding, must be what the source says, to the cent.
//!
//! The ledger rounds a unit amount first, then each line, then each line's tax, half a cent away from
//! zero; then it adds up. 25.06 + 25.61 + 25.63 at 15 % is 3.76 + 3.84 + 3.84 = 11.44 of tax, although
//! 15 % of the sum would be 11.45.

use super::Law;
use crate::mapping::Totals;
use crate::model::codes;
use crate::model::{InvoiceDraft, LineDraft, LineKind, Reason, TaxMode, money};
use rust_decimal::Decimal;

/// What a draft comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Without tax.
    pub subtotal: Decimal,
    /// The tax.
    pub tax: Decimal,
    /// With tax.
    pub total: Decimal,
}

/// The per cent of a line's tax: of its own code, or of its account's where the line has none.
fn percent(law: Law<'_>, line: &LineDraft) -> Decimal {
    let code = if line.tax.is_empty() {
        law.chart
            .account(&line.account)
            .map_or("", |a| a.tax.as_str())
    } else {
        line.tax.as_str()
    };
    law.chart
        .tax_rate(code)
        .map_or(Decimal::ZERO, |t| t.percent)
}

/// Fills the amounts of every line and of the document in, by the ledger's rounding.
pub fn fill(law: Law<'_>, draft: &mut InvoiceDraft) -> Sums {
    let places = law.facts.total_places;
    let mode = draft.tax_mode;
    let hundred = Decimal::ONE_HUNDRED;
    let mut sums = Sums::default();
    for line in &mut draft.lines {
        let unit = money::half_up(line.unit_amount, law.facts.unit_places);
        let quantity = money::half_up(line.quantity, law.facts.quantity_places);
        line.amount = money::half_up(unit * quantity, places);
        let rate = match mode {
            TaxMode::Exempt => Decimal::ZERO,
            _ => percent(law, line),
        };
        line.tax_amount = match mode {
            _ if rate.is_zero() => Decimal::ZERO,
            TaxMode::Inclusive => money::half_up(
                line.amount - line.amount * hundred / (hundred + rate),
                places,
            ),
            _ => money::half_up(line.amount * rate / hundred, places),
        };
        sums.tax += line.tax_amount;
        sums.subtotal += line.amount;
    }
    match mode {
        TaxMode::Inclusive => {
            sums.total = sums.subtotal;
            sums.subtotal = sums.total - sums.tax;
        }
        _ => sums.total = sums.subtotal + sums.tax,
    }
    draft.subtotal = sums.subtotal;
    draft.total_tax = sums.tax;
    draft.total = sums.total;
    sums
}

/// Fills the sums in and compares the total with the source's; a small difference may go to a rounding line.
///
/// # Errors
/// `total.mismatch`, with both sums and where the difference comes from.
pub fn settle(
    law: Law<'_>,
    draft: &mut InvoiceDraft,
    source_total: Decimal,
    source_tax: Option<Decimal>,
    policy: &Totals,
    rounding_tax: &str,
) -> Result<(), Reason> {
    let sums = fill(law, draft);
    let off = source_total - sums.total;
    if off.is_zero() {
        return Ok(());
    }
    if let Totals::Rounding { account, at_most } = policy
        && off.abs() <= *at_most
    {
        draft.lines.push(LineDraft {
            source_line: "rounding".into(),
            kind: LineKind::Other,
            description: "Rounding".into(),
            quantity: Decimal::ONE,
            unit_amount: off,
            account: account.to_string(),
            tax: rounding_tax.to_owned(),
            ..LineDraft::default()
        });
        if fill(law, draft).total == source_total {
            return Ok(());
        }
        draft.lines.pop();
        fill(law, draft);
    }
    Err(mismatch(sums, source_total, source_tax, off))
}

/// An invoice comes to nothing or more.
///
/// # Errors
/// `total.negative`.
pub fn owed(draft: &InvoiceDraft) -> Result<(), Reason> {
    if draft.total >= Decimal::ZERO {
        return Ok(());
    }
    Err(Reason::new(
        codes::TOTAL_NEGATIVE,
        format!(
            "it comes to {}, and an invoice cannot come to less than nothing",
            money::show(draft.total)
        ),
        "enter a credit note in the ledger by hand and leave this document out with a `select` rule, or correct it in the source",
    ))
}

fn mismatch(
    sums: Sums,
    source_total: Decimal,
    source_tax: Option<Decimal>,
    off: Decimal,
) -> Reason {
    let show = money::show;
    let tax_off = source_tax.map(|t| t - sums.tax).unwrap_or_default();
    let because = if tax_off == off && !off.is_zero() {
        format!(
            "; the difference is all tax: the source says {}, the ledger will make {}, because it rounds each line",
            show(source_tax.unwrap_or_default()),
            show(sums.tax)
        )
    } else {
        String::new()
    };
    let fix = if off.abs() <= Decimal::new(10, 2) {
        "correct the document in the source, or allow a rounding line: `guard: { totals: { rounding_account: \"860\", at_most: 0.05 } }`"
    } else {
        "see that the lines, the tax codes and `tax.without_tax` fit how this document was made, then retry"
    };
    Reason::new(
        codes::TOTAL_MISMATCH,
        format!(
            "the source says {}, the ledger would come to {} ({} off){because}",
            show(source_total),
            show(sums.total),
            show(off)
        ),
        fix,
    )
}
