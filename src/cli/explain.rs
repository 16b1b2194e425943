//! `crossfoot explain TENANT N`: of any number, what became of it, what set each field, and what to do.
//!
//! A number the store does not know is read from the source there and then and decided on, on a copy, so that even
//! what was never selected is explained; nothing is kept of it.
//!
//! With `--json`: `{"tenant", "number", "order", "id", "state", "reason": {"code", "what", "fix", "place"} | null, "date",
//! "currency", "total", "contact", "rehearsed": BOOL, "outdated": BOOL, "run", "ledger": {"id", "number"} | null,
//! "fields": [{"field", "value", "by", "instead_of": [{"value", "by"}]}], "payments": [..], "writes": [{"kind", "what",
//! "state", "key", "sent", "attempt", "ledger_id"}], "printed": [TEXT], "warnings": [..], "next", "fix"}`.

use super::fields::{line_ids, named, origin};
use super::history::when;
use super::plan::money;
use super::rehearsal::Rehearsal;
use super::text::Line;
use super::{Context, Exit, Failure, Table, out};
use crate::model::{DocState, Kind, Reason, SourceId, TenantId, TraceStep, WriteState};
use crate::pipeline::ports::{DecisionNote, DocRow, Documents as _, PaymentNote, Written as _};
use crate::pipeline::write::WriteRow;
use crate::service::{Engine, Loaded};
use crate::store::OpenAs;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;

/// Which document.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// The invoice's number or id, or its order's
    pub number: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Setter {
    value: String,
    by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Field {
    field: String,
    value: String,
    by: String,
    instead_of: Vec<Setter>,
}

#[derive(Debug, Clone, Serialize)]
struct WriteTold {
    kind: Kind,
    what: &'static str,
    state: WriteState,
    key: String,
    sent: Option<DateTime<Utc>>,
    attempt: u32,
    ledger_id: String,
}

#[derive(Debug, Clone, Serialize)]
struct Ledger {
    id: String,
    number: String,
}

#[derive(Debug, Clone, Serialize)]
struct Told {
    tenant: TenantId,
    number: String,
    order: String,
    id: SourceId,
    state: DocState,
    reason: Option<Reason>,
    date: Option<NaiveDate>,
    currency: String,
    total: Decimal,
    contact: String,
    rehearsed: bool,
    outdated: bool,
    run: String,
    ledger: Option<Ledger>,
    fields: Vec<Field>,
    payments: Vec<PaymentNote>,
    writes: Vec<WriteTold>,
    printed: Vec<String>,
    warnings: Vec<Reason>,
    next: String,
    fix: String,
}

/// Explains it.
///
/// # Errors
/// There is no such tenant, or neither store nor source know the number.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Reader).await?;
    let tenant = &loaded.mapping.tenant;
    let told = match engine.store().document(tenant, &args.number).await? {
        Some(row) if row.decided.is_some() => told(&engine, &loaded, row, false).await?,
        _ => rehearsed(&engine, &loaded, &args.number).await?,
    };
    show(cx, &told);
    cx.out.json(&told)?;
    let stuck = matches!(told.state, DocState::Held | DocState::Refused);
    Ok(if stuck { Exit::Attention } else { Exit::Fine })
}

async fn rehearsed(engine: &Engine, loaded: &Loaded, number: &str) -> Result<Told, Failure> {
    let folder = Rehearsal::of(engine)?;
    let (copy, done) = engine
        .rehearse(loaded, Some(number.to_owned()), folder.path(), &|_| {})
        .await?;
    let row = copy
        .store()
        .document(&loaded.mapping.tenant, number)
        .await?;
    let told = match row {
        Some(row) => told(&copy, loaded, row, true).await,
        None => {
            let bad = done.lines.iter().find(|l| l.action == "unreadable");
            let what = bad.map_or("it was not found", |l| l.detail.as_str());
            Err(Failure::new(Exit::Attention, what, "").at(number.to_owned()))
        }
    };
    copy.store().close().await;
    told
}

async fn told(
    engine: &Engine,
    loaded: &Loaded,
    row: DocRow,
    rehearsed: bool,
) -> Result<Told, Failure> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let note = store.decision(tenant, row.kind, &row.source_id).await?;
    let writes = store.writes(tenant, &row.source_id).await?;
    let link = store.link(tenant, row.kind, &row.source_id).await?;
    let mut shown = Vec::new();
    for w in &writes {
        let link = store.link(tenant, w.kind, &w.source_id).await?;
        shown.push(write(w, link.map(|l| l.target_id).unwrap_or_default()));
    }
    let outdated = note.as_ref().is_some_and(|n| n.config != loaded.config)
        || row.decided.as_ref() != Some(&row.version);
    let (next, fix) = next(tenant, &row, &writes, outdated, rehearsed);
    let mut note = note.unwrap_or_else(|| blank(loaded));
    // The decision planned them; what became of them since is in the journal.
    for p in note.payments.iter_mut().filter(|p| p.state == "planned") {
        let write = writes
            .iter()
            .find(|w| w.kind == Kind::Payment && w.source_id.0 == p.id);
        p.state = match write.map(|w| w.state) {
            Some(WriteState::Linked) => "posted".into(),
            Some(state) => state.to_string().replace('_', " "),
            None => continue,
        };
    }
    Ok(Told {
        tenant: tenant.clone(),
        number: row.number,
        order: row.also,
        id: row.source_id,
        state: row.state,
        reason: row.reason,
        date: row.date,
        currency: row.currency,
        total: row.total,
        contact: row.contact,
        rehearsed,
        outdated,
        fields: fields(&named(&note.trace, &line_ids(&note.drafts))),
        run: note.run,
        ledger: link.map(|l| Ledger {
            id: l.target_id,
            number: l.target_number,
        }),
        payments: note.payments,
        writes: shown,
        printed: note.printed,
        warnings: note.warnings,
        next,
        fix,
    })
}

fn blank(loaded: &Loaded) -> DecisionNote {
    DecisionNote {
        config: loaded.config.clone(),
        facts: loaded.config.clone(),
        source: loaded.config.clone(),
        run: String::new(),
        trace: Vec::new(),
        payments: Vec::new(),
        printed: Vec::new(),
        warnings: Vec::new(),
        drafts: Vec::new(),
        held: None,
    }
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

/// Each field with what set it last, and what was set before.
fn fields(steps: &[TraceStep]) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    for s in steps {
        let (value, by) = (s.value.clone(), origin(&s.origin));
        match out.iter_mut().find(|f| f.field == s.field) {
            Some(f) => {
                let old = Setter {
                    value: std::mem::replace(&mut f.value, value),
                    by: std::mem::replace(&mut f.by, by),
                };
                f.instead_of.push(old);
            }
            None => out.push(Field {
                field: s.field.clone(),
                value,
                by,
                instead_of: Vec::new(),
            }),
        }
    }
    out
}

/// What happens next, and what a person can do.
fn next(
    tenant: &TenantId,
    row: &DocRow,
    writes: &[WriteRow],
    outdated: bool,
    rehearsed: bool,
) -> (String, String) {
    let fix = row
        .reason
        .as_ref()
        .map(|r| r.fix.clone())
        .unwrap_or_default();
    if rehearsed {
        return (
            "it has not been read by a sync yet: this is what the next one would decide".into(),
            fix,
        );
    }
    if outdated {
        let what =
            "the document, the mapping or a rule has changed since: the next sync decides again";
        return (what.into(), fix);
    }
    let doubt = |w: &&WriteRow| {
        matches!(
            w.state,
            WriteState::InDoubt | WriteState::Verifying | WriteState::Sent
        )
    };
    if let Some(w) = writes.iter().find(doubt) {
        let until = w
            .not_before
            .map(|t| format!(", not before {}", when(t)))
            .unwrap_or_default();
        return (
            format!(
                "a write is in doubt: the next sync looks it up{until}; it is never sent blindly again"
            ),
            fix,
        );
    }
    let what = match row.state {
        DocState::Seen | DocState::Selected | DocState::Drafted => "the next sync decides on it".to_owned(),
        DocState::Checked => "it waits for a person's word".to_owned(),
        DocState::Approved => "it goes at the next sync".to_owned(),
        DocState::Posted | DocState::Verified => "nothing: a change in the source is sent if the file says so".to_owned(),
        DocState::Skipped => "nothing: it is not wanted; a change to it, the file or a rule makes it be looked at again".to_owned(),
        DocState::Held => format!("it waits for a person; then `crossfoot retry {tenant} {}`", row.number),
        DocState::Refused => format!("it cannot go as it is; after a change `crossfoot retry {tenant} {}`", row.number),
        DocState::Undone => "nothing: it was taken back".to_owned(),
    };
    (what, fix)
}

fn show(cx: &Context, t: &Told) {
    // What has no invoice yet is called by its order.
    let of_order = t.number == format!("order-{}", t.order);
    let word = if of_order { "" } else { "invoice " };
    let head = Line::new().bold(format!("{word}{}", t.number));
    let order = if t.order.is_empty() || t.order == t.number || of_order {
        String::new()
    } else {
        format!(" (order {})", t.order)
    };
    let date = t.date.map(|d| d.to_string()).unwrap_or_default();
    cx.out.line(head.plain(format!(
        "{order}  {date}  {}  {}",
        money(&t.currency, t.total),
        t.contact
    )));
    let style = match t.state {
        DocState::Held => out::YELLOW,
        DocState::Refused => out::RED,
        DocState::Posted | DocState::Verified => out::GREEN,
        _ => anstyle::Style::new().bold(),
    };
    let state = Line::new().plain("state: ").styled(style, t.state.as_str());
    cx.out.line(match &t.reason {
        Some(r) => state.plain(format!(": {r}")),
        None => state,
    });
    if let Some(place) = t.reason.as_ref().and_then(|r| r.place.as_ref()) {
        cx.out.line(format!("  --> {place}"));
    }
    if let Some(l) = &t.ledger {
        cx.out.line(format!("ledger: {} (id {})", l.number, l.id));
    }
    cx.out.line(format!("next: {}", t.next));
    if !t.fix.is_empty() {
        cx.out.line(format!("   = fix: {}", t.fix));
    }
    for w in &t.warnings {
        let told = Line::new().styled(out::YELLOW, "warning");
        cx.out.line(told.plain(format!(": {w}")));
        cx.out.line(format!("   = fix: {}", w.fix));
    }
    show_fields(cx, &t.fields);
    show_money(cx, t);
    for p in &t.printed {
        cx.out.line(format!("a rule printed: {p}"));
    }
}

fn show_fields(cx: &Context, fields: &[Field]) {
    if fields.is_empty() {
        return;
    }
    let mut table = Table::new(&["field", "value", "set by"]);
    for f in fields {
        table.row([&f.field, &f.value, &f.by]);
        for old in f.instead_of.iter().rev() {
            table.row([
                String::new(),
                format!("instead of {}", old.value),
                old.by.clone(),
            ]);
        }
    }
    cx.out.gap();
    cx.out.table(&table);
}

fn show_money(cx: &Context, t: &Told) {
    if !t.payments.is_empty() {
        let mut table = Table::new(&["payment", "date", "amount", "state", "why"]).right(&[2]);
        for p in &t.payments {
            let why = p.reason.as_ref().map(Reason::to_string).unwrap_or_default();
            let amount = money(&t.currency, p.amount);
            table.row([&p.id, &p.date.to_string(), &amount, &p.state, &why]);
        }
        cx.out.gap();
        cx.out.table(&table);
    }
    if !t.writes.is_empty() {
        let mut table = Table::new(&["write", "", "state", "sent", "ledger id"]);
        for w in &t.writes {
            let sent = w.sent.map(when).unwrap_or_default();
            table.row([
                w.kind.as_str(),
                w.what,
                w.state.as_str(),
                &sent,
                &w.ledger_id,
            ]);
        }
        cx.out.gap();
        cx.out.table(&table);
    }
}
