//! What persons have said, as the machine remembers it beside the beacon, and what of that the database knows nothing of.
//!
//! Flows in: a word that is about to be kept; a new epoch. Flows out: the word outside of the workspace; in the database, that a word
//! was lost which had kept something back: its document is open, and what the word was about is held until another is said. A word is
//! known by its row of the audit log. That it cannot be written outside is no reason not to take it.

use super::audit::log_end;
use super::beacon::BeaconFile;
use super::rows::{read_json, text};
use super::sql::{Db, sql};
use super::word_rows::{forget, put, standing};
use super::{Store, documents};
use crate::model::remembered::missed;
use crate::model::{Key, PersonsWord, RememberedWord, TenantId, WordKind};
use crate::pipeline::ports::StoreError;
use std::collections::BTreeMap;

impl Store {
    /// Remembers a word that was said or taken back outside of the workspace, once the audit log tells of it.
    pub(super) async fn remember(
        &self,
        db: &mut Db,
        tenant: &TenantId,
        document: &Key,
        (word, back): (&PersonsWord, bool),
    ) -> Result<(), StoreError> {
        let Some(file) = &self.beacon else {
            return Ok(());
        };
        let (row, hash) = log_end(db).await?;
        let number = number_of(db, tenant, document).await?;
        let line = RememberedWord {
            row,
            hash,
            tenant: tenant.clone(),
            document: document.clone(),
            number,
            back,
            // What was shown is for the database alone: whoever says it again is shown what is there then.
            word: PersonsWord {
                shown: Vec::new(),
                source: BTreeMap::new(),
                payments: None,
                over: None,
                was: None,
                ..word.clone()
            },
        };
        if let Err(e) = file.remember(&line) {
            tracing::warn!("a person's word cannot be remembered outside of the workspace: {e}");
        }
        Ok(())
    }

    /// Words that were lost, and that nobody has said again: whose, with the number of the document.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lost_words(&self) -> Result<Vec<(TenantId, PersonsWord)>, StoreError> {
        let all = sql("SELECT tenant, body FROM words WHERE word = 'lost' ORDER BY tenant, thing");
        let read = |r: &sqlx::sqlite::SqliteRow| {
            let word: PersonsWord = read_json("a person's word", &text(r, "body")?)?;
            Ok((text(r, "tenant")?, word))
        };
        let all = all.all(&mut *self.read().await?, read).await?;
        let of = |(tenant, word): (String, PersonsWord)| Some((TenantId::new(&tenant).ok()?, word));
        Ok(all.into_iter().filter_map(of).collect())
    }
}

async fn number_of(db: &mut Db, tenant: &TenantId, of: &Key) -> Result<String, StoreError> {
    let one = sql("SELECT number FROM documents WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    let one = one.bind(tenant.as_str()).key(of);
    let number = one.maybe(db, |r| text(r, "number")).await?;
    Ok(number.unwrap_or_else(|| of.id.0.clone()))
}

/// A new epoch begins: what kept something back, and is not known here, is lost.
pub(super) async fn miss(db: &mut Db, file: &BeaconFile) -> Result<(), StoreError> {
    let mut all = Vec::new();
    for word in file.words() {
        let there = sql("SELECT hash FROM audit WHERE seq = $1").bind(word.row);
        let hash = there.maybe(db, |r| text(r, "hash")).await?;
        let known = hash.as_ref() == Some(&word.hash);
        all.push((word, known));
    }
    let (lost, things) = missed(all);
    for (tenant, of) in &things {
        // What was lost before, and has been said again or let go since, is not lost any more.
        let stands = standing(db, tenant.as_str(), of).await?;
        if stands.is_some_and(|w| w.kind == WordKind::Lost) {
            forget(db, tenant.as_str(), of).await?;
        }
    }
    for one in lost {
        let (tenant, document) = (one.tenant.clone(), one.document.clone());
        let word = one.lost();
        let stands = standing(db, tenant.as_str(), &word.of).await?;
        // Where a word stands that keeps it back, nothing of it goes.
        if let Ok(word) = word.after(stands) {
            put(db, tenant.as_str(), &document, &word).await?;
            documents::open(db, tenant.as_str(), &document).await?;
        }
    }
    Ok(())
}
