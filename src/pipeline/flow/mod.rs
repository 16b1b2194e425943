//! A tenant's flow: pull, decide, post. The loop a reader must read.
//!
//! Flows in: a tenant with its connectors, mapping and rules, and what the store remembers. Flows out: a
//! run with what it did. Refuses to run while processing is off (but for one document asked for by its
//! number), while another process holds the flow, and before a daily limit has passed. Bounded by pages,
//! documents a chunk, and requests; what is left over goes on at the next run.

mod again;
mod back;
mod back_contacts;
mod decided;
mod echo;
mod log;
mod look;
mod numbers;
mod pass;
mod posting;
mod pull;
mod release;
mod unread;

pub use release::release;

use super::gather;
use super::tenant::{Done, RunAsk, SyncError, Tenant, Watch};
use crate::mapping::BackTrigger;
use crate::model::DocState;
use log::calls_of;
use pass::Pass;

/// Runs a tenant's pass.
///
/// # Errors
/// [`SyncError`]. The run is kept in the history whatever happens.
pub async fn sync(t: &Tenant<'_>, ask: &RunAsk, watch: Watch<'_>) -> Result<Done, SyncError> {
    let now = t.to.clock.now();
    let mut state = t.memory.tenant(t.tenant()).await?;
    if let Some(forward) = t.tenant().forward() {
        // One switch is for both halves.
        state.processing = t.memory.tenant(&forward).await?.processing;
    }
    let all = ask.only.is_none() && ask.again.is_empty();
    if all && !state.processing && !ask.dry {
        return Err(SyncError::Off(t.tenant().to_string()));
    }
    if let Some(until) = state.parked_until.filter(|u| *u > now) {
        return Err(SyncError::Parked {
            tenant: t.tenant().to_string(),
            until,
        });
    }
    let mut pass = Pass::new(t, ask, watch, state);
    pass.done.run.id.clone_from(&ask.run);
    pass.done.run.trigger.clone_from(&ask.trigger);
    pass.done.run.started = Some(now);
    pass.calls_before = (calls_of(t.from), calls_of(t.to));
    let result = pass.all().await;
    pass.finish(&result).await?;
    result.map(|()| pass.done)
}

impl Pass<'_> {
    async fn all(&mut self) -> Result<(), SyncError> {
        let lease = self.t.lease().await?;
        let result = match self.lead().await {
            Ok(()) => self.work().await,
            Err(e) => Err(e),
        };
        // Given back whatever happened, so that the next run need not wait for the lease to end.
        let back = self.t.memory.give_back(&lease).await;
        result.and(back.map_err(SyncError::from))
    }

    async fn work(&mut self) -> Result<(), SyncError> {
        if !self.ask.again.is_empty() {
            return self.again().await;
        }
        if self.ask.back {
            return self.bring_back().await;
        }
        // What an earlier run left in doubt is settled first: a decision must see it. What it left ready
        // goes after the decisions, which may have changed it.
        if !self.ask.dry {
            self.post(true).await?;
        }
        self.pull().await?;
        self.look_again().await?;
        if self.ask.only.is_none() {
            self.look_at_the_source().await?;
            if self.t.mapping.back.trigger.value == BackTrigger::WithSync {
                self.bring_back().await?;
            }
            self.look().await?;
        }
        self.decide_all().await?;
        if !self.ask.dry {
            self.post(false).await?;
            self.second_look().await?;
        }
        Ok(())
    }

    /// What posting has shown is decided on again, once: a contact that was in the ledger after all, a
    /// document that waited for one, a record that changed while its write was in doubt.
    async fn second_look(&mut self) -> Result<(), SyncError> {
        let t = self.t;
        if self.taken > 0 {
            gather::refresh_mirror(t).await?;
            for row in t
                .memory
                .all_documents(t.tenant(), &[DocState::Held])
                .await?
            {
                let by_contact = row.reason.as_ref().map(ToString::to_string);
                if by_contact.is_some_and(|r| self.contact_holds.contains(&r)) {
                    let only = Some(&row.key);
                    t.memory
                        .decide_again(t.tenant(), &[DocState::Held], only)
                        .await?;
                }
            }
        }
        let open = t
            .memory
            .undecided(t.tenant(), self.faulted.len() + 1)
            .await?;
        let fresh = open.iter().any(|r| !self.faulted.contains(&r.key));
        // With `--only` everything else may be open and is none of this run's business.
        if !fresh || (self.ask.only.is_some() && self.taken == 0) {
            return Ok(());
        }
        self.decide_all().await?;
        self.post(false).await
    }
}
