//! Lists: which records, in which order, which page.
//!
//! Flows in: the query and `If-Modified-Since`. Flows out: the records of one page and the `pagination` block, or all
//! of them when no page was asked for. Refuses: filters it cannot read, unpaged queries over the row limit.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::cmp::Ordering;
use uuid::Uuid;

use super::ctx::Ctx;
use super::fail::{self, Fail};
use super::filter::{self, Cond, Field};

/// What lists need to know of a record.
pub(super) struct Kind<'k, T> {
    /// Fields that may stand in `where` and `order`, in lower case.
    pub(super) known: &'k [&'k str],
    pub(super) read: &'k dyn Fn(&T, &str) -> Option<Field>,
    pub(super) key: &'k dyn Fn(&T) -> (DateTime<Utc>, Uuid),
}

/// One page, or everything.
pub(super) struct Listed<'r, T> {
    pub(super) rows: Vec<&'r T>,
    pub(super) pagination: Option<Value>,
}

/// Selects, orders and pages.
pub(super) fn select<'r, T>(
    ctx: &Ctx<'_>,
    rows: impl Iterator<Item = &'r T>,
    kind: &Kind<'_, T>,
    keep: &dyn Fn(&T) -> bool,
    always_paged: bool,
) -> Result<Listed<'r, T>, Fail> {
    let cond = condition(ctx, kind.known)?;
    let since = match ctx.call.header("if-modified-since") {
        Some(text) => filter::since(text),
        None => None,
    };
    let wanted = |row: &&T| {
        since.is_none_or(|s| (kind.key)(row).0 > s)
            && keep(row)
            && cond
                .as_ref()
                .is_none_or(|c| filter::meets(c, &|path| (kind.read)(row, path)))
    };
    let mut found: Vec<&T> = rows.filter(wanted).collect();
    sort(ctx, &mut found, kind)?;
    let paged = always_paged || ["page", "pageSize"].iter().any(|p| ctx.query(p).is_some());
    if !paged {
        if found.len() as u64 > ctx.sw.level("row_limit") {
            let text = "The query returns too many records; use paging or a filter";
            return Err(Fail::Whole(Box::new(fail::plain(
                16,
                "QueryParseException",
                text,
            ))));
        }
        return Ok(Listed {
            rows: found,
            pagination: None,
        });
    }
    let number = |name: &str| ctx.query(name).and_then(|v| v.trim().parse::<i64>().ok());
    let page = usize::try_from(number("page").unwrap_or(1).max(1)).unwrap_or(1);
    let size = usize::try_from(number("pageSize").unwrap_or(100).clamp(1, 1000)).unwrap_or(100);
    let count = found.len();
    let rows = found
        .into_iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .collect();
    let block = json!({"page": page, "pageSize": size, "pageCount": count.div_ceil(size), "itemCount": count});
    Ok(Listed {
        rows,
        pagination: Some(block),
    })
}

fn condition(ctx: &Ctx<'_>, known: &[&str]) -> Result<Option<Cond>, Fail> {
    let Some(text) = ctx.query("where").filter(|w| !w.trim().is_empty()) else {
        return Ok(None);
    };
    let cond = filter::parse(text, ctx.sw.is("quotes_in_where", "read")).map_err(Fail::Query)?;
    let mut named = Vec::new();
    filter::fields(&cond, &mut named);
    let unknown = named.iter().find(|n| !known.contains(&n.as_str()));
    match unknown {
        Some(name) if ctx.sw.is("unknown_where_field", "error") => Err(Fail::Query(format!(
            "No property or field '{name}' exists in type"
        ))),
        _ => Ok(Some(cond)),
    }
}

/// By the `order` asked for, else by time of update and id.
fn sort<T>(ctx: &Ctx<'_>, rows: &mut [&T], kind: &Kind<'_, T>) -> Result<(), Fail> {
    let mut keys: Vec<(String, bool)> = Vec::new();
    for part in ctx
        .query("order")
        .unwrap_or_default()
        .split(',')
        .filter(|p| !p.trim().is_empty())
    {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default().to_lowercase();
        let down = words
            .next()
            .is_some_and(|w| w.to_lowercase().starts_with("desc"));
        if !kind.known.contains(&name.as_str()) {
            return Err(Fail::Query(format!(
                "No property or field '{name}' exists in type"
            )));
        }
        keys.push((name, down));
    }
    rows.sort_by(|a, b| {
        for (name, down) in &keys {
            let (left, right) = ((kind.read)(a, name), (kind.read)(b, name));
            let order = filter::order(&left.unwrap_or(Field::Null), &right.unwrap_or(Field::Null));
            let order = if *down { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        (kind.key)(a).cmp(&(kind.key)(b))
    });
    Ok(())
}

/// A comma-separated list of a query parameter, if it is there.
pub(super) fn list(ctx: &Ctx<'_>, name: &str) -> Option<Vec<String>> {
    let text = ctx.query(name).filter(|t| !t.trim().is_empty())?;
    Some(text.split(',').map(|p| p.trim().to_string()).collect())
}

/// A comma-separated list of ids of a query parameter, if it is there.
pub(super) fn guid_list(ctx: &Ctx<'_>, name: &str) -> Result<Option<Vec<Uuid>>, Fail> {
    let Some(list) = list(ctx, name) else {
        return Ok(None);
    };
    let bad = || Fail::Query(format!("{name} takes a comma-separated list of guids"));
    list.iter()
        .map(|t| Uuid::parse_str(t).map_err(|_| bad()))
        .collect::<Result<_, _>>()
        .map(Some)
}
