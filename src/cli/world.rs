//! Why nothing is written in the whole workspace, and what was found since, as lines.

use super::invocation::Invocation;
use super::out;
use super::text::SafeLine;
use super::words::{numbers, when};
use crate::service::desk::world::{LostWord, WorldStatus};
use chrono::{DateTime, Utc};

/// One line, with its cure where there is one.
pub fn show_wait(cx: &Invocation, until: Option<DateTime<Utc>>, why: &str, fix: &str) {
    let text = match until {
        Some(until) => format!("  writes wait until {}: {why}", when(until)),
        None => format!("  nothing is written: {why}"),
    };
    cx.out.line(SafeLine::new().styled(out::YELLOW, text));
    if !fix.is_empty() {
        cx.out.line(format!("   = fix: {fix}"));
    }
}

/// Whether it waits, and what was found.
pub fn show(cx: &Invocation, world: &WorldStatus) {
    let stopped = !world.stopped.is_empty();
    if stopped || world.waits_until.is_some() {
        let why = if stopped { &world.stopped } else { &world.what };
        show_wait(cx, world.waits_until, why, &world.fix);
    } else if !world.fix.is_empty() {
        cx.out.line(format!("   = fix: {}", world.fix));
    }
    show_lost(
        cx,
        world.known_until,
        &world.lost,
        stopped || world.waits_until.is_some(),
    );
    let found = &world.found;
    let all = [
        ("were in the ledger and are taken for ours", &found.adopted),
        ("wait for a person: see `crossfoot errors`", &found.differs),
        ("were missing in the ledger and were made", &found.made),
        ("are not decided on yet", &found.open),
        ("stand there twice", &found.twice),
    ];
    if all.iter().all(|(_, some)| some.is_empty()) {
        return;
    }
    let since = when(world.began);
    cx.out.line(format!("  since {since} ({}):", world.what));
    for (what, some) in all.iter().filter(|(_, some)| !some.is_empty()) {
        let text = format!("    {} {what}: {}", some.len(), numbers(some));
        cx.out.line(text);
    }
}

/// That words were lost with what came after a backup, and those that had kept something back, one by one.
pub fn show_lost(cx: &Invocation, until: Option<DateTime<Utc>>, lost: &[LostWord], always: bool) {
    let Some(until) = until.filter(|_| always || !lost.is_empty()) else {
        return;
    };
    cx.out.line(format!(
        "  what was said to Crossfoot after {} (settle, skip, send, resend, approve) is lost",
        when(until)
    ));
    for word in lost {
        cx.out
            .line(SafeLine::new().styled(out::YELLOW, format!("    {}", word.line())));
    }
    if !lost.is_empty() {
        cx.out.line(
            "    each of these is held until it is said again: see `crossfoot errors`".to_owned(),
        );
    }
}
