//! A person's word on some documents, carried out at once: each is read again from the source, with its contact and all
//! that belongs to it, decided on, and goes as far as nothing else keeps it back.
//!
//! Flows in: the documents' numbers. Refuses nothing: one of which the source says nothing is decided on as it was read last, unless
//! it can prove that it is there no more, or is told as what it turns into: what it said before is nothing to post then. Bounded by
//! the numbers that were given.

use super::super::ports::DocRow;
use super::super::tenant::{Progress, SyncError};
use super::pass::Pass;
use super::pull::TypedRead;
use crate::connectors::{Ask, Page};
use crate::model::AskKind;

impl Pass<'_> {
    /// One after another, so that what is in doubt of one does not bar the others.
    pub(super) async fn again(&mut self) -> Result<(), SyncError> {
        // An edit of the file counts from here on as it does in a run of everything: what it lets go waits for its word.
        self.look_again().await?;
        for (n, number) in self.ask.again.iter().enumerate() {
            let row = self.t.memory.document(self.t.tenant(), number).await?;
            let Some(row) = row else { continue };
            self.named = Some(row.key.clone());
            self.post(true).await?;
            // A number that two documents have names neither.
            let name = match row.twins {
                true => row.key.id.0.as_str(),
                false => row.number.as_str(),
            };
            match self.t.sales {
                Some(_) => drop(self.pull_back_one(&row.number).await?),
                None => {
                    let told = self.read_typed(row.key.kind, name).await?;
                    self.is_no_more(&row, told).await?;
                }
            }
            let row = self.t.memory.document(self.t.tenant(), number).await?;
            self.decide_chunk(row.into_iter().collect()).await?;
            self.post(false).await?;
            // What posting has shown is decided on again, once.
            let row = self.t.memory.document(self.t.tenant(), number).await?;
            if let Some(row) = row.filter(|r| r.decided.as_ref() != Some(&r.version)) {
                self.decide_chunk(vec![row]).await?;
                self.post(false).await?;
            }
            (self.watch)(Progress::Decided(n + 1, Some(self.ask.again.len())));
        }
        Ok(())
    }
    /// What the source no longer tells of as what it was: it is there no more, or it has turned into another kind. What is posted
    /// is asked for elsewhere.
    async fn is_no_more(&mut self, row: &DocRow, told: TypedRead) -> Result<(), SyncError> {
        let t = self.t;
        let kind = row.key.kind;
        let linked = t.memory.link(t.tenant(), &row.key).await?.is_some();
        if told == TypedRead::Told || linked {
            return Ok(());
        }
        let other = kind
            .becomes()
            .filter(|k| self.kinds(AskKind::Typed).contains(k));
        let turned = match other {
            Some(other) => self.read_typed(other, &row.key.id.0).await? == TypedRead::Told,
            None => false,
        };
        let mut gone = turned || told == TypedRead::LeftOut;
        if !gone && t.source.facts.reads.answers(kind, AskKind::Gone) {
            let ids = vec![row.key.id.0.clone()];
            let page = t
                .source
                .reads
                .read(t.from, &Ask::Gone { kind, ids })
                .await?;
            gone = page.gone.iter().any(|(_, id)| *id == row.key.id);
        }
        if !gone {
            return Ok(());
        }
        let page = Page {
            gone: vec![(kind, row.key.id.clone())],
            ..Page::default()
        };
        let (book, now) = (&t.books.source, t.from.clock.now());
        (t.memory)
            .save_page(t.tenant(), book, kind, &page, None, now)
            .await?;
        Ok(())
    }
}
