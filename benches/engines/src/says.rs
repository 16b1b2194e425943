//! What hand-written Rust answers in the same place, so that decisions can be compared to the last field.
//!
//! An engine's script answers nothing, or a text: `skip:why` or `hold:why`.

use crossfoot::model::{Line, Reason, Verdict};

/// A script's answer as a verdict.
pub fn verdict(answer: &str) -> Result<(), Verdict> {
    let reason = |code, why: &str, fix| Reason::new(code, why, fix);
    match answer.split_once(':') {
        Some(("skip", why)) => Err(Verdict::Skip(reason("rule.skip", why, "nothing"))),
        Some(("hold", why)) => Err(Verdict::Hold(reason("rule.hold", why, "look"))),
        _ => Ok(()),
    }
}

/// An error raised while a line was mapped: a table without the row.
pub fn no_row(line: &Line) -> Reason {
    Reason::new("table.hold", line.sku.clone(), "add a row")
}
