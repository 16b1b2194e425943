//! Which rows of a tenant's own tables of accounts and tax codes no recorded document reaches.
//!
//! Flows in: a compiled file, and what the store keeps: records and the chart as last read. Flows out: the rows nothing
//! came to. Each line of each record is drafted as a run drafts it before any rule, without a call. Rows of presets are
//! left out: they are not the tenant's to test. Bounded by `MOST` documents, the newest.

use super::not_done::NotDone;
use super::workspace::Workspace;
use crate::mapping::{At, Mapping};
use crate::model::{Chart, Document, Invoice, Origin, Place, TenantId, Trace};
use crate::pipeline::ports::{
    Books as _, Documents as _, Mirror as _, Records as _, Side, StoreError,
};
use crate::store::{OpenAs, Store};
use serde::Serialize;
use std::collections::BTreeSet;

/// The most documents looked at.
const MOST: usize = 5_000;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// Its key: `accounts[2]`, `tax.codes.zero`.
    pub key: String,
    /// Where it is written.
    pub place: Place,
}

/// What came to which rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The recorded documents.
    pub documents: usize,
    /// The rows there are.
    pub rows: usize,
    /// Those that no document reached.
    pub unreached: Vec<CoverageRow>,
}

/// Drafts what is recorded.
///
/// # Errors
/// [`StoreError`].
pub async fn recorded(mapping: &Mapping, store: &Store) -> Result<Recorded, StoreError> {
    let rows = rows(mapping);
    let mut reached = BTreeSet::new();
    let mut documents = 0;
    let chart = match store.book_at(&mapping.tenant, Side::Ledger).await? {
        Some(ledger) => store.chart(&mapping.tenant, &ledger).await?,
        None => None,
    };
    if let Some((chart, _)) = chart {
        for d in store.documents(&mapping.tenant, &[], MOST).await? {
            let record = store.record(&mapping.tenant, &d.key).await?;
            if let Some(Document::Invoice(invoice)) = record.map(|r| r.document) {
                documents += 1;
                reach(mapping, &invoice, &chart, &mut reached);
            }
        }
    }
    Ok(Recorded {
        documents,
        rows: rows.len(),
        unreached: (rows.into_iter())
            .filter(|r| !reached.contains(&r.place))
            .collect(),
    })
}

/// The same for each tenant of a workspace; nothing where no document was ever recorded. Looking makes no database.
///
/// # Errors
/// The store or a tenant's file cannot be read.
pub async fn of_workspace(
    workspace: &Workspace,
) -> Result<Option<Vec<(TenantId, Recorded)>>, NotDone> {
    if !workspace.database().exists() {
        return Ok(None);
    }
    let store = Store::open(&workspace.database(), OpenAs::Reader).await?;
    let mut out = Vec::new();
    for tenant in workspace.tenants()? {
        if let Some(mapping) = workspace.compile(&tenant)?.mapping {
            out.push((tenant, recorded(&mapping, &store).await?));
        }
    }
    store.close().await;
    Ok(Some(out))
}

/// The tenant's own rows.
fn rows(mapping: &Mapping) -> Vec<CoverageRow> {
    let tax = &mapping.tax;
    let accounts = mapping.accounts.iter().enumerate();
    let accounts = accounts.map(|(n, row)| (format!("accounts[{n}]"), row.at));
    let own = [("taxable", &tax.taxable), ("zero", &tax.zero)];
    let own = own
        .into_iter()
        .filter_map(|(k, a)| Some((k, a.as_ref()?.at)));
    let by_rate = tax.by_rate.rows().map(|(k, a)| (k, a.at));
    let codes = own.chain(by_rate).chain([("else", tax.by_rate.other().at)]);
    let codes = codes.map(|(k, at)| (format!("tax.codes.{k}"), at));
    let file = format!("mappings/{}.yaml", mapping.tenant);
    let row = |(key, at): (String, At)| CoverageRow {
        key,
        place: mapping.place(at),
    };
    let all = accounts.chain(codes).map(row);
    all.filter(|r| r.place.file == file).collect()
}

/// The places that set something in a draft of each line, or that hold it.
fn reach(mapping: &Mapping, invoice: &Invoice, chart: &Chart, reached: &mut BTreeSet<Place>) {
    for line in &invoice.lines {
        // One line at a time: a line that is held does not hide those after it.
        let alone = Invoice {
            lines: vec![line.clone()],
            ..invoice.clone()
        };
        let mut trace = Trace::on();
        if let Err(reason) = mapping.draft_lines(&alone, chart, &mut trace) {
            reached.extend(reason.place);
        }
        reached.extend(trace.steps().into_iter().filter_map(|s| match s.origin {
            Origin::Mapping { place, .. } => Some(place),
            _ => None,
        }));
    }
}
