//! The vendor's tax: once for each rate, on the summed net of its lines, rounded to the cent.
//!
//! Pure. Flows in: what is taxed and at which rates. Flows out: a line for each rate, in the order they came in.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Row};
use super::kinds::Kind;
use super::money;
use super::values;

/// A rate, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) id: u64,
    pub(super) percent: Decimal,
}

/// What a rate comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taxed {
    pub(super) rate: Rate,
    pub(super) net: Decimal,
    pub(super) tax: Decimal,
}

/// The rates that a tax code has for sales.
pub(super) fn rates(co: &Company, code: &Row) -> Vec<Rate> {
    let list = values::object(&code.fields, "SalesTaxRateList");
    let details = list.map_or(&[][..], |l| values::list(l, "TaxRateDetail"));
    let rate = |detail: &Value| {
        let id = values::reference(detail.as_object()?, "TaxRateRef")?;
        let row = co.find(Kind::TaxRate, &id)?;
        let most = Decimal::from(money::HIGHEST_RATE);
        let percent = values::dec(&row.fields, "RateValue").filter(|p| p.abs() <= most)?;
        Some(Rate {
            id: row.key.1,
            percent,
        })
    };
    details.iter().filter_map(rate).collect()
}

/// Tax on top: the net of each rate is summed, then taxed once.
pub(super) fn on_top(lines: &[(Decimal, Vec<Rate>)]) -> Vec<Taxed> {
    let mut all: Vec<Taxed> = Vec::new();
    for (net, rates) in lines {
        for rate in rates {
            match all.iter_mut().find(|t| t.rate.id == rate.id) {
                Some(taxed) => taxed.net += net,
                None => all.push(Taxed {
                    rate: *rate,
                    net: *net,
                    tax: Decimal::ZERO,
                }),
            }
        }
    }
    for taxed in &mut all {
        taxed.tax = money::percent_of(taxed.net, taxed.rate.percent);
    }
    all
}

/// Tax inside: the gross of each set of rates is summed and split once; what rounding leaves goes to the last rate.
pub(super) fn inside(lines: &[(Decimal, Vec<Rate>)]) -> Vec<Taxed> {
    let mut groups: Vec<(Decimal, Vec<Rate>)> = Vec::new();
    for (gross, rates) in lines {
        match groups.iter_mut().find(|(_, r)| r == rates) {
            Some((sum, _)) => *sum += gross,
            None => groups.push((*gross, rates.clone())),
        }
    }
    let mut all: Vec<Taxed> = Vec::new();
    for (gross, rates) in groups {
        let percent: Decimal = rates.iter().map(|r| r.percent).sum();
        let net = net_of(gross, percent);
        let mut left = gross - net;
        for (n, rate) in rates.iter().enumerate() {
            let tax = match n + 1 == rates.len() {
                true => left,
                false => money::percent_of(net, rate.percent),
            };
            left -= tax;
            match all.iter_mut().find(|t| t.rate.id == rate.id) {
                Some(taxed) => {
                    taxed.net += net;
                    taxed.tax += tax;
                }
                None => all.push(Taxed {
                    rate: *rate,
                    net,
                    tax,
                }),
            }
        }
    }
    all
}

/// The net of a gross amount.
pub(super) fn net_of(gross: Decimal, percent: Decimal) -> Decimal {
    let whole = Decimal::ONE_HUNDRED + percent;
    match whole.is_zero() {
        true => gross,
        false => money::cents(gross * Decimal::ONE_HUNDRED / whole),
    }
}

/// A total that was given, spread over the rates by what each came to.
pub(super) fn prorated(mut all: Vec<Taxed>, total: Decimal) -> Vec<Taxed> {
    let computed: Decimal = all.iter().map(|t| t.tax).sum();
    let count = all.len();
    let mut left = total;
    for (n, taxed) in all.iter_mut().enumerate() {
        let share = match computed.is_zero() {
            true => Decimal::ZERO,
            false => money::cents(total * taxed.tax / computed),
        };
        taxed.tax = if n + 1 == count { left } else { share };
        left -= taxed.tax;
    }
    all
}

/// What all rates come to.
pub(super) fn sum(all: &[Taxed]) -> Decimal {
    all.iter().map(|t| t.tax).sum()
}

/// The lines of `TxnTaxDetail`.
pub(super) fn show(all: &[Taxed]) -> Value {
    let line = |t: &Taxed| {
        json!({
            "Amount": money::amount(t.tax),
            "DetailType": "TaxLineDetail",
            "TaxLineDetail": {
                "TaxRateRef": {"value": t.rate.id.to_string()},
                "PercentBased": true,
                "TaxPercent": money::plain(t.rate.percent),
                "NetAmountTaxable": money::amount(t.net),
            },
        })
    };
    Value::Array(all.iter().map(line).collect())
}
