//! `crossfoot errors [TENANT]`: what waits for a person, grouped by cause, with the documents each blocks.
//!
//! With `--json`: `{"tenants": [{"tenant", "causes": [{"state", "code", "what", "fix", "place", "documents": [N, ..]}],
//! "unreadable": [{"at", "what", "fix"}]}]}`. Exit code 1 when there is anything.

use super::text::{Line, count};
use super::{Context, Exit, Failure, out};
use crate::connectors::BadRecord;
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::{Documents as _, Records as _};
use crate::service::{Cause, causes};
use crate::store::OpenAs;
use serde::Serialize;
use serde_json::json;

/// The most documents that are looked at.
const MOST: usize = 100_000;
/// The most numbers shown for a cause.
const MOST_NUMBERS: usize = 12;

/// Whose.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant; all of them without one
    pub tenant: Option<String>,
}

#[derive(Serialize)]
struct Told {
    tenant: TenantId,
    causes: Vec<Cause>,
    unreadable: Vec<BadRecord>,
}

/// Shows them.
///
/// # Errors
/// There is no such tenant, or the store cannot be read.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let names: Vec<String> = args.tenant.iter().cloned().collect();
    let tenants = cx.tenants(&names)?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let mut all = Vec::new();
    for tenant in tenants {
        let states = [DocState::Held, DocState::Refused];
        let rows = engine.store().documents(&tenant, &states, MOST).await?;
        all.push(Told {
            causes: causes(&rows),
            unreadable: engine.store().bad_records(&tenant).await?,
            tenant,
        });
    }
    let none = all
        .iter()
        .all(|t| t.causes.is_empty() && t.unreadable.is_empty());
    for told in &all {
        show(cx, told);
    }
    if none {
        cx.out.line("nothing waits for a person");
    }
    cx.out.json(&json!({"tenants": all}))?;
    Ok(if none { Exit::Fine } else { Exit::Attention })
}

fn show(cx: &Context, told: &Told) {
    for cause in &told.causes {
        let n = cause.documents.len() as u64;
        let style = if cause.state == DocState::Held {
            out::YELLOW
        } else {
            out::RED
        };
        cx.out.line(
            Line::new()
                .styled(style, cause.state.as_str())
                .plain(format!("[{}] {}: {}", cause.code, told.tenant, cause.what)),
        );
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
    for bad in &told.unreadable {
        cx.out.line(
            Line::new()
                .styled(out::RED, "unreadable")
                .plain(format!(" {}: {}: {}", told.tenant, bad.at, bad.what)),
        );
        cx.out.line(format!("   = fix: {}", bad.fix));
        cx.out.gap();
    }
}

/// Some numbers, and how many more there are.
pub fn numbers(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(MOST_NUMBERS).map(String::as_str).collect();
    let mut text = shown.join(", ");
    if all.len() > MOST_NUMBERS {
        text.push_str(&format!(" and {} more", all.len() - MOST_NUMBERS));
    }
    text
}
