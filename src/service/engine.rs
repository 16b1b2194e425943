//! Running tenants: the store, the connections and the flow put together.

use super::apps::{Shared, WorkspaceApps};
use super::files::WorkspaceError;
use super::outside::Outside;
use super::waits::WaitWatch;
use super::workspace::{Loaded, Workspace};

use crate::connectors::Registry;
use crate::connectors::auth::OAuthTokens;
use crate::connectors::budget::Budgets;
use crate::connectors::send::{Http, HttpParts};
use crate::model::{Severity, TenantId};
use crate::pipeline::ending::Ending;
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::{Journal as _, StoreError};
use crate::pipeline::tenant::{Done, SyncError, Watch};
use crate::store::{EscrowFiles, OpenAs, SealError, Store, TokenVault, put_right, remove_copies};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// How long a person's word may take, in seconds.
const PERSON_S: i64 = 30;

/// How often a person's word tries to come between two runs, and how long after each.
const WORD_TRIES: u32 = 8;
const WORD_PAUSE: std::time::Duration = std::time::Duration::from_millis(250);

/// Why a tenant cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its files.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The flow.
    #[error(transparent)]
    Flow(#[from] SyncError),
    /// A connection is not there.
    #[error("{0}")]
    Connection(String),
}

impl EngineError {
    /// Whether another process works on the workspace.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Store(StoreError::InUse(_)))
    }

    /// Whether a run ended early because the process was asked to end.
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Flow(e) if e.is_ended())
    }

    /// Whether a run did not begin because the tenant is switched off, or at a limit of its day.
    pub fn is_at_rest(&self) -> bool {
        matches!(
            self,
            Self::Flow(SyncError::Off(_) | SyncError::Parked { .. })
        )
    }
}

/// What is asked of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SyncAsk {
    /// What began it.
    pub trigger: String,
    /// Only this document.
    pub only: Option<String>,
    /// Only these documents, read again from the source: a person has said a word about them.
    pub again: Vec<String>,
    /// Only the backward half, and that at once.
    #[serde(default)]
    pub back: bool,
    /// Decide, but post nothing: in a rehearsal of the store.
    pub dry: bool,
}

/// A workspace that can be run.
pub struct Engine {
    pub(super) workspace: Arc<Shared>,
    pub(super) systems: Registry,
    pub(super) store: Store,
    pub(super) tokens: TokenVault,
    pub(super) oauth: Arc<OAuthTokens>,
    pub(super) http: Arc<Http>,
    pub(super) outside: Outside,
    pub(super) holder: String,
    /// What was chosen when a connection was made, by connection.
    pub(super) chosen: RwLock<Chosen>,
    /// Whether the process was asked to end.
    pub(super) ending: Ending,
    /// One run of a tenant at a time, whoever in this process asks for it.
    pub(super) turns: Turns,
}

type Chosen = BTreeMap<String, BTreeMap<String, String>>;
type Turns = Mutex<BTreeMap<TenantId, Arc<tokio::sync::Mutex<()>>>>;

impl Engine {
    /// Opens a workspace's store.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn open(
        workspace: Workspace,
        outside: Outside,
        how: OpenAs,
    ) -> Result<Self, EngineError> {
        let systems = workspace.systems().clone();
        let data = workspace.data();
        put_right(&data);
        remove_copies(&data);
        let mut store = Store::open(&workspace.database(), how).await?;
        if how == OpenAs::Worker {
            let (place, now) = (&outside.beacon, outside.clock.now());
            let root = workspace.root().to_owned();
            store = (store.beside_beacon(place, &root, &outside.fill, now, None)).await?;
        }
        store.keep_reserve();
        let workspace = Arc::new(Shared(RwLock::new(Arc::new(workspace))));
        let chosen = store.connection_settings().await?;
        let tokens = TokenVault::new(store.clone(), outside.seal.clone());
        let escrow = EscrowFiles::new(data, tokens.clone());
        let apps = WorkspaceApps {
            workspace: Arc::clone(&workspace),
            tokens: tokens.clone(),
        };
        let oauth = Arc::new(OAuthTokens::new(
            Arc::new(tokens.clone()),
            Arc::new(escrow),
            Arc::new(apps),
            Arc::clone(&outside.transport),
            Arc::clone(&outside.clock),
        ));
        let fill = Arc::clone(&outside.fill);
        let jitter = Arc::new(move |below: u64| {
            let mut bytes = [0_u8; 8];
            fill(&mut bytes);
            u64::from_be_bytes(bytes).checked_rem(below).unwrap_or(0)
        });
        let http = Http::new(HttpParts {
            transport: Arc::clone(&outside.transport),
            tokens: Arc::clone(&oauth) as Arc<dyn crate::connectors::auth::Tokens>,
            budgets: Arc::new(Budgets::new(
                Arc::clone(&outside.clock),
                Arc::new(tokens.clone()),
            )),
            clock: Arc::clone(&outside.clock),
            jitter,
        });
        Ok(Self {
            workspace,
            systems,
            store,
            tokens,
            oauth,
            http: Arc::new(http),
            holder: holder(&outside, how),
            outside,
            chosen: RwLock::new(chosen),
            ending: Ending::never(),
            turns: Turns::default(),
        })
    }

    /// Its runs end early, where nothing is half done, once this is asked for.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// What its calls wait for.
    pub fn waits(&self) -> WaitWatch {
        WaitWatch::new(self.http.waits().clone(), &self.systems)
    }

    pub(super) fn turn_of(&self, tenant: &TenantId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(tenant.clone()).or_default())
    }

    /// The workspace, as it was read last.
    pub fn workspace(&self) -> Arc<Workspace> {
        self.workspace.now()
    }

    /// Reads the connections and presets again if their files changed. Answers whether they did.
    ///
    /// # Errors
    /// [`WorkspaceError`]; what was read before stays.
    pub fn reload(&self) -> Result<bool, WorkspaceError> {
        let before = self.workspace();
        if before.current() {
            return Ok(false);
        }
        let fresh = Workspace::open_again(before.root(), self.systems.clone())?;
        if fresh.told.iter().any(|d| d.severity == Severity::Error) {
            return Err(WorkspaceError::Mistakes(fresh.told));
        }
        let mut shared = (self.workspace.0.write()).unwrap_or_else(PoisonError::into_inner);
        *shared = Arc::new(fresh);
        Ok(true)
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Tokens and secrets.
    pub fn tokens(&self) -> &TokenVault {
        &self.tokens
    }

    /// Lets go of the store, so that other processes can work on it.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// What came from outside.
    pub fn outside(&self) -> &Outside {
        &self.outside
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.outside.clock.now()
    }

    /// Today, in a tenant's own calendar: that of its schedule's zone, or UTC.
    pub fn today(&self, loaded: &Loaded) -> NaiveDate {
        self.day_of(loaded, self.now())
    }

    /// The day of a time in a tenant's own calendar.
    pub fn day_of(&self, loaded: &Loaded, at: DateTime<Utc>) -> NaiveDate {
        match &loaded.mapping.sync.trigger.value {
            crate::mapping::Trigger::Cron { zone, .. } => at.with_timezone(zone).date_naive(),
            _ => at.date_naive(),
        }
    }

    /// Does something for a person's word with a tenant's flow taken, so that no run works on it meanwhile, and gives the
    /// flow back whatever came of it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] while a run has it.
    pub async fn in_flow<R, F: Future<Output = R>>(
        &self,
        tenant: &TenantId,
        does: impl FnOnce(Lease) -> F,
    ) -> Result<R, EngineError> {
        let lease = self.flow_of(tenant).await?;
        let done = does(lease.clone()).await;
        self.store.give_back(&lease).await?;
        Ok(done)
    }

    /// Takes a tenant's flow for a person's word, to be given back: [`Engine::in_flow`] sees to that by itself.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] while a run has it.
    pub async fn flow_of(&self, tenant: &TenantId) -> Result<Lease, EngineError> {
        for tries in (0..WORD_TRIES).rev() {
            let lease = (self.store).lease(tenant, &self.holder, self.now(), PERSON_S);
            if let Some(lease) = lease.await? {
                return Ok(lease);
            }
            if tries > 0 {
                tokio::time::sleep(WORD_PAUSE).await;
            }
        }
        Err(StoreError::LeaseLost {
            tenant: tenant.to_string(),
            holder: "another process".into(),
        }
        .into())
    }

    /// Decides as a run would, in a rehearsal of the store, and posts nothing. The rehearsal is answered, for looking at
    /// what it decided; it is gone when that is closed or dropped, and nobody else ever sees it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn rehearse(
        &self,
        loaded: &Loaded,
        only: Option<String>,
        watch: Watch<'_>,
    ) -> Result<(Engine, Done), EngineError> {
        // Tokens stay where they are: one renewed in a rehearsal would be lost with it.
        let engine = Self {
            workspace: Arc::clone(&self.workspace),
            systems: self.systems.clone(),
            store: self.store.rehearsal().await?,
            tokens: self.tokens.clone(),
            oauth: Arc::clone(&self.oauth),
            http: Arc::clone(&self.http),
            outside: self.outside.clone(),
            holder: holder(&self.outside, OpenAs::Worker),
            chosen: RwLock::new(self.chosen()),
            ending: self.ending.clone(),
            turns: Turns::default(),
        };
        let ask = SyncAsk {
            trigger: "plan".into(),
            only,
            again: Vec::new(),
            back: false,
            dry: true,
        };
        let done = engine.sync(loaded, &ask, watch).await?;
        Ok((engine, done))
    }

    /// A run's name: the time, and eight characters that no other run has.
    pub(super) fn run_id(&self) -> String {
        format!("{}-{}", self.now().format("%Y%m%dT%H%M%S"), self.new_id())
    }

    /// Eight characters that nothing else of this workspace has.
    pub(super) fn new_id(&self) -> String {
        let mut bytes = [0_u8; 4];
        (self.outside.fill)(&mut bytes);
        data_encoding::HEXLOWER.encode(&bytes)
    }
}

/// A name that no other process has. A worker's says so: whoever has the workspace's lock knows that no other one lives.
fn holder(outside: &Outside, how: OpenAs) -> String {
    let mut id = [0_u8; 8];
    (outside.fill)(&mut id);
    let who = match how {
        OpenAs::Worker => "worker",
        OpenAs::Person | OpenAs::Reader => "person",
    };
    format!("{who}-{}", data_encoding::HEXLOWER.encode(&id))
}
