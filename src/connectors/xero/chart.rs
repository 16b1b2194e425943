//! The organisation, its accounts, tax rates, items, currencies and tracking categories: six calls.

use super::read::{broken, parse};
use super::{API, Xero};
use crate::connectors::json::{amount_opt, day, flag, list, text};
use crate::connectors::{CallError, Session};
use crate::model::{
    Account, AccountClass, Chart, Currency, LedgerItem, Organisation, TaxRate, TrackingCategory,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a chart is read from: the class of the call, its path, and the field of the answer.
const LISTS: [(&str, &str, &str); 6] = [
    ("organisation", "Organisation", "Organisations"),
    ("accounts", "Accounts", "Accounts"),
    ("tax_rates", "TaxRates", "TaxRates"),
    ("items", "Items", "Items"),
    ("currencies", "Currencies", "Currencies"),
    ("tracking", "TrackingCategories", "TrackingCategories"),
];

impl Xero {
    /// Reads the chart.
    pub(super) async fn read_chart(&self, session: &Session) -> Result<Chart, CallError> {
        let mut lists = Vec::with_capacity(LISTS.len());
        for (class, path, field) in LISTS {
            lists.push(self.list(session, class, path, field).await?);
        }
        let [
            organisations,
            accounts,
            tax_rates,
            items,
            currencies,
            tracking,
        ] = lists.as_slice()
        else {
            return Err(broken("the chart is not what was asked for"));
        };
        chart(Lists {
            organisations,
            accounts,
            tax_rates,
            items,
            currencies,
            tracking,
        })
        .map_err(broken)
    }

    async fn list(
        &self,
        session: &Session,
        class: &'static str,
        path: &str,
        field: &str,
    ) -> Result<Vec<Value>, CallError> {
        let answer = self
            .get(session, class, &format!("{API}/{path}"), None)
            .await?;
        let body = parse(&answer.body).map_err(broken)?;
        match body.get(field) {
            Some(Value::Array(elements)) => Ok(elements.clone()),
            // Null objects may be written as nothing.
            _ if answer.status == 200 && body.is_object() && body.get("Status").is_some() => {
                Ok(Vec::new())
            }
            _ => Err(broken(format!("the answer has no `{field}`"))),
        }
    }
}

/// The lists that a chart is made of, as Xero answers them.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    /// `Organisations`: one.
    pub organisations: &'a [Value],
    /// `Accounts`.
    pub accounts: &'a [Value],
    /// `TaxRates`.
    pub tax_rates: &'a [Value],
    /// `Items`.
    pub items: &'a [Value],
    /// `Currencies`: those that the organisation is subscribed to. A bank account proves nothing of them.
    pub currencies: &'a [Value],
    /// `TrackingCategories`.
    pub tracking: &'a [Value],
}

/// Builds the chart from its lists.
///
/// # Errors
/// A sentence: what cannot be read.
pub fn chart(lists: Lists<'_>) -> Result<Chart, String> {
    let first = lists.organisations.first();
    let mut organisation = organisation(first.ok_or("the answer has no organisation")?)?;
    let subscribed = lists.currencies.iter().map(|c| text(c, "Code"));
    let subscribed = subscribed.filter(|c| !c.is_empty());
    organisation.currencies.extend(subscribed);
    let mut rates = Vec::with_capacity(lists.tax_rates.len());
    for rate in lists.tax_rates {
        rates.extend(tax_rate(rate)?);
    }
    Ok(Chart {
        index: Default::default(),
        organisation,
        accounts: lists.accounts.iter().filter_map(account).collect(),
        tax_rates: rates,
        items: lists.items.iter().map(item).collect(),
        tracking: lists.tracking.iter().filter_map(tracking).collect(),
    })
}

/// A tracking category in use, with its options in use.
fn tracking(t: &Value) -> Option<TrackingCategory> {
    let used = |v: &&Value| matches!(text(v, "Status").as_str(), "" | "ACTIVE");
    let options = list(t, "Options").iter().filter(used);
    Some(t).filter(used).map(|t| TrackingCategory {
        name: text(t, "Name"),
        options: options.map(|o| text(o, "Name")).collect(),
    })
}

fn organisation(o: &Value) -> Result<Organisation, String> {
    let currency = text(o, "BaseCurrency");
    let currency = Currency::new(&currency).map_err(|e| format!("`BaseCurrency`: {e}"))?;
    Ok(Organisation {
        id: text(o, "OrganisationID"),
        name: text(o, "Name"),
        country: text(o, "CountryCode"),
        currency,
        currencies: BTreeSet::from([currency.code().to_owned()]),
        period_lock: lock_date(o, "PeriodLockDate")?,
        year_lock: lock_date(o, "EndOfYearLockDate")?,
    })
}

/// A lock date that is there must be readable: to miss one would post into a closed year.
fn lock_date(o: &Value, field: &str) -> Result<Option<chrono::NaiveDate>, String> {
    let given = text(o, field);
    if given.is_empty() {
        return Ok(None);
    }
    let found = day(&given).ok_or_else(|| format!("`{field}` cannot be read"))?;
    Ok(Some(found))
}

fn class(a: &Value) -> Option<AccountClass> {
    let by_class = match text(a, "Class").as_str() {
        "ASSET" => Some(AccountClass::Asset),
        "EQUITY" => Some(AccountClass::Equity),
        "EXPENSE" => Some(AccountClass::Expense),
        "LIABILITY" => Some(AccountClass::Liability),
        "REVENUE" => Some(AccountClass::Revenue),
        _ => None,
    };
    by_class.or(match text(a, "Type").as_str() {
        "BANK" | "CURRENT" | "FIXED" | "INVENTORY" | "NONCURRENT" | "PREPAYMENT" => {
            Some(AccountClass::Asset)
        }
        "EQUITY" => Some(AccountClass::Equity),
        "DEPRECIATN" | "DIRECTCOSTS" | "EXPENSE" | "OVERHEADS" => Some(AccountClass::Expense),
        "CURRLIAB" | "LIABILITY" | "TERMLIAB" | "PAYG" => Some(AccountClass::Liability),
        "OTHERINCOME" | "REVENUE" | "SALES" => Some(AccountClass::Revenue),
        _ => None,
    })
}

/// An account; one of a class that is not known cannot be used and is left out.
fn account(a: &Value) -> Option<Account> {
    let bank = text(a, "Type") == "BANK";
    Some(Account {
        id: text(a, "AccountID"),
        code: text(a, "Code"),
        name: text(a, "Name"),
        class: class(a)?,
        tax: text(a, "TaxType"),
        active: matches!(text(a, "Status").as_str(), "" | "ACTIVE"),
        takes_payments: bank || flag(a, "EnablePaymentsToAccount") == Some(true),
        bank,
        system: text(a, "SystemAccount"),
    })
}

/// A tax rate; one without a rate cannot be computed with and is left out.
fn tax_rate(t: &Value) -> Result<Option<TaxRate>, String> {
    let code = text(t, "TaxType");
    let percent = amount_opt(t, "EffectiveRate").map_err(|e| format!("tax rate {code}: {e}"))?;
    let applies = [
        ("CanApplyToAssets", AccountClass::Asset),
        ("CanApplyToEquity", AccountClass::Equity),
        ("CanApplyToExpenses", AccountClass::Expense),
        ("CanApplyToLiabilities", AccountClass::Liability),
        ("CanApplyToRevenue", AccountClass::Revenue),
    ];
    Ok(percent.map(|percent| TaxRate {
        name: text(t, "Name"),
        percent,
        active: matches!(text(t, "Status").as_str(), "" | "ACTIVE"),
        applies_to: applies
            .into_iter()
            .filter(|(field, _)| flag(t, field) == Some(true))
            .map(|(_, class)| class)
            .collect(),
        code,
    }))
}

fn item(i: &Value) -> LedgerItem {
    let sales = i.get("SalesDetails").unwrap_or(&Value::Null);
    LedgerItem {
        id: text(i, "ItemID"),
        code: text(i, "Code"),
        name: text(i, "Name"),
        account: text(sales, "AccountCode"),
        tax: text(sales, "TaxType"),
    }
}
