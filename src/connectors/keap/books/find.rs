//! What stands in Keap: what changed, and what has an id or a mark.
//!
//! Flows in: a question. Flows out: pages of records. No list can be asked by a mark: what changed since is read, and what carries
//! none of them is left out. Bounded by: 500 orders a page, `PAGES` pages.

use super::read::{contact_record, paper_record, payment_record};
use crate::connectors::keap::call::broken;
use crate::connectors::keap::connect::{Profile, profile};
use crate::connectors::keap::fetch::{self, Gathered, PaidOf};
use crate::connectors::keap::place::PullPlace;
use crate::connectors::keap::{contacts, payments, pull};
use crate::connectors::{Ask, BadRecord, CallError, Cursor, Page, Session};
use crate::model::{Kind, Record};
use chrono::{DateTime, Duration, Utc};

/// Most pages that are read for marks.
const PAGES: usize = 200;
/// How far before the moment that is named a list begins, in seconds: its clock is not ours.
const BEFORE_S: i64 = 300;

/// Answers one question.
pub(super) async fn answer(session: &Session, ask: &Ask) -> Result<Page, CallError> {
    match ask {
        Ask::Changed {
            kind,
            cursor,
            since,
            ..
        } => changed(session, *kind, cursor.as_ref(), *since).await,
        Ask::Ids { kind, ids } => by_ids(session, *kind, ids).await,
        Ask::Marks { kind, marks, since } => marked(session, *kind, marks, *since).await,
        other => Err(broken(format!("{}s are not asked for so", other.kind()))),
    }
}

fn place(cursor: Option<&Cursor>, since: Option<DateTime<Utc>>) -> PullPlace {
    if cursor.is_some() {
        return PullPlace::of(cursor);
    }
    // Payments may be told by no change of their order: with a beginning these are looked at too.
    PullPlace {
        since,
        walked: since,
        ..PullPlace::default()
    }
}

async fn changed(
    session: &Session,
    kind: Kind,
    cursor: Option<&Cursor>,
    since: Option<DateTime<Utc>>,
) -> Result<Page, CallError> {
    let place = place(cursor, since);
    if kind == Kind::Contact {
        return contacts::walked(session, place, contact_record).await;
    }
    let (gathered, place, more) = pull::walked(session, place, PaidOf::All).await?;
    let mut page = papers(session, &place.profile, gathered);
    page.cursor = place.cursor()?;
    page.more = more;
    Ok(page)
}

fn papers(session: &Session, profile: &Profile, gathered: Vec<Gathered>) -> Page {
    let mut page = Page::default();
    for one in gathered {
        match paper_record(&session.settings, one.raw(profile)) {
            Ok(record) => page.records.push(record),
            Err(what) => page.bad.push(BadRecord {
                at: format!("order {}", payments::id(&one.order, "id")),
                what,
                fix: "open the order in Keap, correct it and save it".to_owned(),
                of: payments::id(&one.order, "id"),
                ..BadRecord::default()
            }),
        }
    }
    page
}

async fn by_ids(session: &Session, kind: Kind, ids: &[String]) -> Result<Page, CallError> {
    let page = match kind {
        Kind::Contact => {
            let found = fetch::contacts_by_id(session, ids).await?;
            Page {
                records: found.iter().map(contact_record).collect(),
                ..Page::default()
            }
        }
        Kind::Payment => {
            let zone = profile(session).await?.zone;
            let found = fetch::payments_by_id(session, ids).await?;
            let all: Result<Vec<Record>, String> =
                found.iter().map(|p| payment_record(&zone, p)).collect();
            Page {
                records: all.map_err(broken)?,
                ..Page::default()
            }
        }
        _ => {
            let found = fetch::orders_by_id(session, ids).await?;
            let profile = profile(session).await?;
            let gathered = fetch::gather(session, found, PaidOf::All).await?;
            papers(session, &profile, gathered)
        }
    };
    // What was asked for by its id and cannot be read must not seem to be gone.
    match page.bad.first() {
        Some(bad) if !bad.of.is_empty() => Err(CallError::Unclear {
            id: bad.of.clone(),
            what: bad.what.clone(),
        }),
        Some(bad) => Err(broken(format!("{}: {}", bad.at, bad.what))),
        None => Ok(page),
    }
}

async fn marked(
    session: &Session,
    kind: Kind,
    marks: &[String],
    since: Option<DateTime<Utc>>,
) -> Result<Page, CallError> {
    let since = since.map(|t| t - Duration::seconds(BEFORE_S));
    let ours = |r: &Record| r.mark.as_ref().is_some_and(|m| marks.contains(m));
    let mut all = Page::default();
    let mut cursor: Option<Cursor> = None;
    for _ in 0..PAGES {
        let page = changed(session, kind, cursor.as_ref(), since).await?;
        let new = |r: &Record| ours(r) && !all.records.iter().any(|a| a.id == r.id);
        let found: Vec<Record> = page.records.into_iter().filter(new).collect();
        all.records.extend(found);
        if !page.more {
            return Ok(all);
        }
        cursor = Some(page.cursor);
    }
    Err(broken(format!("more than {PAGES} pages of {kind}s")))
}
