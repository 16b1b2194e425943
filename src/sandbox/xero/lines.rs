//! A document's lines: items, accounts, tax types, amounts.
//!
//! Flows in: the lines as sent and the lines that are there. Flows out: the lines as they will be, or the
//! messages why not. An explicit account or tax type wins over the item's, the item's over the account's default.

use rust_decimal::Decimal;
use serde_json::Value;

use super::books::{self, Account, Contact, Item, Line, Org, TaxRate, Trade};
use super::fail::Fail;
pub(super) use super::found::Found;
use super::json::{Obj, num};
use super::money::{self, LineAmounts};
use super::switches::Switches;
use super::texts;
use super::tracking;
use crate::sandbox::ids::Ids;

/// What a line stands in.
pub(super) struct Frame<'a> {
    pub(super) org: &'a Org,
    pub(super) sw: &'a Switches,
    pub(super) contact: &'a Contact,
    /// A sale (sales details) or a purchase.
    pub(super) sale: bool,
    pub(super) discounts: bool,
    pub(super) draft: bool,
    /// A line on the receivables or payables account is what an overpayment consists of.
    pub(super) overpayment: bool,
    pub(super) amounts: LineAmounts,
    pub(super) dp: u32,
}

/// Builds all lines. A line with a known LineItemID continues that line; any other is new.
pub(super) fn build(
    frame: &Frame<'_>,
    sent: &[Obj<'_>],
    before: &[Line],
    ids: &mut Ids,
    found: &mut Found,
) -> Result<Vec<Line>, Fail> {
    let mut lines = Vec::with_capacity(sent.len());
    for obj in sent {
        let id = obj.guid("LineItemID")?;
        let kept = id.and_then(|id| before.iter().find(|l| l.id == id));
        let mut line = kept.cloned().unwrap_or_default();
        if kept.is_none() {
            line.id = ids.next("line");
        }
        read(frame, obj, &mut line, found)?;
        lines.push(line);
    }
    Ok(lines)
}

/// Works a document's lines out again, when what they stand in has changed but they were not sent.
pub(super) fn again(frame: &Frame<'_>, lines: &mut [Line], found: &mut Found) {
    for line in lines {
        let account = line
            .account
            .and_then(|id| frame.org.accounts.get(&id))
            .cloned();
        complete(frame, line, account.as_ref(), found);
    }
}

fn read(frame: &Frame<'_>, obj: &Obj<'_>, line: &mut Line, found: &mut Found) -> Result<(), Fail> {
    if let Some(text) = obj.text("Description")? {
        if text.chars().count() > 4000 {
            found.error(texts::too_long("Description", 4000));
        }
        line.description = Some(text);
    }
    if let Some(sent) = obj.raw("Tracking").and_then(Value::as_array) {
        if sent.len() > 2 {
            found.error(texts::TRACKING_TOO_MANY);
        }
        line.tracking = tracking::known(frame.org, frame.sw, sent);
    }
    let item = read_item(frame, obj, line, found)?;
    let quantity = obj.dec("Quantity")?.map(|q| money::round(q, 4));
    let unit = obj.dec("UnitAmount")?.map(|u| money::round(u, frame.dp));
    let given = obj.dec("LineAmount")?;
    line.quantity = quantity.or(line.quantity);
    line.unit = unit.or(line.unit);
    if let (None, Some(price), None) = (
        line.unit,
        item.as_ref().and_then(|i| side(frame, i).price),
        given,
    ) {
        line.unit = Some(money::round(price, frame.dp));
    }
    if let Some(rate) = obj.dec("DiscountRate")? {
        (line.discount_rate, line.discount_amount) = (Some(rate), None);
    }
    if let Some(off) = obj.dec("DiscountAmount")? {
        (line.discount_amount, line.discount_rate) = (Some(money::cents(off)), None);
    }
    signs(frame, line, found);
    // Clients that echo what they read send zero discounts; those are none.
    line.discount_rate = line.discount_rate.filter(|r| !r.is_zero());
    line.discount_amount = line.discount_amount.filter(|d| !d.is_zero());
    amount(frame, line, given, found);
    let account = read_account(frame, obj, line, item.as_ref(), found)?;
    if let Some(code) = obj.text("TaxType")?.filter(|t| !t.is_empty()) {
        line.tax_type = Some(code);
    } else if line.tax_type.is_none() {
        line.tax_type = default_tax(frame, item.as_ref(), account.as_ref());
    }
    if let Some(tax) = obj.dec("TaxAmount")? {
        (line.tax, line.tax_given) = (money::cents(tax), true);
    } else {
        line.tax_given = false;
    }
    complete(frame, line, account.as_ref(), found);
    Ok(())
}

/// What the vendor says of the signs of a line.
fn signs(frame: &Frame<'_>, line: &Line, found: &mut Found) {
    let (quantity, unit) = (line.quantity, line.unit.unwrap_or_default());
    if let Some(q) = quantity.filter(|q| q.is_sign_negative() && !q.is_zero())
        && frame.sw.is("negative_quantity", "refuse")
    {
        found.error(texts::quantity(&num(q, 4).to_string()));
    }
    let free = quantity.is_some_and(|q| q.is_zero()) && !unit.is_zero();
    if free && frame.sw.is("zero_quantity", "refuse") {
        found.error(texts::quantity_zero("0.0000"));
    }
    let nothing_off = line.discount_amount.is_some_and(|d| d.is_zero());
    let below = unit.is_sign_negative() && !unit.is_zero();
    if nothing_off && below && frame.sw.is("zero_discount_on_negative_line", "refuse") {
        found.error(texts::discount_zero());
    }
}

fn read_item(
    frame: &Frame<'_>,
    obj: &Obj<'_>,
    line: &mut Line,
    found: &mut Found,
) -> Result<Option<Item>, Fail> {
    if let Some(code) = obj.text("ItemCode")?.filter(|c| !c.is_empty()) {
        line.item = Some(code);
    }
    let Some(code) = &line.item else {
        return Ok(None);
    };
    let Some(item) = frame.org.item(code).cloned() else {
        found.error(texts::item_invalid(code));
        return Ok(None);
    };
    if line.description.is_none() {
        let other = item.purchase_description.clone();
        line.description = if frame.sale {
            item.description.clone()
        } else {
            other
        };
    }
    Ok(Some(item))
}

fn side<'i>(frame: &Frame<'_>, item: &'i Item) -> &'i Trade {
    if frame.sale {
        &item.sales
    } else {
        &item.purchases
    }
}

/// Quantity, unit amount and line amount: two give the third.
fn amount(frame: &Frame<'_>, line: &mut Line, given: Option<Decimal>, found: &mut Found) {
    if line.quantity.is_none() && line.unit.is_none() && given.is_none() {
        return;
    }
    match (line.quantity, line.unit, given) {
        (None, Some(unit), Some(total)) if !unit.is_zero() => {
            line.quantity = Some(money::round(total / unit, 4));
            return set_amount(line, money::cents(total), found);
        }
        (Some(quantity), None, Some(total)) if !quantity.is_zero() => {
            line.unit = Some(money::round(total / quantity, frame.dp));
            return set_amount(line, money::cents(total), found);
        }
        (None, None, Some(total)) => {
            line.quantity = Some(Decimal::ONE);
            line.unit = Some(money::round(total, frame.dp));
        }
        _ => {}
    }
    let quantity = *line.quantity.get_or_insert(Decimal::ONE);
    let unit = *line.unit.get_or_insert(Decimal::ZERO);
    let Some((gross, net)) =
        money::line_amount(quantity, unit, line.discount_rate, line.discount_amount)
    else {
        return found.error(texts::LINE_TOO_LARGE);
    };
    check_discount(frame, line, gross, found);
    line.gross = gross;
    if net.abs() >= too_large() || gross.abs() >= too_large() {
        (line.gross, line.amount) = (Decimal::ZERO, Decimal::ZERO);
        return found.error(texts::LINE_TOO_LARGE);
    }
    if let Some(total) = given.map(money::cents).filter(|t| *t != net)
        && frame.sw.is("line_total_conflict", "error")
    {
        found.error(texts::line_total(
            &num(total, 2).to_string(),
            &num(net, 2).to_string(),
        ));
    }
    line.amount = net;
}

/// A cent more than a line may come to.
fn too_large() -> Decimal {
    Decimal::from(10_000_000_000_i64)
}

fn set_amount(line: &mut Line, total: Decimal, found: &mut Found) {
    if total.abs() >= too_large() {
        return found.error(texts::LINE_TOO_LARGE);
    }
    line.gross = total;
    line.amount = total;
}

fn check_discount(frame: &Frame<'_>, line: &Line, gross: Decimal, found: &mut Found) {
    let given = line.discount_rate.or(line.discount_amount);
    let Some(given) = given else {
        return;
    };
    if !frame.discounts {
        return found.error(texts::DISCOUNT_NOT_HERE);
    }
    let over_rate = line
        .discount_rate
        .is_some_and(|r| r > Decimal::ONE_HUNDRED || r.is_sign_negative());
    let over_amount = line.discount_amount.is_some_and(|d| d.abs() > gross.abs());
    if over_rate || over_amount {
        found.error(texts::discount(&given.normalize().to_string()));
    }
}

fn read_account(
    frame: &Frame<'_>,
    obj: &Obj<'_>,
    line: &mut Line,
    item: Option<&Item>,
    found: &mut Found,
) -> Result<Option<Account>, Fail> {
    let by_code = obj.text("AccountCode")?.filter(|c| !c.is_empty());
    let by_id = obj.guid("AccountID")?;
    let said = by_code.clone().or(by_id.map(|i| i.to_string()));
    let account = match (&by_code, by_id) {
        (Some(code), _) => frame.org.account(code),
        (None, Some(id)) => frame.org.accounts.get(&id),
        (None, None) if line.account.is_some() => {
            line.account.and_then(|id| frame.org.accounts.get(&id))
        }
        (None, None) => match item.and_then(|i| side(frame, i).account.clone()) {
            Some(code) => frame.org.account(&code),
            None => None,
        },
    };
    let Some(account) = account.cloned() else {
        if let Some(code) = said {
            if frame.draft && frame.sw.is("draft_bad_account", "warn") {
                found.warnings.push(texts::account_removed(&code));
            } else {
                found.error(texts::account_invalid(&code));
            }
        }
        return Ok(None);
    };
    let code = said
        .or(account.code.clone())
        .unwrap_or_else(|| account.id.to_string());
    if account.status != "ACTIVE" {
        found.error(texts::account_archived(&code));
    }
    let system = account.kind == "BANK"
        || matches!(account.system.as_deref(), Some("DEBTORS" | "CREDITORS"));
    if system && !frame.overpayment && frame.sw.is("system_account_line", "refuse") {
        found.error(texts::account_invalid(&code));
    }
    line.account = Some(account.id);
    line.account_code = account.code.clone();
    Ok(Some(account))
}

fn default_tax(
    frame: &Frame<'_>,
    item: Option<&Item>,
    account: Option<&Account>,
) -> Option<String> {
    if frame.amounts == LineAmounts::NoTax || frame.overpayment {
        return Some("NONE".into());
    }
    let of_account = account.and_then(|a| a.tax.clone());
    let of_item = item.and_then(|i| side(frame, i).tax.clone());
    let field = if frame.sale {
        "AccountsReceivableTaxType"
    } else {
        "AccountsPayableTaxType"
    };
    let of_contact = frame
        .contact
        .fields
        .get(field)
        .cloned()
        .filter(|t| !t.is_empty());
    if frame.sw.is("tax_default", "contact") {
        of_contact.or(of_item).or(of_account)
    } else if frame.sw.is("tax_default", "item") {
        of_item.or(of_account)
    } else {
        of_account
    }
}

/// The rules that hold for a line however it came to be, and its tax.
fn complete(frame: &Frame<'_>, line: &mut Line, account: Option<&Account>, found: &mut Found) {
    if line.quantity.is_none() {
        // Words alone: no amount, no account, no tax.
        line.tax = Decimal::ZERO;
        return;
    }
    if account.is_none() && !frame.draft {
        found.error(texts::ACCOUNT_MISSING);
    }
    let free = frame.amounts == LineAmounts::NoTax || frame.overpayment;
    let rate = check_tax(frame, line, account, free, found);
    if free {
        line.tax = Decimal::ZERO;
    } else if !line.tax_given {
        let percent = rate.map_or(Decimal::ZERO, |r| r.effective);
        line.tax = money::line_tax(line.amount, percent, frame.amounts);
    }
}

fn check_tax<'o>(
    frame: &Frame<'o>,
    line: &Line,
    account: Option<&Account>,
    free: bool,
    found: &mut Found,
) -> Option<&'o TaxRate> {
    let Some(code) = &line.tax_type else {
        if !frame.draft && !free {
            found.error(texts::TAX_MISSING);
        }
        return None;
    };
    if free && code == "NONE" {
        return None;
    }
    let rate = frame
        .org
        .tax_rates
        .get(code)
        .filter(|r| r.status == "ACTIVE");
    let fits = match (rate, account) {
        (Some(rate), Some(account)) => books::applies(rate, &account.kind),
        (Some(_), None) => true,
        (None, _) => false,
    };
    if !fits {
        found.error(texts::tax_unknown(code));
        if let Some(account) = account {
            let shown = account
                .code
                .clone()
                .unwrap_or_else(|| account.id.to_string());
            found.error(texts::tax_account(code, &shown));
        }
    }
    rate
}
