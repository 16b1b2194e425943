//! `crossfoot status [TENANT]`: what is connected, configured, done, in doubt and next.
//!
//! With `--json`: a [`StatusAnswer`](crate::service::desk::status::StatusAnswer).

use super::exit::Exit;
use super::invocation::Invocation;
use super::out;
use super::text::{SafeLine, count};
use super::waiting;
use super::words::{held, when};
use super::world;
use crate::service::desk::status::{EndStatus, TenantStatus, status};
use crate::service::{NotDone, OpenAs};
use chrono::{DateTime, Utc};

/// Whose.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// The tenant; all of them without one
    pub tenant: Option<String>,
}

/// Shows it.
///
/// # Errors
/// There is no such tenant, or the store cannot be read.
pub async fn run(cx: &Invocation, args: &StatusArgs) -> Result<Exit, NotDone> {
    let tenants = cx.tenants(args.tenant.as_slice())?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = status(&engine, tenants).await?;
    if answer.tenants.is_empty() {
        cx.out
            .line("no tenants yet: make one with `crossfoot new NAME --preset keap-xero`");
    }
    if let Some(world) = &answer.world {
        world::show(cx, world);
    }
    for (n, status) in answer.tenants.iter().enumerate() {
        if n > 0 {
            cx.out.gap();
        }
        show(cx, status, engine.now());
    }
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}

fn show(cx: &Invocation, status: &TenantStatus, now: DateTime<Utc>) {
    let head = SafeLine::new().bold(status.tenant.as_str());
    let processing = if status.processing { "on" } else { "off" };
    cx.out
        .line(head.plain(format!("  processing {processing}")));
    for what in &status.action_required {
        cx.out.line(
            SafeLine::new()
                .plain("  ")
                .styled(out::RED, "ACTION REQUIRED")
                .plain(format!(": {what}")),
        );
    }
    if let (Some(s), Some(l)) = (&status.source, &status.ledger) {
        cx.out.line(format!("  {} -> {}", end(s), end(l)));
    }
    let counts = status.counts.iter().map(|(s, n)| format!("{n} {s}"));
    let counts: Vec<String> = counts.collect();
    if !counts.is_empty() {
        cx.out.line(format!("  documents: {}", counts.join(", ")));
    }
    if status.waits() {
        let t = &status.tenant;
        let what = if status.reviewed {
            format!("crossfoot approve {t} --all")
        } else {
            format!("crossfoot release {t}")
        };
        cx.out.line(format!(
            "  checked documents wait: look with `crossfoot plan {t}`, then `{what}`"
        ));
    }
    if let Some(line) = held(&status.held) {
        cx.out
            .line(SafeLine::new().styled(out::YELLOW, format!("  {line}")));
    }
    show_troubles(cx, status);
    if status.drifts > 0 {
        let what = count(status.drifts, "change", "changes");
        let text = format!(
            "  {what} to posted documents: see `crossfoot errors {}`",
            status.tenant
        );
        cx.out.line(SafeLine::new().styled(out::YELLOW, text));
    }
    waiting::show(cx, &status.tenant, &status.payments_waiting);
    let last = status.last_run.map_or_else(|| "never".to_owned(), when);
    cx.out.line(format!("  last run: {last}"));
    cx.out.line(format!("  next: {}", next(status, now)));
}

fn end(e: &EndStatus) -> String {
    let word = if e.connected {
        "connected"
    } else {
        "not connected"
    };
    format!("{} {} ({word})", e.system, e.connection)
}

fn show_troubles(cx: &Invocation, status: &TenantStatus) {
    for d in &status.in_doubt {
        let since = d
            .since
            .map(|t| format!(" since {}", when(t)))
            .unwrap_or_default();
        let until = d
            .not_before
            .map(|t| format!(", looked up after {}", when(t)))
            .unwrap_or_default();
        let text = format!("  in doubt: {} of {}{since}{until}", d.kind, d.document);
        cx.out.line(SafeLine::new().styled(out::YELLOW, text));
    }
    if let Some(mail) = &status.mail {
        let since = mail.since.map(when).unwrap_or_default();
        let text = format!(
            "  e-mail not sent since {since}, and tried again: {}",
            mail.why
        );
        cx.out.line(SafeLine::new().styled(out::YELLOW, text));
    }
}

fn next(status: &TenantStatus, now: DateTime<Utc>) -> String {
    if !status.action_required.is_empty() {
        return "what is required above".to_owned();
    }
    let t = &status.tenant;
    if !status.processing {
        return format!(
            "try one with `crossfoot sync {t} --only NUMBER`, then `crossfoot processing {t} on`"
        );
    }
    let trigger = status.trigger.as_deref().unwrap_or_default();
    match status.next_run {
        None => format!("runs {trigger}: `crossfoot sync {t}`"),
        Some(at) if at <= now => format!("due now ({trigger}), while `crossfoot run` runs"),
        Some(at) => format!("{} ({trigger}), while `crossfoot run` runs", when(at)),
    }
}
