//! Settings: the organisation, its accounts, tax rates, items and currencies. None of these is paged.

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::books::{Account, Item, Org, TaxPart, TaxRate, Trade, class};
use super::ctx::{Ctx, Saved};
use super::defaults;
use super::endpoints::no_method;
use super::fail::Fail;
use super::filter::Field;
use super::history;
use super::json::{Obj, ms, ms_day, num};
use super::lists::{self, Kind as ListKind};
use super::money;
use super::texts;
use crate::sandbox::wire::Reply;

/// Answers the settings endpoints.
pub(super) fn answer(ctx: &mut Ctx<'_>, head: &str, rest: &[&str]) -> Result<Reply, Fail> {
    match head {
        "organisation" | "organisations" => organisation(ctx, rest),
        "accounts" => accounts(ctx, rest),
        "taxrates" => tax_rates(ctx, rest),
        "items" => items(ctx, rest),
        "currencies" => currencies(ctx, rest),
        _ => Err(Fail::Missing),
    }
}

fn organisation(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    if ctx.call.method != Method::GET {
        return Ok(no_method());
    }
    match rest {
        [] => {
            let shown = show_org(ctx.org);
            Ok(ctx.envelope("Organisations", vec![shown], None))
        }
        [sub] if sub.eq_ignore_ascii_case("actions") => {
            let approve = ctx
                .org
                .approve_limit
                .is_none_or(|most| ctx.org.approved < most);
            let many = ctx.org.currencies.len() > 1;
            let locked = ctx.org.period_lock.is_some();
            let actions = [
                ("CreateApprovedInvoice", approve),
                ("CreateApprovedBill", approve),
                ("CreateDraftInvoice", true),
                ("CreateDraftBill", true),
                ("CreateDraftPurchaseOrder", true),
                ("CreateApprovedPurchaseOrder", true),
                ("CreateInvoicePayment", true),
                ("AttachFilesIntoInvoice", true),
                ("UseMulticurrency", many),
                ("ApproveTransactionsBeforePeriodLockDate", !locked),
            ];
            let word = |ok: bool| if ok { "ALLOWED" } else { "NOT-ALLOWED" };
            let shown = actions
                .iter()
                .map(|(name, ok)| json!({"Name": name, "Status": word(*ok)}))
                .collect();
            Ok(ctx.envelope("Actions", shown, None))
        }
        _ => Err(Fail::Missing),
    }
}

/// The organisation as the vendor writes it.
pub(super) fn show_org(org: &Org) -> Value {
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| out.insert(name.to_string(), value);
    set("Name", json!(org.name));
    set("LegalName", json!(org.name));
    set("PaysTax", json!(true));
    set("Version", json!(org.version));
    set("OrganisationType", json!("COMPANY"));
    set("BaseCurrency", json!(org.currency));
    set("CountryCode", json!(org.country));
    set("IsDemoCompany", json!(false));
    set("OrganisationStatus", json!("ACTIVE"));
    set(
        "FinancialYearEndDay",
        json!(if org.version == "AU" { 30 } else { 31 }),
    );
    set(
        "FinancialYearEndMonth",
        json!(if org.version == "AU" { 6 } else { 3 }),
    );
    set("SalesTaxBasis", json!("ACCRUALS"));
    set("SalesTaxPeriod", json!("TWOMONTHS"));
    set("DefaultSalesTax", json!("Tax Exclusive"));
    set("DefaultPurchasesTax", json!("Tax Exclusive"));
    if let Some(day) = org.period_lock {
        set("PeriodLockDate", ms_day(day));
    }
    if let Some(day) = org.year_lock {
        set("EndOfYearLockDate", ms_day(day));
    }
    set("CreatedDateUTC", ms(org.created));
    set("OrganisationEntityType", json!("COMPANY"));
    set("Timezone", json!(org.timezone));
    set(
        "ShortCode",
        json!(format!("!{}", &org.id.simple().to_string()[..5])),
    );
    set("OrganisationID", json!(org.id));
    set("Edition", json!("BUSINESS"));
    set("Class", json!("STANDARD"));
    for empty in ["Addresses", "Phones", "ExternalLinks"] {
        set(empty, json!([]));
    }
    set("PaymentTerms", json!({}));
    Value::Object(out)
}

fn accounts(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let known = &[
                "accountid",
                "code",
                "name",
                "type",
                "class",
                "status",
                "taxtype",
                "systemaccount",
                "enablepaymentstoaccount",
                "updateddateutc",
            ];
            let kind = ListKind {
                known,
                read: &account_field,
                key: &|a: &Account| (a.updated, a.id),
            };
            let listed = lists::select(ctx, ctx.org.accounts.values(), &kind, &|_| true, false)?;
            let mut rows = listed.rows;
            if ctx.query("order").is_none() {
                rows.sort_by(|a, b| a.code.cmp(&b.code).then(a.name.cmp(&b.name)));
            }
            let shown = rows.iter().map(|a| show_account(a)).collect();
            Ok(ctx.envelope("Accounts", shown, None))
        }
        (Method::PUT, []) => Ok(ctx.batch("Accounts", "AccountID", &mut |c, e| {
            write_account(c, e, None)
        })),
        (Method::GET, [one]) => {
            let shown = show_account(find_account(ctx.org, one).ok_or(Fail::Missing)?);
            Ok(ctx.envelope("Accounts", vec![shown], None))
        }
        (Method::POST, [one]) => {
            let account = find_account(ctx.org, one).cloned().ok_or(Fail::Missing)?;
            Ok(ctx.batch("Accounts", "AccountID", &mut |c, e| {
                write_account(c, e, Some(account.clone()))
            }))
        }
        (_, [] | [_]) => Ok(no_method()),
        _ => Err(Fail::Missing),
    }
}

fn find_account<'o>(org: &'o Org, name: &str) -> Option<&'o Account> {
    match Uuid::parse_str(name) {
        Ok(id) => org.accounts.get(&id),
        Err(_) => org.account(name),
    }
}

fn account_field(a: &Account, name: &str) -> Option<Field> {
    Some(match name {
        "accountid" => Field::Id(a.id),
        "code" => Field::maybe(a.code.as_ref()),
        "name" => Field::text(&a.name),
        "type" => Field::text(&a.kind),
        "class" => Field::text(class(&a.kind)),
        "status" => Field::text(&a.status),
        "taxtype" => Field::maybe(a.tax.as_ref()),
        "systemaccount" => Field::maybe(a.system.as_ref()),
        "enablepaymentstoaccount" => Field::Flag(a.payments),
        "updateddateutc" => Field::Time(a.updated),
        _ => return None,
    })
}

/// An account as the vendor writes it.
pub(super) fn show_account(a: &Account) -> Value {
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| out.insert(name.to_string(), value);
    set("AccountID", json!(a.id));
    if let Some(code) = &a.code {
        set("Code", json!(code));
    }
    set("Name", json!(a.name));
    set("Status", json!(a.status));
    set("Type", json!(a.kind));
    set(
        "TaxType",
        json!(a.tax.clone().unwrap_or_else(|| "NONE".into())),
    );
    set("Class", json!(class(&a.kind)));
    for (name, text) in [
        ("Description", &a.description),
        ("SystemAccount", &a.system),
        ("BankAccountNumber", &a.bank_number),
        ("BankAccountType", &a.bank_type),
        ("CurrencyCode", &a.currency),
    ] {
        if let Some(text) = text {
            set(name, json!(text));
        }
    }
    set("EnablePaymentsToAccount", json!(a.payments));
    set("ShowInExpenseClaims", json!(false));
    set("HasAttachments", json!(false));
    set("UpdatedDateUTC", ms(a.updated));
    set("AddToWatchlist", json!(false));
    Value::Object(out)
}

fn write_account(ctx: &mut Ctx<'_>, el: &Obj<'_>, before: Option<Account>) -> Result<Saved, Fail> {
    let mut errors = Vec::new();
    let code = el
        .text("Code")?
        .or(before.as_ref().and_then(|b| b.code.clone()));
    let name = el
        .text("Name")?
        .or(before.as_ref().map(|b| b.name.clone()))
        .unwrap_or_default();
    let kind = el.choice(
        "Type",
        defaults::ACCOUNT_TYPES,
        "Xero.API.Library.AccountType",
    )?;
    let kind = kind
        .map(str::to_string)
        .or(before.as_ref().map(|b| b.kind.clone()));
    let id = before.as_ref().map(|b| b.id);
    let other = |a: &&Account| Some(a.id) != id && a.status == "ACTIVE";
    if ctx
        .org
        .accounts
        .values()
        .filter(other)
        .any(|a| a.name.eq_ignore_ascii_case(&name))
    {
        errors.push(texts::ACCOUNT_NAME_TAKEN.to_string());
    }
    let code_taken = code
        .as_ref()
        .and_then(|c| ctx.org.account(c))
        .filter(other)
        .is_some();
    if code_taken && ctx.sw.is("account_code_duplicate", "refuse") {
        errors.push(texts::ACCOUNT_CODE_TAKEN.to_string());
    }
    if code.as_ref().is_some_and(|c| c.chars().count() > 10) {
        errors.push(texts::too_long("Code", 10));
    }
    if name.is_empty() || name.chars().count() > 150 {
        errors.push(texts::too_long("Name", 150));
    }
    if kind.is_none() {
        errors.push(texts::TYPE_MISSING.to_string());
    }
    if !errors.is_empty() {
        return Err(Fail::Invalid(errors));
    }
    let status = el.choice(
        "Status",
        &["ACTIVE", "ARCHIVED", "DELETED"],
        "Xero.API.Library.AccountStatus",
    )?;
    let old = before.as_ref();
    let account = Account {
        id: id.unwrap_or_else(|| ctx.ids.next("account")),
        code,
        name,
        kind: kind.unwrap_or_default(),
        tax: el.text("TaxType")?.or(old.and_then(|b| b.tax.clone())),
        status: status
            .map(str::to_string)
            .or(old.map(|b| b.status.clone()))
            .unwrap_or_else(|| "ACTIVE".into()),
        system: old.and_then(|b| b.system.clone()),
        payments: el
            .flag("EnablePaymentsToAccount")?
            .or(old.map(|b| b.payments))
            .unwrap_or(false),
        description: el
            .text("Description")?
            .or(old.and_then(|b| b.description.clone())),
        bank_number: el
            .text("BankAccountNumber")?
            .or(old.and_then(|b| b.bank_number.clone())),
        bank_type: el
            .text("BankAccountType")?
            .or(old.and_then(|b| b.bank_type.clone())),
        currency: el
            .text("CurrencyCode")?
            .or(old.and_then(|b| b.currency.clone())),
        updated: ctx.now,
    };
    put_account(ctx.org, account.clone());
    Ok(Saved {
        body: show_account(&account),
        warnings: Vec::new(),
    })
}

/// Writes an account and what finds it.
pub(super) fn put_account(org: &mut Org, account: Account) {
    if let Some(old) = org.accounts.get(&account.id).and_then(|a| a.code.clone())
        && account.code.as_ref() != Some(&old)
    {
        org.account_codes.remove(&old);
    }
    if let Some(code) = &account.code {
        org.account_codes.put(code.clone(), account.id);
    }
    org.accounts.put(account.id, account);
}

fn tax_rates(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let read = |t: &TaxRate, name: &str| {
                Some(match name {
                    "taxtype" => Field::text(&t.tax_type),
                    "name" => Field::text(&t.name),
                    "status" => Field::text(&t.status),
                    "effectiverate" | "displaytaxrate" => Field::Number(t.effective),
                    _ => return None,
                })
            };
            let known = &[
                "taxtype",
                "name",
                "status",
                "effectiverate",
                "displaytaxrate",
            ];
            let key = |_: &TaxRate| (DateTime::<Utc>::MAX_UTC, Uuid::nil());
            let kind = ListKind {
                known,
                read: &read,
                key: &key,
            };
            let listed = lists::select(ctx, ctx.org.tax_rates.values(), &kind, &|_| true, false)?;
            let shown = listed.rows.iter().map(|t| show_tax(t)).collect();
            Ok(ctx.envelope("TaxRates", shown, None))
        }
        (Method::GET, [one]) => {
            let shown = show_tax(
                ctx.org
                    .tax_rates
                    .get(&(*one).to_string())
                    .ok_or(Fail::Missing)?,
            );
            Ok(ctx.envelope("TaxRates", vec![shown], None))
        }
        (Method::PUT | Method::POST, []) => Ok(ctx.batch("TaxRates", "TaxType", &mut write_tax)),
        _ => Ok(no_method()),
    }
}

/// A tax rate as the vendor writes it.
pub(super) fn show_tax(t: &TaxRate) -> Value {
    let parts = t.components.iter().map(|p| {
        json!({
            "Name": p.name,
            "Rate": num(p.rate, 4),
            "IsCompound": p.compound,
            "IsNonRecoverable": p.non_recoverable,
        })
    });
    let [assets, equity, expenses, liabilities, revenue] = t.applies;
    let mut out = json!({
        "Name": t.name,
        "TaxType": t.tax_type,
        "CanApplyToAssets": assets,
        "CanApplyToEquity": equity,
        "CanApplyToExpenses": expenses,
        "CanApplyToLiabilities": liabilities,
        "CanApplyToRevenue": revenue,
        "DisplayTaxRate": num(t.components.iter().map(|p| p.rate).sum(), 4),
        "EffectiveRate": num(t.effective, 4),
        "Status": t.status,
        "TaxComponents": parts.collect::<Vec<_>>(),
    });
    if let (Value::Object(map), Some(report)) = (&mut out, &t.report) {
        map.insert("ReportTaxType".into(), json!(report));
    }
    out
}

fn write_tax(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<Saved, Fail> {
    let given = el.text("TaxType")?;
    let known = given
        .as_ref()
        .and_then(|t| ctx.org.tax_rates.get(t))
        .cloned();
    if known.as_ref().is_some_and(|t| t.system) {
        return Err(Fail::say("System tax rates cannot be updated."));
    }
    let name = el
        .text("Name")?
        .or(known.as_ref().map(|k| k.name.clone()))
        .unwrap_or_default();
    if name.is_empty() {
        return Err(Fail::say("The tax rate must have a Name."));
    }
    let mut parts = Vec::new();
    for part in el.list("TaxComponents")?.unwrap_or_default() {
        parts.push(TaxPart {
            name: part.text("Name")?.unwrap_or_default(),
            rate: money::round(part.dec("Rate")?.unwrap_or_default(), 4),
            compound: part.flag("IsCompound")?.unwrap_or(false),
            non_recoverable: part.flag("IsNonRecoverable")?.unwrap_or(false),
        });
    }
    let status = el.choice(
        "Status",
        &["ACTIVE", "DELETED", "ARCHIVED", "PENDING"],
        "Xero.API.Library.TaxRateStatus",
    )?;
    let tax_type = match &known {
        Some(k) => k.tax_type.clone(),
        None => (1..)
            .map(|n| format!("TAX{n:03}"))
            .find(|t| ctx.org.tax_rates.get(t).is_none())
            .unwrap_or_default(),
    };
    let parts = if parts.is_empty() {
        known
            .as_ref()
            .map(|k| k.components.clone())
            .unwrap_or_default()
    } else {
        parts
    };
    let rate = TaxRate {
        tax_type,
        name,
        status: status
            .or(known.as_ref().map(|k| k.status.as_str()))
            .unwrap_or("ACTIVE")
            .to_string(),
        report: el
            .text("ReportTaxType")?
            .or(known.as_ref().and_then(|k| k.report.clone())),
        applies: [true; 5],
        effective: effective(&parts),
        components: parts,
        system: false,
    };
    ctx.org.tax_rates.put(rate.tax_type.clone(), rate.clone());
    Ok(Saved {
        body: show_tax(&rate),
        warnings: Vec::new(),
    })
}

/// What the components come to together: a compound one is charged on the amount with the others in it.
pub(super) fn effective(parts: &[TaxPart]) -> Decimal {
    let plain: Decimal = parts.iter().filter(|p| !p.compound).map(|p| p.rate).sum();
    let on_top = parts.iter().filter(|p| p.compound).map(|p| p.rate);
    on_top.fold(plain, |sum, rate| {
        sum + rate * (Decimal::ONE_HUNDRED + sum) / Decimal::ONE_HUNDRED
    })
}

fn items(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let read = |i: &Item, name: &str| {
                Some(match name {
                    "itemid" => Field::Id(i.id),
                    "code" => Field::text(&i.code),
                    "name" => Field::maybe(i.name.as_ref()),
                    "description" => Field::maybe(i.description.as_ref()),
                    "issold" => Field::Flag(i.sold),
                    "ispurchased" => Field::Flag(i.purchased),
                    "updateddateutc" => Field::Time(i.updated),
                    _ => return None,
                })
            };
            let known = &[
                "itemid",
                "code",
                "name",
                "description",
                "issold",
                "ispurchased",
                "updateddateutc",
            ];
            let kind = ListKind {
                known,
                read: &read,
                key: &|i: &Item| (i.updated, i.id),
            };
            let listed = lists::select(ctx, ctx.org.items.values(), &kind, &|_| true, false)?;
            let shown = listed.rows.iter().map(|i| show_item(i, ctx.dp)).collect();
            Ok(ctx.envelope("Items", shown, None))
        }
        (Method::PUT, []) => {
            Ok(ctx.batch("Items", "ItemID", &mut |c, e| write_item(c, e, true, None)))
        }
        (Method::POST, []) => {
            Ok(ctx.batch("Items", "ItemID", &mut |c, e| write_item(c, e, false, None)))
        }
        (method, [one, more @ ..]) => {
            let item = match Uuid::parse_str(one) {
                Ok(id) => ctx.org.items.get(&id),
                Err(_) => ctx.org.item(one),
            };
            let item = item.cloned().ok_or(Fail::Missing)?;
            match (method, more) {
                (Method::GET, []) => {
                    let shown = show_item(&item, ctx.dp);
                    Ok(ctx.envelope("Items", vec![shown], None))
                }
                (Method::POST, []) => Ok(ctx.batch("Items", "ItemID", &mut |c, e| {
                    write_item(c, e, false, Some(item.clone()))
                })),
                (Method::DELETE, []) => {
                    ctx.org.item_codes.remove(&item.code);
                    ctx.org.items.remove(&item.id);
                    Ok(Reply::text(StatusCode::NO_CONTENT, "text/html", ""))
                }
                (_, [sub]) if sub.eq_ignore_ascii_case("history") => history::answer(ctx, item.id),
                _ => Ok(no_method()),
            }
        }
        _ => Ok(no_method()),
    }
}

/// An item as the vendor writes it.
pub(super) fn show_item(i: &Item, dp: u32) -> Value {
    let trade = |t: &Trade| {
        let mut out = Map::new();
        if let Some(price) = t.price {
            out.insert("UnitPrice".into(), num(price, dp.max(2)));
        }
        for (name, text) in [
            ("AccountCode", &t.account),
            ("COGSAccountCode", &t.cogs),
            ("TaxType", &t.tax),
        ] {
            if let Some(text) = text {
                out.insert(name.into(), json!(text));
            }
        }
        Value::Object(out)
    };
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| out.insert(name.to_string(), value);
    set("ItemID", json!(i.id));
    set("Code", json!(i.code));
    for (name, text) in [
        ("Name", &i.name),
        ("Description", &i.description),
        ("PurchaseDescription", &i.purchase_description),
        ("InventoryAssetAccountCode", &i.asset_account),
    ] {
        if let Some(text) = text {
            set(name, json!(text));
        }
    }
    set("UpdatedDateUTC", ms(i.updated));
    set("PurchaseDetails", trade(&i.purchases));
    set("SalesDetails", trade(&i.sales));
    set("IsTrackedAsInventory", json!(i.asset_account.is_some()));
    set("IsSold", json!(i.sold));
    set("IsPurchased", json!(i.purchased));
    Value::Object(out)
}

fn write_item(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    create_only: bool,
    named: Option<Item>,
) -> Result<Saved, Fail> {
    let code = el.text("Code")?.filter(|c| !c.is_empty());
    let by_code = code.as_ref().and_then(|c| ctx.org.item(c)).cloned();
    let by_id = match el.guid("ItemID")? {
        Some(id) if named.is_none() && !create_only => {
            Some(ctx.org.items.get(&id).cloned().ok_or(Fail::Missing)?)
        }
        _ => named,
    };
    if let Some(holder) = &by_code
        && (create_only || by_id.as_ref().is_some_and(|i| i.id != holder.id))
    {
        return Err(Fail::say(texts::item_taken(&holder.code)));
    }
    let before = by_id.or(by_code);
    let old = before.as_ref();
    let Some(code) = code.or(old.map(|b| b.code.clone())) else {
        return Err(Fail::say("Item Code must be specified."));
    };
    let mut errors = Vec::new();
    let mut text = |name: &str, most: usize, was: Option<String>| -> Result<Option<String>, Fail> {
        let text = el.text(name)?.or(was);
        if text.as_ref().is_some_and(|t| t.chars().count() > most) {
            errors.push(texts::too_long(name, most));
        }
        Ok(text)
    };
    let name = text("Name", 50, old.and_then(|b| b.name.clone()))?;
    let description = text("Description", 4000, old.and_then(|b| b.description.clone()))?;
    let bought = text(
        "PurchaseDescription",
        4000,
        old.and_then(|b| b.purchase_description.clone()),
    )?;
    text("Code", 30, Some(code.clone()))?;
    let sales = trade(
        ctx,
        el,
        "SalesDetails",
        old.map(|b| b.sales.clone()),
        &mut errors,
    )?;
    let purchases = trade(
        ctx,
        el,
        "PurchaseDetails",
        old.map(|b| b.purchases.clone()),
        &mut errors,
    )?;
    if !errors.is_empty() {
        return Err(Fail::Invalid(errors));
    }
    let item = Item {
        id: old.map(|b| b.id).unwrap_or_else(|| ctx.ids.next("item")),
        code,
        name,
        description,
        purchase_description: bought,
        sold: el.flag("IsSold")?.or(old.map(|b| b.sold)).unwrap_or(true),
        purchased: el
            .flag("IsPurchased")?
            .or(old.map(|b| b.purchased))
            .unwrap_or(true),
        asset_account: el
            .text("InventoryAssetAccountCode")?
            .or(old.and_then(|b| b.asset_account.clone())),
        sales,
        purchases,
        updated: ctx.now,
    };
    put_item(ctx.org, item.clone());
    Ok(Saved {
        body: show_item(&item, ctx.dp),
        warnings: Vec::new(),
    })
}

/// Writes an item of a seed; one that is there is updated.
pub(super) fn seed_item(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<(), Fail> {
    write_item(ctx, el, false, None).map(|_| ())
}

fn trade(
    ctx: &Ctx<'_>,
    el: &Obj<'_>,
    name: &str,
    before: Option<Trade>,
    errors: &mut Vec<String>,
) -> Result<Trade, Fail> {
    let before = before.unwrap_or_default();
    let Some(sent) = el.obj(name)? else {
        return Ok(before);
    };
    let account = sent.text("AccountCode")?;
    if let Some(code) = account.as_ref().filter(|c| ctx.org.account(c).is_none()) {
        errors.push(texts::account_invalid(code));
    }
    let tax = sent.text("TaxType")?;
    if let Some(code) = tax.as_ref().filter(|t| ctx.org.tax_rates.get(t).is_none()) {
        errors.push(texts::tax_unknown(code));
    }
    Ok(Trade {
        price: sent
            .dec("UnitPrice")?
            .map(|p| money::round(p, ctx.dp))
            .or(before.price),
        account: account.or(before.account),
        cogs: sent.text("COGSAccountCode")?.or(before.cogs),
        tax: tax.or(before.tax),
    })
}

/// Writes an item and what finds it.
pub(super) fn put_item(org: &mut Org, item: Item) {
    if let Some(old) = org.items.get(&item.id).map(|i| i.code.clone())
        && old != item.code
    {
        org.item_codes.remove(&old);
    }
    org.item_codes.put(item.code.clone(), item.id);
    org.items.put(item.id, item);
}

fn currencies(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    let describe = |code: &str| {
        let name = iso_currency::Currency::from_code(code)
            .map(|c| c.name().to_string())
            .unwrap_or_default();
        json!({"Code": code, "Description": name})
    };
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let shown = ctx.org.currencies.keys().map(|c| describe(c)).collect();
            Ok(ctx.envelope("Currencies", shown, None))
        }
        (Method::PUT, []) => Ok(ctx.batch("Currencies", "Code", &mut |c, el| {
            let code = el.text("Code")?.unwrap_or_default();
            if iso_currency::Currency::from_code(&code).is_none() {
                return Err(Fail::say("The currency code is not valid."));
            }
            c.org.currencies.entry(code.clone()).or_insert(Decimal::ONE);
            Ok(Saved {
                body: describe(&code),
                warnings: Vec::new(),
            })
        })),
        _ => Ok(no_method()),
    }
}
