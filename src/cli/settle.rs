//! `settle`, `unsettle`, `send`, `skip`: a person's words that end what is held.
//!
//! `crossfoot settle TENANT NUMBER [--payment ID] [--as LEDGER_ID] --why TEXT` looks in the ledger first and names the entry
//! that it takes; where none is there it needs `--unseen`. With `--json`: a [`SettleAnswer`]. Exit code 1 when no entry or
//! several could be meant, a write is in doubt, or the run that follows held something.

use super::at_once::AtOnce;
use super::exit::Exit;
use super::invocation::{Invocation, actor};
use crate::service::NotDone;
use crate::service::desk::settle::{self as desk, EntryTold, SettleAnswer, WordAsk, look, what};

/// What was settled by hand.
#[derive(Debug, clap::Args)]
pub struct SettleArgs {
    /// The tenant
    pub tenant: String,
    /// The document's number
    pub number: String,
    /// One payment or refund of it, by its id at the source
    #[arg(long, value_name = "ID")]
    pub payment: Option<String>,
    /// The entry of the ledger that is meant, by its id or number there
    #[arg(long = "as", value_name = "LEDGER_ID")]
    pub entry: Option<String>,
    /// It was entered where Crossfoot does not see it: you vouch for it
    #[arg(long, conflicts_with = "entry")]
    pub unseen: bool,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Do not ask whether the entry is the one
    #[arg(long)]
    pub yes: bool,
}

/// What was settled and shall not count any more.
#[derive(Debug, clap::Args)]
pub struct UnsettleArgs {
    /// The tenant
    pub tenant: String,
    /// The document's number
    pub number: String,
    /// One payment or refund of it, by its id at the source
    #[arg(long, value_name = "ID")]
    pub payment: Option<String>,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub why: String,
}

/// What goes although another is there.
#[derive(Debug, clap::Args)]
pub struct SendArgs {
    /// The tenant
    pub tenant: String,
    /// The document's number
    pub number: String,
    /// One payment or refund of it, by its id at the source
    #[arg(long, value_name = "ID")]
    pub payment: Option<String>,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub why: String,
}

/// What is left out.
#[derive(Debug, clap::Args)]
pub struct SkipArgs {
    /// The tenant
    pub tenant: String,
    /// The document's number
    pub number: String,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub why: String,
}

async fn end(
    cx: &Invocation,
    at_once: &AtOnce,
    verb: &str,
    mut answer: SettleAnswer,
) -> Result<Exit, NotDone> {
    let numbers = [answer.number.clone()];
    let (run, exit) = at_once.carry_out(cx, verb, &numbers).await;
    answer.run = run;
    cx.out.json(&answer)?;
    Ok(exit)
}

/// Settles.
///
/// # Errors
/// No entry or several could be meant, it is in doubt, or nobody said yes.
pub async fn settle(cx: &Invocation, args: &SettleArgs) -> Result<Exit, NotDone> {
    let at_once = AtOnce::of(cx, &args.tenant).await?;
    let who = actor();
    let ask = WordAsk {
        payment: args.payment.as_deref(),
        entry: args.entry.as_deref(),
        unseen: args.unseen,
        ..WordAsk::document(&args.number, &args.why, &who)
    };
    let looked = look(at_once.engine(), &at_once.loaded, ask).await?;
    if let Some(entry) = looked.told().filter(|_| !args.yes) {
        agreed(cx, &what(ask), &entry)?;
    }
    let answer = desk::settle(at_once.engine(), ask, looked).await?;
    let with = match answer.entries.first() {
        Some(entry) => entry.line(),
        None => "an entry that Crossfoot does not see".to_owned(),
    };
    cx.out
        .line(format!("{} is settled by hand: {with}", what(ask)));
    end(cx, &at_once, "settle", answer).await
}

/// On a terminal the entry is shown before it is taken; a script that names no `--yes` has read it in the answer.
fn agreed(cx: &Invocation, what: &str, entry: &EntryTold) -> Result<(), NotDone> {
    if !cx.out.can_ask() {
        return Ok(());
    }
    match cx
        .out
        .asked(&format!("{what} is {}. Is it", entry.line()))?
    {
        true => Ok(()),
        false => Err(NotDone::wrong("nothing was changed", "")),
    }
}

/// Takes a settling back.
///
/// # Errors
/// It was not settled by hand.
pub async fn unsettle(cx: &Invocation, args: &UnsettleArgs) -> Result<Exit, NotDone> {
    let at_once = AtOnce::of(cx, &args.tenant).await?;
    let who = actor();
    let ask = WordAsk {
        payment: args.payment.as_deref(),
        ..WordAsk::document(&args.number, &args.why, &who)
    };
    let answer = desk::unsettle(at_once.engine(), &at_once.loaded, ask).await?;
    cx.out
        .line(format!("{} is no longer settled by hand", what(ask)));
    end(cx, &at_once, "unsettle", answer).await
}

/// Sends ours beside another.
///
/// # Errors
/// There is no such document or payment, it is there already, or in doubt.
pub async fn send(cx: &Invocation, args: &SendArgs) -> Result<Exit, NotDone> {
    let at_once = AtOnce::of(cx, &args.tenant).await?;
    let who = actor();
    let ask = WordAsk {
        payment: args.payment.as_deref(),
        ..WordAsk::document(&args.number, &args.why, &who)
    };
    let answer = desk::send(at_once.engine(), &at_once.loaded, ask).await?;
    let beside: Vec<String> = answer.entries.iter().map(EntryTold::line).collect();
    let beside = match beside.as_slice() {
        [] => String::new(),
        some => format!(" beside {}", some.join("; ")),
    };
    cx.out.line(format!("{} goes{beside}", what(ask)));
    end(cx, &at_once, "send", answer).await
}

/// Leaves a document out.
///
/// # Errors
/// There is no such document, or it is in doubt.
pub async fn skip(cx: &Invocation, args: &SkipArgs) -> Result<Exit, NotDone> {
    let at_once = AtOnce::of(cx, &args.tenant).await?;
    let who = actor();
    let ask = WordAsk::document(&args.number, &args.why, &who);
    let left = desk::skip(at_once.engine(), &at_once.loaded, ask).await?;
    for at in &left.answer.unread {
        cx.out.line(format!(
            "{at}, which cannot be read, is left out until it is changed at its source"
        ));
    }
    if !left.document {
        cx.out.json(&left.answer)?;
        return Ok(Exit::Fine);
    }
    cx.out.line(format!("{} is left out", what(ask)));
    end(cx, &at_once, "skip", left.answer).await
}
