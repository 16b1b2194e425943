//! Scopes: which exist, which an app may still ask for, which an endpoint needs.

use chrono::{DateTime, TimeZone, Utc};

const BROAD: &[&str] = &[
    "accounting.transactions",
    "accounting.transactions.read",
    "accounting.reports.read",
];
const BOTH: &[&str] = &[
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
    "accounting.contacts",
    "accounting.settings",
    "accounting.attachments",
];
const SINGLE: &[&str] = &[
    "openid",
    "profile",
    "email",
    "offline_access",
    "app.connections",
    "accounting.budgets.read",
    "accounting.journals.read",
    "accounting.reports.aged.read",
    "accounting.reports.balancesheet.read",
    "accounting.reports.banksummary.read",
    "accounting.reports.budgetsummary.read",
    "accounting.reports.executivesummary.read",
    "accounting.reports.profitandloss.read",
    "accounting.reports.taxreports.read",
    "accounting.reports.trialbalance.read",
];

/// Broad scopes: not for apps made from 2 March 2026 on, for nobody from 13 September 2027 on.
fn broad_allowed(created: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let day = |y, m, d| Utc.with_ymd_and_hms(y, m, d, 0, 0, 0).single();
    day(2026, 3, 2).is_some_and(|cut| created < cut)
        && day(2027, 9, 13).is_some_and(|end| now < end)
}

/// Whether an app may be granted a scope.
pub(super) fn grantable(scope: &str, created: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    if BROAD.contains(&scope) {
        return broad_allowed(created, now);
    }
    SINGLE.contains(&scope) || BOTH.contains(&scope.strip_suffix(".read").unwrap_or(scope))
}

/// Whether granted scopes open an endpoint.
pub(super) fn opens(
    granted: &[String],
    head: &str,
    sub: Option<&str>,
    write: bool,
    broad: bool,
) -> bool {
    let (narrow, transactions): (&[&str], bool) = match (head, sub) {
        (_, Some("attachments")) => (&["accounting.attachments"], false),
        ("invoices" | "creditnotes" | "quotes" | "purchaseorders", _) => {
            (&["accounting.invoices"], true)
        }
        ("payments" | "overpayments" | "prepayments" | "batchpayments", _) => {
            (&["accounting.payments"], true)
        }
        ("banktransactions", _) => (&["accounting.banktransactions"], true),
        ("items", _) => (&["accounting.settings", "accounting.invoices"], true),
        ("contacts", _) => (&["accounting.contacts"], false),
        _ => (&["accounting.settings"], false),
    };
    let has = |scope: &str| {
        let reads = |g: &String| g.strip_suffix(".read") == Some(scope) && !write;
        granted.iter().any(|g| g == scope || reads(g))
    };
    narrow.iter().any(|s| has(s)) || (transactions && broad && has("accounting.transactions"))
}

/// Whether broad scopes still open anything.
pub(super) fn broad_still(now: DateTime<Utc>) -> bool {
    broad_allowed(DateTime::<Utc>::MIN_UTC, now)
}
