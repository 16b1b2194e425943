//! A database of the first stage, whose things named no book: what it holds is moved into the tables of now.
//!
//! Flows in: the tables put aside by the second migration, and the words under which each tenant ran. Flows out: the
//! same documents, decisions, writes and links, each of its book, and nothing of the old tables. One transaction: it is
//! moved whole or not at all, and then tried again at the next opening. A fresh database has nothing to move. Natural
//! keys, stamps and the numbers of writes stay as they are, for the ledgers hold them.

use super::packed::{Like, pack_like, unpack};
use super::rows::{blob, json, number, read_json, text};
use super::sql::{Db, sql};
use super::{Store, charts, in_use};
use crate::model::{BookId, Chart, Draft};
use crate::pipeline::ports::{BookRow, Side, StoreError};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;

/// The note that says whether the old tables wait to be moved, and what it says once they have been.
const NOTE: &str = "first_stage";
const MOVED: &str = "moved";

/// Links whose drafts are packed at a time.
const PAGE: i64 = 1_000;

/// The two ends of a tenant's flow, as the first stage knew them.
struct StageEnds {
    source: String,
    ledger: String,
    /// The ledger's connection and organisation; empty where no run ever ended.
    connection: String,
    organisation: String,
}

impl StageEnds {
    /// From `FROM to TO ORGANISATION`.
    fn read(text: &str) -> Option<Self> {
        let (source, rest) = text.split_once(" to ")?;
        let (ledger, organisation) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Self {
            source: source.to_owned(),
            ledger: ledger.to_owned(),
            connection: ledger.to_owned(),
            organisation: organisation.to_owned(),
        })
    }

    /// Of a tenant none of whose runs ever ended: the source is known by what was read from it. The ledger gets a word
    /// of its own, and the next run says which account it is.
    fn of_source(source: String) -> Self {
        Self {
            ledger: format!("{source}-ledger"),
            source,
            connection: String::new(),
            organisation: String::new(),
        }
    }
}

impl Store {
    /// Whether the database is one that the first stage made, or whose tables wait to be moved.
    pub(super) async fn is_of_first_stage(&self) -> Result<bool, StoreError> {
        Ok(self.note(NOTE).await?.as_deref() != Some(MOVED))
    }

    /// Moves what the first stage left, if it left anything.
    pub(super) async fn move_first_stage(&self) -> Result<(), StoreError> {
        if !self.is_of_first_stage().await? {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for tenant in all_tenants(&mut tx).await? {
            if let Some(ends) = ends(&mut tx, &tenant).await? {
                tenant_of(&mut tx, &tenant, &ends).await?;
            }
        }
        for text in DROPS {
            sql(text).run(&mut tx).await?;
        }
        sql("UPDATE meta SET value = $1 WHERE name = $2")
            .bind(MOVED)
            .bind(NOTE)
            .run(&mut tx)
            .await?;
        tx.commit().await
    }
}

const DROPS: [&str; 9] = [
    "DROP TABLE first_cursors",
    "DROP TABLE first_records",
    "DROP TABLE first_documents",
    "DROP TABLE first_decisions",
    "DROP TABLE first_writes",
    "DROP TABLE first_links",
    "DROP TABLE first_contacts",
    "DROP TABLE first_mirrors",
    "DROP TABLE first_bad_records",
];

async fn all_tenants(db: &mut Db) -> Result<Vec<String>, StoreError> {
    sql(
        "SELECT tenant FROM tenants UNION SELECT tenant FROM first_records
         UNION SELECT tenant FROM first_cursors UNION SELECT tenant FROM first_writes
         UNION SELECT tenant FROM first_mirrors",
    )
    .all(db, |r| text(r, "tenant"))
    .await
}

async fn ends(db: &mut Db, tenant: &str) -> Result<Option<StageEnds>, StoreError> {
    let state = sql("SELECT state FROM tenants WHERE tenant = $1")
        .bind(tenant)
        .maybe(db, |r| {
            read_json::<Value>("a tenant's switches", &text(r, "state")?)
        })
        .await?;
    let told = state.and_then(|s| StageEnds::read(s.get("ends")?.as_str()?));
    if told.is_some() {
        return Ok(told);
    }
    let read = sql("SELECT connection FROM first_cursors WHERE tenant = $1
         UNION SELECT connection FROM first_records WHERE tenant = $1 LIMIT 1");
    let source = read.bind(tenant).maybe(db, |r| text(r, "connection"));
    Ok(source.await?.map(StageEnds::of_source))
}

async fn tenant_of(db: &mut Db, tenant: &str, ends: &StageEnds) -> Result<(), StoreError> {
    keep_ends(db, tenant, ends).await?;
    let source = sql(THINGS_OF_SOURCE).bind(tenant);
    source.bind(ends.source.clone()).run(db).await?;
    let ledger = sql(THINGS_OF_LEDGER).bind(tenant);
    ledger.bind(ends.ledger.clone()).run(db).await?;
    for text in OF_SOURCE {
        let done = sql(text).bind(tenant).bind(ends.source.clone());
        done.run(db).await?;
    }
    for text in OF_BOTH {
        let done = sql(text).bind(tenant).bind(ends.source.clone());
        done.bind(ends.ledger.clone()).run(db).await?;
    }
    for text in OF_LEDGER {
        let done = sql(text).bind(tenant).bind(ends.ledger.clone());
        done.run(db).await?;
    }
    agree(db, tenant).await?;
    chart(db, tenant, &ends.ledger).await
}

/// The two ends become books, and are switches no longer.
async fn keep_ends(db: &mut Db, tenant: &str, ends: &StageEnds) -> Result<(), StoreError> {
    let book = |side, word: &str, connection: &str, organisation: &str| BookRow {
        book: BookId::stored(word),
        side,
        system: String::new(),
        connection: connection.to_owned(),
        organisation: organisation.to_owned(),
    };
    let source = book(Side::Source, &ends.source, &ends.source, "");
    let (connection, organisation) = (&ends.connection, &ends.organisation);
    let ledger = book(Side::Ledger, &ends.ledger, connection, organisation);
    for row in [source, ledger] {
        in_use::put(db, tenant, &row).await?;
    }
    let old = sql("SELECT state FROM tenants WHERE tenant = $1").bind(tenant);
    let old = old.maybe(db, |r| {
        read_json::<Value>("a tenant's switches", &text(r, "state")?)
    });
    let Some(mut state) = old.await? else {
        return Ok(());
    };
    if let Some(state) = state.as_object_mut() {
        state.remove("ends");
    }
    sql("UPDATE tenants SET state = $1 WHERE tenant = $2")
        .bind(json(&state)?)
        .bind(tenant)
        .run(db)
        .await?;
    Ok(())
}

const THINGS_OF_SOURCE: &str = "INSERT INTO things (tenant, book, kind, id)
     SELECT tenant, $2, kind, source_id FROM first_records WHERE tenant = $1
     UNION SELECT tenant, $2, kind, source_id FROM first_documents WHERE tenant = $1
     UNION SELECT tenant, $2, kind, source_id FROM first_decisions WHERE tenant = $1
     UNION SELECT tenant, $2, kind, source_id FROM first_writes WHERE tenant = $1
     UNION SELECT tenant, $2, 'invoice', document FROM first_writes WHERE tenant = $1
     UNION SELECT tenant, $2, kind, source_id FROM first_links WHERE tenant = $1";

/// What a payment is on was only known by its id: it is a credit note where one is linked under that id.
const THINGS_OF_LEDGER: &str = "INSERT INTO things (tenant, book, kind, id)
     SELECT tenant, $2, kind, target_id FROM first_links WHERE tenant = $1
     UNION SELECT l.tenant, $2, 'invoice', l.on_document FROM first_links l
            WHERE l.tenant = $1 AND l.on_document <> '' AND NOT EXISTS (SELECT 1 FROM first_links n
                  WHERE n.tenant = l.tenant AND n.kind = 'credit_note' AND n.target_id = l.on_document)";

const OF_SOURCE: [&str; 5] = [
    "INSERT INTO cursors (tenant, book, kind, cursor)
     SELECT tenant, $2, kind, MAX(cursor) FROM first_cursors WHERE tenant = $1 AND connection = $2 GROUP BY tenant, kind",
    "INSERT INTO bad_records (tenant, book, place, body)
     SELECT tenant, $2, place, body FROM first_bad_records WHERE tenant = $1",
    "INSERT INTO records (tenant, thing, version, seen_at, replaced_at, body)
     SELECT r.tenant, t.thing, r.version, r.seen_at, r.replaced_at, r.body FROM first_records r
       JOIN things t ON t.tenant = r.tenant AND t.book = $2 AND t.kind = r.kind AND t.id = r.source_id
      WHERE r.tenant = $1",
    "INSERT INTO documents (tenant, thing, id, number, also, state, reason, day, total, currency, contact, version,
       decided, drafts, approved, changed_at, open)
     SELECT d.tenant, t.thing, d.source_id, d.number, d.also, d.state, d.reason, d.day, d.total, d.currency, d.contact,
            d.version, d.decided, d.drafts, d.approved, d.changed_at, d.open FROM first_documents d
       JOIN things t ON t.tenant = d.tenant AND t.book = $2 AND t.kind = d.kind AND t.id = d.source_id
      WHERE d.tenant = $1",
    "INSERT INTO decisions (tenant, thing, facts, note)
     SELECT d.tenant, t.thing, d.facts, d.note FROM first_decisions d
       JOIN things t ON t.tenant = d.tenant AND t.book = $2 AND t.kind = d.kind AND t.id = d.source_id
      WHERE d.tenant = $1",
];

const OF_BOTH: [&str; 2] = [
    "INSERT INTO writes (id, tenant, natural_key, marker, kind, level, day, thing, document, version, book, run, state,
       draft, draft_hash, needs, needs_contact, needs_document, is_update, attempt, batch, first_sent, last_sent,
       not_before, key_spent, target_id, reason, fence, wanted)
     SELECT w.id, w.tenant, w.natural_key, w.marker, w.kind, w.level, w.day, t.thing, o.thing, '', $3, '', w.state,
            w.draft, w.draft_hash, w.needs, w.needs_contact, w.needs_document, w.is_update, w.attempt, w.batch,
            w.first_sent, w.last_sent, w.not_before, w.key_spent, w.target_id, w.reason, w.fence, w.wanted
       FROM first_writes w
       JOIN things t ON t.tenant = w.tenant AND t.book = $2 AND t.kind = w.kind AND t.id = w.source_id
       JOIN things o ON o.tenant = w.tenant AND o.book = $2 AND o.kind = 'invoice' AND o.id = w.document
      WHERE w.tenant = $1",
    "INSERT INTO links (tenant, thing, other, made, number, version, other_version, draft, amount, upon)
     SELECT l.tenant, t.thing, o.thing, CASE WHEN l.draft = '' THEN 'matched' ELSE 'ours' END, l.target_number, '',
            l.target_version, l.draft, l.amount, u.thing
       FROM first_links l
       JOIN things t ON t.tenant = l.tenant AND t.book = $2 AND t.kind = l.kind AND t.id = l.source_id
       JOIN things o ON o.tenant = l.tenant AND o.book = $3 AND o.kind = l.kind AND o.id = l.target_id
       LEFT JOIN things u ON u.tenant = l.tenant AND u.book = $3 AND u.kind IN ('invoice','credit_note')
            AND u.id = l.on_document
      WHERE l.tenant = $1
     ON CONFLICT (tenant, thing) DO NOTHING",
];

const OF_LEDGER: [&str; 2] = [
    "INSERT INTO mirrors (tenant, book, what, at, hash)
     SELECT tenant, $2, what, at, '' FROM first_mirrors WHERE tenant = $1 AND what = 'contacts'",
    "INSERT INTO mirror_contacts (tenant, book, id, name, email, number, phone, mobile, body)
     SELECT tenant, $2, id, name, email, number, phone, mobile, body FROM first_contacts WHERE tenant = $1",
];

/// What a link's two ends were last agreed to say is the draft of the write that made it so, where the journal holds
/// it still; else it is not known.
async fn agree(db: &mut Db, tenant: &str) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let some = sql(
            "SELECT l.thing, w.draft FROM links l
               JOIN writes w ON w.tenant = l.tenant AND w.thing = l.thing AND w.draft_hash = l.draft AND w.state = 'linked'
              WHERE l.tenant = $1 AND l.thing > $2 ORDER BY l.thing LIMIT $3",
        );
        let read = |r: &SqliteRow| Ok((number(r, "thing")?, text(r, "draft")?));
        let rows = some.bind(tenant).bind(after).bind(PAGE).all(db, read);
        let rows = rows.await?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after = *last;
        for (thing, draft) in rows {
            let draft: Draft = read_json("a draft", &draft)?;
            sql("UPDATE links SET agreed = $1 WHERE tenant = $2 AND thing = $3")
                .bind(pack_like(Like::Draft, &draft)?)
                .bind(tenant)
                .bind(thing)
                .run(db)
                .await?;
        }
    }
}

/// The chart as last read is the one most decisions used.
async fn chart(db: &mut Db, tenant: &str, ledger: &str) -> Result<(), StoreError> {
    let read = |r: &SqliteRow| Ok((blob(r, "body")?, text(r, "at")?));
    let last = sql("SELECT body, at FROM first_mirrors WHERE tenant = $1 AND what = 'chart'");
    let Some((body, at)) = last.bind(tenant).maybe(db, read).await? else {
        return Ok(());
    };
    let chart: Chart = unpack("the chart", &body)?;
    let at = super::rows::read_time(&at)?;
    charts::put(db, tenant, &BookId::stored(ledger), &chart, at).await
}
