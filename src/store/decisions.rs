//! Decisions, with all that explains them.
//!
//! Flows in: what was decided of a document, and the ledger's facts it was decided by, kept once a content. Facts that
//! no document's last decision uses any more are marked with the time, for retention.

use super::audit::{self, AuditEntry};
use super::packed::{Like, pack_like, pack_text, unpack, unpack_text};
use super::rows::{blob, json, maybe_blob, number, text, time};
use super::sql::{Db, lists, parts, sql};
use super::{
    approvals, documents, drifts, given_numbers, learned, loose, needed, plans, shared, tenants,
    things, word_rows,
};
use crate::model::{DocState, Key, Kind, Reason, codes};
use crate::pipeline::decide::{behind, with_document};
use crate::pipeline::ports::{
    DecidedDoc, DecisionNote, LinksLearned, LoosePayment, PaymentNote, StoreError,
};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Stores decisions with their writes. What they have left of earlier ones is settled once all are stored: one
/// may need what another leaves. Answers those of which a write is another document's already.
pub async fn put_all(
    db: &mut Db,
    tenant: &str,
    all: &[DecidedDoc],
    now: DateTime<Utc>,
) -> Result<Vec<(Key, Reason)>, StoreError> {
    audit::together(db).await?;
    let documents: BTreeSet<Key> = all.iter().map(|d| d.key.clone()).collect();
    let written = all.iter().flat_map(|d| &d.writes).map(|w| w.of.clone());
    let keys = documents.iter().cloned().chain(written).collect();
    let things = things::give_all(db, tenant, &keys).await?;
    let of = |d: &DecidedDoc| things.get(&d.key).copied().unwrap_or_default();
    let numbers: Vec<i64> = all.iter().map(of).collect();
    let approved = approvals::standing(db, tenant, &numbers).await?;
    for sparse in [&word_rows::ON_THINGS, &drifts::ON_THINGS] {
        things::note_absent(db, tenant, &numbers, sparse).await?;
    }
    put_facts(db, tenant, (all, &numbers), now).await?;
    put_notes(db, tenant, (all, &numbers)).await?;
    let mut loose = loose::of_documents(db, tenant, &numbers).await?;
    let mut shares = shared::decided_anew(db, tenant, &numbers).await?;
    let mut known = plans::ChunkWrites::of(db, tenant, all).await?;
    // What a person said of it while it was decided is not known to the decision: nothing goes by it, and it is made again.
    let overtaken = |d: &DecidedDoc, thing: &i64| approved.get(thing) != d.approved.as_ref();
    let lost = lost_numbers(db, tenant, (all, &numbers)).await?;
    let stand = |(d, thing)| match overtaken(d, thing) {
        _ if lost.contains(thing) => (Cow::Owned(without_number(d)), *thing, true),
        true => (Cow::Owned(kept_back(d)), *thing, true),
        false => (Cow::Borrowed(d), *thing, false),
    };
    let stands: Vec<(Cow<'_, DecidedDoc>, i64, bool)> =
        all.iter().zip(&numbers).map(stand).collect();
    let mut taken = Vec::new();
    for (d, thing, overtaken) in &stands {
        let was = loose.remove(thing).unwrap_or_default();
        let why = put(db, tenant, (d, *thing, *overtaken), (was, &mut known), now).await?;
        taken.extend(why.map(|why| (d.key.clone(), why)));
    }
    known.enter(db, tenant).await?;
    // A change of a contact that was let go with a decision that stands no more waits again, unless another document needs it.
    let waits = stands.iter().filter(|(d, ..)| !d.release);
    let changes = waits.flat_map(|(d, ..)| &d.writes);
    let changes = changes.filter(|w| w.kind == Kind::Contact && !w.needs.update_id.is_empty());
    shares.extend(changes.map(|w| w.key.clone()));
    shared::keep_back(db, tenant, shares).await?;
    // Contacts that several documents need are released once all that need them are journaled.
    let released = stands.iter().filter(|(d, ..)| d.release);
    let released = released.map(|(d, thing, _)| (*thing, &d.key)).collect();
    needed::release_contacts(db, tenant, &released).await?;
    let runs = all.iter().map(|d| d.note.run.as_str());
    for run in runs.collect::<BTreeSet<_>>() {
        let of_run = all.iter().zip(&numbers).filter(|(d, _)| d.note.run == run);
        let of_run: Vec<i64> = of_run.map(|(_, thing)| *thing).collect();
        drifts::told(db, tenant, &of_run, run).await?;
    }
    Ok(taken)
}

/// Stores where a decision leaves its document, and its writes. Answers why it is held where one of them is another's.
async fn put<'a>(
    db: &mut Db,
    tenant: &str,
    (d, thing, overtaken): (&'a DecidedDoc, i64, bool),
    (loose, known): (Vec<LoosePayment>, &mut plans::ChunkWrites<'a>),
    now: DateTime<Utc>,
) -> Result<Option<Reason>, StoreError> {
    learned::keep(db, tenant, d, now).await?;
    sql(
        "UPDATE documents SET state = $3, reason = $4, decided = $5, drafts = $6, changed_at = $7,
                total = $8, open = CASE WHEN version = $5 THEN 0 ELSE 1 END
          WHERE tenant = $1 AND thing = $2",
    )
    .bind(tenant)
    .bind(thing)
    .bind(d.state.as_str())
    .bind(d.reason.as_ref().map(json).transpose()?)
    .bind(&d.version.0)
    .bind(&d.approval.0)
    .bind(time(now))
    .bind(super::rows::written_total(d.comes_to))
    .put_off(db)
    .await?;
    let released = loose::put(db, tenant, (d, thing), &loose).await?;
    if overtaken || released || reviewed_since(db, tenant, d).await? {
        documents::open(db, tenant, &d.key).await?;
    }
    let taken = plans::put_all(db, tenant, d, known).await?;
    let object = format!("{}/{}", d.key.kind, d.key.id);
    let entry = AuditEntry {
        tenant,
        at: now,
        actor: "crossfoot",
        action: d.state.as_str(),
        object: &object,
        detail: d.reason.as_ref().map_or("", |r| r.code.as_str()),
    };
    audit::append(db, entry).await?;
    Ok(taken)
}

/// A decision of which nothing may go yet.
fn kept_back(d: &DecidedDoc) -> DecidedDoc {
    let state = match d.state {
        DocState::Approved => DocState::Checked,
        other => other,
    };
    DecidedDoc {
        release: false,
        state,
        ..d.clone()
    }
}

/// Documents that are given a number that another one, which may be another tenant's, was given while they were decided.
async fn lost_numbers(
    db: &mut Db,
    tenant: &str,
    (all, numbers): Numbered<'_>,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut lost = BTreeSet::new();
    for (d, thing) in all.iter().zip(numbers) {
        if let Some(given) = &d.learned.numbered
            && given_numbers::is_of_another(db, tenant, *thing, given).await?
        {
            lost.insert(*thing);
        }
    }
    Ok(lost)
}

/// The same without the number, which is another's: it is held until it is decided again, so that no word lets it go under that.
fn without_number(d: &DecidedDoc) -> DecidedDoc {
    let number = d.learned.numbered.as_ref().map(|n| n.at.number());
    let why = Reason::new(
        codes::NUMBER_TAKEN,
        format!(
            "another document that goes to the same ledger was given {} meanwhile",
            number.unwrap_or_default()
        ),
        "nothing is to be done: it takes the next number of the series, in this run or by the next sync",
    );
    DecidedDoc {
        release: false,
        state: DocState::Held,
        reason: Some(why),
        learned: LinksLearned {
            numbered: None,
            ..d.learned.clone()
        },
        ..d.clone()
    }
}

/// Whether it waits for a review that a person has made since the run began.
async fn reviewed_since(db: &mut Db, tenant: &str, d: &DecidedDoc) -> Result<bool, StoreError> {
    let waits = d.reason.as_ref();
    if !waits.is_some_and(|r| r.is(codes::APPROVAL_FIRST_RUN)) {
        return Ok(false);
    }
    Ok(tenants::state(db, tenant).await?.reviewed)
}

/// Decisions, and the numbers of their documents.
type Numbered<'a> = (&'a [DecidedDoc], &'a [i64]);

/// Keeps the facts, and marks those that these documents used until now.
async fn put_facts(
    db: &mut Db,
    tenant: &str,
    (all, numbers): Numbered<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new: BTreeMap<i64, &str> = (numbers.iter().copied())
        .zip(all.iter().map(|d| d.note.facts.0.as_str()))
        .collect();
    let mut left = BTreeSet::new();
    for some in lists(numbers) {
        let used = sql("SELECT thing, facts FROM decisions WHERE tenant = $1 AND thing IN ($2)");
        let read = |r: &SqliteRow| Ok((number(r, "thing")?, text(r, "facts")?));
        let used = used.bind(tenant).list(some).all(db, read).await?;
        let other = |(thing, facts): &(i64, String)| new.get(thing) != Some(&facts.as_str());
        left.extend(used.into_iter().filter(other).map(|(_, facts)| facts));
    }
    let left: Vec<String> = left.into_iter().collect();
    for some in lists(&left) {
        sql("UPDATE facts SET left_at = $2 WHERE tenant = $1 AND hash IN ($3)")
            .bind(tenant)
            .bind(time(now))
            .list(some)
            .put_off(db)
            .await?;
    }
    let facts: BTreeMap<&str, &str> = (all.iter())
        .map(|d| (d.note.facts.0.as_str(), d.facts.as_str()))
        .collect();
    let facts: Vec<(&str, &str)> = facts.into_iter().collect();
    for some in parts(&facts) {
        let mut enter = sql("INSERT INTO facts (tenant, hash, body) VALUES ($1,$2,$3)
             ON CONFLICT (tenant, hash) DO UPDATE SET left_at = NULL WHERE facts.left_at IS NOT NULL")
        .rows(some.len());
        for (hash, body) in some {
            enter = enter.bind(tenant.to_owned()).bind((*hash).to_owned());
            enter = enter.bind(pack_text(Like::Facts, body)?);
        }
        enter.put_off(db).await?;
    }
    Ok(())
}

/// Keeps what explains the decisions, in place of those before.
async fn put_notes(
    db: &mut Db,
    tenant: &str,
    (all, numbers): Numbered<'_>,
) -> Result<(), StoreError> {
    let rows: Vec<(&DecidedDoc, &i64)> = all.iter().zip(numbers).collect();
    for some in parts(&rows) {
        let mut enter = sql(
            "INSERT INTO decisions (tenant, thing, facts, note) VALUES ($1,$2,$3,$4)
             ON CONFLICT (tenant, thing) DO UPDATE SET facts = excluded.facts, note = excluded.note",
        )
        .rows(some.len());
        for (d, thing) in some {
            enter = enter.bind(tenant.to_owned()).bind(**thing);
            enter = enter
                .bind(d.note.facts.0.clone())
                .bind(pack_like(Like::Decision, &d.note)?);
        }
        enter.put_off(db).await?;
    }
    Ok(())
}

/// What posting finds of a payment counts like what deciding finds: it is told with the decision, and what comes after it
/// waits for it.
pub async fn stopped(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    (payment, state): (&str, &str),
    reason: &Reason,
) -> Result<(), StoreError> {
    let Some(mut note) = last(db, tenant, document).await? else {
        return Ok(());
    };
    let Some(at) = note.payments.iter().position(|p| p.id == payment) else {
        return Ok(());
    };
    for (n, p) in note.payments.iter_mut().enumerate().skip(at) {
        if n == at {
            (p.state, p.reason) = (state.to_owned(), Some(reason.clone()));
        } else if p.state == "planned" {
            let waits = behind(&p.id, payment);
            (p.state, p.reason) = ("waits".to_owned(), Some(waits));
        }
    }
    again(db, tenant, document, &note).await
}

/// The payments of a document that wait with a change of it, which is held or refused.
pub async fn wait_with(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    payments: &[String],
    reason: &Reason,
) -> Result<(), StoreError> {
    let Some(mut note) = last(db, tenant, document).await? else {
        return Ok(());
    };
    for p in note
        .payments
        .iter_mut()
        .filter(|p| payments.contains(&p.id))
    {
        (p.state, p.reason) = ("waits".to_owned(), Some(reason.clone()));
    }
    again(db, tenant, document, &note).await
}

/// The payments of a document that posting could not make: they wait for it.
pub async fn wait_for(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    refused: bool,
) -> Result<(), StoreError> {
    let Some(mut note) = last(db, tenant, document).await? else {
        return Ok(());
    };
    let planned = |p: &&mut PaymentNote| p.state == "planned";
    let mut any = false;
    for p in note.payments.iter_mut().filter(planned) {
        let why = with_document(&p.id, refused);
        (p.state, p.reason) = ("waits".to_owned(), Some(why));
        any = true;
    }
    match any {
        true => again(db, tenant, document, &note).await,
        false => Ok(()),
    }
}

/// The same decision, told otherwise.
async fn again(db: &mut Db, tenant: &str, of: &Key, note: &DecisionNote) -> Result<(), StoreError> {
    sql("UPDATE decisions SET note = $5 WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .bind(pack_like(Like::Decision, note)?)
    .put_off(db)
    .await?;
    Ok(())
}

/// The last decision on a document.
pub async fn last(db: &mut Db, tenant: &str, of: &Key) -> Result<Option<DecisionNote>, StoreError> {
    sql("SELECT note FROM decisions WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
        .bind(tenant)
        .key(of)
        .maybe(db, |r| unpack("a decision", &blob(r, "note")?))
        .await
}

/// Where a document stands, with the last decision on it.
pub async fn with_state(
    db: &mut Db,
    tenant: &str,
    of: &Key,
) -> Result<Option<(DocState, Option<DecisionNote>)>, StoreError> {
    let ask = sql(
        "SELECT d.state, (SELECT n.note FROM decisions n WHERE n.tenant = d.tenant AND n.thing = d.thing) AS note FROM documents d
          WHERE d.tenant = $1
            AND d.thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    );
    let read = |r: &SqliteRow| {
        let note = maybe_blob(r, "note")?;
        let note = note.map(|body| unpack("a decision", &body)).transpose()?;
        Ok((documents::state(r)?, note))
    };
    ask.bind(tenant).key(of).maybe(db, read).await
}

/// Facts by their hash.
pub async fn facts(db: &mut Db, tenant: &str, hash: &str) -> Result<Option<String>, StoreError> {
    sql("SELECT body FROM facts WHERE tenant = $1 AND hash = $2")
        .bind(tenant)
        .bind(hash)
        .maybe(db, |r| unpack_text("ledger facts", &blob(r, "body")?))
        .await
}
