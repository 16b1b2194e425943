//! `approve`, `unapprove`, `retry`, `release`: a person's word on documents.
//!
//! With `--json`: `{"tenant", "done": [NUMBER, ..], "left": [{"number", "why"}]}`. Exit code 1 when something was left.

use super::context::actor;
use super::text::count;
use super::{Context, Exit, Failure};
use crate::model::{DocState, TenantId};
use crate::pipeline::flow;
use crate::pipeline::ports::{DocRow, Documents as _};
use crate::service::Engine;
use crate::store::OpenAs;
use serde::Serialize;
use serde_json::json;

/// The most documents one call works on.
const MOST: usize = 100_000;

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
}

#[derive(Serialize)]
struct Left {
    number: String,
    why: String,
}

#[derive(Default)]
struct Word {
    done: Vec<String>,
    left: Vec<Left>,
}

impl Word {
    fn left(&mut self, number: &str, why: impl Into<String>) {
        self.left.push(Left {
            number: number.to_owned(),
            why: why.into(),
        });
    }

    fn told(
        self,
        cx: &Context,
        tenant: &TenantId,
        what: &str,
        next: &str,
    ) -> Result<Exit, Failure> {
        let n = self.done.len() as u64;
        cx.out
            .line(format!("{} {what}", count(n, "document", "documents")));
        for l in &self.left {
            cx.out.line(format!("  not {}: {}", l.number, l.why));
        }
        if n > 0 {
            cx.out.line(next);
        }
        cx.out
            .json(&json!({"tenant": tenant, "done": self.done, "left": self.left}))?;
        Ok(if self.left.is_empty() {
            Exit::Fine
        } else {
            Exit::Attention
        })
    }
}

/// Documents by number; those that are not there are left with a reason.
async fn rows(
    engine: &Engine,
    tenant: &TenantId,
    numbers: &[String],
    word: &mut Word,
) -> Result<Vec<DocRow>, Failure> {
    let mut out = Vec::new();
    for number in numbers {
        match engine.store().document(tenant, number).await? {
            Some(row) => out.push(row),
            None => word.left(
                number,
                "it has not been read yet; `crossfoot explain` looks it up",
            ),
        }
    }
    Ok(out)
}

/// Lets checked documents go.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn approve(cx: &Context, args: &ApproveArgs) -> Result<Exit, Failure> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    let mut word = Word::default();
    let rows = if args.all {
        engine
            .store()
            .documents(&tenant, &[DocState::Checked], MOST)
            .await?
    } else {
        rows(&engine, &tenant, &args.numbers, &mut word).await?
    };
    for row in rows {
        if row.state != DocState::Checked {
            word.left(
                &row.number,
                format!("it is {}, and does not wait for approval", row.state),
            );
            continue;
        }
        set(&engine, &tenant, &row, DocState::Approved).await?;
        word.done.push(row.number);
    }
    word.told(
        cx,
        &tenant,
        "approved",
        "they go at the next sync; a change to one sends it back",
    )
}

/// Sends approved documents back.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn unapprove(cx: &Context, args: &UnapproveArgs) -> Result<Exit, Failure> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    let mut word = Word::default();
    for row in rows(&engine, &tenant, &args.numbers, &mut word).await? {
        if row.state != DocState::Approved {
            word.left(
                &row.number,
                format!("it is {}, not ready to sync", row.state),
            );
            continue;
        }
        set(&engine, &tenant, &row, DocState::Checked).await?;
        word.done.push(row.number);
    }
    word.told(cx, &tenant, "sent back", "they wait for approval")
}

async fn set(
    engine: &Engine,
    tenant: &TenantId,
    row: &DocRow,
    state: DocState,
) -> Result<(), Failure> {
    let now = engine.now();
    Ok(engine
        .store()
        .set_state(tenant, &row.source_id, state, &actor(), now)
        .await?)
}

/// Decides again on held and refused documents, at the next sync.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn retry(cx: &Context, args: &RetryArgs) -> Result<Exit, Failure> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    let mut word = Word::default();
    let stuck = [DocState::Held, DocState::Refused];
    let found = if args.all {
        engine.store().documents(&tenant, &stuck, MOST).await?
    } else {
        rows(&engine, &tenant, &args.numbers, &mut word).await?
    };
    if args.all {
        let now = engine.now();
        let store = engine.store();
        store.retry(&tenant, None, &actor(), now).await?;
    }
    for row in found {
        if !stuck.contains(&row.state) {
            word.left(
                &row.number,
                format!(
                    "it is {}: only held and refused documents are retried",
                    row.state
                ),
            );
            continue;
        }
        if !args.all {
            let (only, now) = (Some(&row.source_id), engine.now());
            let store = engine.store();
            store.retry(&tenant, only, &actor(), now).await?;
        }
        word.done.push(row.number);
    }
    let next = format!("they are decided on again at the next `crossfoot sync {tenant}`");
    word.told(cx, &tenant, "to be retried", &next)
}

/// Lets go all that waits for the first review or the guard.
///
/// # Errors
/// There is no such tenant, or the store cannot be used.
pub async fn release(cx: &Context, args: &ReleaseArgs) -> Result<Exit, Failure> {
    let tenant = cx.workspace()?.tenant(&args.tenant)?;
    let engine = cx.engine(OpenAs::Person).await?;
    let released = flow::release(engine.store(), &tenant, &actor(), engine.now()).await?;
    let mut word = Word {
        done: released.into_iter().map(|row| row.number).collect(),
        ..Word::default()
    };
    let waiting = (engine.store())
        .documents(&tenant, &[DocState::Checked], MOST)
        .await?;
    for row in waiting {
        let why = "it waits for a word of its own: `crossfoot approve`";
        word.left(&row.number, why);
    }
    let next = format!("they go at the next `crossfoot sync {tenant}`");
    word.told(cx, &tenant, "released", &next)
}
