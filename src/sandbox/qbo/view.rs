//! How a row is shown: its fields, its version, its sums, and the names of what it points at.
//!
//! References get the name that the other has now.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Key, Row};
use super::kinds::{Family, Kind};
use super::money;
use super::values::{self, Fields};

/// References that are shown with a name, and what they point at.
const NAMED: &[(&str, Kind)] = &[
    ("CustomerRef", Kind::Customer),
    ("VendorRef", Kind::Vendor),
    ("ItemRef", Kind::Item),
    ("AccountRef", Kind::Account),
    ("ItemAccountRef", Kind::Account),
    ("IncomeAccountRef", Kind::Account),
    ("ExpenseAccountRef", Kind::Account),
    ("AssetAccountRef", Kind::Account),
    ("DepositToAccountRef", Kind::Account),
    ("APAccountRef", Kind::Account),
    ("DiscountAccountRef", Kind::Account),
    ("ClassRef", Kind::Class),
    ("DepartmentRef", Kind::Department),
    ("PaymentMethodRef", Kind::PaymentMethod),
];

/// What customers and vendors owe and are owed: worked out once for all of them.
#[derive(Debug, Default)]
pub(super) struct Balances {
    own: BTreeMap<Key, Decimal>,
    /// What the jobs of a customer come to.
    jobs: BTreeMap<u64, Decimal>,
}

impl Balances {
    fn of(&self, row: &Row) -> Decimal {
        row.sums.open + self.own.get(&row.key).copied().unwrap_or_default()
    }
}

/// The name a row is known by.
pub(super) fn name_of(row: &Row) -> String {
    let first = match row.kind().family() {
        Family::Party => "DisplayName",
        _ => "Name",
    };
    values::text(&row.fields, first).unwrap_or_default()
}

/// What is open for each customer and vendor.
pub(super) fn balances(co: &Company) -> Balances {
    let mut all = Balances::default();
    let mut add = |row: &Row, kind: Kind, field: &str, amount: Decimal| {
        let id = values::reference(&row.fields, field).and_then(|id| id.parse().ok());
        if let (Some(id), false) = (id, amount.is_zero()) {
            *all.own.entry((kind, id)).or_default() += amount;
        }
    };
    for row in co.all(Kind::Invoice) {
        add(row, Kind::Customer, "CustomerRef", row.sums.open);
    }
    for row in co.all(Kind::CreditMemo).chain(co.all(Kind::Payment)) {
        add(row, Kind::Customer, "CustomerRef", -row.sums.open);
    }
    for row in co.all(Kind::Bill) {
        add(row, Kind::Vendor, "VendorRef", row.sums.open);
    }
    for job in co.all(Kind::Customer) {
        let parent = values::reference(&job.fields, "ParentRef").and_then(|id| id.parse().ok());
        if let Some(parent) = parent {
            let more = all.of(job);
            *all.jobs.entry(parent).or_default() += more;
        }
    }
    all
}

/// A row with its version, as every answer has it.
pub(super) fn show(co: &Company, row: &Row, owed: &Balances) -> Value {
    let mut out = row.fields.clone();
    out.insert("domain".into(), json!("QBO"));
    out.insert("sparse".into(), json!(false));
    out.insert("Id".into(), json!(row.id()));
    out.insert("SyncToken".into(), json!(row.token.to_string()));
    out.insert(
        "MetaData".into(),
        json!({"CreateTime": values::stamp(row.created), "LastUpdatedTime": values::stamp(row.updated)}),
    );
    match row.kind() {
        Kind::Customer => customer(row, owed, &mut out),
        Kind::Vendor => {
            out.insert("Balance".into(), money::amount(owed.of(row)));
        }
        kind if kind.is_transaction() => sums(co, row, &mut out),
        _ => {}
    }
    names(co, &mut out);
    Value::Object(out)
}

fn customer(row: &Row, owed: &Balances, out: &mut Fields) {
    let jobs = owed.jobs.get(&row.key.1).copied().unwrap_or_default();
    out.insert("Balance".into(), money::amount(owed.of(row)));
    out.insert("BalanceWithJobs".into(), money::amount(owed.of(row) + jobs));
}

fn sums(co: &Company, row: &Row, out: &mut Fields) {
    let kind = row.kind();
    if kind == Kind::JournalEntry {
        return;
    }
    out.insert("TotalAmt".into(), money::amount(row.sums.total));
    match kind {
        Kind::Payment => {
            out.insert("UnappliedAmt".into(), money::amount(row.sums.open));
        }
        Kind::CreditMemo => {
            out.insert("Balance".into(), money::amount(row.sums.open));
            out.insert("RemainingCredit".into(), money::amount(row.sums.open));
        }
        Kind::Estimate | Kind::PurchaseOrder => {}
        _ => {
            out.insert("Balance".into(), money::amount(row.sums.open));
        }
    }
    if !row.links.is_empty() || matches!(kind, Kind::Invoice | Kind::Bill) {
        let links = row
            .links
            .iter()
            .map(|l| json!({"TxnId": l.id, "TxnType": l.kind}));
        out.insert("LinkedTxn".into(), Value::Array(links.collect()));
    }
    if co.prefers("CurrencyPrefs", "MultiCurrencyEnabled") && kind != Kind::Payment {
        let rate = values::dec(&row.fields, "ExchangeRate").unwrap_or(Decimal::ONE);
        out.insert("HomeTotalAmt".into(), money::amount(row.sums.total * rate));
        if kind == Kind::Invoice {
            out.insert("HomeBalance".into(), money::amount(row.sums.open * rate));
        }
    }
}

/// Gives references the names that the others have now, at every depth.
fn names(co: &Company, fields: &mut Fields) {
    for (field, value) in fields.iter_mut() {
        match value {
            Value::Object(inner) => match NAMED.iter().find(|(n, _)| n == field) {
                Some((_, kind)) => name(co, *kind, inner),
                None => names(co, inner),
            },
            Value::Array(list) => {
                for inner in list.iter_mut().filter_map(Value::as_object_mut) {
                    names(co, inner);
                }
            }
            _ => {}
        }
    }
}

fn name(co: &Company, kind: Kind, reference: &mut Fields) {
    let id = values::text(reference, "value").unwrap_or_default();
    if let Some(row) = co.find(kind, &id) {
        let name = match kind {
            Kind::Account => {
                values::text(&row.fields, "FullyQualifiedName").unwrap_or_else(|| name_of(row))
            }
            _ => name_of(row),
        };
        reference.insert("name".into(), json!(name));
    }
}

/// A row as a read by its id shows it.
pub(super) fn read(co: &Company, row: &Row) -> Value {
    let owed = match row.kind().family() {
        Family::Party => balances(co),
        _ => Balances::default(),
    };
    show(co, row, &owed)
}

/// What is told of a row that was deleted.
pub(super) fn deleted(key: Key) -> Value {
    json!({"domain": "QBO", "status": "Deleted", "Id": key.1.to_string()})
}
