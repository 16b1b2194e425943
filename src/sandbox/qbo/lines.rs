//! The lines of a sales form: what each must have, its arithmetic, its id, and the lines the vendor adds.
//!
//! Flows in: `Line` as it was sent. Flows out: the lines as they will be kept, and what of them is summed and taxed. A line
//! that names an id of the row keeps it; any other line is new and gets the next. `Amount` must be quantity times price,
//! rounded half up (6070).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Row};
use super::fault::Fault;
use super::kinds::Kind;
use super::money;
use super::refs::{self, SHIPPING};
use super::values::{self, Fields};
use super::work::Cx;

/// The most lines of a form that is taxed.
const MOST: usize = 750;

/// A line that has an amount.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// Its place among the lines kept.
    pub(super) at: usize,
    pub(super) amount: Decimal,
    pub(super) code: Option<String>,
    /// What it comes to with tax, when that was sent.
    pub(super) gross: Option<Decimal>,
}

/// What is taken off the whole.
#[derive(Debug, Clone)]
pub(super) struct Discount {
    pub(super) percent: Option<Decimal>,
    pub(super) amount: Decimal,
    line: Fields,
}

/// The lines of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) kept: Vec<Value>,
    pub(super) counted: Vec<Counted>,
    pub(super) discount: Option<Discount>,
}

impl Sheet {
    /// The sum before discount and tax.
    pub(super) fn sub(&self) -> Decimal {
        self.counted.iter().map(|c| c.amount).sum()
    }

    /// What is taken off.
    pub(super) fn off(&self) -> Decimal {
        self.discount.as_ref().map_or(Decimal::ZERO, |d| d.amount)
    }

    /// All lines as they are shown: what was sent, the subtotal, the discount.
    pub(super) fn lines(&self, discount_account: Option<String>) -> Value {
        let mut all = self.kept.clone();
        all.push(json!({"Amount": money::amount(self.sub()), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}));
        if let Some(discount) = &self.discount {
            let mut line = discount.line.clone();
            line.insert("Amount".into(), money::amount(discount.amount));
            let detail = line
                .entry("DiscountLineDetail")
                .or_insert_with(|| json!({}));
            if let (Value::Object(detail), Some(account)) = (detail, discount_account) {
                values::default(detail, "DiscountAccountRef", || values::to(account));
            }
            all.push(Value::Object(line));
        }
        Value::Array(all)
    }
}

/// Reads the lines of a row.
pub(super) fn read(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
    faults: &mut Vec<Fault>,
) -> Sheet {
    let sent = values::list(&row.fields, "Line").to_vec();
    let mut sheet = Sheet::default();
    for line in sent.iter().filter_map(Value::as_object) {
        match values::text(line, "DetailType").as_deref() {
            Some("SubTotalLineDetail") => {}
            Some("DescriptionOnly") => describe(row, old, line, &mut sheet),
            Some("DiscountLineDetail") => discount(co, line, &mut sheet, faults),
            Some("SalesItemLineDetail") => item(co, cx, row, old, line, &mut sheet, faults),
            Some("GroupLineDetail") => {
                faults.push(Fault::new("5030", "Requested feature is not supported."));
            }
            Some(_) => faults.push(Fault::business(
                "This type of line cannot stand on this transaction.",
            )),
            None => faults.push(Fault::missing("Line.DetailType")),
        }
    }
    if sheet.counted.is_empty() && faults.is_empty() {
        faults.push(Fault::missing("Line"));
    }
    let taxed = sheet
        .counted
        .iter()
        .any(|c| c.code.as_deref().is_some_and(|c| c != "NON"));
    if sent.len() > MOST && taxed {
        faults.push(Fault::business(
            "A taxable transaction can have 750 lines at most.",
        ));
    }
    percent_off(&mut sheet);
    sheet
}

fn percent_off(sheet: &mut Sheet) {
    let sub = sheet.sub();
    if let Some(discount) = &mut sheet.discount
        && let Some(percent) = discount.percent
    {
        discount.amount = money::percent_of(sub, percent);
    }
}

/// Gives a line its id and number.
fn numbered(row: &mut Row, old: Option<&Row>, line: &Fields, sheet: &Sheet) -> Fields {
    let mut kept = Fields::new();
    let id = values::text(line, "Id").filter(|id| refs::line(old, id).is_some());
    let id = id.unwrap_or_else(|| row.line_id());
    kept.insert("Id".into(), json!(id));
    kept.insert("LineNum".into(), json!(sheet.kept.len() + 1));
    for field in ["Description", "LinkedTxn"] {
        if let Some(value) = values::raw(line, field) {
            kept.insert(field.into(), value.clone());
        }
    }
    kept
}

fn describe(row: &mut Row, old: Option<&Row>, line: &Fields, sheet: &mut Sheet) {
    let mut kept = numbered(row, old, line, sheet);
    kept.insert("DetailType".into(), json!("DescriptionOnly"));
    let detail = values::raw(line, "DescriptionLineDetail")
        .cloned()
        .unwrap_or_else(|| json!({}));
    kept.insert("DescriptionLineDetail".into(), detail);
    sheet.kept.push(Value::Object(kept));
}

fn discount(co: &Company, line: &Fields, sheet: &mut Sheet, faults: &mut Vec<Fault>) {
    let empty = Fields::new();
    let detail = values::object(line, "DiscountLineDetail").unwrap_or(&empty);
    let whole = Decimal::ZERO..=Decimal::ONE_HUNDRED;
    let percent = match values::flag(detail, "PercentBased") {
        Some(true) => values::dec(detail, "DiscountPercent"),
        _ => None,
    };
    if percent.is_some_and(|p| !whole.contains(&p)) {
        faults.push(Fault::business("A discount is between 0 and 100 percent."));
        return;
    }
    let amount = values::dec(line, "Amount");
    if percent.is_none() && amount.is_none() {
        faults.push(Fault::new(
            "6090",
            "Discount amount or percent should be provided.",
        ));
        return;
    }
    if !co.prefers("SalesFormsPrefs", "AllowDiscount") {
        faults.push(Fault::business(
            "Discounts are turned off in your company settings.",
        ));
    }
    let mut kept = line.clone();
    kept.remove("Id");
    kept.remove("LineNum");
    sheet.discount = Some(Discount {
        percent,
        amount: money::cents(amount.unwrap_or_default()),
        line: kept,
    });
}

fn item(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
    line: &Fields,
    sheet: &mut Sheet,
    faults: &mut Vec<Fault>,
) {
    let empty = Fields::new();
    let detail = values::object(line, "SalesItemLineDetail").unwrap_or(&empty);
    let before = values::text(line, "Id").and_then(|id| refs::detail(refs::line(old, &id)?));
    refs::check(co, cx, detail, before, refs::LINE, faults);
    let item = values::reference(detail, "ItemRef");
    match item.as_deref() {
        None => faults.push(Fault::missing("Line.SalesItemLineDetail.ItemRef")),
        Some(SHIPPING) if !co.prefers("SalesFormsPrefs", "AllowShipping") => {
            faults.push(Fault::business(
                "Shipping is turned off in your company settings.",
            ));
        }
        Some(_) => {}
    }
    let found = item
        .as_deref()
        .and_then(|id| refs::row(co, cx, Kind::Item, id));
    if found.is_some_and(|i| i.text("Type") == "Category") {
        faults.push(Fault::business(
            "A category cannot be used on a transaction.",
        ));
    }
    let Some(amount) = values::dec(line, "Amount") else {
        faults.push(Fault::missing("Line.Amount"));
        return;
    };
    product(line, detail, amount, faults);
    let amount = money::cents(amount);
    let mut shown = detail.clone();
    // A client that knows no price writes noughts: both say nothing, and so does a gross of nothing.
    let unsaid = |f: &str| values::dec(detail, f).is_none_or(|d| d.is_zero());
    let bare = unsaid("UnitPrice") && unsaid("Qty") && !amount.is_zero();
    for field in ["UnitPrice", "Qty", "TaxInclusiveAmt"] {
        let said = values::dec(detail, field).filter(|d| {
            let kept = field != "TaxInclusiveAmt" && !bare;
            kept || !d.is_zero() || amount.is_zero()
        });
        match said {
            Some(number) => shown.insert(field.into(), money::plain(number)),
            None => shown.remove(field),
        };
    }
    if co.is_us() {
        let taxable = found.is_some_and(|i| values::flag(&i.fields, "Taxable") == Some(true));
        values::default(&mut shown, "TaxCodeRef", || {
            values::to(if taxable { "TAX" } else { "NON" })
        });
    }
    let mut kept = numbered(row, old, line, sheet);
    kept.insert("Amount".into(), money::amount(amount));
    kept.insert("DetailType".into(), json!("SalesItemLineDetail"));
    sheet.counted.push(Counted {
        at: sheet.kept.len(),
        amount,
        code: values::reference(&shown, "TaxCodeRef"),
        gross: values::dec(&shown, "TaxInclusiveAmt").map(money::cents),
    });
    kept.insert("SalesItemLineDetail".into(), Value::Object(shown));
    sheet.kept.push(Value::Object(kept));
}

/// 6070: the amount is not quantity times price.
pub(super) fn product(line: &Fields, detail: &Fields, amount: Decimal, faults: &mut Vec<Fault>) {
    let (price, quantity) = (values::dec(detail, "UnitPrice"), values::dec(detail, "Qty"));
    if let (Some(price), Some(quantity)) = (price, quantity)
        && !(price.is_zero() && quantity.is_zero())
    {
        let right = price.checked_mul(quantity).map(money::cents);
        if right != Some(amount) {
            let said = values::dec(line, "Amount")
                .map(money::grouped)
                .unwrap_or_default();
            let detail = format!("Amount is not equal to UnitPrice * Qty. Supplied value:{said}");
            faults.push(Fault::new("6070", detail).at("Line.Amount"));
        }
    }
}
