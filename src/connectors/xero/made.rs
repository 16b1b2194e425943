//! What our application made in an organisation: Xero knows it of invoices, whatever people have made of them since.
//!
//! Flows in: since when, or which. Flows out: all of them, page by page. Refused: an answer of which a part cannot be read,
//! for that part may be the one that is looked for. Bounded by: 1,000 records a page, 100 pages, 40 ids a list.

use super::Xero;
use super::encode::VALUES;
use super::find::List;
use super::list::encoded;
use super::read::broken;
use crate::connectors::{CallError, Page, Session};
use crate::model::Kind;
use chrono::{DateTime, Utc};

/// Most pages of one list.
const PAGES: u32 = 100;

impl Xero {
    /// What our application made, of some ids or of all.
    pub(super) async fn made(
        &self,
        session: &Session,
        kind: Kind,
        since: Option<DateTime<Utc>>,
        ids: &[String],
    ) -> Result<Page, CallError> {
        let mine = "&createdByMyApp=true";
        let queries: Vec<String> = match ids {
            [] => vec![mine.to_owned()],
            ids => (ids.chunks(VALUES))
                .map(|some| {
                    let some: Vec<String> = some.iter().map(|id| encoded(id)).collect();
                    format!("{mine}&IDs={}", some.join(","))
                })
                .collect(),
        };
        let mut all = Page::default();
        for query in &queries {
            self.made_of(session, kind, since, query, &mut all).await?;
        }
        Ok(all)
    }

    async fn made_of(
        &self,
        session: &Session,
        kind: Kind,
        since: Option<DateTime<Utc>>,
        query: &str,
        all: &mut Page,
    ) -> Result<(), CallError> {
        for page in 1..=PAGES {
            let list = List {
                kind,
                query,
                since,
                page,
            };
            let some = self.list_of(session, &list).await?;
            all.records.extend(some.records);
            if let Some(bad) = some.bad.first() {
                return Err(broken(bad.what.clone()));
            }
            if !some.more {
                return Ok(());
            }
        }
        Err(broken(format!("more than {PAGES} pages of what was made")))
    }
}
