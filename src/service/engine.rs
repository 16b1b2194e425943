//! Running tenants: the store, the connections and the flow put together.

use super::schedule::{Since, keep_since};
use super::workspace::{Loaded, Workspace, WorkspaceError};
use crate::clock::Clock;
use crate::connectors::auth::{App, Apps, OAuthTokens, TokenRow, Who};
use crate::connectors::budget::Budgets;
use crate::connectors::http::Transport;
use crate::connectors::send::{Http, HttpParts};
use crate::connectors::{Registry, Session, Settings, SourceSide, TargetSide};
use crate::model::{ConnectionName, Severity, TenantId};
use crate::pipeline::flow::{self, Ask, Done, FlowError, Tenant, Watch};
use crate::pipeline::ports::{Journal as _, Lease, StoreError};
use crate::store::{EscrowFiles, Fill, OpenAs, Seal, SealError, Store, Tokens};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// How long a person's word may take, in seconds.
const PERSON_S: i64 = 30;

/// Everything that comes from outside.
#[derive(Clone)]
pub struct Outside {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How calls leave.
    pub transport: Arc<dyn Transport>,
    /// Randomness.
    pub fill: Fill,
    /// The key of the secrets.
    pub seal: Seal,
}

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
    Flow(#[from] FlowError),
    /// A connection is not there.
    #[error("{0}")]
    Connection(String),
}

/// What is asked of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncAsk {
    /// What began it.
    pub trigger: String,
    /// Only this document.
    pub only: Option<String>,
    /// Decide, but post nothing: on a copy of the store.
    pub dry: bool,
}

/// A workspace that can be run.
pub struct Engine {
    workspace: Arc<Shared>,
    systems: Registry,
    store: Store,
    tokens: Tokens,
    oauth: Arc<OAuthTokens>,
    http: Arc<Http>,
    outside: Outside,
    holder: String,
    /// What was chosen when a connection was made, by connection.
    chosen: RwLock<Chosen>,
}

type Chosen = BTreeMap<String, BTreeMap<String, String>>;

/// The workspace as it was read last.
struct Shared(RwLock<Arc<Workspace>>);

impl Shared {
    fn now(&self) -> Arc<Workspace> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

struct WorkspaceApps {
    workspace: Arc<Shared>,
    tokens: Tokens,
}

#[async_trait]
impl Apps for WorkspaceApps {
    async fn app(&self, who: &Who) -> Result<Option<App>, String> {
        let workspace = self.workspace.now();
        let Some(connection) = workspace.connections.get(who.connection.as_str()) else {
            return Ok(None);
        };
        let secret = self
            .tokens
            .secret(&client_secret_name(&who.connection))
            .await?;
        let settings = Settings {
            system: connection.system.clone(),
            values: connection.values.clone(),
        };
        let system = workspace.systems().get(&settings.system);
        Ok(system.and_then(|s| s.client(&settings, secret)))
    }
}

/// The name under which the secret of a connection's OAuth client is kept.
fn client_secret_name(connection: &ConnectionName) -> String {
    format!("client:{connection}")
}

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
        let store = Store::open(&workspace.database(), how).await?;
        store.keep_reserve();
        let data = workspace.data();
        let workspace = Arc::new(Shared(RwLock::new(Arc::new(workspace))));
        let chosen = store.connection_settings().await?;
        let tokens = Tokens::new(store.clone(), outside.seal.clone());
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
            holder: holder(&outside),
            outside,
            chosen: RwLock::new(chosen),
        })
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
        let fresh = Workspace::open_with(before.root(), self.systems.clone())?;
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
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
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

    /// Keeps a key or token for a connection.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub async fn keep_key(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        key: SecretString,
    ) -> Result<(), EngineError> {
        let row = TokenRow::key(key, self.now());
        self.keep_tokens(tenant, connection, &row).await
    }

    /// Keeps the tokens of a sign-in for a connection.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub async fn keep_tokens(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        row: &TokenRow,
    ) -> Result<(), EngineError> {
        let settings = self.settings(connection)?;
        let who = Who {
            tenant: tenant.clone(),
            connection: connection.clone(),
        };
        self.tokens
            .connect(&who, &settings.system, row)
            .await
            .map_err(EngineError::Connection)
    }

    /// Keeps the secret of a connection's OAuth client.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub async fn keep_client_secret(
        &self,
        connection: &ConnectionName,
        secret: &SecretString,
    ) -> Result<(), EngineError> {
        self.tokens
            .keep_secret(&client_secret_name(connection), secret)
            .await
            .map_err(EngineError::Connection)
    }

    /// The OAuth client of a connection.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub async fn app(&self, connection: &ConnectionName) -> Result<Option<App>, EngineError> {
        let settings = self.settings(connection)?;
        let secret = self
            .tokens
            .secret(&client_secret_name(connection))
            .await
            .map_err(EngineError::Connection)?;
        let system = self.systems.get(&settings.system);
        Ok(system.and_then(|s| s.client(&settings, secret)))
    }

    /// A connection's settings.
    ///
    /// # Errors
    /// [`EngineError::Connection`] when there is no such connection.
    pub fn settings(&self, connection: &ConnectionName) -> Result<Settings, EngineError> {
        let workspace = self.workspace();
        let found = workspace.connections.get(connection.as_str());
        let found = found.ok_or_else(|| {
            EngineError::Connection(format!(
                "there is no connection `{connection}`: add it to connections.yaml"
            ))
        })?;
        let mut settings = Settings {
            system: found.system.clone(),
            values: found.values.clone(),
        };
        // A folder is meant from the workspace, wherever the command is typed.
        if let Some(folder) = settings.values.get_mut("folder")
            && Path::new(folder.as_str()).is_relative()
        {
            *folder = workspace.root().join(&folder).display().to_string();
        }
        // What a person wrote counts before what was chosen when the connection was made.
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in chosen.get(connection.as_str()).into_iter().flatten() {
            let kept = settings.values.entry(name.clone()).or_default();
            if kept.is_empty() {
                kept.clone_from(value);
            }
        }
        Ok(settings)
    }

    fn chosen(&self) -> Chosen {
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        chosen.clone()
    }

    /// Keeps settings that were chosen when a connection was made, such as its organisation; they take the
    /// place of those chosen before.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn keep_settings(
        &self,
        connection: &ConnectionName,
        values: BTreeMap<String, String>,
    ) -> Result<(), EngineError> {
        self.store
            .keep_connection_settings(connection, &values)
            .await?;
        let mut chosen = self.chosen.write().unwrap_or_else(PoisonError::into_inner);
        chosen.insert(connection.to_string(), values);
        Ok(())
    }

    /// A session on a connection.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub fn session(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
    ) -> Result<Session, EngineError> {
        Ok(Session {
            tenant: tenant.clone(),
            connection: connection.clone(),
            settings: Arc::new(self.settings(connection)?),
            http: Arc::clone(&self.http),
            clock: Arc::clone(&self.outside.clock),
        })
    }

    /// The systems there are.
    pub fn systems(&self) -> &Registry {
        &self.systems
    }

    /// The source of a tenant, with a session on it.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub fn source(&self, loaded: &Loaded) -> Result<(SourceSide<'_>, Session), EngineError> {
        let end = &loaded.mapping.from.value;
        let source = self.systems.source(&end.system);
        let source = source.ok_or_else(|| no_system(&end.system))?;
        Ok((
            source,
            self.session(&loaded.mapping.tenant, &end.connection)?,
        ))
    }

    /// The target of a tenant, with a session on it.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub fn target(&self, loaded: &Loaded) -> Result<(TargetSide<'_>, Session), EngineError> {
        let end = &loaded.mapping.to.value;
        let target = self.systems.target(&end.system);
        let target = target.ok_or_else(|| no_system(&end.system))?;
        Ok((
            target,
            self.session(&loaded.mapping.tenant, &end.connection)?,
        ))
    }

    /// Runs a tenant's flow.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn sync(
        &self,
        loaded: &Loaded,
        ask: &SyncAsk,
        watch: Watch<'_>,
    ) -> Result<Done, EngineError> {
        let (source, from) = self.source(loaded)?;
        let (target, to) = self.target(loaded)?;
        for session in [&from, &to] {
            self.tend(session).await;
        }
        let tenant = Tenant {
            memory: &self.store,
            source,
            from: &from,
            target,
            to: &to,
            mapping: &loaded.mapping,
            rules: &loaded.rules,
            config: loaded.config.clone(),
            holder: &self.holder,
        };
        let ask = Ask {
            run: self.run_id(),
            trigger: ask.trigger.clone(),
            only: ask.only.clone(),
            dry: ask.dry,
            today: self.today(loaded),
        };
        let began = self.now();
        let done = flow::sync(&tenant, &ask, watch).await?;
        if ask.only.is_none() && !ask.dry {
            keep_since(&self.store, &loaded.mapping.tenant, Since::Ran(began)).await?;
        }
        Ok(done)
    }

    /// Ends what a crash left of a renewal, and renews what has been idle for a week. What fails here fails
    /// again, with its reason, at the first call.
    async fn tend(&self, session: &Session) {
        let who = Who {
            tenant: session.tenant.clone(),
            connection: session.connection.clone(),
        };
        for tended in [
            self.oauth.recover(&who).await,
            self.oauth.keep_alive(&who).await,
        ] {
            if let Err(e) = tended {
                tracing::info!(connection = %who.connection, "the connection's token: {e}");
            }
        }
    }

    /// Takes a tenant's flow for a person's word, so that no run works on it meanwhile; to be given back.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] while a run has it.
    pub async fn flow_of(&self, tenant: &TenantId) -> Result<Lease, EngineError> {
        let lease = (self.store).lease(tenant, &self.holder, self.now(), PERSON_S);
        let lost = || StoreError::LeaseLost {
            tenant: tenant.to_string(),
            holder: "another process".into(),
        };
        Ok(lease.await?.ok_or_else(lost)?)
    }

    /// Decides as a run would, on a copy of the store in a temporary folder, and posts nothing. The copy is
    /// answered, for looking at what it decided; it is gone when that is dropped.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn rehearse(
        &self,
        loaded: &Loaded,
        only: Option<String>,
        folder: &Path,
        watch: Watch<'_>,
    ) -> Result<(Engine, Done), EngineError> {
        let copy = folder.join("rehearsal.db");
        self.store.copy_to(&copy).await?;
        // Tokens stay where they are: one renewed into a copy would be lost with it.
        let engine = Self {
            workspace: Arc::clone(&self.workspace),
            systems: self.systems.clone(),
            store: Store::open(&copy, OpenAs::Worker).await?,
            tokens: self.tokens.clone(),
            oauth: Arc::clone(&self.oauth),
            http: Arc::clone(&self.http),
            outside: self.outside.clone(),
            holder: holder(&self.outside),
            chosen: RwLock::new(self.chosen()),
        };
        engine.store.forget_leases().await?;
        let ask = SyncAsk {
            trigger: "plan".into(),
            only,
            dry: true,
        };
        let done = engine.sync(loaded, &ask, watch).await?;
        Ok((engine, done))
    }

    /// A run's name: the time, and eight characters that no other run has.
    fn run_id(&self) -> String {
        let mut bytes = [0_u8; 4];
        (self.outside.fill)(&mut bytes);
        let tail = data_encoding::HEXLOWER.encode(&bytes);
        format!("{}-{tail}", self.now().format("%Y%m%dT%H%M%S"))
    }
}

/// A name that no other process has.
fn holder(outside: &Outside) -> String {
    let mut id = [0_u8; 8];
    (outside.fill)(&mut id);
    format!("worker-{}", data_encoding::HEXLOWER.encode(&id))
}

fn no_system(word: &str) -> EngineError {
    EngineError::Connection(format!(
        "there is no system `{word}` on this side of a route"
    ))
}
