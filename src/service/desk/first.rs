//! What a first sync meets on both sides: how much there is, what would be made, what is likely in the ledger already, and what
//! it takes.
//!
//! Flows in: what a rehearsal decided on, and the ledger's papers as it has just read them. Flows out: a [`FirstSync`]. No call
//! goes out for it. Told until everything was synced once and the first run is reviewed; it decides nothing.

mod told;

pub use told::{
    CallsNeeded, DoubleTold, FirstClash, FirstSync, NumbersFound, OtherBooks, PapersCount,
};

use super::own::is_own;
use crate::connectors::Session;
use crate::connectors::budget::{DayCounter as _, Urgency, day_left, done_by};
use crate::mapping::{FirstRun, Mapping};
use crate::model::{
    BookId, ContactFound, DocState, Draft, HeldCount, ItemFound, Kind, Reason, Start, TenantId,
};
use crate::pipeline::first::{Doubles, SeriesSeen, WantedPaper};
use crate::pipeline::ports::{DocRow, Records as _, Runs as _};
use crate::pipeline::tenant::Done;
use crate::pipeline::write::{PLANNED, WriteRow};
use crate::service::engine::Engine;
use crate::service::led;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A document as a first sync meets it.
#[derive(Debug)]
pub(super) struct FirstSyncMet {
    wanted: WantedPaper,
    /// What its source calls it.
    called: Kind,
    /// Whether it would be made, or is held before it is.
    open: bool,
    found: bool,
    /// The name of a contact that would be made.
    new_contact: Option<String>,
    skus: Vec<String>,
    clashes: Vec<FirstClash>,
    writes: Vec<(Kind, bool, u8)>,
}

/// What is gathered while the documents are looked at.
pub(super) struct PlanSeen {
    pub held: HeldCount,
    pub met: Vec<FirstSyncMet>,
}

impl PlanSeen {
    pub fn of(done: &Done) -> Self {
        Self {
            held: done.run.held.unwrap_or_default(),
            met: Vec::new(),
        }
    }

    /// Meets one document: its writes that have not left, what is told of it, and what was found for it in the ledger.
    pub fn meet(
        &mut self,
        (row, estimate): (&DocRow, bool),
        ours: &[&WriteRow],
        warnings: &[Reason],
        (found, items): (Option<&ContactFound>, &[ItemFound]),
    ) {
        let made = ours.iter().find(|w| is_own(w, &row.key));
        let draft = made.and_then(|w| match &w.draft {
            Draft::Invoice(d) => Some(d),
            _ => None,
        });
        let new_contact = ours.iter().find_map(|w| match &w.draft {
            Draft::Contact(c) if w.needs.update_id.is_empty() => Some(c.name.clone()),
            _ => None,
        });
        let there = found.filter(|f| !f.id.starts_with(PLANNED));
        let has_item = |n: usize| items.iter().any(|i| i.line == n + 1);
        let lines = draft.into_iter().flat_map(|d| d.lines.iter().enumerate());
        let unknown =
            lines.filter(|(n, l)| !l.sku.is_empty() && l.item.is_empty() && !has_item(*n));
        let clash = |(reason, held): (&Reason, bool)| FirstClash {
            number: row.name(),
            reason: reason.clone(),
            held,
        };
        let told =
            (row.reason.iter().map(|r| (r, true))).chain(warnings.iter().map(|r| (r, false)));
        let update = made.is_some_and(|w| !w.needs.update_id.is_empty());
        // One that is settled has its money to go, and is not made itself.
        let held = row.state == DocState::Held && ours.is_empty();
        self.met.push(FirstSyncMet {
            // A contact is no paper that could be there twice.
            open: !row.key.kind.is_party() && ((made.is_some() && !update) || held),
            found: there.is_some(),
            called: match estimate {
                true => Kind::Estimate,
                false => row.key.kind,
            },
            skus: unknown.map(|(_, l)| l.sku.clone()).collect(),
            clashes: told.filter(|(r, _)| is_clash(r)).map(clash).collect(),
            writes: ours.iter().map(|w| request_of(w)).collect(),
            wanted: WantedPaper {
                kind: row.key.kind,
                number: draft.map_or_else(|| row.number.clone(), |d| d.number.clone()),
                contact_id: there.map(|f| f.id.clone()).unwrap_or_default(),
                contact: new_contact.clone().unwrap_or_else(|| match there {
                    Some(f) => f.name.clone(),
                    None => row.contact.clone(),
                }),
                date: draft.map(|d| d.date).or(row.date),
                currency: row.currency.clone(),
                total: draft.map(|d| d.total).or(row.total).unwrap_or_default(),
                mark: made.map(|w| w.marker.clone()).unwrap_or_default(),
            },
            new_contact,
        });
    }
}

/// Whether a contact is made with these writes.
pub(super) fn makes_contact(ours: &[&WriteRow]) -> bool {
    ours.iter()
        .any(|w| w.kind == Kind::Contact && w.needs.update_id.is_empty())
}

/// Whether a reason is about a value that something else has.
fn is_clash(reason: &Reason) -> bool {
    let code = reason.code.as_str();
    ["contact.", "number."].iter().any(|f| code.starts_with(f))
}

/// Of what kind of request a write is: one is filled with others of its kind.
fn request_of(w: &WriteRow) -> (Kind, bool, u8) {
    (w.kind, !w.needs.update_id.is_empty(), w.kind.level())
}

/// Whether a tenant's first sync is still to come: its source was never read as a whole, or the first run waits for its review.
pub(super) async fn is_first(engine: &Engine, loaded: &Loaded) -> Result<bool, NotDone> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    // A half brings back what its tenant posted: it has no first sync of its own.
    if tenant.forward().is_some() {
        return Ok(false);
    }
    let sync = &loaded.mapping.sync;
    let reviewed = store.tenant(tenant).await?.reviewed;
    if sync.first_run.value == FirstRun::Review && !reviewed {
        return Ok(true);
    }
    let (_, from) = engine.source(loaded)?;
    let (_, to) = engine.target(loaded)?;
    let books = led::books(store, tenant, &from, &to).await?;
    for kind in loaded.mapping.journeys() {
        if store.cursor(tenant, &books.source, kind).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a first sync meets. The rehearsal is a copy; days are counted for all.
pub(super) async fn first_sync(
    (engine, copy): (&Engine, &Engine),
    loaded: &Loaded,
    reads: &BTreeMap<String, u64>,
    met: Vec<FirstSyncMet>,
) -> Result<FirstSync, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let (source, from) = engine.source(loaded)?;
    let (target, to) = engine.target(loaded)?;
    let books = led::books(copy.store(), tenant, &from, &to).await?;
    let open = met.iter().filter(|m| m.open);
    let wanted: Vec<WantedPaper> = open.map(|m| m.wanted.clone()).collect();
    let kinds: BTreeSet<Kind> = loaded.mapping.ledger_kinds().into_iter().collect();
    let start = begins(&loaded.mapping.sync.start.value, &met);
    let mut seen = LedgerSeen::of(wanted, start);
    for kind in kinds {
        let book = &books.ledger;
        let numbers = target.facts.writes.numbers_ours(kind);
        seen.of_kind(copy, tenant, (book, kind), numbers).await?;
    }
    let mut writes = BTreeMap::new();
    for of in met.iter().flat_map(|m| &m.writes) {
        *writes.entry(*of).or_insert(0_u64) += 1;
    }
    let batch = |kind| target.facts.writes.can(kind).map_or(1, |c| c.batch.max(1)) as u64;
    let writes = (writes.iter())
        .map(|((kind, ..), n)| n.div_ceil(batch(*kind)))
        .sum();
    let calls = [
        (source.facts.system, &from, 0),
        (target.facts.system, &to, writes),
    ];
    let mut needed = Vec::with_capacity(calls.len());
    for (system, session, writes) in calls {
        let reads = reads.get(system).copied().unwrap_or_default();
        needed.push(calls_needed(engine, session, (system, reads, writes)).await?);
    }
    let named = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>();
    let matched = loaded.mapping.match_items.is_some();
    let skus = met.iter().filter(|_| matched).flat_map(|m| m.skus.clone());
    let there = met.iter().filter(|m| m.found);
    let there: BTreeSet<&str> = there.map(|m| m.wanted.contact_id.as_str()).collect();
    Ok(FirstSync {
        source: counted(&met, start),
        ledger: seen.counts(),
        contacts_found: there.len() as u64,
        contacts_new: named(met.iter().filter_map(|m| m.new_contact.clone()).collect()),
        items_unknown: named(skus.collect()),
        doubles: seen
            .doubles
            .found()
            .into_iter()
            .map(DoubleTold::from)
            .collect(),
        others: seen
            .doubles
            .other_ways()
            .into_iter()
            .map(OtherBooks::from)
            .collect(),
        numbers: counted_by(&loaded.mapping, seen.numbers),
        calls: needed,
        clashes: met.into_iter().flat_map(|m| m.clashes).collect(),
    })
}

/// The same, with from where on the file counts them.
fn counted_by(mapping: &Mapping, all: Vec<NumbersFound>) -> Vec<NumbersFound> {
    let ours = |kind| mapping.numbers.get(&kind).map(|s| s.value.number());
    let one = |n: NumbersFound| NumbersFound {
        ours: ours(n.kind),
        ..n
    };
    all.into_iter().map(one).collect()
}

/// Where a tenant starts: what is dated before that is no part of what it keeps.
fn begins(start: &Start, met: &[FirstSyncMet]) -> Option<NaiveDate> {
    match start {
        Start::Beginning => None,
        Start::InvoiceDate(day) => Some(*day),
        // What comes before that invoice is dated before the first that is met.
        Start::Invoice(_) => met.iter().filter_map(|m| m.wanted.date).min(),
    }
}

/// The ledger's papers, as they are gone through.
struct LedgerSeen {
    doubles: Doubles,
    counts: BTreeMap<(Kind, String), (u64, Decimal)>,
    numbers: Vec<NumbersFound>,
    /// Where the tenant starts: what is dated before that is no part of what it keeps.
    start: Option<NaiveDate>,
}

impl LedgerSeen {
    fn of(wanted: Vec<WantedPaper>, start: Option<NaiveDate>) -> Self {
        Self {
            start,
            doubles: Doubles::of(wanted),
            counts: BTreeMap::new(),
            numbers: Vec::new(),
        }
    }

    /// Goes through the papers of a kind.
    async fn of_kind(
        &mut self,
        copy: &Engine,
        tenant: &TenantId,
        (book, kind): (&BookId, Kind),
        numbers: bool,
    ) -> Result<(), NotDone> {
        let (mut after, mut series) = (String::new(), SeriesSeen::default());
        loop {
            let page = copy
                .store()
                .papers_after(tenant, book, kind, &after)
                .await?;
            let Some(last) = page.last() else {
                break;
            };
            after.clone_from(&last.id);
            for paper in &page {
                self.doubles.look(paper);
                series.see(&paper.number, paper.date);
                if !paper.standing.is_over() && !is_before(self.start, paper.date) {
                    let count = self
                        .counts
                        .entry((kind, paper.currency.clone()))
                        .or_default();
                    *count = (count.0 + 1, count.1 + paper.total);
                }
            }
        }
        let series = series.series().filter(|_| numbers);
        self.numbers.extend(series.map(|s| NumbersFound {
            kind,
            last: s.last,
            next: s.next,
            ours: None,
        }));
        Ok(())
    }

    fn counts(&self) -> Vec<PapersCount> {
        let one =
            |((kind, currency), (papers, total)): (&(Kind, String), &(u64, Decimal))| PapersCount {
                kind: *kind,
                currency: currency.clone(),
                papers: *papers,
                total: *total,
            };
        self.counts.iter().map(one).collect()
    }
}

fn counted(met: &[FirstSyncMet], start: Option<NaiveDate>) -> Vec<PapersCount> {
    let mut seen = LedgerSeen::of(Vec::new(), start);
    for m in met.iter().filter(|m| !is_before(start, m.wanted.date)) {
        let of = (m.called, m.wanted.currency.clone());
        let count = seen.counts.entry(of).or_default();
        *count = (count.0 + 1, count.1 + m.wanted.total);
    }
    seen.counts()
}

/// Whether something is dated before the tenant starts.
fn is_before(start: Option<NaiveDate>, day: Option<NaiveDate>) -> bool {
    start.zip(day).is_some_and(|(start, day)| day < start)
}

/// What of a system's calls is needed, and when the last of them would be let go.
async fn calls_needed(
    engine: &Engine,
    session: &Session,
    (system, reads, writes): (&str, u64, u64),
) -> Result<CallsNeeded, NotDone> {
    let now = engine.now();
    let limits = engine.systems().get(system).map(|s| s.allowances(session));
    let limits = limits.unwrap_or_default();
    let keys: Vec<_> = limits.iter().map(|a| (a.key.as_str(), now)).collect();
    let used = engine.tokens().add_to_each(&keys, now, 0).await;
    let used = used.map_err(|why| NotDone::wrong(why, "look at the workspace's folder"))?;
    let each = || limits.iter().map(|a| &a.limits).zip(used.iter().copied());
    let of = Urgency::Routine;
    let left_today = each().filter_map(|(l, used)| day_left(l, used, of)).min();
    let by = each().map(|(l, used)| done_by(l, used, reads + writes, (of, now)));
    Ok(CallsNeeded {
        system: system.to_owned(),
        reads,
        writes,
        left_today,
        done_by: by.max().unwrap_or(now),
    })
}
