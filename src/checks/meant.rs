//! Which account may be meant by a code that the ledger does not have.
//!
//! Flows in: the code and the chart. Flows out: the one account whose code is the same letters and digits. Refuses to
//! guess by likeness: `30-4100` differs from `20-4100` by one stroke, and is another division's revenue.

use crate::model::{Account, Chart};

/// The account whose code is this one but for case, spaces, hyphens, points and zeros in front, if there is only one.
pub(super) fn account<'a>(chart: &'a Chart, code: &str) -> Option<&'a Account> {
    let wanted = bare(code);
    let same = |a: &&Account| a.active && !a.bank && !a.code.is_empty() && bare(&a.code) == wanted;
    let mut all = chart.accounts.iter().filter(same);
    match (all.next(), all.next()) {
        (Some(one), None) if !wanted.is_empty() => Some(one),
        _ => None,
    }
}

fn bare(code: &str) -> String {
    let kept = code.chars().filter(|c| c.is_alphanumeric());
    let kept: String = kept.flat_map(char::to_lowercase).collect();
    kept.trim_start_matches('0').to_owned()
}
