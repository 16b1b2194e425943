//! `crossfoot processing TENANT on|off`: the switch that is kept in the store, not in the file.
//!
//! With `--json`: a [`ProcessingAnswer`](crate::service::desk::processing::ProcessingAnswer).

use super::exit::Exit;
use super::invocation::{Invocation, actor};
use crate::service::desk::processing::{switch_off, switch_on};
use crate::service::{NotDone, OpenAs};
use clap::ValueEnum;

/// Whose, and which way.
#[derive(Debug, clap::Args)]
pub struct ProcessingArgs {
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
pub async fn run(cx: &Invocation, args: &ProcessingArgs) -> Result<Exit, NotDone> {
    let answer = match args.switch {
        Switch::On => {
            let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
            switch_on(&engine, &loaded, &actor()).await?
        }
        Switch::Off => {
            let tenant = cx.workspace()?.tenant(&args.tenant)?;
            let engine = cx.engine(OpenAs::Person).await?;
            switch_off(&engine, &tenant, &actor()).await?
        }
    };
    for what in &answer.required {
        cx.out.aside(format!("note: {what}"));
    }
    let word = if answer.processing { "on" } else { "off" };
    cx.out
        .line(format!("processing of {} is {word}", answer.tenant));
    cx.out.json(&answer)?;
    Ok(Exit::Fine)
}
