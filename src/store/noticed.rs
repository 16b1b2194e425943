//! Papers of ours on which there is money that is not ours, or no more what was: noted as they are held against our links, in the order
//! in which that was seen, so that a backward half asks for what came after it looked last.

use super::links;
use super::rows::maybe_number;
use super::sql::{Db, sql};
use crate::model::{Drift, DriftKind, Key, Kind, LedgerInvoice, LedgerPayment, Link, SourceId};
use crate::pipeline::ports::StoreError;
use std::collections::BTreeSet;

/// The ledger's ids of payments on a paper that are ours by their stamp, and stand for money of another document: somebody put them
/// here.
pub async fn moved_here(
    db: &mut Db,
    tenant: &str,
    (there, on_it): (&Key, &[Link]),
    paper: &LedgerInvoice,
) -> Result<BTreeSet<String>, StoreError> {
    let mut out = BTreeSet::new();
    let linked = |id: &str| on_it.iter().any(|l| l.other.id.0 == id);
    let stray = |p: &&LedgerPayment| p.mark.is_some() && !linked(&p.id);
    for p in paper.payments.iter().filter(stray) {
        let payment = Key::new(&there.book, Kind::Payment, &SourceId(p.id.clone()));
        let links = links::to(db, tenant, &payment).await?;
        let elsewhere = |l: &Link| l.upon.as_ref().is_some_and(|upon| upon != there);
        if links.iter().any(elsewhere) {
            out.insert(p.id.clone());
        }
    }
    Ok(out)
}

/// A paper of ours bears money that is not ours, or no more what was: the backward half looks at it.
pub async fn notice(
    db: &mut Db,
    tenant: &str,
    (there, link): (&Key, &Link),
    (on_it, found): (&[Link], &[Drift]),
    paper: &LedgerInvoice,
) -> Result<(), StoreError> {
    if link.thing.kind != Kind::Invoice {
        return Ok(());
    }
    let linked = |id: &str| on_it.iter().any(|l| l.other.id.0 == id);
    let theirs = (paper.payments.iter()).any(|p| p.mark.is_none() && !linked(&p.id));
    let changed = found.iter().any(|d| d.kind != DriftKind::Balance);
    if !theirs && !changed {
        return Ok(());
    }
    let last = sql("SELECT MAX(seq) AS seq FROM paid_there WHERE tenant = $1 AND book = $2");
    let last = last.bind(tenant).bind(there.book.as_str());
    let last = last.maybe(db, |r| maybe_number(r, "seq")).await?.flatten();
    sql(
        "INSERT INTO paid_there (tenant, book, id, seq) VALUES ($1,$2,$3,$4)
         ON CONFLICT (tenant, book, id) DO UPDATE SET seq = excluded.seq",
    )
    .bind(tenant)
    .bind(there.book.as_str())
    .bind(&there.id.0)
    .bind(last.unwrap_or_default() + 1)
    .put_off(db)
    .await?;
    Ok(())
}
