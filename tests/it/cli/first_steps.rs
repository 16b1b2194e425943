//! From an empty folder to a ledger that agrees, with each mistake on the way told.

use super::town::{APP_SECRET, ORG, TENANT, Town, holds};
use crate::support::KEAP_KEY;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn from_an_empty_folder_to_invoices_in_the_ledger() {
    let town = Town::new();

    // A folder, and a tenant in it: what is not known is held, and said to be.
    let made = town.run(&["init", &town.dir()]).code(0);
    assert_snapshot!("init", town.tidy(&made.out));
    town.run(&["init", &town.dir()]).code(2);
    town.connections();
    let flags = [
        "new",
        "acme",
        "--preset",
        "keap-xero",
        "--from",
        "keap",
        "--to",
        "xero",
        "--currency",
        "AUD",
    ];
    let made = town.run(&flags).code(0);
    assert_snapshot!("new", town.tidy(&made.out));
    town.run(&flags).code(2);
    let status = town.run(&["status"]).code(0);
    assert_snapshot!("status_before", town.tidy(&status.out));

    // Typing mistakes are told with the line and the cure.
    town.tenant(
        &TENANT
            .replace("accounts:", "acounts:")
            .replace("AUD", "AUDD"),
    );
    let lint = town.run(&["lint"]).code(2);
    assert_snapshot!("lint", town.tidy(&lint.out));
    assert_eq!(
        town.run(&["lint", "--json"]).code(2).json()["errors"],
        json!(2)
    );
    assert_eq!(
        town.run(&["sync", "acme", "--only", "1041"]).code(2).out,
        ""
    );
    town.tenant(TENANT);
    town.run(&["lint"]).code(0);

    // A key that is not accepted is not kept; the right one is kept sealed.
    let refused = town
        .given("KeapAK-wrong\n", &["connect", "acme", "keap"])
        .code(2);
    assert!(refused.err.contains("not accepted"), "{}", refused.err);
    let none = town.run(&["connect", "acme", "keap"]).code(2);
    assert!(none.err.contains("CROSSFOOT_KEAP_KEY"), "{}", none.err);
    town.given(&format!("{KEAP_KEY}\n"), &["connect", "acme", "keap"])
        .code(0);
    let several = town.sign_in(&[]).code(2);
    assert!(several.err.contains("Acme Holdings"), "{}", several.err);
    let connected = town.sign_in(&["--organisation", ORG]).code(0);
    assert_snapshot!("connect", town.tidy(&connected.out));
    for secret in [KEAP_KEY, APP_SECRET] {
        assert!(
            !holds(&town.path(), secret),
            "{secret} lies on the disk as it is"
        );
    }

    // What the ledger does not have is told before anything is sent.
    town.tenant(
        &TENANT
            .replace("\"200\"", "\"2000\"")
            .replace("OUTPUT,", "OUTPOT,")
            .replace("090", "091"),
    );
    let live = town.run(&["lint", "acme", "--live"]).code(2);
    assert_snapshot!("lint_live", town.tidy(&live.out));
    town.tenant(TENANT);
    town.run(&["lint", "acme", "--live"]).code(0);

    // A rehearsal posts nothing and keeps nothing.
    let plan = town.run(&["plan", "acme"]).code(1);
    assert_snapshot!("plan", timeless(&town.tidy(&plan.out)));
    assert!(town.invoices().is_empty());
    assert_eq!(
        town.run(&["status", "--json"]).code(0).json()["tenants"][0]["counts"],
        json!({})
    );
    let one = town.run(&["plan", "acme", "--only", "1041"]).code(0);
    assert_snapshot!("plan_only", town.tidy(&one.out));

    // One invoice first; all of them once processing is on.
    let off = town.run(&["sync", "acme"]).code(2);
    assert!(off.err.contains("processing is off"), "{}", off.err);
    town.run(&["sync", "acme", "--only", "1041"]).code(0);
    assert_eq!(town.invoices(), ["1041"]);
    town.run(&["processing", "acme", "on"]).code(0);
    town.minutes(1);
    let sync = town.run(&["sync", "acme"]).code(1);
    assert_snapshot!("sync", town.tidy(&sync.out));
    assert_eq!(town.invoices(), ["1041", "1044"]);

    // Every number is explained, whatever became of it.
    let explained = town.run(&["explain", "acme", "1041"]).code(0);
    assert_snapshot!("explain_posted", timeless(&town.tidy(&explained.out)));
    let held = town.run(&["explain", "acme", "1042"]).code(1);
    assert_snapshot!("explain_held", town.tidy(&held.out));
    let skipped = town.run(&["explain", "acme", "1043"]).code(0);
    assert_snapshot!("explain_skipped", town.tidy(&skipped.out));
    let unknown = town.run(&["explain", "acme", "9999"]).code(2);
    assert!(unknown.err.contains("9999"), "{}", unknown.err);

    // One cause, one cure.
    let errors = town.run(&["errors"]).code(1);
    assert_snapshot!("errors", town.tidy(&errors.out));
    town.tenant(&TENANT.replace(
        "  - { else: hold }",
        "  - { sku: PARTS, use: \"260\" }\n  - { else: hold }",
    ));
    // Runs of one moment would stand in any order.
    town.minutes(1);
    let retry = town.run(&["retry", "acme", "1042"]).code(0);
    assert!(retry.out.contains("1 document"), "{}", retry.out);
    town.minutes(1);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1042", "1044"]);
    assert_eq!(
        town.run(&["errors", "acme"]).code(0).out,
        "nothing waits for a person\n"
    );

    // What was done can be looked at.
    let history = town.run(&["history", "acme"]).code(0);
    assert_snapshot!("history", timeless(&town.tidy(&history.out)));
    town.run(&["history", "acme", "--run", "last"]).code(0);
    town.run(&["history", "acme", "--run", "none"]).code(2);
    let status = town.run(&["status", "acme"]).code(0);
    assert_snapshot!("status_after", timeless(&town.tidy(&status.out)));
    town.run(&["audit", "verify"]).code(0);
}

/// Text without the time of day: how long a process waits for its turn depends on how fast those before it were.
pub fn timeless(text: &str) -> String {
    let day = "2026-07-15 ";
    let mut parts = text.split(day);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(day);
        out.push_str("HH:MM:SSZ");
        out.push_str(part.get(9..).unwrap_or_default());
    }
    out
}
