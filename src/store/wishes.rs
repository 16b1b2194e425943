//! What other verbs ask of the process that works on the workspace, and what it answers.
//!
//! Flows in: a wish with the time until which somebody waits. Flows out: the wish to the worker, its answer to who
//! asked. A wish that nobody waits for any more is neither taken nor kept.

use super::Store;
use super::rows::{json, read_json, text, time};
use super::sql::sql;
use crate::model::TenantId;
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A wish on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish<A> {
    /// Its name, unique.
    pub id: String,
    /// Whose flow it is about.
    pub tenant: String,
    /// What is asked.
    pub ask: A,
}

/// How a wish stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wished<A> {
    /// Nobody has taken it yet.
    Waits,
    /// It is being done.
    Taken,
    /// It was done.
    Done(A),
}

impl Store {
    /// Asks the worker for something.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wish<A: Serialize + Sync>(
        &self,
        id: &str,
        tenant: &TenantId,
        ask: &A,
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sql(
            "INSERT INTO wishes (wish, tenant, ask, state, until) VALUES ($1, $2, $3, 'asked', $4)",
        )
        .bind(id)
        .bind(tenant.as_str())
        .bind(json(ask)?)
        .bind(time(until))
        .run(&mut *self.db().await?)
        .await?;
        Ok(())
    }

    /// Says that somebody still waits for a wish, and answers how it stands. `None` for one that is not there any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wished<A: DeserializeOwned>(
        &self,
        id: &str,
        until: DateTime<Utc>,
    ) -> Result<Option<Wished<A>>, StoreError> {
        let row = sql("SELECT state, until, answer FROM wishes WHERE wish = $1")
            .bind(id)
            .maybe(&mut *self.read().await?, |r| {
                Ok((text(r, "state")?, text(r, "until")?, text(r, "answer")?))
            })
            .await?;
        let Some((state, before, answer)) = row else {
            return Ok(None);
        };
        if state == "done" {
            return Ok(Some(Wished::Done(read_json("an answer", &answer)?)));
        }
        let until = time(until);
        if until > before {
            sql("UPDATE wishes SET until = $2 WHERE wish = $1")
                .bind(id)
                .bind(until)
                .run(&mut *self.db().await?)
                .await?;
        }
        Ok(Some(if state == "taken" {
            Wished::Taken
        } else {
            Wished::Waits
        }))
    }

    /// Takes a wish back, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdraw(&self, id: &str) -> Result<(), StoreError> {
        sql("DELETE FROM wishes WHERE wish = $1")
            .bind(id)
            .run(&mut *self.db().await?)
            .await?;
        Ok(())
    }

    /// The next wish that somebody waits for, taken. What nobody waits for any more is forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_wish<A: DeserializeOwned>(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Option<Wish<A>>, StoreError> {
        let open = sql("SELECT wish FROM wishes WHERE state = 'asked' LIMIT 1");
        if !open.any(&mut *self.read().await?).await? {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        sql("DELETE FROM wishes WHERE state IN ('asked', 'done') AND until <= $1")
            .bind(time(now))
            .put_off(&mut tx)
            .await?;
        let next = sql(
            "SELECT wish, tenant, ask FROM wishes WHERE state = 'asked' ORDER BY until LIMIT 1",
        )
        .maybe(&mut tx, |r| {
            Ok(Wish {
                id: text(r, "wish")?,
                tenant: text(r, "tenant")?,
                ask: read_json("a wish", &text(r, "ask")?)?,
            })
        })
        .await?;
        if let Some(wish) = &next {
            sql("UPDATE wishes SET state = 'taken' WHERE wish = $1")
                .bind(&wish.id)
                .put_off(&mut tx)
                .await?;
        }
        tx.commit().await?;
        Ok(next)
    }

    /// Answers a wish, where somebody still asks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn answer_wish<A: Serialize + Sync>(
        &self,
        id: &str,
        answer: &A,
    ) -> Result<(), StoreError> {
        sql("UPDATE wishes SET state = 'done', answer = $2 WHERE wish = $1")
            .bind(id)
            .bind(json(answer)?)
            .run(&mut *self.db().await?)
            .await?;
        Ok(())
    }
}
