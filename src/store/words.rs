//! What persons have said of documents and of their payments.
//!
//! Flows in: a word, with what its speaker was shown. Flows out: the words of a document. One word a thing counts; which may
//! follow which, and what becomes of the earlier one, is said in `model/follow.rs`. What a person linked goes with the word
//! that linked it, and with no other. Each is one transaction under the flow's lease, with its audit row and the document open
//! again, so that no run decides on a word that comes meanwhile. A word that is done is taken away with the answer
//! (`word_rows.rs`). Each is remembered outside of the workspace as well (`remembered.rs`).

use super::audit::{self, AuditEntry};
use super::journal::fence;
use super::sql::{Db, sql};
use super::word_rows::{forget, put, standing, take_links};
use super::{Store, approvals, documents, drifts, papers, things, writes};
use crate::model::{Key, Kind, PersonsWord, Reason, WordKind, codes};
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};

/// What is linked by a person's word: the two ends, and for a payment the paper it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonsLink {
    /// The thing at the source.
    pub thing: Key,
    /// What it is in the ledger.
    pub other: Key,
    /// The other's number, or empty.
    pub number: String,
    /// What it comes to there.
    pub amount: rust_decimal::Decimal,
    /// Of a payment, the paper it is on.
    pub upon: Option<Key>,
}

/// What came of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It is kept.
    Kept,
    /// A write of the very thing may have left; this is its natural key.
    InDoubt(String),
    /// There is no such word to take back.
    Nothing,
    /// A word that stands must be taken back first.
    First(WordKind),
}

impl Store {
    /// Keeps a person's word of a document, with what it links, and opens the document.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when a run has taken the flow; the database's.
    pub async fn say(
        &self,
        lease: &Lease,
        document: &Key,
        word: &PersonsWord,
        linked: &[PersonsLink],
    ) -> Result<Said, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let tenant = lease.tenant.as_str();
        if let Some(key) = in_doubt(&mut tx, tenant, document, &word.of).await? {
            return Ok(Said::InDoubt(key));
        }
        let stands = standing(&mut tx, tenant, &word.of).await?;
        let kept = match word.clone().after(stands) {
            Ok(kept) => kept,
            Err(first) => return Ok(Said::First(first)),
        };
        put(&mut tx, tenant, document, &kept).await?;
        if word.kind == WordKind::Settled {
            // Settled anew, with another entry or with none: what was linked before stands for it no more.
            take_links(&mut tx, tenant, &word.of).await?;
        }
        for link in linked {
            put_link(&mut tx, tenant, link).await?;
        }
        if word.kind.keeps_back() && word.of == *document {
            let why = (&kept_back_by(word), word.at);
            approvals::kept_back(&mut tx, tenant, document, why).await?;
        }
        let sent = word.kind == WordKind::Send && word.of != *document;
        papers::weigh_anew(&mut tx, &lease.tenant, document, (sent, word.at)).await?;
        documents::open(&mut tx, tenant, document).await?;
        let detail = match &word.entry {
            Some(entry) => format!("{}; it is {} in the ledger", word.why, entry.id),
            None => word.why.clone(),
        };
        let who = (word.actor.as_str(), word.at);
        log(&mut tx, tenant, who, word.kind.as_str(), &word.of, &detail).await?;
        self.remember(&mut tx, &lease.tenant, document, (word, false))
            .await?;
        tx.commit().await?;
        Ok(Said::Kept)
    }

    /// Takes a word of a kind back, with the links that it made.
    ///
    /// # Errors
    /// As [`Store::say`].
    pub async fn unsay(
        &self,
        lease: &Lease,
        document: &Key,
        of: &Key,
        kind: WordKind,
        (actor, why, now): (&str, &str, DateTime<Utc>),
    ) -> Result<Said, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let tenant = lease.tenant.as_str();
        let stands = standing(&mut tx, tenant, of).await?;
        let said = (stands.as_ref()).and_then(|w| w.beneath(kind)).cloned();
        if said.is_some() {
            match stands.and_then(|w| w.without(kind)) {
                Some(rest) => put(&mut tx, tenant, document, &rest).await?,
                None => forget(&mut tx, tenant, of).await?,
            }
        }
        let taken = kind == WordKind::Settled && take_links(&mut tx, tenant, of).await?;
        if said.is_none() && !taken {
            return Ok(Said::Nothing);
        }
        papers::weigh_anew(&mut tx, &lease.tenant, document, (false, now)).await?;
        documents::open(&mut tx, tenant, document).await?;
        let action = format!("{} taken back", kind.as_str());
        log(&mut tx, tenant, (actor, now), &action, of, why).await?;
        if let Some(word) = &said {
            self.remember(&mut tx, &lease.tenant, document, (word, true))
                .await?;
        }
        tx.commit().await?;
        Ok(Said::Kept)
    }
}

/// Where a document stands that was left out or settled, until that is decided on.
fn kept_back_by(word: &PersonsWord) -> Reason {
    let (code, is) = match word.kind {
        WordKind::Settled => (codes::SETTLED_BY_HAND, "settled by hand"),
        _ => (codes::SKIP_BY_PERSON, "left out for good"),
    };
    Reason::new(
        code,
        format!("{is} by {}: {}", word.actor, word.why),
        "nothing: the next sync decides on it",
    )
}

/// The write of a thing that may have left, or of any part of a document where it is about the whole.
async fn in_doubt(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    of: &Key,
) -> Result<Option<String>, StoreError> {
    let all = writes::of_document(db, tenant, document).await?;
    let concerns = |w: &&crate::pipeline::write::WriteRow| {
        (w.kind != Kind::Contact || w.of == *document)
            && (of == document || w.of.id == of.id)
            && w.state.may_have_left()
    };
    Ok(all.iter().find(concerns).map(|w| w.key.clone()))
}

async fn put_link(db: &mut Db, tenant: &str, link: &PersonsLink) -> Result<(), StoreError> {
    drifts::over(db, tenant, &link.thing).await?;
    let thing = things::give(db, tenant, &link.thing).await?;
    let other = things::give(db, tenant, &link.other).await?;
    let upon = match &link.upon {
        Some(upon) => Some(things::give(db, tenant, upon).await?),
        None => None,
    };
    sql(
        "INSERT INTO links (tenant, thing, other, made, number, version, other_version, draft, amount, upon)
         VALUES ($1,$2,$3,'person',$4,'','','',$5,$6)
         ON CONFLICT (tenant, thing) DO UPDATE SET other = excluded.other, made = excluded.made, number = excluded.number,
           version = excluded.version, other_version = excluded.other_version, draft = excluded.draft, agreed = NULL,
           amount = excluded.amount, upon = excluded.upon",
    )
    .bind(tenant)
    .bind(thing)
    .bind(other)
    .bind(&link.number)
    .bind(link.amount.to_string())
    .bind(upon)
    .put_off(db)
    .await?;
    Ok(())
}

async fn log(
    db: &mut Db,
    tenant: &str,
    (actor, at): (&str, DateTime<Utc>),
    action: &str,
    of: &Key,
    detail: &str,
) -> Result<(), StoreError> {
    let object = format!("{}/{}", of.kind, of.id);
    let entry = AuditEntry {
        tenant,
        at,
        actor,
        action,
        object: &object,
        detail,
    };
    audit::append(db, entry).await
}
