//! Purchase orders: always four places, always an existing contact, and a number that finds the order it belongs to.
//!
//! Flows in: one element. Flows out: the order. As was observed: a create with the number of a live order silently changes
//! that order, and one with the number of a deleted order is refused.

use uuid::Uuid;

use super::books::{Contact, Doc, Kind};
use super::contacts;
use super::ctx::{Ctx, Saved};
use super::documents::head;
use super::fail::Fail;
use super::json::Obj;
use super::lines::Found;
use super::texts;
use super::unposted;
use super::views::{self, Level, View};

const STATUSES: &[&str] = &["DRAFT", "SUBMITTED", "AUTHORISED", "BILLED", "DELETED"];
const DELIVERY: &[(&str, usize)] = &[
    ("DeliveryAddress", 500),
    ("AttentionTo", 255),
    ("Telephone", 50),
    ("DeliveryInstructions", 500),
];

/// Creates or changes one order.
pub(super) fn write(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    create_only: bool,
    path_id: Option<Uuid>,
) -> Result<Saved, Fail> {
    let before = target(ctx, el, create_only, path_id)?;
    if before.as_ref().is_some_and(|b| b.status == "DELETED") {
        return Err(Fail::Invalid(vec![
            texts::ORDER_STATUS.into(),
            texts::ORDER_DELETED.into(),
        ]));
    }
    let mut found = Found::default();
    let contact = contact(ctx, el, before.as_ref())?;
    let mut doc = match &before {
        Some(old) => old.clone(),
        None => ctx.blank((Kind::Order, "PURCHASEORDER"), contact.id, "DRAFT"),
    };
    doc.contact = contact.id;
    let wanted = el.choice("Status", STATUSES, "Xero.API.Library.PurchaseOrderStatus")?;
    if !may_follow(before.as_ref().map(|b| b.status), wanted) {
        found.error(texts::ORDER_STATUS);
    }
    doc.status = wanted.unwrap_or(doc.status);
    let sent = el.flag("SentToContact")?.unwrap_or(doc.sent);
    if sent != doc.sent && !matches!(doc.status, "AUTHORISED" | "BILLED") {
        found.error(texts::ORDER_SENT);
    }
    doc.sent = sent;
    head(ctx, el, &mut doc, &mut found)?;
    delivery(el, &mut doc, &mut found)?;
    let how = (before.is_none(), matches!(doc.status, "DRAFT" | "DELETED"));
    unposted::set_lines(ctx, el, &mut doc, &contact, how, &mut found)?;
    unposted::number(ctx, el, &mut doc, &mut found)?;
    for text in ctx.org.locked(ctx.sw, doc.date) {
        found.error(text);
    }
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    doc.updated = ctx.now;
    ctx.org.note(
        doc.id,
        if before.is_none() {
            "Created"
        } else {
            "Edited"
        },
        &doc.number,
        ctx.now,
    );
    ctx.org.put_doc(doc.clone());
    let view = View {
        org: ctx.org,
        level: Level::Full,
        dp: 4,
        now: ctx.now,
    };
    Ok(Saved {
        body: views::doc(view, &doc),
        warnings: found.warnings,
    })
}

/// What a body says of the delivery.
fn delivery(el: &Obj<'_>, doc: &mut Doc, found: &mut Found) -> Result<(), Fail> {
    doc.planned = el.date("DeliveryDate")?.or(doc.planned);
    doc.expected = el.date("ExpectedArrivalDate")?.or(doc.expected);
    for (name, most) in DELIVERY {
        if let Some(text) = el.text(name)? {
            if text.chars().count() > *most {
                found.error(texts::too_long(name, *most));
            }
            doc.delivery.insert(name, text);
        }
    }
    Ok(())
}

fn target(
    ctx: &Ctx<'_>,
    el: &Obj<'_>,
    create_only: bool,
    path_id: Option<Uuid>,
) -> Result<Option<Doc>, Fail> {
    let id = match path_id {
        Some(id) => Some(id),
        None if create_only => None,
        None => el.guid("PurchaseOrderID")?,
    };
    if let Some(id) = id {
        return ctx
            .org
            .orders
            .get(&id)
            .cloned()
            .map(Some)
            .ok_or(Fail::Missing);
    }
    let Some(number) = el.text("PurchaseOrderNumber")?.filter(|n| !n.is_empty()) else {
        return Ok(None);
    };
    let holder = ctx
        .org
        .order_numbers
        .get(&number)
        .and_then(|id| ctx.org.orders.get(id));
    Ok(holder.cloned())
}

/// The contact must be there already: an order makes none.
fn contact(ctx: &mut Ctx<'_>, el: &Obj<'_>, before: Option<&Doc>) -> Result<Contact, Fail> {
    let Some(sent) = el.obj("Contact")? else {
        let kept = before
            .and_then(|b| ctx.org.contacts.get(&b.contact))
            .cloned();
        return kept.ok_or_else(|| Fail::say(texts::CONTACT_MISSING));
    };
    let named = sent.guid("ContactID")?.is_some() || sent.text("ContactNumber")?.is_some();
    if !named {
        return Err(Fail::say(texts::CONTACT_UNKNOWN));
    }
    contacts::of_document(ctx, &sent)
}

fn may_follow(now: Option<&str>, wanted: Option<&str>) -> bool {
    match (now, wanted) {
        (_, None) => true,
        (None, Some(first)) => matches!(first, "DRAFT" | "SUBMITTED" | "AUTHORISED" | "BILLED"),
        (Some("AUTHORISED"), Some(next)) => !matches!(next, "DRAFT" | "SUBMITTED"),
        (Some("BILLED"), Some(next)) => matches!(next, "BILLED" | "DELETED" | "AUTHORISED"),
        (Some(_), Some(next)) => next != "BILLED",
    }
}
