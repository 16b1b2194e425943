//! A list in parts: once for each location, once for each stretch of time.
//!
//! Flows in: what the manifest says and from when on a walk asks. Flows out: the parts, in order; a list that is one has one.
//! Two stretches have a moment in common, so that neither kind of boundary leaves one out. Refuses: more than [`MOST`] parts.

use super::call::{HeardAnswer, address, ask, broken, zone};
use super::fetch::Fetcher;
use super::pages::{PageSpot, records};
use super::shape::{EachSpec, Manifest};
use super::template::TemplateValues;
use crate::connectors::{CallError, Session};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// Most parts of one walk.
const MOST: usize = 20_000;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WalkPart {
    /// For which of `for_each`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub each: Option<String>,
    /// What changed since then.
    pub since: Option<DateTime<Utc>>,
    /// And until then.
    pub until: DateTime<Utc>,
}

/// The parts of a list, the last first.
pub(super) async fn parts(
    manifest: &Manifest,
    session: &Session,
    (since, now): (Option<DateTime<Utc>>, DateTime<Utc>),
) -> Result<Vec<WalkPart>, CallError> {
    let eaches = match &manifest.invoices.for_each {
        None => vec![None],
        Some(EachSpec::Fixed(all)) => all.iter().cloned().map(Some).collect(),
        Some(EachSpec::Fetched(..)) => fetched(manifest, session).await?,
    };
    let stretches = stretches(manifest, since, now);
    if eaches.len().saturating_mul(stretches.len()) > MOST {
        return Err(broken(
            manifest,
            format!("its list has more than {MOST} parts"),
        ));
    }
    let mut all: Vec<WalkPart> = eaches
        .into_iter()
        .flat_map(|each| {
            let of = move |(since, until): &(Option<DateTime<Utc>>, DateTime<Utc>)| WalkPart {
                each: each.clone(),
                since: *since,
                until: *until,
            };
            stretches.iter().map(of).collect::<Vec<_>>()
        })
        .collect();
    all.reverse();
    Ok(all)
}

fn stretches(
    manifest: &Manifest,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<(Option<DateTime<Utc>>, DateTime<Utc>)> {
    let spec = manifest.invoices.since.as_ref();
    let Some((begins, window_s)) = spec.and_then(|s| s.window) else {
        return vec![(since, now)];
    };
    // A filter by day shows a day whole or not at all, and of which end its list leaves out nobody says.
    let common = match spec.is_some_and(|s| s.written == "day") {
        true => Duration::days(1),
        false => Duration::seconds(1),
    };
    let (mut from, mut all) = (since.unwrap_or(begins), Vec::new());
    loop {
        let until = (from + Duration::seconds(window_s)).min(now);
        all.push((Some(from), until));
        if until >= now || all.len() > MOST {
            return all;
        }
        from = until - common;
    }
}

async fn fetched(manifest: &Manifest, session: &Session) -> Result<Vec<Option<String>>, CallError> {
    let Some(EachSpec::Fetched(call, at, paging, id)) = &manifest.invoices.for_each else {
        return Ok(Vec::new());
    };
    let wrong = |e: String| broken(manifest, format!("for_each: {e}"));
    let (mut spot, mut all) = (PageSpot::first(paging), Vec::new());
    loop {
        let next = spot.next.clone();
        let given = TemplateValues {
            spot: next.as_deref(),
            ..TemplateValues::default()
        };
        let url = match &spot.address {
            Some(next) => next
                .parse()
                .map_err(|_| wrong("its next address is none".into()))?,
            None => address(manifest, session, call, &given).map_err(|no| wrong(no.0))?,
        };
        let heard = ask(manifest, session, "for_each", (call, url, &given)).await?;
        let heard = heard.ok_or_else(|| wrong("its list is not there (404)".into()))?;
        let listed = records(&heard, at.as_ref()).map_err(wrong)?;
        let more = spot.go_on(paging, &heard, &listed).map_err(wrong)?;
        for element in &listed {
            let found = id.one(element).map(|v| manifest.formats.text(v));
            let found = found.filter(|t| !t.is_empty());
            all.push(Some(
                found.ok_or_else(|| wrong("one of its list has no id".into()))?,
            ));
        }
        if all.len() > MOST {
            return Err(wrong(format!("it has more than {MOST}")));
        }
        if !more {
            return Ok(all);
        }
    }
}

/// A page of the list.
pub(super) async fn heard(
    fetcher: &Fetcher<'_>,
    part: &WalkPart,
    spot: &PageSpot,
) -> Result<HeardAnswer, CallError> {
    let (manifest, session) = (fetcher.manifest, fetcher.session);
    let kind = &manifest.invoices;
    let own = zone(session);
    let written = |at: Option<DateTime<Utc>>| {
        let spec = kind.since.as_ref().zip(at);
        spec.map(|(spec, at)| manifest.formats.written(at, &spec.written, own))
    };
    let (since, until) = (written(part.since), written(Some(part.until)));
    let given = TemplateValues {
        since: since.as_deref(),
        until: until.as_deref(),
        each: part.each.as_deref(),
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
