//! What a worker sees of its tenants before it runs any: which there are, whose files are broken, who is due when.

use super::post::plain;
use super::{Worker, broken_note, mail_note};
use crate::model::TenantId;
use crate::pipeline::ports::{Journal as _, Runs as _, StoreError, TenantState};
use crate::service::compiled::Look;
use crate::service::event::{Event, Tell};
use crate::service::files::WorkspaceError;
use crate::service::notify;
use crate::service::schedule::{TimesSince, keep_since, next_run, since};
use chrono::{DateTime, Utc};

impl Worker {
    /// The tenants to look at, from files read anew.
    pub(super) fn tenants(&mut self, tell: Tell<'_>) -> Vec<TenantId> {
        match self.engine.reload() {
            Ok(true) => self.compiled.outdate(),
            Ok(false) => {}
            Err(e) => {
                if self.first(" workspace", &told(&e)) {
                    tell(Event::Workspace(&e));
                }
                return self.met.iter().cloned().collect();
            }
        }
        let all = match self.engine.workspace().tenants() {
            Ok(all) => all,
            Err(e) => {
                if self.first(" workspace", &told(&e)) {
                    tell(Event::Workspace(&e));
                }
                return Vec::new();
            }
        };
        self.told.remove(" workspace");
        self.compiled.retain(&all);
        let wanted = |t: &TenantId| self.only.is_empty() || self.only.contains(t);
        all.into_iter().filter(wanted).collect()
    }

    /// Looks at a tenant: when it is due, if it is due now; a letter goes, and old history is forgotten, where it is not.
    pub(super) async fn look_at(
        &mut self,
        tenant: &TenantId,
        tell: Tell<'_>,
    ) -> Result<Option<(DateTime<Utc>, Look)>, StoreError> {
        let state = self.engine.store().tenant(tenant).await?;
        let workspace = self.engine.workspace();
        let look = match self.compiled.look(&workspace, tenant) {
            Ok(look) => look,
            Err(e) => {
                // Nobody asked for a tenant that is switched off.
                if state.processing && self.first(tenant.as_str(), &told(&e)) {
                    tell(Event::Mistaken(tenant, &e, false));
                }
                return Ok(None);
            }
        };
        self.meet(tenant, &look).await?;
        self.broken(tenant, &look, state.processing, tell).await?;
        if state.processing {
            let due = self.due(tenant, &look, &state).await?;
            match due {
                Some(at) if at <= self.engine.now() => return Ok(Some((at, look))),
                later => self.look_again_by(later),
            }
        }
        self.tend(tenant, &look, None).await?;
        Ok(None)
    }

    /// What is done once a process for each tenant: what was left in doubt is worth a run.
    async fn meet(&mut self, tenant: &TenantId, look: &Look) -> Result<(), StoreError> {
        if notify::wanted(&look.notify) {
            plain(notify::begin(&self.engine, tenant).await)?;
        }
        if !self.met.insert(tenant.clone()) {
            return Ok(());
        }
        let now = self.engine.now();
        let doubtful = self.engine.store().doubtful(tenant).await?;
        let first = doubtful.iter().map(|w| w.not_before.unwrap_or(now)).min();
        if let Some(first) = first {
            self.wakes.insert(tenant.clone(), first);
        }
        self.set_note(&broken_note(tenant), "").await?;
        self.set_note(&mail_note(tenant), "").await
    }

    /// Tells mistakes once, and lets the status know that the version before them goes on.
    async fn broken(
        &mut self,
        tenant: &TenantId,
        look: &Look,
        on: bool,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        let Some(error) = look.broken.as_ref().filter(|_| on) else {
            if self.told.remove(tenant.as_str()).is_some() {
                tell(Event::Mended(tenant));
                self.set_note(&broken_note(tenant), "").await?;
            }
            return Ok(());
        };
        if !self.told.contains_key(tenant.as_str()) {
            let now = self.engine.now().to_rfc3339();
            self.set_note(&broken_note(tenant), &now).await?;
        }
        if self.first(tenant.as_str(), &told(error)) {
            tell(Event::Mistaken(tenant, error, true));
        }
        Ok(())
    }

    pub(super) async fn set_note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let store = self.engine.store();
        if store.note(name).await?.unwrap_or_default() != value {
            store.keep_note(name, value).await?;
        }
        Ok(())
    }

    /// When a tenant runs next.
    pub(super) async fn due(
        &self,
        tenant: &TenantId,
        look: &Look,
        state: &TenantState,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = self.engine.store();
        let since = match since(store, tenant).await? {
            Some(since) => since,
            None => {
                let on = TimesSince::On(self.engine.now());
                keep_since(store, tenant, on).await?;
                on
            }
        };
        let Some(next) = next_run(&look.trigger, since) else {
            return Ok(None);
        };
        let due = match (self.rests.get(tenant), self.wakes.get(tenant)) {
            (Some(rest), _) => rest.until,
            (None, Some(wake)) => next.min(*wake),
            (None, None) => next,
        };
        Ok(Some(
            state.parked_until.map_or(due, |parked| due.max(parked)),
        ))
    }
}

/// A failure with all its mistakes, to see whether it is another one.
fn told(e: &WorkspaceError) -> String {
    match e {
        WorkspaceError::Mistakes(all) => all.iter().map(ToString::to_string).collect(),
        other => other.to_string(),
    }
}
