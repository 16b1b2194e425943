//! What was chosen when a connection was made: which organisation it is for. No secrets.

use super::Store;
use super::rows::{json, read_json, text};
use super::sql::sql;
use crate::model::ConnectionName;
use crate::pipeline::ports::StoreError;
use std::collections::BTreeMap;

const PREFIX: &str = "connection:";
/// What comes right after every name with the prefix.
const AFTER: &str = "connection;";

impl Store {
    /// The settings that were chosen, by connection.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn connection_settings(
        &self,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, StoreError> {
        // The name's first characters as a range, which the index answers.
        let all = sql("SELECT name, value FROM meta WHERE name >= $1 AND name < $2")
            .bind(PREFIX)
            .bind(AFTER)
            .all(&mut *self.read().await?, |r| {
                let name = text(r, "name")?;
                let values = read_json("a connection's settings", &text(r, "value")?)?;
                Ok((name.trim_start_matches(PREFIX).to_owned(), values))
            })
            .await?;
        Ok(all.into_iter().collect())
    }

    /// Keeps what was chosen for a connection, in place of what was chosen before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_connection_settings(
        &self,
        connection: &ConnectionName,
        values: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        self.keep_note(&format!("{PREFIX}{connection}"), &json(values)?)
            .await
    }

    /// A note kept under a name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        sql("SELECT value FROM meta WHERE name = $1")
            .bind(name)
            .maybe(&mut *self.read().await?, |r| text(r, "value"))
            .await
    }

    /// Keeps a note under a name, in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sql("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .bind(name)
            .bind(value)
            .run(&mut *self.db().await?)
            .await?;
        Ok(())
    }
}
