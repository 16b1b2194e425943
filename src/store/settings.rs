//! What was chosen when a connection was made: which organisation it is for. No secrets.

use super::Store;
use super::open::db;
use super::rows::{json, read_json, text};
use crate::model::ConnectionName;
use crate::pipeline::ports::StoreError;
use std::collections::BTreeMap;

const PREFIX: &str = "connection:";

impl Store {
    /// The settings that were chosen, by connection.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn connection_settings(
        &self,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, StoreError> {
        let rows = sqlx::query("SELECT name, value FROM meta WHERE name LIKE 'connection:%'")
            .fetch_all(&self.pool)
            .await
            .map_err(db)?;
        let mut out = BTreeMap::new();
        for r in &rows {
            let name = text(r, "name")?;
            let values = read_json("a connection's settings", &text(r, "value")?)?;
            out.insert(name.trim_start_matches(PREFIX).to_owned(), values);
        }
        Ok(out)
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
        let row = sqlx::query("SELECT value FROM meta WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        row.map(|r| text(&r, "value")).transpose()
    }

    /// Keeps a note under a name, in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&self.pool)
        .await
        .map_err(db)?;
        Ok(())
    }
}
