//! Sums: what the ledger will come to, by its own rounding, must be what the source says, to the cent.
//!
//! The ledger rounds a unit amount first, then each line, half a cent away from zero, and makes tax as its facts say
//! ([`TaxRule`]). For each line: 25.06 + 25.61 + 25.63 at 15 % is 3.76 + 3.84 + 3.84 = 11.44 of tax, although 15 % of
//! the sum would be 11.45. For each rate once: 11.45, rounded once.

use super::Law;
use crate::mapping::Totals;
use crate::model::codes;
use crate::model::{InvoiceDraft, LineDraft, LineKind, LinesBy, Reason, TaxMode, TaxRule, money};
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

/// The tax code that counts for a line: its own, or its account's where it has none.
fn code_of<'a>(law: Law<'a>, line: &'a LineDraft) -> &'a str {
    if line.tax.is_empty() {
        let account = law.chart.account(&line.account);
        account.map_or("", |a| a.tax.as_str())
    } else {
        line.tax.as_str()
    }
}

/// The per cent of a tax code.
fn percent(law: Law<'_>, code: &str) -> Decimal {
    let rate = law.chart.tax_rate(code);
    rate.map_or(Decimal::ZERO, |t| t.percent)
}

/// The tax of an amount, not rounded.
fn tax_of(mode: TaxMode, amount: Decimal, rate: Decimal) -> Decimal {
    let hundred = Decimal::ONE_HUNDRED;
    match mode {
        _ if rate.is_zero() => Decimal::ZERO,
        TaxMode::Exempt => Decimal::ZERO,
        TaxMode::Inclusive => amount - amount * hundred / (hundred + rate),
        TaxMode::Exclusive => amount * rate / hundred,
    }
}

/// Fills the amounts of every line and of the document in, by the ledger's rounding.
pub fn fill(law: Law<'_>, draft: &mut InvoiceDraft) -> Sums {
    let places = law.facts.places;
    let mode = draft.tax_mode;
    let mut sums = Sums::default();
    for line in &mut draft.lines {
        let unit = money::half_up(line.unit_amount, places.unit);
        let quantity = money::half_up(line.quantity, places.quantity);
        line.amount = money::half_up(unit * quantity, places.total);
        let rate = match (mode, law.facts.tax) {
            (TaxMode::Exempt, _) | (_, TaxRule::Theirs) => Decimal::ZERO,
            _ => percent(law, code_of(law, line)),
        };
        line.tax_amount = money::half_up(tax_of(mode, line.amount, rate), places.total);
        sums.tax += line.tax_amount;
        sums.subtotal += line.amount;
    }
    if law.facts.tax == TaxRule::PerRate {
        sums.tax = by_rate(law, draft);
    }
    summed(draft, sums)
}

/// The tax of each rate once, on the sum of its lines, rounded once. The last line of a rate takes what the others,
/// rounded, leave of it, so that the lines still add up to the document.
fn by_rate(law: Law<'_>, draft: &mut InvoiceDraft) -> Decimal {
    let mode = draft.tax_mode;
    let mut tax = Decimal::ZERO;
    let codes: Vec<String> = (draft.lines.iter())
        .map(|l| code_of(law, l).to_owned())
        .collect();
    for (n, code) in codes.iter().enumerate() {
        let last = !codes.iter().skip(n + 1).any(|c| c == code);
        if !last {
            continue;
        }
        let of = |(c, _): &(&String, &LineDraft)| *c == code;
        let lines = || codes.iter().zip(&draft.lines).filter(of).map(|(_, l)| l);
        let amount: Decimal = lines().map(|l| l.amount).sum();
        let shares: Decimal = lines().map(|l| l.tax_amount).sum();
        let whole = money::half_up(
            tax_of(mode, amount, percent(law, code)),
            law.facts.places.total,
        );
        tax += whole;
        if let Some(line) = draft.lines.get_mut(n) {
            line.tax_amount += whole - shares;
        }
    }
    tax
}

fn summed(draft: &mut InvoiceDraft, mut sums: Sums) -> Sums {
    match draft.tax_mode {
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

/// Fills the sums in, with the source's own tax where the ledger makes its tax by rules that nobody else can compute.
fn expected(law: Law<'_>, draft: &mut InvoiceDraft, source_tax: Option<Decimal>) -> Sums {
    let sums = fill(law, draft);
    let theirs = law.facts.tax == TaxRule::Theirs && draft.tax_mode != TaxMode::Exempt;
    if !theirs {
        return sums;
    }
    let subtotal = draft.lines.iter().map(|l| l.amount).sum();
    let tax = source_tax.unwrap_or_default();
    let total = Decimal::ZERO;
    summed(
        draft,
        Sums {
            subtotal,
            tax,
            total,
        },
    )
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
    let sums = expected(law, draft, source_tax);
    let off = source_total - sums.total;
    if off.is_zero() {
        return Ok(());
    }
    // Where an item gives a line its account, a line of another account cannot be written.
    if let Totals::Rounding { account, at_most } = policy
        && law.facts.lines_by == LinesBy::Account
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
        if expected(law, draft, source_tax).total == source_total {
            return Ok(());
        }
        draft.lines.pop();
        expected(law, draft, source_tax);
    }
    Err(mismatch(law, sums, source_total, source_tax, off))
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
    law: Law<'_>,
    sums: Sums,
    source_total: Decimal,
    source_tax: Option<Decimal>,
    off: Decimal,
) -> Reason {
    let show = money::show;
    let tax_off = source_tax.map(|t| t - sums.tax).unwrap_or_default();
    let how = match law.facts.tax {
        TaxRule::PerRate => "rounds the tax of each rate once",
        _ => "rounds each line",
    };
    let because = if tax_off == off && !off.is_zero() {
        format!(
            "; the difference is all tax: the source says {}, the ledger will make {}, because it {how}",
            show(source_tax.unwrap_or_default()),
            show(sums.tax)
        )
    } else {
        String::new()
    };
    let fix = if off.abs() <= Decimal::new(10, 2) {
        "correct the document in the source, or allow a rounding line: `guard: { totals: { rounding_account: \"860\", at_most: 0.05 } }`"
    } else {
        "see that the lines, the tax codes and `tax.without_tax` fit how this document was made, then `crossfoot retry TENANT NUMBER`"
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
