//! `crossfoot errors [TENANT]`: what waits for a person, approvals among it, grouped by cause, with the documents each blocks.
//!
//! With `--json`: an [`ErrorsAnswer`](crate::service::desk::errors::ErrorsAnswer). Exit code 1 when there is anything.

use super::exit::Exit;
use super::invocation::Invocation;
use super::out;
use super::table::TextTable;
use super::text::{SafeLine, count, short};
use super::waiting;
use super::words::{age, drift, held, known, money, sums};
use crate::model::DocState;
use crate::service::desk::errors::{ErrorsAnswer, StuckPayment, TenantErrors, errors};
use crate::service::{Cause, KeptBack, NotDone, OpenAs};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// The most documents of a cause that are shown one by one.
const MOST_EACH: usize = 12;
/// The most of a customer's name.
const MOST_NAME: usize = 28;

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
    let tenants = cx.halves(args.tenant.as_slice())?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let answer = errors(&engine, tenants).await?;
    for told in &answer.tenants {
        show(cx, told, engine.now());
    }
    // Of one tenant its own line has said how much waits, and each cause what it comes to.
    if answer
        .tenants
        .iter()
        .filter(|t| !t.causes.is_empty())
        .count()
        > 1
    {
        show_sums(cx, &answer);
    }
    if answer.none() {
        cx.out.line("nothing waits for a person");
    }
    cx.out.json(&answer)?;
    Ok(Exit::unless(!answer.none()))
}

fn show(cx: &Invocation, told: &TenantErrors, now: DateTime<Utc>) {
    for cause in &told.causes {
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
        show_each(cx, cause, now);
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
    show_payments(cx, told);
    waiting::show(cx, &told.tenant, &told.payments_waiting);
    if let Some(line) = held(&told.held) {
        cx.out.line(format!("{}: {line}", told.tenant));
    }
    for bad in &told.unreadable {
        cx.out.line(
            SafeLine::new()
                .styled(out::RED, "unreadable")
                .plain(format!(" {}: {}: {}", told.tenant, bad.named(), bad.what)),
        );
        cx.out.line(format!("   = fix: {}", bad.fix));
        cx.out.gap();
    }
}

/// Payments and refunds: those that wait with their documents' approval in one line, any other by itself.
fn show_payments(cx: &Invocation, told: &TenantErrors) {
    let checked = (told.causes.iter()).filter(|c| c.state == DocState::Checked);
    let approvals: Vec<&str> = checked.map(|c| c.code.as_str()).collect();
    // What goes with a document that waits for a word is no trouble of its own: a first run may have thousands.
    let with_it = |p: &&StuckPayment| {
        let reason = p.payment.reason.as_ref();
        reason.is_some_and(|r| approvals.contains(&r.code.as_str()))
    };
    let (with_it, alone): (Vec<&StuckPayment>, Vec<&StuckPayment>) =
        told.payments.iter().partition(with_it);
    if !with_it.is_empty() {
        let mut of: BTreeMap<String, rust_decimal::Decimal> = BTreeMap::new();
        for p in &with_it {
            let sum = of.entry(p.currency.clone()).or_default();
            *sum = sum.saturating_add(p.payment.amount);
        }
        let many = count(with_it.len() as u64, "payment", "payments");
        cx.out.line(format!(
            "{many}, {}, with what waits for approval",
            sums(&of)
        ));
    }
    for p in alone {
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
        let own = p
            .payment
            .reason
            .as_ref()
            .filter(|r| p.beside && !r.fix.is_empty());
        if let Some(own) = own {
            cx.out.line(format!("   = fix: {}", own.fix));
        }
    }
    if !told.payments.is_empty() {
        cx.out.gap();
    }
}

/// The documents of a cause: number, day, customer, amount, and for how long they have waited.
fn show_each(cx: &Invocation, cause: &Cause, now: DateTime<Utc>) {
    let n = cause.each.len() as u64;
    let many = count(n, "document", "documents");
    cx.out.line(format!("   | {many}, {}", sums(&cause.sums)));
    let mut table = TextTable::bare().right(&[4]);
    for KeptBack {
        number,
        contact,
        date,
        currency,
        total,
        since,
    } in cause.each.iter().take(MOST_EACH)
    {
        let date = date.map(|d| d.to_string()).unwrap_or_default();
        let waits = format!("for {}", age(now - *since));
        let (name, amount) = (short(contact, MOST_NAME), known(currency, *total));
        table.row(["   |", number, &date, &name, &amount, &waits]);
    }
    cx.out.table(&table);
    if cause.each.len() > MOST_EACH {
        let more = cause.each.len() - MOST_EACH;
        cx.out.line(format!("   | and {more} more, later ones"));
    }
}

/// What all of it comes to, by where it stands.
fn show_sums(cx: &Invocation, answer: &ErrorsAnswer) {
    let mut all: BTreeMap<DocState, (u64, BTreeMap<String, rust_decimal::Decimal>)> =
        BTreeMap::new();
    let causes = answer.tenants.iter().flat_map(|t| &t.causes);
    for cause in causes {
        let (n, sums) = all.entry(cause.state).or_default();
        *n += cause.each.len() as u64;
        for (currency, sum) in &cause.sums {
            let of = sums.entry(currency.clone()).or_default();
            *of = of.saturating_add(*sum);
        }
    }
    for (state, (n, of)) in &all {
        let word = match state {
            DocState::Checked => "waiting",
            state => state.as_str(),
        };
        let many = count(*n, "document", "documents");
        cx.out.line(format!("{many} {word}, {}", sums(of)));
    }
}
