//! What a run did, for people: its counts, and its lines grouped by their cause.

use super::invocation::Invocation;
use super::out;
use super::text::SafeLine;
use super::words::{became, counts, held, numbers, when};
use super::world;
use crate::model::{Became, Kind};
use crate::service::desk::runs::{LineTold, SyncAnswer};
use std::collections::{BTreeMap, BTreeSet};

/// What a run did, for people.
pub fn show(cx: &Invocation, done: &SyncAnswer) {
    show_one(cx, done);
    if let Some(back) = &done.back {
        show_one(cx, back);
    }
}

fn show_one(cx: &Invocation, done: &SyncAnswer) {
    let tenant = &done.tenant;
    cx.out.line(
        SafeLine::new()
            .bold(tenant.as_str())
            .plain(format!(": {}", counts(&done.run.counts))),
    );
    for group in grouped(&done.lines) {
        let style = match group.action {
            Became::Skipped | Became::Waits => anstyle::Style::new().dimmed(),
            Became::Held | Became::InDoubt | Became::Warning => out::YELLOW,
            _ => out::RED,
        };
        let action = became(group.action);
        let line = SafeLine::new().plain("  ").styled(style, action);
        let numbers = numbers(&group.objects);
        // Of many, the sentence speaks of one alone.
        let such = match (group.whys, group.objects.first()) {
            (2.., Some(first)) => format!("such as {first}: "),
            _ => String::new(),
        };
        cx.out
            .line(line.plain(format!(" {numbers}: {such}{}", group.why)));
    }
    if let Some(line) = done.run.held.as_ref().and_then(held) {
        cx.out
            .line(SafeLine::new().styled(out::YELLOW, format!("  {line}")));
    }
    let stuck = [Became::Held, Became::Refused];
    if stuck.iter().any(|b| done.run.counts.all(*b) > 0) {
        cx.out
            .line(format!("  what to do: `crossfoot errors {tenant}`"));
    }
    if let Some(waits) = &done.run.waits {
        world::show_wait(cx, waits.until, &waits.why, &waits.fix);
    } else if let Some(wake) = done
        .wake
        .filter(|_| done.run.counts.all(Became::InDoubt) > 0)
    {
        let at = when(wake);
        cx.out
            .line(format!("  in doubt: worth running again at {at}"));
    }
    if let Some(why) = &done.not_written {
        let line = format!("  what became of the documents was not written down: {why}");
        cx.out.line(SafeLine::new().styled(out::YELLOW, line));
    }
    let calls = done.run.calls.iter().map(|(s, n)| format!("{s} {n}"));
    let calls: Vec<String> = calls.collect();
    cx.out.line(SafeLine::new().dim(format!(
        "  calls: {}; run {}",
        calls.join(", "),
        done.run.id
    )));
}

/// Lines of one cause.
struct LineGroup<'a> {
    action: Became,
    /// What was told for the first of them.
    why: &'a str,
    /// How many different sentences were told.
    whys: usize,
    objects: Vec<String>,
}

/// Lines that were not simply done, grouped by what happened and its code, or its sentence where it has no code.
fn grouped(lines: &[LineTold]) -> Vec<LineGroup<'_>> {
    let mut groups: BTreeMap<(&str, &str), LineGroup<'_>> = BTreeMap::new();
    let (mut told, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let last: BTreeMap<&str, usize> = (lines.iter().enumerate())
        .map(|(n, l)| (l.object.as_str(), n))
        .collect();
    for (n, l) in lines.iter().enumerate() {
        // What was in doubt and was settled later in the same run is not any more.
        let over = l.action == Became::InDoubt && last.get(l.object.as_str()) != Some(&n);
        let done = [
            Became::Created,
            Became::Updated,
            Became::Adopted,
            Became::Found,
        ];
        if over || done.contains(&l.action) {
            continue;
        }
        let cause = if l.code.is_empty() {
            &l.detail
        } else {
            &l.code
        };
        let key = (l.action.as_str(), cause.as_str());
        let group = groups.entry(key).or_insert_with(|| LineGroup {
            action: l.action,
            why: &l.detail,
            whys: 0,
            objects: Vec::new(),
        });
        group.whys += usize::from(told.insert((key, l.detail.as_str())));
        let object = match l.kind {
            Some(Kind::Invoice) => &l.number,
            _ => &l.object,
        };
        if seen.insert((key, object)) {
            group.objects.push(object.clone());
        }
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_lines_of_one_cause_are_one() {
        let line = |n: u32, action: Became, code: &str, detail: String| LineTold {
            at: chrono::DateTime::UNIX_EPOCH,
            object: format!("invoice {n}"),
            action,
            detail,
            kind: Some(Kind::Invoice),
            number: n.to_string(),
            code: code.to_owned(),
        };
        let early = |n| {
            let told = format!("Invoice id {n} is before 2041 [start.before]");
            line(n, Became::Skipped, "start.before", told)
        };
        let mut lines: Vec<_> = (1..=1000).map(early).collect();
        lines.push(early(7));
        lines.push(line(2050, Became::Held, "", "no code at its end".into()));
        lines.push(line(2051, Became::InDoubt, "", "it broke".into()));
        lines.push(line(2051, Became::Created, "", String::new()));
        lines.push(line(2052, Became::InDoubt, "", "it broke".into()));
        let groups = grouped(&lines);
        let told: Vec<_> = (groups.iter())
            .map(|g| (g.action.as_str(), g.objects.len(), g.whys, g.why))
            .collect();
        let first = "Invoice id 1 is before 2041 [start.before]";
        assert_eq!(
            told,
            [
                ("held", 1, 1, "no code at its end"),
                ("in_doubt", 1, 1, "it broke"),
                ("skipped", 1000, 1000, first)
            ]
        );
    }
}
