//! `crossfoot unlink TENANT NUMBER` and `crossfoot unlink TENANT --contact NUMBER`: a person's word that what the
//! ledger had of a document, or the contact it was matched with, is no longer the one it is linked with.
//!
//! A document that the ledger may still hold open is unlinked only with `--yes`, or a yes on a terminal: the next sync
//! makes it a second time, with its payments. With `--json`: `{"tenant", "number", "what", "links"}`, where `what` is
//! `document` or `contact` and `links` says how many went.

use super::context::actor;
use super::text::count;
use super::{Context, Exit, Failure};
use crate::connectors::Find;
use crate::model::{Document, Kind, LedgerInvoice, SourceId};
use crate::pipeline::gather::linked_contact;
use crate::pipeline::ports::{DocRow, Documents as _, Journal as _, Records as _, Written as _};
use crate::service::{Engine, Loaded};
use crate::store::{OpenAs, Unlinked};
use serde_json::json;

/// What is unlinked.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crossfoot unlink <TENANT> <NUMBER> [--yes]\n       crossfoot unlink <TENANT> --contact <NUMBER>"
)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// The document's number
    #[arg(required_unless_present = "contact")]
    pub number: Option<String>,
    /// The contact of the document with this number, and not the document
    #[arg(long, value_name = "NUMBER", conflicts_with = "number")]
    pub contact: Option<String>,
    /// Do not ask, whatever the ledger still holds
    #[arg(long)]
    pub yes: bool,
}

/// Unlinks.
///
/// # Errors
/// There is no such tenant or document, nothing is linked, a write of it is in doubt, a run has the flow, or the
/// ledger may still hold the document open and nobody has said yes.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
    let tenant = loaded.mapping.tenant.clone();
    let (number, of_contact) = match (&args.contact, &args.number) {
        (Some(number), _) => (number, true),
        (None, Some(number)) => (number, false),
        (None, None) => return Err(Failure::wrong("no number was given", "name the document")),
    };
    let row = engine.store().document(&tenant, number).await?;
    let row = row.ok_or_else(|| {
        let fix = "`crossfoot explain` looks it up; what was never posted has no link";
        Failure::wrong(format!("document {number} has not been read yet"), fix)
    })?;
    let contact = match of_contact {
        true => Some(contact_of(&engine, &loaded, &row).await?),
        false => {
            agreed(cx, &engine, &loaded, &row, args.yes).await?;
            None
        }
    };
    let lease = engine.flow_of(&tenant).await?;
    let (store, now) = (engine.store(), engine.now());
    let done = match &contact {
        Some(contact) => {
            store
                .unlink_contact(&lease, &row.source_id, contact, &actor(), now)
                .await
        }
        None => store.unlink_document(&lease, &row, &actor(), now).await,
    };
    store.give_back(&lease).await?;
    let links = match done? {
        Unlinked::Done(links) => links,
        Unlinked::Nothing => {
            let whose = if of_contact { "the contact of " } else { "" };
            let what = format!("{whose}document {number} is not linked");
            return Err(Failure::new(Exit::Attention, what, "nothing is to be done"));
        }
        Unlinked::InDoubt(write) => {
            let what = format!("write {write} is in doubt: the ledger may have it");
            let fix = format!("settle it first: `crossfoot sync {tenant}`, then unlink");
            return Err(Failure::new(Exit::Attention, what, fix).at(tenant.to_string()));
        }
    };
    let (what, next) = if of_contact {
        ("contact", "the contact is matched anew")
    } else {
        (
            "document",
            "the document is decided on anew, and posted as a new one",
        )
    };
    cx.out.line(format!(
        "{} of {what} {number} taken away; at the next `crossfoot sync {tenant}` {next}",
        count(links as u64, "link", "links")
    ));
    cx.out
        .json(&json!({"tenant": tenant, "number": row.number, "what": what, "links": links}))?;
    Ok(Exit::Fine)
}

/// The id under which a document's contact is linked.
async fn contact_of(engine: &Engine, loaded: &Loaded, row: &DocRow) -> Result<SourceId, Failure> {
    let record = engine
        .store()
        .record(&loaded.mapping.tenant, row.kind, &row.source_id)
        .await?;
    match record.map(|r| r.document) {
        Some(Document::Invoice(invoice)) => Ok(linked_contact(&loaded.mapping, &invoice)),
        _ => Err(Failure::wrong(
            format!(
                "the store no longer has what the source said of {}",
                row.number
            ),
            "save the document in the source once more and sync, then unlink",
        )),
    }
}

/// A document is unlinked at once when the ledger is done with it, and else by a person's yes.
async fn agreed(
    cx: &Context,
    engine: &Engine,
    loaded: &Loaded,
    row: &DocRow,
    yes: bool,
) -> Result<(), Failure> {
    let tenant = &loaded.mapping.tenant;
    let link = engine
        .store()
        .link(tenant, row.kind, &row.source_id)
        .await?;
    let Some(link) = link.filter(|_| !yes) else {
        return Ok(());
    };
    let what = match held(engine, loaded, &link.target_id).await {
        Ok(None) => return Ok(()),
        Ok(Some(d)) if closed(&d) => return Ok(()),
        Ok(Some(d)) => format!("the ledger still has {} as {}", d.number, d.status),
        Err(why) => format!(
            "the ledger may still have {}: {}",
            link.target_number, why.what
        ),
    };
    let risk = "unlinked, it is made there a second time, with its payments";
    if !cx.out.can_ask() {
        let fix = "void or delete it in the ledger first, or add --yes";
        return Err(Failure::wrong(format!("{what}; {risk}"), fix).at(tenant.to_string()));
    }
    let asked = dialoguer::Confirm::new()
        .with_prompt(super::text::safe(&format!("{what}; {risk}. Unlink it")).to_string())
        .default(false)
        .interact();
    match asked {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::wrong("nothing was changed", "")),
        Err(e) => Err(Failure::wrong(format!("no answer: {e}"), "add --yes")),
    }
}

/// The ledger's copy, asked for now.
async fn held(
    engine: &Engine,
    loaded: &Loaded,
    id: &str,
) -> Result<Option<LedgerInvoice>, Failure> {
    let (target, session) = engine.target(loaded)?;
    let find = Find::Document {
        kind: Kind::Invoice,
        id: id.to_owned(),
    };
    let found = target.find(&session, &find).await?;
    Ok(found.documents.into_iter().next())
}

/// Whether the ledger is done with a document: nothing can be changed on it, paid to it, or was.
fn closed(d: &LedgerInvoice) -> bool {
    !d.editable && !d.payable && d.amount_paid.is_zero() && d.amount_due.is_zero()
}
