//! Contacts of the ledger that come to the source by the backward half, once.
//!
//! Flows in: the mirror of the ledger's contacts, brought up to date by the forward half. Flows out: a document of the half for each,
//! linked with what it is in the source where the forward half knows that. What is made there is linked for the forward half in the
//! transaction that settles it, so that it is no news to it. Left out: who is no customer, archived, merged into another, or only planned.
//! Bounded by pages; once all were read none is read again.

use super::super::gather::refresh_mirror;
use super::super::plan::WritePlan;
use super::super::tenant::{SyncError, Tenant};
use super::super::write::{Brought, PLANNED};
use super::pass::Pass;
use crate::connectors::{Cursor, Page};
use crate::model::{
    Contact, Document, Fingerprint, Invoice, Key, Kind, LedgerContact, Link, LinkMade, Record,
    SourceId, TenantId,
};

/// Contacts a page.
const PAGE: usize = 200;

/// Where the walk stands once all were read. No id of a ledger begins with a blank.
const DONE: &str = " all";

impl Pass<'_> {
    /// Brings the mirror of contacts up to date before the half reads it for the first time.
    pub(super) async fn contacts_first(&mut self, back: &Tenant<'_>) -> Result<(), SyncError> {
        match is_wanted(back).await? {
            Some(_) => refresh_mirror(self.t).await,
            None => Ok(()),
        }
    }

    /// Takes in the contacts of the ledger, where they have not come yet.
    pub(super) async fn contacts_back(&mut self, forward: &TenantId) -> Result<(), SyncError> {
        let t = self.t;
        let Some(mut after) = is_wanted(t).await? else {
            return Ok(());
        };
        let (book, kind) = (&t.books.source, Kind::Contact);
        loop {
            t.goes_on()?;
            let some = t.memory.contacts_after(forward, book, &after, PAGE).await?;
            let (mut page, mut links) = (Page::default(), Vec::new());
            for c in some.iter().filter(|c| comes(c)) {
                let there = t.here(kind, &SourceId(c.id.clone()));
                let own = t.memory.links_to(forward, &there).await?;
                links.extend(own.first().map(|l| turned(&there, l)));
                page.records.push(self.record(c));
            }
            // Before the documents: what is linked is never taken for news.
            t.memory.keep_links(t.tenant(), &links).await?;
            let last = some.last().map(|c| c.id.clone());
            let cursor = Cursor(last.clone().unwrap_or_else(|| DONE.to_owned()));
            let now = t.from.clock.now();
            let saved = (t.memory).save_page(t.tenant(), book, kind, &page, Some(&cursor), now);
            self.pulled += saved.await?;
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    fn record(&self, c: &LedgerContact) -> Record {
        let said = Contact {
            id: c.id.clone(),
            name: c.name.clone(),
            email: c.email.clone(),
            phone: c.phone.clone(),
            mobile: c.mobile.clone(),
            ..Contact::default()
        };
        let made = Invoice::of_contact(said, self.t.mapping.currency.value);
        let raw = serde_json::to_value(&made).unwrap_or_default();
        let document = Document::Invoice(Box::new(made));
        let id = SourceId(c.id.clone());
        Record::of(Kind::Contact, id, c.id.clone(), None, raw, document)
    }
}

/// Where the walk of a half's contacts stands, where they are wanted and have not all come.
async fn is_wanted(half: &Tenant<'_>) -> Result<Option<String>, SyncError> {
    if !half.mapping.journeys().contains(&Kind::Contact) {
        return Ok(None);
    }
    let (tenant, book) = (half.tenant(), &half.books.source);
    let cursor = half.memory.cursor(tenant, book, Kind::Contact).await?;
    let after = cursor.map_or_else(String::new, |c| c.0);
    Ok((after != DONE).then_some(after))
}

/// Whether a contact comes to the source.
fn comes(c: &LedgerContact) -> bool {
    c.is_customer() && !c.archived && c.merged_into.is_empty() && !c.id.starts_with(PLANNED)
}

/// What the forward half knows of a contact, as the half knows it.
fn turned(there: &Key, link: &Link) -> Link {
    Link {
        thing: there.clone(),
        other: link.thing.clone(),
        made: LinkMade::Matched,
        number: String::new(),
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint(String::new()),
        upon: None,
        ..link.clone()
    }
}

/// What is made in the source is known to the forward half as soon as it is there.
pub(super) fn as_brought(outcome: &mut WritePlan, forward: &TenantId) {
    for w in &mut outcome.writes {
        w.needs.brought = Some(Brought {
            tenant: forward.clone(),
            read_as: "{}".to_owned(),
        });
    }
}
