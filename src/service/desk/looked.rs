//! What posting would find when it looks, before it sends anything: payments that it would hold. Told by the mirror, as a rehearsal
//! has just brought it up to date.
//!
//! Flows in: the writes of a document. Flows out: why which of its payments would be held, and so counted.

use super::payments::PaymentTold;
use crate::model::cure::at_hand;
use crate::model::{DocState, HeldCount, Kind, Reason, TenantId};
use crate::pipeline::decide::behind;
use crate::pipeline::ports::{DocRow, PaperKeys, Papers as _};
use crate::pipeline::protocol::{Seen, judge_unsent};
use crate::pipeline::write::WriteRow;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// Holds the payments of a document that posting would hold, and counts them: what the look will hold is not held yet.
pub(super) async fn look(
    copy: &Engine,
    tenant: &TenantId,
    (row, ours): (&DocRow, &[&WriteRow]),
    payments: &mut [PaymentTold],
    held: &mut HeldCount,
) -> Result<(), NotDone> {
    let before = payments.to_vec();
    let number = [row.name()];
    for (id, mut reason) in looked_at(copy, tenant, ours).await? {
        reason.fix = at_hand(&reason.fix, tenant, &number);
        hold(payments, &id, &reason);
    }
    count(row, &before, payments, held);
    Ok(())
}

/// A payment that posting would hold, and those after it that would wait for it.
fn hold(payments: &mut [PaymentTold], id: &str, reason: &Reason) {
    // What waits already is not looked at.
    let planned = |p: &PaymentTold| p.id == id && p.state == "planned";
    let of = payments.iter_mut().skip_while(|p| !planned(p));
    for (n, p) in of.enumerate() {
        if n == 0 {
            (p.state, p.reason) = ("held".to_owned(), Some(reason.clone()));
        } else if p.state == "planned" {
            let waits = behind(&p.id, id);
            (p.state, p.reason) = ("waits".to_owned(), Some(waits));
        }
    }
}

/// Counts what posting would hold when it looks, and that the rehearsal lets go. A document whose payment is held is held.
fn count(row: &DocRow, before: &[PaymentTold], now: &[PaymentTold], held: &mut HeldCount) {
    let (mut more, stuck) = (false, [DocState::Held, DocState::Refused]);
    for (was, is) in before.iter().zip(now) {
        if was.state != is.state {
            held.payment(&is.state);
            more = true;
        }
    }
    held.documents += u64::from(more && !stuck.contains(&row.state));
}

/// Payments that posting would hold when it looks at the paper they are for, with why: by the mirror, as the rehearsal has
/// just brought it up to date.
async fn looked_at(
    copy: &Engine,
    tenant: &TenantId,
    ours: &[&WriteRow],
) -> Result<Vec<(String, Reason)>, NotDone> {
    let mut out = Vec::new();
    let payments = ours
        .iter()
        .filter(|w| w.kind == Kind::Payment && !w.needs.of_credit_note);
    for w in payments.filter(|w| !w.needs.document_id.is_empty()) {
        let ids = [w.needs.document_id.clone()];
        let keys = PaperKeys {
            ids: &ids,
            ..PaperKeys::default()
        };
        let papers = copy
            .store()
            .papers(tenant, &w.to, Kind::Invoice, keys)
            .await?;
        if let Some(Seen::Other(reason)) = papers.first().map(|p| judge_unsent(w, p)) {
            out.push((w.of.id.0.clone(), reason));
        }
    }
    Ok(out)
}
