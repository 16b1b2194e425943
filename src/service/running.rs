//! A tenant's run: its two ends, its books, its backward half where payments come back, and the flow.
//!
//! Flows in: a compiled tenant and what is asked. Flows out: what the run did. A backward half has a name, a journal and words of its
//! own, and no file: what its tenant's file says is turned round. Its books are those of its tenant, for ever.

use super::denied;
use super::engine::{Engine, EngineError, SyncAsk};
use super::files::WorkspaceError;
use super::led;
use super::schedule::{self, TimesSince, keep_since};
use super::workspace::{Loaded, Workspace};
use crate::connectors::{Reads, Session, SourceSide, TargetSide};
use crate::model::{Fingerprint, SourceFacts, TenantId};
use crate::pipeline::books::turned;
use crate::pipeline::ports::InUse;
use crate::pipeline::tenant::{Done, RunAsk, Tenant, Watch};
use crate::pipeline::{back, flow};
use crate::rules::RuleSet;
use std::collections::BTreeMap;

impl Loaded {
    /// Its backward half, where payments come back.
    pub fn backward(&self) -> Option<Loaded> {
        let mapping = self.mapping.backward()?;
        let config = Fingerprint::of(format!("back {}", self.config.0).as_bytes());
        Some(Loaded {
            mapping,
            rules: RuleSet::empty(),
            rule_files: Vec::new(),
            tables: BTreeMap::new(),
            config,
            warnings: Vec::new(),
            effective: None,
        })
    }
}

/// The two ends of a tenant, with sessions on them.
struct Ends<'e> {
    source: SourceSide<'e>,
    from: Session,
    target: TargetSide<'e>,
    to: Session,
    /// Of a backward half, how the forward half reads the book to which its payments go.
    sales: Option<&'e dyn Reads>,
}

impl Engine {
    /// The source of a backward half: what of the ledger stands in the mirror.
    pub(super) fn papers_of(&self, loaded: &Loaded) -> Result<SourceSide<'_>, EngineError> {
        let system = &loaded.mapping.from.value.system;
        let ledger = self.systems.target(system);
        let ledger = ledger.ok_or_else(|| EngineError::Connection(no_ledger(system)))?;
        Ok(SourceSide {
            facts: SourceFacts {
                system: ledger.facts.system,
                title: ledger.facts.title,
                reads: &back::FACTS,
                // It brings what people entered on papers that we wrote.
                written: false,
            },
            reads: &back::PAPERS,
        })
    }

    async fn ends(&self, loaded: &Loaded) -> Result<Ends<'_>, EngineError> {
        let (source, from) = self.source(loaded)?;
        let (target, to) = self.tried_target(loaded).await?;
        let sales = match loaded.mapping.tenant.forward() {
            None => None,
            Some(_) => {
                let system = &loaded.mapping.to.value.system;
                let sales = self.systems.source(system);
                let sales = sales.ok_or_else(|| EngineError::Connection(no_ledger(system)))?;
                Some(sales.reads)
            }
        };
        Ok(Ends {
            source,
            from,
            target,
            to,
            sales,
        })
    }

    fn tenant_of<'t>(
        &'t self,
        loaded: &'t Loaded,
        ends: &'t Ends<'t>,
        books: InUse,
        half: Option<&'t Tenant<'t>>,
    ) -> Tenant<'t> {
        Tenant {
            books,
            memory: &self.store,
            source: ends.source,
            from: &ends.from,
            target: ends.target,
            to: &ends.to,
            mapping: &loaded.mapping,
            rules: &loaded.rules,
            config: loaded.config.clone(),
            holder: &self.holder,
            ending: self.ending.clone(),
            back: half,
            sales: ends.sales,
        }
    }

    fn run_ask(&self, loaded: &Loaded, from: &Session, ask: &SyncAsk) -> RunAsk {
        RunAsk {
            run: self.run_id(),
            trigger: ask.trigger.clone(),
            only: ask.only.clone(),
            again: ask.again.clone(),
            back: ask.back,
            dry: ask.dry,
            today: self.today(loaded),
            local_day: schedule::local_day(from, self.now()),
        }
    }

    /// Runs a tenant's flow, and with it that of its backward half. A half that is run by its own name runs alone.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn sync(
        &self,
        loaded: &Loaded,
        ask: &SyncAsk,
        watch: Watch<'_>,
    ) -> Result<Done, EngineError> {
        let id = &loaded.mapping.tenant;
        let turn = self.turn_of(&id.of_file());
        let _alone = turn.lock().await;
        match id.forward() {
            None => self.run_both(loaded, ask, watch).await,
            Some(forward) => self.run_half(&forward, loaded, ask, watch).await,
        }
    }

    async fn run_both(
        &self,
        loaded: &Loaded,
        ask: &SyncAsk,
        watch: Watch<'_>,
    ) -> Result<Done, EngineError> {
        let ends = self.ends(loaded).await?;
        self.tend(&ends.from).await;
        self.tend(&ends.to).await;
        self.store.held_again(self.now()).await?;
        let id = &loaded.mapping.tenant;
        let books = led::books(&self.store, id, &ends.from, &ends.to).await?;
        let half = loaded.backward();
        let half_ends = match &half {
            Some(half) => Some(self.ends(half).await?),
            None => None,
        };
        let half = match half.as_ref().zip(half_ends.as_ref()) {
            None => None,
            Some((half, ends)) => {
                let name = &half.mapping.tenant;
                let books = turned(&self.store, name, &books, (&ends.from, &ends.to)).await?;
                Some(self.tenant_of(half, ends, books, None))
            }
        };
        let tenant = self.tenant_of(loaded, &ends, books, half.as_ref());
        self.same_ids(&tenant, ask.dry).await?;
        let run = self.run_ask(loaded, &ends.from, ask);
        let began = self.now();
        let done = flow::sync(&tenant, &run, watch).await;
        // However it ended: a copy made before this run is behind from now on.
        self.store.leave_beacon(self.now()).await?;
        let mut done = denied::after(&self.store, (id, self.now()), done).await??;
        done.not_written = self.tell_back(loaded, &ends.from, &run).await;
        if ask.only.is_none() && ask.again.is_empty() && !ask.back && !ask.dry {
            keep_since(&self.store, id, TimesSince::Ran(began)).await?;
        }
        Ok(done)
    }

    /// A half by its own name: everything of it with one look at the ledger, as far as its tenant is led there; one document of it
    /// as the mirror has it.
    async fn run_half(
        &self,
        forward: &TenantId,
        loaded: &Loaded,
        ask: &SyncAsk,
        watch: Watch<'_>,
    ) -> Result<Done, EngineError> {
        let whole = self.workspace().load(forward)?;
        if ask.only.is_none() && ask.again.is_empty() {
            let ask = SyncAsk {
                back: true,
                ..ask.clone()
            };
            let done = self.run_both(&whole, &ask, watch).await?;
            return Ok(done.back.map(|b| *b).unwrap_or_default());
        }
        let (of_whole, ends) = (self.ends(&whole).await?, self.ends(loaded).await?);
        let books = led::books(&self.store, forward, &of_whole.from, &of_whole.to).await?;
        let name = &loaded.mapping.tenant;
        let books = turned(&self.store, name, &books, (&ends.from, &ends.to)).await?;
        let tenant = self.tenant_of(loaded, &ends, books, None);
        let run = self.run_ask(loaded, &ends.from, ask);
        let done = flow::sync(&tenant, &run, watch).await;
        self.store.leave_beacon(self.now()).await?;
        Ok(done?)
    }
}

impl Workspace {
    /// Some tenants, each with its backward half behind it where payments come back. One whose file cannot be read has none.
    pub fn with_halves(&self, tenants: Vec<TenantId>) -> Vec<TenantId> {
        let mut out = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let half = self.half_of(&tenant);
            out.push(tenant);
            out.extend(half);
        }
        out
    }

    fn half_of(&self, tenant: &TenantId) -> Option<TenantId> {
        if tenant.forward().is_some() {
            return None;
        }
        let mapping = self.compile(tenant).ok()?.mapping?;
        mapping.comes_back().then(|| tenant.back())
    }

    /// The half of a tenant by its name, compiled.
    pub(super) fn load_half(&self, forward: &TenantId) -> Result<Loaded, WorkspaceError> {
        let half = self.load(forward)?.backward();
        half.ok_or_else(|| WorkspaceError::NoTenant {
            name: forward.back().to_string(),
            file: format!("mappings/{forward}.yaml"),
            near: ". Its file lets nothing come back: `sync.payments: back`, or both; or `back.contacts`"
                .to_owned(),
        })
    }
}

fn no_ledger(word: &str) -> String {
    format!("there is no system `{word}` to which payments could come back")
}
