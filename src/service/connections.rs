//! The connections of an engine: their settings, keys and sign-ins, and sessions on them.

use super::apps::client_secret_name;
use super::denied;
use super::engine::{Engine, EngineError};
use super::workspace::Loaded;
use crate::connectors::auth::{App, TokenRow, Who};
use crate::connectors::{
    ORGANISATION, ORGANISATION_NAME, Registry, Session, Settings, SourceSide, TargetSide,
};
use crate::model::{ConnectionName, TenantId};
use crate::pipeline::identity;
use crate::pipeline::reading::SourceReading;
use crate::pipeline::tenant::Tenant;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// The setting that says in what a described system works.
pub(super) const CURRENCY: &str = "currency";

impl Engine {
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
            .map_err(EngineError::Connection)?;
        Ok(denied::granted(&self.store, tenant).await?)
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
        let mut settings = workspace.settings_of(found);
        // What a person wrote counts before what was chosen when the connection was made.
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in chosen.get(connection.as_str()).into_iter().flatten() {
            let kept = settings.values.entry(name.clone()).or_default();
            if kept.is_empty() {
                kept.clone_from(value);
            }
        }
        // An organisation that is written by its name is the one that was found under it when the connection was made.
        let of = |key: &str| chosen.get(connection.as_str()).and_then(|all| all.get(key));
        if let (Some(id), Some(name)) = (of(ORGANISATION), of(ORGANISATION_NAME))
            && let Some(written) = settings.values.get_mut(ORGANISATION)
            && written.trim().eq_ignore_ascii_case(name)
        {
            written.clone_from(id);
        }
        Ok(settings)
    }

    pub(super) fn chosen(&self) -> BTreeMap<String, BTreeMap<String, String>> {
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
        let settings = self.settings(connection)?;
        // A call that cannot have an address is none that failed.
        let system = self.systems.get(&settings.system);
        if let Some(lack) = system.and_then(|s| s.lacks(&settings)) {
            let what = format!("`{connection}` ({}): {}; {}", lack.at, lack.what, lack.fix);
            return Err(EngineError::Connection(what));
        }
        Ok(Session {
            tenant: tenant.clone(),
            connection: connection.clone(),
            settings: Arc::new(settings),
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
        let source = match loaded.mapping.tenant.forward() {
            Some(_) => self.papers_of(loaded)?,
            None => {
                let source = self.systems.source(&end.system);
                source.ok_or_else(|| no_system(&end.system))?
            }
        };
        let mut session = self.session(&loaded.mapping.tenant, &end.connection)?;
        // The tenant's file says in what the source works: a described source that says it nowhere works in that.
        let described = self.systems.get(&end.system);
        if described.is_some_and(|s| s.description().is_some())
            && session.settings.get(CURRENCY, "").is_empty()
        {
            let code = loaded.mapping.currency.value.code().to_owned();
            let mut settings = session.settings.as_ref().clone();
            settings.values.insert(CURRENCY.to_owned(), code);
            session.settings = Arc::new(settings);
        }
        Ok((source, session))
    }

    /// How records of a tenant's source are read today.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub fn reading(&self, loaded: &Loaded) -> Result<SourceReading<'_>, EngineError> {
        let (source, session) = self.source(loaded)?;
        Ok(SourceReading {
            reads: source.reads,
            settings: session.settings,
            currency: loaded.mapping.currency.value,
        })
    }

    /// Sees to it, once after each change of what the source's connection says of ids, that nothing posted goes by another.
    pub(super) async fn same_ids(&self, tenant: &Tenant<'_>, dry: bool) -> Result<(), EngineError> {
        let reading = tenant.reading();
        let word = reading.reads.identity(&reading.settings);
        let note = format!("identity:{}:{}", tenant.tenant(), tenant.books.source);
        let known = self.store.note(&note).await?.unwrap_or_default();
        if word == known {
            return Ok(());
        }
        identity::still_the_same(&self.store, tenant.tenant(), &reading).await?;
        if !dry {
            self.store.keep_note(&note, &word).await?;
        }
        Ok(())
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

    /// Ends what a crash left of a renewal, and renews what has been idle for a week. What fails here fails
    /// again, with its reason, at the first call.
    pub(super) async fn tend(&self, session: &Session) {
        let who = Who {
            tenant: session.tenant.clone(),
            connection: session.connection.clone(),
        };
        if let Err(e) = self.oauth.tend(&who).await {
            tracing::info!(connection = %who.connection, "the connection's token: {e}");
        }
    }
}

fn no_system(word: &str) -> EngineError {
    EngineError::Connection(format!(
        "there is no system `{word}` on this side of a route"
    ))
}
