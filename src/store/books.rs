//! The ports of everything that is remembered beside the write protocol: each method is one transaction, and the rooms
//! of the tables do the work.

use super::journal::fence;
use super::{
    Store, contacts, decisions, documents, links, records, runs, tenants, unwanted, writes,
};
use crate::connectors::{BadRecord, Cursor};
use crate::model::{
    Chart, ConnectionName, DocState, Fingerprint, Kind, LedgerContact, Link, SourceId,
    SourceRecord, TenantId,
};
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::{
    ContactKeys, DecidedDoc, DecisionNote, DocRow, Documents, Mirror, MirrorFound, Records,
    RunLine, RunRow, Runs, StoreError, TenantState, Written,
};
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

#[async_trait]
impl Records for Store {
    async fn cursor(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        kind: Kind,
    ) -> Result<Option<Cursor>, StoreError> {
        records::cursor(&mut *self.db().await?, tenant.as_str(), connection, kind).await
    }

    async fn save_page(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        kind: Kind,
        records: &[SourceRecord],
        bad: &[BadRecord],
        cursor: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let (mut tx, t) = (self.begin().await?, tenant.as_str());
        let mut changed = 0;
        for r in records {
            changed += u64::from(records::save(&mut tx, t, connection, r, now).await?);
        }
        for b in bad {
            records::save_bad(&mut tx, t, b).await?;
        }
        for r in records {
            records::forget_bad(&mut tx, t, r).await?;
        }
        if let Some(cursor) = cursor {
            records::set_cursor(&mut tx, t, connection, kind, cursor).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    async fn record(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<SourceRecord>, StoreError> {
        records::newest(&mut *self.db().await?, tenant.as_str(), kind, id).await
    }

    async fn bad_records(&self, tenant: &TenantId) -> Result<Vec<BadRecord>, StoreError> {
        records::bad(&mut *self.db().await?, tenant.as_str()).await
    }
}

#[async_trait]
impl Documents for Store {
    async fn undecided(&self, tenant: &TenantId, limit: usize) -> Result<Vec<DocRow>, StoreError> {
        documents::undecided(&mut *self.db().await?, tenant.as_str(), limit).await
    }

    async fn decide_again(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        only: Option<&SourceId>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let count = documents::decide_again(&mut tx, tenant.as_str(), states, only).await?;
        tx.commit().await?;
        Ok(count)
    }

    async fn retry(
        &self,
        tenant: &TenantId,
        only: Option<&SourceId>,
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
        documents::find(&mut *self.db().await?, tenant.as_str(), number).await
    }

    async fn documents(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        limit: usize,
    ) -> Result<Vec<DocRow>, StoreError> {
        documents::in_states(&mut *self.db().await?, tenant.as_str(), states, limit).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<BTreeMap<DocState, u64>, StoreError> {
        documents::counts(&mut *self.db().await?, tenant.as_str()).await
    }

    async fn decision(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<DecisionNote>, StoreError> {
        decisions::last(&mut *self.db().await?, tenant.as_str(), kind, id).await
    }

    async fn facts(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<String>, StoreError> {
        decisions::facts(&mut *self.db().await?, tenant.as_str(), &hash.0).await
    }

    async fn decided(
        &self,
        lease: &Lease,
        decisions: &[DecidedDoc],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let t = lease.tenant.as_str();
        for d in decisions {
            decisions::put(&mut tx, t, d, now).await?;
        }
        let kept = unwanted::kept(decisions);
        for d in decisions {
            unwanted::supersede(&mut tx, t, d, &kept).await?;
        }
        tx.commit().await
    }

    async fn set_state(
        &self,
        tenant: &TenantId,
        id: &SourceId,
        state: DocState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        documents::by_person(&mut tx, tenant.as_str(), id, state, actor, now).await?;
        tx.commit().await
    }
}

#[async_trait]
impl Written for Store {
    async fn writes(
        &self,
        tenant: &TenantId,
        document: &SourceId,
    ) -> Result<Vec<WriteRow>, StoreError> {
        writes::of_document(&mut *self.db().await?, tenant.as_str(), document).await
    }

    async fn last_linked(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<WriteRow>, StoreError> {
        writes::last_linked(&mut *self.db().await?, tenant.as_str(), kind, id).await
    }

    async fn write(&self, tenant: &TenantId, key: &str) -> Result<Option<WriteRow>, StoreError> {
        writes::by_key(&mut *self.db().await?, tenant.as_str(), key).await
    }

    async fn link(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<Link>, StoreError> {
        links::of(&mut *self.db().await?, tenant.as_str(), kind, id).await
    }
}

#[async_trait]
impl Mirror for Store {
    async fn mirrored(&self, tenant: &TenantId) -> Result<Option<DateTime<Utc>>, StoreError> {
        contacts::mirrored(&mut *self.db().await?, tenant.as_str()).await
    }

    async fn mirror(
        &self,
        tenant: &TenantId,
        contacts: &[LedgerContact],
        done: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for c in contacts {
            contacts::put(&mut tx, tenant.as_str(), c).await?;
        }
        if let Some(at) = done {
            contacts::done(&mut tx, tenant.as_str(), at).await?;
        }
        tx.commit().await
    }

    async fn mirror_find(
        &self,
        tenant: &TenantId,
        keys: ContactKeys<'_>,
    ) -> Result<MirrorFound, StoreError> {
        contacts::find(&mut *self.db().await?, tenant.as_str(), keys).await
    }

    async fn chart(&self, tenant: &TenantId) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError> {
        tenants::chart(&mut *self.db().await?, tenant.as_str()).await
    }

    async fn set_chart(
        &self,
        tenant: &TenantId,
        chart: &Chart,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        tenants::set_chart(&mut *self.db().await?, tenant.as_str(), chart, now).await
    }
}

#[async_trait]
impl Runs for Store {
    async fn tenant(&self, tenant: &TenantId) -> Result<TenantState, StoreError> {
        tenants::state(&mut *self.db().await?, tenant.as_str()).await
    }

    async fn set_tenant(
        &self,
        tenant: &TenantId,
        state: &TenantState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tenants::set_state(&mut tx, tenant.as_str(), state, actor, now).await?;
        tx.commit().await
    }

    async fn save_run(
        &self,
        tenant: &TenantId,
        run: &RunRow,
        lines: &[RunLine],
    ) -> Result<(), StoreError> {
        runs::save(&mut *self.db().await?, tenant.as_str(), run, lines).await
    }

    async fn runs(&self, tenant: &TenantId, limit: usize) -> Result<Vec<RunRow>, StoreError> {
        runs::newest(&mut *self.db().await?, tenant.as_str(), limit).await
    }

    async fn run_lines(&self, tenant: &TenantId, run: &str) -> Result<Vec<RunLine>, StoreError> {
        runs::lines(&mut *self.db().await?, tenant.as_str(), run).await
    }
}
