//! The contacts that a document's writes need: released with it, and left to the others that need them.

use super::plans::{Journey, plan_anew};
use super::rows::text;
use super::sql::{Db, sql};
use super::writes::{by_key, of_document, to};
use crate::model::{Key, Kind, WriteState};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::NewWrite;
use std::collections::BTreeSet;

/// The contacts that a document's writes need are released with it: they may belong to another document that waits, or
/// to one that has left them since.
pub async fn release_contacts(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    let needed = sql(
        "SELECT needs_contact FROM writes WHERE tenant = $1 AND state NOT IN ('linked','superseded')
            AND document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    );
    let needed = needed.bind(tenant).key(document);
    let needed: BTreeSet<String> = needed
        .all(db, |r| text(r, "needs_contact"))
        .await?
        .into_iter()
        .filter(|key| !key.is_empty())
        .collect();
    for key in needed {
        let Some(contact) = by_key(db, tenant, &key).await? else {
            continue;
        };
        match contact.state {
            WriteState::Planned => to(db, tenant, contact.id, WriteState::Ready).await?,
            WriteState::Superseded => {
                let w = NewWrite {
                    key: contact.key.clone(),
                    marker: contact.marker.clone(),
                    kind: contact.kind,
                    of: contact.of.clone(),
                    to: contact.to.clone(),
                    draft: contact.draft.clone(),
                    needs: contact.needs.clone(),
                };
                let needs = w.needs.clone();
                let on = Journey {
                    document,
                    version: &contact.version,
                    run: &contact.run,
                };
                plan_anew(db, tenant, on, &w, &needs, WriteState::Ready, &contact).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// A document's contacts that others need, and that were taken back with it, go on.
pub async fn leave_contacts(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    for w in of_document(db, tenant, document).await? {
        if w.kind != Kind::Contact || w.state != WriteState::Planned {
            continue;
        }
        let needed = sql(
            "SELECT 1 FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state = 'ready' LIMIT 1",
        );
        if needed.bind(tenant).bind(&w.key).any(db).await? {
            to(db, tenant, w.id, WriteState::Ready).await?;
        }
    }
    Ok(())
}
