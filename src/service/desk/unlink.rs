//! A person's word that what the ledger had of a document, or the contact it was matched with, is no longer the one it is
//! linked with.
//!
//! Flows in: a tenant and a document's number. Flows out: an [`UnlinkAnswer`]. Refuses while a write of it is in doubt, or a run
//! has the flow. A document that the ledger may still hold open is unlinked only after the risk was shown and taken
//! ([`risk`]): the next sync takes it for ours again as long as it carries our stamp, and without that makes it a second time.

use super::found::{called, several};
use crate::connectors::Ask;
use crate::model::cure::quoted;
use crate::model::{Document, Key, Kind, LedgerInvoice, Link, TenantId};
use crate::pipeline::gather::linked_contact;
use crate::pipeline::ports::{DocRow, Documents as _, Papers as _, Records as _, Written as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use crate::store::Unlinked;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// What is unlinked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnlinkWhat {
    /// The document itself, with its payments.
    Document,
    /// Its contact.
    Contact,
}

impl fmt::Display for UnlinkWhat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "document",
            Self::Contact => "contact",
        })
    }
}

/// What was unlinked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnlinkAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The document's number.
    pub number: String,
    /// `document` or `contact`.
    pub what: UnlinkWhat,
    /// How many links went.
    pub links: usize,
}

/// What the ledger may still hold open of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnlinkRisk {
    /// It has the document.
    Open {
        /// Its number there.
        number: String,
        /// Its status there, in the ledger's own word.
        status: String,
    },
    /// It could not be asked.
    Unknown {
        /// The number it had there.
        number: String,
        /// Why it could not be asked.
        why: String,
    },
}

impl fmt::Display for UnlinkRisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { number, status } => {
                write!(f, "the ledger still has {number} as {status}")
            }
            Self::Unknown { number, why } => {
                write!(f, "the ledger may still have {number}: {why}")
            }
        }
    }
}

/// What a person must know before a document is unlinked; nothing when the ledger is done with it.
///
/// # Errors
/// There is no such document, or the store cannot be read.
pub async fn risk(
    engine: &Engine,
    loaded: &Loaded,
    number: &str,
) -> Result<Option<UnlinkRisk>, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let row = row(engine, tenant, (number, UnlinkWhat::Document)).await?;
    let link = engine.store().link(tenant, &row.key).await?;
    let Some(link) = link else { return Ok(None) };
    Ok(match held(engine, loaded, &link).await {
        Ok(None) => None,
        Ok(Some(d)) if d.standing.is_over() => None,
        Ok(Some(d)) => Some(UnlinkRisk::Open {
            number: d.number,
            status: d.status,
        }),
        Err(why) => Some(UnlinkRisk::Unknown {
            number: link.number,
            why: why.what,
        }),
    })
}

/// Unlinks.
///
/// # Errors
/// There is no such document, nothing is linked, a write of it is in doubt, or a run has the flow.
pub async fn unlink(
    engine: &Engine,
    loaded: &Loaded,
    number: &str,
    what: UnlinkWhat,
    actor: &str,
) -> Result<UnlinkAnswer, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let row = row(engine, tenant, (number, what)).await?;
    let contact = match what {
        UnlinkWhat::Contact => Some(contact_of(engine, loaded, &row).await?),
        UnlinkWhat::Document => None,
    };
    let (store, now) = (engine.store(), engine.now());
    if what == UnlinkWhat::Document {
        forget_what_is_gone(engine, loaded, &row).await?;
    }
    let (row_of, contact) = (&row, contact.as_ref());
    let done = engine.in_flow(tenant, |lease| async move {
        match contact {
            Some(contact) => (store.unlink_contact(&lease, &row_of.key, contact, actor, now)).await,
            None => store.unlink_document(&lease, row_of, actor, now).await,
        }
    });
    match done.await?? {
        Unlinked::Done(links) => Ok(UnlinkAnswer {
            tenant: tenant.clone(),
            number: row.name(),
            what,
            links,
        }),
        Unlinked::Nothing => Err(match what {
            UnlinkWhat::Contact => no_link(engine, tenant, &row).await?,
            UnlinkWhat::Document => {
                let what = format!("{} is not linked", called(number));
                NotDone::attention(what, "nothing is to be done")
            }
        }),
        Unlinked::InDoubt(write) => {
            let what = format!("write {write} is in doubt: the ledger may have it");
            let fix = format!("settle it first: `crossfoot sync {tenant}`, then unlink");
            Err(NotDone::attention(what, fix).at(tenant.to_string()))
        }
    }
}

/// What the ledger no longer has is forgotten with its link: the mirror would still show it under our stamp, and the
/// document would be linked with it again. Where the ledger cannot be asked it stays.
async fn forget_what_is_gone(
    engine: &Engine,
    loaded: &Loaded,
    row: &DocRow,
) -> Result<(), NotDone> {
    let tenant = &loaded.mapping.tenant;
    let Some(link) = engine.store().link(tenant, &row.key).await? else {
        return Ok(());
    };
    if let Ok(None) = held(engine, loaded, &link).await {
        let (book, kind, id) = (&link.other.book, link.other.kind, &link.other.id.0);
        (engine.store().forget_paper(tenant, book, kind, id)).await?;
    }
    Ok(())
}

/// Why there is no link to take away: the contact that a plan names was found, and is looked for again at every decision.
async fn no_link(engine: &Engine, tenant: &TenantId, row: &DocRow) -> Result<NotDone, NotDone> {
    let note = engine.store().decision(tenant, &row.key).await?;
    let number = &row.name();
    Ok(match note.and_then(|n| n.found) {
        Some(found) => NotDone::attention(
            format!(
                "no link stands behind the contact of document {number}: \"{}\" is found by {}, at every decision anew",
                found.name, found.by
            ),
            format!(
                "where it is another customer, change in the source or the ledger what the two have in common, or let a `match_contact` rule choose; `crossfoot plan {tenant} --only {}` shows what is found then",
                quoted(number)
            ),
        ),
        None => {
            let what = format!("the contact of document {number} is not linked");
            NotDone::attention(what, "nothing is to be done")
        }
    })
}

async fn row(
    engine: &Engine,
    tenant: &TenantId,
    (number, what): (&str, UnlinkWhat),
) -> Result<DocRow, NotDone> {
    let row = engine.store().document(tenant, number).await?;
    let row = row.ok_or_else(|| {
        let fix = format!(
            "nothing is to be done: what was never posted has no link; `crossfoot sync {tenant} --only {}` reads it, and lets it go like any other",
            quoted(number)
        );
        NotDone::wrong(format!("{} has not been read yet", called(number)), fix)
    })?;
    let of = match what {
        UnlinkWhat::Contact => "--contact ",
        UnlinkWhat::Document => "",
    };
    let command = |name: &str| format!("crossfoot unlink {tenant} {of}{}", quoted(name));
    match several(engine, tenant, (&row, number), &command).await? {
        Some(ask) => Err(ask),
        None => Ok(row),
    }
}

/// The id under which a document's contact is linked.
async fn contact_of(engine: &Engine, loaded: &Loaded, row: &DocRow) -> Result<Key, NotDone> {
    let record = engine
        .store()
        .record(&loaded.mapping.tenant, &row.key)
        .await?;
    match record.map(|r| r.document) {
        Some(Document::Invoice(invoice)) => {
            let id = linked_contact(&invoice);
            Ok(Key::new(&row.key.book, Kind::Contact, &id))
        }
        _ => Err(NotDone::wrong(
            format!(
                "the store no longer has what the source said of {}",
                row.number
            ),
            "save the document in the source once more and sync, then unlink",
        )),
    }
}

/// The ledger's copy, asked for now.
async fn held(
    engine: &Engine,
    loaded: &Loaded,
    link: &Link,
) -> Result<Option<LedgerInvoice>, NotDone> {
    let (target, session) = engine.target(loaded)?;
    let ask = Ask::id(link.other.kind, &link.other.id.0);
    let found = target.reads.read(&session, &ask).await?;
    Ok(found.papers().into_iter().next())
}
