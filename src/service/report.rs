//! Causes: the documents that a reason keeps back, together, since one cure helps them all.

use crate::model::cure::{at_hand, shape};
use crate::model::money::show;
use crate::model::{DocState, Place, TenantId};
use crate::pipeline::ports::DocRow;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A document that a cause keeps back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeptBack {
    /// Its number.
    pub number: String,
    /// Who it is to.
    pub contact: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its currency.
    pub currency: String,
    /// What it comes to; none where the source states no total and nothing could be drafted.
    pub total: Option<Decimal>,
    /// Since when it stands where it does.
    pub since: DateTime<Utc>,
}

impl From<&DocRow> for KeptBack {
    fn from(row: &DocRow) -> Self {
        Self {
            number: row.name(),
            contact: row.contact.clone(),
            date: row.date,
            currency: row.currency.clone(),
            total: row.total,
            since: row.changed_at,
        }
    }
}

/// One cause and all the documents it keeps back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cause {
    /// Where the documents stand: `held`, `refused`, `skipped`, `checked`.
    pub state: DocState,
    /// The reason's code.
    pub code: String,
    /// What happened, as it was told for the first of them.
    pub what: String,
    /// The document that `what` speaks of, where others of them have a sentence of their own.
    pub such_as: Option<String>,
    /// What to do.
    pub fix: String,
    /// The line that decided, where one did.
    pub place: Option<Place>,
    /// The documents' numbers, in order.
    pub documents: Vec<String>,
    /// Each of them, the oldest first.
    pub each: Vec<KeptBack>,
    /// What they come to, by currency.
    #[schemars(extend("x-key" = "CURRENCY"))]
    pub sums: BTreeMap<String, Decimal>,
}

impl Cause {
    /// The numbers of its documents, in order, each with what it comes to where that is known: `110.00 AUD`.
    pub fn amounts(&self) -> Vec<(&str, String)> {
        let mut each: Vec<&KeptBack> = self.each.iter().collect();
        each.sort_by(|a, b| a.number.cmp(&b.number));
        if each.is_empty() {
            return self
                .documents
                .iter()
                .map(|n| (n.as_str(), String::new()))
                .collect();
        }
        let sum = |d: &KeptBack| d.total.map(|t| format!("{} {}", show(t), d.currency));
        let of = |d: &&KeptBack| sum(d).unwrap_or_default();
        each.iter().map(|d| (d.number.as_str(), of(d))).collect()
    }
}

/// Groups documents by what keeps them back: code, cure and place; the cure names the tenant and the documents. The largest group comes first.
pub fn causes(tenant: &TenantId, rows: &[DocRow]) -> Vec<Cause> {
    let mut groups: BTreeMap<_, Cause> = BTreeMap::new();
    for row in rows {
        let Some(reason) = &row.reason else { continue };
        let place = reason.place.clone();
        // A cure for one payment names it: documents of one cause have one cure all the same, where it is of one kind.
        let cure = match reason.fix.contains(" --payment ") {
            true => shape(&reason.fix),
            false => vec![reason.fix.clone()],
        };
        let key = (row.state, reason.code.clone(), cure, place);
        let group = groups.entry(key).or_insert_with(|| Cause {
            state: row.state,
            code: reason.code.clone(),
            what: reason.what.clone(),
            such_as: None,
            fix: reason.fix.clone(),
            place: reason.place.clone(),
            documents: Vec::new(),
            each: Vec::new(),
            sums: BTreeMap::new(),
        });
        if let (Some(first), true) = (group.documents.first(), group.what != reason.what) {
            group.such_as.get_or_insert_with(|| first.clone());
        }
        group.documents.push(row.name());
        group.each.push(row.into());
        let sum = group.sums.entry(row.currency.clone()).or_default();
        *sum = sum.saturating_add(row.total.unwrap_or_default());
    }
    let mut all: Vec<Cause> = groups.into_values().collect();
    for cause in &mut all {
        let first = cause.documents.iter().take(1).cloned().collect::<Vec<_>>();
        cause.documents.sort();
        let age = |d: &KeptBack| (d.date, d.number.clone());
        cause.each.sort_by_key(age);
        let numbers = match cause.fix.contains(" --payment ") {
            true => &first,
            false => &cause.documents,
        };
        cause.fix = at_hand(&cause.fix, tenant, numbers);
    }
    // Stable, so that groups of one size stay in the order of state and code.
    all.sort_by_key(|c| std::cmp::Reverse(c.documents.len()));
    all
}
