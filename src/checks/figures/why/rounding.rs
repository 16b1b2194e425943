//! Differences that are rounding and nothing else: shown by rounding in the other ways there are.

use super::cause::Culprit;
use crate::checks::figures::compared::{Figures, Off};
use crate::checks::totals;
use crate::model::money::Rounding;
use crate::model::{InvoiceDraft, LineDraft, TaxRule, money};
use rust_decimal::Decimal;

/// The way of rounding that makes every stated figure agree, if one does.
pub(super) fn of(f: &Figures<'_>, whole: &InvoiceDraft, off: Off) -> Option<Culprit> {
    let is = match f.law.facts.tax {
        TaxRule::PerLine => "the ledger rounds the tax of each line",
        TaxRule::PerRate => "the ledger rounds the tax of each rate once",
        TaxRule::Theirs | TaxRule::Stated => return None,
    };
    if let Some(by) = off.tax {
        // With prices that hold it, the tax alone differs; on top of them the total by as much.
        if off.total.is_some_and(|t| t != by) {
            return None;
        }
        let made = money::sum(whole.lines.iter().map(|l| l.tax_amount));
        let (how, _) = taxes(f, whole)
            .into_iter()
            .find(|(_, t)| *t == made.saturating_add(by))?;
        return Some(cause(
            f,
            off,
            &format!(
                "{is}, and {how} it comes to {}",
                money::show(made.saturating_add(by))
            ),
        ));
    }
    let by = off.total?;
    let made = money::sum(whole.lines.iter().map(|l| l.amount));
    let (how, _) = sums(f, whole)
        .into_iter()
        .find(|(_, s)| *s == made.saturating_add(by))?;
    let what = format!(
        "the ledger rounds each line, and {how} they come to {}",
        money::show(made.saturating_add(by))
    );
    Some(cause(f, off, &what))
}

/// The tax by the other ways to round it.
fn taxes(f: &Figures<'_>, whole: &InvoiceDraft) -> Vec<(&'static str, Decimal)> {
    let places = f.law.facts.places.total;
    let rate = |l: &LineDraft| totals::percent(f.law, totals::code_of(f.law, l));
    let raw = |l: &LineDraft| totals::tax_of(whole.tax_mode, l.amount, rate(l));
    let lines = |how: Rounding| -> Decimal {
        let all = whole.lines.iter().map(raw);
        money::sum(all.map(|t| money::round(t, places, how)))
    };
    let mut rates: Vec<Decimal> = whole.lines.iter().map(rate).collect();
    rates.sort_unstable();
    rates.dedup();
    let by_rate = |how: Rounding| -> Decimal {
        let of = |percent: &Decimal| {
            let same = whole.lines.iter().filter(|l| rate(l) == *percent);
            let amount = money::sum(same.map(|l| l.amount));
            money::round(
                totals::tax_of(whole.tax_mode, amount, *percent),
                places,
                how,
            )
        };
        money::sum(rates.iter().map(of))
    };
    let whole_sum = money::sum(whole.lines.iter().map(raw));
    vec![
        ("rounded once on their sum", by_rate(Rounding::HalfUp)),
        (
            "rounded once on the whole",
            money::half_up(whole_sum, places),
        ),
        ("rounded line by line", lines(Rounding::HalfUp)),
        ("cut off line by line", lines(Rounding::Down)),
        ("cut off on their sum", by_rate(Rounding::Down)),
        ("with halves rounded to even", lines(Rounding::HalfEven)),
    ]
}

/// What the lines come to by the other ways to round them.
fn sums(f: &Figures<'_>, whole: &InvoiceDraft) -> Vec<(&'static str, Decimal)> {
    let places = f.law.facts.places.total;
    let raw = |l: &LineDraft| money::times(l.quantity, l.unit_amount);
    let sum = money::sum(whole.lines.iter().map(raw));
    let lines = |how: Rounding| -> Decimal {
        let all = whole.lines.iter().map(raw);
        money::sum(all.map(|a| money::round(a, places, how)))
    };
    vec![
        ("with every digit of their prices", lines(Rounding::HalfUp)),
        ("rounded once on their sum", money::half_up(sum, places)),
        ("cut off line by line", lines(Rounding::Down)),
        (
            "cut off on their sum",
            money::round(sum, places, Rounding::Down),
        ),
        ("with halves rounded to even", lines(Rounding::HalfEven)),
    ]
}

fn cause(f: &Figures<'_>, off: Off, what: &str) -> Culprit {
    let accounts = f.law.chart.accounts.iter();
    let rounding = |name: &str| name.to_lowercase().contains("rounding");
    let account = accounts.filter(|a| a.active && !a.code.is_empty());
    let mut account = account
        .filter(|a| rounding(&a.name))
        .map(|a| a.code.as_str());
    let account = account.next_back().unwrap_or("CODE");
    let at_most = off.largest().max(Decimal::new(5, 2));
    let fix = format!(
        "correct the document in the source, or allow a rounding line in mappings/{}.yaml: `guard: {{ totals: {{ rounding_account: \"{account}\", at_most: {at_most} }} }}`; then `crossfoot retry TENANT NUMBER`",
        f.mapping.tenant
    );
    Culprit::new(what, fix)
}
