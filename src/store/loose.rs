//! Payments and refunds that are not posted: where the last decision left each, and a person's word on them.
//!
//! Flows in: the decision on a document that the ledger has or is to get. Flows out: its payments that are not posted, and
//! those of all documents that wait for a word. A word stays with its payment until that is posted.

use super::Store;
use super::audit::{self, AuditEntry};
use super::packed::unpack;
use super::records;
use super::rows::{amount, blob, corrupt, maybe_day, number, text};
use super::sql::{Db, limit, lists, sql};
use crate::model::{Document, Key, Payment, PaymentKind, TenantId};
use crate::pipeline::ports::{
    DecidedDoc, DecisionNote, LoosePayment, LoosePayments, PaymentGroup, PaymentNote, ReleaseWord,
    StoreError,
};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::sqlite::SqliteRow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The note that says whether earlier decisions wait to be looked through, and what it says once they have been.
const NOTE: &str = "loose_payments";
const FILLED: &str = "filled";

/// Decisions looked through in one transaction.
const PAGE: usize = 500;

/// What the column `released` says.
const NO_WORD: i64 = 0;
const SAID: i64 = 1;
const AWAITED: i64 = 2;

/// What is known of the payments of some documents.
pub async fn of_documents(
    db: &mut Db,
    tenant: &str,
    documents: &[i64],
) -> Result<BTreeMap<i64, Vec<LoosePayment>>, StoreError> {
    let mut out: BTreeMap<i64, Vec<LoosePayment>> = BTreeMap::new();
    let read = |r: &SqliteRow| Ok((number(r, "thing")?, loose(r)?));
    for some in lists(documents) {
        let rows = sql(
            "SELECT thing, payment, amount, state, code, released FROM loose_payments WHERE tenant = $1 AND thing IN ($2)",
        );
        for (thing, payment) in rows.bind(tenant).list(some).all(db, read).await? {
            out.entry(thing).or_default().push(payment);
        }
    }
    Ok(out)
}

/// Keeps where a decision leaves the payments of its document, of which so much was known. One that did not come to them
/// leaves them where they were. Answers whether a person has let one go while it was decided.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    (d, thing): (&DecidedDoc, i64),
    known: &[LoosePayment],
) -> Result<bool, StoreError> {
    if d.note.balance.is_none() {
        return Ok(false);
    }
    let mut since = false;
    if !known.is_empty() {
        sql("DELETE FROM loose_payments WHERE tenant = $1 AND thing = $2")
            .bind(tenant)
            .bind(thing)
            .put_off(db)
            .await?;
    }
    for p in &d.note.payments {
        let was = known.iter().find(|k| k.id == p.id);
        since |= was.is_some_and(|w| said(w, p)) && d.to_release.contains(&p.id);
        insert(db, tenant, thing, p, word(d, p, was)).await?;
    }
    Ok(since)
}

/// Whether a person has let a payment go at the amount that it has.
fn said(was: &LoosePayment, p: &PaymentNote) -> bool {
    was.word == ReleaseWord::Said && was.amount == p.amount
}

/// Where a person's word on a payment stands after a decision. It is spent by another amount, and by a file that leaves the
/// payment out again.
fn word(d: &DecidedDoc, p: &PaymentNote, was: Option<&LoosePayment>) -> ReleaseWord {
    match p.state.as_str() {
        "skipped" => ReleaseWord::None,
        // It may have been said while it was decided.
        _ if was.is_some_and(|w| said(w, p)) => ReleaseWord::Said,
        _ if d.to_release.contains(&p.id) => ReleaseWord::Awaited,
        _ => ReleaseWord::None,
    }
}

async fn insert(
    db: &mut Db,
    tenant: &str,
    thing: i64,
    p: &PaymentNote,
    word: ReleaseWord,
) -> Result<(), StoreError> {
    // What goes is remembered for the word alone, until it is there.
    let goes = p.state == "planned" && word != ReleaseWord::Said;
    if goes || matches!(p.state.as_str(), "posted" | "settled") {
        return Ok(());
    }
    sql(
        "INSERT INTO loose_payments (tenant, thing, payment, day, amount, currency, state, code, released)
         SELECT $1, $2, $3, $4, $5, d.currency, $6, $7, $8 FROM documents d WHERE d.tenant = $1 AND d.thing = $2
         ON CONFLICT (tenant, thing, payment) DO NOTHING",
    )
    .bind(tenant)
    .bind(thing)
    .bind(&p.id)
    .bind(p.date.to_string())
    .bind(p.amount.to_string())
    .bind(&p.state)
    .bind(p.reason.as_ref().map_or("", |r| r.code.as_str()))
    .bind(match word {
        ReleaseWord::None => NO_WORD,
        ReleaseWord::Said => SAID,
        ReleaseWord::Awaited => AWAITED,
    })
    .put_off(db)
    .await?;
    Ok(())
}

fn loose(r: &SqliteRow) -> Result<LoosePayment, StoreError> {
    Ok(LoosePayment {
        id: text(r, "payment")?,
        state: text(r, "state")?,
        code: text(r, "code")?,
        amount: amount(&text(r, "amount")?)?,
        word: match number(r, "released")? {
            SAID => ReleaseWord::Said,
            AWAITED => ReleaseWord::Awaited,
            _ => ReleaseWord::None,
        },
    })
}

struct WaitingPayment {
    thing: i64,
    id: String,
    currency: String,
    amount: Decimal,
    day: NaiveDate,
    /// Whether something else keeps it back as well.
    kept: bool,
    /// Whether money goes back.
    refund: bool,
}

fn waiting(r: &SqliteRow) -> Result<WaitingPayment, StoreError> {
    let day = maybe_day(r, "day")?;
    Ok(WaitingPayment {
        thing: number(r, "thing")?,
        id: text(r, "payment")?,
        currency: text(r, "currency")?,
        amount: amount(&text(r, "amount")?)?,
        day: day.ok_or_else(|| corrupt("a payment's day", "nothing"))?,
        kept: matches!(text(r, "state")?.as_str(), "held" | "refused"),
        refund: false,
    })
}

async fn to_release(
    db: &mut Db,
    tenant: &str,
    from: Option<NaiveDate>,
) -> Result<Vec<WaitingPayment>, StoreError> {
    let mut rows = sql(
        "SELECT thing, payment, currency, amount, day, state FROM loose_payments
          WHERE tenant = $1 AND released = $2 AND day >= $3",
    )
    .bind(tenant)
    .bind(AWAITED)
    .bind(from.map_or(String::new(), |d| d.to_string()))
    .all(db, waiting)
    .await?;
    let mut of: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for row in &mut rows {
        let ids = match of.entry(row.thing) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(refunds(db, tenant, row.thing).await?),
        };
        row.refund = ids.contains(&row.id);
    }
    Ok(rows)
}

/// The refunds of a document, by what the source said last.
async fn refunds(db: &mut Db, tenant: &str, thing: i64) -> Result<BTreeSet<String>, StoreError> {
    let Some(record) = records::of_thing(db, tenant, thing).await? else {
        return Ok(BTreeSet::new());
    };
    let Document::Invoice(invoice) = record.document else {
        return Ok(BTreeSet::new());
    };
    let back = |p: &Payment| p.kind == PaymentKind::Refund;
    let back = invoice.payments.into_iter().filter(back);
    Ok(back.map(|p| p.id).collect())
}

fn grouped(rows: &[WaitingPayment]) -> Vec<PaymentGroup> {
    let mut groups: BTreeMap<&str, PaymentGroup> = BTreeMap::new();
    for w in rows {
        let group = groups.entry(&w.currency).or_insert_with(|| PaymentGroup {
            currency: w.currency.clone(),
            count: 0,
            sum: Decimal::ZERO,
            refunds: 0,
            refunded: Decimal::ZERO,
            kept: 0,
            oldest: w.day,
        });
        let (count, sum) = match w.refund {
            true => (&mut group.refunds, &mut group.refunded),
            false => (&mut group.count, &mut group.sum),
        };
        *count += 1;
        *sum += w.amount;
        group.kept += u64::from(w.kept);
        group.oldest = group.oldest.min(w.day);
    }
    groups.into_values().collect()
}

/// Payments of posted documents that wait for the word that lets them go.
pub async fn groups_waiting(db: &mut Db, tenant: &str) -> Result<Vec<PaymentGroup>, StoreError> {
    Ok(grouped(&to_release(db, tenant, None).await?))
}

#[async_trait]
impl LoosePayments for Store {
    async fn loose_payments(
        &self,
        tenant: &TenantId,
        document: &Key,
    ) -> Result<Vec<LoosePayment>, StoreError> {
        let all = sql("SELECT payment, amount, state, code, released FROM loose_payments WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
        let all = all.bind(tenant.as_str()).key(document);
        all.all(&mut *self.read().await?, loose).await
    }

    async fn decide_payments_again(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        sql(
            "UPDATE documents SET open = 1 WHERE tenant = $1 AND state IN ('verified','posted','settled')
                AND EXISTS (SELECT 1 FROM loose_payments p WHERE p.tenant = documents.tenant AND p.thing = documents.thing)",
        )
        .bind(tenant.as_str())
        .run(&mut *self.db().await?)
        .await
    }

    async fn payments_to_release(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<PaymentGroup>, StoreError> {
        groups_waiting(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn release_payments(
        &self,
        tenant: &TenantId,
        from: Option<NaiveDate>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<PaymentGroup>, StoreError> {
        let t = tenant.as_str();
        let mut tx = self.begin().await?;
        let rows = to_release(&mut tx, t, from).await?;
        sql("UPDATE loose_payments SET released = $4 WHERE tenant = $1 AND released = $2 AND day >= $3")
            .bind(t)
            .bind(AWAITED)
            .bind(from.map_or(String::new(), |d| d.to_string()))
            .bind(SAID)
            .put_off(&mut tx)
            .await?;
        let things: BTreeSet<i64> = rows.iter().map(|w| w.thing).collect();
        for thing in things {
            sql("UPDATE documents SET open = 1 WHERE tenant = $1 AND thing = $2")
                .bind(t)
                .bind(thing)
                .put_off(&mut tx)
                .await?;
        }
        if !rows.is_empty() {
            let since = from.map_or(String::new(), |d| format!(" from {d}"));
            let entry = AuditEntry {
                tenant: t,
                at: now,
                actor,
                action: "release",
                object: "payments",
                detail: &format!("{} payments{since}", rows.len()),
            };
            audit::append(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(grouped(&rows))
    }
}

impl Store {
    /// Fills in what decisions of earlier versions of the program say of payments.
    pub(super) async fn fill_loose_payments(&self) -> Result<(), StoreError> {
        if self.note(NOTE).await?.as_deref() == Some(FILLED) {
            return Ok(());
        }
        let tenants = sql("SELECT tenant FROM tenants")
            .all(&mut *self.db().await?, |r| text(r, "tenant"))
            .await?;
        for tenant in tenants {
            let mut after = i64::MIN;
            while let Some(last) = self.fill_page(&tenant, after).await? {
                after = last;
            }
        }
        self.keep_note(NOTE, FILLED).await
    }

    /// Answers the last document that was looked at; nothing once there is none left.
    async fn fill_page(&self, tenant: &str, after: i64) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let page = sql(
            "SELECT thing, note FROM decisions WHERE tenant = $1 AND thing > $2 ORDER BY thing LIMIT $3",
        );
        let read = |r: &SqliteRow| {
            let note: DecisionNote = unpack("a decision", &blob(r, "note")?)?;
            Ok((number(r, "thing")?, note))
        };
        let page = page.bind(tenant).bind(after).bind(limit(PAGE));
        let rows = page.all(&mut tx, read).await?;
        for (thing, note) in &rows {
            for p in &note.payments {
                insert(&mut tx, tenant, *thing, p, ReleaseWord::None).await?;
            }
        }
        tx.commit().await?;
        Ok(rows.last().map(|(thing, _)| *thing))
    }
}
