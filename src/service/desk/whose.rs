//! Whether what a person means in the ledger stands for something of another tenant of the workspace: it is that one's, and counts
//! once.

use super::chosen::command;
use super::seen::Meant;
use super::settle_ask::WordAsk;
use crate::model::cure::quoted;
use crate::model::{Key, Link, TenantId};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// Refuses what another tenant is linked with.
pub(super) async fn not_anothers(
    engine: &Engine,
    m: &Meant,
    ask: WordAsk<'_>,
    meant: impl Iterator<Item = &Key>,
) -> Result<(), NotDone> {
    for there in meant {
        let taken = engine.store().of_another(&m.tenant, there).await?;
        if let Some((whose, link)) = taken {
            return Err(anothers(m, ask, &whose, &link));
        }
    }
    Ok(())
}

fn anothers(m: &Meant, ask: WordAsk<'_>, tenant: &TenantId, link: &Link) -> NotDone {
    let id = &link.other.id;
    let name = match (link.thing.kind.is_document(), link.number.as_str()) {
        (true, number) if !number.is_empty() => link.thing.kind.name_of(number, false),
        _ => link.thing.id.to_string(),
    };
    let settle = command(m, ask, "settle");
    NotDone::attention(
        format!(
            "{id} of the ledger stands for the {} {name} of tenant {tenant} already: it is that one's",
            link.thing.kind
        ),
        match link.thing.kind.is_document() {
            true => format!(
                "name another with `{settle} --as ID`; where it is not that one's, `crossfoot unlink {tenant} {}` first",
                quoted(&name)
            ),
            false => format!("name another with `{settle} --as ID`"),
        },
    )
}
