//! Walking the list of orders by the time they were changed.
//!
//! Flows in: a cursor. Flows out: one page, complete with what belongs to each order, and the next cursor.
//! Refuses nothing it is given: a cursor it cannot read starts from the beginning, which only repeats work.
//! Bounded by: `page_size` orders (setting; 500, at most 1,000).
//!
//! The next page is asked for by time, not by the page's token: an order that changes while the list is walked
//! moves to its end, and everything behind it moves up by one, past a token. Only where a whole page was
//! changed within one second is the token followed. The last page goes back `OVERLAP_S` seconds for the next
//! time, and the payments changed since are looked at as well, since it is not documented that a payment
//! changes its order's time. Nothing can be left out so; a record may come twice, which its version tells.
//!
//! Nor is it documented that an order is changed by getting its invoice: orders without one are looked at again at
//! every walk (`wait`).
//!
//! What cannot be noticed: a payment dated more than `PAYMENTS_H` hours ago that is removed or made smaller without
//! Keap moving its order's time. `crossfoot sync TENANT --only NUMBER` reads an order whatever its time.

use super::call::{API, broken, encoded, get, stamp};
use super::connect::{Profile, profile};
use super::fetch::{self, Gathered, PaidOf};
use super::place::{OVERLAP_S, PullPlace, page_size};
use super::{payments, read};
use crate::connectors::json::{list, moment, text};
use crate::connectors::{BadRecord, CallError, Cursor, Page, Session};
use crate::model::{Document, Kind, SourceId, SourceRecord};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

/// How long a profile is good, in hours.
const PROFILE_H: i64 = 24;
/// How far back payments are listed, in hours: they may be dated earlier than they are entered.
const PAYMENTS_H: i64 = 72;

/// One page of what changed.
pub(super) async fn changed(session: &Session, cursor: Option<&Cursor>) -> Result<Page, CallError> {
    let place = PullPlace::of(cursor);
    let began = place.began.unwrap_or(session.clock.now());
    let (gathered, mut place, more) = walked(session, place, PaidOf::Paid).await?;
    let read: Vec<String> = (gathered.iter())
        .map(|g| payments::id(&g.order, "id"))
        .collect();
    let mut page = records(session, &place.profile, gathered);
    place.waiting.note(&read, &page.records, began);
    page.cursor = place.cursor()?;
    page.more = more;
    Ok(page)
}

/// One page from a place on: the orders with what belongs to them, the next place, and whether there is more.
pub(super) async fn walked(
    session: &Session,
    mut place: PullPlace,
    paid_of: PaidOf,
) -> Result<(Vec<Gathered>, PullPlace, bool), CallError> {
    let now = session.clock.now();
    let stale = place
        .profile_at
        .is_none_or(|t| now - t > Duration::hours(PROFILE_H));
    if stale || place.profile.currency.is_empty() {
        place.profile = profile(session).await?;
        place.profile_at = Some(now);
    }
    let began = *place.began.get_or_insert(now);
    let mut path = format!(
        "/orders?order_by={}&page_size={}",
        encoded("modification_time asc"),
        page_size(session)
    );
    if let Some(since) = place.since {
        let filter = format!("modified_since_time=={}", stamp(since));
        path.push_str(&format!("&filter={}", encoded(&filter)));
    }
    if !place.token.is_empty() {
        path.push_str(&format!("&page_token={}", encoded(&place.token)));
    }
    let body = get(session, "orders", &path).await?;
    let body = body.ok_or_else(|| broken(format!("it has no {API}/orders")))?;
    let Some(Value::Array(listed)) = body.get("orders") else {
        return Err(broken("the list of orders has no `orders`"));
    };
    let mut orders = listed.clone();
    let last = orders.iter().filter_map(changed_at).max();
    let token = text(&body, "next_page_token");
    let more = !token.is_empty() && !orders.is_empty();
    if !more {
        orders.extend(besides(session, &mut place, began, &orders).await?);
    }
    place.next(last, if more { token } else { String::new() });
    let gathered = fetch::gather(session, orders, paid_of).await?;
    fetch::name_fields(session, &mut place.profile, &gathered).await?;
    Ok((gathered, place, more))
}

fn changed_at(order: &Value) -> Option<DateTime<Utc>> {
    moment(&text(order, "modification_time"))
}

/// Orders that are not on the page: those that had a payment changed since the last walk, and those that waited.
async fn besides(
    session: &Session,
    place: &mut PullPlace,
    began: DateTime<Utc>,
    orders: &[Value],
) -> Result<Vec<Value>, CallError> {
    let on_page = |id: &String| orders.iter().any(|o| payments::id(o, "id") == *id);
    let mut paid = paid_since(session, place).await?;
    paid.retain(|id| !on_page(id));
    let mut ids = place.waiting.due(began);
    ids.retain(|id| !on_page(id));
    let waited = ids.clone();
    ids.extend(paid.iter().cloned());
    ids.sort();
    ids.dedup();
    let mut found = fetch::orders_by_id(session, &ids).await?;
    place.waiting.gone(&waited, &found);
    // One that still has no invoice, and no new payment, need not be read in full.
    found.retain(|o| {
        let id = payments::id(o, "id");
        !payments::id(o, "invoice_id").is_empty() || paid.contains(&id)
    });
    Ok(found)
}

/// The ids of orders that had a payment changed since the last walk.
async fn paid_since(session: &Session, place: &PullPlace) -> Result<Vec<String>, CallError> {
    let Some(walked) = place.walked else {
        // The first walk reads every order anyway.
        return Ok(Vec::new());
    };
    let from = walked - Duration::hours(PAYMENTS_H);
    let payments = fetch::payments_since(session, from).await?;
    let new = walked - Duration::seconds(OVERLAP_S);
    let ids = payments
        .iter()
        .filter(|p| {
            let told = [text(p, "update_time"), text(p, "payment_time")];
            told.iter().find_map(|t| moment(t)).is_none_or(|t| t >= new)
        })
        .flat_map(|p| list(p, "order_ids"))
        .map(crate::connectors::json::as_text)
        .filter(|id| !id.is_empty());
    Ok(ids.collect())
}

/// One invoice, by its invoice id, else by the id of its order; `order-55` means the order only.
pub(super) async fn one(session: &Session, number: &str) -> Result<Page, CallError> {
    let number = number.trim();
    let (number, order_only) = match number.strip_prefix("order-") {
        Some(order) => (order, true),
        None => (number, false),
    };
    // Keap's ids are numbers; nothing else is put into a filter.
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Page::default());
    }
    let mut profile = profile(session).await?;
    let mut orders: Vec<Value> = Vec::new();
    if !order_only {
        let filter = encoded(&format!("invoice_id=={number}"));
        let body = get(session, "orders", &format!("/orders?filter={filter}")).await?;
        let listed = body.iter().flat_map(|b| list(b, "orders"));
        let of_invoice = listed.filter(|o| text(o, "invoice_id") == number);
        orders.extend(of_invoice.cloned());
    }
    if orders.is_empty() {
        orders.extend(get(session, "order", &format!("/orders/{number}")).await?);
    }
    let gathered = fetch::gather(session, orders, PaidOf::Paid).await?;
    fetch::name_fields(session, &mut profile, &gathered).await?;
    Ok(records(session, &profile, gathered))
}

fn records(session: &Session, profile: &Profile, gathered: Vec<Gathered>) -> Page {
    let mut page = Page::default();
    for one in gathered {
        let raw = one.raw(profile);
        match read::invoice(&session.settings, &raw) {
            Ok(invoice) => page.records.push(SourceRecord::of(
                Kind::Invoice,
                invoice.id.clone(),
                invoice.number.clone(),
                Some(invoice.modified_at),
                raw,
                Document::Invoice(Box::new(invoice)),
            )),
            Err(what) => page.bad.push((BadRecord {
                at: format!("order {}", SourceId(text(&one.order, "id"))),
                what,
                fix: "open the order in Keap, correct it and save it; if it looks right there, report this".to_owned(),
                of: text(&one.order, "invoice_id"),
..BadRecord::default()
}).saying(&raw)),
        }
    }
    page
}
