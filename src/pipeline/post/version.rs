//! A change, just before it leaves: it goes on the version that a read by its id shows, or not at all.

use super::super::plant;
use super::super::protocol::{self, Seen, Settle};
use super::super::rebase::rebased;
use super::super::write::WriteRow;
use super::done::PostError;
use super::posting::Posting;
use crate::connectors::Ask;
use crate::model::codes;
use crate::model::{Kind, Reason};

impl Posting<'_> {
    /// Why a change need or may not go any more: the document is no longer what the decision saw. It may have
    /// waited for an approval or a day's quota meanwhile, and a person's edit is never overwritten.
    ///
    /// What only has another version, because money was put to it, is changed on that one.
    pub(super) async fn moved_on(
        &mut self,
        rows: &mut [WriteRow],
    ) -> Result<Option<Settle>, PostError> {
        let change = |r: &&mut WriteRow| !r.needs.update_id.is_empty();
        let unread = plant::listed_version();
        let Some(row) = rows.first_mut().filter(change).filter(|_| !unread) else {
            return Ok(None);
        };
        if row.kind == Kind::Contact {
            return Ok(None);
        }
        self.count()?;
        let found = self.document(update_kind(row), &row.needs.update_id).await;
        let found = found.map_err(PostError::Call)?;
        match protocol::judge_update(row, found.as_ref(), self.facts) {
            Seen::Absent => {
                let now = found.and_then(|f| rebased(row, &f, self.facts));
                row.needs = now.unwrap_or_else(|| row.needs.clone());
                Ok(None)
            }
            seen => Ok(Some(protocol::on_look_up(seen, true, None))),
        }
    }

    /// A change of a contact goes on the version that the contact has now, where the ledger asks for one: our change is of
    /// single fields, and leaves what people changed meanwhile. A contact that is gone cannot be changed.
    pub(super) async fn on_its_version(
        &mut self,
        mut rows: Vec<WriteRow>,
    ) -> Result<Result<Vec<WriteRow>, Settle>, PostError> {
        let versioned = self.facts.can(Kind::Contact).is_some_and(|c| c.versioned);
        let update = |r: &&mut WriteRow| r.kind == Kind::Contact && !r.needs.update_id.is_empty();
        let Some(row) = rows.first_mut().filter(update).filter(|_| versioned) else {
            return Ok(Ok(rows));
        };
        let ask = Ask::id(Kind::Contact, &row.needs.update_id);
        self.count()?;
        let found = self.ask(&ask).await.map_err(PostError::Call)?.contacts();
        let Some(contact) = found.into_iter().next() else {
            return Ok(Err(Settle::Held(Reason::new(
                codes::CONTACT_MISSING,
                "the contact is no longer in the ledger",
                "see in the ledger whether it was deleted or merged; `crossfoot retry TENANT NUMBER` once it is settled",
            ))));
        };
        row.needs.update_version = contact.version;
        Ok(Ok(rows))
    }
}

/// Under which kind the paper of a change is asked for.
pub(super) fn update_kind(row: &WriteRow) -> Kind {
    match row.kind.is_paper() {
        true => row.kind,
        false => Kind::Invoice,
    }
}
