//! A vendor's forms, and the journal: bills, purchase orders, journal entries.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Row};
use super::fault::{Fault, Refusal};
use super::kinds::Kind;
use super::lines;
use super::money;
use super::refs;
use super::sales;
use super::values::{self, Fields};
use super::work::Cx;

/// Completes a vendor's form, or says what is wrong with it.
pub(super) fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    if row.kind() == Kind::PurchaseOrder && !matches!(co.edition.as_str(), "Plus" | "Advanced") {
        return Err(Fault::new(
            "5020",
            "Permission Denied Error : purchase orders are not in this edition.",
        )
        .into());
    }
    let vendor = values::reference(&row.fields, "VendorRef");
    if vendor.is_none() {
        faults.push(Fault::missing("VendorRef"));
    }
    refs::check(
        co,
        cx,
        &row.fields,
        old.map(|o| &o.fields),
        refs::PAPER,
        &mut faults,
    );
    let vendor = vendor.and_then(|id| refs::row(co, cx, Kind::Vendor, &id));
    sales::currency(co, &mut row.fields, vendor, &mut faults);
    let sum = rows(co, cx, row, old, &mut faults);
    if values::reference(&row.fields, "APAccountRef").is_none() {
        let found = co
            .all(Kind::Account)
            .find(|a| a.text("AccountType") == "Accounts Payable");
        if let Some(account) = found {
            row.fields
                .insert("APAccountRef".into(), values::to(account.id()));
        }
    }
    let tax = values::object(&row.fields, "TxnTaxDetail").and_then(|t| values::dec(t, "TotalTax"));
    Refusal::of(faults)?;
    let paid = old.map_or(Decimal::ZERO, |o| o.sums.total - o.sums.open);
    row.sums.tax = money::cents(tax.unwrap_or_default());
    row.sums.total = sum + row.sums.tax;
    row.sums.open = match row.kind() {
        Kind::Bill => row.sums.total - paid,
        _ => Decimal::ZERO,
    };
    values::default(&mut row.fields, "TxnDate", || {
        values::day_text(values::today(cx.now))
    });
    match row.kind() {
        Kind::Bill => sales::due(co, &mut row.fields, vendor),
        _ => values::default(&mut row.fields, "POStatus", || json!("Open")),
    }
    Ok(())
}

/// Numbers the lines and sums them.
fn rows(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
    faults: &mut Vec<Fault>,
) -> Decimal {
    let sent = values::list(&row.fields, "Line").to_vec();
    let mut kept = Vec::new();
    let mut sum = Decimal::ZERO;
    for line in sent.iter().filter_map(Value::as_object) {
        let kind = values::text(line, "DetailType").unwrap_or_default();
        let detail = values::object(line, &kind).cloned().unwrap_or_default();
        if kind != "DescriptionOnly" {
            let needed = match (row.kind(), kind.as_str()) {
                (Kind::Bill, "AccountBasedExpenseLineDetail") => "AccountRef",
                (Kind::Bill | Kind::PurchaseOrder, "ItemBasedExpenseLineDetail") => "ItemRef",
                (_, "") => {
                    faults.push(Fault::missing("Line.DetailType"));
                    continue;
                }
                _ => {
                    faults.push(Fault::business(
                        "This type of line cannot stand on this transaction.",
                    ));
                    continue;
                }
            };
            if values::reference(&detail, needed).is_none() {
                faults.push(Fault::missing(&format!("Line.{kind}.{needed}")));
            }
            let before =
                values::text(line, "Id").and_then(|id| refs::detail(refs::line(old, &id)?));
            refs::check(co, cx, &detail, before, refs::LINE, faults);
            match values::dec(line, "Amount") {
                None => faults.push(Fault::missing("Line.Amount")),
                Some(amount) => {
                    lines::product(line, &detail, amount, faults);
                    sum += money::cents(amount);
                }
            }
        }
        kept.push(numbered(row, old, line, kept.len() + 1));
    }
    if kept.is_empty() {
        faults.push(Fault::missing("Line"));
    }
    row.fields.insert("Line".into(), Value::Array(kept));
    sum
}

fn numbered(row: &mut Row, old: Option<&Row>, line: &Fields, number: usize) -> Value {
    let mut line = line.clone();
    let known = values::text(&line, "Id").filter(|id| refs::line(old, id).is_some());
    let id = known.unwrap_or_else(|| row.line_id());
    line.insert("Id".into(), json!(id));
    line.insert("LineNum".into(), json!(number));
    if let Some(amount) = values::dec(&line, "Amount") {
        line.insert("Amount".into(), money::amount(amount));
    }
    Value::Object(line)
}

/// Completes a journal entry: what it debits it credits.
pub(super) fn journal(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let sent = values::list(&row.fields, "Line").to_vec();
    let (mut kept, mut balance) = (Vec::new(), Decimal::ZERO);
    for line in sent.iter().filter_map(Value::as_object) {
        let detail = values::object(line, "JournalEntryLineDetail")
            .cloned()
            .unwrap_or_default();
        let before = values::text(line, "Id").and_then(|id| refs::detail(refs::line(old, &id)?));
        refs::check(co, cx, &detail, before, refs::LINE, &mut faults);
        if values::reference(&detail, "AccountRef").is_none() {
            faults.push(Fault::missing("Line.JournalEntryLineDetail.AccountRef"));
        }
        let amount = money::cents(values::dec(line, "Amount").unwrap_or_default());
        match values::text(&detail, "PostingType").as_deref() {
            Some("Debit") => balance += amount,
            Some("Credit") => balance -= amount,
            _ => faults.push(Fault::missing("Line.JournalEntryLineDetail.PostingType")),
        }
        kept.push(numbered(row, old, line, kept.len() + 1));
    }
    if kept.is_empty() {
        faults.push(Fault::missing("Line"));
    }
    if !balance.is_zero() {
        faults.push(Fault::business("Please balance debits and credits."));
    }
    Refusal::of(faults)?;
    row.fields.insert("Line".into(), Value::Array(kept));
    values::default(&mut row.fields, "TxnDate", || {
        values::day_text(values::today(cx.now))
    });
    values::default(&mut row.fields, "Adjustment", || json!(false));
    Ok(())
}
