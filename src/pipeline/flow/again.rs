//! A person's word on some documents, carried out at once: each is read again from the source, with its contact and all
//! that belongs to it, decided on, and goes as far as nothing else keeps it back.
//!
//! Flows in: the documents' numbers. Refuses nothing: one that the source no longer has is decided on as it was read last.
//! Bounded by the numbers that were given.

use super::super::tenant::{Progress, SyncError};
use super::pass::Pass;

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
            match self.t.sales {
                Some(_) => self.pull_back_one(&row.number).await?,
                None => self.read_typed(row.key.kind, &row.number).await?,
            };
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
}
