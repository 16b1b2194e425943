//! Questions to QuickBooks Online: by id, by number, by mark, by name.
//!
//! Flows in: an [`Ask`] that the facts claim. Flows out: a page of records. Few ids are read one by one, since a list may
//! show an older version than a read by id. A memo cannot be asked for: what carries a mark is found in the list of what
//! changed. What a query cannot say is looked for by a pattern, and compared here.

use super::Qbo;
use super::query::{looking_for, same, select, with_resting};
use super::read::{broken, entities};
use crate::connectors::json::text;
use crate::connectors::{Ask, CallError, Cursor, Page, Session};
use crate::model::{Kind, Record};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

/// A list is asked for from a little earlier: Intuit's clock is not ours.
const OVERLAP_S: i64 = 300;
/// The most pages of a list that is looked through for marks.
const PAGES: usize = 1000;

impl Qbo {
    /// Answers a question that the facts claim.
    pub(super) async fn answer(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        match ask {
            Ask::Changed {
                kind,
                cursor,
                since,
                ..
            } => self.changed(session, *kind, cursor.as_ref(), *since).await,
            Ask::Ids { kind, ids } => self.by_ids(session, *kind, ids).await,
            Ask::Numbers { kind, numbers } => self.by_numbers(session, *kind, numbers).await,
            Ask::Marks { kind, marks, since } => self.by_marks(session, *kind, marks, *since).await,
            Ask::Names { names } => self.by_names(session, names).await,
            _ => Err(broken("nothing is asked for in this way")),
        }
    }

    async fn by_ids(
        &self,
        session: &Session,
        kind: Kind,
        ids: &[String],
    ) -> Result<Page, CallError> {
        let mut rows: Vec<(&'static str, Value)> = Vec::new();
        for entity in entities(kind) {
            let found = |id: &&String| !rows.iter().any(|(_, r)| text(r, "Id") == **id);
            let left: Vec<String> = ids.iter().filter(found).cloned().collect();
            let some = self.some(session, entity, &left).await?;
            rows.extend(some.into_iter().map(|r| (*entity, r)));
        }
        let mut page = self.joined(session, kind, rows, Vec::new(), &[]).await?;
        self.all_read(&page)?;
        let there = |id: &String| page.records.iter().any(|r| r.id.0 == *id);
        let gone: Vec<&String> = ids.iter().filter(|id| !there(id)).collect();
        page.gone = (gone.into_iter())
            .map(|id| (kind, id.as_str().into()))
            .collect();
        Ok(page)
    }

    /// What cannot be read bars an answer: nothing may be concluded from what is left.
    fn all_read(&self, page: &Page) -> Result<(), CallError> {
        match page.bad.first() {
            Some(bad) => Err(CallError::Unclear {
                id: bad.at.clone(),
                what: bad.what.clone(),
            }),
            None => Ok(()),
        }
    }

    async fn by_numbers(
        &self,
        session: &Session,
        kind: Kind,
        numbers: &[String],
    ) -> Result<Page, CallError> {
        let asked = |n: &&String| !n.trim().is_empty();
        let asked: Vec<String> = numbers.iter().filter(asked).cloned().collect();
        let mut rows: Vec<(&'static str, Value)> = Vec::new();
        for entity in entities(kind) {
            for condition in looking_for("DocNumber", &asked) {
                let statement = select(entity, &[condition], 1);
                let some = self.rows(session, "numbers", entity, statement).await?;
                rows.extend(some.into_iter().map(|r| (*entity, r)));
            }
        }
        rows.retain(|(_, r)| asked.iter().any(|n| same(&text(r, "DocNumber"), n)));
        let page = self.joined(session, kind, rows, Vec::new(), &[]).await?;
        self.all_read(&page)?;
        Ok(page)
    }

    async fn by_marks(
        &self,
        session: &Session,
        kind: Kind,
        marks: &[String],
        since: Option<DateTime<Utc>>,
    ) -> Result<Page, CallError> {
        let since = since.map(|t| t - Duration::seconds(OVERLAP_S));
        let marked = |r: &Record| r.mark.as_ref().is_some_and(|m| marks.contains(m));
        let mut all = Page::default();
        let mut cursor: Option<Cursor> = None;
        for _ in 0..PAGES {
            let page = self.changed(session, kind, cursor.as_ref(), since).await?;
            self.all_read(&page)?;
            all.records.extend(page.records.into_iter().filter(marked));
            all.unsigned.extend(page.unsigned);
            if !page.more {
                return Ok(all);
            }
            cursor = Some(page.cursor);
        }
        Err(broken(format!("more than {PAGES} pages of {kind}s")))
    }

    async fn by_names(&self, session: &Session, names: &[String]) -> Result<Page, CallError> {
        let some = names.iter().filter(|n| !n.trim().is_empty());
        let some: Vec<String> = some.cloned().collect();
        let mut rows: Vec<(&'static str, Value)> = Vec::new();
        for condition in looking_for("DisplayName", &some) {
            let statement = select("Customer", &[condition, with_resting()], 1);
            let found = self.rows(session, "names", "Customer", statement).await?;
            for row in found {
                let wanted = names.iter().any(|n| same(&text(&row, "DisplayName"), n));
                let known = rows.iter().any(|(_, r)| text(r, "Id") == text(&row, "Id"));
                if wanted && !known {
                    rows.push(("Customer", row));
                }
            }
        }
        let page = self
            .joined(session, Kind::Contact, rows, Vec::new(), &[])
            .await?;
        self.all_read(&page)?;
        Ok(page)
    }
}
