//! The text of a letter.
//!
//! Flows in: what runs did, the causes that keep documents back. Flows out: a subject and plain text. It names no
//! customer and no amount, since mail is read by others on its way: reasons are told by their code and cure, not by
//! their sentence, documents by number only. Bounded by `MOST_CAUSES`, `MOST_NUMBERS` and `MOST_STOPS`.

use super::super::report::Cause;
use crate::model::{Counts, HeldCount, dangerous};
use crate::pipeline::ports::RunRow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The most causes told.
const MOST_CAUSES: usize = 30;
/// The most numbers told for a cause.
const MOST_NUMBERS: usize = 30;
/// The most different reasons why runs stopped.
const MOST_STOPS: usize = 3;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// What a letter tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct LetterFacts<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The runs it is about, newest first.
    pub runs: &'a [RunRow],
    /// Why the tenant does not run at all now, if it does not.
    pub trouble: Option<&'a str>,
    /// What waits for a person, and why.
    pub causes: &'a [Cause],
    /// How many wait for approval.
    pub checked: usize,
    /// How many payments and refunds of posted documents wait for a person's word.
    pub payments: u64,
    /// How much waits for a person, in kinds.
    pub held: HeldCount,
    /// How many are in doubt.
    pub doubtful: usize,
}

/// The letter's text.
pub fn compose(told: &LetterFacts<'_>) -> Letter {
    let tenant = told.tenant;
    let mut sum = Counts::default();
    for run in told.runs {
        sum += &run.counts;
    }
    let waiting: usize = told.causes.iter().map(|c| c.documents.len()).sum();
    let mut text = match told.runs {
        [one] => format!("{tenant}: run {}\n\n", one.id),
        runs => format!("{tenant}: {} runs\n\n", runs.len()),
    };
    for (kind, became, n) in sum.iter().filter(|(_, _, n)| *n > 0) {
        let word = Counts::word(kind, became).replace('_', " ");
        let _ = writeln!(text, "{n:>7}  {word}");
    }
    if sum.iter().all(|(_, _, n)| n == 0) {
        text.push_str("Nothing was done.\n");
    }
    let held = told.held.told();
    if !held.is_empty() {
        text.push_str("\nWaiting now, of all runs:\n");
    }
    for (what, n) in held {
        let _ = writeln!(text, "{n:>7}  {what}");
    }
    stops(&mut text, told);
    causes(&mut text, told.causes, waiting);
    if told.checked > 0 {
        let _ = writeln!(text, "\n{} checked and waiting for approval.", told.checked);
    }
    if told.payments > 0 {
        let _ = writeln!(
            text,
            "\n{} payments and refunds of posted documents wait: crossfoot release {tenant} --payments",
            told.payments
        );
    }
    if told.doubtful > 0 {
        let _ = writeln!(
            text,
            "\n{} in doubt; they are looked up before anything is sent again.",
            told.doubtful
        );
    }
    let _ = writeln!(
        text,
        "\nMore: crossfoot errors {tenant}, crossfoot explain {tenant} NUMBER"
    );
    let subject = match (told.trouble, waiting) {
        (Some(_), _) => format!("Crossfoot: {tenant} does not run"),
        (None, 0) => format!("Crossfoot: {tenant}"),
        (None, n) => format!("Crossfoot: {tenant}, {n} waiting for a person"),
    };
    Letter { subject, text }
}

fn stops(text: &mut String, told: &LetterFacts<'_>) {
    if let Some(why) = told.trouble {
        let _ = writeln!(text, "\nIt does not run: {}", plain(why));
    }
    let stops = told.runs.iter().filter_map(|r| r.failed());
    let stops: BTreeSet<String> = stops.map(plain).collect();
    for why in stops.iter().take(MOST_STOPS) {
        let _ = writeln!(text, "\nStopped early: {why}");
    }
}

fn causes(text: &mut String, causes: &[Cause], waiting: usize) {
    if waiting > 0 {
        let _ = writeln!(text, "\n{waiting} waiting for a person:");
    }
    for c in causes.iter().take(MOST_CAUSES) {
        let place = c.place.as_ref();
        let place = place.map(|p| format!(" ({p})")).unwrap_or_default();
        let numbers = numbers(&c.documents);
        let _ = writeln!(text, "\n- {} [{}]{place}: {numbers}", c.state, c.code);
        if !c.fix.is_empty() {
            let _ = writeln!(text, "  What to do: {}", plain(&c.fix));
        }
    }
    if causes.len() > MOST_CAUSES {
        let _ = writeln!(
            text,
            "\n... and {} more causes.",
            causes.len() - MOST_CAUSES
        );
    }
}

fn numbers(all: &[String]) -> String {
    let shown: Vec<String> = all.iter().take(MOST_NUMBERS).map(|n| plain(n)).collect();
    let mut text = shown.join(", ");
    if all.len() > MOST_NUMBERS {
        let _ = write!(text, " and {} more", all.len() - MOST_NUMBERS);
    }
    text
}

/// One line that stays one, whatever was in it.
fn plain(text: &str) -> String {
    let calm = |c: char| if dangerous(c) { ' ' } else { c };
    text.chars().map(calm).collect()
}
