//! The parts of an organisation's seed: its settings and chart, and elements written as the API would write them.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::accounts;
use super::books::{Account, Contact, Doc, Kind, Org, TaxPart, TaxRate};
use super::contacts;
use super::ctx::{Ctx, Event};
use super::defaults;
use super::document_endpoints;
use super::documents;
use super::fail::Fail;
use super::json::{Obj, objects};

pub(super) type Part = Result<(), String>;

pub(super) fn text<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    map.get(key).and_then(Value::as_str)
}

pub(super) fn list<'v>(value: &'v Value, key: &str) -> Result<&'v [Value], String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(format!("`{key}` must be a list")),
    }
}

pub(super) fn object<'v>(value: &'v Value, what: &str) -> Result<&'v Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("each of `{what}` must be an object"))
}

pub(super) fn need<'v>(
    map: &'v Map<String, Value>,
    key: &str,
    what: &str,
) -> Result<&'v str, String> {
    text(map, key).ok_or_else(|| format!("each of `{what}` needs `{key}`"))
}

/// Writes elements as the API would; the first refusal ends the seed.
pub(super) fn each(
    ctx: &mut Ctx<'_>,
    value: &Value,
    key: &str,
    write: &mut dyn FnMut(&mut Ctx<'_>, &Obj<'_>) -> Result<(), Fail>,
) -> Part {
    let Some(found) = value.get(key).filter(|v| !v.is_null()) else {
        return Ok(());
    };
    let elements = objects(found, key).map_err(|f| sentence(key, f))?;
    for element in elements {
        write(ctx, &element).map_err(|f| sentence(&element.path, f))?;
    }
    Ok(())
}

pub(super) fn sentence(path: &str, fail: Fail) -> String {
    match fail {
        Fail::Invalid(messages) => format!("{path}: {}", messages.join(" ")),
        Fail::Missing => format!("{path}: names something that does not exist"),
        Fail::Post(text) | Fail::Query(text) => format!("{path}: {text}"),
        Fail::Whole(reply) => format!("{path}: {}", String::from_utf8_lossy(&reply.body)),
    }
}

pub(super) fn currencies(ctx: &mut Ctx<'_>, value: &Value) -> Part {
    for entry in list(value, "currencies")? {
        let (code, rate) = match entry {
            Value::String(code) => (code.clone(), Decimal::ONE),
            Value::Object(map) => {
                let text = map
                    .get("rate")
                    .map(|r| r.to_string().trim_matches('"').to_string());
                let rate = text
                    .and_then(|t| Decimal::from_str(&t).ok())
                    .unwrap_or(Decimal::ONE);
                (need(map, "code", "currencies")?.to_string(), rate)
            }
            _ => return Err("each of `currencies` is a code or {code, rate}".into()),
        };
        ctx.org.currencies.insert(code, rate);
    }
    Ok(())
}

pub(super) fn tax_rate(ctx: &mut Ctx<'_>, map: &Map<String, Value>) -> Part {
    let tax_type = need(map, "TaxType", "tax_rates")?.to_string();
    let obj = Obj {
        map,
        path: "tax_rates".into(),
    };
    let rate = obj
        .dec("Rate")
        .map_err(|f| sentence("tax_rates", f))?
        .unwrap_or_default();
    if rate.is_sign_negative() || rate > Decimal::ONE_HUNDRED {
        return Err("tax_rates: `Rate` is in percent, 0 to 100".into());
    }
    let names = ["Assets", "Equity", "Expenses", "Liabilities", "Revenue"];
    let applies = match map.get("CanApplyTo").and_then(Value::as_array) {
        None => [true; 5],
        Some(list) => names.map(|n| list.iter().any(|v| v.as_str() == Some(n))),
    };
    let name = text(map, "Name").unwrap_or(&tax_type).to_string();
    let part = TaxPart {
        name: "Tax".into(),
        rate,
        compound: false,
        non_recoverable: false,
    };
    let row = TaxRate {
        tax_type: tax_type.clone(),
        name,
        status: text(map, "Status").unwrap_or("ACTIVE").into(),
        report: None,
        applies,
        components: vec![part],
        effective: rate,
        system: false,
    };
    ctx.org.tax_rates.put(tax_type, row);
    Ok(())
}

pub(super) fn account(ctx: &mut Ctx<'_>, map: &Map<String, Value>) -> Part {
    let one = |key: &str| text(map, key).map(str::to_string);
    let id = text(map, "AccountID").and_then(|t| Uuid::parse_str(t).ok());
    let code = one("Code");
    let by_id = id.and_then(|id| ctx.org.accounts.get(&id));
    let by_code = code.as_ref().and_then(|c| ctx.org.account(c));
    let known = by_id.or(by_code).cloned();
    let old = known.as_ref();
    let name = one("Name").or(old.map(|k| k.name.clone()));
    let name = name.ok_or("each of `accounts` needs `Name`")?;
    let kind = one("Type")
        .or(old.map(|k| k.kind.clone()))
        .unwrap_or_else(|| "REVENUE".into());
    if !defaults::ACCOUNT_TYPES.contains(&kind.as_str()) {
        return Err(format!(
            "account type `{kind}`: {}",
            defaults::ACCOUNT_TYPES.join(", ")
        ));
    }
    let free = defaults::tax_for(ctx.org.version, defaults::Tax::Free).to_string();
    let bank_type = (kind == "BANK").then(|| "BANK".to_string());
    let enabled = map.get("EnablePaymentsToAccount").and_then(Value::as_bool);
    let account = Account {
        id: id
            .or(old.map(|k| k.id))
            .unwrap_or_else(|| ctx.ids.next("account")),
        code: code.or(old.and_then(|k| k.code.clone())),
        name,
        bank_type: one("BankAccountType").or(bank_type),
        kind,
        tax: one("TaxType")
            .or(old.and_then(|k| k.tax.clone()))
            .or(Some(free)),
        status: one("Status")
            .or(old.map(|k| k.status.clone()))
            .unwrap_or_else(|| "ACTIVE".into()),
        system: one("SystemAccount").or(old.and_then(|k| k.system.clone())),
        payments: enabled.or(old.map(|k| k.payments)).unwrap_or(false),
        description: one("Description").or(old.and_then(|k| k.description.clone())),
        bank_number: one("BankAccountNumber").or(old.and_then(|k| k.bank_number.clone())),
        currency: one("CurrencyCode").or(old.and_then(|k| k.currency.clone())),
        updated: ctx.now,
    };
    accounts::put_account(ctx.org, account);
    Ok(())
}

/// A contact by id, number or name.
pub(super) fn find_contact(org: &Org, name: &str) -> Option<Contact> {
    let by_id = Uuid::parse_str(name)
        .ok()
        .and_then(|id| org.contacts.get(&id));
    by_id
        .or_else(|| contacts::by_number(org, name))
        .or_else(|| contacts::by_name(org, name))
        .cloned()
}

pub(super) fn contact(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<(), Fail> {
    let keys = ["ContactID", "ContactNumber", "Name"];
    let known = keys
        .iter()
        .filter_map(|k| el.raw(k).and_then(Value::as_str))
        .find_map(|n| find_contact(ctx.org, n));
    let id = match known {
        Some(known) => {
            let mut map = el.map.clone();
            map.insert("ContactID".into(), json!(known.id));
            contacts::write(
                ctx,
                &Obj {
                    map: &map,
                    path: el.path.clone(),
                },
                false,
            )?;
            known.id
        }
        None => {
            let saved = contacts::write(ctx, el, true)?;
            let id = saved
                .body
                .get("ContactID")
                .and_then(Value::as_str)
                .and_then(|t| Uuid::parse_str(t).ok());
            id.ok_or(Fail::Missing)?
        }
    };
    let Some(mut contact) = ctx.org.contacts.get(&id).cloned() else {
        return Ok(());
    };
    if let Some(status) = el.choice(
        "ContactStatus",
        &["ACTIVE", "ARCHIVED", "GDPRREQUEST"],
        "ContactStatus",
    )? {
        contact.status = status;
        contacts::put(ctx.org, contact);
    }
    match el.text("MergedTo")? {
        Some(into) => merge_contacts(ctx, &id.to_string(), &into).map_err(Fail::say),
        None => Ok(()),
    }
}

/// Merges one contact into another, as a person does in the product: documents move, the old one is archived and points
/// to the new one, and keeps its number.
pub(super) fn merge_contacts(ctx: &mut Ctx<'_>, from: &str, into: &str) -> Part {
    let absent = |name: &str| format!("merges: there is no contact `{name}`");
    let mut old = find_contact(ctx.org, from).ok_or_else(|| absent(from))?;
    let new = find_contact(ctx.org, into).ok_or_else(|| absent(into))?;
    let range = (old.id, Uuid::nil())..=(old.id, Uuid::max());
    let docs: Vec<(Uuid, Kind)> = ctx
        .org
        .contact_docs
        .range(range)
        .map(|((_, d), k)| (*d, *k))
        .collect();
    for (id, kind) in docs {
        if let Some(mut doc) = ctx.org.docs(kind).get(&id).cloned() {
            doc.contact = new.id;
            ctx.org.put_doc(doc);
        }
    }
    old.merged_to = Some(new.id);
    old.status = "ARCHIVED";
    old.updated = ctx.later(old.updated);
    let event = Event {
        category: "CONTACT",
        kind: "UPDATE",
        id: old.id,
        path: "Contacts",
        data: None,
    };
    ctx.events.push(event);
    contacts::put(ctx.org, old);
    Ok(())
}

pub(super) fn settings(ctx: &mut Ctx<'_>, value: &Value) -> Part {
    let day = |key: &str| -> Result<Option<Option<NaiveDate>>, String> {
        match value.get(key) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(v) => documents::seed_day(v.as_str().unwrap_or_default()).map(|d| Some(Some(d))),
        }
    };
    if let Some(lock) = day("period_lock_date")? {
        ctx.org.period_lock = lock;
    }
    if let Some(lock) = day("end_of_year_lock_date")? {
        ctx.org.year_lock = lock;
    }
    if let Some(offline) = value.get("offline").and_then(Value::as_bool) {
        ctx.org.offline = offline;
    }
    if let Some(limit) = value.get("approve_limit") {
        ctx.org.approve_limit = limit.as_u64();
    }
    Ok(())
}

/// A document by id or number.
pub(super) fn find_invoice(org: &Org, name: &str) -> Option<Doc> {
    document_endpoints::find_doc(org, Kind::Invoice, name).cloned()
}
