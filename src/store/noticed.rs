//! Papers of ours on which there is money that is not ours, or no more what was: noted as they are held against our links, in the order
//! in which that was seen, so that a backward half asks for what came after it looked last.

use super::rows::maybe_number;
use super::sql::{Db, sql};
use crate::model::{Drift, DriftKind, Key, Kind, LedgerInvoice, Link};
use crate::pipeline::ports::StoreError;

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
    .put(db)
    .await?;
    Ok(())
}
