//! `crossfoot history TENANT [--run R]`: the last runs, or what one run did.
//!
//! With `--json`: a [`HistoryAnswer`].

use super::exit::Exit;
use super::invocation::Invocation;
use super::table::TextTable;
use super::words::{counts, when};
use crate::service::desk::history::{HistoryAnswer, history, run_of};
use crate::service::desk::runs::LineTold;
use crate::service::{NotDone, OpenAs};

/// Which.
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// The tenant
    pub tenant: String,
    /// Show what this run did; `last` for the newest
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// How many runs
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub most: usize,
}

/// Shows them.
///
/// # Errors
/// There is no such tenant or run, or the store cannot be read.
pub async fn run(cx: &Invocation, args: &HistoryArgs) -> Result<Exit, NotDone> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
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
