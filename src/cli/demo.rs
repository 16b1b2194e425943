//! `crossfoot demo [--once]`: the fake vendors, the sample tenants' first sync, and the proof over both books.
//!
//! Without `--once` the fake vendors stay up, and the workspace is there to go on with. With `--json`:
//! `{"tenants": [{"tenant", "counts", "reasons", "calls"}], "report": ..., "again": {"made", "calls"}, "workspace"}`.
//! Exit code 0 only when both books agree and every order ended as its seed data says.

use super::text::Line;
use super::{Bar, Context, Exit, Failure, out, sync};
use crate::service::Outside;
use crate::service::demo::{Demo, DemoAsk, DemoError, TenantRun};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// What the demo is asked.
#[derive(Debug, clap::Args)]
pub struct Args {
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
/// [`Failure`].
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let folder = folder(args)?;
    let outside = cx.outside_at(&folder.join(".crossfoot")).await?;
    let result = shown(cx, args, &folder, outside).await;
    if args.once && args.keep.is_none() {
        // The folder was made for this call alone.
        let _ = std::fs::remove_dir_all(&folder);
    }
    result
}

async fn shown(
    cx: &Context,
    args: &Args,
    folder: &Path,
    outside: Outside,
) -> Result<Exit, Failure> {
    let ask = DemoAsk {
        folder: folder.to_owned(),
        seed: args.seed,
        more: args.invoices,
        port: args.port,
    };
    let demo = Demo::start(&ask, outside).await.map_err(failed)?;
    let (orders, _) = demo.world.orders();
    let tenants = demo.world.tenants.len();
    cx.out.line(format!(
        "{orders} orders of {tenants} sample tenants, from a fake Keap and CSV files to a fake Xero at {}",
        demo.address
    ));
    cx.out.gap();
    let runs = first(cx, &demo).await?;
    let again = second(cx, &demo).await?;
    let report = demo.report().await.map_err(failed)?;
    cx.out.line(
        "Both books, added up from the vendors' own state, without mapping, rules or journal:",
    );
    cx.out.gap();
    for line in report.to_string().lines() {
        cx.out.line(line);
    }
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

/// The first sync, tenant by tenant.
async fn first(cx: &Context, demo: &Demo) -> Result<Vec<TenantRun>, Failure> {
    let bar = Bar::new("demo", !cx.out.json && std::io::stderr().is_terminal());
    let runs = demo.sync(&|_| {}, &|step| bar.step(step)).await;
    bar.done();
    let runs = runs.map_err(failed)?;
    for r in &runs {
        sync::show(cx, &r.tenant, &r.done);
    }
    cx.out.gap();
    Ok(runs)
}

/// The same again: nothing may be made. Answers what was, and the calls it took.
async fn second(cx: &Context, demo: &Demo) -> Result<(u64, u64), Failure> {
    let runs = demo.sync(&|_| {}, &|_| {}).await.map_err(failed)?;
    let made = |r: &TenantRun| -> u64 {
        let counts = r.done.run.counts.iter();
        counts
            .filter(|(word, _)| word.ends_with("created") || word.ends_with("updated"))
            .map(|(_, n)| *n)
            .sum()
    };
    let made: u64 = runs.iter().map(made).sum();
    let calls: u64 = runs.iter().flat_map(|r| r.done.run.calls.values()).sum();
    let line = if made == 0 {
        Line::new().styled(out::GREEN, "A second sync right after made nothing")
    } else {
        Line::new().styled(
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

fn told(r: &TenantRun) -> Value {
    let mut reasons: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for l in &r.done.lines {
        if ["skipped", "held", "refused", "unreadable"].contains(&l.action.as_str()) {
            let of = reasons.entry(&l.action).or_default();
            of.entry(&l.detail).or_default().push(&l.object);
        }
    }
    json!({
        "tenant": r.tenant,
        "counts": r.done.run.counts,
        "reasons": reasons,
        "calls": r.done.run.calls,
    })
}

/// Keeps the fake vendors up and says what to try.
async fn stay(cx: &Context, demo: Demo) {
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
        cx.out.line(Line::new().dim(format!("      {what}")));
    }
    cx.out.gap();
    cx.out.line(format!(
        "  {}/_sandbox/requests shows every call that was made.",
        sandboxes.address
    ));
    let _ = tokio::signal::ctrl_c().await;
}

fn folder(args: &Args) -> Result<PathBuf, Failure> {
    let folder = match &args.keep {
        Some(folder) => folder.clone(),
        None => {
            let mut id = [0_u8; 6];
            rand::fill(&mut id);
            let name = format!("crossfoot-demo-{}", data_encoding::HEXLOWER.encode(&id));
            std::env::temp_dir().join(name)
        }
    };
    if folder.join("mappings").exists() {
        return Err(Failure::wrong(
            format!("{} holds a workspace already", folder.display()),
            "name a folder that does not exist yet",
        ));
    }
    std::fs::create_dir_all(&folder).map_err(|e| {
        let fix = "name a folder that can be made with --keep DIR";
        Failure::wrong(format!("{} cannot be made: {e}", folder.display()), fix)
    })?;
    Ok(folder)
}

fn failed(e: DemoError) -> Failure {
    match e {
        DemoError::Tenant { tenant, why } => Failure::from(why).at(tenant),
        DemoError::Engine(e) => Failure::from(e),
        other => Failure::wrong(other.to_string(), ""),
    }
}
