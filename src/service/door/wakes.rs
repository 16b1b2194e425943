//! Flows that are woken: by documents that came, by hooks. Each tenant runs once for all that came meanwhile, and once more for
//! what came while it ran.
//!
//! Flows in: tenants. Flows out: runs, told like those at their times. Nothing is lost where one is not begun: what was accepted
//! lies in its folder, and the next run at its time finds it.

use crate::model::TenantId;
use crate::pipeline::ending::Ending;
use crate::pipeline::tenant::Done;
use crate::service::engine::{Engine, EngineError, SyncAsk};
use crate::service::event::Event;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// For how long more is waited for, so that one run takes all of a burst.
const GATHER: Duration = Duration::from_millis(200);

/// Who is woken.
#[derive(Default)]
pub struct Wakes {
    due: Mutex<BTreeSet<TenantId>>,
    some: Notify,
}

impl Wakes {
    /// Wakes a tenant's flow.
    pub fn wake(&self, tenant: &TenantId) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.insert(tenant.clone());
        self.some.notify_one();
    }

    /// Those who are due and not at work, which are due no more.
    pub fn taken(&self, at_work: &BTreeSet<TenantId>) -> BTreeSet<TenantId> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let (stay, go) = std::mem::take(&mut *due)
            .into_iter()
            .partition(|t| at_work.contains(t));
        *due = stay;
        go
    }

    /// Runs whoever is woken, until the process is asked to end; what is under way is brought to where nothing is half done.
    pub async fn serve(
        &self,
        engine: Arc<Engine>,
        ending: Ending,
        tell: Arc<dyn Fn(Event<'_>) + Send + Sync>,
    ) {
        let mut runs: JoinSet<(TenantId, Result<Done, EngineError>)> = JoinSet::new();
        let mut at_work = BTreeSet::new();
        loop {
            tokio::select! {
                biased;
                () = ending.asked() => break,
                Some(ended) = runs.join_next(), if !runs.is_empty() => {
                    match ended {
                        Ok((tenant, done)) => {
                            at_work.remove(&tenant);
                            told(&tenant, done, tell.as_ref());
                        }
                        // A fault of the program: who it was is not known, and each may begin again.
                        Err(_) => at_work.clear(),
                    }
                }
                () = self.some.notified() => tokio::time::sleep(GATHER).await,
            }
            for tenant in self.taken(&at_work) {
                at_work.insert(tenant.clone());
                let engine = Arc::clone(&engine);
                runs.spawn(async move {
                    let done = run(&engine, &tenant).await;
                    (tenant, done)
                });
            }
        }
        while let Some(ended) = runs.join_next().await {
            if let Ok((tenant, done)) = ended {
                told(&tenant, done, tell.as_ref());
            }
        }
    }
}

fn told(
    tenant: &TenantId,
    done: Result<Done, EngineError>,
    tell: &(dyn Fn(Event<'_>) + Send + Sync),
) {
    match done {
        Ok(done) => tell(Event::Ran(tenant, &done)),
        Err(e) if e.is_at_rest() || e.is_ended() => {}
        Err(e) => tell(Event::Failed(tenant, e)),
    }
}

async fn run(engine: &Engine, tenant: &TenantId) -> Result<Done, EngineError> {
    let loaded = engine.workspace().load(tenant)?;
    let ask = SyncAsk {
        trigger: "hook".into(),
        ..SyncAsk::default()
    };
    engine.sync(&loaded, &ask, &|_| {}).await
}
