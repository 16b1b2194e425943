//! `crossfoot demo [--once]`: the fake vendors, the sample tenants' first sync, and the proof over both books.
//!
//! Without `--once` the fake vendors stay up, and the workspace is there to go on with. With `--json`:
//! `{"tenants": [{"tenant", "counts", "reasons", "calls"}], "report": ..., "again": {"made", "calls"}, "workspace"}`.
//! Exit code 0 only when both books agree and every order ended as its seed data says.

use super::exit::Exit;
use super::invocation::{DEMO_STATE, Invocation};
use super::out;
use super::progress::Bar;
use super::ran;
use super::table::TextTable;
use super::text::SafeLine;
use crate::model::{Became, TenantId};
use crate::sandbox::agree::Report;
use crate::service::demo::{Demo, DemoAsk, TenantRun};
use crate::service::desk::runs::SyncAnswer;
use crate::service::{NotDone, Outside};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the demo is asked.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Print the report and end; 0 only if both books agree and every order ended as it should
    #[arg(long)]
    pub once: bool,
    /// Add this many ordinary orders
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub invoices: usize,
    /// Make the data from this seed
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Put the workspace here instead of into a new temporary folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Serve the fake vendors on this port; 0 takes any
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
}

/// Runs it.
///
/// # Errors
/// [`NotDone`].
pub async fn run(cx: &Invocation, args: &DemoArgs) -> Result<Exit, NotDone> {
    let once = (args.once && args.keep.is_none()).then(Once::new);
    let folder = folder(args, once.as_ref())?;
    let mut outside = cx.outside_at(&folder.join(".crossfoot")).await?;
    outside.beacon.folder = Some(folder.join(DEMO_STATE));
    let result = shown(cx, args, &folder, outside).await;
    if let Some(once) = once {
        once.remove();
    }
    result
}

async fn shown(
    cx: &Invocation,
    args: &DemoArgs,
    folder: &Path,
    outside: Outside,
) -> Result<Exit, NotDone> {
    let ask = DemoAsk {
        folder: folder.to_owned(),
        seed: args.seed,
        more: args.invoices,
        port: args.port,
    };
    let demo = Demo::start(&ask, outside).await?;
    let (orders, _) = demo.world.orders();
    let tenants = demo.world.tenants.len();
    cx.out.line(format!(
        "{orders} orders of {tenants} sample tenants, from a fake Keap, a fake Kickserv and CSV files to a fake Xero at {}",
        demo.address
    ));
    cx.out.gap();
    let runs = first(cx, &demo).await?;
    let again = second(cx, &demo).await?;
    let report = demo.report().await?;
    cx.out.line(
        "Both books, added up from the vendors' own state, without mapping, rules or journal:",
    );
    cx.out.gap();
    show_report(cx, &report);
    let agrees = report.agrees() && again.0 == 0;
    cx.out.json(&json!({
        "tenants": runs.iter().map(told).collect::<Vec<_>>(),
        "report": report.to_json(),
        "again": {"made": again.0, "calls": again.1},
        "workspace": if args.once && args.keep.is_none() { Value::Null } else { json!(folder) },
    }))?;
    if !args.once {
        stay(cx, demo).await;
    }
    Ok(if agrees { Exit::Fine } else { Exit::Attention })
}

/// Both books side by side; where that is too wide, what became of the orders first, and then the sums.
fn show_report(cx: &Invocation, report: &Report) {
    let rows = report.rows();
    let whole = columns(&rows, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    if cx.out.width().is_none_or(|w| whole.natural() <= w) {
        cx.out.table(&whole);
    } else {
        cx.out.table(&columns(&rows, &[0, 1, 2, 3, 4, 5, 9]));
        cx.out.gap();
        cx.out.table(&columns(&rows, &[0, 6, 7, 8]));
    }
    for line in report.verdict().lines() {
        cx.out.line(line);
    }
}

/// Some columns of the report, whose first row is the heads; words stand to the left, numbers to the right.
fn columns(rows: &[[String; 10]], which: &[usize]) -> TextTable {
    let pick = |row: &[String; 10]| -> Vec<String> {
        which.iter().filter_map(|n| row.get(*n).cloned()).collect()
    };
    let heads = rows.first().map(pick).unwrap_or_default();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let number = |n: &usize| which.get(*n).is_some_and(|c| (1..9).contains(c));
    let numbers: Vec<usize> = (0..which.len()).filter(number).collect();
    let mut table = TextTable::new(&heads).right(&numbers);
    for row in rows.iter().skip(1) {
        table.row(pick(row));
    }
    table
}

/// The first sync, tenant by tenant.
async fn first(cx: &Invocation, demo: &Demo) -> Result<Vec<SyncAnswer>, NotDone> {
    let bar = Bar::of(cx, "demo", demo.engine.waits());
    let runs = demo
        .sync(&|t| bar.whose(&t.name), &|step| bar.step(step))
        .await;
    bar.done();
    let mut told = Vec::new();
    for r in runs? {
        let answer = answer(r)?;
        ran::show(cx, &answer);
        told.push(answer);
    }
    cx.out.gap();
    Ok(told)
}

/// The same again: nothing may be made. Answers what was, and the calls it took.
async fn second(cx: &Invocation, demo: &Demo) -> Result<(u64, u64), NotDone> {
    let runs = demo.sync(&|_| {}, &|_| {}).await?;
    let runs: Vec<_> = runs.into_iter().map(answer).collect::<Result<_, _>>()?;
    let made = |r: &SyncAnswer| {
        let counts = &r.run.counts;
        counts.all(Became::Created) + counts.all(Became::Updated)
    };
    let made: u64 = runs.iter().map(made).sum();
    let calls: u64 = runs.iter().flat_map(|r| r.run.calls.values()).sum();
    let line = if made == 0 {
        SafeLine::new().styled(out::GREEN, "A second sync right after made nothing")
    } else {
        SafeLine::new().styled(
            out::RED,
            format!("A second sync right after made {made} documents"),
        )
    };
    cx.out.line(line.plain(format!(
        ", with {calls} calls for all {} tenants.",
        runs.len()
    )));
    cx.out.gap();
    Ok((made, calls))
}

fn answer(r: TenantRun) -> Result<SyncAnswer, NotDone> {
    let tenant = TenantId::new(&r.tenant).map_err(|e| NotDone::wrong(e.to_string(), ""))?;
    Ok(SyncAnswer::of(&tenant, r.done))
}

fn told(r: &SyncAnswer) -> Value {
    let mut reasons: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    let kept = [
        Became::Skipped,
        Became::Held,
        Became::Refused,
        Became::Unreadable,
    ];
    for l in &r.lines {
        if kept.contains(&l.action) {
            let of = reasons.entry(l.action.as_str()).or_default();
            of.entry(&l.detail).or_default().push(&l.object);
        }
    }
    json!({
        "tenant": r.tenant,
        "counts": r.run.counts,
        "held": r.run.held,
        "reasons": reasons,
        "calls": r.run.calls,
    })
}

/// Keeps the fake vendors up and says what to try.
async fn stay(cx: &Invocation, demo: Demo) {
    let folder = demo.folder.display().to_string();
    let lifts = demo
        .world
        .tenants
        .iter()
        .find(|t| t.name == "southern-lifts");
    let orders = lifts
        .map(|t| t.expectations.orders.as_slice())
        .unwrap_or_default();
    let posted = orders.iter().find(|o| o.end.word() == "posted");
    let explain = format!(
        "explain southern-lifts {}",
        posted.map_or("1", |o| &o.number)
    );
    // The workspace is free for other processes as soon as this one has let go of it.
    let sandboxes = demo.into_sandboxes().await;
    cx.out.gap();
    cx.out
        .line("The fake vendors stay up until ctrl-c. In another terminal, try:");
    cx.out.gap();
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "crossfoot".to_owned());
    for (what, verb) in [
        ("what waits for a person, by cause", "errors harbour-lane"),
        ("why an account is what it is", explain.as_str()),
        (
            "the tenant's file, with where each value came from",
            "config thames-kitchens --why",
        ),
        (
            "mistakes in a tenant's file, against its ledger too",
            "lint tidewater --live",
        ),
        ("the rules' own examples", "test"),
    ] {
        cx.out
            .line(format!("  {program} --workspace {folder} {verb}"));
        cx.out.line(SafeLine::new().dim(format!("      {what}")));
    }
    cx.out.gap();
    cx.out.line(format!(
        "  {}/_sandbox/requests shows every call that was made.",
        sandboxes.address
    ));
    let _ = tokio::signal::ctrl_c().await;
}

/// A folder that is made for one call alone, and a locked file beside it that says that its maker lives: what was left by
/// one that was killed goes with the next.
struct Once {
    folder: PathBuf,
    lock: PathBuf,
    // Held until the folder is gone.
    _held: Option<std::fs::File>,
}

/// What the names of such folders begin with.
const ONCE: &str = "crossfoot-once-";

impl Once {
    fn new() -> Self {
        let all = std::fs::read_dir(std::env::temp_dir());
        for entry in all.into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(ONCE)
                && name.ends_with(".lock")
                && let Ok(file) = std::fs::File::open(&path)
                && file.try_lock().is_ok()
            {
                let left = Self {
                    folder: path.with_extension(""),
                    lock: path,
                    _held: Some(file),
                };
                left.remove();
            }
        }
        let folder = std::env::temp_dir().join(fresh(ONCE));
        let lock = folder.with_extension("lock");
        let held = std::fs::File::create_new(&lock).ok();
        let held = held.filter(|f| f.try_lock().is_ok());
        Self {
            folder,
            lock,
            _held: held,
        }
    }

    fn remove(self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::fs::remove_file(&self.lock);
    }
}

/// A name that nothing else has.
fn fresh(begins: &str) -> String {
    let mut id = [0_u8; 6];
    rand::fill(&mut id);
    format!("{begins}{}", data_encoding::HEXLOWER.encode(&id))
}

fn folder(args: &DemoArgs, once: Option<&Once>) -> Result<PathBuf, NotDone> {
    let folder = match (&args.keep, once) {
        (Some(folder), _) => folder.clone(),
        (None, Some(once)) => once.folder.clone(),
        (None, None) => std::env::temp_dir().join(fresh("crossfoot-demo-")),
    };
    if folder.join("mappings").exists() {
        return Err(NotDone::wrong(
            format!("{} holds a workspace already", folder.display()),
            "name a folder that does not exist yet",
        ));
    }
    std::fs::create_dir_all(&folder).map_err(|e| {
        let fix = "name a folder that can be made with --keep DIR";
        NotDone::wrong(format!("{} cannot be made: {e}", folder.display()), fix)
    })?;
    Ok(folder)
}
