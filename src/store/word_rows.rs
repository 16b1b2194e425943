//! The rows of persons' words, and what a person linked with them.
//!
//! Flows in: a thing, or a document. Flows out: the word that stands on it, the words of a document. Each call is a part of a
//! larger transaction: a word that is said (`words.rs`), an answer that spends one, a document that is unlinked.

use super::rows::{corrupt, json, read_json, text};
use super::sql::{Db, sql};
use super::things::Sparse;
use super::{drifts, links, things};
use crate::model::{Key, Kind, LinkMade, PersonsWord, WordKind, Words};
use crate::pipeline::ports::StoreError;

/// Words on things.
pub const ON_THINGS: Sparse = Sparse {
    table: "words",
    ask: "SELECT thing FROM words WHERE tenant = $1 AND thing IN ($2)",
};

/// The word that stands on a thing, with those that it was said over.
pub(super) async fn standing(
    db: &mut Db,
    tenant: &str,
    of: &Key,
) -> Result<Option<PersonsWord>, StoreError> {
    let one = sql("SELECT body FROM words WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    let read = |r: &sqlx::sqlite::SqliteRow| read_json("a person's word", &text(r, "body")?);
    one.bind(tenant).key(of).maybe(db, read).await
}

/// Takes every word on a thing away.
pub(super) async fn forget(db: &mut Db, tenant: &str, of: &Key) -> Result<(), StoreError> {
    sql("DELETE FROM words WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .put_off(db)
    .await?;
    Ok(())
}

/// Takes the links away that a person made of a thing; of a refund, that of the note that stands for it as well. Answers
/// whether there were any.
pub(super) async fn take_links(db: &mut Db, tenant: &str, of: &Key) -> Result<bool, StoreError> {
    let note = Key::new(&of.book, Kind::CreditNote, &of.id);
    let mut taken = false;
    for thing in [of, &note] {
        let link = links::of(db, tenant, thing).await?;
        if link.is_some_and(|l| l.made == LinkMade::Person) {
            links::take(db, tenant, thing).await?;
            drifts::over(db, tenant, thing).await?;
            taken = true;
        }
    }
    Ok(taken)
}

/// What was asked for is there: the words on a document, or on a payment or refund, that are done are taken away.
pub async fn spend(db: &mut Db, tenant: &str, of: &Key) -> Result<(), StoreError> {
    // A word on a refund is kept under the refund, whichever of its two papers is made first.
    let about = match of.kind {
        Kind::CreditNote => Key::new(&of.book, Kind::Payment, &of.id),
        _ => of.clone(),
    };
    if things::is_absent(db, tenant, &about, &ON_THINGS) {
        return Ok(());
    }
    let Some(link) = links::of(db, tenant, of).await? else {
        return Ok(());
    };
    let stands = standing(db, tenant, &about).await?;
    match stands.filter(|w| w.is_done(&link)) {
        Some(_) => forget(db, tenant, &about).await,
        None => Ok(()),
    }
}

/// A document is decided on as one that the ledger never had: what was said of the copy there, and of entries on it, is
/// said of it no more.
pub async fn disowned(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    let words = of_document(db, tenant, document).await?;
    let about_entry = |w: &&PersonsWord| match w.kind {
        WordKind::Settled => w.entry.is_some(),
        _ => true,
    };
    let payments = words.payments.values().filter(about_entry);
    for word in words.document.iter().chain(payments) {
        take_links(db, tenant, &word.of).await?;
        forget(db, tenant, &word.of).await?;
    }
    Ok(())
}

pub(super) async fn put(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    word: &PersonsWord,
) -> Result<(), StoreError> {
    let thing = things::give(db, tenant, &word.of).await?;
    let document = things::give(db, tenant, document).await?;
    things::entered(db, &ON_THINGS);
    sql(
        "INSERT INTO words (tenant, thing, document, word, body) VALUES ($1,$2,$3,$4,$5)
         ON CONFLICT (tenant, thing) DO UPDATE SET document = excluded.document, word = excluded.word, body = excluded.body",
    )
    .bind(tenant)
    .bind(thing)
    .bind(document)
    .bind(word.kind.as_str())
    .bind(json(word)?)
    .put_off(db)
    .await?;
    Ok(())
}

/// The words of a document and its payments.
pub async fn of_document(db: &mut Db, tenant: &str, document: &Key) -> Result<Words, StoreError> {
    let all = sql("SELECT body FROM words WHERE tenant = $1
            AND document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    let read = |r: &sqlx::sqlite::SqliteRow| read_json("a person's word", &text(r, "body")?);
    let all: Vec<PersonsWord> = all.bind(tenant).key(document).all(db, read).await?;
    let mut words = Words::default();
    for word in all {
        match word.of.kind {
            kind if kind.has_journey() => words.document = Some(word),
            Kind::Payment => {
                words.payments.insert(word.of.id.0.clone(), word);
            }
            other => return Err(corrupt("what a word is about", other)),
        }
    }
    Ok(words)
}
