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
    let tenants = cx.halves(args.tenant.as_slice())?;
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
        show(cx, status);
    }
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}

fn show(cx: &Invocation, status: &TenantStatus) {
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
    cx.out.line(format!("  next: {}", status.next));
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
