//! `crossfoot schema [TENANT]`: the JSON Schema that editors complete and check a tenant's file with.
//!
//! Writes `.schema/TENANT.json` (`.schema/tenant.json` without one) and `.schema/connections.json`, or prints the first with
//! `--print` or `--json`, the second with `--connections` besides. With a tenant whose ledger was read before, its own
//! accounts and tax codes are offered.
//!
//! With `--later` it lists instead what is known and not built yet: keys and words of a tenant's file, hooks of rules, words of a
//! description, verbs. With `--json`: `{"later": [{"what", "name", "meaning"}, ..]}`.

use super::exit::Exit;
use super::init::write;
use super::invocation::Invocation;
use super::table::TextTable;
use crate::mapping::{SchemaFor, connections_schema, schema};
use crate::service::{NotDone, OpenAs, Unbuilt, kept_chart, later};
use serde_json::{Value, json};

/// For whom.
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// The tenant; without one, the schema offers what every tenant may write
    pub tenant: Option<String>,
    /// Print it and write nothing
    #[arg(long)]
    pub print: bool,
    /// The schema of connections.yaml instead
    #[arg(long, conflicts_with = "tenant")]
    pub connections: bool,
    /// List what is known and not built yet: keys, words, hooks, verbs
    #[arg(long, conflicts_with_all = ["tenant", "connections", "print"])]
    pub later: bool,
}

/// Writes it.
///
/// # Errors
/// There is no such tenant, or it cannot be written.
pub async fn run(cx: &Invocation, args: &SchemaArgs) -> Result<Exit, NotDone> {
    if args.later {
        return to_come(cx);
    }
    let workspace = cx.workspace()?;
    let of_connections = connections_schema(&workspace.systems().settings());
    if args.connections {
        return put(cx, args, "connections", &of_connections);
    }
    let mut chart = None;
    let mut to = None;
    if let Some(name) = &args.tenant {
        let tenant = workspace.tenant(name)?;
        let compiled = workspace.compile(&tenant)?;
        to = compiled.mapping.map(|m| m.to.value.system);
        if workspace.database().exists() {
            let engine = cx.engine(OpenAs::Reader).await?;
            chart = kept_chart(&engine, &tenant).await?;
        }
    }
    let made = schema(&SchemaFor {
        facts: &workspace.systems().facts(),
        presets: Some(workspace.presets()),
        connections: Some(&workspace.connections),
        to: to.as_deref(),
        chart: chart.as_ref(),
    });
    let name = args.tenant.as_deref().unwrap_or("tenant");
    let done = put(cx, args, name, &made)?;
    if !(args.print || cx.out.json) {
        let known = if chart.is_some() { "with" } else { "without" };
        cx.out
            .line(format!("{known} the ledger's own accounts and tax codes"));
        put(cx, args, "connections", &of_connections)?;
    }
    Ok(done)
}

/// What is known and not built yet.
fn to_come(cx: &Invocation) -> Result<Exit, NotDone> {
    let verbs = super::asked::LATER.iter().map(|(verb, meanwhile)| Unbuilt {
        what: "verb",
        name: (*verb).to_owned(),
        meaning: format!("Until then: {meanwhile}."),
    });
    let all: Vec<Unbuilt> = later().into_iter().chain(verbs).collect();
    let mut table = TextTable::new(&["what", "written", "what it will mean"]);
    for l in &all {
        table.row([l.what, &l.name, &l.meaning]);
    }
    cx.out.table(&table);
    cx.out.json(&json!({ "later": all }))?;
    Ok(Exit::Fine)
}

/// Prints a schema, or writes it.
fn put(cx: &Invocation, args: &SchemaArgs, name: &str, made: &Value) -> Result<Exit, NotDone> {
    let text = serde_json::to_string_pretty(made).unwrap_or_default();
    if args.print || cx.out.json {
        cx.out.raw(&format!("{}\n", super::text::safe_json(&text)));
        return Ok(Exit::Fine);
    }
    let file = format!(".schema/{name}.json");
    write(&cx.folder.join(&file), &text)?;
    cx.out.line(format!("wrote {file}"));
    Ok(Exit::Fine)
}
