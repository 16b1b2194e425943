//! `crossfoot new TENANT`: a tenant's file, by questions on a terminal and by flags anywhere.
//!
//! With `--json`: `{"tenant": T, "file": FILE, "connections": [NAME, ..], "warnings": [DIAGNOSTIC, ..]}`. What is not given is
//! written as `hold`, so that nothing is posted by guess.

use super::exit::Exit;
use super::init::write;
use super::invocation::Invocation;
use crate::mapping::{Answers, Connections, nearest, skeleton};
use crate::model::{Kind, LinesBy, Severity, TenantId};
use crate::service::{NotDone, Workspace, WorkspaceError};
use serde_json::json;

/// What is known of the tenant.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// Its name: lower-case letters, digits, hyphens
    pub tenant: String,
    /// What it builds on: `keap-xero`, `keap-qbo`, `files-xero`, `xero-keap`, `qbo-keap`, or a preset of the workspace
    #[arg(long)]
    pub preset: Option<String>,
    /// The connection documents come from
    #[arg(long, value_name = "CONNECTION")]
    pub from: Option<String>,
    /// The connection they go to
    #[arg(long, value_name = "CONNECTION")]
    pub to: Option<String>,
    /// The source's currency, three letters
    #[arg(long)]
    pub currency: Option<String>,
    /// The account code of lines
    #[arg(long, value_name = "CODE")]
    pub account: Option<String>,
    /// The code of the bank account of payments
    #[arg(long, value_name = "CODE")]
    pub payments_account: Option<String>,
    /// The tax code of taxable lines
    #[arg(long, value_name = "CODE")]
    pub taxable: Option<String>,
    /// The tax code of other lines
    #[arg(long, value_name = "CODE")]
    pub zero: Option<String>,
    /// The first invoice date, as 2026-07-01
    #[arg(long, value_name = "DATE")]
    pub start: Option<String>,
    /// The client id of your own app at the ledger, for the connection to it
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
}

/// Makes the file.
///
/// # Errors
/// The name is taken or cannot be one, or there is no such preset.
pub fn run(cx: &Invocation, mut args: NewArgs) -> Result<Exit, NotDone> {
    let workspace = cx.workspace()?;
    let tenant = TenantId::new(&args.tenant).map_err(|e| NotDone::wrong(e.to_string(), ""))?;
    let file = format!("mappings/{tenant}.yaml");
    let path = cx.folder.join(&file);
    if path.exists() {
        let fix = "edit it, or choose another name";
        return Err(NotDone::wrong(format!("there is a tenant {tenant} already"), fix).at(file));
    }
    let preset = preset(cx, &workspace, args.preset.take())?;
    if cx.out.can_ask() {
        let flags = "give the answers as flags: --currency, --account, --payments-account, --taxable, --zero, --start";
        ask(&mut args).map_err(|e| NotDone::wrong(format!("no answer: {e}"), flags))?;
    }
    let assumed = args.currency.is_none();
    let (source, ledger) = preset.split_once('-').unwrap_or(("keap", "xero"));
    let from = args
        .from
        .clone()
        .unwrap_or_else(|| format!("{tenant}-{source}"));
    let to = args
        .to
        .clone()
        .unwrap_or_else(|| format!("{tenant}-{ledger}"));
    let ends = [(from.as_str(), source), (to.as_str(), ledger)];
    let client = args.client_id.as_deref().unwrap_or_default();
    let connections = connections(cx, &workspace, &ends, client)?;
    let given = |flag: Option<String>| flag.filter(|f| !f.trim().is_empty());
    let answers = Answers {
        from: Some((source.to_owned(), from.clone())),
        to: Some((ledger.to_owned(), to.clone())),
        currency: given(args.currency),
        account: given(args.account),
        payments_account: given(args.payments_account),
        taxable: given(args.taxable),
        zero: given(args.zero),
        start: given(args.start),
        by_item: (workspace.systems().target(ledger)).is_some_and(|t| !t.facts.line_accounts()),
        rates: (workspace.systems().source(source))
            .is_some_and(|s| s.reads.origin(Kind::Invoice, "line[1].tax_rate").is_some()),
        plain: (workspace.systems().target(ledger))
            .is_some_and(|t| t.facts.lines_by == LinesBy::Nothing),
        preset_rows: (workspace.presets().get(&preset))
            .map(|p| Answers::rows_of(&p.text))
            .unwrap_or_default(),
    };
    write(&path, &skeleton(tenant.as_str(), &preset, &answers))?;
    if assumed {
        cx.out.aside(
            "note: the source's currency is taken to be AUD: correct `currency:` if it is not",
        );
    }
    told(cx, &tenant, &file, &connections, (source, ledger))
}

fn told(
    cx: &Invocation,
    tenant: &TenantId,
    file: &str,
    connections: &[String],
    (source, ledger): (&str, &str),
) -> Result<Exit, NotDone> {
    let compiled = cx.workspace()?.compile(tenant)?;
    cx.out.line(format!("made {file}"));
    for name in connections {
        cx.out
            .line(format!("added the connection {name} to connections.yaml"));
    }
    for d in &compiled.diagnostics {
        cx.out.gap();
        cx.out.diagnostic(d);
    }
    cx.out.gap();
    cx.out.line("next:");
    cx.out
        .line(format!("  crossfoot connect {tenant} {source}"));
    cx.out
        .line(format!("  crossfoot connect {tenant} {ledger}"));
    cx.out.line(format!("  crossfoot lint {tenant} --live"));
    cx.out.json(&json!({"tenant": tenant, "file": file, "connections": connections, "warnings": compiled.diagnostics}))?;
    Ok(if compiled.has_errors() {
        Exit::Wrong
    } else {
        Exit::Fine
    })
}

fn preset(
    cx: &Invocation,
    workspace: &Workspace,
    given: Option<String>,
) -> Result<String, NotDone> {
    let all: Vec<&str> = workspace.presets().names().collect();
    if let Some(given) = given {
        if all.contains(&given.as_str()) {
            return Ok(given);
        }
        let fix = match nearest(&given, all.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the presets are: {}", all.join(", ")),
        };
        return Err(NotDone::wrong(format!("there is no preset `{given}`"), fix));
    }
    if cx.out.can_ask() {
        let chosen = dialoguer::Select::new()
            .with_prompt("Which route")
            .items(&all)
            .default(all.iter().position(|p| *p == "keap-xero").unwrap_or(0))
            .interact();
        if let Some(name) = chosen.ok().and_then(|n| all.get(n)) {
            return Ok((*name).to_owned());
        }
    }
    let fix = format!("add --preset with one of: {}", all.join(", "));
    Err(NotDone::wrong("no preset is given", fix))
}

/// Asks for what no flag gave; an empty answer leaves it open.
fn ask(args: &mut NewArgs) -> Result<(), dialoguer::Error> {
    let one = |slot: &mut Option<String>, prompt: &str| {
        if slot.is_some() {
            return Ok(());
        }
        let answer: String = dialoguer::Input::new()
            .with_prompt(prompt)
            .allow_empty(true)
            .interact_text()?;
        let answer = answer.trim().to_owned();
        *slot = Some(answer).filter(|a| !a.is_empty());
        Ok(())
    };
    one(&mut args.currency, "The source's currency (AUD)")?;
    one(&mut args.account, "Account code of lines (empty: hold)")?;
    one(
        &mut args.payments_account,
        "Code of the bank account of payments (empty: hold)",
    )?;
    one(&mut args.taxable, "Tax code of taxable lines (empty: hold)")?;
    one(&mut args.zero, "Tax code of other lines (empty: hold)")?;
    one(
        &mut args.start,
        "First invoice date, as 2026-07-01 (empty: from the beginning)",
    )
}

/// Adds the connections that are not there yet.
fn connections(
    cx: &Invocation,
    workspace: &Workspace,
    ends: &[(&str, &str); 2],
    client_id: &str,
) -> Result<Vec<String>, NotDone> {
    let path = cx.folder.join("connections.yaml");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let mut text = old.clone();
    let mut added = Vec::new();
    for (name, system) in ends {
        if workspace.connections.get(name).is_none() {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            let ledger = ends.last() == Some(&(*name, *system));
            let client = match client_id.trim() {
                id if ledger && !id.is_empty() => format!(", client_id: \"{id}\""),
                _ => String::new(),
            };
            text.push_str(&format!("{name}: {{ system: {system}{client} }}\n"));
            added.push((*name).to_owned());
        }
    }
    if added.is_empty() {
        return Ok(added);
    }
    let (_, told) = Connections::parse("connections.yaml", &text, &workspace.systems().settings());
    let errors: Vec<_> = told
        .into_iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    if !errors.is_empty() {
        return Err(WorkspaceError::Mistakes(errors).into());
    }
    write(&path, &text)?;
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_flag_has_said_is_not_asked() {
        let some = || Some("x".to_owned());
        let mut args = NewArgs {
            tenant: "acme".into(),
            preset: None,
            from: None,
            to: None,
            currency: some(),
            account: some(),
            payments_account: some(),
            taxable: some(),
            zero: some(),
            start: some(),
            client_id: None,
        };
        // A question would end in an error here, where nobody can answer.
        ask(&mut args).unwrap();
    }
}
