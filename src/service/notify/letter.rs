//! The text of a letter.
//!
//! Flows in: what runs did, the causes that keep documents back. Flows out: a subject, plain text, and the same as a page. It names
//! no customer, since mail is read by others on its way: a reason is told by its code, by what the table of codes says of it and by
//! its cure, not by the sentence about the case; documents by number and amount. Bounded by `MOST_CAUSES`, `MOST_NUMBERS` and
//! `MOST_STOPS`.

use super::super::report::Cause;
use super::html;
use super::telling::{LetterFacts, MOST_CAUSES, MOST_NUMBERS, plain, reason_of};
use crate::model::Counts;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The most different reasons why runs stopped.
const MOST_STOPS: usize = 3;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as a page.
    pub html: String,
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
    if waiting > 0 {
        let _ = writeln!(text, "\n{waiting} waiting for a person:");
    }
    let above = text.clone();
    causes(&mut text, told.causes);
    let end = rest(told);
    let html = html::page(told, &above, &end);
    text.push_str(&end);
    let subject = match (told.trouble, waiting) {
        (Some(_), _) => format!("Crossfoot: {tenant} does not run"),
        (None, 0) => format!("Crossfoot: {tenant}"),
        (None, n) => format!("Crossfoot: {tenant}, {n} waiting for a person"),
    };
    Letter {
        subject,
        text,
        html,
    }
}

/// What stands below the causes.
fn rest(told: &LetterFacts<'_>) -> String {
    let (tenant, mut text) = (told.tenant, String::new());
    if told.causes.len() > MOST_CAUSES {
        let more = told.causes.len() - MOST_CAUSES;
        let _ = writeln!(text, "\n... and {more} more causes.");
    }
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
    text
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

fn causes(text: &mut String, causes: &[Cause]) {
    for c in causes.iter().take(MOST_CAUSES) {
        let place = c.place.as_ref();
        let place = place.map(|p| format!(" ({p})")).unwrap_or_default();
        let numbers = numbers(c);
        let _ = writeln!(text, "\n- {} [{}]{place}: {numbers}", c.state, c.code);
        if let Some(reason) = reason_of(&c.code) {
            let _ = writeln!(text, "  {reason}");
        }
        if !c.fix.is_empty() {
            let _ = writeln!(text, "  What to do: {}", plain(&c.fix));
        }
    }
}

fn numbers(cause: &Cause) -> String {
    let shown = cause.amounts().into_iter().take(MOST_NUMBERS);
    let one = |(number, amount): (&str, String)| match amount.is_empty() {
        true => plain(number),
        false => format!("{} ({amount})", plain(number)),
    };
    let mut text = shown.map(one).collect::<Vec<_>>().join(", ");
    let all = cause.documents.len();
    if all > MOST_NUMBERS {
        let _ = write!(text, " and {} more", all - MOST_NUMBERS);
    }
    text
}
