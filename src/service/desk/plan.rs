//! What a sync would do, decided in a rehearsal of the store; nothing is posted.
//!
//! Flows in: a tenant, or one document of it. Flows out: a [`PlanAnswer`]: what this very sync would decide on, and what waits
//! or is ready from earlier runs. What an edit of the file would make otherwise of what is posted is counted in the store itself,
//! once an edit, whoever asks first (`resend.rs`). Bounded by `MOST` documents.

use super::errors::{UnreadableRecord, unreadable};
use super::fields::{FieldShown, changes, line_ids, named, other_number};
use super::first::{FirstSync, PlanSeen, first_sync, is_first, makes_contact};
use super::found::one_is_meant;
use super::looked::look;
use super::own::{is_own, last_linked, writes_of};
use super::payments::PaymentTold;
pub use super::plan_action::PlanAction;
use super::plan_action::{action, comes_to, is_update};
use super::release::{PaymentsWaiting, payments_waiting};
use super::resend::{EditTold, edited};
use crate::model::cure::{at_hand, quoted};
use crate::model::{
    Balance, ContactFound, DocState, Draft, HeldCount, ItemFound, Key, Reason, TenantId, WriteState,
};
use crate::pipeline::ports::{DocRow, Documents as _, Records as _};
use crate::pipeline::tenant::{Done, Watch};
use crate::pipeline::write::WriteRow;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most documents that are looked at.
const MOST: usize = 1_000_000;

/// What would become of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedDocument {
    /// The number people know it by.
    pub number: String,
    /// `create`, `update`, `payments`, `contact`, `unchanged`, `skip`, `hold` or `refuse`.
    pub action: PlanAction,
    /// Whether it waits for a person's approval.
    pub waits: bool,
    /// The number that it takes in the ledger, where that is another one.
    pub ledger_number: Option<String>,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its currency.
    pub currency: String,
    /// What it comes to: what will be posted, or was; what the source states where nothing is known of either.
    pub total: Option<Decimal>,
    /// Who it is to.
    pub contact: String,
    /// Why, for what does not go.
    pub reason: Option<Reason>,
    /// What the tenant's file wants told, and lets go all the same.
    pub warnings: Vec<Reason>,
    /// Its payments.
    pub payments: Vec<PaymentTold>,
    /// What the source and the ledger say is owed, and what the difference is made of.
    pub balance: Option<Balance>,
    /// Whether a contact would be made for it.
    pub new_contact: bool,
    /// What its contact is called in the ledger, or will be; empty where nothing would go.
    pub ledger_contact: String,
    /// The ledger's contact that was found for it, and the key that found it.
    pub found: Option<ContactFound>,
    /// The ledger's items that its lines take their accounts from.
    pub items: Vec<ItemFound>,
    /// What an update changes; with one document asked for, every field.
    pub changes: Vec<FieldShown>,
}

/// What would be done, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanTotal {
    /// What with them.
    pub action: PlanAction,
    /// How many.
    pub documents: u64,
    /// In which currency.
    pub currency: String,
    /// What they come to.
    pub total: Decimal,
}

/// What a sync would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// Each document, by day and number.
    pub documents: Vec<PlannedDocument>,
    /// What of the source could not be read, and so is not among them.
    pub unreadable: Vec<UnreadableRecord>,
    /// The documents added up, by action and currency.
    pub totals: Vec<PlanTotal>,
    /// How much would wait for a person once this is done, in kinds: of all that the tenant has, and the same in every answer.
    pub held: HeldCount,
    /// Payments of posted documents that wait for `crossfoot release TENANT --payments`.
    pub payments_waiting: Vec<PaymentsWaiting>,
    /// Pages of the ledger's papers that a sync reads before it does anything else, since they are not known yet; zero
    /// where they are.
    pub reads_first: u64,
    /// The calls that the rehearsal took, by system.
    #[schemars(extend("x-key" = "SYSTEM"))]
    pub calls: BTreeMap<String, u64>,
    /// How many posted documents an edit of the file or of a rule would make otherwise. They stay as they are.
    pub edited: Option<EditTold>,
    /// What a first sync meets on both sides; none once everything was synced.
    pub first: Option<FirstSync>,
    /// What would come back from the ledger in the same run, where payments come back.
    pub back: Option<Box<PlanAnswer>>,
}

impl PlanAnswer {
    /// Whether something would wait for a person.
    pub fn stuck(&self) -> bool {
        let held = |p: &PaymentTold| ["held", "refused"].contains(&p.state.as_str());
        !self.unreadable.is_empty()
            || self.documents.iter().any(|d| {
                matches!(d.action, PlanAction::Hold | PlanAction::Refuse)
                    || d.payments.iter().any(held)
            })
            || self.back.as_ref().is_some_and(|b| b.stuck())
    }
}

/// Rehearses a sync of everything, or of one document.
///
/// # Errors
/// As the flow.
pub async fn plan(
    engine: &Engine,
    loaded: &Loaded,
    only: Option<&str>,
    watch: Watch<'_>,
) -> Result<PlanAnswer, NotDone> {
    let tenant = loaded.mapping.tenant.clone();
    if let Some(number) = only {
        let command = |name: &str| format!("crossfoot plan {tenant} --only {}", quoted(name));
        one_is_meant(engine, &tenant, number, &command).await?;
    }
    let (copy, done) = engine
        .rehearse(loaded, only.map(str::to_owned), watch)
        .await?;
    let mut seen = PlanSeen::of(&done);
    let is_first = only.is_none() && is_first(engine, loaded).await?;
    let which = (only, is_first);
    let documents = planned(&copy, &tenant, &done, which, &mut seen).await?;
    let first = match is_first {
        true => Some(first_sync((engine, &copy), loaded, &done.run.calls, seen.met).await?),
        false => None,
    };
    let back = match done.back.as_deref() {
        Some(back) => Some(Box::new(of_half(&copy, &tenant.back(), back).await?)),
        None => None,
    };
    let bad = match only {
        Some(_) => Vec::new(),
        None => copy.store().bad_records(&tenant).await?,
    };
    let payments_waiting = payments_waiting(&copy, &tenant).await?;
    copy.close().await;
    let edited = match only {
        Some(_) => None,
        None => edited(engine, loaded).await?,
    };
    Ok(PlanAnswer {
        edited,
        first,
        held: seen.held,
        payments_waiting,
        reads_first: done.filled as u64,
        totals: totals(&documents),
        unreadable: unreadable(&tenant, &bad),
        tenant,
        documents,
        calls: done.run.calls,
        back,
    })
}

/// What would come back in the same rehearsal.
async fn of_half(copy: &Engine, half: &TenantId, done: &Done) -> Result<PlanAnswer, NotDone> {
    let mut seen = PlanSeen::of(done);
    let documents = planned(copy, half, done, (None, false), &mut seen).await?;
    Ok(PlanAnswer {
        edited: None,
        first: None,
        held: seen.held,
        payments_waiting: payments_waiting(copy, half).await?,
        reads_first: 0,
        totals: totals(&documents),
        unreadable: Vec::new(),
        tenant: half.clone(),
        documents,
        calls: done.run.calls.clone(),
        back: None,
    })
}

/// What the rehearsal decided on, and what waits or is ready from earlier runs; before the first sync also what is held from a run
/// that was looked at, since it counts among what the first sync meets. Nothing else is read.
async fn planned(
    copy: &Engine,
    tenant: &TenantId,
    done: &Done,
    (only, first): (Option<&str>, bool),
    seen: &mut PlanSeen,
) -> Result<Vec<PlannedDocument>, NotDone> {
    let store = copy.store();
    let rows: BTreeMap<Key, DocRow> = match (only, done.run.started) {
        (Some(only), _) => Vec::from_iter(store.document(tenant, only).await?),
        (None, began) => {
            let held = [DocState::Held, DocState::Refused];
            let held: &[DocState] = if first { &held } else { &[] };
            let waiting = [&[DocState::Approved, DocState::Checked], held].concat();
            let mut rows = store.all_documents(tenant, &waiting).await?;
            if let Some(began) = began {
                for row in store.changed_since(tenant, began, MOST).await? {
                    // What another run did in the very moment is not what this one would do.
                    let note = store.decision(tenant, &row.key).await?;
                    let others = note.is_some_and(|n| n.run != done.run.id);
                    if !others || row.state == DocState::Seen {
                        rows.push(row);
                    }
                }
            }
            rows
        }
    }
    .into_iter()
    .map(|r| (r.key.clone(), r))
    .collect();
    let mut out = Vec::new();
    for row in rows.into_values() {
        out.push(one(copy, tenant, row, only.is_some(), seen).await?);
    }
    out.sort_by(|a, b| (a.date, &a.number).cmp(&(b.date, &b.number)));
    Ok(out)
}

async fn one(
    copy: &Engine,
    tenant: &TenantId,
    row: DocRow,
    all: bool,
    seen: &mut PlanSeen,
) -> Result<PlannedDocument, NotDone> {
    let store = copy.store();
    let note = store.decision(tenant, &row.key).await?;
    let writes = writes_of(copy, tenant, &row.key).await?;
    let unsent = |w: &&WriteRow| matches!(w.state, WriteState::Planned | WriteState::Ready);
    let ours: Vec<&WriteRow> = writes.iter().filter(unsent).collect();
    let document = ours.iter().find(|w| is_own(w, &row.key));
    let update = document.is_some_and(|w| is_update(w));
    let action = action(row.state, document.copied(), &ours);
    let drafts: Vec<Draft> = ours.iter().map(|w| w.draft.clone()).collect();
    let trace = note.as_ref().map_or(&[][..], |n| n.trace.as_slice());
    let steps = named(trace, &line_ids(&drafts));
    let posted = last_linked(&writes);
    let changed = match document {
        Some(w) if update || all => changes(posted, &w.draft, &steps),
        _ => Vec::new(),
    };
    let found = note.as_ref().and_then(|n| n.found.clone());
    let balance = note.as_ref().and_then(|n| n.balance.clone());
    let items = note.as_ref().map_or(Vec::new(), |n| n.items.clone());
    let told = note.map(|n| (n.warnings, n.payments, n.estimate));
    let (warnings, payments, estimate) = told.unwrap_or_default();
    let number = [row.name()];
    let cure = |mut r: Reason| {
        r.fix = at_hand(&r.fix, tenant, &number);
        r
    };
    let told = |p| {
        let mut told = PaymentTold::from(p);
        told.reason = told.reason.map(cure);
        told
    };
    let mut payments: Vec<PaymentTold> = payments.into_iter().map(told).collect();
    let held = &mut seen.held;
    look(copy, tenant, (&row, ours.as_slice()), &mut payments, held).await?;
    seen.meet((&row, estimate), &ours, &warnings, (found.as_ref(), &items));
    Ok(PlannedDocument {
        number: row.name(),
        ledger_number: other_number(document.map(|w| &w.draft), &row.number),
        action,
        waits: row.state == DocState::Checked,
        date: row.date,
        total: comes_to(action, document.map(|w| &w.draft), posted, row.total),
        currency: row.currency,
        contact: row.contact,
        reason: row.reason.map(cure),
        warnings: warnings.into_iter().map(cure).collect(),
        payments,
        balance,
        ledger_contact: whom(&ours, found.as_ref()),
        found,
        items,
        new_contact: makes_contact(&ours),
        changes: changed,
    })
}

/// What a document's contact is called in the ledger, or will be.
fn whom(ours: &[&WriteRow], found: Option<&ContactFound>) -> String {
    let made = ours.iter().find_map(|w| match &w.draft {
        Draft::Contact(c) => Some(c.name.clone()),
        _ => None,
    });
    let there = || found.map(|f| f.name.clone());
    made.or_else(there).unwrap_or_default()
}

fn totals(documents: &[PlannedDocument]) -> Vec<PlanTotal> {
    let mut sums: BTreeMap<(PlanAction, &str), (u64, Decimal)> = BTreeMap::new();
    for d in documents {
        let sum = sums.entry((d.action, &d.currency)).or_default();
        *sum = (sum.0 + 1, sum.1 + d.total.unwrap_or_default());
    }
    let total = |((action, currency), (documents, total)): ((_, &str), _)| PlanTotal {
        action,
        documents,
        currency: currency.to_owned(),
        total,
    };
    sums.into_iter().map(total).collect()
}
