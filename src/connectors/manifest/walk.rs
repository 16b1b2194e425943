//! Walking a list: what changed, or everything, page by page.
//!
//! Flows in: a cursor. Flows out: records with all that belongs to each, what is gone, what could not be read, and the next
//! cursor. The watermark moves only when a whole pass has ended, to the latest change that the list itself told of, but
//! never past the time the pass began, less an overlap: no order of the list and no second with two edits loses one. A pass
//! that read fewer records than the vendor says there are, or that was given one twice by page numbers, counts for nothing:
//! it is told, and everything is read again. Everything is read as often as `full_scan` says, and when the manifest changes.
//! Refuses: pages that make no sense ([`super::pages`]). Bounded by: [`AT_ONCE`] records or [`PAGES_AT_ONCE`] pages a call.

use super::call::{broken, zone};
use super::fetch::Fetcher;
use super::pages::{PageSpot, records};
use super::parts::{heard, parts};
use super::pass::{TouchPass, WalkPass, enter};
use super::record::sort;
use super::shape::{Manifest, PageBy};
use super::touched::go_on;
use crate::connectors::{BadRecord, CallError, Cursor, Page, Session};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Records after which a page is given to the caller.
const AT_ONCE: usize = 300;
/// The same where lists are read whole for them, which is done anew for each page.
const AT_ONCE_SHARED: usize = 3_000;
/// Vendor's pages after which one is given.
const PAGES_AT_ONCE: usize = 20;

/// Where the walks of a connection stand.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(default)]
struct WalkPlace {
    /// The manifest it was walked by.
    print: String,
    /// What changed before is known.
    since: Option<DateTime<Utc>>,
    /// When everything was last read from the beginning on.
    scanned: Option<DateTime<Utc>>,
    /// What changed before is known, of each list whose changes are changes of its records.
    touched: BTreeMap<String, DateTime<Utc>>,
    /// The walk that is under way.
    pass: Option<WalkPass>,
}

/// One page of what changed.
pub(super) async fn changed(
    manifest: &Manifest,
    session: &Session,
    cursor: Option<&Cursor>,
) -> Result<Page, CallError> {
    let now = session.clock.now();
    let mut place = place(manifest, cursor);
    let mut page = Page::default();
    let mut pass = match place.pass.take() {
        Some(pass) => pass,
        None => {
            let pass = begin(manifest, &place, now);
            // What could not be read before is told again if it still cannot.
            page.whole = pass.full;
            pass
        }
    };
    let mut fetcher = Fetcher::new(manifest, session);
    let shared = manifest.invoices.fetch.iter().any(|f| f.join.is_some());
    let most = if shared { AT_ONCE_SHARED } else { AT_ONCE };
    for _ in 0..PAGES_AT_ONCE {
        page.more = match pass.after.begun {
            false => one_page(&mut fetcher, &mut pass, &mut page).await?,
            true => go_on(&mut fetcher, &mut pass, &mut page).await?,
        };
        if !page.more && !pass.after.begun && !pass.full {
            (pass.after.begun, page.more) = (true, !manifest.invoices.touched.is_empty());
        }
        if !page.more || page.records.len() >= most || pass.after.too_many() {
            break;
        }
    }
    if pass.after.too_many() {
        // So many that everything is read anew, by the next page.
        (place.scanned, pass.after, page.more) = (None, TouchPass::default(), true);
        return told(manifest, page, &place);
    }
    match page.more {
        true => place.pass = Some(pass),
        false => page.bad.extend(end(manifest, &mut place, &pass)),
    }
    told(manifest, page, &place)
}

fn told(manifest: &Manifest, mut page: Page, place: &WalkPlace) -> Result<Page, CallError> {
    let text = serde_json::to_string(place).map_err(|e| broken(manifest, e.to_string()))?;
    page.cursor = Cursor(text);
    Ok(page)
}

fn place(manifest: &Manifest, cursor: Option<&Cursor>) -> WalkPlace {
    let known = cursor.and_then(|c| serde_json::from_str::<WalkPlace>(&c.0).ok());
    let same = known.filter(|p| p.print == manifest.print);
    same.unwrap_or_else(|| WalkPlace {
        print: manifest.print.clone(),
        ..WalkPlace::default()
    })
}

/// Where a walk stands that knows all that changed before a time; nothing where the list tells no changes.
pub(super) fn place_at(
    manifest: &Manifest,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<Cursor> {
    manifest.invoices.since.as_ref()?;
    let place = WalkPlace {
        print: manifest.print.clone(),
        since: Some(since),
        scanned: Some(now),
        ..WalkPlace::default()
    };
    serde_json::to_string(&place).ok().map(Cursor)
}

fn begin(manifest: &Manifest, place: &WalkPlace, now: DateTime<Utc>) -> WalkPass {
    let kind = &manifest.invoices;
    let due = match (place.scanned, kind.full_scan_s) {
        (None, _) => true,
        (Some(at), Some(every)) => now - at >= Duration::seconds(every),
        (Some(_), None) => false,
    };
    let since = place.since.filter(|_| !due && kind.since.is_some());
    WalkPass {
        began: now,
        full: since.is_none(),
        since,
        high: None,
        spot: PageSpot::first(&kind.paging),
        parts: None,
        of_part: BTreeSet::new(),
        ids: BTreeSet::new(),
        twice: false,
        total: None,
        cut: false,
        wrong: None,
        after: TouchPass::of(place.touched.clone()),
    }
}

/// Reads one page of the vendor's; answers whether there is another one.
async fn one_page(
    fetcher: &mut Fetcher<'_>,
    pass: &mut WalkPass,
    page: &mut Page,
) -> Result<bool, CallError> {
    let manifest = fetcher.manifest;
    let kind = &manifest.invoices;
    let mut left = match pass.parts.take() {
        Some(left) => left,
        None => parts(manifest, fetcher.session, (pass.since, pass.began)).await?,
    };
    let Some(part) = left.last().cloned() else {
        pass.parts = Some(left);
        return Ok(false);
    };
    pass.parts = Some(left.clone());
    let heard = heard(fetcher, &part, &pass.spot).await?;
    let listed = records(&heard, kind.records.as_ref()).map_err(|e| broken(manifest, e))?;
    if let Some(total) = kind.total.as_ref().and_then(|p| heard.at(p)) {
        let text = crate::connectors::json::as_text(&total);
        let total = text.parse::<u64>();
        let total = total.map_err(|_| broken(manifest, "its total of records is no number"))?;
        pass.total = Some(total);
    }
    let more = pass.spot.go_on(&kind.paging, &heard, &listed);
    let more = more.map_err(|e| broken(manifest, e))?;
    pass.cut = all_older(fetcher, pass, &listed);
    fetcher.many = fetcher.many.saturating_add(listed.len());
    for record in listed {
        take(fetcher, pass, page, record).await?;
    }
    if more && !pass.cut {
        return Ok(true);
    }
    pass.wrong = pass.wrong.take().or_else(|| amiss(manifest, pass));
    left.pop();
    let again = !left.is_empty();
    pass.parts = Some(left);
    pass.spot = PageSpot::first(&kind.paging);
    (pass.of_part, pass.total, pass.twice) = (BTreeSet::new(), None, false);
    Ok(again)
}

/// Whether a list without a filter, whose newest come first, has nothing new any more: a whole page is older. A record
/// without a time is not older than anything.
fn all_older(fetcher: &Fetcher<'_>, pass: &WalkPass, listed: &[Value]) -> bool {
    let (manifest, own) = (fetcher.manifest, zone(fetcher.session));
    let spec = manifest.invoices.since.as_ref().filter(|s| s.stops);
    let Some((spec, since)) = spec.zip(pass.since) else {
        return false;
    };
    let older = |record: &Value| {
        let stamp = spec.field.iter().find_map(|p| p.one(record));
        let at = stamp.map(|v| manifest.formats.moment(v, own));
        matches!(at, Some(Ok(Some(at))) if at < since)
    };
    !listed.is_empty() && listed.iter().all(older)
}

/// Takes a record that a list of records gave.
async fn take(
    fetcher: &mut Fetcher<'_>,
    pass: &mut WalkPass,
    page: &mut Page,
    record: Value,
) -> Result<(), CallError> {
    let manifest = fetcher.manifest;
    let fields = manifest.invoices.since.as_ref().map(|s| s.field.as_slice());
    let stamp = fields.and_then(|f| f.iter().find_map(|p| p.one(&record)));
    match stamp.map(|v| manifest.formats.moment(v, zone(fetcher.session))) {
        Some(Ok(at)) => pass.high = pass.high.max(at),
        // A time that cannot be read says nothing of where the list stands.
        Some(Err(what)) => page.bad.push(BadRecord {
            at: super::record::name(manifest, &record),
            what,
            fix: format!("correct `formats` in {}", manifest.file),
            ..BadRecord::default()
        }),
        None => {}
    }
    let sorted = sort(fetcher, record).await?;
    enter(pass, page, manifest.kind, sorted);
    Ok(())
}

/// What is wrong with a part of the list that was read to its end.
fn amiss(manifest: &Manifest, pass: &WalkPass) -> Option<String> {
    let read = u64::try_from(pass.of_part.len()).unwrap_or(u64::MAX);
    let counted = matches!(
        manifest.invoices.paging.by,
        PageBy::Number(_) | PageBy::Offset(_)
    );
    match pass.total.filter(|_| !pass.cut) {
        Some(total) if read < total => Some(format!(
            "{} says that it has {total} {}s, and gave {read}",
            manifest.title,
            manifest.kind.name()
        )),
        Some(_) => None,
        None if pass.twice && counted => Some(format!(
            "{} gave one of its {}s twice while its pages were counted: another one may have been left out",
            manifest.title,
            manifest.kind.name()
        )),
        None => None,
    }
}

/// Ends a pass: the watermark moves, or what is wrong with the whole is told.
fn end(manifest: &Manifest, place: &mut WalkPlace, pass: &WalkPass) -> Option<BadRecord> {
    if let Some(what) = pass.wrong.clone() {
        (place.since, place.scanned) = (None, None);
        return Some(BadRecord {
            at: "list of invoices".to_owned(),
            what,
            fix: "nothing: everything is read again by the next run; if that says the same, look at `paging` in the system's description".to_owned(), ..BadRecord::default() });
    }
    if pass.full {
        place.scanned = Some(pass.began);
    }
    if let Some(since) = &manifest.invoices.since {
        // A list without any change tells no time: then that of the last pass stays, and without one everything is read again.
        let reached = pass
            .high
            .map(|h| h.min(pass.began) - Duration::seconds(since.overlap_s));
        place.since = reached.max(place.since);
        let kept = Duration::seconds(since.overlap_s);
        let known = place.since.filter(|_| pass.full);
        let reached = |name: &String| {
            let high = pass.after.high.get(name)?;
            Some((*high).min(pass.began) - kept)
        };
        for list in &manifest.invoices.touched {
            let before = place.touched.get(&list.name).copied().or(place.since);
            // Where everything was read, all that changed until then is known.
            let now = reached(&list.name).max(known).max(before);
            place.touched.extend(now.map(|at| (list.name.clone(), at)));
        }
    }
    None
}
