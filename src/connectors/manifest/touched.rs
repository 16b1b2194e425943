//! What changes a record from elsewhere: a list of its lines or payments, of which a changed one is a change of the record.
//!
//! Flows in: a pass whose own list has ended. Flows out: the records of what changed in these lists, each asked for by its id.
//! Refuses: a record that is not the one that was asked for. Bounded by: [`AT_ONCE`] records a call; with too many in a pass
//! everything is read anew.

use super::call::{address, ask, broken, zone};
use super::fetch::Fetcher;
use super::one::by_id;
use super::pages::{PageSpot, records};
use super::pass::{WalkPass, enter};
use super::record::{Sorted, sort};
use super::shape::TouchSpec;
use super::template::TemplateValues;
use crate::connectors::{CallError, Page};
use crate::model::{Kind, SourceId};

/// Records that are asked for at once.
const AT_ONCE: usize = 100;

/// Goes on; answers whether there is more.
pub(super) async fn go_on(
    fetcher: &mut Fetcher<'_>,
    pass: &mut WalkPass,
    page: &mut Page,
) -> Result<bool, CallError> {
    let lists = &fetcher.manifest.invoices.touched;
    match lists.get(pass.after.list) {
        Some(list) => {
            one_page(fetcher, list, pass).await?;
            let ended = pass.after.list >= lists.len();
            Ok(!ended || !pass.after.parents.is_empty())
        }
        None => {
            asked(fetcher, pass, page).await?;
            Ok(!pass.after.parents.is_empty())
        }
    }
}

/// Reads one page of such a list.
async fn one_page(
    fetcher: &Fetcher<'_>,
    list: &TouchSpec,
    pass: &mut WalkPass,
) -> Result<(), CallError> {
    let (manifest, session) = (fetcher.manifest, fetcher.session);
    let wrong = |e: String| broken(manifest, format!("{}: {e}", list.name));
    let own = zone(session);
    let since = pass.after.since.get(&list.name).copied().or(pass.since);
    let spec = manifest.invoices.since.as_ref();
    let written = spec.zip(since);
    let written = written.map(|(s, at)| manifest.formats.written(at, &s.written, own));
    let mut spot = pass
        .after
        .spot
        .take()
        .unwrap_or_else(|| PageSpot::first(&list.paging));
    let until = spec.map(|s| manifest.formats.written(pass.began, &s.written, own));
    let given = TemplateValues {
        since: written.as_deref(),
        until: until.as_deref(),
        spot: spot.next.as_deref(),
        ..TemplateValues::default()
    };
    let url = match &spot.address {
        Some(next) => next
            .parse()
            .map_err(|_| wrong("its next address is none".into()))?,
        None => address(manifest, session, &list.call, &given).map_err(|no| wrong(no.0))?,
    };
    let heard = ask(manifest, session, &list.name, (&list.call, url, &given)).await?;
    let heard = heard.ok_or_else(|| wrong("it is not there (404)".into()))?;
    let listed = records(&heard, list.records.as_ref()).map_err(wrong)?;
    let more = spot.go_on(&list.paging, &heard, &listed).map_err(wrong)?;
    for element in &listed {
        let stamp = spec.and_then(|s| s.field.iter().find_map(|p| p.one(element)));
        if let Some(Ok(Some(at))) = stamp.map(|v| manifest.formats.moment(v, own)) {
            let high = pass.after.high.entry(list.name.clone()).or_insert(at);
            *high = at.max(*high);
        }
        let parent = list.parent.one(element);
        let parent = parent.map(|v| manifest.formats.text(v)).unwrap_or_default();
        if !parent.is_empty() && !pass.knows(&parent) {
            pass.after.parents.insert(parent);
        }
    }
    match more {
        true => pass.after.spot = Some(spot),
        false => pass.after.list += 1,
    }
    Ok(())
}

/// Asks for some of the records.
async fn asked(
    fetcher: &mut Fetcher<'_>,
    pass: &mut WalkPass,
    page: &mut Page,
) -> Result<(), CallError> {
    fetcher.many = fetcher.many.saturating_add(pass.after.parents.len());
    for _ in 0..AT_ONCE {
        let Some(id) = pass.after.parents.pop_first() else {
            break;
        };
        let Some(found) = by_id(fetcher, &id).await? else {
            page.gone.push((Kind::Invoice, SourceId(id)));
            continue;
        };
        let sorted = sort(fetcher, found).await?;
        let other = match &sorted {
            Sorted::Read(record) => record.id.0 != id,
            Sorted::Out(out) => *out != id,
            Sorted::Bad(_) => false,
        };
        if other {
            let why = "it gives another record than the one whose id was asked for";
            return Err(broken(fetcher.manifest, why));
        }
        enter(Kind::Invoice, pass, page, sorted);
    }
    Ok(())
}
