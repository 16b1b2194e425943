//! Sums: what the ledger will come to, by its own rounding. They are compared in [`super::figures`].
//!
//! The ledger rounds a unit amount first, then each line, half a cent away from zero, and makes tax as its facts say
//! ([`TaxRule`]). For each line: 25.06 + 25.61 + 25.63 at 15 % is 3.76 + 3.84 + 3.84 = 11.44 of tax, although 15 % of
//! the sum would be 11.45. For each rate once: 11.45, rounded once.

use super::Law;
use crate::model::codes;
use crate::model::{InvoiceDraft, LineDraft, Reason, TaxMode, TaxRule, money};
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
pub(super) fn code_of<'a>(law: Law<'a>, line: &'a LineDraft) -> &'a str {
    if line.tax.is_empty() {
        let account = law.chart.account(&line.account);
        account.map_or("", |a| a.tax.as_str())
    } else {
        line.tax.as_str()
    }
}

/// The per cent of a tax code.
pub(super) fn percent(law: Law<'_>, code: &str) -> Decimal {
    let rate = law.chart.tax_rate(code);
    rate.map_or(Decimal::ZERO, |t| t.percent)
}

/// The tax of an amount, not rounded.
pub(super) fn tax_of(mode: TaxMode, amount: Decimal, rate: Decimal) -> Decimal {
    let hundred = Decimal::ONE_HUNDRED;
    match mode {
        _ if rate.is_zero() => Decimal::ZERO,
        TaxMode::Exempt => Decimal::ZERO,
        TaxMode::Inclusive => {
            let with_tax = hundred.saturating_add(rate);
            amount.saturating_sub(money::over(money::times(amount, hundred), with_tax))
        }
        TaxMode::Exclusive => money::over(money::times(amount, rate), hundred),
    }
}

/// What a line comes to, by the ledger's rounding.
pub(super) fn amount(law: Law<'_>, quantity: Decimal, unit: Decimal) -> Decimal {
    let places = law.facts.places;
    let unit = money::half_up(unit, places.unit);
    let quantity = money::half_up(quantity, places.quantity);
    money::half_up(money::times(unit, quantity), places.total)
}

/// Fills in what one line comes to, by the ledger's rounding and the codes it has so far.
pub fn line(law: Law<'_>, mode: TaxMode, line: &mut LineDraft) {
    line.amount = amount(law, line.quantity, line.unit_amount);
    let rate = match (mode, law.facts.tax) {
        (TaxMode::Exempt, _) | (_, TaxRule::Theirs | TaxRule::Stated) => Decimal::ZERO,
        _ => percent(law, code_of(law, line)),
    };
    line.tax_amount = money::half_up(tax_of(mode, line.amount, rate), law.facts.places.total);
}

/// Fills in what a draft comes to as it stands: what a rule that is asked before the checks may rest on. The source's own
/// tax counts where the ledger makes its tax by rules that nobody else can compute.
pub fn so_far(law: Law<'_>, draft: &mut InvoiceDraft, source_tax: Option<Decimal>) {
    expected(law, draft, source_tax);
}

/// Fills the amounts of every line and of the document in, by the ledger's rounding.
pub fn fill(law: Law<'_>, draft: &mut InvoiceDraft) -> Sums {
    let mode = draft.tax_mode;
    let mut sums = Sums::default();
    for l in &mut draft.lines {
        line(law, mode, l);
        sums.tax = sums.tax.saturating_add(l.tax_amount);
        sums.subtotal = sums.subtotal.saturating_add(l.amount);
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
        let amount = money::sum(lines().map(|l| l.amount));
        let shares = money::sum(lines().map(|l| l.tax_amount));
        let whole = money::half_up(
            tax_of(mode, amount, percent(law, code)),
            law.facts.places.total,
        );
        tax = tax.saturating_add(whole);
        if let Some(line) = draft.lines.get_mut(n) {
            let rest = whole.saturating_sub(shares);
            line.tax_amount = line.tax_amount.saturating_add(rest);
        }
    }
    tax
}

fn summed(draft: &mut InvoiceDraft, mut sums: Sums) -> Sums {
    match draft.tax_mode {
        TaxMode::Inclusive => {
            sums.total = sums.subtotal;
            sums.subtotal = sums.total.saturating_sub(sums.tax);
        }
        _ => sums.total = sums.subtotal.saturating_add(sums.tax),
    }
    draft.subtotal = sums.subtotal;
    draft.total_tax = sums.tax;
    draft.total = sums.total;
    sums
}

/// Fills the sums in, with the source's own tax where the ledger makes its tax by rules that nobody else can compute, or takes it
/// as it is stated.
pub(super) fn expected(
    law: Law<'_>,
    draft: &mut InvoiceDraft,
    source_tax: Option<Decimal>,
) -> Sums {
    let sums = fill(law, draft);
    let theirs = !law.facts.tax.is_computed() && draft.tax_mode != TaxMode::Exempt;
    if !theirs {
        return sums;
    }
    let subtotal = money::sum(draft.lines.iter().map(|l| l.amount));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Readers let amounts and rates through up to 10^15, and their products are larger than can be held.
    #[test]
    fn no_tax_overflows_or_divides_by_nothing() {
        let most = Decimal::from(999_999_999_999_999_i64);
        let amounts = [most, -most, Decimal::new(1, 2), Decimal::MAX, Decimal::MIN];
        let rates = [
            most,
            -most,
            Decimal::from(-100),
            Decimal::MAX,
            Decimal::new(1, 28),
        ];
        for mode in [TaxMode::Exempt, TaxMode::Inclusive, TaxMode::Exclusive] {
            for (amount, rate) in amounts.iter().flat_map(|a| rates.map(|r| (*a, r))) {
                let _ = tax_of(mode, amount, rate);
            }
        }
        let fifteen = Decimal::from(15);
        let plain = tax_of(TaxMode::Exclusive, Decimal::from(200), fifteen);
        assert_eq!(plain, Decimal::from(30));
        let within = tax_of(TaxMode::Inclusive, Decimal::from(115), fifteen);
        assert_eq!(within, fifteen);
    }
}
