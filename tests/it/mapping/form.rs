//! Lines in the form that a ledger takes: whatever is drafted, what a line comes to stays.

use chrono::NaiveDate;
use crossfoot::checks::form::fit;
use crossfoot::connectors::System as _;
use crossfoot::connectors::xero::Xero;
use crossfoot::model::{Currency, InvoiceDraft, Kind, LineDraft, TaxMode};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn draft(lines: Vec<LineDraft>) -> InvoiceDraft {
    InvoiceDraft {
        kind: Kind::Invoice,
        number: "1".into(),
        reference: "é".repeat(300),
        date: NaiveDate::default(),
        due: None,
        status: "AUTHORISED".into(),
        currency: Currency::new("AUD").unwrap(),
        tax_mode: TaxMode::Exclusive,
        paid_from: None,
        lines,
        subtotal: Decimal::ZERO,
        total_tax: Decimal::ZERO,
        total: Decimal::ZERO,
    }
}

proptest! {
    #[test]
    fn a_line_comes_to_the_same_and_its_quantity_is_taken(q in -9999i64..9999, u in -9999i64..9999) {
        let line = LineDraft {
            description: "x".into(),
            quantity: Decimal::new(q, 2),
            unit_amount: Decimal::new(u, 2),
            ..LineDraft::default()
        };
        let facts = Xero::new().facts().clone();
        let mut fitted = draft(vec![line.clone()]);
        fit(facts.target().unwrap(), &mut fitted);
        let is = &fitted.lines[0];
        prop_assert_eq!(is.quantity * is.unit_amount, line.quantity * line.unit_amount);
        prop_assert!(is.quantity >= Decimal::ZERO);
        prop_assert!(!is.quantity.is_zero() || is.unit_amount.is_zero());
        prop_assert!(fitted.reference.chars().count() <= 227);
        let before = fitted.clone();
        prop_assert!(fit(facts.target().unwrap(), &mut fitted).is_empty());
        prop_assert_eq!(before, fitted);
    }
}
