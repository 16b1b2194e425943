//! `crossfoot history TENANT [--run R]`: the last runs, or what one run did.
//!
//! With `--json`: `{"tenant", "runs": [{"id", "trigger", "started", "ended", "counts", "calls", "stopped"}]}`, and with
//! `--run` also `"lines": [{"at", "object", "action", "detail"}]`.

use super::sync::counts;
use super::{Context, Exit, Failure, Table};
use crate::pipeline::ports::Runs as _;
use crate::store::OpenAs;
use serde_json::json;

/// Which.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// Show what this run did; `last` for the newest
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// How many runs
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub most: usize,
}

/// The most runs that are searched for a name.
const MOST: usize = 10_000;

/// Shows them.
///
/// # Errors
/// There is no such tenant or run, or the store cannot be read.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let most = if args.run.is_some() { MOST } else { args.most };
    let mut runs = engine.store().runs(&tenant, most).await?;
    let Some(wanted) = &args.run else {
        let mut table = Table::new(&["started", "run", "what began it", "what it did"]);
        for r in &runs {
            let started = r.started.map(when).unwrap_or_default();
            let did = match &r.stopped {
                Some(why) => format!("{}; stopped: {why}", counts(&r.counts)),
                None => counts(&r.counts),
            };
            table.row([started.as_str(), &r.id, &r.trigger, &did]);
        }
        cx.out.table(&table);
        if runs.is_empty() {
            cx.out.line(format!("{tenant} has not run yet"));
        }
        cx.out.json(&json!({"tenant": tenant, "runs": runs}))?;
        return Ok(Exit::Fine);
    };
    runs.retain(|r| r.id == *wanted || wanted == "last");
    runs.truncate(1);
    let Some(found) = runs.first() else {
        let fix = format!("`crossfoot history {tenant}` lists the runs");
        return Err(Failure::wrong(format!("{tenant} has no run {wanted}"), fix));
    };
    let lines = engine.store().run_lines(&tenant, &found.id).await?;
    let mut table = Table::new(&["at", "what", "became", "why"]);
    for l in &lines {
        table.row([when(l.at).as_str(), &l.object, &l.action, &l.detail]);
    }
    cx.out.line(format!(
        "run {} ({}): {}",
        found.id,
        found.trigger,
        counts(&found.counts)
    ));
    if let Some(why) = &found.stopped {
        cx.out.line(format!("stopped: {why}"));
    }
    cx.out.table(&table);
    cx.out
        .json(&json!({"tenant": tenant, "runs": runs, "lines": lines}))?;
    Ok(Exit::Fine)
}

/// A time as people read it, in UTC, to the second.
pub fn when(t: chrono::DateTime<chrono::Utc>) -> String {
    t.format("%Y-%m-%d %H:%M:%SZ").to_string()
}
