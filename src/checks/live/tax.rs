//! The file's tax codes against the ledger's: there, in use, open to the accounts they meet, and carrying what they are for.

use super::{Live, meant};
use crate::mapping::{Answer, At, Located, RowUse};
use crate::model::TaxRate;
use crate::model::codes;

impl<'a> Live<'a> {
    fn rate(&mut self, code: &str, at: At) -> Option<&'a TaxRate> {
        let found = self.chart.tax_rate(code);
        if let Some(rate) = found.filter(|r| r.active) {
            return Some(rate);
        }
        let what = match found {
            Some(_) => format!("Tax code {code} is not in use in the ledger"),
            None => format!("The ledger has no tax code {code}"),
        };
        self.error(
            at,
            codes::TAX_UNKNOWN.as_str(),
            what,
            meant::tax(self.chart, code),
        );
        None
    }

    pub(super) fn tax(&mut self) {
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
        let of_rows = self.mapping.accounts.iter().filter_map(|r| r.tax.as_ref());
        let others = by_rate.chain(of_rows).map(|a| (a, None));
        let all: Vec<_> = own.chain(others).collect();
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
                self.carries(rate, answer.at, taxable);
                self.pairs(rate, answer.at, taxable);
            }
        }
    }

    /// Whether a code carries a tax where it is to carry none, or none where it is to carry one.
    fn carries(&mut self, rate: &TaxRate, at: At, taxable: Option<bool>) {
        let percent = rate.percent.normalize();
        match taxable {
            Some(false) if !rate.percent.is_zero() => {
                let what = format!(
                    "`tax.codes.zero` is {} ({}), which carries {percent} %: lines without tax would be taxed",
                    rate.code, rate.name
                );
                let free = self.chart.tax_rates.iter();
                let free = free.filter(|t| t.active && t.percent.is_zero());
                let free = meant::listed(free.map(|t| format!("{} ({})", t.code, t.name)));
                let fix = match free {
                    Some(all) => format!("Name a code without tax: {all}."),
                    None => "Add a tax rate of 0 % to the ledger, and name it.".to_owned(),
                };
                self.error(at, codes::TAX_ZERO_CARRIES.as_str(), what, fix);
            }
            Some(true) if rate.percent.is_zero() => {
                let what = format!(
                    "`tax.codes.taxable` is {} ({}), which carries no tax: a document that states one would be held",
                    rate.code, rate.name
                );
                let fix = "Name the code of your tax, or `hold` if there is none.".to_owned();
                self.warning(at, codes::TAX_MISMATCH.as_str(), what, fix);
            }
            _ => {}
        }
    }

    /// A tax code with every account it may meet.
    fn pairs(&mut self, rate: &TaxRate, at: At, taxable: Option<bool>) {
        if !self.facts.tax_by_class {
            return;
        }
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
            self.warning(at, codes::TAX_INCOMPATIBLE.as_str(), what, fix.to_owned());
        }
    }
}
