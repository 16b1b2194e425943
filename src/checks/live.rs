//! A tenant's file against the ledger's own chart: what would be held later is told now, at its line.
//!
//! Flows in: a compiled file and a chart. Flows out: diagnostics. The ledger's words for a status are checked when the
//! file is compiled, since they are the same for every organisation. What a rule will set is not known here.

use super::accounts;
use crate::mapping::{Answer, At, Located, LockedPeriod, Mapping, RowUse, Totals};
use crate::model::{Account, AccountRef, Chart, Diagnostic, Reason, Start, TaxRate};

/// The most items named in one diagnostic.
const MOST_NAMED: usize = 8;

/// The most likely code for one that was mistyped, in the ledger's own letters.
fn near<'a>(given: &str, codes: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let codes: Vec<(String, &str)> = codes.map(|c| (c.to_lowercase(), c)).collect();
    let found = crate::mapping::nearest(given, codes.iter().map(|(low, _)| low.as_str()))?;
    codes
        .iter()
        .find(|(low, _)| low == found)
        .map(|(_, code)| *code)
}

struct Live<'a> {
    mapping: &'a Mapping,
    chart: &'a Chart,
    told: Vec<Diagnostic>,
}

/// Compares a tenant's file with its ledger.
pub fn live(mapping: &Mapping, chart: &Chart) -> Vec<Diagnostic> {
    let mut live = Live {
        mapping,
        chart,
        told: Vec::new(),
    };
    live.currency();
    live.accounts();
    live.payments();
    live.tax();
    live.rounding();
    live.items();
    live.locks();
    live.told
}

impl<'a> Live<'a> {
    fn error(&mut self, at: At, code: &str, what: String, fix: String) {
        self.told
            .push(Diagnostic::error(self.mapping.place(at), code, what, fix));
    }

    fn warning(&mut self, at: At, code: &str, what: String, fix: String) {
        self.told
            .push(Diagnostic::warning(self.mapping.place(at), code, what, fix));
    }

    fn reason(&mut self, at: At, reason: Reason) {
        self.error(at, &reason.code, reason.what, reason.fix);
    }

    fn currency(&mut self) {
        let currency = &self.mapping.currency;
        let org = &self.chart.organisation;
        let code = currency.value.code();
        if org.currency == currency.value || org.currencies.contains(code) {
            return;
        }
        let what = format!(
            "{} keeps its books in {}, and has no {code}",
            org.name,
            org.currency.code()
        );
        let fix = format!("Correct `currency`, or add {code} to the organisation.");
        self.error(currency.at, "currency.unknown", what, fix);
    }

    /// An account that lines may use, by its code; what is wrong with it is told.
    fn line_account(&mut self, code: &str, at: At) -> Option<&'a Account> {
        let Some(account) = self.chart.account(code) else {
            let codes = self
                .chart
                .accounts
                .iter()
                .filter(|a| a.active && !a.code.is_empty());
            let fix = match near(code, codes.map(|a| a.code.as_str())) {
                Some(near) => format!("Is \"{near}\" ({}) meant?", self.name_of(near)),
                None => "Write the code of one of the ledger's accounts.".to_owned(),
            };
            self.error(
                at,
                "account.unknown",
                format!("The ledger has no account {code}"),
                fix,
            );
            return None;
        };
        let name = format!("{code} ({})", account.name);
        if !account.active {
            let fix = "Use another account, or restore it in the ledger.".to_owned();
            self.error(
                at,
                "account.archived",
                format!("Account {name} is archived"),
                fix,
            );
            return None;
        }
        if account.bank || ["DEBTORS", "CREDITORS"].contains(&account.system.as_str()) {
            let fix = "Use a revenue account.".to_owned();
            let what = format!("Account {name} takes no document lines");
            self.error(at, "account.system", what, fix);
            return None;
        }
        Some(account)
    }

    fn name_of(&self, code: &str) -> &'a str {
        self.chart.account(code).map_or("", |a| a.name.as_str())
    }

    fn accounts(&mut self) {
        let mapping = self.mapping;
        for row in &mapping.accounts {
            if let RowUse::Code(code) = &row.take {
                self.line_account(code, row.at);
            }
        }
    }

    fn payments(&mut self) {
        let mapping = self.mapping;
        let Some(payments) = &mapping.payments_account else {
            return;
        };
        let rows = payments.by_method.iter().map(|(_, r)| r);
        for row in rows.chain([&payments.other]) {
            if let Some(wanted) = &row.value {
                self.bank(wanted, row.at);
            }
        }
    }

    fn bank(&mut self, wanted: &AccountRef, at: At) {
        if let Err(reason) = accounts::payment(self.chart, wanted) {
            self.reason(at, reason);
        }
    }

    fn rate(&mut self, code: &str, at: At) -> Option<&'a TaxRate> {
        let found = self.chart.tax_rate(code);
        if let Some(rate) = found.filter(|r| r.active) {
            return Some(rate);
        }
        let rates = || self.chart.tax_rates.iter().filter(|r| r.active);
        let fix = match near(code, rates().map(|r| r.code.as_str())) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => {
                let all: Vec<&str> = rates().map(|r| r.code.as_str()).collect();
                format!("The ledger's codes are: {}.", all.join(", "))
            }
        };
        let what = match found {
            Some(_) => format!("Tax code {code} is not in use in the ledger"),
            None => format!("The ledger has no tax code {code}"),
        };
        self.error(at, "tax.unknown", what, fix);
        None
    }

    fn tax(&mut self) {
        let tax = &self.mapping.tax;
        let word = |a: &'a Option<Located<Answer>>| a.as_ref();
        let by_rate = tax
            .by_rate
            .rows()
            .map(|(_, a)| a)
            .chain([tax.by_rate.other()]);
        let own = [
            (word(&tax.taxable), Some(true)),
            (word(&tax.zero), Some(false)),
        ];
        let own = own.into_iter().filter_map(|(a, t)| Some((a?, t)));
        let all: Vec<_> = own.chain(by_rate.map(|a| (a, None))).collect();
        let mut done = Vec::new();
        for (answer, taxable) in all {
            let Answer::Use(code) = &answer.value else {
                continue;
            };
            // The `else` and a row may say the same on one line.
            if done.contains(&(code, answer.at)) {
                continue;
            }
            done.push((code, answer.at));
            if let Some(rate) = self.rate(code, answer.at) {
                self.pairs(rate, answer.at, taxable);
            }
        }
    }

    /// A tax code with every account it may meet.
    fn pairs(&mut self, rate: &TaxRate, at: At, taxable: Option<bool>) {
        let mapping = self.mapping;
        let mut told = Vec::new();
        for row in &mapping.accounts {
            let meets = row.taxable.is_none() || taxable.is_none() || row.taxable == taxable;
            let RowUse::Code(code) = &row.take else {
                continue;
            };
            let Some(account) = self.chart.account(code).filter(|a| a.active && meets) else {
                continue;
            };
            if rate.applies_to.contains(&account.class) || told.contains(&code) {
                continue;
            }
            told.push(code);
            let what = format!(
                "Tax code {} may not be used with account {code} ({}), which {} gives",
                rate.code,
                account.name,
                mapping.place(row.at)
            );
            let fix =
                "A line that meets both is held: use another account there, or another code here.";
            self.warning(at, "tax.incompatible", what, fix.to_owned());
        }
    }

    fn rounding(&mut self) {
        let totals = &self.mapping.guard.totals;
        if let Totals::Rounding { account, .. } = &totals.value {
            self.line_account(account, totals.at);
        }
    }

    fn items(&mut self) {
        let Some(items) = &self.mapping.match_items else {
            return;
        };
        let at = items.take.at;
        if self.chart.items.is_empty() {
            let fix = "Add items to the ledger, or set `match.items: off`.".to_owned();
            self.warning(
                at,
                "item.none",
                "The ledger has no items to match by SKU".to_owned(),
                fix,
            );
            return;
        }
        let usable = |code: &str| {
            self.chart
                .account(code)
                .is_some_and(|a| a.active && !a.bank)
        };
        let bad: Vec<&str> = (self.chart.items.iter())
            .filter(|i| !usable(&i.account))
            .map(|i| i.code.as_str())
            .collect();
        if bad.is_empty() {
            return;
        }
        let mut named = bad
            .iter()
            .take(MOST_NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        if bad.len() > MOST_NAMED {
            named.push_str(&format!(" and {} more", bad.len() - MOST_NAMED));
        }
        let what = format!(
            "{} item(s) of the ledger have no usable sales account: {named}",
            bad.len()
        );
        let fix =
            "Give them one in the ledger; until then the accounts table decides for their lines."
                .to_owned();
        self.warning(at, "item.account", what, fix);
    }

    fn locks(&mut self) {
        let mapping = self.mapping;
        let Some(lock) = self.chart.organisation.locked_until() else {
            return;
        };
        let from = match &mapping.sync.start.value {
            Start::InvoiceDate(day) if *day <= lock => format!("the start of {day}"),
            Start::Beginning => "the beginning".to_owned(),
            _ => return,
        };
        let becomes = match mapping.guard.locked_period.value {
            LockedPeriod::Hold => "they are held",
            LockedPeriod::FirstOpenDay => "they are dated the first open day",
            LockedPeriod::Fail => "they are refused",
        };
        let what = format!("Documents from {from} until {lock} lie in a locked period: {becomes}");
        let fix = format!(
            "If that is not meant, start at {}, or change `guard.locked_period`.",
            lock.succ_opt().unwrap_or(lock)
        );
        self.warning(mapping.sync.start.at, "period.locked", what, fix);
    }
}
