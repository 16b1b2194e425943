//! Whether the writing of a described system has been tried as it is described today.
//!
//! Flows in: a system's word. Flows out: since when its trial has passed, by the hash of its description: another text is another
//! system. What is not described is tried with the program.

use super::engine::{Engine, EngineError};
use super::workspace::Loaded;
use crate::connectors::{Session, TargetSide};
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};

fn note(system: &str) -> String {
    format!("tried:{system}")
}

impl Engine {
    /// When a system's trial passed for the description that it has now; `None` where that is yet to come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tried(&self, system: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(print) = self.print(system) else {
            return Ok(Some(DateTime::UNIX_EPOCH));
        };
        let kept = self.store.note(&note(system)).await?.unwrap_or_default();
        let at = kept.strip_prefix(print.as_str());
        let at = at.and_then(|t| DateTime::parse_from_rfc3339(t.trim()).ok());
        Ok(at.map(|t| t.to_utc()))
    }

    /// The target of a tenant, which knows whether its writing has been tried, with a session on it.
    ///
    /// # Errors
    /// As [`Engine::target`]; the store's.
    pub(super) async fn tried_target(
        &self,
        loaded: &Loaded,
    ) -> Result<(TargetSide<'_>, Session), EngineError> {
        let (mut target, session) = self.target(loaded)?;
        target.tried = self.tried(target.facts.system).await?.is_some();
        Ok((target, session))
    }

    /// That a system's trial has passed just now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn keep_tried(&self, system: &str) -> Result<(), StoreError> {
        let Some(print) = self.print(system) else {
            return Ok(());
        };
        let at = self.now().to_rfc3339();
        self.store
            .keep_note(&note(system), &format!("{print} {at}"))
            .await
    }

    fn print(&self, system: &str) -> Option<String> {
        let system = self.systems.get(system)?;
        system.description().map(|d| d.print.to_owned())
    }
}
