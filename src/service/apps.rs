//! The workspace as it was read last, and the OAuth clients of its connections.

use super::Systems;
use super::workspace::Workspace;
use crate::connectors::Settings;
use crate::connectors::auth::{App, Apps, Who};
use crate::model::ConnectionName;
use crate::store::TokenVault;
use async_trait::async_trait;
use std::sync::{Arc, PoisonError, RwLock};

/// The workspace as it was read last.
pub(super) struct Shared(pub(super) RwLock<Arc<Workspace>>);

impl Shared {
    pub(super) fn now(&self) -> Arc<Workspace> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Finds the OAuth client of a connection in the workspace.
pub(super) struct WorkspaceApps {
    pub(super) workspace: Arc<Shared>,
    pub(super) tokens: TokenVault,
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
        Ok(Systems::app(&settings, secret))
    }
}

/// The name under which the secret of a connection's OAuth client is kept.
pub(super) fn client_secret_name(connection: &ConnectionName) -> String {
    format!("client:{connection}")
}
