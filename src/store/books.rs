//! The ports of everything that is remembered beside the write protocol: each method is one transaction, and the rooms
//! of the tables do the work.

use super::journal::fence;
use super::{
    Store, approvals, charts, contacts, decisions, documents, echo, in_use, links, named,
    namesakes, unwanted, waiting, word_rows, writes,
};
use crate::model::{
    BookId, Chart, DocState, Draft, Fingerprint, HeldCount, Key, LedgerContact, Link, Reason,
    SourceId, TenantId, Words,
};
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::{
    BookRow, Books, ContactKeys, DecidedDoc, DecisionNote, DocRow, Documents, Mirror, MirrorFound,
    Moved, StoreError, Written,
};
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Documents read at a time of a list that may be of any length, so that others come in between.
const PAGE: usize = 500;

#[async_trait]
impl Books for Store {
    async fn books(&self, tenant: &TenantId) -> Result<Vec<BookRow>, StoreError> {
        in_use::all(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn keep_book(
        &self,
        tenant: &TenantId,
        book: &BookRow,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        in_use::lead(&mut tx, tenant.as_str(), book, now).await?;
        tx.commit().await
    }
}

#[async_trait]
impl Documents for Store {
    async fn undecided(&self, tenant: &TenantId, limit: usize) -> Result<Vec<DocRow>, StoreError> {
        documents::undecided(&mut *self.read().await?, tenant.as_str(), limit).await
    }

    async fn decide_again(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        only: Option<&Key>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let count = documents::decide_again(&mut tx, tenant.as_str(), states, only).await?;
        tx.commit().await?;
        Ok(count)
    }

    async fn retry(
        &self,
        tenant: &TenantId,
        only: Option<&Key>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let count = documents::retry(&mut tx, tenant.as_str(), only, actor, now).await?;
        tx.commit().await?;
        Ok(count)
    }

    async fn document(
        &self,
        tenant: &TenantId,
        number: &str,
    ) -> Result<Option<DocRow>, StoreError> {
        named::find(&mut *self.read().await?, tenant.as_str(), number).await
    }

    async fn documents(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        limit: usize,
    ) -> Result<Vec<DocRow>, StoreError> {
        let (db, name) = (&mut *self.read().await?, tenant.as_str());
        let rows = documents::in_states(db, name, states, limit).await?;
        namesakes::tell_apart(db, name, rows).await
    }

    async fn all_documents(
        &self,
        tenant: &TenantId,
        states: &[DocState],
    ) -> Result<Vec<DocRow>, StoreError> {
        let name = tenant.as_str();
        let things = documents::things_in(&mut *self.read().await?, name, states).await?;
        let mut out = Vec::with_capacity(things.len());
        for some in things.chunks(PAGE) {
            let db = &mut *self.read().await?;
            let rows = documents::those_in(db, name, some, states).await?;
            out.extend(namesakes::tell_apart(db, name, rows).await?);
        }
        let place = |s| states.iter().position(|of| *of == s);
        out.sort_by_key(|d| (place(d.state), Reverse(d.changed_at), d.key.clone()));
        Ok(out)
    }

    async fn counts(&self, tenant: &TenantId) -> Result<BTreeMap<DocState, u64>, StoreError> {
        documents::counts(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn waiting(&self, tenant: &TenantId) -> Result<HeldCount, StoreError> {
        waiting::count(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn words(&self, tenant: &TenantId, of: &Key) -> Result<Words, StoreError> {
        word_rows::of_document(&mut *self.read().await?, tenant.as_str(), of).await
    }

    async fn decision(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<DecisionNote>, StoreError> {
        decisions::last(&mut *self.read().await?, tenant.as_str(), of).await
    }

    async fn facts(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<String>, StoreError> {
        decisions::facts(&mut *self.read().await?, tenant.as_str(), &hash.0).await
    }

    async fn decided(
        &self,
        lease: &Lease,
        decisions: &[DecidedDoc],
        now: DateTime<Utc>,
    ) -> Result<Vec<(Key, Reason)>, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let tenant = lease.tenant.as_str();
        let taken = decisions::put_all(&mut tx, tenant, decisions, now).await?;
        unwanted::supersede(&mut tx, tenant, decisions).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn approve(
        &self,
        tenant: &TenantId,
        seen: &[DocRow],
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut tx = self.begin().await?;
        let moved = approvals::approve(&mut tx, tenant.as_str(), seen, actor, now).await?;
        tx.commit().await?;
        Ok(moved)
    }

    async fn set_state(
        &self,
        tenant: &TenantId,
        seen: &DocRow,
        state: DocState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Moved, StoreError> {
        let mut tx = self.begin().await?;
        let moved = approvals::by_person(&mut tx, tenant.as_str(), seen, state, actor, now).await?;
        if moved == Moved::Done {
            tx.commit().await?;
        }
        Ok(moved)
    }
}

#[async_trait]
impl Written for Store {
    async fn writes(&self, tenant: &TenantId, document: &Key) -> Result<Vec<WriteRow>, StoreError> {
        writes::of_document(&mut *self.read().await?, tenant.as_str(), document).await
    }

    async fn last_linked(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<WriteRow>, StoreError> {
        writes::last_linked(&mut *self.read().await?, tenant.as_str(), of).await
    }

    async fn write(&self, tenant: &TenantId, key: &str) -> Result<Option<WriteRow>, StoreError> {
        writes::by_key(&mut *self.read().await?, tenant.as_str(), key).await
    }

    async fn link(&self, tenant: &TenantId, of: &Key) -> Result<Option<Link>, StoreError> {
        links::of(&mut *self.read().await?, tenant.as_str(), of).await
    }

    async fn links_to(&self, tenant: &TenantId, other: &Key) -> Result<Vec<Link>, StoreError> {
        links::to(&mut *self.read().await?, tenant.as_str(), other).await
    }

    async fn brought(
        &self,
        tenant: &TenantId,
        of: &[Key],
    ) -> Result<BTreeSet<SourceId>, StoreError> {
        echo::brought(&mut *self.db().await?, tenant.as_str(), of).await
    }

    async fn agreed(&self, tenant: &TenantId, of: &Key) -> Result<Option<Draft>, StoreError> {
        links::agreed(&mut *self.read().await?, tenant.as_str(), of).await
    }
}

#[async_trait]
impl Mirror for Store {
    async fn mirrored(
        &self,
        tenant: &TenantId,
        book: &BookId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        contacts::mirrored(&mut *self.read().await?, tenant.as_str(), book).await
    }

    async fn mirror(
        &self,
        tenant: &TenantId,
        book: &BookId,
        contacts: &[LedgerContact],
        done: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for c in contacts {
            contacts::put(&mut tx, tenant.as_str(), book, c).await?;
        }
        if let Some(at) = done {
            contacts::done(&mut tx, tenant.as_str(), book, at).await?;
        }
        tx.commit().await
    }

    async fn forget_contacts(
        &self,
        tenant: &TenantId,
        book: &BookId,
        ids: &[String],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for id in ids {
            contacts::forget(&mut tx, tenant.as_str(), book, id).await?;
        }
        tx.commit().await
    }

    async fn mirror_find(
        &self,
        tenant: &TenantId,
        book: &BookId,
        keys: ContactKeys<'_>,
    ) -> Result<MirrorFound, StoreError> {
        contacts::find(&mut *self.read().await?, tenant.as_str(), book, keys).await
    }

    async fn contacts_after(
        &self,
        tenant: &TenantId,
        book: &BookId,
        after: &str,
        most: usize,
    ) -> Result<Vec<LedgerContact>, StoreError> {
        contacts::after(&mut *self.read().await?, tenant.as_str(), book, after, most).await
    }

    async fn chart(
        &self,
        tenant: &TenantId,
        book: &BookId,
    ) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError> {
        charts::last(&mut *self.read().await?, tenant.as_str(), book).await
    }

    async fn chart_of(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<Chart>, StoreError> {
        charts::of(&mut *self.read().await?, tenant.as_str(), hash).await
    }

    async fn set_chart(
        &self,
        tenant: &TenantId,
        book: &BookId,
        chart: &Chart,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        charts::put(&mut tx, tenant.as_str(), book, chart, now).await?;
        tx.commit().await
    }
}
