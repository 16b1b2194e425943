//! `crossfoot schema [TENANT]`: the JSON Schema that editors complete and check a tenant's file with.
//!
//! Writes `.schema/TENANT.json` (`.schema/tenant.json` without one), or prints it with `--print` or `--json`. With a
//! tenant whose ledger was read before, its own accounts and tax codes are offered.

use super::init::write;
use super::{Context, Exit, Failure};
use crate::mapping::{Facts, SchemaFor, schema};
use crate::pipeline::ports::Mirror as _;
use crate::store::OpenAs;

/// For whom.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant; without one, the schema offers what every tenant may write
    pub tenant: Option<String>,
    /// Print it and write nothing
    #[arg(long)]
    pub print: bool,
}

/// Writes it.
///
/// # Errors
/// There is no such tenant, or it cannot be written.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let workspace = cx.workspace()?;
    let mut chart = None;
    let mut to = None;
    if let Some(name) = &args.tenant {
        let tenant = workspace.tenant(name)?;
        let compiled = workspace.compile(&tenant)?;
        to = compiled.mapping.map(|m| m.to.value.system);
        if workspace.database().exists() {
            let engine = cx.engine(OpenAs::Reader).await?;
            chart = engine.store().chart(&tenant).await?.map(|(c, _)| c);
        }
    }
    let (sources, targets) = (
        workspace.systems().source_facts(),
        workspace.systems().target_facts(),
    );
    let made = schema(&SchemaFor {
        facts: Facts {
            sources: &sources,
            targets: &targets,
        },
        presets: Some(workspace.presets()),
        connections: Some(&workspace.connections),
        to: to.as_deref(),
        chart: chart.as_ref(),
    });
    if args.print || cx.out.json {
        let text = serde_json::to_string_pretty(&made).unwrap_or_default();
        cx.out.raw(&format!("{}\n", super::text::safe_json(&text)));
        return Ok(Exit::Fine);
    }
    let file = format!(
        ".schema/{}.json",
        args.tenant.as_deref().unwrap_or("tenant")
    );
    let text = serde_json::to_string_pretty(&made).unwrap_or_default();
    write(&cx.folder.join(&file), &text)?;
    cx.out.line(format!("wrote {file}"));
    let known = if chart.is_some() { "with" } else { "without" };
    cx.out
        .line(format!("{known} the ledger's own accounts and tax codes"));
    Ok(Exit::Fine)
}
