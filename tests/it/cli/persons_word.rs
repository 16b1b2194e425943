//! What waits for a person, and the person's word.

use super::town::{TENANT, Town};
use serde_json::json;

fn state(town: &Town, number: &str) -> String {
    let told = town.run(&["explain", "acme", number, "--json"]);
    told.json()["state"].as_str().unwrap().to_owned()
}

#[test]
fn documents_go_when_they_are_approved() {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: post, approval: manual"));
    town.run(&["sync", "acme"]).code(1);
    assert!(town.invoices().is_empty());
    assert_eq!(state(&town, "1041"), "checked");

    let answer = town.run(&["approve", "acme", "1041", "1042", "7777", "--json"]).code(1).json();
    assert_eq!(answer["done"], json!(["1041"]));
    assert_eq!(answer["left"].as_array().unwrap().len(), 2);
    assert_eq!(state(&town, "1041"), "approved");
    town.run(&["unapprove", "acme", "1041"]).code(0);
    assert_eq!(state(&town, "1041"), "checked");
    town.run(&["sync", "acme"]).code(0);
    assert!(town.invoices().is_empty());

    town.run(&["approve", "acme", "--all"]).code(0);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn the_first_run_waits_to_be_released() {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    town.run(&["sync", "acme"]).code(1);
    assert!(town.invoices().is_empty());
    let status = town.run(&["status", "acme"]).code(0);
    assert!(status.out.contains("crossfoot release acme"), "{}", status.out);
    let released = town.run(&["release", "acme", "--json"]).code(0).json();
    assert_eq!(released["done"].as_array().unwrap().len(), 2);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn everything_stuck_is_retried_at_once() {
    let town = Town::working();
    town.run(&["sync", "acme"]).code(1);
    let retried = town.run(&["retry", "acme", "--all", "--json"]).code(0).json();
    assert_eq!(retried["done"], json!(["1042"]));
    let posted = town.run(&["retry", "acme", "1041"]).code(1);
    assert!(posted.out.contains("only held and refused"), "{}", posted.out);
    // Nothing was changed, so it is held again for the same reason.
    town.run(&["sync", "acme"]).code(1);
}
