//! How much waits for a person at a tenant.
//!
//! Flows in: a tenant. Flows out: one [`HeldCount`]. What is counted of payments is what their documents' last decisions say,
//! with what posting found since. Bounded by what waits.

use super::closed;
use super::documents;
use super::loose;
use super::packed::unpack;
use super::rows::blob;
use super::sql::{Db, sql};
use crate::model::{DocState, HeldCount, codes};
use crate::pipeline::ports::{DecisionNote, PaymentNote, StoreError};
use sqlx::sqlite::SqliteRow;

/// What waits.
pub async fn count(db: &mut Db, tenant: &str) -> Result<HeldCount, StoreError> {
    let mut out = HeldCount {
        unreadable: closed::waiting(db, tenant).await?.len() as u64,
        ..HeldCount::default()
    };
    for (state, payments) in payments(db, tenant).await? {
        match state {
            DocState::Held => out.documents += 1,
            DocState::Refused => out.refused += 1,
            _ => out.approvals += 1,
        }
        let counted = payments.iter().filter(|p| !waits_in_a_group(p));
        counted.for_each(|p| out.payment(&p.state));
    }
    // What something else keeps back as well is told with that.
    for group in loose::groups_waiting(db, tenant).await? {
        out.payments_waiting += (group.count + group.refunds).saturating_sub(group.kept);
    }
    Ok(out)
}

/// Each document that waits, and its payments as its last decision tells of them. One statement, however many they are.
async fn payments(
    db: &mut Db,
    tenant: &str,
) -> Result<Vec<(DocState, Vec<PaymentNote>)>, StoreError> {
    let notes = sql("SELECT o.state, n.note FROM documents o JOIN decisions n ON n.tenant = o.tenant AND n.thing = o.thing
          WHERE o.tenant = $1 AND o.state IN ($2,$3,$4)");
    let read = |r: &SqliteRow| {
        let note: DecisionNote = unpack("a decision", &blob(r, "note")?)?;
        Ok((documents::state(r)?, note.payments))
    };
    let states = [DocState::Held, DocState::Refused, DocState::Checked];
    let notes = states
        .iter()
        .fold(notes.bind(tenant), |all, s| all.bind(s.as_str()));
    notes.all(db, read).await
}

fn waits_in_a_group(p: &PaymentNote) -> bool {
    let released = |r: &crate::model::Reason| r.is(codes::PAYMENT_RELEASE);
    p.reason.as_ref().is_some_and(released)
}
