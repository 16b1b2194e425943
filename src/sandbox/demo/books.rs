//! What an order comes to, in the source and in the ledger: the demo's own arithmetic.
//!
//! Flows in: lines, and how a tenant stands to tax. Flows out: sums. Written from the ledger's
//! published rounding rules in whole numbers of ten-thousandths, and shares no code with the engine,
//! so that a mistake in the one cannot hide in the other.

use super::order::{Line, Order, Tax};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// How a tenant's amounts stand to tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Tax comes on top.
    Exclusive,
    /// Tax is contained.
    Inclusive,
    /// There is none.
    Exempt,
}

/// What decides a tenant's sums.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Per cent on taxable lines.
    pub percent: i128,
    /// How orders that state no tax are read.
    pub without_tax: Stands,
    /// Whether lines of which the source does not say it are taxable.
    pub unmarked_taxed: bool,
    /// Whether finance charges are left out.
    pub leave_out_charges: bool,
    /// Decimal places of the currency in the source.
    pub places: u32,
    /// Whether the ledger makes its tax once, on the sum of what is taxed, and not line by line.
    pub once: bool,
}

/// Ten-thousandths of an amount, a half rounded away from zero.
fn units(amount: Decimal) -> i128 {
    let scaled = (amount * Decimal::from(100_000_i64))
        .round_dp_with_strategy(0, rust_decimal::RoundingStrategy::ToZero);
    half_up(scaled.to_i128().unwrap_or(0), 10)
}

/// A division whose half goes away from zero.
fn half_up(n: i128, by: i128) -> i128 {
    let (whole, rest) = (n / by, n % by);
    if rest.abs() * 2 >= by.abs() {
        whole + n.signum()
    } else {
        whole
    }
}

fn cents(n: i128) -> Decimal {
    Decimal::from_i128_with_scale(n, 2)
}

/// A line's cents: price at four places, quantity at four, the product at two.
fn line_cents(line: &Line) -> i128 {
    half_up(units(line.price) * units(line.quantity), 1_000_000)
}

/// A line's amount.
pub fn line_amount(line: &Line) -> Decimal {
    cents(line_cents(line))
}

impl Law {
    fn is_taxed(&self, line: &Line) -> bool {
        line.taxable.unwrap_or(self.unmarked_taxed)
    }

    fn sent<'o>(&self, order: &'o Order) -> impl Iterator<Item = &'o Line> {
        let leave_out = self.leave_out_charges;
        order
            .lines
            .iter()
            .filter(move |l| !(leave_out && l.kind == "FINANCE_CHARGE"))
    }

    /// What is left out of an order.
    pub fn left_out(&self, order: &Order) -> Decimal {
        if !self.leave_out_charges {
            return Decimal::ZERO;
        }
        let charges = order.lines.iter().filter(|l| l.kind == "FINANCE_CHARGE");
        cents(charges.map(line_cents).sum())
    }

    /// The tax an order states, if it states one.
    pub fn stated_tax(&self, order: &Order) -> Option<Decimal> {
        let taxed = || self.sent(order).filter(|l| self.is_taxed(l));
        let tax = match order.tax {
            Tax::None => return None,
            Tax::Zero => 0,
            Tax::ByLine => taxed()
                .map(|l| half_up(line_cents(l) * self.percent, 100))
                .sum(),
            Tax::OnTotal => half_up(taxed().map(line_cents).sum::<i128>() * self.percent, 100),
        };
        // A currency without cents has no cents of tax either: they are cut off.
        let unit = 10_i128.pow(2_u32.saturating_sub(self.places));
        Some(cents(tax / unit * unit))
    }

    /// What the source says an order comes to.
    pub fn source_total(&self, order: &Order) -> Decimal {
        let lines: i128 = order.lines.iter().map(source_cents).sum();
        cents(lines) + self.stated_tax(order).unwrap_or_default()
    }

    /// What the ledger will make of it: total and tax.
    pub fn ledger(&self, order: &Order) -> (Decimal, Decimal) {
        let stands = if order.tax == Tax::None {
            self.without_tax
        } else {
            Stands::Exclusive
        };
        let zero =
            order.tax == Tax::Zero || (order.tax == Tax::None && stands == Stands::Exclusive);
        let (mut sum, mut tax, mut taxed) = (0, 0, 0);
        let of = |amount: i128| match stands {
            Stands::Exempt => 0,
            Stands::Exclusive => half_up(amount * self.percent, 100),
            Stands::Inclusive => half_up(amount * self.percent, 100 + self.percent),
        };
        for line in self.sent(order) {
            let amount = line_cents(line);
            sum += amount;
            if zero || !self.is_taxed(line) {
                continue;
            }
            taxed += amount;
            tax += of(amount);
        }
        if self.once {
            tax = of(taxed);
        }
        let total = if stands == Stands::Inclusive {
            sum
        } else {
            sum + tax
        };
        (cents(total), cents(tax))
    }
}

/// The source multiplies what the customer was told and rounds once.
fn source_cents(line: &Line) -> i128 {
    let exact = line.price * line.quantity * Decimal::from(100_000_i64);
    let cut = exact.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::ToZero);
    half_up(cut.to_i128().unwrap_or(0), 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn order(prices: &[&str], tax: Tax) -> Order {
        let mut order =
            Order::new(1, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(), "test").taxed(tax);
        for price in prices {
            order = order.plus("OTHER", "x", price.parse().unwrap());
        }
        order
    }

    const NZ: Law = Law {
        percent: 15,
        without_tax: Stands::Exempt,
        unmarked_taxed: true,
        leave_out_charges: false,
        places: 2,
        once: false,
    };

    #[test]
    fn the_ledgers_own_example_comes_out() {
        let order = order(&["25.06", "25.61", "25.63"], Tax::OnTotal);
        assert_eq!(NZ.ledger(&order).1.to_string(), "11.44");
        assert_eq!(NZ.stated_tax(&order).unwrap().to_string(), "11.45");
    }

    #[test]
    fn thirds_of_a_hundred_make_a_hundred() {
        let mut order = order(&["33.333"], Tax::None);
        order.lines[0].quantity = Decimal::from(3);
        assert_eq!(NZ.source_total(&order).to_string(), "100.00");
        assert_eq!(NZ.ledger(&order).0.to_string(), "100.00");
        order.lines[0].price = "0.12345".parse().unwrap();
        order.lines[0].quantity = Decimal::from(1000);
        assert_eq!(NZ.source_total(&order).to_string(), "123.45");
        assert_eq!(NZ.ledger(&order).0.to_string(), "123.50");
    }
}
