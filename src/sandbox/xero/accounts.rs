//! The chart of accounts: read, made one at a time, changed by id.

use http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::books::{Account, Org, class};
use super::ctx::{Ctx, Saved};
use super::defaults;
use super::fail::{Fail, no_method};
use super::filter::Field;
use super::json::{Obj, ms};
use super::lists::{self, Kind as ListKind};
use super::texts;
use crate::sandbox::wire::Reply;

/// Answers `/Accounts`.
pub(super) fn answer(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
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

/// What is wrong with an account's code, name and type.
fn errors_of(
    ctx: &Ctx<'_>,
    id: Option<Uuid>,
    code: Option<&String>,
    name: &str,
    kind: Option<&String>,
) -> Vec<String> {
    let mut errors = Vec::new();
    let other = |a: &&Account| Some(a.id) != id && a.status == "ACTIVE";
    if ctx
        .org
        .accounts
        .values()
        .filter(other)
        .any(|a| a.name.eq_ignore_ascii_case(name))
    {
        errors.push(texts::ACCOUNT_NAME_TAKEN.to_string());
    }
    let code_taken = code
        .and_then(|c| ctx.org.account(c))
        .filter(other)
        .is_some();
    if code_taken && ctx.sw.is("account_code_duplicate", "refuse") {
        errors.push(texts::ACCOUNT_CODE_TAKEN.to_string());
    }
    if code.is_some_and(|c| c.chars().count() > 10) {
        errors.push(texts::too_long("Code", 10));
    }
    if name.is_empty() || name.chars().count() > 150 {
        errors.push(texts::too_long("Name", 150));
    }
    if kind.is_none() {
        errors.push(texts::TYPE_MISSING.to_string());
    }
    errors
}

fn write_account(ctx: &mut Ctx<'_>, el: &Obj<'_>, before: Option<Account>) -> Result<Saved, Fail> {
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
    let errors = errors_of(ctx, id, code.as_ref(), &name, kind.as_ref());
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
