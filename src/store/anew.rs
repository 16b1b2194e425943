//! Documents that must be decided on again once a write of theirs is settled.

use super::sql::{Db, sql};
use crate::model::SourceId;
use crate::pipeline::ports::StoreError;

/// A decision met a write that may have left and is not what is wanted now: the document is decided on again once that
/// is settled, and is not at its end before.
pub async fn decided_too_early(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
) -> Result<(), StoreError> {
    sql(
        "UPDATE documents SET decided = '', state = CASE WHEN state = 'verified' THEN 'approved' ELSE state END
          WHERE tenant = $1 AND source_id = $2",
    )
    .bind(tenant)
    .bind(&document.0)
    .run(db)
    .await?;
    Ok(())
}
