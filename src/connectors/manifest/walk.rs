//! Walking a list: what changed, or everything, page by page.
//!
//! Flows in: a cursor. Flows out: records with all that belongs to each, what is gone, what could not be read, and the next
//! cursor. The watermark moves only when a whole pass has ended, to the latest change that the list itself told of, but
//! never past the time the pass began, less an overlap: no order of the list and no second with two edits loses one. A pass
//! that read fewer records than the vendor says there are, or that was given one twice by page numbers, counts for nothing:
//! it is told, and everything is read again. Everything is read as often as `full_scan` says, and when the manifest changes.
//! Refuses: pages that make no sense ([`super::pages`]). Bounded by: [`AT_ONCE`] records or [`PAGES_AT_ONCE`] pages a call.

use super::call::{HeardAnswer, address, ask, broken};
use super::fetch::Fetcher;
use super::pages::{PageSpot, records};
use super::record::{Sorted, sort};
use super::shape::{Manifest, PageBy};
use super::template::TemplateValues;
use crate::connectors::{BadRecord, CallError, Cursor, Page, Session};
use crate::model::{Fingerprint, Kind, SourceId};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Records after which a page is given to the caller.
const AT_ONCE: usize = 300;
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
    /// The walk that is under way.
    pass: Option<WalkPass>,
}

/// A walk that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct WalkPass {
    began: DateTime<Utc>,
    /// Whether it is over everything.
    full: bool,
    /// From when on it asks.
    since: Option<DateTime<Utc>>,
    /// The latest change it was told of.
    high: Option<DateTime<Utc>>,
    spot: PageSpot,
    /// Short hashes of the ids it was given.
    ids: BTreeSet<String>,
    /// Whether it was given one twice.
    twice: bool,
    /// How many the vendor says there are.
    total: Option<u64>,
    /// Whether it ended where the rest is older: then it is no count of everything.
    #[serde(default)]
    cut: bool,
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
    for _ in 0..PAGES_AT_ONCE {
        page.more = one_page(&mut fetcher, &mut pass, &mut page).await?;
        if !page.more || page.records.len() >= AT_ONCE {
            break;
        }
    }
    match page.more {
        true => place.pass = Some(pass),
        false => page.bad.extend(end(manifest, &mut place, &pass)),
    }
    let text = serde_json::to_string(&place).map_err(|e| broken(manifest, e.to_string()))?;
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
        ids: BTreeSet::new(),
        twice: false,
        total: None,
        cut: false,
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
    let heard = heard(fetcher, pass.since, &pass.spot).await?;
    let listed = records(&heard, kind.records.as_ref()).map_err(|e| broken(manifest, e))?;
    if let Some(total) = kind.total.as_ref().and_then(|p| heard.at(p)) {
        let text = crate::connectors::json::as_text(&total);
        let total = text.parse::<u64>();
        let total = total.map_err(|_| broken(manifest, "its total of records is no number"))?;
        pass.total = Some(total);
    }
    let more = pass.spot.go_on(&kind.paging, &heard, &listed);
    let more = more.map_err(|e| broken(manifest, e))?;
    pass.cut = all_older(manifest, pass, &listed);
    for record in listed {
        take(fetcher, pass, page, record).await?;
    }
    Ok(more && !pass.cut)
}

/// Whether a list without a filter, whose newest come first, has nothing new any more: a whole page is older. A record
/// without a time is not older than anything.
fn all_older(manifest: &Manifest, pass: &WalkPass, listed: &[Value]) -> bool {
    let spec = manifest.invoices.since.as_ref().filter(|s| s.stops);
    let Some((spec, since)) = spec.zip(pass.since) else {
        return false;
    };
    let older = |record: &Value| {
        let stamp = spec.field.iter().find_map(|p| p.one(record));
        let at = stamp.map(|v| manifest.formats.moment(v));
        matches!(at, Some(Ok(Some(at))) if at < since)
    };
    !listed.is_empty() && listed.iter().all(older)
}

async fn heard(
    fetcher: &Fetcher<'_>,
    since: Option<DateTime<Utc>>,
    spot: &PageSpot,
) -> Result<HeardAnswer, CallError> {
    let (manifest, session) = (fetcher.manifest, fetcher.session);
    let kind = &manifest.invoices;
    let written = kind.since.as_ref().zip(since);
    let written = written.map(|(spec, at)| manifest.formats.written(at, &spec.written));
    let given = TemplateValues {
        since: written.as_deref(),
        spot: spot.next.as_deref(),
        ..TemplateValues::default()
    };
    let url = match &spot.address {
        Some(next) => next
            .parse()
            .map_err(|_| broken(manifest, "its next address is none"))?,
        None => {
            let url = address(manifest, session, &kind.list, &given);
            url.map_err(|no| broken(manifest, no.0))?
        }
    };
    let heard = ask(manifest, session, "invoices", (&kind.list, url, &given)).await?;
    heard.ok_or_else(|| broken(manifest, "its list of invoices is not there (404)"))
}

async fn take(
    fetcher: &mut Fetcher<'_>,
    pass: &mut WalkPass,
    page: &mut Page,
    record: Value,
) -> Result<(), CallError> {
    let manifest = fetcher.manifest;
    let fields = manifest.invoices.since.as_ref().map(|s| s.field.as_slice());
    let stamp = fields.and_then(|f| f.iter().find_map(|p| p.one(&record)));
    match stamp.map(|v| manifest.formats.moment(v)) {
        Some(Ok(at)) => pass.high = pass.high.max(at),
        // A time that cannot be read says nothing of where the list stands.
        Some(Err(what)) => page.bad.push(BadRecord {
            at: super::record::name(manifest, &record),
            what,
            fix: format!("correct `formats` in {}", manifest.file),
            of: String::new(),
        }),
        None => {}
    }
    let sorted = sort(fetcher, record).await?;
    let id = match &sorted {
        Sorted::Read(record) => record.id.0.clone(),
        Sorted::Out(id) => id.clone(),
        Sorted::Bad(bad) => bad.at.clone(),
    };
    let hash: String = Fingerprint::of(id.as_bytes()).0.chars().take(12).collect();
    pass.twice |= !pass.ids.insert(hash);
    match sorted {
        Sorted::Read(record) => page.records.push(*record),
        Sorted::Out(id) => page.gone.push((Kind::Invoice, SourceId(id))),
        Sorted::Bad(bad) => page.bad.push(bad),
    }
    Ok(())
}

/// Ends a pass: the watermark moves, or what is wrong with the whole is told.
fn end(manifest: &Manifest, place: &mut WalkPlace, pass: &WalkPass) -> Option<BadRecord> {
    let read = u64::try_from(pass.ids.len()).unwrap_or(u64::MAX);
    let counted = matches!(
        manifest.invoices.paging.by,
        PageBy::Number(_) | PageBy::Offset(_)
    );
    let wrong = match pass.total.filter(|_| !pass.cut) {
        Some(total) if read < total => Some(format!(
            "{} says that it has {total} invoices, and gave {read}",
            manifest.title
        )),
        Some(_) => None,
        None if pass.twice && counted => Some(format!(
            "{} gave an invoice twice while its pages were counted: another one may have been left out",
            manifest.title
        )),
        None => None,
    };
    if let Some(what) = wrong {
        (place.since, place.scanned) = (None, None);
        return Some(BadRecord {
            at: "list of invoices".to_owned(),
            what,
            fix: "nothing: everything is read again by the next run; if that says the same, look at `paging` in the system's description".to_owned(),
            of: String::new(),
        });
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
    }
    None
}

/// One, by what a person typed: asked for by its id, else looked for through the whole list.
pub(super) async fn typed(
    manifest: &Manifest,
    session: &Session,
    text: &str,
) -> Result<Page, CallError> {
    let text = text.trim();
    let mut fetcher = Fetcher::new(manifest, session);
    let mut page = Page::default();
    if let Some(found) = by_id(&fetcher, text).await? {
        into(&mut page, sort(&mut fetcher, found).await?, text);
        if !page.records.is_empty() || !page.bad.is_empty() {
            return Ok(page);
        }
    }
    let mut spot = PageSpot::first(&manifest.invoices.paging);
    loop {
        let heard = heard(&fetcher, None, &spot).await?;
        let listed = records(&heard, manifest.invoices.records.as_ref());
        let listed = listed.map_err(|e| broken(manifest, e))?;
        let more = spot.go_on(&manifest.invoices.paging, &heard, &listed);
        let more = more.map_err(|e| broken(manifest, e))?;
        for record in listed {
            if super::record::is_called(manifest, &record, text) {
                into(&mut page, sort(&mut fetcher, record).await?, text);
            }
        }
        if !more || !page.records.is_empty() || !page.bad.is_empty() {
            return Ok(page);
        }
    }
}

fn into(page: &mut Page, sorted: Sorted, text: &str) {
    match sorted {
        Sorted::Read(record) if record.number == text || record.id.0 == text => {
            page.records.push(*record);
        }
        Sorted::Bad(bad) => page.bad.push(BadRecord {
            of: text.to_owned(),
            ..bad
        }),
        Sorted::Read(_) | Sorted::Out(_) => {}
    }
}

async fn by_id(fetcher: &Fetcher<'_>, text: &str) -> Result<Option<Value>, CallError> {
    let (manifest, session) = (fetcher.manifest, fetcher.session);
    let Some((call, at)) = &manifest.invoices.one else {
        return Ok(None);
    };
    let given = TemplateValues {
        id: Some(text),
        ..TemplateValues::default()
    };
    // What cannot be a part of an address is no id.
    let Ok(url) = address(manifest, session, call, &given) else {
        return Ok(None);
    };
    let Some(heard) = ask(manifest, session, "invoice", (call, url, &given)).await? else {
        return Ok(None);
    };
    let found = match at {
        Some(path) => heard.at(path),
        None => Some(heard.body),
    };
    Ok(found.filter(Value::is_object))
}
