//! The mirror of the ledger's papers.
//!
//! Flows in: papers as the ledger lists them. Flows out: those that answer to an id, a stamp or a number, each within its
//! kind. Kept without their lines: who compares those reads the paper itself. A credit's one line says what it was paid on.

use super::packed::{Like, pack_like};
use super::rows::{paper, read_time, text, time};
use super::sql::{Db, Sql, limit, lists, sql};
use super::things::{self, Sparse};
use super::{Store, drifts, links};
use crate::connectors::Posted;
use crate::model::{BookId, Draft, Key, Kind, LedgerInvoice, LedgerPayment, TenantId};
use crate::pipeline::ports::{Looked, MAX_PAPERS, PaperKeys, Papers, StoreError};
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// What of a book a kind's papers are called in the list of what was last read.
fn what(kind: Kind) -> String {
    format!("papers:{kind}")
}

/// How far the mirror of a kind goes.
pub async fn looked(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
) -> Result<Option<Looked>, StoreError> {
    sql("SELECT at, hash FROM mirrors WHERE tenant = $1 AND book = $2 AND what = $3")
        .bind(tenant)
        .bind(book.as_str())
        .bind(what(kind))
        .maybe(db, |r| {
            let until = text(r, "hash")?;
            Ok(Looked {
                at: read_time(&text(r, "at")?)?,
                until: match until.as_str() {
                    "" => None,
                    until => Some(read_time(until)?),
                },
            })
        })
        .await
}

/// The mirror of a kind goes so far. Of papers, the place of a hash holds the ledger's own time.
pub async fn done(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
    looked: Looked,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO mirrors (tenant, book, what, at, hash) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, book, what) DO UPDATE SET at = excluded.at, hash = excluded.hash",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(what(kind))
    .bind(time(looked.at))
    .bind(looked.until.map_or(String::new(), time))
    .put_off(db)
    .await?;
    Ok(())
}

/// Puts a paper into the mirror, in place of what was there of it.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    paper: &LedgerInvoice,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    things::entered(db, &MIRRORED);
    let mut bare = paper.clone();
    if paper.kind != Kind::Overpayment {
        bare.lines.clear();
    }
    sql(
        "INSERT INTO mirror_papers (tenant, book, kind, id, number, mark, contact, packed, seen, body)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'')
         ON CONFLICT (tenant, book, kind, id) DO UPDATE SET number = excluded.number, mark = excluded.mark,
           contact = excluded.contact, packed = excluded.packed, body = excluded.body",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(paper.kind.as_str())
    .bind(&paper.id)
    .bind(&paper.number)
    .bind(paper.mark.as_deref().unwrap_or_default())
    .bind(&paper.contact_id)
    .bind(pack_like(Like::Paper, &bare)?)
    .bind(time(at))
    .put_off(db)
    .await?;
    Ok(())
}

/// A paper that the ledger does not have any more.
pub async fn forget(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    sql("DELETE FROM mirror_papers WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4")
        .bind(tenant)
        .bind(book.as_str())
        .bind(kind.as_str())
        .bind(id)
        .put_off(db)
        .await?;
    Ok(())
}

/// Papers that the mirror shows, by the numbers of things.
pub const MIRRORED: Sparse = Sparse {
    table: "mirror_papers",
    ask: "SELECT t.thing FROM things t JOIN mirror_papers p ON p.tenant = t.tenant AND p.book = t.book AND p.kind = t.kind
            AND p.id = t.id WHERE t.tenant || '' = $1 AND t.thing IN ($2)",
};

/// A payment of ours is on a paper now: what is paid to it next is looked for beside it.
pub async fn paid(
    db: &mut Db,
    tenant: &str,
    w: &WriteRow,
    posted: &Posted,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Draft::Payment(draft) = &w.draft else {
        return Ok(());
    };
    let kind = match w.needs.of_credit_note {
        true => Kind::CreditNote,
        false => Kind::Invoice,
    };
    let paper = Key::new(&w.to, kind, &w.needs.document_id.as_str().into());
    if things::is_absent(db, tenant, &paper, &MIRRORED) {
        return Ok(());
    }
    let ids = [w.needs.document_id.clone()];
    let keys = PaperKeys {
        ids: &ids,
        ..PaperKeys::default()
    };
    for mut paper in find(db, tenant, &w.to, kind, keys).await? {
        if paper.payments.iter().any(|p| p.id == posted.id) {
            continue;
        }
        paper.amount_due -= draft.amount;
        paper.amount_paid += draft.amount;
        paper.payments.push(LedgerPayment {
            id: posted.id.clone(),
            date: draft.date,
            amount: draft.amount,
            reference: String::new(),
            mark: Some(w.marker.clone()),
            on_document: w.needs.document_id.clone(),
        });
        put(db, tenant, &w.to, &paper, now).await?;
    }
    Ok(())
}

/// Those found so far, by id.
type FoundPapers = BTreeMap<String, LedgerInvoice>;

async fn add(db: &mut Db, found: &mut FoundPapers, ask: Sql) -> Result<(), StoreError> {
    let all = ask.all(db, paper).await?;
    found.extend(all.into_iter().map(|p| (p.id.clone(), p)));
    Ok(())
}

/// Papers of a kind by each key for itself; an empty key finds nothing.
pub async fn find(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
    keys: PaperKeys<'_>,
) -> Result<Vec<LedgerInvoice>, StoreError> {
    let mut found = FoundPapers::new();
    let by = [
        (
            "SELECT packed, body FROM mirror_papers WHERE tenant = $1 AND book = $2 AND kind = $3 AND id IN ($4)",
            keys.ids,
        ),
        (
            "SELECT packed, body FROM mirror_papers WHERE tenant = $1 AND book = $2 AND kind = $3 AND mark IN ($4)",
            keys.marks,
        ),
        (
            "SELECT packed, body FROM mirror_papers WHERE tenant = $1 AND book = $2 AND kind = $3 AND number IN ($4)",
            keys.numbers,
        ),
    ];
    for (text, values) in by {
        let said: Vec<String> = (values.iter()).filter(|v| !v.is_empty()).cloned().collect();
        for some in lists(&said) {
            let ask = sql(text).bind(tenant).bind(book.as_str());
            add(db, &mut found, ask.bind(kind.as_str()).list(some)).await?;
        }
    }
    Ok(found.into_values().collect())
}

/// Papers of a contact that carry no stamp of ours and that no link leads to.
pub async fn without_mark(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
    contact: &str,
    since: DateTime<Utc>,
) -> Result<Vec<LedgerInvoice>, StoreError> {
    let mut found = FoundPapers::new();
    let ask = sql(
        "SELECT p.packed, p.body FROM mirror_papers p WHERE p.tenant = $1 AND p.book = $2 AND p.kind = $3 AND p.contact = $4
            AND p.mark = '' AND p.seen >= $5 AND NOT EXISTS (SELECT 1 FROM things t JOIN links l ON l.tenant = t.tenant AND l.other = t.thing
              WHERE t.tenant = p.tenant AND t.book = p.book AND t.kind = p.kind AND t.id = p.id)
          LIMIT $6",
    );
    let ask = ask.bind(tenant).bind(book.as_str()).bind(kind.as_str());
    let ask = ask.bind(contact).bind(time(since)).bind(limit(MAX_PAPERS));
    add(db, &mut found, ask).await?;
    Ok(found.into_values().collect())
}

/// Papers of a contact that carry a stamp and that no link leads to.
async fn strays(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
    contact: &str,
) -> Result<Vec<LedgerInvoice>, StoreError> {
    let mut found = FoundPapers::new();
    let ask = sql(
        "SELECT p.packed, p.body FROM mirror_papers p WHERE p.tenant = $1 AND p.book = $2 AND p.kind = $3 AND p.contact = $4
            AND p.mark <> '' AND NOT EXISTS (SELECT 1 FROM things t JOIN links l ON l.tenant = t.tenant AND l.other = t.thing
              WHERE t.tenant = p.tenant AND t.book = p.book AND t.kind = p.kind AND t.id = p.id)
          LIMIT $5",
    );
    let ask = ask.bind(tenant).bind(book.as_str()).bind(kind.as_str());
    add(db, &mut found, ask.bind(contact).bind(limit(MAX_PAPERS))).await?;
    Ok(found.into_values().collect())
}

/// Holds the mirrored paper of a document against its links once more: a person's word has changed what stands for what.
/// `sent`: the word was that what others put to it is another than ours.
pub async fn weigh_anew(
    db: &mut Db,
    whose: &TenantId,
    document: &Key,
    (sent, at): (bool, DateTime<Utc>),
) -> Result<(), StoreError> {
    let Some(link) = links::of(db, whose.as_str(), document).await? else {
        return Ok(());
    };
    drifts::only_on(db, whose.as_str(), document, &link.other).await?;
    for paper in weigh_known(db, whose, &link.other, at).await? {
        if sent {
            drifts::call_right(db, whose, &link, &paper, at).await?;
        }
    }
    Ok(())
}

/// Holds a paper that was found in the ledger and taken for ours against its link: the look that found it has just brought it into
/// the mirror.
pub async fn weigh_found(
    db: &mut Db,
    whose: &TenantId,
    thing: &Key,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if let Some(link) = links::of(db, whose.as_str(), thing).await? {
        weigh_known(db, whose, &link.other, at).await?;
    }
    Ok(())
}

/// Holds a paper against its links, as the mirror knows it. Answers it.
async fn weigh_known(
    db: &mut Db,
    whose: &TenantId,
    paper: &Key,
    at: DateTime<Utc>,
) -> Result<Vec<LedgerInvoice>, StoreError> {
    let ids = [paper.id.0.clone()];
    let keys = PaperKeys {
        ids: &ids,
        ..PaperKeys::default()
    };
    let known = find(db, whose.as_str(), &paper.book, paper.kind, keys).await?;
    for one in &known {
        drifts::weigh(db, whose, &paper.book, one, at).await?;
    }
    Ok(known)
}

#[async_trait]
impl Papers for Store {
    async fn papers_looked(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
    ) -> Result<Option<Looked>, StoreError> {
        looked(&mut *self.read().await?, tenant.as_str(), book, kind).await
    }

    async fn put_papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        all: &[LedgerInvoice],
        at: DateTime<Utc>,
        done: Option<Looked>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for paper in all {
            put(&mut tx, tenant.as_str(), book, paper, at).await?;
            drifts::weigh(&mut tx, tenant, book, paper, at).await?;
        }
        if let Some(looked) = done {
            self::done(&mut tx, tenant.as_str(), book, kind, looked).await?;
        }
        tx.commit().await
    }

    async fn forget_paper(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        id: &str,
    ) -> Result<(), StoreError> {
        forget(&mut *self.db().await?, tenant.as_str(), book, kind, id).await
    }

    async fn papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        keys: PaperKeys<'_>,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        find(&mut *self.read().await?, tenant.as_str(), book, kind, keys).await
    }

    async fn unstamped_papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        contact: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let db = &mut *self.read().await?;
        without_mark(db, tenant.as_str(), book, kind, contact, since).await
    }

    async fn stood_for_some(&self, tenant: &TenantId, there: &Key) -> Result<bool, StoreError> {
        // What was never linked with anything has no row of its own.
        sql("SELECT 1 FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4")
            .bind(tenant.as_str())
            .key(there)
            .any(&mut *self.read().await?)
            .await
    }

    async fn stray_papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        contact: &str,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let db = &mut *self.read().await?;
        strays(db, tenant.as_str(), book, kind, contact).await
    }
}
