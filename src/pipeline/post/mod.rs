//! Posting: the loop that carries the write protocol out.
//!
//! Flows in: what the journal says is ready or in doubt. Flows out: requests, and what became of them,
//! committed before the next one. Refuses to send without the lease, and to send anything whose intent is
//! not committed. Bounded by [`MAX_REQUESTS`] a call; doubtful writes are settled before fresh ones leave.

mod done;
mod doubt;
mod look;
mod papers;
mod posting;
mod send;
mod standing;
mod version;

pub use super::form::write_of;
pub use done::{HandedOn, MAX_REQUESTS, OnSettled, PostDone, PostError, WriteEvent};
pub use posting::{Scope, trial_command};

use super::ports::Journal;
use super::protocol::Windows;
use crate::connectors::{Session, TargetSide};
use posting::Posting;
use std::collections::BTreeMap;

/// Posts until nothing is ready. Doubtful writes that must wait are left with the time to come back.
///
/// What was done is told even when it ended early: what was sent is journaled whatever happens, and the
/// next call goes on from there.
pub async fn post(
    journal: &dyn Journal,
    target: TargetSide<'_>,
    session: &Session,
    holder: &str,
    progress: OnSettled<'_>,
) -> (PostDone, Result<(), PostError>) {
    post_of(journal, target, session, holder, Scope::default(), progress).await
}

/// The same, within a scope.
pub async fn post_of(
    journal: &dyn Journal,
    target: TargetSide<'_>,
    session: &Session,
    holder: &str,
    scope: Scope,
    progress: OnSettled<'_>,
) -> (PostDone, Result<(), PostError>) {
    let facts = target.facts;
    let seen = scope.handed_on.clone();
    let mut posting = Posting {
        journal,
        target,
        session,
        holder,
        scope,
        facts,
        windows: Windows::of(facts.writes),
        fence: None,
        done: PostDone::default(),
        rows: BTreeMap::new(),
        left: session.clock.now(),
        seen,
        progress,
    };
    let result = posting.all().await;
    posting.done.handed_on = posting.seen;
    (posting.done, result)
}

impl Posting<'_> {
    async fn all(&mut self) -> Result<(), PostError> {
        // Nothing is read before the flow is ours: a decision on rows that another worker moved on is a second document.
        self.lease().await?;
        self.may_write().await?;
        self.settle_doubt().await?;
        if self.scope.doubt_only {
            return Ok(());
        }
        self.send_ready().await
    }
}
