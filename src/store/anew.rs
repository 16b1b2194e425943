//! Documents that must be decided on again once a write of theirs is settled.

use super::documents::BEHIND;
use super::sql::{Db, sql};
use super::{things, writes};
use crate::connectors::Posted;
use crate::model::{Draft, Key};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::WriteRow;

/// The ledger made another total of a document than was sent, and the file takes it: no money goes to it before it is decided on by
/// that.
pub async fn by_another_total(
    db: &mut Db,
    tenant: &str,
    w: &WriteRow,
    posted: &Posted,
) -> Result<(), StoreError> {
    let Draft::Invoice(d) = &w.draft else {
        return Ok(());
    };
    let another = posted.total.is_some_and(|is| is != d.total);
    if !another || !w.needs.takes_total || !w.kind.is_document() {
        return Ok(());
    }
    writes::move_all(db, tenant, &w.document, "ready", "planned").await?;
    decided_too_early(db, tenant, &w.document).await
}

/// A decision met a write that may have left and is not what is wanted now: the document is decided on again once that
/// is settled, and is not at its end before.
pub async fn decided_too_early(
    db: &mut Db,
    tenant: &str,
    document: &Key,
) -> Result<(), StoreError> {
    things::entered(db, &BEHIND);
    sql(
        "UPDATE documents SET decided = '', state = CASE WHEN state = 'verified' THEN 'approved' ELSE state END
          WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(document)
    .put_off(db)
    .await?;
    Ok(())
}
