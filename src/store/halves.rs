//! The two halves of a tenant of which payments go both ways: what the one has linked, the other knows.
//!
//! Flows in: payments that a backward half has entered, and where it has looked. Flows out: the papers that were noticed since
//! ([`super::noticed`]); and links on the other side, turned round. Bounded by a page.

use super::rows::{number, paper};
use super::sql::{Db, limit, sql};
use super::{Store, links, papers, records, things, writes};
use crate::connectors::Posted;
use crate::model::{
    BookId, Draft, Fingerprint, Key, Kind, LedgerInvoice, Link, LinkMade, SourceId, TenantId,
};
use crate::pipeline::plant;
use crate::pipeline::ports::{BroughtBack, Halves, PaidThere, PaperKeys, StoreError};
use crate::pipeline::write::{Brought, WriteRow};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Links one thing with another, unless it is linked: what stands in the one half's journal says what they come to.
async fn link_to(db: &mut Db, tenant: &str, link: &Link) -> Result<(), StoreError> {
    let thing = things::give(db, tenant, &link.thing).await?;
    let other = things::give(db, tenant, &link.other).await?;
    let upon = match &link.upon {
        Some(upon) => Some(things::give(db, tenant, upon).await?),
        None => None,
    };
    sql(
        "INSERT INTO links (tenant, thing, other, made, number, version, other_version, draft, amount, upon)
         VALUES ($1,$2,$3,$4,$5,'','','',$6,$7) ON CONFLICT (tenant, thing) DO NOTHING",
    )
    .bind(tenant)
    .bind(thing)
    .bind(other)
    .bind(link.made.as_str())
    .bind(&link.number)
    .bind(link.amount.to_string())
    .bind(upon)
    .put_off(db)
    .await?;
    Ok(())
}

/// A contact that the half has made, as the forward half knows it: it belongs to the people who keep the books.
fn contact(brought: &Brought, w: &WriteRow, posted: &Posted) -> Link {
    Link {
        thing: Key::new(&w.to, Kind::Contact, &brought.read(&posted.id)),
        other: w.of.clone(),
        made: LinkMade::Matched,
        number: String::new(),
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint(String::new()),
        amount: Decimal::ZERO,
        upon: None,
    }
}

/// What a backward half has entered is linked for the forward half too, and its paper held against the links anew.
pub async fn brought(
    db: &mut Db,
    w: &WriteRow,
    posted: &Posted,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(brought) = &w.needs.brought else {
        return Ok(());
    };
    if let Draft::Contact(_) = &w.draft {
        return link_to(db, brought.tenant.as_str(), &contact(brought, w, posted)).await;
    }
    let Draft::Payment(draft) = &w.draft else {
        return Ok(());
    };
    if plant::echo() {
        return Ok(());
    }
    let whose = &brought.tenant;
    let document = Key::new(&w.to, Kind::Invoice, &SourceId(w.needs.document_id.clone()));
    let link = Link {
        thing: Key::new(&w.to, Kind::Payment, &brought.read(&posted.id)),
        other: w.of.clone(),
        made: LinkMade::Matched,
        number: String::new(),
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint(String::new()),
        amount: posted.total.unwrap_or(draft.amount),
        upon: Some(w.document.clone()),
    };
    link_to(db, whose.as_str(), &link).await?;
    papers::weigh_found(db, whose, &document, now).await
}

#[async_trait]
impl Halves for Store {
    async fn paid_there(
        &self,
        tenant: &TenantId,
        book: &BookId,
        after: i64,
        most: usize,
    ) -> Result<Vec<PaidThere>, StoreError> {
        let db = &mut *self.read().await?;
        let next = sql(
            "SELECT n.seq, p.packed, p.body FROM paid_there n
               JOIN mirror_papers p ON p.tenant = n.tenant AND p.book = n.book AND p.kind = $5 AND p.id = n.id
              WHERE n.tenant = $1 AND n.book = $2 AND n.seq > $3 ORDER BY n.seq LIMIT $4",
        );
        let next = next.bind(tenant.as_str()).bind(book.as_str());
        let next = next.bind(after).bind(limit(most));
        let next = next.bind(Kind::Invoice.as_str());
        let read = |r: &sqlx::sqlite::SqliteRow| Ok((number(r, "seq")?, paper(r)?));
        let found: Vec<(i64, LedgerInvoice)> = next.all(db, read).await?;
        let mut out = Vec::with_capacity(found.len());
        for (seq, paper) in found {
            out.push(with_links(db, tenant, book, seq, paper).await?);
        }
        Ok(out)
    }

    async fn paid_there_of(
        &self,
        tenant: &TenantId,
        book: &BookId,
        name: &str,
    ) -> Result<Option<PaidThere>, StoreError> {
        let db = &mut *self.read().await?;
        let named = [name.to_owned()];
        let keys = PaperKeys {
            ids: &named,
            numbers: &named,
            marks: &[],
        };
        let found = papers::find(db, tenant.as_str(), book, Kind::Invoice, keys).await?;
        for paper in found {
            let one = with_links(db, tenant, book, 0, paper).await?;
            if one.link.is_some() {
                return Ok(Some(one));
            }
        }
        Ok(None)
    }

    async fn brought_on(
        &self,
        tenant: &TenantId,
        paper: &Key,
        (document, version): (&Key, &Fingerprint),
    ) -> Result<Vec<BroughtBack>, StoreError> {
        let db = &mut *self.read().await?;
        let (half, tenant) = (tenant.back(), tenant.as_str());
        let read = records::seen_at(db, tenant, document, version).await?;
        let matched = |l: &Link| l.made == LinkMade::Matched && l.thing.kind == Kind::Payment;
        let mut out = Vec::new();
        for link in links::upon(db, tenant, paper).await? {
            if !matched(&link) {
                continue;
            }
            let written = writes::last_linked(db, half.as_str(), &link.other).await?;
            let Some(w) = written else { continue };
            let Draft::Payment(draft) = &w.draft else {
                continue;
            };
            let date = draft.date;
            let read_since = w
                .last_sent
                .is_none_or(|sent| read.is_some_and(|at| at > sent));
            out.push(BroughtBack {
                link,
                date,
                read_since,
            });
        }
        Ok(out)
    }

    async fn keep_links(&self, tenant: &TenantId, all: &[Link]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for link in all {
            link_to(&mut tx, tenant.as_str(), link).await?;
        }
        tx.commit().await
    }
}

async fn with_links(
    db: &mut Db,
    tenant: &TenantId,
    book: &BookId,
    seq: i64,
    paper: LedgerInvoice,
) -> Result<PaidThere, StoreError> {
    let there = Key::new(book, paper.kind, &SourceId(paper.id.clone()));
    let to = links::to(db, tenant.as_str(), &there).await?;
    let upon = links::upon(db, tenant.as_str(), &there).await?;
    let moved = moved(db, tenant, &there, (&paper, &upon)).await?;
    Ok(PaidThere {
        moved,
        seq,
        link: to.into_iter().find(|l| l.thing.kind == Kind::Invoice),
        payments: upon,
        paper,
    })
}

/// The payments on a paper that we made for another one. What people entered for several papers at once is theirs on each.
async fn moved(
    db: &mut Db,
    tenant: &TenantId,
    there: &Key,
    (paper, upon): (&LedgerInvoice, &[Link]),
) -> Result<BTreeSet<String>, StoreError> {
    let mut all = BTreeSet::new();
    let own = |id: &str| upon.iter().any(|l| l.other.id.0 == id);
    let news = paper.payments.iter().filter(|p| p.mark.is_none());
    for p in news.filter(|p| !own(&p.id)) {
        let id = SourceId(p.id.clone());
        let to = Key::new(&there.book, Kind::Payment, &id);
        let links = links::to(db, tenant.as_str(), &to).await?;
        if links.iter().any(|l| l.made == LinkMade::Ours) {
            all.insert(p.id.clone());
        }
    }
    Ok(all)
}
