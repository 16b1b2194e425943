//! Documents that must be decided on again once a write of theirs is settled.

use super::documents::BEHIND;
use super::sql::{Db, sql};
use super::things;
use crate::model::Key;
use crate::pipeline::ports::StoreError;

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
    .put(db)
    .await?;
    Ok(())
}
