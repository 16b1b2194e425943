//! Accounts and tax codes: each line's must be there, in use, open to documents, and fit each other.

use super::{Law, meant};
use crate::model::codes;
use crate::model::{
    Account, AccountRef, Chart, InvoiceDraft, LineDraft, LinesBy, Reason, TargetFacts, TaxMode,
    TaxRule,
};

/// Every line has an account that a document may use.
///
/// # Errors
/// `account.missing`, `account.unknown`, `account.archived`, `account.system`.
pub fn usable(law: Law<'_>, draft: &InvoiceDraft) -> Result<(), Reason> {
    if law.facts.lines_by != LinesBy::Account {
        return Ok(());
    }
    for (n, line) in draft.lines.iter().enumerate() {
        if line.account.is_empty() {
            return Err(Reason::new(
                codes::ACCOUNT_MISSING,
                format!("{} has no account", at(n, line)),
                "add a row for it to `accounts:`, or an `else:` row",
            ));
        }
        let Some(account) = law.chart.account(&line.account) else {
            let near = meant::account(law.chart, &line.account);
            let near = near.map_or_else(String::new, |a| {
                format!(" (is {} {} meant?)", a.code, a.name)
            });
            return Err(Reason::new(
                codes::ACCOUNT_UNKNOWN,
                format!(
                    "{} would go to account {}, which the ledger does not have{near}",
                    at(n, line),
                    line.account
                ),
                "correct the code in `accounts:` or in the rule that set it; or add the account to the ledger, then `crossfoot retry TENANT NUMBER`",
            ));
        };
        let why_not = |why: &str| {
            let (at, code, name) = (at(n, line), &account.code, &account.name);
            format!("{at} would go to account {code} {name}, which {why}")
        };
        if !account.active {
            return Err(Reason::new(
                codes::ACCOUNT_ARCHIVED,
                why_not("is archived"),
                "use another account in `accounts:`; or restore it in the ledger, then `crossfoot retry TENANT NUMBER`",
            ));
        }
        // A rounding account is the ledger's own and open to documents; a bank or control account is not.
        if !takes_lines(law.facts, account) {
            return Err(Reason::new(
                codes::ACCOUNT_SYSTEM,
                why_not("takes no document lines"),
                "use a revenue account in `accounts:`",
            ));
        }
    }
    Ok(())
}

/// Whether a line may name an account: no bank account, and none that the ledger keeps for itself.
pub fn takes_lines(facts: TargetFacts<'_>, account: &Account) -> bool {
    !account.bank && !facts.closed_accounts.contains(&account.system)
}

/// Where a line finds its account by its item, every line has one that the ledger has; its id there is filled in, as it is where
/// a line may name one.
///
/// # Errors
/// `item.missing`, `item.unknown`.
pub fn items(law: Law<'_>, draft: &mut InvoiceDraft) -> Result<(), Reason> {
    if law.facts.lines_by == LinesBy::Account {
        return Ok(());
    }
    for (n, line) in draft.lines.iter_mut().enumerate() {
        if line.item.is_empty() && law.facts.lines_by == LinesBy::Nothing {
            continue;
        }
        if line.item.is_empty() {
            return Err(Reason::new(
                codes::ITEM_MISSING,
                format!("{} has no item", at(n, line)),
                "match items by SKU with `match.items`, or name one in a `map_line` rule; then `crossfoot retry TENANT NUMBER`",
            ));
        }
        let found = law.chart.items.iter().find(|i| i.code == line.item);
        let Some(item) = found else {
            return Err(Reason::new(
                codes::ITEM_UNKNOWN,
                format!(
                    "{} would name item {}, which the ledger does not have",
                    at(n, line),
                    line.item
                ),
                "correct the code in the source or in the rule that set it, or add the item to the ledger; then `crossfoot retry TENANT NUMBER`",
            ));
        };
        line.item_id.clone_from(&item.id);
    }
    Ok(())
}

/// Every line's tax code is there, in use, and permitted for the class of its account.
///
/// # Errors
/// `tax.unknown`, `tax.incompatible`.
pub fn tax(law: Law<'_>, draft: &InvoiceDraft) -> Result<(), Reason> {
    if draft.tax_mode == TaxMode::Exempt || law.facts.tax == TaxRule::Stated {
        return Ok(());
    }
    for (n, line) in draft.lines.iter().enumerate() {
        if line.tax.is_empty() {
            continue;
        }
        let rate = law.chart.tax_rate(&line.tax).filter(|t| t.active);
        let Some(rate) = rate else {
            return Err(Reason::new(
                codes::TAX_UNKNOWN,
                format!(
                    "{} would carry tax code {}, which the ledger does not have",
                    at(n, line),
                    line.tax
                ),
                "correct `tax.codes:`; `crossfoot lint TENANT --live` lists the ledger's own codes",
            ));
        };
        let Some(account) = law.chart.account(&line.account) else {
            continue;
        };
        if law.facts.tax_by_class && !rate.applies_to.contains(&account.class) {
            return Err(Reason::new(
                codes::TAX_INCOMPATIBLE,
                format!(
                    "{}: tax code {} may not be used with account {} {}",
                    at(n, line),
                    line.tax,
                    account.code,
                    account.name
                ),
                "use another tax code in `tax.codes:`, or another account in `accounts:`",
            ));
        }
    }
    Ok(())
}

/// The bank account a payment goes to, by code, name or id.
///
/// # Errors
/// `payment.account`.
pub fn payment(chart: &Chart, wanted: &AccountRef) -> Result<AccountRef, Reason> {
    let mut accounts = chart.accounts.iter();
    let found = match wanted {
        AccountRef::Code(c) => chart.account(c),
        AccountRef::Id(i) => accounts.find(|a| a.id == *i),
        AccountRef::Name(n) => accounts.find(|a| a.name.eq_ignore_ascii_case(n)),
    };
    let bad = |what: String| {
        Err(Reason::new(
            codes::PAYMENT_ACCOUNT,
            what,
            "name a bank account, or one with payments enabled, under `payments_account:`; or put the account right in the ledger, then `crossfoot retry TENANT NUMBER`",
        ))
    };
    match found {
        None => bad(format!(
            "payments would go to the account with {wanted}, which the ledger does not have"
        )),
        Some(a) if !a.active => bad(format!(
            "payments would go to {}, which is archived",
            a.name
        )),
        Some(a) if !a.bank && !a.takes_payments => bad(format!(
            "payments would go to {} {}, which takes no payments",
            a.code, a.name
        )),
        Some(a) => Ok(AccountRef::Id(a.id.clone())),
    }
}

/// A line as people recognise it. Text is made for a reason only: nearly every line breaks no law.
pub(super) fn at(n: usize, line: &LineDraft) -> String {
    format!("line {} ({})", n + 1, short(&line.description))
}

fn short(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    if first.chars().count() <= 40 {
        return first.to_owned();
    }
    let cut: String = first.chars().take(39).collect();
    format!("{cut}…")
}
