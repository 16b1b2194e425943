//! `crossfoot sync TENANT [--only N]`: reads, decides and posts.
//!
//! With `--json`: `{"tenant", "run": {"id", "trigger", "started", "ended", "counts", "calls", "stopped"},
//! "lines": [{"at", "object", "action", "detail"}], "wake": TIME | null}`.
//! Exit code 1 when this run held or refused something, or left it in doubt.

use super::text::{Line, count};
use super::{Bar, Context, Exit, Failure, out};
use crate::pipeline::ports::RunLine;
use crate::pipeline::tenant::Done;
use crate::service::SyncAsk;
use crate::store::OpenAs;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// Only this invoice, by its number or its order's; works before processing is switched on
    #[arg(long, value_name = "NUMBER")]
    pub only: Option<String>,
}

/// Runs it.
///
/// # Errors
/// As the flow.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Worker).await?;
    let tenant = loaded.mapping.tenant.clone();
    let ask = SyncAsk {
        trigger: match &args.only {
            Some(n) => format!("sync --only {n}"),
            None => "sync".to_owned(),
        },
        only: args.only.clone(),
        dry: false,
    };
    let bar = Bar::of(cx, tenant.as_str());
    let done = engine.sync(&loaded, &ask, &|step| bar.step(step)).await;
    bar.done();
    let done = done?;
    show(cx, tenant.as_str(), &done);
    cx.out.json(
        &json!({"tenant": tenant, "run": done.run, "lines": done.lines, "wake": done.wake}),
    )?;
    Ok(verdict(&done))
}

/// Whether anything needs a person.
pub fn verdict(done: &Done) -> Exit {
    let waits = |word: &str| {
        ["held", "refused", "in_doubt"]
            .iter()
            .any(|w| word.ends_with(w))
    };
    let counted = done
        .run
        .counts
        .iter()
        .any(|(word, n)| *n > 0 && waits(word));
    let unread = done
        .lines
        .iter()
        .any(|l| l.action == "unreadable" || l.action == "fault");
    if counted || unread {
        Exit::Attention
    } else {
        Exit::Fine
    }
}

/// What a run did, for people.
pub fn show(cx: &Context, tenant: &str, done: &Done) {
    cx.out.line(
        Line::new()
            .bold(tenant)
            .plain(format!(": {}", counts(&done.run.counts))),
    );
    for group in grouped(&done.lines) {
        let style = match group.action {
            "skipped" | "waits" => anstyle::Style::new().dimmed(),
            "held" | "in_doubt" | "warning" => out::YELLOW,
            _ => out::RED,
        };
        let action = group.action.replace('_', " ");
        let line = Line::new().plain("  ").styled(style, action);
        let numbers = super::errors::numbers(&group.objects);
        let such = if group.whys > 1 { "such as: " } else { "" };
        cx.out
            .line(line.plain(format!(" {numbers}: {such}{}", group.why)));
    }
    if done
        .run
        .counts
        .keys()
        .any(|w| w.ends_with("held") || w.ends_with("refused"))
    {
        cx.out
            .line(format!("  what to do: `crossfoot errors {tenant}`"));
    }
    if let Some(wake) = done.wake {
        cx.out.line(format!(
            "  in doubt: worth running again at {}",
            super::history::when(wake)
        ));
    }
    let calls: Vec<String> = done
        .run
        .calls
        .iter()
        .map(|(system, n)| format!("{system} {n}"))
        .collect();
    cx.out.line(Line::new().dim(format!(
        "  calls: {}; run {}",
        calls.join(", "),
        done.run.id
    )));
}

/// Lines of one cause.
struct Group<'a> {
    action: &'a str,
    /// What was told for the first of them.
    why: &'a str,
    /// How many different sentences were told.
    whys: usize,
    objects: Vec<String>,
}

/// Lines that were not simply done, grouped by what happened and its code, or its sentence where it has no code.
fn grouped(lines: &[RunLine]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(&str, &str), Group<'_>> = BTreeMap::new();
    let (mut told, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for l in lines {
        if matches!(l.action.as_str(), "created" | "updated" | "adopted") {
            continue;
        }
        let key = (l.action.as_str(), code(&l.detail).unwrap_or(&l.detail));
        let group = groups.entry(key).or_insert_with(|| Group {
            action: &l.action,
            why: &l.detail,
            whys: 0,
            objects: Vec::new(),
        });
        group.whys += usize::from(told.insert((key, l.detail.as_str())));
        let object = l.object.strip_prefix("invoice ").unwrap_or(&l.object);
        if seen.insert((key, object)) {
            group.objects.push(object.to_owned());
        }
    }
    groups.into_values().collect()
}

/// The code at the end of a reason: `.. [skip.zero_total]`.
fn code(detail: &str) -> Option<&str> {
    let (_, code) = detail.strip_suffix(']')?.rsplit_once(" [")?;
    let plain = |c: char| c.is_ascii_lowercase() || "._".contains(c);
    (code.contains('.') && code.chars().all(plain)).then_some(code)
}

/// Counts in the order people ask for them; the invoices' first, then contacts, payments, credit notes.
pub fn counts(all: &BTreeMap<String, u64>) -> String {
    let first = [
        "created",
        "updated",
        "waits",
        "skipped",
        "held",
        "refused",
        "in_doubt",
        "unchanged",
    ];
    let mut parts: Vec<String> = Vec::new();
    for word in first {
        if let Some(n) = all.get(word).filter(|n| **n > 0) {
            parts.push(format!("{n} {}", word.replace('_', " ")));
        }
    }
    for (word, n) in all
        .iter()
        .filter(|(w, n)| !first.contains(&w.as_str()) && **n > 0)
    {
        let (kind, action) = word.rsplit_once('_').unwrap_or((word, ""));
        let kind = kind.trim_end_matches('s').replace('_', " ");
        let told = format!("{} {action}", count(*n, &kind, &format!("{kind}s")));
        parts.push(told.trim_end().to_owned());
    }
    if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_lines_of_one_cause_are_one() {
        let line = |n: u32, action: &str, detail: String| RunLine {
            at: chrono::DateTime::UNIX_EPOCH,
            object: format!("invoice {n}"),
            action: action.to_owned(),
            detail,
        };
        let early = |n| format!("Invoice id {n} is before 2041 [start.before]");
        let mut lines: Vec<_> = (1..=1000).map(|n| line(n, "skipped", early(n))).collect();
        lines.push(line(7, "skipped", early(7)));
        lines.push(line(2050, "held", "no code at its end".into()));
        lines.push(line(2051, "created", String::new()));
        let groups = grouped(&lines);
        let told: Vec<_> = (groups.iter())
            .map(|g| (g.action, g.objects.len(), g.whys, g.why))
            .collect();
        let first = "Invoice id 1 is before 2041 [start.before]";
        assert_eq!(
            told,
            [
                ("held", 1, 1, "no code at its end"),
                ("skipped", 1000, 1000, first)
            ]
        );
    }

    #[test]
    fn counts_read_as_a_sentence() {
        let all = [
            ("held", 2),
            ("created", 12),
            ("payments_created", 1),
            ("contacts_created", 3),
        ];
        let all = all.into_iter().map(|(w, n)| (w.to_owned(), n)).collect();
        assert_eq!(
            counts(&all),
            "12 created, 2 held, 3 contacts created, 1 payment created"
        );
        assert_eq!(counts(&BTreeMap::new()), "nothing to do");
    }
}
