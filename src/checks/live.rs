//! A tenant's file against the ledger's own chart: what would be held later is told now, at its line.
//!
//! Flows in: a compiled file and a chart, which was read before. Flows out: diagnostics without snippets, in the
//! order of their lines, each once. A code here is the code of the reason a document would be held for. The ledger's
//! words for a status are checked when the file is compiled, since they are the same for every organisation. What a
//! rule will set is not known here.

mod meant;
mod tax;

pub(super) use meant::listed;

use super::accounts;
use crate::mapping::{
    Answer, At, InvoiceMode, LockedPeriod, Mapping, Pattern, RowUse, Totals, folded,
};
use crate::model::codes;
use crate::model::{AccountRef, Chart, Diagnostic, DocStatus, Kind, Start, TargetFacts};
use std::collections::{BTreeMap, BTreeSet};

struct Live<'a> {
    mapping: &'a Mapping,
    facts: TargetFacts<'a>,
    chart: &'a Chart,
    told: Vec<Diagnostic>,
}

/// Compares a tenant's file with its ledger.
pub fn live(mapping: &Mapping, facts: TargetFacts<'_>, chart: &Chart) -> Vec<Diagnostic> {
    let mut live = Live {
        mapping,
        facts,
        chart,
        told: Vec::new(),
    };
    live.currency();
    live.accounts();
    live.payments();
    live.tax();
    live.rounding();
    live.items();
    live.line_items();
    live.near_skus();
    live.locks();
    live.told.sort();
    live.told.dedup();
    live.told
}

/// Compares only where payments go: of a backward half nothing else does.
pub fn live_payments(mapping: &Mapping, facts: TargetFacts<'_>, chart: &Chart) -> Vec<Diagnostic> {
    let mut live = Live {
        mapping,
        facts,
        chart,
        told: Vec::new(),
    };
    live.payments();
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
    fn line_account(&mut self, code: &str, at: At) {
        let Some(account) = self.chart.account(code) else {
            let what = format!("The ledger has no account {code}");
            let fix = meant::account(self.chart, code);
            return self.error(at, codes::ACCOUNT_UNKNOWN.as_str(), what, fix);
        };
        let name = format!("{code} ({})", account.name);
        if !account.active {
            let fix = "Use another account, or restore it in the ledger.".to_owned();
            let what = format!("Account {name} is archived");
            self.error(at, codes::ACCOUNT_ARCHIVED.as_str(), what, fix);
        } else if !accounts::takes_lines(self.facts, account) {
            let fix = "Use a revenue account.".to_owned();
            let what = format!("Account {name} takes no document lines");
            self.error(at, codes::ACCOUNT_SYSTEM.as_str(), what, fix);
        }
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
        let wanted = mapping.payments_account.as_ref();
        let Some(payments) = wanted.filter(|_| mapping.payments_wanted()) else {
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
            let fix = meant::payments_account(self.chart);
            self.error(at, &reason.code, sentence(&reason.what), fix);
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
        // What an item's account is like is the ledger's own affair where the item, and no line, names it.
        let by_line = self.facts.line_accounts();
        if self.chart.items.is_empty() {
            let fix = "Add items to the ledger, or set `match.items: off`.".to_owned();
            self.warning(
                at,
                codes::ITEM_NONE.as_str(),
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
        let bad: Vec<String> = (self.chart.items.iter())
            .filter(|i| by_line && !usable(&i.account))
            .map(|i| i.code.clone())
            .collect();
        if bad.is_empty() {
            return;
        }
        let n = bad.len();
        let named = meant::listed(bad.into_iter());
        let named = named.unwrap_or_default();
        let what = format!("{n} item(s) of the ledger have no usable sales account: {named}");
        let fix =
            "Give them one in the ledger; until then the accounts table decides for their lines."
                .to_owned();
        self.warning(at, "item.account", what, fix);
    }

    /// The items that the file itself names for lines.
    fn line_items(&mut self) {
        let (mapping, chart) = (self.mapping, self.chart);
        let named = [&mapping.lines.taxable, &mapping.lines.non_taxable];
        for item in named.into_iter().flatten() {
            let code: &str = &item.value;
            if chart.items.iter().any(|i| i.code == code) {
                continue;
            }
            let fix = match meant::listed(chart.items.iter().map(|i| format!("`{}`", i.code))) {
                Some(all) => format!("Add it to the ledger, or name one it has: {all}."),
                None => "Add it to the ledger, which has no items yet.".to_owned(),
            };
            let what = format!("The ledger has no item `{code}`");
            self.error(item.at, codes::ITEM_UNKNOWN.as_str(), what, fix);
        }
    }

    /// SKUs of rows that are an item's code but for the case of letters or for spaces: such a row answers to no line of it.
    fn near_skus(&mut self) {
        let items = self.chart.items.iter();
        let exact: BTreeSet<&str> = items.clone().map(|i| i.code.as_str()).collect();
        let by_code: BTreeMap<String, &str> =
            items.map(|i| (folded(&i.code), i.code.as_str())).collect();
        let mapping = self.mapping;
        for row in &mapping.accounts {
            let own = row.sku.iter().filter_map(|p| match p {
                Pattern::Exact(sku) => Some((sku.as_ref(), None)),
                Pattern::Wild(_) => None,
            });
            let list = row.skus.iter();
            let listed =
                list.flat_map(|l| l.skus().map(move |s| (s, l.line(s).map(|n| (&l.file, n)))));
            for (sku, listed) in own.chain(listed).collect::<Vec<_>>() {
                let near = by_code.get(&folded(sku)).filter(|_| !exact.contains(sku));
                let Some(code) = near else { continue };
                let from = listed.map(|(file, line)| format!(" ({file}:{line})"));
                let from = from.unwrap_or_default();
                let what =
                    format!("The row is for the SKU `{sku}`{from}; the ledger's item is `{code}`");
                let fix = format!("Write `{code}`: letters count in their case, and spaces too.");
                self.warning(row.at, "accounts.near_sku", what, fix);
            }
        }
    }

    fn locks(&mut self) {
        let mapping = self.mapping;
        let lock = self.chart.organisation.locked_until();
        let Some(lock) = lock.filter(|_| mapping.sync.invoices.value != InvoiceMode::Off) else {
            return;
        };
        // A lock leaves some statuses alone, such as a draft.
        let bound = |s: DocStatus| match &mapping.status.answer(s).value {
            Answer::Use(word) => self.facts.is_bound(Kind::Invoice, word),
            Answer::Hold => false,
        };
        if !DocStatus::of(Kind::Invoice).iter().copied().any(bound) {
            return;
        }
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
        self.warning(
            mapping.sync.start.at,
            codes::PERIOD_LOCKED.as_str(),
            what,
            fix,
        );
    }
}

/// A reason's words as a sentence of their own.
fn sentence(what: &str) -> String {
    let mut letters = what.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
