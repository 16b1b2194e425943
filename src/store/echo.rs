//! What this workspace itself wrote into a book, whichever of its tenants did: read from there, it is an echo and no news.
//!
//! Flows in: a tenant's book, and ids of documents or payments in it. Flows out: those that a link of ours leads to. One account may be the ledger of one
//! tenant and the source of another; that it is the same account is told by its system and organisation, else by the
//! connection that leads to both; where neither is known to be the same nothing is concluded. Bounded by a chunk of ids.

use super::rows::{number, text};
use super::sql::{Db, lists, sql};
use super::{Store, in_use, links};
use crate::model::{BookId, Key, Link, SourceId, TenantId};
use crate::pipeline::ports::StoreError;
use std::collections::BTreeSet;

impl Store {
    /// Whose of the other tenants a thing of a book is: the tenant, and its link.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_another(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<(TenantId, Link)>, StoreError> {
        of_another(&mut *self.read().await?, tenant, of).await
    }
}

async fn of_another(
    db: &mut Db,
    tenant: &TenantId,
    of: &Key,
) -> Result<Option<(TenantId, Link)>, StoreError> {
    let books = in_use::all(db, tenant.as_str()).await?;
    let Some(own) = books.into_iter().find(|b| b.book == of.book) else {
        return Ok(None);
    };
    for (whose, book) in in_use::ledgers(db, &own).await? {
        let there = Key::new(&BookId::stored(&book), of.kind, &of.id);
        let Ok(other) = TenantId::new(&whose) else {
            continue;
        };
        if other.of_file() == tenant.of_file() {
            continue;
        }
        let links = links::to(db, &whose, &there).await?;
        if let Some(link) = links.into_iter().next() {
            return Ok(Some((other, link)));
        }
    }
    Ok(None)
}

/// Which of some things of one kind of a book were made by us.
pub async fn brought(
    db: &mut Db,
    tenant: &str,
    of: &[Key],
) -> Result<BTreeSet<SourceId>, StoreError> {
    let mut out = BTreeSet::new();
    let Some(first) = of.first() else {
        return Ok(out);
    };
    let books = in_use::all(db, tenant).await?;
    let own = books.into_iter().find(|b| b.book == first.book);
    let Some(own) = own else {
        return Ok(out);
    };
    let ids: Vec<String> = of.iter().map(|k| k.id.0.clone()).collect();
    for (whose, book) in in_use::ledgers(db, &own).await? {
        for some in lists(&ids) {
            let there = sql(
                "SELECT thing, id FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id IN ($4)",
            );
            let there = there
                .bind(whose.clone())
                .bind(book.clone())
                .bind(first.kind.as_str())
                .list(some);
            let there = there
                .all(db, |r| Ok((number(r, "thing")?, text(r, "id")?)))
                .await?;
            let numbers: Vec<i64> = there.iter().map(|(n, _)| *n).collect();
            if numbers.is_empty() {
                continue;
            }
            let made = sql(
                "SELECT other FROM links WHERE tenant = $1 AND made = 'ours' AND other IN ($2)",
            );
            let made = made.bind(whose.clone()).list(&numbers);
            let made = made.all(db, |r| number(r, "other")).await?;
            let ours = there.into_iter().filter(|(n, _)| made.contains(n));
            out.extend(ours.map(|(_, id)| SourceId(id)));
        }
    }
    Ok(out)
}
