//! `crossfoot unlink TENANT NUMBER` and `crossfoot unlink TENANT --contact NUMBER`: a person's word that what the
//! ledger had of a document, or the contact it was matched with, is no longer the one it is linked with.
//!
//! A document that the ledger may still hold open is unlinked only with `--yes`, or a yes on a terminal: the next sync
//! takes it for ours again by its stamp, and without that makes it a second time, with its payments. With `--json`: an [`UnlinkAnswer`](crate::service::desk::unlink::UnlinkAnswer).

use super::exit::Exit;
use super::invocation::{Invocation, actor};
use super::text::count;
use crate::service::desk::unlink::{UnlinkRisk, UnlinkWhat, risk, unlink};
use crate::service::{NotDone, OpenAs};

/// What is unlinked.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crossfoot unlink <TENANT> <NUMBER> [--yes]\n       crossfoot unlink <TENANT> --contact <NUMBER>"
)]
pub struct UnlinkArgs {
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
pub async fn run(cx: &Invocation, args: &UnlinkArgs) -> Result<Exit, NotDone> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
    let tenant = &loaded.mapping.tenant;
    let (number, what) = match (&args.contact, &args.number) {
        (Some(number), _) => (number, UnlinkWhat::Contact),
        (None, Some(number)) => (number, UnlinkWhat::Document),
        (None, None) => return Err(NotDone::wrong("no number was given", "name the document")),
    };
    if what == UnlinkWhat::Document
        && !args.yes
        && let Some(risk) = risk(&engine, &loaded, number).await?
    {
        agreed(cx, tenant.as_str(), &risk)?;
    }
    let answer = unlink(&engine, &loaded, number, what, &actor()).await?;
    let next = match what {
        UnlinkWhat::Contact => "the contact is matched anew",
        UnlinkWhat::Document => "the document is decided on anew, and posted as a new one",
    };
    let taken = match answer.links {
        0 => format!("no link stood behind the {what} of"),
        links => format!("{} of {what}", count(links as u64, "link", "links")),
    };
    let taken_away = if answer.links == 0 { "" } else { " taken away" };
    cx.out.line(format!(
        "{taken} {number}{taken_away}; at the next `crossfoot sync {tenant}` {next}"
    ));
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}

/// A person's yes to a risk.
fn agreed(cx: &Invocation, tenant: &str, what: &UnlinkRisk) -> Result<(), NotDone> {
    let risk = "unlinked, the next sync takes it for ours again as long as it carries our stamp; without that it is made a second time, with its payments";
    if !cx.out.can_ask() {
        let fix = "void or delete it in the ledger first, or add --yes";
        return Err(NotDone::wrong(format!("{what}; {risk}"), fix).at(tenant));
    }
    match cx.out.asked(&format!("{what}; {risk}. Unlink it"))? {
        true => Ok(()),
        false => Err(NotDone::wrong("nothing was changed", "")),
    }
}
