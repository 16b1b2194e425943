//! A posted document whose count among what an edit would make otherwise is worked out anew.
//!
//! Flows in: what was linked or unlinked just now. Flows out: what was found of it before is forgotten, so that it is looked at
//! again.

use super::sql::{Db, sql};
use super::things::{self, Sparse};
use crate::model::Key;
use crate::pipeline::ports::StoreError;

/// What an edit would make otherwise.
pub const DIFFERS: Sparse = Sparse {
    table: "would_differ",
    ask: "SELECT thing FROM would_differ WHERE tenant = $1 AND thing IN ($2)",
};

/// A document that is another in the ledger by now, or is not there: what it would differ by is looked at again.
pub async fn look_anew(db: &mut Db, tenant: &str, of: &Key) -> Result<(), StoreError> {
    if things::is_absent(db, tenant, of, &DIFFERS) {
        return Ok(());
    }
    let gone = sql("DELETE FROM would_differ WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    if gone.bind(tenant).key(of).run(db).await? > 0 {
        sql("UPDATE edits SET done = 0 WHERE tenant = $1")
            .bind(tenant)
            .put_off(db)
            .await?;
    }
    Ok(())
}
