//! Pull: pages of records from the source into the store, each with its cursor.

use super::super::tenant::{Progress, SyncError};
use super::pass::Pass;
use crate::connectors::Ask;
use crate::model::Kind;

/// Most pages one run reads.
const MAX_PAGES: usize = 10_000;

impl Pass<'_> {
    pub(super) async fn pull(&mut self) -> Result<(), SyncError> {
        let (t, kind) = (self.t, Kind::Invoice);
        let book = &t.books.source;
        if let Some(number) = self.ask.only.clone().filter(|_| t.sales.is_some()) {
            let found = self.pull_back_one(&number).await?;
            return found.then_some(()).ok_or_else(|| SyncError::NotFound {
                source_system: t.source.facts.title.to_owned(),
                number,
            });
        }
        if t.sales.is_some() {
            return self.pull_back().await;
        }
        if let Some(number) = &self.ask.only {
            let ask = Ask::Typed {
                kind,
                text: number.clone(),
            };
            let page = t.source.reads.read(t.from, &ask).await?;
            if page.records.is_empty() && page.bad.is_empty() {
                return Err(SyncError::NotFound {
                    source_system: t.source.facts.title.to_owned(),
                    number: number.clone(),
                });
            }
            self.bad(&page.bad);
            let now = t.from.clock.now();
            t.memory
                .save_page(t.tenant(), book, kind, &page, None, now)
                .await?;
            return Ok(());
        }
        let mut cursor = t.memory.cursor(t.tenant(), book, kind).await?;
        let mut read = 0;
        for _ in 0..MAX_PAGES {
            t.goes_on()?;
            let ask = Ask::Changed {
                kind,
                cursor: cursor.clone(),
                since: None,
                start: t.mapping.sync.start.value.clone(),
            };
            let page = t.source.reads.read(t.from, &ask).await?;
            self.bad(&page.bad);
            let now = t.from.clock.now();
            let saved = t
                .memory
                .save_page(t.tenant(), book, kind, &page, Some(&page.cursor), now);
            self.pulled += saved.await?;
            read += page.records.len();
            (self.watch)(Progress::Pulled(read));
            cursor = Some(page.cursor);
            if !page.more {
                break;
            }
        }
        Ok(())
    }
}
