//! What waits for a person, grouped by its cause, with the documents each keeps back.
//!
//! Flows in: tenants. Flows out: an [`ErrorsAnswer`]. Bounded by what waits.

use super::drifts::{DriftTold, drifts};
use super::payments::PaymentTold;
use super::release::{PaymentsWaiting, payments_waiting};
use super::unread::cure;
use crate::connectors::BadRecord;
use crate::model::cure::at_hand;
use crate::model::{DocState, HeldCount, TenantId};
use crate::pipeline::ports::{DocRow, Documents as _, PaymentNote, Records as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::report::{Cause, causes};
use schemars::JsonSchema;
use serde::Serialize;

/// A record that could not be read from the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreadableRecord {
    /// Where: a file with its line, or an id.
    pub at: String,
    /// Its number, where that could be read; may be empty.
    pub number: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

impl UnreadableRecord {
    /// Where it is, with its number where that says something else.
    pub fn named(&self) -> String {
        match self.number.as_str() {
            "" => self.at.clone(),
            number if self.at.ends_with(number) => self.at.clone(),
            number => format!("{} (number {number})", self.at),
        }
    }
}

/// A payment or refund that keeps its document in sight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StuckPayment {
    /// The document's number.
    pub document: String,
    /// Its currency.
    pub currency: String,
    /// The payment.
    pub payment: PaymentTold,
    /// Whether something else than what holds its document holds it: it has a cure of its own.
    pub beside: bool,
}

/// What waits for a person at one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TenantErrors {
    /// Which.
    pub tenant: TenantId,
    /// How much waits, in kinds: the same in every answer.
    pub held: HeldCount,
    /// The causes, the largest first.
    pub causes: Vec<Cause>,
    /// Their payments and refunds that are held, refused, or wait for one of those or for their document's approval.
    pub payments: Vec<StuckPayment>,
    /// Payments of posted documents that wait for `crossfoot release TENANT --payments`.
    pub payments_waiting: Vec<PaymentsWaiting>,
    /// What people, or the source, did to what is posted, and nobody has ended yet. Its documents are among the causes.
    pub drifts: Vec<DriftTold>,
    /// What could not be read from the source at the last pull.
    pub unreadable: Vec<UnreadableRecord>,
}

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorsAnswer {
    /// By tenant.
    pub tenants: Vec<TenantErrors>,
}

impl ErrorsAnswer {
    /// Whether nothing waits.
    pub fn none(&self) -> bool {
        let none = |t: &TenantErrors| {
            t.causes.is_empty()
                && t.unreadable.is_empty()
                && t.payments_waiting.is_empty()
                && t.drifts.is_empty()
        };
        self.tenants.iter().all(none)
    }
}

/// Tells what waits.
///
/// # Errors
/// The store cannot be read.
pub async fn errors(engine: &Engine, tenants: Vec<TenantId>) -> Result<ErrorsAnswer, NotDone> {
    let mut all = Vec::new();
    for tenant in tenants {
        // What waits for approval waits for a person too.
        let states = [DocState::Held, DocState::Refused, DocState::Checked];
        let rows = engine.store().all_documents(&tenant, &states).await?;
        let bad = engine.store().bad_records(&tenant).await?;
        all.push(TenantErrors {
            held: engine.store().waiting(&tenant).await?,
            causes: causes(&tenant, &rows),
            payments: stuck_payments(engine, &tenant, &rows).await?,
            payments_waiting: payments_waiting(engine, &tenant).await?,
            drifts: drifts(engine, &tenant).await?,
            unreadable: unreadable(&tenant, &bad),
            tenant,
        });
    }
    Ok(ErrorsAnswer { tenants: all })
}

/// The payments of documents that wait.
async fn stuck_payments(
    engine: &Engine,
    tenant: &TenantId,
    rows: &[DocRow],
) -> Result<Vec<StuckPayment>, NotDone> {
    let mut out = Vec::new();
    for row in rows {
        let note = engine.store().decision(tenant, &row.key).await?;
        let checked = row.state == DocState::Checked;
        let stuck = |p: &PaymentNote| match p.state.as_str() {
            "held" | "refused" | "waits" => true,
            state => checked && state == "planned",
        };
        let payments = note.map(|n| n.payments).unwrap_or_default();
        out.extend(payments.into_iter().filter(stuck).map(|p| {
            let mut payment = PaymentTold::from(p);
            // It goes with its document, and waits for the same word.
            if payment.state == "planned" {
                payment.state = "waits".to_owned();
                payment.reason = payment.reason.take().or(row.reason.clone());
            }
            if let Some(reason) = &mut payment.reason {
                reason.fix = at_hand(&reason.fix, tenant, &[row.name()]);
            }
            let told = (payment.reason.as_ref()).map(|r| (&r.code, &r.what));
            let of_row = row.reason.as_ref().map(|r| (&r.code, &r.what));
            StuckPayment {
                document: row.name(),
                currency: row.currency.clone(),
                beside: payment.state != "waits" && told != of_row && told.is_some(),
                payment,
            }
        }));
    }
    Ok(out)
}

/// What could not be read, each with its cure, among which is the word that leaves it out.
pub(super) fn unreadable(tenant: &TenantId, all: &[BadRecord]) -> Vec<UnreadableRecord> {
    let told = |bad: &BadRecord| UnreadableRecord {
        at: bad.at.clone(),
        number: bad.of.clone(),
        what: bad.what.clone(),
        fix: cure(tenant, bad, all),
    };
    all.iter().map(told).collect()
}
