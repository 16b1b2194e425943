//! A tenant's file against the tenant's own ledger: `crossfoot lint --live`.
//!
//! Flows in: a compiled mapping and the ledger's accounts, tax rates, items and lock dates. Flows out:
//! diagnostics at the lines whose codes the ledger does not have, has archived, or does not permit
//! there. Nothing is asked of the ledger here: the chart was read before.

use super::config::{Answer, At, InvoiceMode, Located, Mapping, RowUse, Totals};
use super::nearest;
use super::scalars::shown;
use crate::model::{Account, AccountRef, Chart, Diagnostic, Severity, Start};

impl Mapping {
    /// What the ledger itself has to say of the file's codes, all of it. The diagnostics have no snippets.
    pub fn against(&self, chart: &Chart) -> Vec<Diagnostic> {
        let mut live = Live {
            mapping: self,
            chart,
            told: Vec::new(),
        };
        live.accounts();
        live.payments();
        live.taxes();
        live.organisation();
        live.told.sort();
        live.told.dedup();
        live.told
    }
}

struct Live<'a> {
    mapping: &'a Mapping,
    chart: &'a Chart,
    told: Vec<Diagnostic>,
}

impl Live<'_> {
    fn tell(&mut self, severity: Severity, at: At, code: &str, what: String, fix: String) {
        let told = Diagnostic::error(self.mapping.place(at), code, what, fix);
        self.told.push(Diagnostic { severity, ..told });
    }

    fn error(&mut self, at: At, code: &str, what: String, fix: String) {
        self.tell(Severity::Error, at, code, what, fix);
    }

    fn accounts(&mut self) {
        let mapping = self.mapping;
        for row in &mapping.accounts {
            if let RowUse::Code(code) = &row.take {
                self.line_account(code, row.at);
            }
        }
        if let Totals::Rounding { account, .. } = &mapping.guard.totals.value {
            self.line_account(account, mapping.guard.totals.at);
        }
    }

    fn line_account(&mut self, code: &str, at: At) {
        let Some(account) = self.chart.account(code) else {
            let fix = self.suggest_account(code, |a| !a.bank);
            let what = format!("The ledger has no account with the code {}", shown(code));
            return self.error(at, "live.account_unknown", what, fix);
        };
        let name = format!("{} {}", account.code, account.name);
        if !account.active {
            let fix = "Use another account, or restore it in the ledger.".to_owned();
            self.error(
                at,
                "live.account_archived",
                format!("The account {name} is archived"),
                fix,
            );
        } else if account.bank || ["DEBTORS", "CREDITORS"].contains(&account.system.as_str()) {
            let what = format!("The account {name} takes no document lines");
            self.error(
                at,
                "live.account_system",
                what,
                "Use a revenue account.".to_owned(),
            );
        }
    }

    /// The account a code was probably meant for: by its code, or by its name typed as a code.
    fn suggest_account(&self, code: &str, fits: impl Fn(&Account) -> bool) -> String {
        let active = || {
            self.chart
                .accounts
                .iter()
                .filter(|a| a.active && !a.code.is_empty() && fits(a))
        };
        if let Some(named) = active().find(|a| a.name.eq_ignore_ascii_case(code)) {
            return format!("That is a name; its code is \"{}\".", named.code);
        }
        let near = nearest(code, active().map(|a| a.code.as_str()));
        match near.and_then(|n| self.chart.account(n)) {
            Some(a) => format!("Did you mean \"{}\" ({})?", a.code, a.name),
            None => "Add the account to the ledger, or use the code of one it has.".to_owned(),
        }
    }

    fn payments(&mut self) {
        let mapping = self.mapping;
        let Some(table) = mapping
            .payments_account
            .as_ref()
            .filter(|_| mapping.payments_wanted())
        else {
            return;
        };
        let rows = table.by_method.iter().map(|(_, row)| row);
        for row in rows.chain([&table.other]) {
            if let Some(wanted) = &row.value {
                self.payment_account(wanted, row.at);
            }
        }
    }

    fn payment_account(&mut self, wanted: &AccountRef, at: At) {
        let found = self.chart.accounts.iter().find(|a| match wanted {
            AccountRef::Code(c) => !a.code.is_empty() && a.code == *c,
            AccountRef::Id(i) => a.id == *i,
            AccountRef::Name(n) => a.name.eq_ignore_ascii_case(n),
        });
        let takes = |a: &Account| a.active && (a.bank || a.takes_payments);
        let what = match found {
            Some(a) if takes(a) => return,
            Some(a) if !a.active => format!("The account {} is archived", a.name),
            Some(a) => format!("The account {} {} takes no payments", a.code, a.name),
            None => format!("The ledger has no account with the {wanted}"),
        };
        let banks: Vec<String> = (self.chart.accounts.iter())
            .filter(|a| takes(a))
            .take(8)
            .map(|a| match a.code.as_str() {
                "" => format!("{{ name: \"{}\" }}", a.name),
                code => format!("{{ code: \"{code}\" }} ({})", a.name),
            })
            .collect();
        let fix = if banks.is_empty() {
            "Make a bank account in the ledger first.".to_owned()
        } else {
            format!("These take payments: {}.", banks.join(", "))
        };
        self.error(at, "live.payments_account", what, fix);
    }

    fn taxes(&mut self) {
        let tax = &self.mapping.tax;
        let rows = tax.taxable.iter().chain(tax.zero.iter());
        let rows = rows.chain(tax.by_rate.rows().map(|(_, row)| row));
        for row in rows.chain([tax.by_rate.other()]) {
            self.tax(row);
        }
        if let Some(row) = &tax.taxable {
            self.compatible(row);
        }
    }

    fn tax(&mut self, row: &Located<Answer>) {
        let Answer::Use(code) = &row.value else {
            return;
        };
        let rates = || self.chart.tax_rates.iter().filter(|t| t.active);
        if rates().any(|t| t.code == **code) {
            return;
        }
        let fix = if let Some(named) = rates().find(|t| t.name.eq_ignore_ascii_case(code)) {
            format!("That is a name; its code is {}.", named.code)
        } else {
            let near = nearest(code, rates().map(|t| t.code.as_str()));
            let all: Vec<String> = rates()
                .take(12)
                .map(|t| format!("{} ({})", t.code, t.name))
                .collect();
            near.map_or_else(
                || format!("Its codes are: {}.", all.join(", ")),
                |n| format!("Did you mean {n}?"),
            )
        };
        let what = format!("The ledger has no tax code {} in use", shown(code));
        self.error(row.at, "live.tax_unknown", what, fix);
    }

    /// Accounts of the table with which the taxable code is not permitted.
    fn compatible(&mut self, row: &Located<Answer>) {
        let Answer::Use(code) = &row.value else {
            return;
        };
        let Some(rate) = self.chart.tax_rate(code) else {
            return;
        };
        for account_row in &self.mapping.accounts {
            let RowUse::Code(account) = &account_row.take else {
                continue;
            };
            let Some(account) = self.chart.account(account) else {
                continue;
            };
            if !rate.applies_to.contains(&account.class) {
                self.tell(
                    Severity::Warning,
                    account_row.at,
                    "live.tax_incompatible",
                    format!("The tax code {code} may not be used with the account {} {}, so its taxable lines will be held", account.code, account.name),
                    "Use another account, or set the code of such lines in a map_line rule.".to_owned(),
                );
            }
        }
    }

    fn organisation(&mut self) {
        let (mapping, org) = (self.mapping, &self.chart.organisation);
        let currency = mapping.currency.value;
        if currency != org.currency && !org.currencies.contains(currency.code()) {
            self.error(
                mapping.currency.at,
                "live.currency",
                format!(
                    "{} keeps its books in {} and is not subscribed to {currency}",
                    shown(&org.name),
                    org.currency
                ),
                format!("Add {currency} to the currencies of the ledger, or correct `currency`."),
            );
        }
        if mapping.match_items.is_some() && self.chart.items.is_empty() {
            let at = mapping
                .match_items
                .as_ref()
                .map_or(At::default(), |m| m.take.at);
            let fix = "Add items whose codes are the source's SKUs, or set `match.items: off`.";
            self.tell(
                Severity::Warning,
                at,
                "live.no_items",
                "The ledger has no items to match".to_owned(),
                fix.to_owned(),
            );
        }
        let start = &mapping.sync.start;
        let Some(lock) = org
            .locked_until()
            .filter(|_| mapping.sync.invoices.value != InvoiceMode::Off)
        else {
            return;
        };
        let before = match &start.value {
            Start::InvoiceDate(day) => *day <= lock,
            Start::Beginning => true,
            Start::Invoice(_) => false,
        };
        if before {
            self.tell(
                Severity::Warning,
                start.at,
                "live.locked",
                format!("The ledger is locked up to {lock}, and the tenant starts before"),
                format!("Start after it, or leave what becomes of such documents to `guard.locked_period`, which says {}.", mapping.guard.locked_period.value),
            );
        }
    }
}
