//! What a body makes of a row's fields: all of them, or the ones it names.
//!
//! A full update clears what it does not name, but for what the vendor keeps in any case; a sparse one leaves it. A list that
//! is sent replaces the whole list. What is only read is passed over.

use serde_json::Value;

use super::books::Row;
use super::kinds::{Family, Kind};
use super::money;
use super::values::{self, Fields};

/// What no app can set.
const READ_ONLY: &[&str] = &["Id", "SyncToken", "MetaData", "domain", "sparse", "status"];

/// What tax is worked out from, beside its own detail.
pub(super) const TAXED: &[&str] = &[
    "Line",
    "ShipAddr",
    "CustomerRef",
    "ApplyTaxAfterDiscount",
    "GlobalTaxCalculation",
];

fn is_read_only(kind: Kind, field: &str) -> bool {
    let own: &[&str] = match kind.family() {
        Family::Sale => &[
            "TotalAmt",
            "Balance",
            "HomeTotalAmt",
            "HomeBalance",
            "RemainingCredit",
            "InvoiceLink",
            "DeliveryInfo",
        ],
        Family::Payment => &["UnappliedAmt", "LinkedTxn"],
        Family::Purchase | Family::Journal => &["TotalAmt", "Balance", "HomeBalance", "LinkedTxn"],
        Family::Party => &["Balance", "BalanceWithJobs", "FullyQualifiedName", "Level"],
        Family::List => &[
            "FullyQualifiedName",
            "Classification",
            "CurrentBalance",
            "CurrentBalanceWithSubAccounts",
        ],
        _ => &[],
    };
    READ_ONLY.contains(&field) || own.contains(&field)
}

/// What a full update that does not name it leaves as it is.
fn is_kept(kind: Kind, field: &str) -> bool {
    let own: &[&str] = match kind.family() {
        Family::Sale | Family::Payment | Family::Purchase | Family::Journal => &[
            "DocNumber",
            "TxnDate",
            "CurrencyRef",
            "ExchangeRate",
            "DepositToAccountRef",
        ],
        Family::Party => &["Active", "CurrencyRef"],
        Family::List => &[
            "Active",
            "Type",
            "AccountType",
            "AccountSubType",
            "CurrencyRef",
            "Classification",
            "CurrentBalance",
            "CurrentBalanceWithSubAccounts",
        ],
        Family::Setting => return true,
        _ => &[],
    };
    own.contains(&field)
}

/// The fields of a new row.
pub(super) fn new(kind: Kind, body: &Fields) -> Fields {
    let own = body
        .iter()
        .filter(|(k, v)| !is_read_only(kind, k) && values::says(v));
    own.map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// The fields of a row after an update.
pub(super) fn update(old: &Row, body: &Fields) -> Fields {
    let kind = old.kind();
    let sparse = values::flag(body, "sparse") == Some(true) || kind.family() == Family::Setting;
    let mut fields = old.fields.clone();
    if !sparse {
        fields.retain(|k, _| is_kept(kind, k));
    }
    for (field, value) in body {
        if is_read_only(kind, field) {
            continue;
        }
        match values::says(value) {
            false => {
                if sparse || !is_kept(kind, field) {
                    fields.remove(field);
                }
            }
            true if kind.family() == Family::Setting => settle_in(&mut fields, field, value),
            true => {
                fields.insert(field.clone(), value.clone());
            }
        }
    }
    let touched = !sparse || TAXED.iter().any(|f| body.contains_key(*f));
    if touched && !body.contains_key("TxnTaxDetail") {
        tax_anew(&mut fields);
    }
    if kind == Kind::Payment {
        values::default(&mut fields, "TotalAmt", || money::amount(old.sums.total));
    }
    fields
}

/// Settings are groups of words: a group that is sent changes the words it has.
fn settle_in(fields: &mut Fields, field: &str, value: &Value) {
    match (fields.get_mut(field), value) {
        (Some(Value::Object(group)), Value::Object(sent)) => {
            for (word, value) in sent {
                group.insert(word.clone(), value.clone());
            }
        }
        _ => {
            fields.insert(field.into(), value.clone());
        }
    }
}

/// Tax that was not sent is worked out again, by the code that stood.
fn tax_anew(fields: &mut Fields) {
    let Some(Value::Object(detail)) = fields.get_mut("TxnTaxDetail") else {
        return;
    };
    detail.retain(|k, _| k == "TxnTaxCodeRef");
}
