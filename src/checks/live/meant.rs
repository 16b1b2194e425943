//! What may be meant by a code the ledger does not have, as a sentence that ends a diagnostic.
//!
//! Flows in: what was written, and the chart. Flows out: the nearest code with its name, the code of a name that was
//! written in its place, or the codes there are. Bounded by [`MOST`] of them.

use crate::mapping::nearest;
use crate::model::{Account, Chart};

/// The most codes, accounts or items named in one diagnostic.
pub const MOST: usize = 12;

/// The account of a line that a code was probably meant for.
pub fn account(chart: &Chart, code: &str) -> String {
    let open = || {
        let accounts = chart.accounts.iter();
        accounts.filter(|a| a.active && !a.bank && !a.code.is_empty())
    };
    if let Some(named) = open().find(|a| a.name.eq_ignore_ascii_case(code)) {
        return format!("That is a name; its code is \"{}\".", named.code);
    }
    // Of a code that is made of parts, one that is merely like it is another division's, or another kind of income.
    let structured = code.chars().any(|c| !c.is_alphanumeric());
    let near = || {
        let near = nearest(code, open().map(|a| a.code.as_str()))?;
        chart.account(near).filter(|_| !structured)
    };
    match crate::checks::meant::account(chart, code).or_else(near) {
        Some(a) => format!("Did you mean \"{}\" ({})?", a.code, a.name),
        None => "Add the account to the ledger, or use the code of one it has.".to_owned(),
    }
}

/// The accounts that take payments.
pub fn payments_account(chart: &Chart) -> String {
    let takes = |a: &&Account| a.active && (a.bank || a.takes_payments);
    let shown = |a: &Account| match a.code.as_str() {
        "" => format!("{{ name: \"{}\" }}", a.name),
        code => format!("{{ code: \"{code}\" }} ({})", a.name),
    };
    let all = chart.accounts.iter().filter(takes).map(shown);
    match listed(all) {
        None => "Make a bank account in the ledger first.".to_owned(),
        Some(all) => format!("These take payments: {all}."),
    }
}

/// The tax code that was probably meant.
pub fn tax(chart: &Chart, code: &str) -> String {
    let rates = || chart.tax_rates.iter().filter(|t| t.active);
    if let Some(named) = rates().find(|t| t.name.eq_ignore_ascii_case(code)) {
        return format!("That is a name; its code is {}.", named.code);
    }
    if let Some(near) = nearest(code, rates().map(|t| t.code.as_str())) {
        return format!("Did you mean `{near}`?");
    }
    match listed(rates().map(|t| format!("{} ({})", t.code, t.name))) {
        None => "Add the tax rate to the ledger first.".to_owned(),
        Some(all) => format!("The ledger's codes are: {all}."),
    }
}

/// At most [`MOST`] of some words with commas, and how many more there are; `None` when there is none.
pub fn listed(all: impl Iterator<Item = String>) -> Option<String> {
    let mut all: Vec<String> = all.collect();
    if all.is_empty() {
        return None;
    }
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let mut text = all.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    Some(text)
}
