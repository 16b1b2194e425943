//! `crossfoot test [PATH..] [--coverage]`: the specs and examples of rules.
//!
//! Without a path: every rule of the workspace's `rules/`, and the shipped ones. A table that a spec does not give is that
//! of a tenant that uses the rule. With `--json`: `{"files": [{"file", "passed", "cases": [{"name", "place", "hook", "failed",
//! "printed"}], "diagnostics": [..], "points", "unreached": [{"place", "line"}], "rows", "needless": [{"key", "place"}]}],
//! "tenants": [{"tenant", "documents", "rows", "unreached": [{"key", "place"}]}], "cases": N, "failed": N}`. With
//! `--coverage` `rows` counts the rows of the tables a rule may look things up in, and `needless` those that could say
//! anything else without a case failing; `tenants` tells which rows of `accounts` and `tax.codes` no recorded document
//! comes to. Exit code 1 when a case fails, 2 when a file has a mistake.

use super::text::{Line, count};
use super::{Context, Exit, Failure, out};
use crate::model::{Diagnostic, Severity};
use crate::rules::spec::{CaseResult, Report, Unreached, run_with};
use crate::rules::{Otherwise, RuleFile};
use crate::service::UsedTables;
use crate::service::coverage::{self, CoverageRow};
use crate::store::{OpenAs, Store};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Most rule files of one call.
const MOST: usize = 10_000;
/// The most rows that are changed for a look at what needs them.
const MOST_ROWS: usize = 500;
/// The most bytes of a file.
const MOST_BYTES: u64 = 256 * 1024;

/// Which.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rule files, spec files or folders; the workspace's rules and the shipped ones without one
    pub paths: Vec<PathBuf>,
    /// Also tell which answers and changes of a rule no case reached, which rows of its tables no case needs, and
    /// which rows of the tenants' accounts and tax codes no recorded document comes to
    #[arg(long)]
    pub coverage: bool,
}

struct Subject {
    file: RuleFile,
    spec: Option<(String, String)>,
    used: UsedTables,
}

/// The tables each rule of the workspace may look things up in, by its file.
type Tables = BTreeMap<String, UsedTables>;

/// Runs them.
///
/// # Errors
/// A path cannot be read.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let subjects = subjects(cx, &args.paths)?;
    let (mut cases, mut failed, mut wrong) = (0, 0, false);
    let mut files = Vec::new();
    for s in &subjects {
        let spec = s.spec.as_ref().map(|(n, t)| (n.as_str(), t.as_str()));
        let report = run_with(&s.file, spec, &s.used.tables);
        cases += report.results.len() as u64;
        failed += report.results.iter().filter(|c| c.failed.is_some()).count() as u64;
        wrong |= report
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error);
        let rows = if args.coverage {
            needless(s, spec, &report)
        } else {
            (0, Vec::new())
        };
        show(cx, &s.file.name, &report, args.coverage);
        show_rows(cx, &rows);
        files.push(told(&s.file.name, &report, &rows));
    }
    let tenants = if args.coverage && args.paths.is_empty() {
        recorded(cx).await?
    } else {
        Vec::new()
    };
    let line = Line::new().plain(format!(
        "{} of {}",
        count(cases, "case", "cases"),
        count(files.len() as u64, "rule file", "rule files")
    ));
    cx.out.line(match failed {
        0 if !wrong => line.plain(": ").styled(out::GREEN, "all hold"),
        _ => line
            .plain(": ")
            .styled(out::RED, format!("{failed} failed")),
    });
    cx.out
        .json(&json!({"files": files, "tenants": tenants, "cases": cases, "failed": failed}))?;
    Ok(match (wrong, failed) {
        (true, _) => Exit::Wrong,
        (_, 0) => Exit::Fine,
        _ => Exit::Attention,
    })
}

fn subjects(cx: &Context, paths: &[PathBuf]) -> Result<Vec<Subject>, Failure> {
    let mut out = Vec::new();
    // A rule may be tested outside any workspace.
    let workspace = cx.workspace().ok();
    let tables = workspace.and_then(|w| w.tables_by_rule().ok());
    let tables = tables.unwrap_or_default();
    if paths.is_empty() {
        let rules = cx.folder.join("rules");
        if rules.is_dir() {
            folder(cx, &rules, &tables, &mut out)?;
        }
        for r in crate::rules::shipped::shipped() {
            // A file of the same name in the workspace takes its place; samples have names with hyphens.
            let name = format!("rules/{}.rhai", r.name);
            if !r.name.contains('-') && out.iter().all(|s| s.file.name != name) {
                let spec = (!r.spec.is_empty())
                    .then(|| (format!("shipped rules/{}.spec.yaml", r.name), r.spec));
                out.push(Subject {
                    file: rule(format!("shipped {name}"), r.text),
                    spec,
                    used: UsedTables::default(),
                });
            }
        }
    }
    for path in paths {
        // A path is meant from where it is typed, else from the workspace.
        let inside = cx.folder.join(path);
        let path = if path.exists() { path } else { &inside };
        if path.is_dir() {
            folder(cx, path, &tables, &mut out)?;
        } else {
            out.push(subject(cx, path, &tables)?);
        }
    }
    Ok(out)
}

fn rule(name: String, text: String) -> RuleFile {
    RuleFile {
        name,
        text,
        params: BTreeMap::new(),
    }
}

fn folder(
    cx: &Context,
    path: &Path,
    tables: &Tables,
    out: &mut Vec<Subject>,
) -> Result<(), Failure> {
    let entries = std::fs::read_dir(path).map_err(|e| unreadable(path, &e.to_string()))?;
    let mut all: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "rhai"));
    all.sort();
    for path in all.iter().take(MOST) {
        out.push(subject(cx, path, tables)?);
    }
    Ok(())
}

/// A rule file with its spec, by the path of either.
fn subject(cx: &Context, path: &Path, tables: &Tables) -> Result<Subject, Failure> {
    let shown = path.display().to_string();
    let path = match shown.strip_suffix(".spec.yaml") {
        Some(stem) => PathBuf::from(format!("{stem}.rhai")),
        None => path.to_owned(),
    };
    let name = path
        .strip_prefix(&cx.folder)
        .unwrap_or(&path)
        .display()
        .to_string();
    let file = rule(name.clone(), read(&path)?);
    let beside = path.with_extension("spec.yaml");
    let spec = if beside.exists() {
        let shown = beside
            .strip_prefix(&cx.folder)
            .unwrap_or(&beside)
            .display()
            .to_string();
        Some((shown, read(&beside)?))
    } else {
        None
    };
    Ok(Subject {
        used: tables.get(&name).cloned().unwrap_or_default(),
        file,
        spec,
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    let size = std::fs::metadata(path)
        .map_err(|e| unreadable(path, &e.to_string()))?
        .len();
    if size > MOST_BYTES {
        return Err(unreadable(
            path,
            &format!("it has {size} bytes, and {MOST_BYTES} are the most"),
        ));
    }
    std::fs::read_to_string(path).map_err(|e| unreadable(path, &e.to_string()))
}

fn unreadable(path: &Path, why: &str) -> Failure {
    let fix = "name a `.rhai` file, its `.spec.yaml`, or a folder of them";
    Failure::wrong(format!("it cannot be read: {why}"), fix).at(path.display().to_string())
}

fn show(cx: &Context, file: &str, report: &Report, coverage: bool) {
    let failed = report.results.iter().filter(|c| c.failed.is_some());
    let (n, bad) = (report.results.len() as u64, failed.clone().count());
    let word = if bad == 0 {
        " ok".to_owned()
    } else {
        format!(", {bad} failed")
    };
    cx.out
        .line(format!("{file}: {}{word}", count(n, "case", "cases")));
    for d in &report.diagnostics {
        cx.out.diagnostic(d);
    }
    for c in failed {
        cx.out.line(
            Line::new()
                .plain("  ")
                .styled(out::RED, "failed")
                .plain(format!(": {}", c.name)),
        );
        cx.out.line(format!("  --> {}", c.place));
        for line in c.failed.as_deref().unwrap_or_default().lines() {
            cx.out.line(format!("   | {line}"));
        }
        for line in &c.printed {
            cx.out.line(format!("   | printed: {line}"));
        }
    }
    if coverage && report.points > 0 {
        let reached = report.points - report.unreached.len();
        cx.out.line(format!(
            "  reached {reached} of {} answers and changes",
            report.points
        ));
        for u in &report.unreached {
            cx.out.line(format!(
                "  --> {}: no case reaches `{}`",
                u.place,
                u.line.trim()
            ));
        }
    }
}

/// The rows of a rule's tables: how many there are, and those that could say anything else without a case failing.
fn needless(s: &Subject, spec: Option<(&str, &str)>, before: &Report) -> (usize, Vec<CoverageRow>) {
    let went = |r: &Report| -> Vec<Option<String>> {
        r.results.iter().map(|c| c.failed.clone()).collect()
    };
    let before = went(before);
    let mut rows = Vec::new();
    for ((table, key), place) in s.used.places.iter().take(MOST_ROWS) {
        let mut tables = s.used.tables.clone();
        let Some(changed) = tables.get_mut(table) else {
            continue;
        };
        match changed.rows.get_mut(key) {
            Some(value) => value.push('?'),
            None if key == "else" => {
                changed.otherwise = match &changed.otherwise {
                    Otherwise::Use(value) => Otherwise::Use(format!("{value}?")),
                    Otherwise::Hold => Otherwise::Use("?".to_owned()),
                }
            }
            // A row that says `hold` is no row for a rule: its answer is the same as that of none.
            None => continue,
        }
        if went(&run_with(&s.file, spec, &tables)) == before {
            rows.push(CoverageRow {
                key: format!("tables.{table}.{key}"),
                place: place.clone(),
            });
        }
    }
    (s.used.places.len(), rows)
}

fn show_rows(cx: &Context, (all, needless): &(usize, Vec<CoverageRow>)) {
    if *all == 0 {
        return;
    }
    let needed = all - needless.len();
    let all = count(*all as u64, "row", "rows");
    cx.out
        .line(format!("  needs {needed} of {all} of its tables"));
    for row in needless {
        let text = format!("  --> {}: no case needs `{}`", row.place, row.key);
        cx.out.line(text);
    }
}

/// Which rows of the tenants' files no recorded document comes to.
async fn recorded(cx: &Context) -> Result<Vec<Value>, Failure> {
    let Ok(workspace) = cx.workspace() else {
        return Ok(Vec::new());
    };
    // Looking must not make a database.
    if !workspace.database().exists() {
        cx.out.line(
            "no documents are recorded yet: rows of `accounts` and `tax.codes` are not looked at",
        );
        return Ok(Vec::new());
    }
    let store = Store::open(&workspace.database(), OpenAs::Reader).await?;
    let mut tenants = Vec::new();
    for tenant in workspace.tenants()? {
        let Some(mapping) = workspace.compile(&tenant)?.mapping else {
            continue;
        };
        let found = coverage::recorded(&mapping, &store).await?;
        let reached = found.rows - found.unreached.len();
        let rows = count(found.rows as u64, "row", "rows");
        let documents = count(
            found.documents as u64,
            "recorded document",
            "recorded documents",
        );
        cx.out.line(format!(
            "mappings/{tenant}.yaml: {documents} come to {reached} of {rows} of `accounts` and `tax.codes`"
        ));
        for row in &found.unreached {
            let text = format!("  --> {}: no document comes to `{}`", row.place, row.key);
            cx.out.line(text);
        }
        tenants.push(
            json!({"tenant": tenant, "documents": found.documents, "rows": found.rows,
            "unreached": found.unreached}),
        );
    }
    store.close().await;
    Ok(tenants)
}

fn told(file: &str, report: &Report, (rows, needless): &(usize, Vec<CoverageRow>)) -> Value {
    let case = |c: &CaseResult| json!({"name": c.name, "place": c.place, "hook": c.hook, "failed": c.failed, "printed": c.printed});
    let unreached = |u: &Unreached| json!({"place": u.place, "line": u.line});
    let diagnostics: &[Diagnostic] = &report.diagnostics;
    json!({
        "file": file, "passed": report.passed(), "cases": report.results.iter().map(case).collect::<Vec<_>>(),
        "diagnostics": diagnostics, "points": report.points,
        "unreached": report.unreached.iter().map(unreached).collect::<Vec<_>>(),
        "rows": rows, "needless": needless,
    })
}
