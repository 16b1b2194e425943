//! Where a tenant's connections lead, with the cure at hand where one was renamed.
//!
//! Flows in: the two ends of a tenant's flow. Flows out: its books, or why they are not the ones it had. An account that is
//! not signed in to under its connection's new name cannot be told from another: signing in there is what tells it.

use crate::connectors::Session;
use crate::model::TenantId;
use crate::pipeline::books::in_use;
use crate::pipeline::ports::{BookRow, Books as _, InUse, Side};
use crate::pipeline::tenant::SyncError;
use crate::store::Store;

/// What a connection says that tells its account from others.
const TELLING: [&str; 3] = ["organisation", "account", "folder"];

/// The books that a tenant's connections lead to.
///
/// # Errors
/// [`SyncError::Moved`] when one is truly another than before, or is not known to be the same; the store's.
pub(super) async fn books(
    store: &Store,
    tenant: &TenantId,
    from: &Session,
    to: &Session,
) -> Result<InUse, SyncError> {
    let mut found = in_use(store, tenant, from, to).await;
    if let Err(SyncError::Moved { cure, .. }) = &mut found {
        let known = store.books(tenant).await?;
        for (side, session) in [(Side::Source, from), (Side::Ledger, to)] {
            let book = known.iter().find(|b| b.side == side);
            if book.is_some_and(|b| may_be(b, session)) {
                let (name, system) = (&session.connection, &session.settings.system);
                *cure = format!(
                    "Where `{name}` is the same account under another name: `crossfoot connect {tenant} {system}` signs in to it, \
                     and all that is linked goes on. {cure}"
                );
            }
        }
    }
    found
}

/// Whether a connection may be the same account under another name, and nobody has signed in to it under that one.
fn may_be(book: &BookRow, session: &Session) -> bool {
    let settings = &session.settings;
    let unknown = TELLING.iter().all(|k| settings.get(k, "").is_empty());
    let renamed = book.connection != session.connection.as_str() && book.system == settings.system;
    renamed && unknown && !book.organisation.is_empty()
}
