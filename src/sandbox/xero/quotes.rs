//! Quotes: a contact, a day and lines, and statuses of their own; what a quote comes to binds nobody.
//!
//! Flows in: one element. Flows out: the quote. No recording and no page says what a create with a taken number does, nor which
//! status may follow which: the first is a switch (`quote_number`), and of the second only what is plain is refused: what was
//! deleted stays so, and what was invoiced is changed no more.

use uuid::Uuid;

use super::books::{Contact, Doc, Kind};
use super::contacts;
use super::ctx::{Ctx, Saved};
use super::documents::head;
use super::fail::Fail;
use super::json::Obj;
use super::lines::Found;
use super::money::LineAmounts;
use super::quote_views::show;
use super::texts;
use super::unposted;

const STATUSES: &[&str] = &[
    "DRAFT", "SENT", "DECLINED", "ACCEPTED", "INVOICED", "DELETED",
];
const AMOUNTS: &[&str] = &["EXCLUSIVE", "INCLUSIVE", "NOTAX"];
const TEXTS: &[(&str, usize)] = &[("Title", 100), ("Summary", 3000), ("Terms", 4000)];
/// Most characters of a reference, which is longer than an invoice's.
const REFERENCE: usize = 4000;

/// Creates or changes one quote.
pub(super) fn write(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    create_only: bool,
    path_id: Option<Uuid>,
) -> Result<Saved, Fail> {
    let before = target(ctx, el, create_only, path_id)?;
    let closed = |d: &Doc| matches!(d.status, "DELETED" | "INVOICED");
    if before.as_ref().is_some_and(closed) {
        return Err(Fail::say(texts::QUOTE_STATUS));
    }
    let mut found = Found::default();
    let contact = contact(ctx, el, before.as_ref())?;
    let mut doc = match &before {
        Some(old) => old.clone(),
        None => ctx.blank((Kind::Quote, "QUOTE"), contact.id, "DRAFT"),
    };
    doc.contact = contact.id;
    let wanted = el.choice("Status", STATUSES, "Xero.API.Library.QuoteStatus")?;
    if before.is_none() && wanted == Some("DELETED") {
        found.error(texts::QUOTE_STATUS);
    }
    doc.status = wanted.unwrap_or(doc.status);
    if before.is_none() && el.date("Date")?.is_none() {
        found.error(texts::QUOTE_DATE);
    }
    fields(ctx, el, &mut doc, &mut found)?;
    let how = (before.is_none(), doc.status == "DRAFT");
    unposted::set_lines(ctx, el, &mut doc, &contact, how, &mut found)?;
    unposted::number(ctx, el, &mut doc, &mut found)?;
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    doc.updated = before.as_ref().map_or(ctx.now, |b| ctx.later(b.updated));
    let words = if before.is_none() {
        "Created"
    } else {
        "Edited"
    };
    ctx.org.note(doc.id, words, &doc.number, ctx.now);
    ctx.org.put_doc(doc.clone());
    Ok(Saved {
        body: show(ctx.org, &doc),
        warnings: found.warnings,
    })
}

/// What stands above the lines. The words for how amounts are read are those of an invoice in capitals.
fn fields(ctx: &Ctx<'_>, el: &Obj<'_>, doc: &mut Doc, found: &mut Found) -> Result<(), Fail> {
    let mut plain = el.map.clone();
    plain.retain(|k, _| {
        !k.eq_ignore_ascii_case("LineAmountTypes") && !k.eq_ignore_ascii_case("Reference")
    });
    let rest = Obj {
        map: &plain,
        path: el.path.clone(),
    };
    head(ctx, &rest, doc, found)?;
    let words = "Xero.API.Library.QuoteLineAmountType";
    if let Some(word) = el.choice("LineAmountTypes", AMOUNTS, words)? {
        doc.amounts = match word {
            "INCLUSIVE" => LineAmounts::Inclusive,
            "NOTAX" => LineAmounts::NoTax,
            _ => LineAmounts::Exclusive,
        };
    }
    if let Some(text) = el.text("Reference")? {
        if text.chars().count() > REFERENCE {
            found.error(texts::too_long("Reference", REFERENCE));
        }
        doc.reference = text;
    }
    doc.due = el.date("ExpiryDate")?.or(doc.due);
    for (name, most) in TEXTS {
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
        None => el.guid("QuoteID")?,
    };
    if let Some(id) = id {
        let known = ctx.org.quotes.get(&id).cloned();
        return known.map(Some).ok_or(Fail::Missing);
    }
    let Some(number) = el.text("QuoteNumber")?.filter(|n| !n.is_empty()) else {
        return Ok(None);
    };
    let by_number = !create_only || ctx.sw.is("quote_number", "overwrite");
    let holder = ctx.org.quote_numbers.get(&number).filter(|_| by_number);
    Ok(holder.and_then(|id| ctx.org.quotes.get(id)).cloned())
}

fn contact(ctx: &mut Ctx<'_>, el: &Obj<'_>, before: Option<&Doc>) -> Result<Contact, Fail> {
    let Some(sent) = el.obj("Contact")? else {
        let kept = before
            .and_then(|b| ctx.org.contacts.get(&b.contact))
            .cloned();
        return kept.ok_or_else(|| Fail::say(texts::CONTACT_MISSING));
    };
    contacts::of_document(ctx, &sent)
}
