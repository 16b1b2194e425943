//! `crossfoot rules list|show|eject`: the shipped rules.
//!
//! With `--json`: `list` gives `{"rules": [{"name", "summary", "ejected"}]}`, `show` `{"name", "text", "spec"}`, `eject`
//! `{"name", "made": [FILE, ..]}`.

use super::exit::Exit;
use super::init::write;
use super::invocation::Invocation;
use super::table::TextTable;
use crate::mapping::nearest;
use crate::rules::shipped::{ShippedRule, shipped};
use crate::service::NotDone;
use clap::Subcommand;
use serde_json::json;

/// What about them.
#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    /// What to do
    #[command(subcommand)]
    pub what: RulesVerb,
}

/// What about them.
#[derive(Debug, Subcommand)]
pub enum RulesVerb {
    /// List them
    List,
    /// Print one
    Show {
        /// Its name
        name: String,
    },
    /// Copy one and its spec into the workspace's `rules/`, for changing
    Eject {
        /// Its name
        name: String,
    },
}

/// Does it.
///
/// # Errors
/// There is no such rule, or the workspace has a file of its name already.
pub fn run(cx: &Invocation, args: &RulesArgs) -> Result<Exit, NotDone> {
    match &args.what {
        RulesVerb::List => list(cx),
        RulesVerb::Show { name } => show(cx, &find(name)?),
        RulesVerb::Eject { name } => eject(cx, &find(name)?),
    }
}

/// The shipped rules; the sample tenants' own, which lie beside them, have names with hyphens.
fn all() -> Vec<ShippedRule> {
    shipped()
        .into_iter()
        .filter(|r| !r.name.contains('-'))
        .collect()
}

fn find(name: &str) -> Result<ShippedRule, NotDone> {
    let all = all();
    if let Some(rule) = all.iter().find(|r| r.name == name) {
        return Ok(rule.clone());
    }
    let fix = match nearest(name, all.iter().map(|r| r.name.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`crossfoot rules list` lists them".to_owned(),
    };
    Err(NotDone::wrong(
        format!("there is no shipped rule `{name}`"),
        fix,
    ))
}

fn list(cx: &Invocation) -> Result<Exit, NotDone> {
    let all = all();
    let ejected = |r: &ShippedRule| cx.folder.join(file(r)).exists();
    let mut table = TextTable::new(&["rule", "what it does"]);
    for r in &all {
        let own = if ejected(r) {
            " (this workspace has its own)"
        } else {
            ""
        };
        table.row([&r.name, &format!("{}{own}", r.summary)]);
    }
    cx.out.table(&table);
    let told =
        |r: &ShippedRule| json!({"name": r.name, "summary": r.summary, "ejected": ejected(r)});
    cx.out
        .json(&json!({"rules": all.iter().map(told).collect::<Vec<_>>()}))?;
    Ok(Exit::Fine)
}

fn show(cx: &Invocation, rule: &ShippedRule) -> Result<Exit, NotDone> {
    for line in rule.text.lines() {
        cx.out.line(line);
    }
    cx.out
        .json(&json!({"name": rule.name, "text": rule.text, "spec": rule.spec}))?;
    Ok(Exit::Fine)
}

fn file(rule: &ShippedRule) -> String {
    format!("rules/{}.rhai", rule.name)
}

fn eject(cx: &Invocation, rule: &ShippedRule) -> Result<Exit, NotDone> {
    cx.workspace()?;
    let spec = format!("rules/{}.spec.yaml", rule.name);
    let mut made = Vec::new();
    for (name, text) in [(file(rule), &rule.text), (spec, &rule.spec)] {
        if text.is_empty() {
            continue;
        }
        let path = cx.folder.join(&name);
        if path.exists() {
            let fix = "move it away first: it is never overwritten";
            return Err(NotDone::wrong("the workspace has this file already", fix).at(name));
        }
        write(&path, text)?;
        made.push(name);
    }
    for name in &made {
        cx.out.line(format!("made {name}"));
    }
    let f = file(rule);
    cx.out.line(format!("name it under `rules:` in a tenant's file, switch the word off that uses the shipped one, and run `crossfoot test {f}`"));
    cx.out.json(&json!({"name": rule.name, "made": made}))?;
    Ok(Exit::Fine)
}
