//! Posted documents that the file or a rule would make otherwise now: counted once an edit, shown, and sent when a person
//! says so.
//!
//! Flows in: a tenant, numbers or none, by what they must differ. Flows out: a [`ResendAnswer`] of what would be changed; with
//! a person's yes, a word on each that is about the very draft that was shown. An edit changes nothing that is posted: that
//! is why this exists. Bounded by `CHUNK` documents a transaction; interrupted, the count goes on where it was.

use super::found::{called, several};
use super::locked::{LockedDocument, part};
use super::resend_said::{kept, words};
use super::runs::RunAnswer;
use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{Key, PaymentKind, PersonsWord, TenantId, WordKind};
use crate::pipeline::ports::{DocRow, Documents as _, Runs as _};
use crate::pipeline::resend::{Anew, ChangedBy, EntryDiffers, WouldDiffer};
use crate::rules::{Context, Runner};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Documents looked at before what was seen is kept.
const CHUNK: usize = 100;

/// A field that would be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResentField {
    /// Which, as people call it: `line 1 account`.
    pub field: String,
    /// What was last agreed.
    pub was: String,
    /// What it would be.
    pub becomes: String,
}

/// A posted document that would be made otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResentDocument {
    /// Its number.
    pub number: String,
    /// Its currency.
    pub currency: String,
    /// What it comes to.
    pub total: Option<Decimal>,
    /// By what: `accounts`, `tax`, `dates`, `text`, `amounts`.
    pub by: Vec<String>,
    /// Field by field; none where only what stands for its money would be another.
    pub changes: Vec<ResentField>,
    /// What stands for money of it and would be made otherwise: it is not changed with the document. Once that has gone, each is
    /// held, and told how it is made anew or left.
    pub entries: Vec<ResentEntry>,
    /// What it is, and the hash of the draft that is shown.
    #[serde(skip)]
    pub of: (Key, String),
}

impl ResentDocument {
    fn words(&self, by: (&str, &str, DateTime<Utc>)) -> Vec<PersonsWord> {
        let (key, hash) = &self.of;
        let hash = (!self.changes.is_empty()).then_some(hash.as_str());
        let entry = |e: &ResentEntry| (e.of.0.clone(), e.of.1, e.amount, e.told.clone());
        let entries: Vec<_> = self.entries.iter().map(entry).collect();
        words((key, hash, self.total.unwrap_or_default()), &entries, by)
    }
}

/// What stands in the ledger for a payment or refund of a document, and would be made otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResentEntry {
    /// The source's id of the payment or refund.
    pub payment: String,
    /// What it is: `payment`, `credit note 1041-R90`, `credit`.
    pub what: String,
    /// What it comes to.
    pub amount: Decimal,
    /// Field by field.
    pub changes: Vec<ResentField>,
    /// As people are told of it.
    pub told: String,
    /// What it stands for.
    #[serde(skip)]
    pub of: (Key, PaymentKind),
}

/// What would be sent anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResendAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The documents, by number.
    pub documents: Vec<ResentDocument>,
    /// Those of which the ledger does not let that be changed any more: they are left as they are.
    pub locked: Vec<LockedDocument>,
    /// Documents of which nothing, or nothing of some money, would be made otherwise, and on which an earlier word of this kind
    /// stands that can end in nothing: it is taken back.
    #[serde(skip)]
    pub spent: Vec<(String, Key, Vec<Key>)>,
    /// Whether a person has said that they go.
    pub said: bool,
    /// The run that carried it out, where it was carried out at once.
    pub run: Option<RunAnswer>,
}

/// How many posted documents an edit would make otherwise. They stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EditTold {
    /// How many.
    pub documents: u64,
    /// How many by each of `accounts`, `tax`, `dates`, `text`, `amounts`; one may differ by several.
    #[schemars(extend("x-key" = "WORD"))]
    pub by: BTreeMap<String, u64>,
}

async fn anew<'a>(
    engine: &'a Engine,
    loaded: &'a Loaded,
    chart: &'a crate::model::Chart,
) -> Result<Anew<'a>, NotDone> {
    let (target, _) = engine.target(loaded)?;
    Ok(Anew {
        memory: engine.store(),
        mapping: &loaded.mapping,
        rules: &loaded.rules,
        chart,
        facts: target.facts,
        reading: engine.reading(loaded)?,
        context: Arc::new(Context {
            tenant: loaded.mapping.tenant.to_string(),
            run: "resend".to_owned(),
            today: engine.today(loaded),
            trace: false,
        }),
    })
}

async fn chart(engine: &Engine, loaded: &Loaded) -> Result<crate::model::Chart, NotDone> {
    let (target, session) = engine.target(loaded)?;
    Ok(target.reads.chart(&session).await?)
}

fn told(row: &DocRow, d: &WouldDiffer) -> ResentDocument {
    ResentDocument {
        number: row.name(),
        currency: row.currency.clone(),
        total: row.total,
        by: d.by.iter().map(ToString::to_string).collect(),
        changes: (d.differences.iter())
            .map(|c| ResentField {
                field: c.field.to_string(),
                was: c.is.clone(),
                becomes: c.want.clone(),
            })
            .collect(),
        entries: d.entries.iter().map(entry).collect(),
        of: (row.key.clone(), d.hash.0.clone()),
    }
}

fn entry(e: &EntryDiffers) -> ResentEntry {
    let field = |(field, was, becomes): &(String, String, String)| ResentField {
        field: field.clone(),
        was: was.clone(),
        becomes: becomes.clone(),
    };
    ResentEntry {
        payment: e.of.id.0.clone(),
        what: e.what.clone(),
        amount: e.amount,
        changes: e.changes.iter().map(field).collect(),
        told: e.told(),
        of: (e.of.clone(), e.pays),
    }
}

/// What would be sent anew, of these numbers or of all.
///
/// # Errors
/// A number is not known, or store or systems fail.
pub async fn would_resend(
    engine: &Engine,
    loaded: &Loaded,
    numbers: &[String],
    by: Option<ChangedBy>,
) -> Result<ResendAnswer, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let mut rows = named(engine, tenant, numbers).await?;
    let mut place = 0;
    if numbers.is_empty() {
        rows = next_posted(engine, tenant, &mut place).await?;
    }
    let chart = chart(engine, loaded).await?;
    let anew = anew(engine, loaded, &chart).await?;
    let mut runner = Runner::new();
    let (mut documents, mut spent, mut locked) = (Vec::new(), Vec::new(), Vec::new());
    while !rows.is_empty() {
        let mut differ = Vec::new();
        for row in rows {
            match anew.of(&row, &mut runner).await? {
                Some(d) if by.is_none_or(|by| d.by.contains(&by)) => {
                    let shown = |k: &Key| *k == row.key || d.entries.iter().any(|e| e.of == *k);
                    let mut stale = stands(engine, tenant, &row).await?;
                    stale.retain(|k| !shown(k));
                    if !stale.is_empty() {
                        spent.push((row.name(), row.key.clone(), stale));
                    }
                    differ.push((row, d));
                }
                Some(_) => {}
                None => {
                    let said = stands(engine, tenant, &row).await?;
                    if !said.is_empty() {
                        spent.push((row.name(), row.key, said));
                    }
                }
            }
        }
        let (go, stay) = part(engine, loaded, differ).await?;
        documents.extend(go.iter().map(|(row, d)| told(row, d)));
        locked.extend(stay);
        rows = match numbers.is_empty() {
            true => next_posted(engine, tenant, &mut place).await?,
            false => Vec::new(),
        };
    }
    documents.sort_by(|a, b| a.number.cmp(&b.number));
    locked.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(ResendAnswer {
        tenant: tenant.clone(),
        documents,
        locked,
        spent,
        said: false,
        run: None,
    })
}

/// The documents of these numbers.
async fn named(
    engine: &Engine,
    tenant: &TenantId,
    numbers: &[String],
) -> Result<Vec<DocRow>, NotDone> {
    let mut rows = Vec::new();
    let command = |name: &str| format!("crossfoot resend {tenant} {}", quoted(name));
    for number in numbers {
        let row = engine.store().document(tenant, number).await?;
        let row = row.ok_or_else(|| {
            let what = format!("{} has not been read yet", called(number));
            let number = quoted(number);
            NotDone::wrong(
                what,
                format!("nothing is to be done: what was never posted is not sent anew; `crossfoot sync {tenant} --only {number}` reads it, and lets it go like any other"),
            )
        })?;
        if let Some(ask) = several(engine, tenant, (&row, number), &command).await? {
            return Err(ask);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The words on a document, and on money of it, that it be made anew. Only of one that is held for them is that asked.
async fn stands(engine: &Engine, tenant: &TenantId, row: &DocRow) -> Result<Vec<Key>, NotDone> {
    let for_it = [codes::RESEND_CHANGED, codes::RESEND_ENTRY];
    if !(row.reason.as_ref()).is_some_and(|r| r.is_one_of(&for_it)) {
        return Ok(Vec::new());
    }
    let words = engine.store().words(tenant, &row.key).await?;
    let all = words.document.iter().chain(words.payments.values());
    let resend = all.filter(|w| w.kind == WordKind::Resend);
    Ok(resend.map(|w| w.of.clone()).collect())
}

/// Some more of what is posted; none once all of it was looked at.
async fn next_posted(
    engine: &Engine,
    tenant: &TenantId,
    place: &mut i64,
) -> Result<Vec<DocRow>, NotDone> {
    if engine.ending.is_asked() {
        return Err(NotDone::attention(
            "it was asked to end",
            "what was looked at of an edit is kept: the next look goes on from there",
        ));
    }
    let some = engine.store().posted_after(tenant, *place, CHUNK).await?;
    *place = some.last().map_or(*place, |(at, _)| *at);
    Ok(some.into_iter().map(|(_, row)| row).collect())
}

/// A person's word that what was shown goes.
///
/// # Errors
/// A write of one is in doubt, or a run has the flow.
pub async fn resend(
    engine: &Engine,
    answer: &mut ResendAnswer,
    (why, actor): (&str, &str),
) -> Result<(), NotDone> {
    let (store, tenant, documents) = (engine.store(), &answer.tenant, &answer.documents);
    let (at, spent) = (engine.now(), &answer.spent);
    let said = engine.in_flow(tenant, |lease| async move {
        for (_, key, said) in spent {
            let by = (actor, "it is there as it would be made", at);
            for of in said {
                store.unsay(&lease, key, of, WordKind::Resend, by).await?;
            }
        }
        for d in documents {
            for word in d.words((why, actor, at)) {
                let told = store.say(&lease, &d.of.0, &word, &[]).await?;
                kept(told, tenant, &d.number)?;
            }
        }
        Ok(())
    });
    let result = said.await?;
    answer.said = result.is_ok();
    result
}

/// How many posted documents the last edit would make otherwise; nothing where there was no edit.
///
/// # Errors
/// Store or systems fail.
pub async fn edited(engine: &Engine, loaded: &Loaded) -> Result<Option<EditTold>, NotDone> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let looked = store.edit_looked(tenant).await?;
    let state = store.tenant(tenant).await?;
    let current = looked.as_ref().is_some_and(|l| l.config == loaded.config);
    let as_decided = state.config.as_ref() == Some(&loaded.config);
    // Before the first run nothing is posted; and what was decided by this very file was posted by it.
    if state.config.is_none() || (as_decided && !current) {
        return Ok(None);
    }
    if !looked.as_ref().is_some_and(|l| current && l.done) {
        count(engine, loaded).await?;
    }
    let mut out = EditTold {
        documents: 0,
        by: BTreeMap::new(),
    };
    for (by_what, n) in store.differing(tenant).await? {
        out.documents += n;
        for word in by_what.split(' ') {
            *out.by.entry(word.to_owned()).or_default() += n;
        }
    }
    Ok((out.documents > 0).then_some(out))
}

async fn count(engine: &Engine, loaded: &Loaded) -> Result<(), NotDone> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    // Another edit than was looked at begins anew.
    store
        .keep_differing(tenant, &loaded.config, &[], false)
        .await?;
    let chart = chart(engine, loaded).await?;
    let anew = anew(engine, loaded, &chart).await?;
    let mut runner = Runner::new();
    let mut place = store.looked_up_to(tenant).await?;
    loop {
        let rows = next_posted(engine, tenant, &mut place).await?;
        let done = rows.is_empty();
        let mut seen: Vec<(Key, String)> = Vec::with_capacity(rows.len());
        for row in rows {
            let d = anew.of(&row, &mut runner).await?;
            let by: Vec<&str> = d.iter().flat_map(|d| &d.by).map(|b| b.as_str()).collect();
            seen.push((row.key, by.join(" ")));
        }
        store
            .keep_differing(tenant, &loaded.config, &seen, done)
            .await?;
        if done {
            return Ok(());
        }
    }
}
