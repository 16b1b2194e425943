//! The tax of a sales form, by the company's country.
//!
//! In the US a line says TAX or NON and nothing else (6100). Without automated sales tax the form names one code, whose
//! rates hold for all its taxable lines. With it the address decides: codes that were sent are passed over, a total that was
//! sent is taken and spread. Elsewhere every line names a code (6000), and `GlobalTaxCalculation` says whether its amounts
//! have the tax inside.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Region, Row};
use super::fault::Fault;
use super::kinds::Kind;
use super::lines::{Counted, Sheet};
use super::money;
use super::refs;
use super::tax::{self, Rate, Taxed};
use super::values::{self, Fields};
use super::work::Cx;

/// What a form comes to.
pub(super) struct Totals {
    pub(super) tax: Decimal,
    pub(super) total: Decimal,
}

/// Works the tax out, writes `TxnTaxDetail`, and answers the totals.
pub(super) fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    sheet: &mut Sheet,
    faults: &mut Vec<Fault>,
) -> Totals {
    let sent = values::object(&row.fields, "TxnTaxDetail")
        .cloned()
        .unwrap_or_default();
    let (detail, taxed) = match co.is_us() {
        true => american(co, cx, row, sheet, &sent, faults),
        false => global(co, cx, row, sheet, &sent, faults),
    };
    let tax = values::dec(&detail, "TotalTax").unwrap_or_else(|| tax::sum(&taxed));
    row.fields
        .insert("TxnTaxDetail".into(), Value::Object(detail));
    Totals {
        tax,
        total: sheet.sub() - sheet.off() + tax,
    }
}

fn detail(code: Option<String>, taxed: &[Taxed], total: Decimal) -> Fields {
    let mut out = Fields::new();
    if let Some(code) = code {
        out.insert("TxnTaxCodeRef".into(), values::to(code));
    }
    out.insert("TotalTax".into(), money::amount(total));
    if !taxed.is_empty() {
        out.insert("TaxLine".into(), tax::show(taxed));
    }
    out
}

/// What of a form's lines is left after its discount, where the discount comes before tax.
fn discounted(row: &Row, sheet: &Sheet, amount: Decimal, always: bool) -> Decimal {
    let first = always || values::flag(&row.fields, "ApplyTaxAfterDiscount") == Some(true);
    let sub = sheet.sub();
    match first && !sub.is_zero() {
        true => amount - money::cents(sheet.off() * amount / sub),
        false => amount,
    }
}

fn american(
    co: &Company,
    cx: &Cx<'_>,
    row: &Row,
    sheet: &Sheet,
    sent: &Fields,
    faults: &mut Vec<Fault>,
) -> (Fields, Vec<Taxed>) {
    for code in sheet.counted.iter().filter_map(|c| c.code.as_deref()) {
        if code != "TAX" && code != "NON" {
            let detail =
                format!("Valid Line TaxCodes for US should be TAX or NON. Supplied value:{code}");
            faults.push(Fault::new("6100", detail));
        }
    }
    let on = |c: &&Counted| c.code.as_deref() == Some("TAX");
    let net: Decimal = sheet.counted.iter().filter(on).map(|c| c.amount).sum();
    let net = discounted(row, sheet, net, false);
    let customer = values::reference(&row.fields, "CustomerRef")
        .and_then(|id| refs::row(co, cx, Kind::Customer, &id));
    let exempt = customer.is_some_and(|c| values::flag(&c.fields, "Taxable") == Some(false));
    let given = values::dec(sent, "TotalTax").map(money::cents);
    let automated = co.prefers("TaxPrefs", "PartnerTaxEnabled");
    let aside = values::flag(sent, "UseAutomatedSalesTax") == Some(false) && co.may_override_tax;
    let (code, given) = match automated && !aside {
        true => {
            let found = region(co, row).and_then(|r| co.row((Kind::TaxCode, r.code)));
            (found, given.filter(|_| cx.sw.is("ast_total", "honoured")))
        }
        // A code says what the tax is; a total counts where there is none.
        false => {
            let code = named(co, cx, sent, faults);
            (code, given.filter(|_| code.is_none()))
        }
    };
    let base = match net.is_zero() || exempt {
        true => Vec::new(),
        false => code.map_or_else(Vec::new, |c| tax::rates(co, c)),
    };
    let computed = tax::on_top(&[(net, base)]);
    let taxed = match given {
        Some(total) if !computed.is_empty() => tax::prorated(computed, total),
        _ => computed,
    };
    let total = given.unwrap_or_else(|| tax::sum(&taxed));
    let shown = code
        .filter(|_| !taxed.is_empty() || !automated)
        .map(Row::id);
    let mut out = detail(shown, &taxed, total);
    if automated && aside {
        out.insert("TaxReviewStatus".into(), json!("AST_TAX_OVERRIDE"));
    }
    (out, taxed)
}

/// The code that a form names.
fn named<'a>(
    co: &'a Company,
    cx: &Cx<'_>,
    sent: &Fields,
    faults: &mut Vec<Fault>,
) -> Option<&'a Row> {
    let id = values::reference(sent, "TxnTaxCodeRef")?;
    let found = refs::row(co, cx, Kind::TaxCode, &id);
    if found.is_none() {
        faults.push(Fault::reference("TaxCodes", &id));
    }
    found
}

/// Where a form's goods go, as far as tax is concerned: its ship-to, else the company's own address.
fn region<'a>(co: &'a Company, row: &Row) -> Option<&'a Region> {
    let own = co.row((Kind::CompanyInfo, 1));
    let own = own.and_then(|r| values::object(&r.fields, "LegalAddr"));
    let place = |address: &Fields| {
        let state = values::text(address, "CountrySubDivisionCode")?;
        Some((
            state,
            values::text(address, "PostalCode").unwrap_or_default(),
        ))
    };
    let there = values::object(&row.fields, "ShipAddr").and_then(place);
    let (state, postal) = there.or_else(|| own.and_then(place))?;
    let near = co
        .regions
        .iter()
        .filter(|r| r.state == state && postal.starts_with(&r.postal));
    near.max_by_key(|r| r.postal.len())
}

fn global(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    sheet: &mut Sheet,
    sent: &Fields,
    faults: &mut Vec<Fault>,
) -> (Fields, Vec<Taxed>) {
    let how = values::text(&row.fields, "GlobalTaxCalculation").unwrap_or_else(|| {
        if cx.sw.is("global_tax_absent", "refuse") {
            faults.push(Fault::missing("GlobalTaxCalculation"));
        }
        "TaxExcluded".into()
    });
    row.fields.insert("GlobalTaxCalculation".into(), json!(how));
    if how == "NotApplicable" {
        return (detail(None, &[], Decimal::ZERO), Vec::new());
    }
    let rates = codes(co, cx, sheet, faults);
    let taxed = match how == "TaxInclusive" {
        true => inclusive(row, sheet, &rates),
        false => {
            let net = |(c, r): (&Counted, &Vec<Rate>)| {
                (discounted(row, sheet, c.amount, true), r.clone())
            };
            tax::on_top(
                &sheet
                    .counted
                    .iter()
                    .zip(&rates)
                    .map(net)
                    .collect::<Vec<_>>(),
            )
        }
    };
    let taxed = overridden(taxed, sent);
    let total = tax::sum(&taxed);
    (detail(None, &taxed, total), taxed)
}

/// The rates of each counted line.
fn codes(co: &Company, cx: &Cx<'_>, sheet: &Sheet, faults: &mut Vec<Fault>) -> Vec<Vec<Rate>> {
    let mut all = Vec::new();
    for line in &sheet.counted {
        let found = line
            .code
            .as_deref()
            .map(|id| (id, refs::row(co, cx, Kind::TaxCode, id)));
        all.push(match found {
            Some((_, Some(code))) if code.active() => tax::rates(co, code),
            Some((id, _)) => {
                faults.push(Fault::reference("TaxCodes", id));
                Vec::new()
            }
            None => {
                let word = if co.country == "CA" { "GST/HST" } else { "VAT" };
                faults.push(Fault::business(format_args!(
                    "Make sure all your transactions have a {word} rate before you save."
                )));
                Vec::new()
            }
        });
    }
    all
}

fn percent(rates: &[Rate]) -> Decimal {
    rates.iter().map(|r| r.percent).sum()
}

/// Tax inside the amounts: the gross of each line is what was sent as such, or its net with tax. The lines' nets are made to
/// add up with the tax to the gross; the largest takes what rounding leaves.
fn inclusive(row: &Row, sheet: &mut Sheet, rates: &[Vec<Rate>]) -> Vec<Taxed> {
    let gross: Vec<Decimal> = (sheet.counted.iter().zip(rates))
        .map(|(c, r)| {
            c.gross
                .unwrap_or_else(|| c.amount + money::percent_of(c.amount, percent(r)))
        })
        .collect();
    for ((line, gross), rates) in sheet.counted.iter_mut().zip(&gross).zip(rates) {
        line.gross = Some(*gross);
        line.amount = tax::net_of(*gross, percent(rates));
    }
    let whole: Vec<_> = gross.iter().copied().zip(rates.iter().cloned()).collect();
    let left = gross.iter().sum::<Decimal>() - tax::sum(&tax::inside(&whole)) - sheet.sub();
    if let Some(largest) = sheet.counted.iter_mut().max_by_key(|c| c.amount.abs()) {
        largest.amount += left;
    }
    for line in &sheet.counted {
        let kept = sheet.kept.get_mut(line.at).and_then(Value::as_object_mut);
        let Some(kept) = kept else { continue };
        kept.insert("Amount".into(), money::amount(line.amount));
        let detail = kept
            .get_mut("SalesItemLineDetail")
            .and_then(Value::as_object_mut);
        if let (Some(detail), Some(gross)) = (detail, line.gross) {
            detail.insert("TaxInclusiveAmt".into(), money::amount(gross));
        }
    }
    let off: Vec<_> = whole
        .into_iter()
        .map(|(g, r)| (discounted(row, sheet, g, true), r))
        .collect();
    tax::inside(&off)
}

/// Amounts that were sent for a rate take the place of what was worked out.
fn overridden(mut taxed: Vec<Taxed>, sent: &Fields) -> Vec<Taxed> {
    for line in values::list(sent, "TaxLine")
        .iter()
        .filter_map(Value::as_object)
    {
        let rate =
            values::object(line, "TaxLineDetail").and_then(|d| values::reference(d, "TaxRateRef"));
        let found = taxed
            .iter_mut()
            .find(|t| rate.as_ref() == Some(&t.rate.id.to_string()));
        if let (Some(found), Some(amount)) = (found, values::dec(line, "Amount")) {
            found.tax = money::cents(amount);
        }
    }
    taxed
}
