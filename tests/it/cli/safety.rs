//! Whatever customers typed, whatever fails: every answer is JSON when asked for, and says how it ended.

use super::town::Town;
use serde_json::json;

/// Every verb that reports, in a workspace where something was posted, skipped and held. That nothing printed could
/// move a terminal, and that no secret is shown, is seen to for every call of every story.
#[test]
fn every_verb_that_reports_answers_in_json() {
    let town = Town::working();
    town.run(&["sync", "acme", "--json"]).code(1).json();
    let calls: [&[&str]; 15] = [
        &["status"],
        &["errors"],
        &["history", "acme"],
        &["history", "acme", "--run", "last"],
        &["explain", "acme", "1041"],
        &["explain", "acme", "1042"],
        &["explain", "acme", "1043"],
        &["plan", "acme"],
        &["plan", "acme", "--only", "1043"],
        &["lint"],
        &["lint", "--live"],
        &["config", "acme", "--why"],
        &["schema", "acme"],
        &["rules", "list"],
        &["audit", "verify"],
    ];
    for call in calls {
        let told = town.run(&[call, &["--json"]].concat());
        assert!(told.json().is_object(), "{call:?}");
    }
    // The customer whose name would clear the screen is there, and readable.
    let told = town.run(&["explain", "acme", "1043"]).code(0);
    assert!(told.out.contains("\\u{1b}[2J"), "{}", told.out);
    let told = town
        .run(&["explain", "acme", "1043", "--json"])
        .code(0)
        .json();
    assert!(told["contact"].as_str().unwrap().contains('\u{202e}'));
    // Money is text.
    let told = town.run(&["explain", "acme", "1041", "--json"]).json();
    assert_eq!(told["total"], json!("220"));
}

#[test]
fn a_failure_is_json_too() {
    let town = Town::new();
    let told = town.run(&["status", "--json"]).code(2);
    let error = told.json();
    assert_eq!(error["exit"], json!(2));
    assert!(
        error["error"]["what"]
            .as_str()
            .unwrap()
            .contains("no workspace")
    );
}

#[test]
fn a_vendor_that_does_not_answer_ends_with_three() {
    let mut town = Town::working();
    town.go_dark();
    let told = town.run(&["sync", "acme"]);
    assert_eq!(told.code, 3, "{} {}", told.out, told.err);
}

#[test]
fn two_workers_do_not_share_a_workspace_and_a_person_can_act_meanwhile() {
    let town = Town::working();
    let worker = town.start(&[], &["run"]);
    // It is at work once its first run is in the history.
    loop {
        let history = town.run(&["history", "acme", "--json"]).code(0).json();
        if !history["runs"].as_array().unwrap().is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    // A second worker is refused; a sync beside it is done by it.
    let second = town.run(&["run"]).code(2);
    assert!(
        second.err.contains("another crossfoot process"),
        "{}",
        second.err
    );
    town.run(&["sync", "acme"]).code(0);
    town.run(&["processing", "acme", "off"]).code(0);
    town.run(&["retry", "acme", "--all"]);
    super::running::end(worker);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}
