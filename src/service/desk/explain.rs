//! Of any number, what became of it, what set each field, and what to do.
//!
//! Flows in: a tenant and a number of an invoice or order. Flows out: an [`Explanation`]. A number the store does not know
//! is read from the source there and then and decided on, in a rehearsal, so that even what was never selected is explained;
//! nothing is kept of it.

use super::drifts::{DriftTold, waiting};
use super::errors::{UnreadableRecord, unreadable};
use super::found::{holders, namesakes, one_is_meant, row_of};
use super::next::NextStep;
use super::noted::Noted;
pub use super::noted::{SetField, Setter};
use super::own::last_linked;
use super::payments::PaymentTold;
use super::renumbered::renumbered;
use crate::model::cure::{at_hand, quoted};
use crate::model::{
    Became, ContactFound, DocState, Document, ItemFound, Key, Kind, Link, Reason, SourceId,
    TenantId, WriteState,
};
use crate::pipeline::ports::{
    DecisionNote, DocRow, Documents as _, Drifts as _, PaymentNote, Records as _, Runs as _,
    Written as _,
};
use crate::pipeline::write::WriteRow;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// A write to the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WriteTold {
    /// What is written: `contact`, `invoice`, `payment`.
    pub kind: Kind,
    /// `create` or `update`.
    pub what: &'static str,
    /// Where it stands.
    pub state: WriteState,
    /// What it is, for ever: its natural key.
    pub key: String,
    /// When it was last sent.
    pub sent: Option<DateTime<Utc>>,
    /// How often it was begun under a new key.
    pub attempt: u32,
    /// The ledger's id of what it made; empty until it is linked.
    pub ledger_id: String,
}

/// What the ledger has of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LedgerCopy {
    /// The ledger's id.
    pub id: String,
    /// Its number as it was posted.
    pub number: String,
    /// Its number there now, where a person has given it another.
    pub now: Option<String>,
}

/// All that is known of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// Whose.
    pub tenant: TenantId,
    /// What it is: `invoice`, `estimate`, `purchase_order`, `contact`.
    pub kind: Kind,
    /// The number people know it by.
    pub number: String,
    /// Whether papers of other kinds have that number too.
    pub shared: bool,
    /// The other papers that have that number too, of whatever kind, as commands name them.
    pub namesakes: Vec<String>,
    /// Its order's number; may be empty.
    pub order: String,
    /// The source's id of it.
    pub id: SourceId,
    /// Where it stands.
    pub state: DocState,
    /// Why, for every exit.
    pub reason: Option<Reason>,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its currency.
    pub currency: String,
    /// What it comes to; none where the source states no total and nothing could be drafted.
    pub total: Option<Decimal>,
    /// Who it is to.
    pub contact: String,
    /// Whether it was read and decided on for this answer alone, and nothing is kept of it.
    pub rehearsed: bool,
    /// Whether the document, the mapping or a rule changed since it was decided on.
    pub outdated: bool,
    /// The run that decided; empty before one did.
    pub run: String,
    /// What the ledger has of it.
    pub ledger: Option<LedgerCopy>,
    /// The ledger's contact that was found for it, and the key that found it.
    pub found: Option<ContactFound>,
    /// The ledger's items that its lines take their accounts from.
    pub items: Vec<ItemFound>,
    /// Each field, with what set it.
    pub fields: Vec<SetField>,
    /// Its payments.
    pub payments: Vec<PaymentTold>,
    /// Its writes, with those of its contact and payments.
    pub writes: Vec<WriteTold>,
    /// What rules printed.
    pub printed: Vec<String>,
    /// What the tenant's file wants told, and lets go all the same.
    pub warnings: Vec<Reason>,
    /// What people, or the source, did to what is posted of it, and nobody has ended yet.
    pub drifts: Vec<DriftTold>,
    /// What the source says of it now and cannot be read: all else here is about what it said before.
    pub unreadable: Vec<UnreadableRecord>,
    /// What happens next.
    pub next: NextStep,
    /// What a person can do; may be empty.
    pub fix: String,
}

impl Explanation {
    /// Whether it waits for a person.
    pub fn stuck(&self) -> bool {
        matches!(self.state, DocState::Held | DocState::Refused) || !self.unreadable.is_empty()
    }
}

/// Explains a number.
///
/// # Errors
/// Neither store nor source know the number, it cannot be read, or store or systems fail.
pub async fn explain(
    engine: &Engine,
    loaded: &Loaded,
    number: &str,
) -> Result<Explanation, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let command = |name: &str| format!("crossfoot explain {tenant} {}", quoted(name));
    one_is_meant(engine, tenant, number, &command).await?;
    match row_of(engine, loaded, number).await? {
        Some(row) if row.decided.is_some() => {
            let told = told(engine, loaded, row, false).await?;
            let mut bad = engine.store().bad_records(&told.tenant).await?;
            bad.retain(|b| b.of == told.number || b.at == told.id.0);
            Ok(Explanation {
                unreadable: unreadable(&told.tenant, &bad),
                ..told
            })
        }
        _ => rehearsed(engine, loaded, number).await,
    }
}

/// Explanations of one number, of each tenant that knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExplainedEverywhere {
    /// Each of them.
    pub explanations: Vec<Explanation>,
}

/// Explains a number of whichever tenants know it.
///
/// # Errors
/// No tenant's documents have it, or store or systems fail.
pub async fn everywhere(
    engine: &Engine,
    tenants: Vec<TenantId>,
    number: &str,
) -> Result<ExplainedEverywhere, NotDone> {
    let mut explanations = Vec::new();
    for (loaded, row) in holders(engine, tenants, number).await? {
        let name = match row.twins {
            true => number.to_owned(),
            false => row.name(),
        };
        explanations.push(explain(engine, &loaded, &name).await?);
    }
    if explanations.is_empty() {
        let number = quoted(number);
        let fix = format!("`crossfoot explain TENANT {number}` asks that tenant's source for it");
        let what = format!("no tenant has read a document {number}, nor has one in its ledger");
        return Err(NotDone::wrong(what, fix));
    }
    Ok(ExplainedEverywhere { explanations })
}

async fn rehearsed(engine: &Engine, loaded: &Loaded, number: &str) -> Result<Explanation, NotDone> {
    let (copy, done) = engine
        .rehearse(loaded, Some(number.to_owned()), &|_| {})
        .await?;
    let row = copy
        .store()
        .document(&loaded.mapping.tenant, number)
        .await?;
    let told = match row {
        Some(row) => told(&copy, loaded, row, true).await,
        None => {
            let bad = done.lines.iter().find(|l| l.action == Became::Unreadable);
            let what = bad.map_or_else(
                || "it was not found".to_owned(),
                |l| format!("{}: {}", l.number, l.detail),
            );
            Err(NotDone::attention(what, "").at(number))
        }
    };
    copy.close().await;
    told
}

async fn told(
    engine: &Engine,
    loaded: &Loaded,
    row: DocRow,
    rehearsed: bool,
) -> Result<Explanation, NotDone> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let note = store.decision(tenant, &row.key).await?;
    let mut writes = store.writes(tenant, &row.key).await?;
    // A contact that is changed for several documents is journaled as the change of one.
    writes.extend(store.waits_for(tenant, &row.key).await?);
    let link = store.link(tenant, &row.key).await?;
    let shown = shown_writes(engine, tenant, &writes).await?;
    let outdated = is_outdated(engine, loaded, (&row, link.is_some()), note.as_ref()).await?;
    let next = NextStep::of(tenant, &row, &writes, (outdated, rehearsed));
    let number = [row.name()];
    let cure = |mut r: Reason| {
        r.fix = at_hand(&r.fix, tenant, &number);
        r
    };
    let row = DocRow {
        reason: row.reason.clone().map(cure),
        ..row
    };
    let fix = row.reason.as_ref().map(|r| r.fix.clone());
    let namesakes = namesakes(engine, tenant, &row).await?;
    let drifts = store.drifts(tenant, &row.key).await?;
    let drifts = waiting(engine, tenant, drifts).await?;
    let posted = last_linked(&writes).filter(|_| link.is_some());
    let called = called(engine, tenant, &row.key).await?;
    let mut noted = Noted::of(note, &writes, posted, &|field| {
        written_origin(engine, loaded, (called, field))
    });
    noted.warnings = noted.warnings.into_iter().map(cure).collect();
    for p in &mut noted.payments {
        p.reason = p.reason.take().map(cure);
    }
    Ok(Explanation {
        tenant: tenant.clone(),
        kind: row.key.kind,
        number: row.number,
        shared: row.shared,
        namesakes,
        order: row.also,
        id: row.key.id,
        state: row.state,
        reason: row.reason,
        date: row.date,
        currency: row.currency,
        total: row.total,
        contact: row.contact,
        rehearsed,
        outdated,
        run: noted.run,
        ledger: copy_of(engine, tenant, link).await?,
        found: noted.found,
        items: noted.items,
        fields: noted.fields,
        payments: noted.payments,
        writes: shown,
        printed: noted.printed,
        warnings: noted.warnings,
        drifts,
        unreadable: Vec::new(),
        next,
        fix: fix.unwrap_or_default(),
    })
}

/// Its writes, each with what it is linked with.
async fn shown_writes(
    engine: &Engine,
    tenant: &TenantId,
    writes: &[WriteRow],
) -> Result<Vec<WriteTold>, NotDone> {
    let mut shown = Vec::new();
    for w in writes {
        let link = engine.store().link(tenant, &w.of).await?;
        shown.push(write(w, link.map(|l| l.other.id.0).unwrap_or_default()));
    }
    Ok(shown)
}

/// What its source calls a document: an estimate may be kept as an invoice.
async fn called(engine: &Engine, tenant: &TenantId, key: &Key) -> Result<Kind, NotDone> {
    let record = engine.store().record(tenant, key).await?;
    Ok(match record.map(|r| r.document) {
        Some(Document::Invoice(read)) => read.called(),
        _ => key.kind,
    })
}

/// Whether the next sync decides on it again. What is posted stays as it was, whatever the file says by now: of an edit only what
/// has not gone is decided on again, and that once.
async fn is_outdated(
    engine: &Engine,
    loaded: &Loaded,
    (row, posted): (&DocRow, bool),
    note: Option<&DecisionNote>,
) -> Result<bool, NotDone> {
    let seen = engine.store().tenant(&loaded.mapping.tenant).await?.config;
    let by_edit = |n: &DecisionNote| {
        let goes = |p: &PaymentNote| !["posted", "settled"].contains(&p.state.as_str());
        let open = !posted || n.payments.iter().any(goes);
        n.config != loaded.config && seen.as_ref() != Some(&loaded.config) && open
    };
    Ok(note.is_some_and(by_edit) || row.decided.as_ref() != Some(&row.version))
}

/// The ledger's copy, by both numbers.
async fn copy_of(
    engine: &Engine,
    tenant: &TenantId,
    link: Option<Link>,
) -> Result<Option<LedgerCopy>, NotDone> {
    let Some(link) = link else { return Ok(None) };
    Ok(Some(LedgerCopy {
        now: renumbered(engine, tenant, &link).await?,
        id: link.other.id.0,
        number: link.number,
    }))
}

fn write(w: &WriteRow, ledger_id: String) -> WriteTold {
    WriteTold {
        kind: w.kind,
        what: if w.needs.update_id.is_empty() {
            "create"
        } else {
            "update"
        },
        state: w.state,
        key: w.key.clone(),
        sent: w.last_sent,
        attempt: w.attempt,
        ledger_id: if w.state == WriteState::Linked {
            ledger_id
        } else {
            String::new()
        },
    }
}

fn written_origin(
    engine: &Engine,
    loaded: &Loaded,
    (called, field): (Kind, &str),
) -> Option<String> {
    let system = engine.systems().get(&loaded.mapping.from.value.system)?;
    system.reader()?.origin(called, field)
}
