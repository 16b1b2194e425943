//! What quotes and purchase orders have in common, papers that move no balance: numbers of a series of their own, of which one
//! that another paper has is refused, and lines at four places.

use uuid::Uuid;

use super::books::{Contact, Doc, Kind, Org};
use super::ctx::Ctx;
use super::documents::total;
use super::fail::Fail;
use super::json::Obj;
use super::lines::{self, Found, Frame};
use super::table::Table;
use super::texts;

/// A kind's series.
struct Series {
    /// The field that holds the number.
    field: &'static str,
    /// Which of the organisation's counters it has, and what stands before its digits.
    counter: usize,
    prefix: &'static str,
    /// What the vendor says of a number that is taken.
    taken: &'static str,
    numbers: fn(&Org) -> &Table<String, Uuid>,
}

const ORDERS: Series = Series {
    field: "PurchaseOrderNumber",
    counter: 2,
    prefix: "PO",
    taken: texts::ORDER_NUMBER_TAKEN,
    numbers: |org| &org.order_numbers,
};
const QUOTES: Series = Series {
    field: "QuoteNumber",
    counter: 3,
    prefix: "QU",
    taken: texts::QUOTE_NUMBER_TAKEN,
    numbers: |org| &org.quote_numbers,
};
/// Most characters of a number.
const MOST: usize = 255;

/// Gives a quote or an order the number that the body says, or its series' next one.
pub(super) fn number(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    doc: &mut Doc,
    found: &mut Found,
) -> Result<(), Fail> {
    let series = match doc.kind {
        Kind::Quote => QUOTES,
        _ => ORDERS,
    };
    if let Some(number) = el.text(series.field)?.filter(|n| !n.is_empty()) {
        let holder = (series.numbers)(ctx.org).get(&number);
        if holder.is_some_and(|id| *id != doc.id) {
            found.error(series.taken);
        }
        if number.chars().count() > MOST {
            found.error(texts::too_long(series.field, MOST));
        }
        doc.number = number;
    }
    while doc.number.is_empty() {
        ctx.org.next_number[series.counter] += 1;
        let next = ctx.org.next_number[series.counter];
        let next = format!("{}-{next:04}", series.prefix);
        if (series.numbers)(ctx.org).get(&next).is_none() {
            doc.number = next;
        }
    }
    Ok(())
}

/// Sets the lines that a body says, or reads again those that stand. A `draft` may lack what a line needs.
pub(super) fn set_lines(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    doc: &mut Doc,
    contact: &Contact,
    (new, draft): (bool, bool),
    found: &mut Found,
) -> Result<(), Fail> {
    let sent = el.list("LineItems")?.filter(|l| !l.is_empty());
    if new && sent.is_none() {
        found.error(texts::LINES_MISSING);
    }
    let frame = Frame {
        org: ctx.org,
        sw: ctx.sw,
        contact,
        sale: doc.kind == Kind::Quote,
        discounts: true,
        draft,
        overpayment: false,
        amounts: doc.amounts,
        dp: 4,
    };
    match sent {
        Some(sent) => doc.lines = lines::build(&frame, &sent, &doc.lines, ctx.ids, found)?,
        None => lines::again(&frame, &mut doc.lines, found),
    }
    total(doc);
    Ok(())
}
