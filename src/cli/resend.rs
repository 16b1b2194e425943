//! `crossfoot resend TENANT [NUMBER..] [--changed-by FIELD]`: posted documents that the file or a rule would make otherwise
//! now are shown, and sent when a person says so: with `--yes`, or a yes on a terminal.
//!
//! With `--json`: a [`ResendAnswer`]. Exit code 1 when something would be sent and nobody has said yes, or the run held it.

use super::at_once::AtOnce;
use super::exit::Exit;
use super::invocation::{Invocation, actor};
use super::table::TextTable;
use super::text::count;
use super::words::known;
use crate::model::bracketed;
use crate::service::desk::resend::{ResendAnswer, resend, would_resend};
use crate::service::{ChangedBy, NotDone};

/// What is sent anew.
#[derive(Debug, clap::Args)]
pub struct ResendArgs {
    /// The tenant
    pub tenant: String,
    /// The documents' numbers; without any, all that would differ
    pub numbers: Vec<String>,
    /// Only those that differ by this: accounts, tax, dates, text or amounts
    #[arg(long, value_name = "FIELD")]
    pub changed_by: Option<String>,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT", default_value = "the file was edited")]
    pub why: String,
    /// Send them without asking
    #[arg(long)]
    pub yes: bool,
}

/// Shows and sends.
///
/// # Errors
/// A number is not known, a write is in doubt, or store or systems fail.
pub async fn run(cx: &Invocation, args: &ResendArgs) -> Result<Exit, NotDone> {
    let by = match &args.changed_by {
        None => None,
        Some(word) => Some(ChangedBy::parse(word).ok_or_else(|| {
            let what = format!("documents do not differ by \"{word}\"");
            NotDone::wrong(
                what,
                format!(
                    "say one of {}",
                    ChangedBy::ALL.map(ChangedBy::as_str).join(", ")
                ),
            )
        })?),
    };
    let at_once = AtOnce::of(cx, &args.tenant).await?;
    let mut answer = would_resend(at_once.engine(), &at_once.loaded, &args.numbers, by).await?;
    show(cx, &answer);
    if answer.documents.is_empty() && answer.spent.is_empty() {
        cx.out.json(&answer)?;
        return Ok(Exit::unless(!answer.locked.is_empty()));
    }
    let n = count(answer.documents.len() as u64, "document", "documents");
    if !answer.documents.is_empty() && !args.yes && !agreed(cx, &n)? {
        cx.out.line("nothing was sent: add --yes to send them");
        cx.out.json(&answer)?;
        return Ok(Exit::unless(true));
    }
    resend(at_once.engine(), &mut answer, (&args.why, &actor())).await?;
    let goes = |number: &String| answer.documents.iter().any(|d| d.number == *number);
    let spent: Vec<&String> = (answer.spent.iter().map(|s| &s.0))
        .filter(|n| !goes(n))
        .collect();
    for number in &spent {
        cx.out.line(format!(
            "{number} is as it would be made: the earlier word on it is taken back"
        ));
    }
    let numbers = answer.documents.iter().map(|d| d.number.clone());
    let numbers: Vec<String> = numbers.chain(spent.into_iter().cloned()).collect();
    let (run, exit) = at_once.carry_out(cx, "resend", &numbers).await;
    answer.run = run;
    cx.out.json(&answer)?;
    Ok(exit)
}

fn show(cx: &Invocation, answer: &ResendAnswer) {
    for l in &answer.locked {
        let status = bracketed(&l.status);
        cx.out.line(format!(
            "not {}: the ledger lets its {} be changed no more{status}; it stays as it is",
            l.number,
            l.fields.join(", ")
        ));
    }
    if answer.documents.is_empty() {
        let more = if answer.locked.is_empty() {
            ""
        } else {
            " else"
        };
        cx.out.line(format!(
            "{}: nothing{more} that is posted would be made otherwise",
            answer.tenant
        ));
        return;
    }
    let mut table = TextTable::new(&["number", "total", "field", "was", "becomes"]).right(&[1]);
    for d in &answer.documents {
        for (n, c) in d.changes.iter().enumerate() {
            let head = match n {
                0 => (d.number.clone(), known(&d.currency, d.total)),
                _ => (String::new(), String::new()),
            };
            table.row([&head.0, &head.1, &c.field, &c.was, &c.becomes]);
        }
    }
    if !table.is_empty() {
        cx.out.table(&table);
    }
    for d in &answer.documents {
        for e in &d.entries {
            cx.out.line(format!(
                "of {0}, {1}; that is not changed with it: {0} is held then, and told how it is made anew",
                d.number, e.told
            ));
        }
    }
}

fn agreed(cx: &Invocation, n: &str) -> Result<bool, NotDone> {
    if !cx.out.can_ask() {
        return Ok(false);
    }
    cx.out.asked(&format!("change {n} in the ledger"))
}
