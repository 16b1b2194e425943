//! Payments of posted documents that wait for a person's word, as one line.

use super::invocation::Invocation;
use super::out;
use super::text::{SafeLine, count};
use super::words::money;
use crate::model::TenantId;
use crate::service::desk::release::PaymentsWaiting;

/// Some groups in words: how many payments and refunds, what they come to, how old.
pub fn groups(all: &[PaymentsWaiting]) -> String {
    let one = |g: &PaymentsWaiting| {
        let over = |n, sum, one, many| {
            let what = format!("{} over {}", count(n, one, many), money(&g.currency, sum));
            (n > 0).then_some(what)
        };
        let paid = over(g.payments, g.sum, "payment", "payments");
        let back = over(g.refunds, g.refunded, "refund", "refunds");
        let both: Vec<String> = paid.into_iter().chain(back).collect();
        format!("{}, the oldest of {}", both.join(" and "), g.oldest)
    };
    let all: Vec<String> = all.iter().map(one).collect();
    all.join("; ")
}

/// What does not go by the word alone.
pub fn kept(cx: &Invocation, tenant: &TenantId, all: &[PaymentsWaiting]) {
    let kept: u64 = all.iter().map(|g| g.kept).sum();
    if kept > 0 {
        let (are, wait) = if kept == 1 {
            ("is", "waits")
        } else {
            ("are", "wait")
        };
        cx.out.line(format!(
            "  {kept} of them {are} kept back by something else as well, and {wait} for that: `crossfoot errors {tenant}`"
        ));
    }
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
    kept(cx, tenant, all);
}
