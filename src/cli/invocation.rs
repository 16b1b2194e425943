//! What every verb is given: the workspace's folder, where to print, and the ways to what lies outside.

use super::global::Global;
use super::out::Printer;
use crate::model::TenantId;
use crate::service::{
    Done, Ending, Engine, KeyFrom, Loaded, NotDone, OpenAs, Outside, SyncAsk, Watch, Workspace,
    left, this_machine, wish,
};
use std::path::{Path, PathBuf};

/// Where a demo's workspace keeps its beacon: inside itself, since it is thrown away with it.
pub const DEMO_STATE: &str = ".state";

/// Who works on a workspace.
pub enum Hands {
    /// This process.
    Ours(Engine),
    /// Another, which can be asked.
    Theirs(Engine),
}

impl Hands {
    /// The workspace with its store.
    pub fn engine(&self) -> &Engine {
        match self {
            Self::Ours(engine) | Self::Theirs(engine) => engine,
        }
    }

    /// The same hands, whose runs end early where nothing is half done, and wait no longer, once this is asked for.
    #[must_use]
    pub fn ending(self, ending: Ending) -> Self {
        match self {
            Self::Ours(engine) => Self::Ours(engine.ending(ending)),
            Self::Theirs(engine) => Self::Theirs(engine.ending(ending)),
        }
    }

    /// Runs a tenant here or has it run there, which is told to `taken`. `None` where who worked there is gone.
    ///
    /// # Errors
    /// As the flow.
    pub async fn sync(
        &self,
        loaded: &Loaded,
        ask: &SyncAsk,
        watch: Watch<'_>,
        taken: &(dyn Fn() + Sync),
    ) -> Result<Option<Done>, NotDone> {
        let tenant = &loaded.mapping.tenant;
        match self {
            Self::Ours(engine) => match engine.sync(loaded, ask, watch).await {
                Ok(done) => Ok(Some(done)),
                Err(e) if e.is_ended() => Err(left(engine, tenant).await),
                Err(e) => Err(e.into()),
            },
            Self::Theirs(engine) => wish::ask(engine, tenant, ask, taken).await,
        }
    }
}

/// What every verb is given.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The workspace's folder.
    pub folder: PathBuf,
    /// Where to print.
    pub out: Printer,
}

impl Invocation {
    /// For one call.
    pub fn new(global: Global, out: Printer) -> Self {
        Self {
            folder: global.workspace,
            out,
        }
    }

    /// The same for another folder.
    pub fn at(&self, folder: PathBuf) -> Self {
        Self {
            folder,
            out: self.out.clone(),
        }
    }

    /// The workspace.
    ///
    /// # Errors
    /// It is none, or cannot be read.
    pub fn workspace(&self) -> Result<Workspace, NotDone> {
        Ok(Workspace::open(&self.folder)?)
    }

    /// The workspace with its store.
    ///
    /// # Errors
    /// The store cannot be opened, or the key not be had.
    pub async fn engine(&self, how: OpenAs) -> Result<Engine, NotDone> {
        let workspace = self.workspace()?;
        let outside = self.outside(&workspace).await?;
        Ok(Engine::open(workspace, outside, how).await?)
    }

    /// The workspace to work on, by this process or by the one that works there.
    ///
    /// # Errors
    /// As [`Invocation::engine`].
    pub async fn hands(&self) -> Result<Hands, NotDone> {
        let workspace = self.workspace()?;
        let outside = self.outside(&workspace).await?;
        match Engine::open(workspace, outside, OpenAs::Worker).await {
            Ok(engine) => Ok(Hands::Ours(engine)),
            Err(e) if e.is_in_use() => Ok(Hands::Theirs(self.engine(OpenAs::Person).await?)),
            Err(e) => Err(e.into()),
        }
    }

    /// A tenant by its name, compiled, with the engine to run it.
    ///
    /// # Errors
    /// There is no such tenant, its files have mistakes, or as [`Invocation::engine`].
    pub async fn tenant(&self, name: &str, how: OpenAs) -> Result<(Engine, Loaded), NotDone> {
        let workspace = self.workspace()?;
        let loaded = workspace.load(&workspace.tenant(name)?)?;
        Ok((self.engine(how).await?, loaded))
    }

    /// The tenants of these names, or all of them.
    ///
    /// # Errors
    /// There is no such tenant.
    pub fn tenants(&self, names: &[String]) -> Result<Vec<TenantId>, NotDone> {
        let workspace = self.workspace()?;
        if names.is_empty() {
            return Ok(workspace.tenants()?);
        }
        let mut out = Vec::new();
        for name in names {
            out.push(workspace.tenant(name)?);
        }
        Ok(out)
    }

    /// The same, each with its backward half behind it where payments come back.
    ///
    /// # Errors
    /// As [`Invocation::tenants`].
    pub fn halves(&self, names: &[String]) -> Result<Vec<TenantId>, NotDone> {
        Ok(self.workspace()?.with_halves(self.tenants(names)?))
    }

    /// Time, calls, randomness and the key of the secrets.
    ///
    /// # Errors
    /// The key cannot be had, or the clock that is to be followed is not there.
    pub async fn outside(&self, workspace: &Workspace) -> Result<Outside, NotDone> {
        let mut outside = self.outside_at(&workspace.data()).await?;
        // A demo's workspace keeps all that is its own inside itself.
        let own = workspace.root().join(DEMO_STATE);
        if own.is_dir() {
            outside.beacon.folder = Some(own);
        }
        Ok(outside)
    }

    /// The same, for a folder of data that may not be there yet.
    ///
    /// # Errors
    /// As [`Invocation::outside`].
    pub async fn outside_at(&self, data: &Path) -> Result<Outside, NotDone> {
        let follow = std::env::var("CROSSFOOT_SANDBOX_CLOCK").ok();
        this_machine(data, key(), follow.as_deref(), state_folder()).await
    }
}

fn key() -> KeyFrom {
    if let Ok(text) = std::env::var("CROSSFOOT_KEY") {
        return KeyFrom::Text(text);
    }
    key_file().map_or(KeyFrom::Nowhere, KeyFrom::File)
}

fn set(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|v| !v.is_empty())
        .map(PathBuf::from)
}

/// `CROSSFOOT_STATE`, or `crossfoot` in the folder of the user's state.
fn state_folder() -> Option<PathBuf> {
    if let Some(path) = set("CROSSFOOT_STATE") {
        return Some(path);
    }
    let folder = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else {
        set("XDG_STATE_HOME").or_else(|| set("HOME").map(|h| h.join(".local").join("state")))
    };
    folder.map(|f| f.join("crossfoot"))
}

/// `CROSSFOOT_KEY_FILE`, or `crossfoot/key` in the folder of the user's settings.
fn key_file() -> Option<PathBuf> {
    if let Some(path) = set("CROSSFOOT_KEY_FILE") {
        return Some(path);
    }
    let folder = if cfg!(windows) {
        set("APPDATA")
    } else {
        set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|h| h.join(".config")))
    };
    folder.map(|f| f.join("crossfoot").join("key"))
}

/// Who acts, for the audit log: the user's name on this machine.
pub fn actor() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    let name = name.unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_.".contains(*c))
        .collect();
    format!("cli:{}", super::text::short(&name, 40))
}
