//! Payments of posted documents that wait for a person's word, as one line.

use super::invocation::Invocation;
use super::out;
use super::text::{SafeLine, count};
use super::words::money;
use crate::model::TenantId;
use crate::service::desk::release::PaymentsWaiting;

/// Some groups in words: how many, what they come to, how old.
pub fn groups(all: &[PaymentsWaiting]) -> String {
    let one = |g: &PaymentsWaiting| {
        format!(
            "{} over {}, the oldest of {}",
            count(g.payments, "payment", "payments"),
            money(&g.currency, g.sum),
            g.oldest
        )
    };
    let all: Vec<String> = all.iter().map(one).collect();
    all.join("; ")
}

/// What waits, with the word that lets it go.
pub fn show(cx: &Invocation, tenant: &TenantId, all: &[PaymentsWaiting]) {
    if all.is_empty() {
        return;
    }
    let what = format!("payments of posted documents wait: {}", groups(all));
    cx.out.line(SafeLine::new().styled(out::YELLOW, what));
    cx.out.line(format!(
        "  let them go: `crossfoot release {tenant} --payments`; with `--from` and a day, those dated from it on"
    ));
}
