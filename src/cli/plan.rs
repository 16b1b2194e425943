//! `crossfoot plan TENANT [--only N]`: what a sync would do, decided in a rehearsal of the store; nothing is posted. Many
//! documents are told by cause, and with `--all` one by one.
//!
//! With `--json`: a [`PlanAnswer`]. Exit code 1 when something would be held or refused.

use super::exit::Exit;
use super::invocation::Invocation;
use super::out;
use super::plan_first;
use super::plan_sums::{MOST, by_cause};
use super::progress::Bar;
use super::table::TextTable;
use super::text::{SafeLine, count, short};
use super::waiting;
use super::words::{held, known, money, which, whom};
use crate::model::FoundBy;
use crate::service::desk::fields::FieldShown;
use crate::service::desk::plan::{PlanAction, PlanAnswer, PlannedDocument, plan};
use crate::service::{NotDone, OpenAs};

/// What to rehearse.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// The tenant
    pub tenant: String,
    /// Only this invoice, with every field
    #[arg(long, value_name = "NUMBER")]
    pub only: Option<String>,
    /// Each document in a line, however many there are
    #[arg(long, conflicts_with = "only")]
    pub all: bool,
}

/// Rehearses.
///
/// # Errors
/// As the flow.
pub async fn run(cx: &Invocation, args: &PlanArgs) -> Result<Exit, NotDone> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
    let bar = Bar::of(cx, loaded.mapping.tenant.as_str(), engine.waits());
    let only = args.only.as_deref();
    let answer = plan(&engine, &loaded, only, &|s| bar.step(s)).await;
    bar.done();
    let answer = answer?;
    show(cx, &answer, (only.is_some(), args.all));
    if let Some(back) = &answer.back {
        cx.out.gap();
        cx.out.line(
            SafeLine::new()
                .bold(back.tenant.as_str())
                .plain(": what comes back"),
        );
        show(cx, back, (false, args.all));
    }
    if let Some(first) = &answer.first {
        plan_first::show(cx, &answer.tenant, first);
    }
    if let Some(e) = &answer.edited {
        let by: Vec<String> = e.by.iter().map(|(what, n)| format!("{what} {n}")).collect();
        cx.out.line(format!(
            "{} would come out differently by the file as it is now ({}); they stay as they are: `crossfoot resend {}` shows and sends them",
            count(e.documents, "posted document", "posted documents"),
            by.join(", "),
            answer.tenant
        ));
    }
    cx.out.json(&answer)?;
    Ok(Exit::unless(answer.stuck()))
}

fn show(cx: &Invocation, answer: &PlanAnswer, (only, all): (bool, bool)) {
    let documents = &answer.documents;
    if answer.reads_first > 1 {
        let pages = count(answer.reads_first, "page", "pages");
        cx.out.line(format!(
            "the first sync reads {pages} of the ledger's papers first, and later ones only what changed"
        ));
    }
    for bad in &answer.unreadable {
        let told = SafeLine::new().styled(out::YELLOW, "cannot be read");
        cx.out
            .line(told.plain(format!(": {}: {}", bad.named(), bad.what)));
        cx.out.line(format!("   = fix: {}", bad.fix));
    }
    if documents.is_empty() {
        let waits = held(&answer.held);
        if answer.unreadable.is_empty() {
            // A sync would do nothing, and a person may have to.
            let what = match waits {
                Some(_) => "nothing to do that goes by itself",
                None => "nothing to do",
            };
            cx.out.line(format!("{}: {what}", answer.tenant));
        }
        // Payments wait for a word whether or not a document has anything to do.
        waiting::show(cx, &answer.tenant, &answer.payments_waiting);
        if let Some(line) = waits {
            cx.out.line(line);
        }
        if !answer.unreadable.is_empty() {
            cx.out.line("nothing was written");
        }
        return;
    }
    let shown = |d: &&PlannedDocument| d.action != PlanAction::Unchanged || only;
    let shown: Vec<&PlannedDocument> = documents.iter().filter(shown).collect();
    if shown.len() > MOST && !all {
        cx.out.table(&by_cause(&shown));
        let many = count(shown.len() as u64, "document", "documents");
        cx.out.line(format!(
            "each of the {many}: `crossfoot plan {} --all`",
            answer.tenant
        ));
    } else {
        show_each(cx, &shown);
    }
    if only {
        for found in documents.iter().filter_map(|d| d.found.as_ref()) {
            cx.out.line(whom(found));
        }
        for item in documents.iter().flat_map(|d| &d.items) {
            cx.out.line(which(item));
        }
        for reason in documents.iter().filter_map(|d| d.reason.as_ref()) {
            cx.out.line(format!("   = fix: {}", reason.fix));
        }
    }
    cx.out.gap();
    show_totals(cx, answer);
    waiting::show(cx, &answer.tenant, &answer.payments_waiting);
    if let Some(line) = held(&answer.held) {
        cx.out.line(line);
    }
    cx.out.line("nothing was written");
}

/// Documents one by one, and what would be changed of each.
fn show_each(cx: &Invocation, documents: &[&PlannedDocument]) {
    let mut table = TextTable::new(&["", "number", "date", "total", "contact", ""]).right(&[3]);
    for d in documents {
        let date = d.date.map(|d| d.to_string()).unwrap_or_default();
        let total = known(&d.currency, d.total);
        let name = short(&d.contact, 32);
        let action = d.action.as_str();
        table.row([action, &d.number, &date, &total, &name, &remark(d)]);
    }
    cx.out.table(&table);
    for d in documents.iter().filter(|d| !d.changes.is_empty()) {
        cx.out.gap();
        let what = match d.action {
            PlanAction::Update => " changes:",
            _ => " will be:",
        };
        cx.out.line(SafeLine::new().bold(&d.number).plain(what));
        cx.out.table(&diff(&d.changes));
    }
}

fn show_totals(cx: &Invocation, answer: &PlanAnswer) {
    for t in &answer.totals {
        let sum = money(&t.currency, t.total);
        let style = match t.action {
            PlanAction::Hold => out::YELLOW,
            PlanAction::Refuse => out::RED,
            _ => anstyle::Style::new(),
        };
        let line = SafeLine::new().styled(style, format!("{:9}", t.action));
        cx.out.line(line.plain(format!(
            " {:>16}  {sum}",
            count(t.documents, "document", "documents")
        )));
    }
}

fn diff(changes: &[FieldShown]) -> TextTable {
    let mut table = TextTable::new(&["field", "was", "becomes", "set by"]);
    for c in changes {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        table.row([&c.field, &text(&c.was), &text(&c.becomes), &text(&c.by)]);
    }
    table
}

fn remark(d: &PlannedDocument) -> String {
    let mut parts = Vec::new();
    if let Some(reason) = &d.reason {
        parts.push(reason.to_string());
    }
    parts.extend(d.warnings.iter().map(|w| format!("warning: {w}")));
    use PlanAction::{Contact, Create, Payments, Update};
    let goes = [Create, Update, Payments, Contact];
    let number = d.ledger_number.as_ref();
    parts.extend(number.map(|n| format!("as {n}")));
    let same = d.ledger_contact == d.contact;
    match &d.found {
        _ if d.new_contact && d.action == PlanAction::Create && same => {
            parts.push("new contact".to_owned());
        }
        _ if d.new_contact && d.action == PlanAction::Create => {
            parts.push(format!("new contact \"{}\"", d.ledger_contact));
        }
        // Its own, as every time: nothing to look at.
        Some(f) if matches!(f.by, FoundBy::Link | FoundBy::Number) && f.name == d.contact => {}
        Some(f) if goes.contains(&d.action) => {
            parts.push(format!("contact \"{}\" by {}", f.name, f.by))
        }
        _ => {}
    }
    let planned = d.payments.iter().filter(|p| p.state == "planned").count() as u64;
    if planned > 0 && goes.contains(&d.action) {
        parts.push(count(planned, "payment", "payments"));
    }
    let held = d.payments.iter().filter(|p| p.state == "held");
    for reason in held.filter_map(|p| p.reason.as_ref()) {
        if d.reason.as_ref() != Some(reason) {
            parts.push(format!("payment held: {reason}"));
        }
    }
    for (state, word) in [
        ("waits", "waiting"),
        ("refused", "refused"),
        ("skipped", "left out"),
    ] {
        let n = d.payments.iter().filter(|p| p.state == state).count() as u64;
        if n > 0 && d.action != PlanAction::Skip {
            parts.push(format!("{} {word}", count(n, "payment", "payments")));
        }
    }
    parts.join("; ")
}
