//! `crossfoot explain [TENANT] N`: of any number, what became of it, what set each field, and what to do.
//!
//! Without a tenant: of each that has read it. A number may be the source's, its order's, or the ledger's. With `--source`:
//! what the source says of it, as rules see it, with `--json` a [`RecordTold`]. A number the store does not know is read from the source there and then and decided on, in a rehearsal; nothing is kept of
//! it. With `--json`: an [`Explanation`].

use super::exit::Exit;
use super::invocation::Invocation;
use super::out;
use super::table::TextTable;
use super::text::SafeLine;
use super::words::{drift, known, money, when, which, whom};
use crate::model::cure::quoted;
use crate::model::{DocState, Reason};
use crate::service::desk::explain::{Explanation, SetField, everywhere, explain};
use crate::service::desk::found::holders;
use crate::service::desk::payments::PaymentTold;
use crate::service::desk::record::{RecordTold, record};
use crate::service::{NotDone, OpenAs};

/// Which document.
#[derive(Debug, clap::Args)]
#[command(override_usage = "crossfoot explain [TENANT] <NUMBER> [--source]")]
pub struct ExplainArgs {
    /// The tenant, if it is known, and the invoice's number or id, its order's, or the ledger's number; a contact by `contact:ID`
    #[arg(value_name = "[TENANT] NUMBER", num_args = 1..=2, required = true)]
    pub which: Vec<String>,
    /// Show what the source says of it, with the expressions that read it in a rule
    #[arg(long)]
    pub source: bool,
}

/// Explains it.
///
/// # Errors
/// There is no such tenant, or neither store nor source know the number.
pub async fn run(cx: &Invocation, args: &ExplainArgs) -> Result<Exit, NotDone> {
    let (tenant, number) = match args.which.as_slice() {
        [number] => return without_tenant(cx, number, args.source).await,
        [tenant, number] => (tenant, number),
        _ => return Err(NotDone::wrong("no number was named", "name one")),
    };
    let (engine, loaded) = cx.tenant(tenant, OpenAs::Reader).await?;
    if args.source {
        let told = record(&engine, &loaded, number).await?;
        show_record(cx, &told);
        cx.out.json(&told)?;
        return Ok(Exit::Fine);
    }
    let told = explain(&engine, &loaded, number).await?;
    show(cx, &told);
    cx.out.json(&told)?;
    Ok(Exit::unless(told.stuck()))
}

/// Of whichever tenants know the number.
async fn without_tenant(cx: &Invocation, number: &str, source: bool) -> Result<Exit, NotDone> {
    let tenants = cx.halves(&[])?;
    let engine = cx.engine(OpenAs::Reader).await?;
    if source {
        let held = holders(&engine, tenants, number).await?;
        let [(loaded, row)] = held.as_slice() else {
            let what = format!("{} tenants have read {number}", held.len());
            let fix = format!(
                "name one: `crossfoot explain TENANT {} --source`",
                quoted(number)
            );
            return Err(NotDone::wrong(what, fix));
        };
        let told = record(&engine, loaded, &row.name()).await?;
        show_record(cx, &told);
        cx.out.json(&told)?;
        return Ok(Exit::Fine);
    }
    let told = everywhere(&engine, tenants, number).await?;
    for (n, one) in told.explanations.iter().enumerate() {
        if n > 0 {
            cx.out.gap();
        }
        cx.out
            .line(SafeLine::new().bold(one.tenant.as_str()).plain(":"));
        show(cx, one);
    }
    cx.out.json(&told)?;
    Ok(Exit::unless(
        told.explanations.iter().any(Explanation::stuck),
    ))
}

/// What the source says: what there is, and then the names of what is empty.
fn show_record(cx: &Invocation, told: &RecordTold) {
    let head = format!("{} {}, as rules see it", told.tenant, told.number);
    cx.out.line(SafeLine::new().bold(head));
    let mut table = TextTable::bare();
    for v in told.values.iter().filter(|v| !v.empty) {
        table.row([&v.path, &v.value]);
    }
    cx.out.table(&table);
    let empty: Vec<&str> = (told.values.iter().filter(|v| v.empty))
        .map(|v| v.path.as_str())
        .collect();
    if !empty.is_empty() {
        cx.out
            .line(SafeLine::new().dim(format!("empty: {}", empty.join(", "))));
    }
}

fn show(cx: &Invocation, t: &Explanation) {
    cx.out.line(head(t));
    if !t.namesakes.is_empty() {
        cx.out.line(format!(
            "other papers have that number too: {}",
            t.namesakes.join(", ")
        ));
    }
    for u in &t.unreadable {
        let told = SafeLine::new().styled(out::RED, "unreadable");
        let what = format!(
            ": {}: {}; what follows is about what it said before",
            u.named(),
            u.what
        );
        cx.out.line(told.plain(what));
        cx.out.line(format!("   = fix: {}", u.fix));
    }
    let style = match t.state {
        DocState::Held => out::YELLOW,
        DocState::Refused => out::RED,
        DocState::Verified => out::GREEN,
        _ => anstyle::Style::new().bold(),
    };
    let state = SafeLine::new()
        .plain("state: ")
        .styled(style, t.state.as_str());
    cx.out.line(match &t.reason {
        Some(r) => state.plain(format!(": {r}")),
        None => state,
    });
    if let Some(place) = t.reason.as_ref().and_then(|r| r.place.as_ref()) {
        cx.out.line(format!("  --> {place}"));
    }
    if let Some(l) = &t.ledger {
        let now = l.now.as_ref().map(|n| format!(", numbered {n} there now"));
        let now = now.unwrap_or_default();
        let number = match l.number.as_str() {
            "" => format!("id {}", l.id),
            number => format!("{number} (id {})", l.id),
        };
        cx.out.line(format!("ledger: {number}{now}"));
    }
    if let Some(found) = &t.found {
        cx.out.line(whom(found));
    }
    for item in &t.items {
        cx.out.line(which(item));
    }
    for d in &t.drifts {
        cx.out.line(drift(d));
    }
    cx.out.line(format!("next: {}", t.next));
    if !t.fix.is_empty() {
        cx.out.line(format!("   = fix: {}", t.fix));
    }
    for w in &t.warnings {
        let told = SafeLine::new().styled(out::YELLOW, "warning");
        cx.out.line(told.plain(format!(": {w}")));
        cx.out.line(format!("   = fix: {}", w.fix));
    }
    show_fields(cx, &t.fields);
    show_money(cx, t);
    for p in &t.printed {
        cx.out.line(format!("a rule printed: {p}"));
    }
}

fn head(t: &Explanation) -> SafeLine {
    // What has no invoice yet is called by its order.
    let of_order = t.number == format!("order-{}", t.order);
    let word = match of_order {
        true => String::new(),
        false => format!("{} ", t.kind.name()),
    };
    let head = SafeLine::new().bold(format!("{word}{}", t.number));
    let order = if t.order.is_empty() || t.order == t.number || of_order {
        String::new()
    } else {
        format!(" (order {})", t.order)
    };
    let date = t.date.map(|d| d.to_string()).unwrap_or_default();
    let more = [date, known(&t.currency, t.total), t.contact.clone()];
    let more: Vec<String> = more.into_iter().filter(|m| !m.is_empty()).collect();
    head.plain(format!("{order}  {}", more.join("  ")))
}

fn show_fields(cx: &Invocation, fields: &[SetField]) {
    if fields.is_empty() {
        return;
    }
    let mut table = TextTable::new(&["field", "value", "set by"]);
    for f in fields {
        table.row([&f.field, &f.value, &f.by]);
        if let Some(now) = &f.now {
            let would = format!("would be {} now", now.value);
            table.row([String::new(), would, now.by.clone()]);
        }
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

/// What ends what holds a payment, where that is not what holds its document.
fn show_cures(cx: &Invocation, t: &Explanation) {
    let stuck = |p: &&PaymentTold| matches!(p.state.as_str(), "held" | "refused");
    for p in t.payments.iter().filter(stuck) {
        let own = p
            .reason
            .as_ref()
            .filter(|r| r.fix != t.fix && !r.fix.is_empty());
        if let Some(own) = own {
            cx.out
                .line(format!("   = fix of payment {}: {}", p.id, own.fix));
        }
    }
}

fn show_money(cx: &Invocation, t: &Explanation) {
    if !t.payments.is_empty() {
        let heads = ["payment", "date", "amount", "state", "why"];
        let mut table = TextTable::new(&heads).right(&[2]);
        for p in &t.payments {
            let why = p.reason.as_ref().map(Reason::to_string).unwrap_or_default();
            let amount = money(&t.currency, p.amount);
            table.row([&p.id, &p.date.to_string(), &amount, &p.state, &why]);
        }
        cx.out.gap();
        cx.out.table(&table);
        show_cures(cx, t);
    }
    if !t.writes.is_empty() {
        let mut table = TextTable::new(&["write", "", "state", "sent", "ledger id"]);
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
