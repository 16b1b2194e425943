//! A letter as a page, for those whose mail shows pages: what the text says, with the documents in a table.
//!
//! Flows in: what the letter tells. Flows out: HTML without a picture, a link or a script: nothing is fetched when it is opened.
//! Bounded as the text is.

use super::telling::{LetterFacts, MOST_CAUSES, MOST_NUMBERS, plain, reason_of};
use crate::service::report::Cause;
use std::fmt::Write as _;

const CELL: &str = "padding:2px 12px 2px 0;text-align:left;vertical-align:top";

/// The page: the text above the causes, the causes, and the text below them.
pub(super) fn page(told: &LetterFacts<'_>, above: &str, below: &str) -> String {
    let mut page = String::from(
        "<!doctype html><html><body style=\"font-family:sans-serif;font-size:14px;color:#222\">\n",
    );
    paragraphs(&mut page, above);
    for cause in told.causes.iter().take(MOST_CAUSES) {
        one(&mut page, cause);
    }
    paragraphs(&mut page, below);
    page.push_str("</body></html>\n");
    page
}

fn one(page: &mut String, cause: &Cause) {
    let (state, code) = (cause.state, escaped(&cause.code));
    let _ = writeln!(page, "<h3>{state}: <code>{code}</code></h3>");
    if let Some(reason) = reason_of(&cause.code) {
        let _ = writeln!(page, "<p>{}</p>", escaped(reason));
    }
    let _ = writeln!(page, "<table style=\"border-collapse:collapse\">");
    let _ = writeln!(
        page,
        "<tr><th style=\"{CELL}\">number</th><th style=\"{CELL}\">amount</th></tr>"
    );
    for (number, amount) in cause.amounts().into_iter().take(MOST_NUMBERS) {
        let (number, amount) = (escaped(&plain(number)), escaped(&amount));
        let _ = writeln!(
            page,
            "<tr><td style=\"{CELL}\">{number}</td><td style=\"{CELL}\">{amount}</td></tr>"
        );
    }
    let _ = writeln!(page, "</table>");
    let more = cause.documents.len().saturating_sub(MOST_NUMBERS);
    if more > 0 {
        let _ = writeln!(page, "<p>and {more} more</p>");
    }
    if !cause.fix.is_empty() {
        let _ = writeln!(page, "<p>What to do: {}</p>", coded(&plain(&cause.fix)));
    }
}

fn paragraphs(page: &mut String, text: &str) {
    for part in text.split("\n\n").filter(|p| !p.trim().is_empty()) {
        let lines: Vec<String> = part.trim_matches('\n').lines().map(escaped).collect();
        // Counts stand in a column.
        let counts = lines.iter().all(|l| l.starts_with(' '));
        let _ = match counts {
            true => writeln!(page, "<pre>{}</pre>", lines.join("\n")),
            false => writeln!(page, "<p>{}</p>", lines.join("<br>\n")),
        };
    }
}

/// A text whose commands, between backticks, are shown as such.
fn coded(text: &str) -> String {
    let mut out = String::new();
    for (n, part) in text.split('`').enumerate() {
        match n % 2 {
            0 => out.push_str(&escaped(part)),
            _ => {
                let _ = write!(out, "<code>{}</code>", escaped(part));
            }
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
