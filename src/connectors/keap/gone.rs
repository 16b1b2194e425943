//! Which orders Keap has no more.
//!
//! Flows in: ids of orders. Flows out: those that are proved to be gone: the list of orders leaves them out, and the order
//! itself is answered with 404. Keap keeps no list of what was deleted, so that orders have to be asked for.
//! Refuses to conclude anything where not one of several is there: then it is more likely another account than one in which
//! just these were deleted. Bounded by [`MOST`] orders that are asked for by themselves; the others are for another time.

use super::call::get;
use super::{fetch, payments};
use crate::connectors::{CallError, Page, Session};
use crate::model::{Kind, SourceId};

/// Most orders asked for by themselves.
const MOST: usize = 20;

/// Which of these are gone.
pub(super) async fn gone(session: &Session, ids: &[String]) -> Result<Page, CallError> {
    let found = fetch::orders_by_id(session, ids).await?;
    let there = |id: &str| found.iter().any(|o| payments::id(o, "id") == id);
    // Keap's ids are numbers; nothing else is put into an address.
    let number = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    let missing: Vec<&String> = ids.iter().filter(|id| number(id) && !there(id)).collect();
    let mut page = Page::default();
    if found.is_empty() && ids.len() > 1 {
        return Ok(page);
    }
    for id in missing.into_iter().take(MOST) {
        if get(session, "order", &format!("/orders/{id}"))
            .await?
            .is_none()
        {
            page.gone.push((Kind::Invoice, SourceId(id.clone())));
        }
    }
    Ok(page)
}
