//! `crossfoot plan TENANT [--only N]`: what a sync would do, decided on a copy of the store; nothing is posted.
//!
//! With `--json`: `{"tenant", "documents": [{"number", "action", "waits", "date", "currency", "total", "contact", "reason",
//! "payments": [{"id", "date", "amount", "state", "reason"}], "new_contact", "changes": [{"field", "was", "becomes", "by"}]}],
//! "totals": [{"action", "documents", "currency", "total"}], "calls": {SYSTEM: N}}`. `action` is `create`, `update`,
//! `payments`, `unchanged`, `skip`, `hold` or `refuse`. Exit code 1 when something would be held or refused.

use super::fields::{Change, changes, line_ids, named};
use super::rehearsal::Rehearsal;
use super::text::{Line, count, short};
use super::{Bar, Context, Exit, Failure, Table, out};
use crate::model::money::show as amount;
use crate::model::{DocState, Draft, Kind, Reason, TenantId, WriteState};
use crate::pipeline::ports::{DocRow, Documents as _, PaymentNote, Written as _};
use crate::pipeline::tenant::Done;
use crate::pipeline::write::WriteRow;
use crate::service::Engine;
use crate::store::OpenAs;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// The most documents that are looked at.
const MOST: usize = 1_000_000;

/// What to rehearse.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// Only this invoice, with every field
    #[arg(long, value_name = "NUMBER")]
    pub only: Option<String>,
}

/// What would become of one document.
#[derive(Debug, Clone, Serialize)]
pub struct Planned {
    number: String,
    action: &'static str,
    waits: bool,
    date: Option<chrono::NaiveDate>,
    currency: String,
    total: Decimal,
    contact: String,
    reason: Option<Reason>,
    warnings: Vec<Reason>,
    payments: Vec<PaymentNote>,
    new_contact: bool,
    changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
struct Total {
    action: &'static str,
    documents: u64,
    currency: String,
    total: Decimal,
}

/// Rehearses.
///
/// # Errors
/// As the flow.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Reader).await?;
    let tenant = loaded.mapping.tenant.clone();
    let folder = Rehearsal::of(&engine)?;
    let bar = Bar::of(cx, tenant.as_str());
    let rehearsed = engine
        .rehearse(&loaded, args.only.clone(), folder.path(), &|s| bar.step(s))
        .await;
    bar.done();
    let (copy, done) = rehearsed?;
    let documents = planned(&copy, &tenant, &done, args.only.as_deref()).await?;
    copy.store().close().await;
    let totals = totals(&documents);
    show(cx, &tenant, &documents, &totals, args.only.is_some());
    cx.out.json(&json!({"tenant": tenant, "documents": documents, "totals": totals, "calls": done.run.calls}))?;
    let stuck = documents
        .iter()
        .any(|d| matches!(d.action, "hold" | "refuse"))
        || documents
            .iter()
            .any(|d| d.payments.iter().any(|p| p.state == "held"));
    Ok(if stuck { Exit::Attention } else { Exit::Fine })
}

/// What the copy decided on, and what waits or is ready from earlier runs.
async fn planned(
    copy: &Engine,
    tenant: &TenantId,
    done: &Done,
    only: Option<&str>,
) -> Result<Vec<Planned>, Failure> {
    let mut rows = copy.store().documents(tenant, &[], MOST).await?;
    if let Some(only) = only {
        let wanted = copy
            .store()
            .document(tenant, only)
            .await?
            .map(|r| r.source_id);
        rows.retain(|r| Some(&r.source_id) == wanted.as_ref());
    }
    let began = done.run.started;
    let mut out = Vec::new();
    for row in rows {
        let waiting = matches!(row.state, DocState::Approved | DocState::Checked);
        let now = Some(row.changed_at) >= began;
        if waiting || now || only.is_some() {
            out.push(one(copy, tenant, row, only.is_some()).await?);
        }
    }
    out.sort_by(|a, b| (a.date, &a.number).cmp(&(b.date, &b.number)));
    Ok(out)
}

async fn one(copy: &Engine, tenant: &TenantId, row: DocRow, all: bool) -> Result<Planned, Failure> {
    let store = copy.store();
    let note = store.decision(tenant, row.kind, &row.source_id).await?;
    let writes = store.writes(tenant, &row.source_id).await?;
    let unsent = |w: &&WriteRow| matches!(w.state, WriteState::Planned | WriteState::Ready);
    let ours: Vec<&WriteRow> = writes.iter().filter(unsent).collect();
    let document = ours.iter().find(|w| w.kind == Kind::Invoice);
    let update = document.is_some_and(|w| !w.needs.update_id.is_empty());
    let action = match row.state {
        DocState::Skipped => "skip",
        DocState::Refused => "refuse",
        DocState::Held if ours.is_empty() => "hold",
        _ if update => "update",
        _ if document.is_some() => "create",
        _ if ours.is_empty() => "unchanged",
        _ => "payments",
    };
    let drafts: Vec<Draft> = ours.iter().map(|w| w.draft.clone()).collect();
    let trace = note
        .as_ref()
        .map(|n| n.trace.as_slice())
        .unwrap_or_default();
    let steps = named(trace, &line_ids(&drafts));
    let changed = match document {
        Some(w) if update || all => changes(last_linked(&writes), &w.draft, &steps),
        _ => Vec::new(),
    };
    Ok(Planned {
        action,
        waits: row.state == DocState::Checked,
        date: row.date,
        currency: row.currency,
        total: row.total,
        contact: row.contact,
        reason: row.reason,
        warnings: note
            .as_ref()
            .map(|n| n.warnings.clone())
            .unwrap_or_default(),
        payments: note.map(|n| n.payments).unwrap_or_default(),
        new_contact: ours
            .iter()
            .any(|w| w.kind == Kind::Contact && w.needs.update_id.is_empty()),
        changes: changed,
        number: row.number,
    })
}

/// The invoice as it was last posted.
fn last_linked(writes: &[WriteRow]) -> Option<&Draft> {
    let linked = |w: &&WriteRow| w.kind == Kind::Invoice && w.state == WriteState::Linked;
    writes
        .iter()
        .filter(linked)
        .max_by_key(|w| w.id)
        .map(|w| &w.draft)
}

fn totals(documents: &[Planned]) -> Vec<Total> {
    let mut sums: BTreeMap<(usize, &'static str, &str), (u64, Decimal)> = BTreeMap::new();
    for d in documents {
        let order = [
            "create",
            "update",
            "payments",
            "unchanged",
            "skip",
            "hold",
            "refuse",
        ];
        let place = order
            .iter()
            .position(|a| *a == d.action)
            .unwrap_or(order.len());
        let sum = sums.entry((place, d.action, &d.currency)).or_default();
        *sum = (sum.0 + 1, sum.1 + d.total);
    }
    let total = |((_, action, currency), (documents, total)): (_, _)| {
        let currency: &str = currency;
        Total {
            action,
            documents,
            currency: currency.to_owned(),
            total,
        }
    };
    sums.into_iter().map(total).collect()
}

fn show(cx: &Context, tenant: &TenantId, documents: &[Planned], totals: &[Total], only: bool) {
    if documents.is_empty() {
        cx.out.line(format!("{tenant}: nothing to do"));
        return;
    }
    let mut table = Table::new(&["", "number", "date", "total", "contact", ""]).right(&[3]);
    for d in documents.iter().filter(|d| d.action != "unchanged" || only) {
        let date = d.date.map(|d| d.to_string()).unwrap_or_default();
        let total = money(&d.currency, d.total);
        let name = short(&d.contact, 32);
        table.row([d.action, &d.number, &date, &total, &name, &remark(d)]);
    }
    cx.out.table(&table);
    for d in documents.iter().filter(|d| !d.changes.is_empty()) {
        cx.out.gap();
        cx.out
            .line(Line::new().bold(&d.number).plain(if d.action == "update" {
                " changes:"
            } else {
                " will be:"
            }));
        cx.out.table(&diff(&d.changes));
    }
    if only {
        for reason in documents.iter().filter_map(|d| d.reason.as_ref()) {
            cx.out.line(format!("   = fix: {}", reason.fix));
        }
    }
    cx.out.gap();
    for t in totals {
        let sum = money(&t.currency, t.total);
        let style = match t.action {
            "hold" => out::YELLOW,
            "refuse" => out::RED,
            _ => anstyle::Style::new(),
        };
        let line = Line::new().styled(style, format!("{:9}", t.action));
        cx.out.line(line.plain(format!(
            " {:>16}  {sum}",
            count(t.documents, "document", "documents")
        )));
    }
    cx.out.line("nothing was written");
}

fn diff(changes: &[Change]) -> Table {
    let mut table = Table::new(&["field", "was", "becomes", "set by"]);
    for c in changes {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        table.row([&c.field, &text(&c.was), &text(&c.becomes), &text(&c.by)]);
    }
    table
}

fn remark(d: &Planned) -> String {
    let mut parts = Vec::new();
    if let Some(reason) = &d.reason {
        parts.push(reason.to_string());
    }
    parts.extend(d.warnings.iter().map(|w| format!("warning: {w}")));
    if d.new_contact && d.action == "create" {
        parts.push("new contact".to_owned());
    }
    let planned = d.payments.iter().filter(|p| p.state == "planned").count() as u64;
    if planned > 0 && matches!(d.action, "create" | "update" | "payments") {
        parts.push(count(planned, "payment", "payments"));
    }
    parts.join("; ")
}

/// An amount in its currency, as people read it.
pub fn money(currency: &str, value: Decimal) -> String {
    format!("{currency} {}", amount(value))
}
