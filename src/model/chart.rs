//! Everything about the ledger that is not a document: the organisation, accounts, tax rates, items.

use super::diagnostic::Place;
use super::ids::Fingerprint;
use super::money::Currency;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The class of an account, on which the permitted tax codes depend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountClass {
    /// Assets.
    Asset,
    /// Equity.
    Equity,
    /// Expenses.
    Expense,
    /// Liabilities.
    Liability,
    /// Revenue.
    Revenue,
}

/// One account of the chart of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The ledger's id.
    pub id: String,
    /// Its code; bank accounts may have none.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: AccountClass,
    /// The account's own tax code, or empty.
    pub tax: String,
    /// Whether it is in use (not archived, not deleted).
    pub active: bool,
    /// Whether payments may be put to it.
    pub takes_payments: bool,
    /// Whether it is a bank account, which no line may use.
    pub bank: bool,
    /// Whether the ledger keeps it for itself (debtors, creditors, tax), or the name of that use.
    pub system: String,
}

/// A tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Per cent, effective.
    pub percent: Decimal,
    /// Whether it is in use.
    pub active: bool,
    /// The account classes it may be used with.
    pub applies_to: BTreeSet<AccountClass>,
}

/// An item of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerItem {
    /// The ledger's id.
    pub id: String,
    /// Its code, which a source's SKU is compared with.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The account its sales go to, or empty.
    pub account: String,
    /// The tax code of its sales, or empty.
    pub tax: String,
}

/// A tracking category: a dimension that a line can carry beside its account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TrackingCategory {
    /// Its name.
    pub name: String,
    /// What it can say, those in use alone.
    pub options: Vec<String>,
}

/// A tracking category that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// The category.
    pub category: String,
    /// Its option, where that is written as it stands.
    pub option: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// The organisation whose books these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// The ledger's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its country, two letters.
    pub country: String,
    /// The currency its books are kept in.
    pub currency: Currency,
    /// The currencies a document can be in, as the ledger lists them.
    pub currencies: BTreeSet<String>,
    /// No document may be dated on or before this day.
    pub period_lock: Option<NaiveDate>,
    /// No document may be dated on or before this day, whoever posts it.
    pub year_lock: Option<NaiveDate>,
}

impl Organisation {
    /// The later of the two lock dates.
    pub fn locked_until(&self) -> Option<NaiveDate> {
        self.period_lock.max(self.year_lock)
    }
}

/// Accounts, tax rates, items, tracking and lock dates: everything about the ledger that is not a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// The organisation.
    pub organisation: Organisation,
    /// Accounts, by code where they have one, in the ledger's order.
    pub accounts: Vec<Account>,
    /// Tax rates.
    pub tax_rates: Vec<TaxRate>,
    /// Items.
    pub items: Vec<LedgerItem>,
    /// Tracking categories in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracking: Vec<TrackingCategory>,
    /// Where each account stands, found out when it is first asked for.
    #[serde(skip)]
    pub index: ChartIndex,
}

/// The places of a chart's accounts in the order of their codes. It says nothing of its own: two charts with
/// the same accounts are equal whether or not anybody has asked them for one.
#[derive(Debug, Clone, Default)]
pub struct ChartIndex(OnceLock<Box<[u32]>>);

impl PartialEq for ChartIndex {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for ChartIndex {}

fn places(accounts: &[Account]) -> Box<[u32]> {
    let mut places: Vec<u32> = (0..).take(accounts.len()).collect();
    // Stable, so that of two accounts with one code the first is found.
    places.sort_by_key(|p| accounts.get(*p as usize).map(|a| a.code.as_str()));
    places.into_boxed_slice()
}

impl Chart {
    /// The hash of all it says, by which it is kept and stands among the facts of a decision.
    pub fn hash(&self) -> Fingerprint {
        Fingerprint::of(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }

    /// The account with a code.
    pub fn account(&self, code: &str) -> Option<&Account> {
        if code.is_empty() {
            return None;
        }
        let places = self.index.0.get_or_init(|| places(&self.accounts));
        let of = |place: &u32| self.accounts.get(*place as usize);
        let at = places.partition_point(|p| of(p).is_some_and(|a| a.code.as_str() < code));
        let found = places.get(at).and_then(of).filter(|a| a.code == code);
        // The list may have been changed since: what is not where it was is looked for.
        found.or_else(|| self.accounts.iter().find(|a| a.code == code))
    }

    /// The tax rate with a code.
    pub fn tax_rate(&self, code: &str) -> Option<&TaxRate> {
        self.tax_rates.iter().find(|t| t.code == code)
    }
}
