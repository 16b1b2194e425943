//! Papers under a chunk's numbers as the ledger shows them now.
//!
//! Flows in: the mirror's papers under those numbers. Flows out: one of them, as it is. All are asked for together, once; where one of
//! them cannot be read, the one that is wanted is asked for alone, since what is wrong with another holds another document.

use super::ahead::Near;
use crate::connectors::{Ask, CallError};
use crate::model::{Kind, LedgerInvoice};
use std::collections::BTreeSet;

impl Near<'_> {
    /// A paper under one of the chunk's numbers as the ledger shows it now.
    pub(super) async fn as_it_is(
        &self,
        kind: Kind,
        id: &str,
    ) -> Result<Option<LedgerInvoice>, CallError> {
        if let Some(known) = self.known_now(kind, id) {
            return Ok(known);
        }
        let own = |p: &&LedgerInvoice| {
            let mark = p.mark.clone().map(|m| (kind, m));
            mark.is_some_and(|m| self.marked.contains_key(&m))
        };
        let alike = self.numbered.iter().filter(|((of, _), _)| *of == kind);
        let alike = alike.flat_map(|(_, all)| all);
        let alike = alike.filter(|p| !p.standing.is_over() && !own(p));
        let ids: BTreeSet<String> = alike.map(|p| p.id.clone()).chain([id.to_owned()]).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        for some in ids.chunks(self.t.target.facts.reads.values.max(1)) {
            match self.ask_now(kind, some).await {
                Err(CallError::Unclear { .. }) if some.len() > 1 => {}
                asked => asked?,
            }
        }
        if self.known_now(kind, id).is_none() {
            self.ask_now(kind, &[id.to_owned()]).await?;
        }
        Ok(self.known_now(kind, id).flatten())
    }

    fn known_now(&self, kind: Kind, id: &str) -> Option<Option<LedgerInvoice>> {
        let now = self.now.lock().unwrap_or_else(|p| p.into_inner());
        now.get(&(kind, id.to_owned())).cloned()
    }

    /// Asks for some papers at once, and keeps what is there and what is not.
    async fn ask_now(&self, kind: Kind, ids: &[String]) -> Result<(), CallError> {
        let ask = Ask::Ids {
            kind,
            ids: ids.to_vec(),
        };
        let mut found = self.t.target.reads.read(self.t.to, &ask).await?.papers();
        let mut now = self.now.lock().unwrap_or_else(|p| p.into_inner());
        for id in ids {
            let at = found.iter().position(|p| p.id == *id);
            let paper = at.map(|at| found.swap_remove(at));
            now.insert((kind, id.clone()), paper);
        }
        Ok(())
    }
}
