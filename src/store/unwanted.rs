//! Writes of an earlier decision that the newest one does not hold.
//!
//! Flows in: the decisions of one transaction, once all their writes are journaled. Flows out: what surely never left is
//! superseded; what may be in the ledger is marked as unwanted, and its document is decided on again once that is known.
//! Refuses to take anything back that may have left, and a contact that another document waits for.

use super::anew::decided_too_early;
use super::rows::{corrupt, kind, maybe, number, text};
use super::sql::{Db, lists, sql};
use super::{contacts, plans, shared, things, word_rows, writes};
use crate::model::{BookId, Key, Kind, WordKind, WriteState};
use crate::pipeline::ports::{DecidedDoc, StoreError};
use crate::pipeline::write::{Needs, WriteRow};
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// The keys of what some decisions write and wait for.
fn kept(decisions: &[DecidedDoc]) -> BTreeSet<&str> {
    let all = decisions.iter().flat_map(|d| &d.writes);
    all.flat_map(|w| [w.key.as_str(), w.needs.contact_write.as_str()])
        .collect()
}

/// A write that is not at its end.
struct LeftOver {
    id: i64,
    key: String,
    to: BookId,
    kind: Kind,
    state: WriteState,
    /// Whether it changes what is there.
    update: bool,
    /// Whether it may have left.
    sent: bool,
}

impl LeftOver {
    /// Whether it makes a contact, for which other documents may wait.
    fn makes_contact(&self) -> bool {
        self.kind == Kind::Contact && !self.update
    }
}

fn left(r: &SqliteRow) -> Result<LeftOver, StoreError> {
    let state = text(r, "state")?;
    Ok(LeftOver {
        id: number(r, "id")?,
        key: text(r, "natural_key")?,
        to: BookId::stored(&text(r, "book")?),
        kind: kind(r)?,
        state: WriteState::parse(&state).ok_or_else(|| corrupt("a write's state", &state))?,
        update: number(r, "is_update")? != 0,
        sent: maybe(r, "first_sent")?.is_some(),
    })
}

/// What becomes of a write that is not wanted any more.
enum Fate {
    /// It never left, or what it may have done does not matter: it is superseded.
    TakenBack,
    /// It may be there: an answer or a look-up tells.
    Doubt,
    /// It may be there, and a look-up could not tell. It is looked up again.
    LookUp,
    /// It stays as it is.
    Stays,
}

fn fate(w: &LeftOver) -> Fate {
    match w.state {
        state if state.may_have_left() => Fate::Doubt,
        WriteState::Planned | WriteState::Ready | WriteState::Refused => Fate::TakenBack,
        WriteState::Held if w.makes_contact() => Fate::Stays,
        WriteState::Held if !w.sent || overridden(w) => Fate::TakenBack,
        WriteState::Held => Fate::LookUp,
        _ => Fate::Stays,
    }
}

/// Whether it is a change of a document that a person had to look at. The ledger's copy was seen, and is neither what the
/// change was based on nor what it makes of it: there is nothing more to find out, and what is there by now is what the
/// next decision is made from.
fn overridden(w: &LeftOver) -> bool {
    w.update && w.kind != Kind::Contact
}

/// Settles what decisions have left of earlier ones.
pub async fn supersede(db: &mut Db, tenant: &str, all: &[DecidedDoc]) -> Result<(), StoreError> {
    let kept = kept(all);
    let keys = all.iter().map(|d| d.key.clone()).collect();
    let things = things::known(db, tenant, &keys).await?;
    let numbers: Vec<i64> = things.values().copied().collect();
    let mut old: BTreeMap<i64, Vec<LeftOver>> = BTreeMap::new();
    for some in lists(&numbers) {
        let rows = sql(
            "SELECT id, document, natural_key, book, kind, state, is_update, first_sent FROM writes
              WHERE tenant = $1 AND state NOT IN ('linked','superseded') AND document IN ($2)",
        );
        let read = |r: &SqliteRow| Ok((number(r, "document")?, left(r)?));
        for (document, w) in rows.bind(tenant).list(some).all(db, read).await? {
            old.entry(document).or_default().push(w);
        }
    }
    for d in all {
        let of_it = things.get(&d.key).and_then(|thing| old.remove(thing));
        let given_up = of_it.unwrap_or_default().into_iter();
        for w in given_up.filter(|w| !kept.contains(w.key.as_str())) {
            give_up(db, tenant, &d.key, &w).await?;
        }
    }
    Ok(())
}

async fn give_up(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    w: &LeftOver,
) -> Result<(), StoreError> {
    match fate(w) {
        Fate::TakenBack => take_back(db, tenant, document, w).await,
        Fate::Doubt => unwanted(db, tenant, document, w).await,
        Fate::LookUp => {
            let row = writes::by_id(db, tenant, w.id).await?;
            let needs = spoken(db, tenant, document, &row).await?;
            plans::look_up_again(db, tenant, &row, &needs).await?;
            unwanted(db, tenant, document, w).await
        }
        Fate::Stays => Ok(()),
    }
}

/// What persons have said of a document's payments, as a look-up is to know it: what they were settled with, and of one that a
/// person called another than what was shown, what that was.
async fn spoken(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    row: &WriteRow,
) -> Result<Needs, StoreError> {
    let words = word_rows::of_document(db, tenant, document).await?;
    let entries = words.settled().filter_map(|(_, w)| w.entry.as_ref());
    let mut needs = row.needs.clone();
    needs.known.extend(entries.map(|e| e.id.clone()));
    if let Some(word) = words.of_payment(&row.of.id.0, WordKind::Send) {
        needs.known.extend(word.shown.iter().cloned());
        needs.vouched = true;
    }
    needs.known.sort();
    needs.known.dedup();
    Ok(needs)
}

async fn take_back(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    w: &LeftOver,
) -> Result<(), StoreError> {
    if w.kind == Kind::Contact && shared::pass_on(db, tenant, &w.key).await? {
        return Ok(());
    }
    if w.makes_contact() {
        if wanted_elsewhere(db, tenant, document, &w.key).await? {
            return shared::keep_back(db, tenant, BTreeSet::from([w.key.clone()])).await;
        }
        contacts::forget_planned(db, tenant, &w.to, &w.key).await?;
    }
    writes::to(db, tenant, w.id, WriteState::Superseded).await
}

async fn unwanted(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    w: &LeftOver,
) -> Result<(), StoreError> {
    // Of a change of a contact nothing can be found out: it goes again, and what is wanted now goes after it.
    if w.kind != Kind::Contact || !w.update {
        writes::mark(db, tenant, w.id, false).await?;
    }
    // Whether a contact is there changes nothing for a document that is for another one now.
    if w.makes_contact() {
        return Ok(());
    }
    decided_too_early(db, tenant, document).await
}

async fn wanted_elsewhere(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    contact: &str,
) -> Result<bool, StoreError> {
    sql(
        "SELECT 1 FROM writes WHERE tenant = $1 AND needs_contact = $5 AND state IN ('planned','ready')
            AND document <> (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4) LIMIT 1",
    )
    .bind(tenant)
    .key(document)
    .bind(contact)
    .any(db)
    .await
}
