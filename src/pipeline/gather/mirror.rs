//! The mirror of the ledger's contacts, brought up to date.

use super::super::tenant::{SyncError, Tenant};
use crate::connectors::{Ask, CallError};
use crate::mapping::Overpayment;
use crate::model::{Kind, Op, Start};
use chrono::Duration;

/// Most pages of contacts one refresh reads.
const MAX_PAGES: u32 = 1_000;

/// The refresh asks for what changed since a little earlier than the last time: the vendor's clock is not ours.
const OVERLAP_S: i64 = 300;

/// Asks the ledger whether money beyond what is owed may be entered there, where the tenant's file wants that: it may
/// need a permission that the connection was made without.
///
/// # Errors
/// The ledger's: without the permission, what to do about it.
pub async fn may_overpay(t: &Tenant<'_>) -> Result<(), CallError> {
    if wants_credits(t) {
        t.target.reads.read(t.to, &overpayments()).await?;
    }
    Ok(())
}

/// Whether the tenant's file wants what is beyond what is owed as a credit of the contact, and the ledger takes it.
pub(super) fn wants_credits(t: &Tenant<'_>) -> bool {
    let wanted = t.mapping.overpayment.value == Overpayment::AsOverpayment;
    wanted && t.target.facts.does(Kind::Overpayment, Op::Create)
}

/// The least that can be asked of such money: none carries this mark.
pub fn overpayments() -> Ask {
    Ask::Marks {
        kind: Kind::Overpayment,
        marks: vec!["A".repeat(20)],
        since: None,
    }
}

/// Brings the mirror of the ledger's contacts up to date: all of them once, later only what changed.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn refresh_mirror(t: &Tenant<'_>) -> Result<(), SyncError> {
    let since = t.memory.mirrored(t.tenant(), &t.books.ledger).await?;
    let began = t.to.clock.now();
    let mut cursor = None;
    for _ in 0..MAX_PAGES {
        let ask = Ask::Changed {
            kind: Kind::Contact,
            cursor,
            since: since.map(|s| s - Duration::seconds(OVERLAP_S)),
            start: Start::Beginning,
        };
        let page = t.target.reads.read(t.to, &ask).await?;
        let done = (!page.more).then_some(began);
        cursor = Some(page.cursor.clone());
        // Merged into another or deleted: nothing is made for it any more.
        let gone = page.gone.iter().filter(|(kind, _)| *kind == Kind::Contact);
        let gone: Vec<String> = gone.map(|(_, id)| id.0.clone()).collect();
        if !gone.is_empty() {
            let book = &t.books.ledger;
            t.memory.forget_contacts(t.tenant(), book, &gone).await?;
        }
        let contacts = page.contacts();
        (t.memory)
            .mirror(t.tenant(), &t.books.ledger, &contacts, done)
            .await?;
        if done.is_some() {
            return Ok(());
        }
    }
    Err(CallError::Broken {
        system: t.target.facts.system.to_owned(),
        why: format!("its list of contacts has more than {MAX_PAGES} pages"),
    }
    .into())
}
