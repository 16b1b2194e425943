//! What a person calls a paper of ours in the ledger by now, as far as its mirror has been told.

use crate::model::{Link, TenantId};
use crate::pipeline::ports::{PaperKeys, Papers as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// The number of the ledger's copy, where it is another than was posted.
pub(super) async fn renumbered(
    engine: &Engine,
    tenant: &TenantId,
    link: &Link,
) -> Result<Option<String>, NotDone> {
    let ids = [link.other.id.0.clone()];
    let keys = PaperKeys {
        ids: &ids,
        ..PaperKeys::default()
    };
    let (book, kind) = (&link.other.book, link.other.kind);
    let found = engine.store().papers(tenant, book, kind, keys).await?;
    let now = found.into_iter().next().map(|p| p.number);
    Ok(now.filter(|n| *n != link.number && !n.is_empty() && !link.number.is_empty()))
}
