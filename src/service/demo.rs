//! The demo: the fake vendors on loopback, the sample tenants, their first sync, and the proof that both
//! books agree.
//!
//! Flows in: a folder, a seed, a clock. Flows out: a workspace a person can go on with, what each tenant's
//! run did, and a report computed from the vendors' own state. Nothing of the report comes from mapping,
//! rules or journal.

use super::engine::{Engine, EngineError, SyncAsk};
use super::not_done::NotDone;
use super::outside::Outside;
use super::workspace::Workspace;
use crate::connectors::auth::{TokenRow, TokenStatus};
use crate::model::{ConnectionName, TenantId};
use crate::pipeline::ports::{DocRow, Documents as _, Runs as _, TenantSwitch};
use crate::pipeline::tenant::{Done, Watch};
use crate::sandbox::agree::{Pairing, Report, Told, agree, pairing};
use crate::sandbox::demo::{Login, Tenant, World, world};
use crate::sandbox::plane::{Plane, PlaneError, PlaneOptions};
use crate::sandbox::wire::System;
use crate::store::OpenAs;
use chrono::Duration;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/mappings"]
struct Mappings;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/rules"]
struct Rules;

/// Why the demo cannot run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A folder or socket.
    #[error("{0}")]
    Place(String),
    /// The port that was asked for.
    #[error("the port {0} cannot be had: {1}")]
    Port(u16, String),
    /// The fake vendors.
    #[error(transparent)]
    Plane(#[from] PlaneError),
    /// The seed.
    #[error("the sandbox does not take the demo's data: {0}")]
    Seed(String),
    /// A tenant.
    #[error("{tenant}: {why}")]
    Tenant {
        /// Which.
        tenant: String,
        /// Why.
        why: EngineError,
    },
    /// The workspace.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<DemoError> for NotDone {
    fn from(e: DemoError) -> Self {
        match e {
            DemoError::Tenant { tenant, why } => NotDone::from(why).at(tenant),
            DemoError::Engine(e) => e.into(),
            DemoError::Port(..) => {
                Self::wrong(e.to_string(), "name a free one with --port, or 0 for any")
            }
            other => Self::wrong(other.to_string(), ""),
        }
    }
}

/// What one tenant's runs did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRun {
    /// Which tenant.
    pub tenant: String,
    /// The business's name.
    pub title: String,
    /// What the run did.
    pub done: Done,
}

/// The demo, set up.
pub struct Demo {
    /// The workspace's folder.
    pub folder: PathBuf,
    /// Where the fake vendors are served.
    pub address: String,
    /// The fake vendors.
    pub plane: Plane,
    /// The tenants and their data.
    pub world: World,
    /// The workspace at work.
    pub engine: Engine,
    server: Server,
}

/// Ends the serving with its owner.
struct Server(tokio::task::JoinHandle<Result<(), PlaneError>>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The fake vendors alone, still served.
pub struct Sandboxes {
    /// Where.
    pub address: String,
    _server: Server,
}

/// What the demo is made of.
#[derive(Debug, Clone)]
pub struct DemoAsk {
    /// Where the workspace goes; must not hold one.
    pub folder: PathBuf,
    /// The seed of its data.
    pub seed: u64,
    /// Ordinary orders on top.
    pub more: usize,
    /// The port of the fake vendors; 0 for any.
    pub port: u16,
}

impl Demo {
    /// Starts the fake vendors, writes the workspace and connects it.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn start(ask: &DemoAsk, outside: Outside) -> Result<Self, DemoError> {
        let place = |e: std::io::Error| DemoError::Place(e.to_string());
        let today = outside.clock.now().date_naive();
        let world = world(ask.seed, ask.more, today);
        let clock = Arc::clone(&outside.clock);
        let options = PlaneOptions::new(systems, move || clock.now());
        let plane = Plane::new(options)?;
        plane
            .seed("xero", world.xero.clone())
            .map_err(DemoError::Seed)?;
        plane
            .seed("qbo", world.qbo.clone())
            .map_err(DemoError::Seed)?;
        plane
            .seed("keap", world.keap.clone())
            .map_err(DemoError::Seed)?;
        plane
            .seed("kickserv", world.kickserv.clone())
            .map_err(DemoError::Seed)?;
        let listener = TcpListener::bind(("127.0.0.1", ask.port)).await;
        let listener = listener.map_err(|e| DemoError::Port(ask.port, e.to_string()))?;
        let address = format!("http://{}", listener.local_addr().map_err(place)?);
        let serving = plane.clone();
        let server = Server(tokio::spawn(
            serving.serve(listener, std::future::pending()),
        ));
        write_workspace(&ask.folder, &address, &world).map_err(place)?;
        let workspace = Workspace::open(&ask.folder).map_err(EngineError::from)?;
        let engine = Engine::open(workspace, outside, OpenAs::Worker).await?;
        let demo = Self {
            folder: ask.folder.clone(),
            address,
            plane,
            world,
            engine,
            server,
        };
        for t in &demo.world.tenants {
            demo.connect(t).await?;
        }
        Ok(demo)
    }

    /// Lets go of the workspace, so that other processes can work on it, and keeps the fake vendors up.
    pub async fn into_sandboxes(self) -> Sandboxes {
        self.engine.store().close().await;
        Sandboxes {
            address: self.address,
            _server: self.server,
        }
    }

    async fn connect(&self, t: &Tenant) -> Result<(), DemoError> {
        let now = self.engine.now();
        let tenant = tenant_id(&t.name)?;
        let ledger = (&t.ledger_connection, &t.ledger_login);
        for (name, login) in [(&t.source_connection, &t.source_login), ledger] {
            let name = connection(name)?;
            match login {
                Login::Folder(_) => {}
                Login::Key(key) => {
                    let key = key.clone().into();
                    self.engine.keep_key(&tenant, &name, key).await?;
                }
                Login::Tokens {
                    client_secret,
                    access,
                    refresh,
                    ..
                } => {
                    let row = TokenRow {
                        generation: 1,
                        access: access.clone().into(),
                        received: now,
                        expires: Some(now + Duration::seconds(1800)),
                        refresh: Some(refresh.clone().into()),
                        previous: None,
                        status: TokenStatus::Idle,
                        reconnect: None,
                    };
                    let secret = client_secret.clone().into();
                    self.engine.keep_client_secret(&name, &secret).await?;
                    self.engine.keep_tokens(&tenant, &name, &row).await?;
                }
            }
        }
        let store = self.engine.store();
        let on = store.switch(&tenant, &TenantSwitch::Processing(true), "demo", now);
        on.await.map_err(EngineError::from)?;
        Ok(())
    }

    /// Runs every tenant once.
    ///
    /// # Errors
    /// [`DemoError::Tenant`] with the first that does not run.
    pub async fn sync(
        &self,
        watch: &(dyn Fn(&Tenant) + Send + Sync),
        step: Watch<'_>,
    ) -> Result<Vec<TenantRun>, DemoError> {
        let mut out = Vec::new();
        for t in &self.world.tenants {
            watch(t);
            let failed = |why: EngineError| DemoError::Tenant {
                tenant: t.name.clone(),
                why,
            };
            let id = tenant_id(&t.name)?;
            let loaded = self.engine.workspace().load(&id);
            let loaded = loaded.map_err(|e| failed(e.into()))?;
            let ask = SyncAsk {
                trigger: "demo".into(),
                ..SyncAsk::default()
            };
            let done = self
                .engine
                .sync(&loaded, &ask, step)
                .await
                .map_err(failed)?;
            out.push(TenantRun {
                tenant: t.name.clone(),
                title: t.title.clone(),
                done,
            });
        }
        Ok(out)
    }

    /// The proof, from the vendors' own state as it is now, with what the product says laid beside it.
    ///
    /// # Errors
    /// [`DemoError`] when what the product says cannot be read.
    pub async fn report(&self) -> Result<Report, DemoError> {
        let systems = ["keap", "kickserv", "xero", "qbo"];
        let state = |system| (system, self.plane.state(system).unwrap_or_default());
        let states = systems.map(state).into_iter().collect();
        let mut told = Vec::new();
        for t in &self.world.tenants {
            told.push(self.told(&t.name).await?);
        }
        let tenants = self.world.tenants.iter().zip(&told);
        let pairings: Vec<Pairing<'_>> = tenants
            .map(|(t, told)| pairing(&self.world, t, &states, Some(told)))
            .collect();
        Ok(agree(&pairings))
    }

    /// What the product says became of each order.
    async fn told(&self, tenant: &str) -> Result<BTreeMap<String, Told>, DemoError> {
        let tenant = tenant_id(tenant)?;
        let rows = self
            .engine
            .store()
            .documents(&tenant, &[], usize::MAX >> 1)
            .await;
        let rows = rows.map_err(EngineError::from)?;
        let told = |row: DocRow| {
            let (code, place) = row
                .reason
                .map_or_else(Default::default, |r| (r.code, r.place));
            let told = Told {
                state: row.state.to_string(),
                code,
                rule: place.map_or_else(String::new, |p| p.file),
            };
            (row.number, told)
        };
        Ok(rows.into_iter().map(told).collect())
    }
}

/// Makes the fake vendors.
pub fn systems() -> Vec<Box<dyn System>> {
    vec![
        Box::new(crate::sandbox::keap::Keap::default()),
        Box::new(crate::sandbox::xero::Xero::default()),
        Box::new(crate::sandbox::qbo::Qbo::default()),
        Box::new(crate::sandbox::kickserv::Kickserv::default()),
        Box::new(crate::sandbox::klipboard::Klipboard::default()),
        Box::new(crate::sandbox::invoiceasap::InvoiceAsap::default()),
        Box::new(crate::sandbox::servicem8::ServiceM8::default()),
    ]
}

fn tenant_id(name: &str) -> Result<TenantId, DemoError> {
    TenantId::new(name).map_err(|e| DemoError::Place(e.to_string()))
}

fn connection(name: &str) -> Result<ConnectionName, DemoError> {
    ConnectionName::new(name).map_err(|e| DemoError::Place(e.to_string()))
}

fn write_workspace(folder: &Path, address: &str, world: &World) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // Presets are part of the program; a copy in the workspace would stand in their way.
    for path in Mappings::iter().filter(|p| !p.contains('/')) {
        if let Some(file) = Mappings::get(&path) {
            put(&folder.join("mappings").join(path.as_ref()), &file.data)?;
        }
    }
    // The shipped rules are part of the program too: only the tenants' own are files of the workspace.
    let own = |p: &str| {
        world
            .tenants
            .iter()
            .any(|t| p == format!("{}.rhai", t.name))
    };
    for path in Rules::iter().filter(|p| own(p)) {
        if let Some(file) = Rules::get(&path) {
            put(&folder.join("rules").join(path.as_ref()), &file.data)?;
        }
    }
    for (path, text) in &world.files {
        put(&folder.join(path), text.as_bytes())?;
    }
    put(
        &folder.join("connections.yaml"),
        world.connections(address).as_bytes(),
    )
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}
