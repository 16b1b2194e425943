//! Natural keys and stamps of the writes of one tenant and one source.

use super::super::write::{Needs, NewWrite};
use crate::model::{ConnectionName, Draft, Kind, NaturalKey, SourceId, TenantId};

pub(super) struct Keys<'a> {
    pub(super) tenant: &'a TenantId,
    pub(super) connection: &'a ConnectionName,
}

impl Keys<'_> {
    pub(super) fn key(&self, kind: Kind, id: &SourceId, purpose: &str) -> NaturalKey {
        NaturalKey::new(self.tenant, self.connection, kind, id, purpose)
    }

    pub(super) fn write(
        &self,
        kind: Kind,
        id: &SourceId,
        purpose: &str,
        draft: Draft,
        needs: Needs,
    ) -> NewWrite {
        NewWrite {
            key: self.key(kind, id, purpose).to_string(),
            // The stamp names the document for ever, whatever is done to it later.
            marker: self.key(kind, id, "create").marker().0,
            kind,
            source_id: id.clone(),
            draft,
            needs,
        }
    }
}

/// As much of a hash as a purpose carries.
pub(super) fn short(hash: &str) -> String {
    hash.chars().take(16).collect()
}
