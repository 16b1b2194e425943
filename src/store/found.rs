//! What became of the stamps that an epoch found in the ledger, and of what was under way when it began.

use super::Store;
use super::epochs::current;
use super::rows::{maybe, maybe_time, text};
use super::sql::sql;
use crate::model::Epoch;
use crate::pipeline::ports::StoreError;
use sqlx::sqlite::SqliteRow;

/// What an epoch found. Each is told by what bears it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EpochFound {
    /// In the ledger, and taken for ours.
    pub adopted: Vec<String>,
    /// In the ledger, or perhaps there: its document waits for a person, for whatever reason.
    pub differs: Vec<String>,
    /// Under way when the epoch began, not in the ledger, and made since.
    pub made: Vec<String>,
    /// Not decided on yet.
    pub open: Vec<String>,
    /// In the ledger twice.
    pub twice: Vec<String>,
}

/// A stamp with what became of its write and of its document.
struct StampBecame {
    label: String,
    twice: bool,
    seen: bool,
    state: String,
    document: String,
    last_sent: Option<chrono::DateTime<chrono::Utc>>,
}

fn became(r: &SqliteRow) -> Result<StampBecame, StoreError> {
    Ok(StampBecame {
        label: text(r, "label")?,
        twice: text(r, "marker")?.contains('#'),
        seen: !text(r, "seen")?.is_empty(),
        state: maybe(r, "state")?.unwrap_or_default(),
        document: maybe(r, "document")?.unwrap_or_default(),
        last_sent: maybe_time(r, "last_sent")?,
    })
}

impl EpochFound {
    fn add(&mut self, one: StampBecame, epoch: &Epoch) {
        let stuck = |state: &str| matches!(state, "held" | "refused");
        // Nothing left before the wait was over.
        let open = epoch.quiet_until();
        let since = (one.last_sent).is_some_and(|sent| open.is_some_and(|open| sent >= open));
        let list = match one.state.as_str() {
            _ if one.twice => &mut self.twice,
            "linked" if stuck(&one.document) => &mut self.differs,
            "linked" if since => &mut self.made,
            "linked" => &mut self.adopted,
            state if stuck(state) => &mut self.differs,
            // Not wanted any more, and never there.
            "superseded" | "cancelled" if !one.seen => return,
            _ if stuck(&one.document) => &mut self.differs,
            _ => &mut self.open,
        };
        list.push(one.label);
    }
}

impl Store {
    /// The epoch, and what it found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn epoch_found(&self) -> Result<(Epoch, EpochFound), StoreError> {
        let mut db = self.read().await?;
        let epoch = current(&mut db).await?;
        let all = sql(
            "SELECT s.label, s.marker, s.seen, w.state, w.last_sent, d.state AS document FROM stamps s
               LEFT JOIN writes w ON w.tenant = s.tenant AND w.marker = s.marker AND w.is_update = 0
               LEFT JOIN documents d ON d.tenant = w.tenant AND d.thing = w.document
              WHERE s.epoch = $1 AND s.ours = 1",
        );
        let mut found = EpochFound::default();
        for one in all.bind(epoch.number).all(&mut db, became).await? {
            found.add(one, &epoch);
        }
        Ok((epoch, found))
    }

    /// The epochs that began because the log's end was lost or another copy went on, oldest first, in words.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn breaks(&self) -> Result<Vec<String>, StoreError> {
        sql("SELECT began, what FROM epochs WHERE epoch > 0 AND cause IN ('behind','forked','restored') ORDER BY epoch")
            .all(&mut *self.read().await?, |r| {
                let day: String = text(r, "began")?.chars().take(10).collect();
                Ok(format!("{day}: {}", text(r, "what")?))
            })
            .await
    }
}
