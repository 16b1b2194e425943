//! A paper's lines as Intuit shows them.
//!
//! Flows in: a line and its paper. Flows out: the ledger's line, with the tax code as the chart tells it. An amount that is
//! missing is never zero.

use crate::connectors::json::{amount, amount_opt, text};
use crate::model::{LedgerLine, money};
use rust_decimal::Decimal;
use serde_json::Value;

/// The id that a reference names; empty where there is none.
pub(super) fn named(value: &Value, field: &str) -> String {
    value.get(field).map_or(String::new(), |r| text(r, "value"))
}

/// The code of a line as it is told in the chart: in the United States lines say TAX or NON, and the document which code.
fn tax_code(line: &str, paper: &Value) -> String {
    let whole = paper
        .get("TxnTaxDetail")
        .map_or(String::new(), |d| named(d, "TxnTaxCodeRef"));
    match (line, whole.as_str()) {
        ("TAX", "") => "TAX".to_owned(),
        ("TAX", code) => format!("TAX:{code}"),
        (code, _) => code.to_owned(),
    }
}

/// A line; none for what only sums up.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub(super) fn line(
    l: &Value,
    paper: &Value,
    inclusive: bool,
) -> Result<Option<LedgerLine>, String> {
    let kind = text(l, "DetailType");
    let detail = l.get(&kind).unwrap_or(&Value::Null);
    let described = || LedgerLine {
        id: text(l, "Id"),
        description: text(l, "Description"),
        ..LedgerLine::default()
    };
    match kind.as_str() {
        "SubTotalLineDetail" => Ok(None),
        "DiscountLineDetail" => Ok(Some(LedgerLine {
            quantity: Decimal::ONE,
            unit_amount: -amount(l, "Amount")?,
            ..described()
        })),
        "SalesItemLineDetail" => {
            let sum = match amount_opt(detail, "TaxInclusiveAmt")?.filter(|_| inclusive) {
                Some(gross) => gross,
                None => amount(l, "Amount")?,
            };
            let quantity = amount_opt(detail, "Qty")?;
            let price = amount_opt(detail, "UnitPrice")?.filter(|_| !inclusive);
            let each = || match quantity.filter(|q| !q.is_zero()) {
                Some(q) => money::half_up(money::over(sum, q), 7),
                None => sum,
            };
            Ok(Some(LedgerLine {
                quantity: quantity.unwrap_or(Decimal::ONE),
                unit_amount: price.unwrap_or_else(each),
                tax: tax_code(&named(detail, "TaxCodeRef"), paper),
                item: named(detail, "ItemRef"),
                ..described()
            }))
        }
        // A text, or a bundle.
        _ => Ok(Some(described())),
    }
}
