//! The legal moves of a write, from the one place that knows them into the table that a trigger reads.

use super::Store;
use super::rows::text;
use super::sql::sql;
use crate::model::WriteState;
use crate::pipeline::ports::StoreError;
use std::collections::BTreeSet;

/// From which state to which.
type Moves = BTreeSet<(String, String)>;

fn legal() -> Moves {
    let pairs = WriteState::ALL
        .iter()
        .flat_map(|from| WriteState::ALL.iter().map(move |to| (from, to)));
    let legal = pairs.filter(|(from, to)| from.may_become(**to));
    legal
        .map(|(from, to)| (from.to_string(), to.to_string()))
        .collect()
}

impl Store {
    /// Brings the table to what [`WriteState::may_become`] says. A table that says so already is only read: this is asked at
    /// every start.
    pub(super) async fn write_moves(&self) -> Result<(), StoreError> {
        let told = legal();
        let there = sql("SELECT from_state, to_state FROM write_moves")
            .all(&mut *self.db().await?, |r| {
                Ok((text(r, "from_state")?, text(r, "to_state")?))
            })
            .await?;
        let there: Moves = there.into_iter().collect();
        if told == there {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for (from, to) in there.difference(&told) {
            sql("DELETE FROM write_moves WHERE from_state = $1 AND to_state = $2")
                .bind(from)
                .bind(to)
                .put_off(&mut tx)
                .await?;
        }
        for (from, to) in told.difference(&there) {
            sql("INSERT INTO write_moves (from_state, to_state) VALUES ($1, $2)")
                .bind(from)
                .bind(to)
                .put_off(&mut tx)
                .await?;
        }
        tx.commit().await
    }
}
