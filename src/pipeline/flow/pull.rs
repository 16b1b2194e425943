//! Pull: pages of records from the source into the store, each with its cursor; kind by kind, and only the kinds that the words of
//! the file want.
//!
//! A contact that goes by itself is one more kind, kept as the document that it is.
//!
//! Each kind has a cursor of its own, so that one that is wanted from now on is read from its beginning. What turns into another kind
//! at the source may be kept as that from the beginning (`Mapping::kept_as`): both lists tell of such a record then, and
//! that which it is out of says nothing of it.

use super::super::reading::as_document;
use super::super::tenant::{Progress, SyncError};
use super::pass::Pass;
use crate::connectors::{Ask, Page};
use crate::model::{AskKind, Document, Key, Kind, SourceId};
use std::collections::BTreeSet;

/// Most pages of a kind that one run reads.
const MAX_PAGES: usize = 10_000;

/// What the source says of one document that it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypedRead {
    /// It was read.
    Told,
    /// It is there, and is no document of the kind.
    LeftOut,
    /// There is none.
    Nothing,
}

impl Pass<'_> {
    pub(super) async fn pull(&mut self) -> Result<(), SyncError> {
        let t = self.t;
        match (self.ask.only.clone(), t.sales.is_some()) {
            (None, true) => return self.pull_back().await,
            (Some(number), true) => {
                let found = self.pull_back_one(&number).await?;
                return found.then_some(()).ok_or_else(|| SyncError::NotFound {
                    source_system: t.source.facts.title.to_owned(),
                    number,
                });
            }
            (Some(number), false) => return self.pull_one(&number).await,
            (None, false) => {}
        }
        let mut read = 0;
        for kind in self.kinds(AskKind::Changed) {
            self.pull_kind(kind, &mut read).await?;
        }
        Ok(())
    }

    /// The kinds that the file wants, as far as the source answers such a question about them.
    pub(super) fn kinds(&self, ask: AskKind) -> Vec<Kind> {
        let reads = self.t.source.facts.reads;
        let mut all = self.t.mapping.journeys();
        all.retain(|k| *k == Kind::Invoice || reads.answers(*k, ask));
        all
    }

    /// One document by what a person typed: of the kind that it names, else of the first kind of paper of which there is one. A
    /// contact is named as one.
    async fn pull_one(&mut self, typed: &str) -> Result<(), SyncError> {
        let (named, number) = Kind::named_in(typed);
        let mut kinds = self.kinds(AskKind::Typed);
        kinds.retain(|k| named.map_or(k.is_document(), |named| named == *k));
        let mut left_out = false;
        for kind in kinds {
            match self.read_typed(kind, number).await? {
                TypedRead::Told => return Ok(()),
                TypedRead::LeftOut => left_out = true,
                TypedRead::Nothing => {}
            }
        }
        let source_system = self.t.source.facts.title.to_owned();
        let number = typed.to_owned();
        Err(match left_out {
            true => SyncError::LeftOut {
                source_system,
                number,
            },
            false => SyncError::NotFound {
                source_system,
                number,
            },
        })
    }

    /// Reads one document of a kind, by its number or id.
    pub(super) async fn read_typed(
        &mut self,
        kind: Kind,
        number: &str,
    ) -> Result<TypedRead, SyncError> {
        let t = self.t;
        let ask = Ask::Typed {
            kind,
            text: number.to_owned(),
        };
        let page = t.source.reads.read(t.from, &ask).await?;
        let page = self.as_kept(kind, page).await?;
        if page.records.is_empty() && page.bad.is_empty() {
            return Ok(match page.gone.is_empty() {
                true => TypedRead::Nothing,
                false => TypedRead::LeftOut,
            });
        }
        self.bad(kind, &page.bad).await?;
        let (book, now) = (&t.books.source, t.from.clock.now());
        t.memory
            .save_page(t.tenant(), book, kind, &page, None, now)
            .await?;
        Ok(TypedRead::Told)
    }

    async fn pull_kind(&mut self, kind: Kind, read: &mut usize) -> Result<(), SyncError> {
        let t = self.t;
        let book = &t.books.source;
        let mut cursor = t.memory.cursor(t.tenant(), book, kind).await?;
        for _ in 0..MAX_PAGES {
            t.goes_on()?;
            let ask = Ask::Changed {
                kind,
                cursor: cursor.clone(),
                since: None,
                start: t.mapping.sync.start.value.clone(),
            };
            let page = t.source.reads.read(t.from, &ask).await?;
            let page = self.as_kept(kind, page).await?;
            self.bad(kind, &page.bad).await?;
            let now = t.from.clock.now();
            let saved = t
                .memory
                .save_page(t.tenant(), book, kind, &page, Some(&page.cursor), now);
            self.pulled += saved.await?;
            *read += page.records.len();
            (self.watch)(Progress::Pulled(*read));
            cursor = Some(page.cursor);
            if !page.more {
                break;
            }
        }
        Ok(())
    }

    /// A page of a kind, its records as what they are kept.
    async fn as_kept(&self, kind: Kind, mut page: Page) -> Result<Page, SyncError> {
        let mapping = self.t.mapping;
        for r in &mut page.records {
            r.kind = mapping.kept_as(r.kind);
            if let Document::Contact(c) = &r.document {
                let said = Document::Contact(c.clone());
                r.document = as_document(said, r.kind, mapping.currency.value);
            }
            if let Document::Invoice(i) = &mut r.document {
                **i = i.as_ref().clone().kept_as(r.kind);
            }
        }
        let passes_on = |k: &Kind| k.becomes().is_some();
        if page.gone.is_empty() || !mapping.kinds().iter().any(passes_on) {
            return Ok(page);
        }
        let elsewhere = self.told_elsewhere(kind, &page).await?;
        page.gone.retain(|(_, id)| !elsewhere.contains(id));
        for (k, _) in &mut page.gone {
            *k = mapping.kept_as(*k);
        }
        Ok(page)
    }

    /// Of what one list has no more, what the list of the other kind tells of: an estimate that became an invoice is gone from the
    /// estimates alone, and what is kept as a draft invoice was never among the invoices.
    async fn told_elsewhere(
        &self,
        kind: Kind,
        page: &Page,
    ) -> Result<BTreeSet<SourceId>, SyncError> {
        let t = self.t;
        let of = |id: &SourceId| t.here(kind.becomes().unwrap_or(kind), id);
        let keys: BTreeSet<Key> = page.gone.iter().map(|(_, id)| of(id)).collect();
        let kept = t.memory.newest_records(t.tenant(), &keys).await?;
        let other = kept.into_iter().filter(|(_, r)| match &r.document {
            Document::Invoice(i) => i.called() != kind,
            _ => false,
        });
        Ok(other.map(|(key, _)| key.id).collect())
    }
}
