//! The price list: items by code, created or updated by it.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::books::{Item, Org, Trade};
use super::ctx::{Ctx, Saved};
use super::fail::{Fail, no_method};
use super::filter::Field;
use super::history;
use super::json::{Obj, ms, num};
use super::lists::{self, Kind as ListKind};
use super::money;
use super::texts;
use crate::sandbox::wire::Reply;

/// Answers `/Items`.
pub(super) fn answer(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
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

/// The item a body is about, if it is there.
fn target(
    ctx: &Ctx<'_>,
    el: &Obj<'_>,
    code: Option<&String>,
    create_only: bool,
    named: Option<Item>,
) -> Result<Option<Item>, Fail> {
    let by_code = code.and_then(|c| ctx.org.item(c)).cloned();
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
    Ok(by_id.or(by_code))
}

fn write_item(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    create_only: bool,
    named: Option<Item>,
) -> Result<Saved, Fail> {
    let code = el.text("Code")?.filter(|c| !c.is_empty());
    let before = target(ctx, el, code.as_ref(), create_only, named)?;
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
