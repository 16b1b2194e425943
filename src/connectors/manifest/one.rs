//! One record, asked for by its id or looked for through the list, and which of some are there no more.

use super::call::{address, ask, broken};
use super::fetch::Fetcher;
use super::pages::{PageSpot, records};
use super::parts::{heard, parts};
use super::record::{Sorted, sort};
use super::shape::Manifest;
use super::template::TemplateValues;
use crate::connectors::{BadRecord, CallError, Page, Session};
use crate::model::{Kind, SourceId};
use serde_json::Value;

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
        into(
            &mut page,
            sort(&mut fetcher, found).await?,
            (manifest.kind, text),
        );
        if !page.records.is_empty() || !page.bad.is_empty() || !page.gone.is_empty() {
            return Ok(page);
        }
    }
    let mut left = parts(manifest, session, (None, session.clock.now())).await?;
    let mut spot = PageSpot::first(&manifest.invoices.paging);
    while let Some(part) = left.last() {
        let heard = heard(&fetcher, part, &spot).await?;
        let listed = records(&heard, manifest.invoices.records.as_ref());
        let listed = listed.map_err(|e| broken(manifest, e))?;
        let more = spot.go_on(&manifest.invoices.paging, &heard, &listed);
        let more = more.map_err(|e| broken(manifest, e))?;
        for record in listed {
            if super::record::is_called(manifest, &record, text) {
                into(
                    &mut page,
                    sort(&mut fetcher, record).await?,
                    (manifest.kind, text),
                );
            }
        }
        if !page.records.is_empty() || !page.bad.is_empty() {
            break;
        }
        if !more {
            left.pop();
            spot = PageSpot::first(&manifest.invoices.paging);
        }
    }
    Ok(page)
}

fn into(page: &mut Page, sorted: Sorted, (kind, text): (Kind, &str)) {
    match sorted {
        Sorted::Read(record) if record.number == text || record.id.0 == text => {
            page.records.push(*record);
        }
        Sorted::Bad(bad) => page.bad.push(BadRecord {
            of: text.to_owned(),
            ..bad
        }),
        // It is there, and is none by what the description says of it.
        Sorted::Out(id) => page.gone.push((kind, SourceId(id))),
        Sorted::Read(_) => {}
    }
}

/// A record by its id.
pub(super) async fn by_id(fetcher: &Fetcher<'_>, text: &str) -> Result<Option<Value>, CallError> {
    let found = asked_for(fetcher.manifest, fetcher.session, text).await?;
    Ok(found.flatten())
}

/// What the system says when it is asked for an id; nothing where it cannot be asked for it.
async fn asked_for(
    manifest: &Manifest,
    session: &Session,
    id: &str,
) -> Result<Option<Option<Value>>, CallError> {
    let Some((call, at)) = &manifest.invoices.one else {
        return Ok(None);
    };
    let given = TemplateValues {
        id: Some(id),
        ..TemplateValues::default()
    };
    // What cannot be a part of an address is no id.
    let Ok(url) = address(manifest, session, call, &given) else {
        return Ok(None);
    };
    let Some(heard) = ask(manifest, session, "invoice", (call, url, &given)).await? else {
        return Ok(Some(None));
    };
    let found = match at {
        Some(path) => heard.at(path),
        None => Some(heard.body),
    };
    Ok(Some(found.filter(Value::is_object)))
}

/// Which of some are there no more: asked for by their ids, they are absent or deleted.
pub(super) async fn gone(
    manifest: &Manifest,
    session: &Session,
    ids: &[String],
) -> Result<Page, CallError> {
    let mut page = Page::default();
    for id in ids {
        let Some(found) = asked_for(manifest, session, id).await? else {
            continue;
        };
        let deleted = manifest.invoices.deleted.as_ref();
        let there = match (&found, deleted) {
            (None, _) => false,
            (Some(record), Some(deleted)) => {
                let is = deleted.holds(record);
                !is.map_err(|why| broken(manifest, why))?
            }
            (Some(_), None) => true,
        };
        if !there {
            page.gone.push((manifest.kind, SourceId(id.clone())));
        }
    }
    Ok(page)
}
