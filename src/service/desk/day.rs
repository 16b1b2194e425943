//! What runs did on one day, of all tenants, each in its own time: with customers and amounts.
//!
//! Flows in: tenants, and a day as it was said. Flows out: a [`DayAnswer`]. A tenant's time is that of its source's connection
//! (`zone`), else that of its schedule, else that of its letters. Bounded by the runs of that day.

use super::found::document_of;
use super::renumbered::renumbered;
use crate::connectors::Session;
use crate::mapping::Trigger;
use crate::model::{Became, Key, Kind, SourceId, TenantId};
use crate::pipeline::ports::{Documents as _, RunLine, Runs as _, Written as _};
use crate::service::engine::Engine;
use crate::service::led;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// The most runs of a tenant that are looked through for a day's.
const MOST: usize = 10_000;

/// Which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichDay {
    /// Today, wherever that is.
    Today,
    /// The day before.
    Yesterday,
    /// This one.
    On(NaiveDate),
}

/// Something that became of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayLine {
    /// When.
    pub at: DateTime<Utc>,
    /// The same in the tenant's own time: `14:03`.
    pub local: String,
    /// What: kind and number, as in the run's log.
    pub object: String,
    /// What became of it.
    pub action: Became,
    /// The number of the document that it is, or belongs to; empty where none is known.
    pub document: String,
    /// That document's number in the ledger now, where a person has given it another.
    pub numbered: Option<String>,
    /// Whose it is; empty where that is not known.
    pub contact: String,
    /// The currency of the amount; empty without one.
    pub currency: String,
    /// What it comes to.
    pub amount: Option<Decimal>,
    /// More: why not.
    pub detail: String,
}

/// A tenant's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TenantDay {
    /// Whose.
    pub tenant: TenantId,
    /// The day, in its own calendar.
    pub day: NaiveDate,
    /// Its time zone.
    pub zone: String,
    /// What was done, in order.
    pub lines: Vec<DayLine>,
}

/// A day of some tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayAnswer {
    /// Each of them.
    pub tenants: Vec<TenantDay>,
}

/// Tells the day.
///
/// # Errors
/// The store cannot be read.
pub async fn day(
    engine: &Engine,
    tenants: Vec<TenantId>,
    which: WhichDay,
) -> Result<DayAnswer, NotDone> {
    let mut out = Vec::new();
    for tenant in tenants {
        // A day is told of a tenant too whose files have mistakes now.
        let loaded = engine.workspace().load(&tenant).ok();
        let zone = loaded.as_ref().map_or(Tz::UTC, |l| zone_of(engine, l));
        let today = engine.now().with_timezone(&zone).date_naive();
        let day = match which {
            WhichDay::Today => today,
            WhichDay::Yesterday => today.checked_sub_days(Days::new(1)).unwrap_or(today),
            WhichDay::On(day) => day,
        };
        out.push(TenantDay {
            lines: lines(engine, &tenant, loaded.as_ref(), day, zone).await?,
            zone: zone.name().to_owned(),
            tenant,
            day,
        });
    }
    Ok(DayAnswer { tenants: out })
}

fn zone_of(engine: &Engine, loaded: &Loaded) -> Tz {
    let said = |s: &Session| s.settings.get("zone", "").parse().ok();
    let own = engine.source(loaded).ok().and_then(|(_, s)| said(&s));
    own.unwrap_or(match &loaded.mapping.sync.trigger.value {
        Trigger::Cron { zone, .. } => *zone,
        _ => loaded.mapping.notify.zone,
    })
}

async fn lines(
    engine: &Engine,
    tenant: &TenantId,
    loaded: Option<&Loaded>,
    day: NaiveDate,
    zone: Tz,
) -> Result<Vec<DayLine>, NotDone> {
    let store = engine.store();
    let local = |at: DateTime<Utc>| at.with_timezone(&zone);
    let mut out = Vec::new();
    for run in store.runs(tenant, MOST).await? {
        let (from, to) = (run.started.map(local), run.ended.or(run.started).map(local));
        if to.is_some_and(|t| t.date_naive() < day) {
            break;
        }
        if from.is_none_or(|f| f.date_naive() > day) {
            continue;
        }
        for line in store.run_lines(tenant, &run.id).await? {
            if local(line.at).date_naive() == day {
                let at = local(line.at).format("%H:%M").to_string();
                out.push(about(engine, tenant, loaded, line, at).await?);
            }
        }
    }
    out.sort_by_key(|l| l.at);
    Ok(out)
}

/// A line of the log, with what is known of its document.
async fn about(
    engine: &Engine,
    tenant: &TenantId,
    loaded: Option<&Loaded>,
    line: RunLine,
    local: String,
) -> Result<DayLine, NotDone> {
    let store = engine.store();
    let mut told = DayLine {
        at: line.at,
        local,
        object: line.object,
        action: line.action,
        document: String::new(),
        numbered: None,
        contact: String::new(),
        currency: String::new(),
        amount: None,
        detail: line.detail,
    };
    let row = match line.kind {
        Some(kind) if kind.is_document() => {
            let name = format!("{kind}:{}", line.number);
            store.document(tenant, &name).await?
        }
        Some(kind) if kind.is_party() => {
            let name = format!("{kind}:{}", line.number);
            let alone = store.document(tenant, &name).await?;
            if alone.is_none() {
                told.contact = line.number;
            }
            alone
        }
        Some(kind) => match money(engine, tenant, loaded, kind, &line.number).await? {
            Some((amount, there)) => {
                told.amount = Some(amount);
                match there {
                    Some(there) => document_of(engine, tenant, &there).await?,
                    None => None,
                }
            }
            None => None,
        },
        None => None,
    };
    if let Some(row) = row {
        told.document = match row.key.kind.is_party() {
            true => row.name(),
            false => row.number,
        };
        told.contact = row.contact;
        told.currency = row.currency;
        if line.kind.is_some_and(Kind::is_document) {
            told.amount = row.total;
        }
        if let Some(link) = store.link(tenant, &row.key).await? {
            told.numbered = renumbered(engine, tenant, &link).await?;
        }
    }
    Ok(told)
}

/// What a payment or note comes to, by its link, and the ledger's paper that it is upon.
async fn money(
    engine: &Engine,
    tenant: &TenantId,
    loaded: Option<&Loaded>,
    kind: Kind,
    id: &str,
) -> Result<Option<(Decimal, Option<Key>)>, NotDone> {
    let Some(loaded) = loaded else {
        return Ok(None);
    };
    let (Ok((_, from)), Ok((_, to))) = (engine.source(loaded), engine.target(loaded)) else {
        return Ok(None);
    };
    let Ok(books) = led::books(engine.store(), tenant, &from, &to).await else {
        return Ok(None);
    };
    let key = Key::new(&books.source, kind, &SourceId(id.to_owned()));
    let link = engine.store().link(tenant, &key).await?;
    Ok(link.map(|l| (l.amount, l.upon)))
}
