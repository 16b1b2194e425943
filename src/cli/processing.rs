//! `crossfoot processing TENANT on|off`: the switch that is kept in the store, not in the file.
//!
//! With `--json`: `{"tenant": T, "processing": BOOL}`.

use super::{Context, Exit, Failure};
use crate::pipeline::ports::Runs as _;
use crate::service::{TimesSince, keep_since};
use crate::store::OpenAs;
use clap::ValueEnum;
use serde_json::json;

/// Whose, and which way.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// On or off
    pub switch: Switch,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It runs.
    On,
    /// It does not.
    Off,
}

/// Switches it.
///
/// # Errors
/// There is no such tenant, or its files have mistakes.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let on = args.switch == Switch::On;
    let tenant = if on {
        // What cannot run is not switched on.
        let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
        set(&engine, &loaded.mapping.tenant, true).await?;
        for end in [&loaded.mapping.from.value, &loaded.mapping.to.value] {
            if let Some(what) = super::status::missing(&engine, &loaded.mapping.tenant, end).await {
                cx.out.aside(format!("note: {what}"));
            }
        }
        loaded.mapping.tenant
    } else {
        let tenant = cx.workspace()?.tenant(&args.tenant)?;
        set(&cx.engine(OpenAs::Person).await?, &tenant, false).await?;
        tenant
    };
    let word = if on { "on" } else { "off" };
    cx.out.line(format!("processing of {tenant} is {word}"));
    cx.out.json(&json!({"tenant": tenant, "processing": on}))?;
    Ok(Exit::Fine)
}

async fn set(
    engine: &crate::service::Engine,
    tenant: &crate::model::TenantId,
    on: bool,
) -> Result<(), Failure> {
    let mut state = engine.store().tenant(tenant).await?;
    if on && !state.processing {
        // What it missed while it was off is not made up for.
        keep_since(engine.store(), tenant, TimesSince::On(engine.now())).await?;
    }
    state.processing = on;
    let actor = super::context::actor();
    engine
        .store()
        .set_tenant(tenant, &state, &actor, engine.now())
        .await?;
    Ok(())
}
