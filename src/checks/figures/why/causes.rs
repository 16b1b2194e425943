//! The changes that are tried, one after another: rounding, a line's code, the codes of a kind, what the source marks, how
//! amounts are read, another rate, a part of a line.

use super::cause::Culprit;
use super::rounding;
use super::unmarked::unmarked;
use crate::checks::figures::compared::{Figures, Off, recoded};
use crate::checks::{accounts, totals};
use crate::mapping::{Answer, TaxBecause, Unmarked};
use crate::model::{InvoiceDraft, LineDraft, LineKind, TaxMode, money};
use rust_decimal::Decimal;

/// Most lines of which each is tried with each code.
const MOST_LINES: usize = 60;

/// A line, by its place, with the code that makes every figure agree.
type Hit = (usize, String);

/// The first change with which every stated figure agrees, or that none was found.
pub(super) fn of(f: &Figures<'_>, draft: &InvoiceDraft, off: Off) -> Culprit {
    let whole = f.whole(draft);
    rounding::of(f, &whole, off)
        .or_else(|| one_code(f, draft, &whole))
        .or_else(|| one_kind(f, &whole))
        .or_else(|| as_marked(f, &whole))
        .or_else(|| other_reading(f, &whole))
        .or_else(|| other_rate(f, &whole))
        .or_else(|| part_of_a_line(f, &whole, off))
        .or_else(|| stated_rate(f, &whole, off))
        .unwrap_or_else(|| none(f, &whole))
}

fn with_percent(f: &Figures<'_>, code: &str) -> String {
    let percent = totals::percent(f.law, code).normalize();
    format!("{code} ({percent} %)")
}

/// The codes that the file can give a line.
fn codes(f: &Figures<'_>) -> Vec<String> {
    let tax = &f.mapping.tax;
    let own = [&tax.taxable, &tax.zero].into_iter().flatten();
    let all = own.chain(tax.by_rate.rows().map(|(_, row)| row));
    let mut codes: Vec<String> = Vec::new();
    for row in all {
        if let Answer::Use(code) = &row.value
            && !codes.iter().any(|c| c == code.as_ref())
        {
            codes.push(code.to_string());
        }
    }
    codes
}

fn one_code(f: &Figures<'_>, draft: &InvoiceDraft, whole: &InvoiceDraft) -> Option<Culprit> {
    let codes = codes(f);
    let mut hits: Vec<Hit> = Vec::new();
    for (n, line) in draft.lines.iter().enumerate().take(MOST_LINES) {
        let other = codes.iter().filter(|c| **c != line.tax);
        let agrees = |c: &&String| f.agrees(&mut recoded(whole, &[n], c));
        if let Some(code) = other.into_iter().find(agrees) {
            hits.push((n, code.clone()));
        }
    }
    let (n, code) = hits.first()?;
    let line = draft.lines.get(*n)?;
    if hits.len() > 1 {
        let lines = hits
            .iter()
            .filter_map(|(n, _)| Some((*n, draft.lines.get(*n)?)));
        let lines: Vec<String> = lines.map(|(n, l)| accounts::at(n, l)).collect();
        let what = format!(
            "{} with {} would make it agree, and the source does not say which",
            lines.join(" or "),
            with_percent(f, code)
        );
        let fix = "say in the source of each line whether it is taxable, or set the codes in a `map_line` rule; then `crossfoot retry TENANT NUMBER`";
        return Some(Culprit::new(what, fix));
    }
    let at = accounts::at(*n, line);
    let (says, fix) = code_of_line(f, whole, line, code);
    let what = format!("{at} {says}; with {} it would agree", with_percent(f, code));
    let mut cause = Culprit::new(what, fix);
    if let Some((TaxBecause::Unmarked(_), source, _)) = f.because(line) {
        let at = f.mapping.tax.unmarked.word(source.kind).at;
        cause.place = Some(f.mapping.place(at));
    }
    Some(cause)
}

/// How a line came by its code, and how it comes by another one.
fn code_of_line(
    f: &Figures<'_>,
    whole: &InvoiceDraft,
    line: &LineDraft,
    code: &str,
) -> (String, String) {
    let again = "then `crossfoot retry TENANT NUMBER`";
    let is = match line.tax.is_empty() {
        true => "its account's code".to_owned(),
        false => with_percent(f, &line.tax),
    };
    let by_rule = format!("set its code in a `map_line` rule; {again}");
    let Some((because, source, key)) = f.because(line) else {
        let what = format!("takes {is}, which a rule has set");
        return (what, format!("correct the rule; {again}"));
    };
    match because {
        TaxBecause::Unmarked(_) => {
            let word = match code {
                c if c == f.mapping.taxable_code() => Some(Unmarked::Taxable),
                c if c == f.mapping.zero_tax_code() => Some(Unmarked::Zero),
                _ => None,
            };
            let fix = word.map_or(by_rule, |word| unmarked(f, whole, &[(source.kind, word)]));
            let what = format!("has no word on tax and takes `tax.codes.{key}`, {is}");
            (what, fix)
        }
        TaxBecause::Marked => {
            let marked = match source.taxable {
                Some(true) => "is marked as taxable",
                _ => "is marked as not taxable",
            };
            let what = format!("{marked} and takes {is}");
            (
                what,
                format!("correct the mark in the source, or {by_rule}"),
            )
        }
        TaxBecause::Row(_) => {
            let what = format!("takes {is}, which a row of `accounts` says");
            (what, format!("correct that row's `tax`, or {by_rule}"))
        }
        TaxBecause::Rate => {
            let what = format!("names the rate `{}` and takes {is}", source.tax_rate);
            let fix = format!("correct its rate or the tax in the source, or {by_rule}");
            (what, fix)
        }
        TaxBecause::WithoutTax | TaxBecause::ZeroTax | TaxBecause::Untold => {
            let states = match f.source.tax {
                None => "no tax",
                Some(_) => "a tax of 0.00",
            };
            let what = format!("takes {is}, since the source states {states}");
            let fix = format!(
                "let the source state the tax of {}, or correct its total there; {again}",
                f.source.number
            );
            (what, fix)
        }
    }
}

/// All unmarked lines of some kinds the other way.
fn one_kind(f: &Figures<'_>, whole: &InvoiceDraft) -> Option<Culprit> {
    let (taxable, zero) = (f.mapping.taxable_code(), f.mapping.zero_tax_code());
    if taxable.is_empty() || zero.is_empty() {
        return None;
    }
    let is_unmarked = |l: &LineDraft| {
        let because = f.because(l).map(|(b, ..)| b);
        matches!(because, Some(TaxBecause::Unmarked(_)))
    };
    let all = LineKind::ALL.into_iter();
    let kinds: Vec<LineKind> = all
        .filter(|k| whole.lines.iter().any(|l| l.kind == *k && is_unmarked(l)))
        .collect();
    for mask in 1..1_usize << kinds.len() {
        let chosen = |(bit, _): &(usize, &LineKind)| mask >> bit & 1 == 1;
        let picked = kinds.iter().enumerate().filter(chosen);
        let picked: Vec<LineKind> = picked.map(|(_, k)| *k).collect();
        let mut other = whole.clone();
        let mut words = Vec::new();
        for line in &mut other.lines {
            if !picked.contains(&line.kind) || !is_unmarked(line) {
                continue;
            }
            let (code, word) = match line.tax == taxable {
                true => (zero, Unmarked::Zero),
                false => (taxable, Unmarked::Taxable),
            };
            code.clone_into(&mut line.tax);
            words.push((line.kind, word));
        }
        words.sort_unstable();
        words.dedup();
        if f.agrees(&mut other) {
            let named: Vec<&str> = picked.iter().map(|k| k.as_str()).collect();
            let what = format!(
                "its lines of the kind {} have no word on tax; the other way about they would make it agree",
                named.join(" and ")
            );
            return Some(Culprit::new(what, unmarked(f, whole, &words)));
        }
    }
    None
}

/// The source states no tax and a total with one: what it marks as taxable, taxed.
fn as_marked(f: &Figures<'_>, whole: &InvoiceDraft) -> Option<Culprit> {
    let taxable = f.mapping.taxable_code();
    if f.source.tax.is_some() || taxable.is_empty() {
        return None;
    }
    let marked = |l: &LineDraft| f.source_line(l).is_some_and(|s| s.taxable == Some(true));
    let lines = whole.lines.iter().enumerate();
    let lines: Vec<usize> = lines.filter(|(_, l)| marked(l)).map(|(n, _)| n).collect();
    let mut other = recoded(whole, &lines, taxable);
    other.tax_mode = TaxMode::Exclusive;
    if !f.agrees(&mut other) {
        return None;
    }
    let word = &f.mapping.tax.without_tax;
    let what = format!(
        "the source states no tax, for which `tax.without_tax` says {}; with {} on the lines that it marks as taxable it would agree",
        word.value.as_str(),
        with_percent(f, taxable)
    );
    let fix = format!(
        "let the source state the tax of {}; then `crossfoot retry TENANT NUMBER`",
        f.source.number
    );
    let mut cause = Culprit::new(what, fix);
    cause.place = Some(f.mapping.place(word.at));
    Some(cause)
}

/// Amounts that hold their tax, read as if it came on top, or the other way about.
fn other_reading(f: &Figures<'_>, whole: &InvoiceDraft) -> Option<Culprit> {
    let (mode, would) = match whole.tax_mode {
        TaxMode::Exclusive => (TaxMode::Inclusive, "amounts that hold their tax"),
        TaxMode::Inclusive => (TaxMode::Exclusive, "amounts without their tax"),
        TaxMode::Exempt => return None,
    };
    let mut other = whole.clone();
    other.tax_mode = mode;
    if !f.agrees(&mut other) {
        return None;
    }
    let what = format!("read as {would} its lines would agree");
    let fix = match f.source.tax {
        Some(_) => "let the source say whether amounts hold their tax (`tax_included`); then `crossfoot retry TENANT NUMBER`".to_owned(),
        None => format!(
            "set `without_tax: {}` under `tax:` in mappings/{}.yaml; then `crossfoot retry TENANT NUMBER`",
            mode.as_str(),
            f.mapping.tenant
        ),
    };
    Some(Culprit::new(what, fix))
}

/// The codes of a document that carry tax, each with its lines.
fn taxed(f: &Figures<'_>, whole: &InvoiceDraft) -> Vec<(String, Vec<usize>)> {
    let mut used: Vec<(String, Vec<usize>)> = Vec::new();
    for (n, line) in whole.lines.iter().enumerate() {
        let code = totals::code_of(f.law, line);
        if totals::percent(f.law, code).is_zero() {
            continue;
        }
        match used.iter_mut().find(|(c, _)| c == code) {
            Some((_, lines)) => lines.push(n),
            None => used.push((code.to_owned(), vec![n])),
        }
    }
    used
}

/// Another rate of the ledger's in the place of one.
fn other_rate(f: &Figures<'_>, whole: &InvoiceDraft) -> Option<Culprit> {
    for (code, lines) in taxed(f, whole) {
        let rates = f.law.chart.tax_rates.iter();
        let mut others = rates.filter(|t| t.active && !t.percent.is_zero() && t.code != code);
        let Some(rate) = others.find(|t| f.agrees(&mut recoded(whole, &lines, &t.code))) else {
            continue;
        };
        let what = format!(
            "at {} % instead of the {} % of {code} it would agree: the ledger calls that rate {}",
            rate.percent.normalize(),
            totals::percent(f.law, &code).normalize(),
            rate.code
        );
        let fix = "correct the tax in the source, or name that rate under `tax: codes:` if it is the right one; then `crossfoot retry TENANT NUMBER`";
        return Some(Culprit::new(what, fix));
    }
    None
}

/// The rate that the stated tax comes to, where the ledger has none like it.
fn stated_rate(f: &Figures<'_>, whole: &InvoiceDraft, off: Off) -> Option<Culprit> {
    let mut used = taxed(f, whole).into_iter();
    used.find_map(|(code, lines)| implied(f, whole, off, &lines, &code))
}

/// The rate that the stated tax is of the lines with a code, where it is a plain one.
fn implied(
    f: &Figures<'_>,
    whole: &InvoiceDraft,
    off: Off,
    lines: &[usize],
    code: &str,
) -> Option<Culprit> {
    let by = off.tax?;
    // On top of the lines the total is off by as much; where they hold it, by nothing.
    if off.total.is_some_and(|t| t != by) {
        return None;
    }
    let stated = f.mapping.stated_tax(f.source)?;
    let of = |n: &usize| whole.lines.get(*n);
    let amount = money::sum(lines.iter().filter_map(of).map(|l| l.amount));
    let own = money::sum(lines.iter().filter_map(of).map(|l| l.tax_amount));
    let all = money::sum(whole.lines.iter().map(|l| l.tax_amount));
    let base = match whole.tax_mode {
        TaxMode::Inclusive => amount - (stated - (all - own)),
        _ => amount,
    };
    let rate = (stated - (all - own)).checked_mul(Decimal::ONE_HUNDRED)?;
    let rate = rate.checked_div(base)?;
    let plain = money::half_up(rate, 1);
    if plain <= Decimal::ZERO {
        return None;
    }
    let places = f.law.facts.places.total;
    let tax =
        |l: &LineDraft| money::half_up(totals::tax_of(whole.tax_mode, l.amount, plain), places);
    let made = money::sum(lines.iter().filter_map(of).map(tax));
    if made.saturating_add(all - own) != stated {
        return None;
    }
    let what = format!(
        "the stated tax is {} % of the lines that carry {code}, which is {} % in the ledger",
        plain.normalize(),
        totals::percent(f.law, code).normalize()
    );
    let fix = "correct the tax in the source, or add that rate to the ledger and name it under `tax: codes:`; then `crossfoot retry TENANT NUMBER`";
    Some(Culprit::new(what, fix))
}

/// One unmarked line of which a part would have to carry tax: money off goods of which some are taxed.
fn part_of_a_line(f: &Figures<'_>, whole: &InvoiceDraft, off: Off) -> Option<Culprit> {
    let (by, code) = (off.tax?, f.mapping.taxable_code());
    let percent = totals::percent(f.law, code);
    if whole.tax_mode != TaxMode::Exclusive || percent.is_zero() {
        return None;
    }
    let places = f.law.facts.places.total;
    let part = money::half_up(
        money::over(money::times(by, Decimal::ONE_HUNDRED), percent),
        places,
    );
    let fits = |(_, l): &(usize, &LineDraft)| {
        let unmarked = matches!(f.because(l), Some((TaxBecause::Unmarked(_), ..)));
        let within = part.is_sign_negative() == l.amount.is_sign_negative();
        unmarked && l.tax != code && within && part.abs() < l.amount.abs()
    };
    let mut all = whole.lines.iter().enumerate().filter(fits);
    let ((n, line), None) = (all.next()?, all.next()) else {
        return None;
    };
    let taxed = money::over(money::times(part, percent), Decimal::ONE_HUNDRED);
    let exact = money::half_up(taxed, places) == by;
    if !exact || off.total.is_some_and(|t| t != by) {
        return None;
    }
    let what = format!(
        "of {} {} of {} would have to carry {}",
        accounts::at(n, line),
        money::show(part),
        money::show(line.amount),
        with_percent(f, code)
    );
    let fix = "show that line in the source as two, one for what is taxed and one for what is not; then `crossfoot retry TENANT NUMBER`";
    Some(Culprit::new(what, fix))
}

fn none(f: &Figures<'_>, whole: &InvoiceDraft) -> Culprit {
    let lines = whole.lines.len();
    let what = format!(
        "no other code, rate, rounding or way to read the amounts of its {lines} line(s) makes it agree"
    );
    let fix = format!(
        "look at {} in the source: a line, the tax or the total is missing or wrong there; or set codes in a `map_line` rule; then `crossfoot retry TENANT NUMBER`",
        f.source.number
    );
    Culprit::new(what, fix)
}
