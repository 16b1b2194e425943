//! `crossfoot connector list|lint|test|new`: the systems there are, and those that are described in YAML.
//!
//! With `--json`: `list` gives `{"systems": [{"system", "title", "contract", "file"}]}`, `lint` and `new` what `crossfoot lint` gives, `test`
//! `{"system", "records", "bad": [{"at", "what", "fix"}], "checks": [{"what", "holds", "seen"}]}`, with `--write`
//! `{"system", "left", "checks"}`. Exit code 2 when a description has
//! an error, 1 when a promise does not hold, 3 when the system could not be reached.

use super::exit::Exit;
use super::init::write;
use super::invocation::Invocation;
use super::lint::tell;
use super::table::TextTable;
use super::text::count;
use crate::model::Severity;
use crate::service::{NotDone, OpenAs, TrialCheck, trial, trial_writes};
use clap::Subcommand;
use serde_json::json;

/// What about them.
#[derive(Debug, clap::Args)]
pub struct ConnectorArgs {
    /// What to do
    #[command(subcommand)]
    pub what: ConnectorVerb,
}

/// What about them.
#[derive(Debug, Subcommand)]
pub enum ConnectorVerb {
    /// List the systems there are, and where each comes from
    List,
    /// Tell every mistake in descriptions of systems, with its place and cure
    Lint {
        /// The systems; all of the workspace's without one
        systems: Vec<String>,
    },
    /// Draft a description from an OpenAPI document (JSON), each guess marked
    New {
        /// The system's word
        name: String,
        /// The document
        #[arg(long)]
        from: std::path::PathBuf,
    },
    /// Try the described system of a tenant against the promises of every source, or with --write of every ledger
    Test {
        /// The tenant
        tenant: String,
        /// Try writing: makes a contact, an invoice and a payment there, and takes them away again where the description says how
        #[arg(long)]
        write: bool,
        /// The document that the trial's payment of 1.00 is put to, where the system takes payments alone
        #[arg(long, requires = "write", value_name = "NUMBER")]
        on: Option<String>,
    },
}

/// Does it.
///
/// # Errors
/// There is no such system or tenant, or it cannot be reached.
pub async fn run(cx: &Invocation, args: &ConnectorArgs) -> Result<Exit, NotDone> {
    match &args.what {
        ConnectorVerb::List => list(cx),
        ConnectorVerb::Lint { systems } => lint(cx, systems),
        ConnectorVerb::New { name, from } => new(cx, name, from),
        ConnectorVerb::Test {
            tenant,
            write: true,
            on,
        } => test_writes(cx, tenant, on.as_deref()).await,
        ConnectorVerb::Test { tenant, .. } => test(cx, tenant).await,
    }
}

fn list(cx: &Invocation) -> Result<Exit, NotDone> {
    let all = cx.workspace()?.systems_told();
    let mut table = TextTable::new(&["system", "name", "contract", "described in"]);
    for s in &all {
        table.row([&s.system, &s.title, s.contract, &s.file]);
    }
    cx.out.table(&table);
    let told = all.iter().map(
        |s| json!({"system": s.system, "title": s.title, "contract": s.contract, "file": s.file}),
    );
    cx.out.json(&json!({"systems": told.collect::<Vec<_>>()}))?;
    Ok(Exit::Fine)
}

fn lint(cx: &Invocation, systems: &[String]) -> Result<Exit, NotDone> {
    let workspace = cx.workspace()?;
    let told = workspace.lint_described(systems)?;
    let n = u64::try_from(told.1).unwrap_or(u64::MAX);
    tell(cx, &told.0, &count(n, "description", "descriptions"))?;
    let wrong = told.0.iter().any(|d| d.severity == Severity::Error);
    Ok(if wrong { Exit::Wrong } else { Exit::Fine })
}

fn new(cx: &Invocation, name: &str, from: &std::path::Path) -> Result<Exit, NotDone> {
    let workspace = cx.workspace()?;
    let (file, text, told) = workspace.draft_description(name, from)?;
    let path = cx.folder.join(&file);
    if path.exists() {
        let fix = "move it away first: it is never overwritten";
        return Err(NotDone::wrong("the workspace has this file already", fix).at(&file));
    }
    write(&path, &text)?;
    tell(cx, &told, &file)?;
    let guesses = u64::try_from(text.matches("# guess").count()).unwrap_or(u64::MAX);
    cx.out.line(format!(
        "made {file}: look at its {}",
        count(guesses, "guess", "guesses")
    ));
    Ok(Exit::Fine)
}

async fn test_writes(cx: &Invocation, tenant: &str, on: Option<&str>) -> Result<Exit, NotDone> {
    let engine = cx.engine(OpenAs::Person).await?;
    let workspace = engine.workspace();
    let loaded = workspace.load(&workspace.tenant(tenant)?)?;
    let trial = trial_writes(&engine, &loaded, on).await?;
    shown(cx, &trial.checks);
    for left in &trial.left {
        cx.out.line(format!("left there: {left}"));
    }
    cx.out.line(match trial.is_good() {
        true => format!("{}: writes may go", trial.system),
        false => format!(
            "{}: nothing is written to it until every promise holds",
            trial.system
        ),
    });
    cx.out.json(
        &json!({"system": trial.system, "left": trial.left, "checks": told_checks(&trial.checks)}),
    )?;
    engine.close().await;
    Ok(Exit::unless(!trial.is_good()))
}

/// The promises, as a table.
fn shown(cx: &Invocation, checks: &[TrialCheck]) {
    let mut table = TextTable::new(&["promise", "holds", "seen"]);
    for check in checks {
        let holds = if check.holds { "yes" } else { "no" };
        table.row([check.what, holds, &check.seen]);
    }
    cx.out.table(&table);
}

fn told_checks(checks: &[TrialCheck]) -> Vec<serde_json::Value> {
    let one = |c: &TrialCheck| json!({"what": c.what, "holds": c.holds, "seen": c.seen});
    checks.iter().map(one).collect()
}

async fn test(cx: &Invocation, tenant: &str) -> Result<Exit, NotDone> {
    let engine = cx.engine(OpenAs::Reader).await?;
    let workspace = engine.workspace();
    let loaded = workspace.load(&workspace.tenant(tenant)?)?;
    let trial = trial(&engine, &loaded).await?;
    shown(cx, &trial.checks);
    for bad in &trial.bad {
        cx.out
            .line(format!("{}: {}; {}", bad.at, bad.what, bad.fix));
    }
    let read = u64::try_from(trial.records).unwrap_or(u64::MAX);
    cx.out.line(format!(
        "{}: {} read",
        trial.system,
        count(read, "record", "records")
    ));
    let bad = trial
        .bad
        .iter()
        .map(|b| json!({"at": b.at, "what": b.what, "fix": b.fix}));
    cx.out
        .json(&json!({"system": trial.system, "records": trial.records,
        "bad": bad.collect::<Vec<_>>(), "checks": told_checks(&trial.checks)}))?;
    engine.close().await;
    Ok(Exit::unless(!trial.is_good()))
}
