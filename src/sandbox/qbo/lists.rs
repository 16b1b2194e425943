//! Lists with a name of their own: items, accounts, classes, departments, terms, payment methods; and the settings.

use rust_decimal::Decimal;
use serde_json::json;

use super::books::{Company, Row};
use super::fault::{Fault, Refusal};
use super::kinds::Kind;
use super::parties::rested;
use super::refs;
use super::values;
use super::work::Cx;

/// Completes a row of a list, or says what is wrong with it.
pub(super) fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    refs::check(
        co,
        cx,
        &row.fields,
        old.map(|o| &o.fields),
        refs::LIST,
        &mut faults,
    );
    let Some(name) = values::text(&row.fields, "Name")
        .map(|n| n.trim().to_string())
        .filter(|n| !n.is_empty())
    else {
        faults.push(Fault::missing("Name"));
        return Refusal::of(faults);
    };
    if name.contains([':', '\t', '\n']) {
        faults.push(Fault::business(
            "The name can't have a colon, a tab or a new line.",
        ));
    }
    values::default(&mut row.fields, "Active", || json!(true));
    let name = rested(&name, row.active(), old);
    row.fields.insert("Name".into(), json!(name));
    if !matches!(row.kind(), Kind::Term | Kind::PaymentMethod) {
        qualified(co, cx, row, &name, &mut faults);
    }
    match row.kind() {
        Kind::Item => item(co, row, old, &mut faults),
        Kind::Account => account(co, row, &mut faults),
        Kind::Class => values::default(&mut row.fields, "SubClass", || json!(false)),
        Kind::Department => values::default(&mut row.fields, "SubDepartment", || json!(false)),
        Kind::Term => {
            values::default(&mut row.fields, "Type", || json!("STANDARD"));
            values::default(&mut row.fields, "DueDays", || json!(0));
        }
        _ => values::default(&mut row.fields, "Type", || json!("NON_CREDIT_CARD")),
    }
    if row.active() && taken(co, row) {
        faults.push(Fault::new(
            "6240",
            "The name supplied already exists. : null",
        ));
    }
    Refusal::of(faults)
}

fn qualified(co: &Company, cx: &Cx<'_>, row: &mut Row, name: &str, faults: &mut Vec<Fault>) {
    let parent = values::reference(&row.fields, "ParentRef");
    let found = parent
        .as_deref()
        .and_then(|id| refs::row(co, cx, row.kind(), id));
    if let (Some(id), None) = (&parent, found) {
        faults.push(Fault::reference(row.kind().list_word(), id));
    }
    let full = match found {
        Some(parent) => format!("{}:{name}", parent.text("FullyQualifiedName")),
        None => name.to_string(),
    };
    row.fields.insert("FullyQualifiedName".into(), json!(full));
}

fn taken(co: &Company, row: &Row) -> bool {
    let field = match row.kind() {
        Kind::Term | Kind::PaymentMethod => "Name",
        _ => "FullyQualifiedName",
    };
    let mine = row.text(field).to_lowercase();
    co.all(row.kind()).any(|other| {
        other.key != row.key && other.active() && other.text(field).to_lowercase() == mine
    })
}

fn item(co: &Company, row: &mut Row, old: Option<&Row>, faults: &mut Vec<Fault>) {
    values::default(&mut row.fields, "Type", || json!("Service"));
    let kind = row.text("Type");
    if old.is_none()
        && !matches!(
            kind.as_str(),
            "Service" | "NonInventory" | "Inventory" | "Category"
        )
    {
        faults.push(Fault::new("5030", "Requested feature is not supported."));
    }
    if kind == "Category" {
        return;
    }
    if values::reference(&row.fields, "IncomeAccountRef").is_none() {
        faults.push(Fault::missing("IncomeAccountRef"));
    }
    if kind == "Inventory" {
        if !matches!(co.edition.as_str(), "Plus" | "Advanced") {
            faults.push(Fault::new(
                "5020",
                "Permission Denied Error : inventory is not in this edition.",
            ));
        }
        let needed = [
            "AssetAccountRef",
            "ExpenseAccountRef",
            "TrackQtyOnHand",
            "QtyOnHand",
            "InvStartDate",
        ];
        let absent = needed
            .iter()
            .filter(|f| values::raw(&row.fields, f).is_none());
        faults.extend(absent.map(|f| Fault::missing(f)));
    }
    values::default(&mut row.fields, "Taxable", || json!(false));
    values::default(&mut row.fields, "UnitPrice", || json!(0));
    values::default(&mut row.fields, "PurchaseCost", || json!(0));
    values::default(&mut row.fields, "TrackQtyOnHand", || json!(false));
    for field in ["UnitPrice", "PurchaseCost", "QtyOnHand"] {
        if let Some(number) = values::dec(&row.fields, field) {
            row.fields.insert(field.into(), super::money::plain(number));
        }
    }
}

/// What each account type is classed as, and its usual sub type.
const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("Bank", "Asset", "Checking"),
    ("Accounts Receivable", "Asset", "AccountsReceivable"),
    ("Other Current Asset", "Asset", "OtherCurrentAssets"),
    ("Fixed Asset", "Asset", "FurnitureAndFixtures"),
    ("Other Asset", "Asset", "OtherLongTermAssets"),
    ("Accounts Payable", "Liability", "AccountsPayable"),
    ("Credit Card", "Liability", "CreditCard"),
    (
        "Other Current Liability",
        "Liability",
        "OtherCurrentLiabilities",
    ),
    (
        "Long Term Liability",
        "Liability",
        "OtherLongTermLiabilities",
    ),
    ("Equity", "Equity", "RetainedEarnings"),
    ("Income", "Revenue", "SalesOfProductIncome"),
    ("Cost of Goods Sold", "Expense", "SuppliesMaterialsCogs"),
    ("Expense", "Expense", "OtherMiscellaneousServiceCost"),
    ("Other Income", "Revenue", "OtherMiscellaneousIncome"),
    ("Other Expense", "Expense", "OtherMiscellaneousExpense"),
];

fn account(co: &Company, row: &mut Row, faults: &mut Vec<Fault>) {
    let kind = row.text("AccountType");
    let Some((_, class, usual)) = ACCOUNTS.iter().find(|(k, _, _)| *k == kind) else {
        faults.push(Fault::missing("AccountType"));
        return;
    };
    row.fields.insert("Classification".into(), json!(class));
    values::default(&mut row.fields, "AccountSubType", || json!(usual));
    values::default(&mut row.fields, "SubAccount", || json!(false));
    values::default(&mut row.fields, "CurrentBalance", || {
        super::money::amount(Decimal::ZERO)
    });
    values::default(&mut row.fields, "CurrentBalanceWithSubAccounts", || {
        super::money::amount(Decimal::ZERO)
    });
    let name = co
        .currency(&co.home)
        .map(|c| c.name.clone())
        .unwrap_or_default();
    values::default(&mut row.fields, "CurrencyRef", || {
        values::named(co.home.clone(), name)
    });
}
