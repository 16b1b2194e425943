//! `crossfoot errors [TENANT]`: what waits for a person, approvals among it, grouped by cause, with the documents each blocks.
//!
//! With `--json`: an [`ErrorsAnswer`](crate::service::desk::errors::ErrorsAnswer). Exit code 1 when there is anything.

use super::exit::Exit;
use super::invocation::Invocation;
use super::out;
use super::text::{SafeLine, count};
use super::waiting;
use super::words::{drift, held, money, numbers};
use crate::model::DocState;
use crate::service::desk::errors::{TenantErrors, errors};
use crate::service::{NotDone, OpenAs};

/// Whose.
#[derive(Debug, clap::Args)]
pub struct ErrorsArgs {
    /// The tenant; all of them without one
    pub tenant: Option<String>,
}

/// Shows them.
///
/// # Errors
/// There is no such tenant, or the store cannot be read.
pub async fn run(cx: &Invocation, args: &ErrorsArgs) -> Result<Exit, NotDone> {
    let tenants = cx.tenants(args.tenant.as_slice())?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = errors(&engine, tenants).await?;
    for told in &answer.tenants {
        show(cx, told);
    }
    if answer.none() {
        cx.out.line("nothing waits for a person");
    }
    cx.out.json(&answer)?;
    Ok(Exit::unless(!answer.none()))
}

fn show(cx: &Invocation, told: &TenantErrors) {
    for cause in &told.causes {
        let n = cause.documents.len() as u64;
        let (style, state) = match cause.state {
            DocState::Held => (out::YELLOW, cause.state.as_str()),
            // Nothing is wrong with what was checked: it waits for a word.
            DocState::Checked => (out::YELLOW, "waits"),
            _ => (out::RED, cause.state.as_str()),
        };
        let such = match &cause.such_as {
            Some(number) => format!("such as {number}: "),
            None => String::new(),
        };
        let what = format!("[{}] {}: {such}{}", cause.code, told.tenant, cause.what);
        cx.out
            .line(SafeLine::new().styled(style, state).plain(what));
        if let Some(place) = &cause.place {
            cx.out.line(format!("  --> {place}"));
        }
        cx.out.line(format!(
            "   | {}: {}",
            count(n, "document", "documents"),
            numbers(&cause.documents)
        ));
        if !cause.fix.is_empty() {
            cx.out.line(format!("   = fix: {}", cause.fix));
        }
        cx.out.gap();
    }
    for d in &told.drifts {
        cx.out.line(drift(d));
    }
    if !told.drifts.is_empty() {
        cx.out.gap();
    }
    for p in &told.payments {
        let amount = money(&p.currency, p.payment.amount);
        let why = p.payment.reason.as_ref().map(ToString::to_string);
        cx.out.line(format!(
            "payment {} of {} ({}, {amount}) {}: {}",
            p.payment.id,
            p.document,
            p.payment.date,
            p.payment.state,
            why.unwrap_or_default()
        ));
    }
    if !told.payments.is_empty() {
        cx.out.gap();
    }
    waiting::show(cx, &told.tenant, &told.payments_waiting);
    if let Some(line) = held(&told.held) {
        cx.out.line(format!("{}: {line}", told.tenant));
    }
    for bad in &told.unreadable {
        cx.out.line(
            SafeLine::new()
                .styled(out::RED, "unreadable")
                .plain(format!(" {}: {}: {}", told.tenant, bad.at, bad.what)),
        );
        cx.out.line(format!("   = fix: {}", bad.fix));
        cx.out.gap();
    }
}
