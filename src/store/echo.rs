//! What this workspace itself wrote into a book, whichever of its tenants did: read from there, it is an echo and no news.
//!
//! Flows in: a tenant's book, and ids of it. Flows out: those that a link of ours leads to. One account may be the ledger of one
//! tenant and the source of another; that it is the same account is told by its system and organisation, and where
//! nobody knows the organisation nothing is concluded. Bounded by a chunk of ids.

use super::rows::text;
use super::sql::{Db, lists, sql};
use crate::model::{Key, Kind, SourceId};
use crate::pipeline::ports::StoreError;
use std::collections::BTreeSet;

/// Which of some documents of a book were made by us.
pub async fn brought(
    db: &mut Db,
    tenant: &str,
    of: &[Key],
) -> Result<BTreeSet<SourceId>, StoreError> {
    let Some(first) = of.first() else {
        return Ok(BTreeSet::new());
    };
    let book = first.book.as_str().to_owned();
    let mut out = BTreeSet::new();
    let ids: Vec<String> = of.iter().map(|k| k.id.0.clone()).collect();
    for some in lists(&ids) {
        let rows = sql(
            "SELECT t.id AS id FROM books own
               JOIN books b ON b.system = own.system AND b.organisation = own.organisation AND b.side = 'ledger'
               JOIN things t ON t.tenant = b.tenant AND t.book = b.book AND t.kind = $3
               JOIN links l ON l.tenant = t.tenant AND l.other = t.thing
              WHERE own.tenant = $1 AND own.book = $2 AND own.organisation <> '' AND l.made = 'ours' AND t.id IN ($4)",
        );
        let rows = rows
            .bind(tenant)
            .bind(book.clone())
            .bind(Kind::Invoice.as_str())
            .list(some);
        let found = rows.all(db, |r| Ok(SourceId(text(r, "id")?))).await?;
        out.extend(found);
    }
    Ok(out)
}
