//! `crossfoot history TENANT [--run R]`: the last runs, or what one run did. `crossfoot history [TENANT] --day D`: what was done
//! on a day, of every tenant, each in its own time.
//!
//! With `--json`: a [`HistoryAnswer`], or with `--day` a [`DayAnswer`](crate::service::desk::day::DayAnswer).

use super::exit::Exit;
use super::invocation::Invocation;
use super::table::TextTable;
use super::text::{SafeLine, short};
use super::words::{became, counts, money, when};
use crate::model::Became;
use crate::service::desk::day::{TenantDay, WhichDay, day};
use crate::service::desk::history::{HistoryAnswer, history, run_of};
use crate::service::desk::runs::LineTold;
use crate::service::{NotDone, OpenAs};

/// The most of a customer's name.
const MOST_NAME: usize = 28;

/// Which.
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// The tenant; all of them with `--day` and without one
    #[arg(required_unless_present = "day")]
    pub tenant: Option<String>,
    /// Show what this run did; `last` for the newest
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Show what was done on this day: `today`, `yesterday` or a date
    #[arg(long, value_name = "DAY", value_parser = which_day, conflicts_with_all = ["run", "most"])]
    pub day: Option<WhichDay>,
    /// How many runs
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub most: usize,
}

/// Shows them.
///
/// # Errors
/// There is no such tenant or run, or the store cannot be read.
pub async fn run(cx: &Invocation, args: &HistoryArgs) -> Result<Exit, NotDone> {
    if let Some(which) = args.day {
        return the_day(cx, args.tenant.as_slice(), which).await;
    }
    let name = args.tenant.as_deref().unwrap_or_default();
    let tenant = cx.workspace()?.tenant(name)?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = match &args.run {
        Some(wanted) => run_of(&engine, &tenant, wanted).await?,
        None => history(&engine, &tenant, args.most).await?,
    };
    match &answer.lines {
        Some(lines) => show_run(cx, &answer, lines),
        None => show(cx, &answer),
    }
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}

fn which_day(text: &str) -> Result<WhichDay, String> {
    match text {
        "today" => Ok(WhichDay::Today),
        "yesterday" => Ok(WhichDay::Yesterday),
        date => (date.parse().map(WhichDay::On))
            .map_err(|_| "say today, yesterday or a date such as 2026-07-15".to_owned()),
    }
}

async fn the_day(cx: &Invocation, tenants: &[String], which: WhichDay) -> Result<Exit, NotDone> {
    let tenants = cx.halves(tenants)?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = day(&engine, tenants, which).await?;
    for (n, told) in answer.tenants.iter().enumerate() {
        if n > 0 {
            cx.out.gap();
        }
        show_day(cx, told);
    }
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}

fn show_day(cx: &Invocation, told: &TenantDay) {
    let head = SafeLine::new().bold(told.tenant.as_str());
    let when = format!("  {} ({})", told.day, told.zone);
    if told.lines.is_empty() {
        cx.out.line(head.plain(format!("{when}: nothing was done")));
        return;
    }
    cx.out.line(head.plain(when));
    let heads = ["at", "what", "became", "amount", "customer", "why"];
    let mut table = TextTable::new(&heads).right(&[3]);
    for l in &told.lines {
        let amount = l.amount.map(|a| money(&l.currency, a).trim().to_owned());
        let now = l.numbered.as_ref().map(|n| format!(" ({n} there)"));
        let of = match l.document.as_str() {
            "" => l.object.clone(),
            number if l.object.ends_with(&format!(" {number}")) => l.object.clone(),
            number => format!("{} of {number}", l.object),
        };
        let of = of + now.as_deref().unwrap_or_default();
        // An id of the ledger says nothing to a person who looks at the day.
        let why = match l.action {
            Became::Created | Became::Updated | Became::Adopted | Became::Found => "",
            _ => l.detail.as_str(),
        };
        let (did, whose) = (became(l.action), short(&l.contact, MOST_NAME));
        table.row([&l.local, &of, did, &amount.unwrap_or_default(), &whose, why]);
    }
    cx.out.table(&table);
}

fn show(cx: &Invocation, answer: &HistoryAnswer) {
    let mut table = TextTable::new(&["started", "run", "what began it", "what it did"]);
    for r in &answer.runs {
        let started = r.started.map(when).unwrap_or_default();
        let did = match &r.stopped {
            Some(why) => format!("{}; stopped: {why}", counts(&r.counts)),
            None => counts(&r.counts),
        };
        table.row([started.as_str(), &r.id, &r.trigger, &did]);
    }
    cx.out.table(&table);
    if answer.runs.is_empty() {
        cx.out.line(format!("{} has not run yet", answer.tenant));
    }
}

fn show_run(cx: &Invocation, answer: &HistoryAnswer, lines: &[LineTold]) {
    let mut table = TextTable::new(&["at", "what", "became", "why"]);
    for l in lines {
        table.row([&when(l.at), &l.object, l.action.as_str(), &l.detail]);
    }
    for run in &answer.runs {
        let did = counts(&run.counts);
        cx.out
            .line(format!("run {} ({}): {did}", run.id, run.trigger));
        if let Some(why) = &run.stopped {
            cx.out.line(format!("stopped: {why}"));
        }
    }
    cx.out.table(&table);
}
