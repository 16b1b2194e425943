//! What a plan of many documents comes to, by cause.
//!
//! Flows in: the documents of a plan. Flows out: a row for each cause, with how many it concerns, what they come to and one of
//! them. Each by itself is for whoever asks for it.

use super::table::TextTable;
use super::words::sums;
use crate::service::desk::plan::{PlanAction, PlannedDocument};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The most documents that are shown one by one where nobody asked for all.
pub const MOST: usize = 100;

#[derive(Default)]
struct PlanCause<'d> {
    documents: usize,
    sums: BTreeMap<String, Decimal>,
    first: Option<&'d PlannedDocument>,
}

/// Documents by what would be done with them and why.
pub fn by_cause(all: &[&PlannedDocument]) -> TextTable {
    let mut causes: BTreeMap<(PlanAction, &str), PlanCause<'_>> = BTreeMap::new();
    for d in all {
        let code = d.reason.as_ref().map_or("", |r| r.code.as_str());
        let cause = causes.entry((d.action, code)).or_default();
        cause.documents += 1;
        *cause.sums.entry(d.currency.clone()).or_default() += d.total.unwrap_or_default();
        cause.first.get_or_insert(d);
    }
    let mut table = TextTable::new(&["", "documents", "total", ""]).right(&[1, 2]);
    for ((action, _), cause) in &causes {
        let number = cause.first.map_or("", |d| d.number.as_str());
        let why = match cause.first.and_then(|d| d.reason.as_ref()) {
            Some(reason) => format!("such as {number}: {reason}"),
            None => format!("such as {number}"),
        };
        let count = cause.documents.to_string();
        table.row([action.as_str(), &count, &sums(&cause.sums), &why]);
    }
    table
}
