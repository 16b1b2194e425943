//! What changed: the change feed while it reaches so far back, else a query, page by page.
//!
//! Flows in: a kind, and since when. Flows out: pages of records. The feed tells whole rows and what was deleted, in one
//! metered read, for thirty days and a thousand rows; it has no second page, so that a full one is read again as a query.
//! An invoice does not tell what its payments come to: these are read with it, and the invoices of payments that changed.
//! Bounded by: 1,000 rows a page.

use super::Qbo;
use super::faults;
use super::query::{self, PAGE, moment, select, with_resting};
use super::read::{self, broken, invoices_of, is_deleted, listed, no_answer, parse, payments_of};
use crate::connectors::json::{list, text};
use crate::connectors::{BadRecord, CallError, Cursor, Page, Session};
use crate::model::Kind;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How far back the feed is asked: a day less than it reaches.
const BACK: Duration = Duration::days(29);
/// The most rows of an answer of the feed.
const FEED: usize = 1000;
/// So few rows are read one by one, as they stand now: a list may show them as they were.
pub(super) const FEW: usize = 2;

/// Where a list of a query is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct QueryPlace {
    since: Option<DateTime<Utc>>,
    /// Which of the entities that the kind stands for.
    entity: usize,
    /// How many rows of it were read.
    read: usize,
}

/// What the feed told.
struct Fed {
    rows: Vec<(&'static str, Value)>,
    payments: Vec<Value>,
    deleted: Vec<(&'static str, Value)>,
    full: bool,
}

impl Qbo {
    /// What changed of a kind: one page.
    pub(super) async fn changed(
        &self,
        session: &Session,
        kind: Kind,
        cursor: Option<&Cursor>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Page, CallError> {
        // A place that cannot be read is the beginning.
        if let Some(place) = cursor.and_then(|c| serde_json::from_str(&c.0).ok()) {
            return self.queried(session, kind, place).await;
        }
        let start = QueryPlace {
            since,
            ..QueryPlace::default()
        };
        let now = session.clock.now();
        let Some(since) = since.filter(|s| *s >= now - BACK) else {
            return self.queried(session, kind, start).await;
        };
        let fed = self.fed(session, kind, since.min(now)).await?;
        let mut page = match fed.full {
            true => self.queried(session, kind, start).await?,
            false => {
                self.joined(session, kind, fed.rows, fed.payments, &fed.deleted)
                    .await?
            }
        };
        for (entity, row) in &fed.deleted {
            // Of a vendor or employee that was merged away the name is free.
            if kind == Kind::Contact && *entity != "Customer" {
                page.records.extend(read::record(kind, entity, row, &[]));
                continue;
            }
            page.gone.push((kind, text(row, "Id").as_str().into()));
            // A deleted row tells nothing but its id and when.
            let at = read::updated(row).unwrap_or(now);
            page.unsigned.push((text(row, "Id").as_str().into(), at));
            if kind != Kind::Contact {
                page.records.push(read::gone(kind, row));
            }
        }
        Ok(page)
    }

    /// One answer of the feed.
    async fn fed(
        &self,
        session: &Session,
        kind: Kind,
        since: DateTime<Utc>,
    ) -> Result<Fed, CallError> {
        let own = listed(kind);
        let mut asked = own.to_vec();
        if kind == Kind::Invoice {
            asked.push("Payment");
        }
        let path = format!(
            "/cdc?entities={}&changedSince={}",
            asked.join(","),
            moment(since).replace(':', "%3A")
        );
        let answer = self.get(session, "changes", &path).await?;
        if answer.status != 200 {
            return Err(no_answer(answer.status, &answer.body));
        }
        let body = parse(&answer.body).map_err(broken)?;
        let told: Vec<&Value> = list(&body, "CDCResponse")
            .iter()
            .flat_map(|r| list(r, "QueryResponse"))
            .collect();
        if told.is_empty() {
            return Err(broken("the answer has no `CDCResponse`"));
        }
        let mut fed = Fed {
            rows: Vec::new(),
            payments: Vec::new(),
            deleted: Vec::new(),
            full: false,
        };
        let mut count = 0;
        for entity in asked {
            for row in told.iter().flat_map(|t| list(t, entity)) {
                count += 1;
                let mine = own.contains(&entity);
                match (is_deleted(row), mine) {
                    (true, true) => fed.deleted.push((entity, row.clone())),
                    // The invoices that it paid have a new version, and are told themselves.
                    (true, false) => {}
                    (false, true) => fed.rows.push((entity, row.clone())),
                    (false, false) => fed.payments.push(row.clone()),
                }
            }
        }
        fed.full = count >= FEED;
        Ok(fed)
    }

    /// One page of a query.
    async fn queried(
        &self,
        session: &Session,
        kind: Kind,
        place: QueryPlace,
    ) -> Result<Page, CallError> {
        let all = listed(kind);
        let Some(entity) = all.get(place.entity).copied() else {
            return Ok(Page::default());
        };
        let mut conditions = Vec::new();
        if kind == Kind::Contact {
            conditions.push(with_resting());
        }
        let since = place.since.map(moment);
        conditions.extend(since.map(|s| format!("MetaData.LastUpdatedTime >= '{s}'")));
        let statement = select(entity, &conditions, place.read + 1);
        let rows = self.rows(session, "lists", entity, statement).await?;
        let count = rows.len();
        let rows = rows.into_iter().map(|r| (entity, r)).collect();
        let mut page = self.joined(session, kind, rows, Vec::new(), &[]).await?;
        let next = match count >= PAGE {
            true => QueryPlace {
                read: place.read + count,
                ..place
            },
            false => QueryPlace {
                entity: place.entity + 1,
                read: 0,
                ..place
            },
        };
        page.more = next.entity < all.len();
        page.cursor = Cursor(serde_json::to_string(&next).unwrap_or_default());
        Ok(page)
    }

    /// Rows as records: invoices with their payments, and the invoices of payments that changed.
    pub(super) async fn joined(
        &self,
        session: &Session,
        kind: Kind,
        mut rows: Vec<(&'static str, Value)>,
        mut paid: Vec<Value>,
        deleted: &[(&'static str, Value)],
    ) -> Result<Page, CallError> {
        if kind == Kind::Invoice {
            let known = |id: &String| {
                let gone = deleted.iter().any(|(_, d)| text(d, "Id") == *id);
                gone || rows.iter().any(|(_, r)| text(r, "Id") == *id)
            };
            let touched = paid.iter().flat_map(invoices_of);
            let touched = distinct(touched.filter(|id| !known(id)));
            let found = self.some(session, "Invoice", &touched).await?;
            rows.extend(found.into_iter().map(|r| ("Invoice", r)));
            let known = |id: &String| paid.iter().any(|p| text(p, "Id") == *id);
            let wanted = rows.iter().flat_map(|(_, r)| payments_of(r));
            let wanted = distinct(wanted.filter(|id| !known(id)));
            paid.extend(self.some(session, "Payment", &wanted).await?);
        }
        let mut page = Page::default();
        for (entity, row) in &rows {
            match read::record(kind, entity, row, &paid) {
                Ok(record) => page.records.push(record),
                Err(what) => page.bad.push(BadRecord {
                    at: text(row, "Id"),
                    what,
                    fix: "look at it in QuickBooks Online".to_owned(),
                    ..BadRecord::default()
                }),
            }
        }
        Ok(page)
    }

    /// Rows of an entity by their ids: a few one by one, more by a query. A list may not show yet what was just made: what it
    /// does not show is read by itself.
    pub(super) async fn some(
        &self,
        session: &Session,
        entity: &'static str,
        ids: &[String],
    ) -> Result<Vec<Value>, CallError> {
        let mut out = Vec::new();
        // Another id than a number is none, and a query with one fails.
        let ids: Vec<String> = (ids.iter())
            .filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
            .cloned()
            .collect();
        if ids.len() > FEW {
            for condition in query::any_of("Id", &ids) {
                let mut conditions = vec![condition];
                if entity == "Customer" {
                    conditions.push(with_resting());
                }
                let statement = select(entity, &conditions, 1);
                out.extend(self.rows(session, "lists", entity, statement).await?);
            }
        }
        let seen = |out: &[Value], id: &String| out.iter().any(|r| text(r, "Id") == *id);
        for id in ids {
            if !seen(&out, &id) {
                out.extend(self.one(session, entity, &id).await?);
            }
        }
        Ok(out)
    }

    /// One row by its id, as it stands now; nothing where there is none.
    pub(super) async fn one(
        &self,
        session: &Session,
        entity: &'static str,
        id: &str,
    ) -> Result<Option<Value>, CallError> {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(None);
        }
        let path = format!("/{}/{id}", entity.to_ascii_lowercase());
        let answer = self.get(session, "reads", &path).await?;
        let body = parse(&answer.body).map_err(broken)?;
        if answer.status == 200 {
            let row = body.get(entity).filter(|r| r.is_object());
            let row = row.ok_or_else(|| broken(format!("the answer has no `{entity}`")))?;
            return Ok((!is_deleted(row)).then(|| row.clone()));
        }
        match faults::is_absent(&faults::told(&body)) {
            true => Ok(None),
            false => Err(no_answer(answer.status, &answer.body)),
        }
    }

    /// The rows that a statement answers.
    pub(super) async fn rows(
        &self,
        session: &Session,
        class: &'static str,
        entity: &str,
        statement: String,
    ) -> Result<Vec<Value>, CallError> {
        let answer = self.put(session, class, "/query", statement, true).await?;
        if answer.status != 200 {
            return Err(no_answer(answer.status, &answer.body));
        }
        let body = parse(&answer.body).map_err(broken)?;
        match body.get("QueryResponse") {
            Some(Value::Object(_)) => Ok(faults::rows(&body, entity).to_vec()),
            _ => Err(broken("the answer has no `QueryResponse`")),
        }
    }
}

/// Each once.
fn distinct(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = ids.collect();
    all.sort();
    all.dedup();
    all
}
