//! The company, its accounts, tax codes and items: one batch of queries, and the further pages of what is long.
//!
//! A tax code is told as a draft's line names it: `TAX:2` and `NON` for a company of the United States, where a line says
//! only whether it is taxed and the document by which code; anywhere else by its number. What it comes to is the sum of its
//! rates for sales. An item is told by its SKU, else by its name.

use super::Qbo;
use super::connect::realm;
use super::faults;
use super::query::{PAGE, select};
use super::read::{broken, named, no_answer, parse};
use crate::connectors::json::{amount_opt, day, flag, list, text};
use crate::connectors::{CallError, Session, SetOfBooks};
use crate::model::{
    Account, AccountClass, Chart, Currency, LedgerItem, Organisation, TaxRate, money,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a chart is read from.
const LISTS: [&str; 6] = [
    "CompanyInfo",
    "Preferences",
    "Account",
    "TaxCode",
    "TaxRate",
    "Item",
];
/// What a company that deals in several currencies is asked for besides.
const CURRENCY: &str = "CompanyCurrency";
/// The most pages of one of them.
const PAGES: usize = 200;

impl Qbo {
    /// The company that the person picked, with its name.
    pub(super) async fn company(&self, session: &Session) -> Result<SetOfBooks, CallError> {
        let id = realm(session)?.to_owned();
        let answer = self
            .get(session, "companyinfo", &format!("/companyinfo/{id}"))
            .await?;
        let body = parse(&answer.body).map_err(broken)?;
        let info = body.get("CompanyInfo").unwrap_or(&Value::Null);
        let name = text(info, "CompanyName");
        if name.is_empty() {
            return Err(broken("the answer has no `CompanyInfo.CompanyName`"));
        }
        Ok(SetOfBooks { id, name })
    }

    /// Reads the chart.
    pub(super) async fn read_chart(&self, session: &Session) -> Result<Chart, CallError> {
        let asked: Vec<String> = LISTS.iter().map(|e| select(e, &[], 1)).collect();
        let mut lists = self.ask_all(session, "chart", &asked, &LISTS).await?;
        for (entity, rows) in LISTS.iter().zip(&mut lists) {
            let mut last = rows.len();
            for _ in 1..PAGES {
                if last < PAGE {
                    break;
                }
                let more = select(entity, &[], rows.len() + 1);
                let more = self.rows(session, "chart", entity, more).await?;
                last = more.len();
                rows.extend(more);
            }
        }
        let [info, preferences, accounts, codes, rates, items] = lists.as_slice() else {
            return Err(broken("the chart is not what was asked for"));
        };
        // Only a company that deals in several has any beside its own.
        let currencies = match preferences.first().is_some_and(deals_in_several) {
            true => {
                let asked = select(CURRENCY, &[], 1);
                self.rows(session, "chart", CURRENCY, asked).await?
            }
            false => Vec::new(),
        };
        chart(&CompanyLists {
            currencies: &currencies,
            info: info
                .first()
                .ok_or_else(|| broken("the answer has no company"))?,
            preferences: preferences
                .first()
                .ok_or_else(|| broken("the answer has no preferences"))?,
            accounts,
            codes,
            rates,
            items,
        })
        .map_err(broken)
    }

    /// Asks several questions in one call, and gives the rows of each. A question that is refused bars the whole answer.
    pub(super) async fn ask_all(
        &self,
        session: &Session,
        class: &'static str,
        statements: &[String],
        entities: &[&str],
    ) -> Result<Vec<Vec<Value>>, CallError> {
        let item =
            |(n, statement): (usize, &String)| json!({"bId": format!("q{n}"), "Query": statement});
        let items: Vec<Value> = statements.iter().enumerate().map(item).collect();
        let body = json!({ "BatchItemRequest": items });
        let answer = self
            .put(session, class, "/batch", body.to_string(), true)
            .await?;
        if answer.status != 200 {
            return Err(no_answer(answer.status, &answer.body));
        }
        let body = parse(&answer.body).map_err(broken)?;
        let told = list(&body, "BatchItemResponse");
        let mut out = Vec::with_capacity(entities.len());
        for (n, entity) in entities.iter().enumerate() {
            let bid = format!("q{n}");
            let one = told.iter().find(|t| text(t, "bId") == bid);
            let one =
                one.ok_or_else(|| broken(format!("the question for {entity} is not answered")))?;
            let fault = faults::told(one);
            if !fault.is_empty() || one.get("QueryResponse").is_none() {
                let said: Vec<String> = fault.into_iter().map(|t| t.words).collect();
                return Err(broken(format!("{entity}: {}", said.join(" | "))));
            }
            out.push(faults::rows(one, entity).to_vec());
        }
        Ok(out)
    }
}

/// The lists that a chart is made of, as Intuit answers them.
pub struct CompanyLists<'a> {
    /// The company.
    pub info: &'a Value,
    /// Its preferences.
    pub preferences: &'a Value,
    /// Currencies beside its own.
    pub currencies: &'a [Value],
    /// Accounts in use.
    pub accounts: &'a [Value],
    /// Tax codes in use.
    pub codes: &'a [Value],
    /// Tax rates.
    pub rates: &'a [Value],
    /// Items in use.
    pub items: &'a [Value],
}

/// Builds the chart from its lists.
///
/// # Errors
/// A sentence: what cannot be read.
pub fn chart(lists: &CompanyLists<'_>) -> Result<Chart, String> {
    let states = text(lists.info, "Country") == "US";
    let mut accounts = Vec::with_capacity(lists.accounts.len());
    accounts.extend(lists.accounts.iter().filter_map(account));
    Ok(Chart {
        organisation: organisation(lists)?,
        accounts,
        tax_rates: tax_rates(lists, states)?,
        items: lists.items.iter().filter_map(item).collect(),
        tracking: Vec::new(),
        index: Default::default(),
    })
}

fn group<'a>(preferences: &'a Value, name: &str) -> &'a Value {
    preferences.get(name).unwrap_or(&Value::Null)
}

fn deals_in_several(preferences: &Value) -> bool {
    flag(group(preferences, "CurrencyPrefs"), "MultiCurrencyEnabled") == Some(true)
}

fn organisation(lists: &CompanyLists<'_>) -> Result<Organisation, String> {
    let money = group(lists.preferences, "CurrencyPrefs");
    let home = named(money, "HomeCurrency");
    let currency = Currency::new(&home).map_err(|e| format!("`HomeCurrency`: {e}"))?;
    let books = group(lists.preferences, "AccountingInfoPrefs");
    let closed = text(books, "BookCloseDate");
    let closed = match closed.as_str() {
        "" => None,
        // To miss it would post into closed books.
        given => Some(day(given).ok_or("`BookCloseDate` cannot be read")?),
    };
    let others = lists.currencies.iter().map(|c| text(c, "Code"));
    Ok(Organisation {
        id: text(lists.info, "Id"),
        name: text(lists.info, "CompanyName"),
        country: text(lists.info, "Country"),
        currencies: others.chain([currency.code().to_owned()]).collect(),
        currency,
        period_lock: closed,
        year_lock: None,
    })
}

fn class(a: &Value) -> Option<AccountClass> {
    match text(a, "Classification").as_str() {
        "Asset" => Some(AccountClass::Asset),
        "Equity" => Some(AccountClass::Equity),
        "Expense" => Some(AccountClass::Expense),
        "Liability" => Some(AccountClass::Liability),
        "Revenue" => Some(AccountClass::Revenue),
        _ => match text(a, "AccountType").as_str() {
            "Bank"
            | "Other Current Asset"
            | "Fixed Asset"
            | "Other Asset"
            | "Accounts Receivable" => Some(AccountClass::Asset),
            "Equity" => Some(AccountClass::Equity),
            "Expense" | "Other Expense" | "Cost of Goods Sold" => Some(AccountClass::Expense),
            "Accounts Payable"
            | "Credit Card"
            | "Long Term Liability"
            | "Other Current Liability" => Some(AccountClass::Liability),
            "Income" | "Other Income" => Some(AccountClass::Revenue),
            _ => None,
        },
    }
}

/// An account; one of a class that is not known cannot be used and is left out.
fn account(a: &Value) -> Option<Account> {
    let (kind, sub) = (text(a, "AccountType"), text(a, "AccountSubType"));
    let full = text(a, "FullyQualifiedName");
    Some(Account {
        id: text(a, "Id"),
        code: text(a, "AcctNum"),
        name: match full.is_empty() {
            true => text(a, "Name"),
            false => full,
        },
        class: class(a)?,
        tax: String::new(),
        active: flag(a, "Active") != Some(false),
        // Money waits among the undeposited funds until it is taken to the bank.
        takes_payments: matches!(kind.as_str(), "Bank" | "Other Current Asset"),
        bank: kind == "Bank",
        system: match sub.as_str() {
            "AccountsReceivable" | "AccountsPayable" | "UndepositedFunds" => sub,
            _ => String::new(),
        },
    })
}

fn tax_rates(lists: &CompanyLists<'_>, states: bool) -> Result<Vec<TaxRate>, String> {
    let mut by_id: BTreeMap<String, Decimal> = BTreeMap::new();
    for rate in lists.rates {
        let id = text(rate, "Id");
        let percent = amount_opt(rate, "RateValue").map_err(|e| format!("tax rate {id}: {e}"))?;
        by_id.extend(percent.map(|p| (id, p)));
    }
    let mut all = Vec::new();
    for code in lists.codes {
        let id = text(code, "Id");
        let rate = |code: String, percent: Decimal, name: String| TaxRate {
            code,
            name,
            percent,
            active: true,
            applies_to: BTreeSet::new(),
        };
        let name = text(code, "Name");
        match (states, id.as_str()) {
            (true, "NON") => all.push(rate(id, Decimal::ZERO, name)),
            (true, "TAX") => {}
            _ => {
                let Some(percent) = of_sales(code, &by_id) else {
                    continue;
                };
                let own = if states { format!("TAX:{id}") } else { id };
                all.push(rate(own, percent, name));
            }
        }
    }
    Ok(all)
}

/// What a code comes to on sales; none where it has no rates for these, or one that is not told.
fn of_sales(code: &Value, rates: &BTreeMap<String, Decimal>) -> Option<Decimal> {
    let details = list(code.get("SalesTaxRateList")?, "TaxRateDetail");
    let each: Option<Vec<Decimal>> = (details.iter())
        .map(|d| rates.get(&named(d, "TaxRateRef")).copied())
        .collect();
    each.filter(|all| !all.is_empty())
        .map(|all| money::sum(all.into_iter()))
}

/// An item that a line can name: no category and no bundle.
fn item(i: &Value) -> Option<LedgerItem> {
    let usable = !matches!(text(i, "Type").as_str(), "Category" | "Group" | "Bundle");
    let (sku, name) = (text(i, "Sku"), text(i, "FullyQualifiedName"));
    let name = match name.is_empty() {
        true => text(i, "Name"),
        false => name,
    };
    usable.then(|| LedgerItem {
        id: text(i, "Id"),
        code: match sku.trim().is_empty() {
            true => name.clone(),
            false => sku,
        },
        name,
        account: named(i, "IncomeAccountRef"),
        tax: String::new(),
    })
}
