//! `approve`, `unapprove`, `retry`, `release`: a person's word on documents and, with `--payments`, on payments.
//!
//! With `--json`: a [`WordAnswer`]. Exit code 1 when something was left.

use super::at_once::AtOnce;
use super::exit::Exit;
use super::invocation::{Invocation, actor};
use super::text::count;
use super::waiting;
use crate::service::desk::word::{Which, WordAnswer};
use crate::service::desk::{approve as desk, release as releasing, retry as retrying};
use crate::service::{NotDone, OpenAs};
use chrono::NaiveDate;

/// Which documents are approved.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crossfoot approve <TENANT> <NUMBERS>...\n       crossfoot approve <TENANT> --all"
)]
pub struct ApproveArgs {
    /// The tenant
    pub tenant: String,
    /// The documents' numbers
    #[arg(required_unless_present = "all")]
    pub numbers: Vec<String>,
    /// Every document that waits
    #[arg(long, conflicts_with = "numbers")]
    pub all: bool,
}

/// Which documents are sent back.
#[derive(Debug, clap::Args)]
pub struct UnapproveArgs {
    /// The tenant
    pub tenant: String,
    /// The documents' numbers
    #[arg(required = true)]
    pub numbers: Vec<String>,
}

/// Which documents are decided on again.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crossfoot retry <TENANT> <NUMBERS>...\n       crossfoot retry <TENANT> --all"
)]
pub struct RetryArgs {
    /// The tenant
    pub tenant: String,
    /// The documents' numbers
    #[arg(required_unless_present = "all")]
    pub numbers: Vec<String>,
    /// Every held and refused document
    #[arg(long, conflicts_with = "numbers")]
    pub all: bool,
}

/// Whose.
#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    /// The tenant
    pub tenant: String,
    /// Payments of posted documents that an edit of the file or of a rule lets go
    #[arg(long)]
    pub payments: bool,
    /// Of these only those dated from this day on
    #[arg(long, value_name = "DATE", requires = "payments")]
    pub from: Option<NaiveDate>,
}

fn which(all: bool, numbers: &[String]) -> Which<'_> {
    if all {
        Which::All
    } else {
        Which::Numbers(numbers)
    }
}

/// For how many a word was said, and which were left.
fn listed(cx: &Invocation, word: &WordAnswer, what: &str) {
    let n = word.done.len() as u64;
    cx.out
        .line(format!("{} {what}", count(n, "document", "documents")));
    for l in &word.left {
        cx.out.line(format!("  not {}: {}", l.number, l.why));
    }
}

fn told(cx: &Invocation, word: &WordAnswer, what: &str, next: &str) -> Result<Exit, NotDone> {
    listed(cx, word, what);
    if !word.done.is_empty() {
        cx.out.line(next);
    }
    cx.out.json(word)?;
    Ok(Exit::unless(!word.left.is_empty()))
}

/// Lets checked documents go.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn approve(cx: &Invocation, args: &ApproveArgs) -> Result<Exit, NotDone> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    let which = which(args.all, &args.numbers);
    let word = desk::approve(&engine, &tenant, which, &actor()).await?;
    let next = "they go at the next sync; a change to one sends it back";
    told(cx, &word, "approved", next)
}

/// Sends approved documents back.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn unapprove(cx: &Invocation, args: &UnapproveArgs) -> Result<Exit, NotDone> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    let word = desk::unapprove(&engine, &tenant, &args.numbers, &actor()).await?;
    told(cx, &word, "sent back", "they wait for approval")
}

/// Reads held and refused documents again and decides on them, at once.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn retry(cx: &Invocation, args: &RetryArgs) -> Result<Exit, NotDone> {
    let at_once = AtOnce::of(cx, &args.tenant).await?;
    let tenant = &at_once.loaded.mapping.tenant;
    let which = which(args.all, &args.numbers);
    let mut word = retrying::retry(at_once.engine(), tenant, which, &actor()).await?;
    listed(cx, &word, "to be retried");
    let (run, exit) = at_once.carry_out(cx, "retry", &word.done).await;
    word.run = run;
    cx.out.json(&word)?;
    Ok(match word.left.is_empty() {
        true => exit,
        false => Exit::unless(true),
    })
}

/// Lets go all that waits for the first review or the guard; or the payments of posted documents that wait.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn release(cx: &Invocation, args: &ReleaseArgs) -> Result<Exit, NotDone> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    if args.payments {
        let told = releasing::release_payments(&engine, &tenant, args.from, &actor()).await?;
        match told.released.as_slice() {
            [] => cx.out.line("no payments wait that may go by this word"),
            some => {
                cx.out.line(format!("released: {}", waiting::groups(some)));
                cx.out.line(format!(
                    "each is looked for in the ledger first; they go at the next `crossfoot sync {tenant}`"
                ));
                waiting::kept(cx, &tenant, some);
            }
        }
        waiting::show(cx, &tenant, &told.waiting);
        cx.out.json(&told)?;
        return Ok(Exit::unless(!told.waiting.is_empty()));
    }
    let word = releasing::release(&engine, &tenant, &actor()).await?;
    if word.done.is_empty() && word.left.is_empty() {
        cx.out
            .line("nothing waits to be released, and nothing is changed by this word");
    }
    let next = format!("they go at the next `crossfoot sync {tenant}`");
    told(cx, &word, "released", &next)
}
