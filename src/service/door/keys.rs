//! What opens the door: a secret a tenant, and the keys with which vendors sign. Both are kept encrypted.

use crate::model::{ConnectionName, TenantId};
use crate::service::engine::{Engine, EngineError};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Serialize;

/// A new secret of a tenant, or a key that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HookMade {
    /// Whose.
    pub tenant: TenantId,
    /// The path to send to; it holds the secret, and is not shown again.
    pub path: String,
}

fn secret_name(tenant: &TenantId) -> String {
    format!("hook:{tenant}")
}

fn key_name(connection: &ConnectionName) -> String {
    format!("hook-key:{connection}")
}

impl Engine {
    /// Makes the secret of a tenant's address; one that there was opens nothing any more.
    ///
    /// # Errors
    /// [`EngineError::Connection`]: it cannot be kept.
    pub async fn make_hook(&self, tenant: &TenantId) -> Result<HookMade, EngineError> {
        let mut bytes = [0_u8; 32];
        (self.outside.fill)(&mut bytes);
        let secret = data_encoding::HEXLOWER.encode(&bytes);
        let path = format!("/hooks/{tenant}/{secret}");
        self.tokens
            .keep_secret(&secret_name(tenant), &secret.into())
            .await
            .map_err(EngineError::Connection)?;
        Ok(HookMade {
            tenant: tenant.clone(),
            path,
        })
    }

    /// Keeps the key with which the vendor of a connection signs its hooks.
    ///
    /// # Errors
    /// [`EngineError::Connection`]: there is no such connection, its vendor signs nothing, or it cannot be kept.
    pub async fn keep_hook_key(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        key: &SecretString,
    ) -> Result<HookMade, EngineError> {
        self.tokens
            .keep_secret(&key_name(connection), key)
            .await
            .map_err(EngineError::Connection)?;
        Ok(HookMade {
            tenant: tenant.clone(),
            path: format!("/hooks/{tenant}/{connection}"),
        })
    }

    /// Whether the vendor of a system signs its hooks.
    pub fn signs_hooks(&self, system: &str) -> bool {
        let system = self.systems.get(system);
        system.is_some_and(|s| s.signed_hook().is_some())
    }

    /// The secret of a tenant's address, where there is one.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub(super) async fn hook_secret(
        &self,
        tenant: &TenantId,
    ) -> Result<Option<SecretString>, EngineError> {
        let kept = self.tokens.secret(&secret_name(tenant)).await;
        kept.map_err(EngineError::Connection)
    }

    /// The key with which the vendor of a connection signs, where it is known.
    ///
    /// # Errors
    /// [`EngineError::Connection`].
    pub(super) async fn hook_key(
        &self,
        connection: &ConnectionName,
    ) -> Result<Option<SecretString>, EngineError> {
        let kept = self.tokens.secret(&key_name(connection)).await;
        kept.map_err(EngineError::Connection)
    }
}
