//! Tracking: each line's categories and options must be the ledger's own, in use, and written as they are there.

use super::Law;
use crate::mapping::nearest;
use crate::model::codes;
use crate::model::{Diagnostic, InvoiceDraft, Reason, Tracked};

/// Every tracking category of a line is there, with its option. A ledger may drop a name that it does not know
/// without a word.
///
/// # Errors
/// `tracking.unknown`, `tracking.none`.
pub fn known(law: Law<'_>, draft: &InvoiceDraft) -> Result<(), Reason> {
    for (n, line) in draft.lines.iter().enumerate() {
        for (category, option) in &line.tracking {
            one(law, category, option).map_err(|(code, what)| {
                Reason::new(
                    code,
                    format!("line {} {what}", n + 1),
                    "correct the name in the rule that sets `line.tracking`, or add it to the ledger, then `crossfoot retry TENANT NUMBER`",
                )
            })?;
        }
    }
    Ok(())
}

/// What rules name that the ledger does not have, told at their lines.
pub fn live(law: Law<'_>, named: &[Tracked]) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for t in named {
        let options = law.chart.tracking.iter().find(|c| c.name == t.category);
        // An option that a rule makes up is not known yet; its category is.
        if t.option.is_none() && options.is_some() {
            continue;
        }
        let option = t.option.as_deref().unwrap_or_default();
        if let Err((code, what)) = one(law, &t.category, option) {
            let fix = "Correct the name in the rule, or add it to the ledger: a line that carries it is held.";
            let what = format!("A line {what}");
            told.push(Diagnostic::error(t.place.clone(), code.as_str(), what, fix));
        }
    }
    told.sort();
    told.dedup();
    told
}

/// What is wrong with one category and its option.
fn one(law: Law<'_>, category: &str, option: &str) -> Result<(), (crate::model::Code, String)> {
    if !law.facts.tracking {
        let what = format!(
            "would be tracked by {category}: {} has no tracking",
            law.facts.title
        );
        return Err((codes::TRACKING_NONE, what));
    }
    let all = &law.chart.tracking;
    let Some(found) = all.iter().find(|c| c.name == category) else {
        let near = meant(category, all.iter().map(|c| c.name.as_str()));
        let what = format!(
            "would be tracked by the category {category}, which the ledger does not have{near}"
        );
        return Err((codes::TRACKING_UNKNOWN, what));
    };
    if found.options.iter().any(|o| o == option) {
        return Ok(());
    }
    let near = meant(option, found.options.iter().map(String::as_str));
    let what = format!(
        "would be tracked as {category}: {option}, an option that the ledger does not have{near}"
    );
    Err((codes::TRACKING_UNKNOWN, what))
}

/// The nearest name, else the names there are.
fn meant<'a>(name: &str, all: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(name, all.clone()) {
        Some(near) => format!(" (is \"{near}\" meant?)"),
        None => match super::live::listed(all.map(str::to_owned)) {
            Some(all) => format!(" (it has: {all})"),
            None => " (it has none)".to_owned(),
        },
    }
}
