//! Whether what is posted still goes by the ids under which it was posted, once a connection names them otherwise.
//!
//! Flows in: how the source's records are read today, and what is linked. Flows out: nothing, or a refusal that names a
//! document, before anything is read under the new ids: it would be posted once more. Asked once after each change of what
//! the connection says of ids, a page of documents at a time.

use super::ports::{Memory, StoreError};
use super::reading::SourceReading;
use super::tenant::SyncError;
use crate::model::{DocState, TenantId};

/// The states in which a document may be in the ledger.
const POSTED: [DocState; 6] = [
    DocState::Verified,
    DocState::Settled,
    DocState::Approved,
    DocState::Held,
    DocState::Refused,
    DocState::Skipped,
];

/// Looks whether a document that the ledger has, or may have, would go by another id.
///
/// # Errors
/// [`SyncError::Renumbered`]; the store's.
pub async fn still_the_same(
    memory: &dyn Memory,
    tenant: &TenantId,
    reading: &SourceReading<'_>,
) -> Result<(), SyncError> {
    let mut found: Option<(String, String)> = None;
    let mut count = 0_usize;
    for row in memory.all_documents(tenant, &POSTED).await? {
        let Some(record) = memory.record(tenant, &row.key).await? else {
            continue;
        };
        let Some(now) = reading.renumbered(&record) else {
            continue;
        };
        if is_begun(memory, tenant, &row.key).await? {
            count += 1;
            found.get_or_insert((row.number, now));
        }
    }
    match found {
        None => Ok(()),
        Some((before, now)) => Err(SyncError::Renumbered {
            tenant: tenant.to_string(),
            before,
            now,
            count,
        }),
    }
}

/// Whether anything of a document is in the ledger, or may be.
async fn is_begun(
    memory: &dyn Memory,
    tenant: &TenantId,
    of: &crate::model::Key,
) -> Result<bool, StoreError> {
    if memory.link(tenant, of).await?.is_some() {
        return Ok(true);
    }
    let writes = memory.writes(tenant, of).await?;
    Ok(writes.iter().any(|w| w.state.may_have_left()))
}
