//! The verbs that look after files: configuration, schema, rules, specs, completions.

use super::town::{TENANT, Town};
use insta::assert_snapshot;
use serde_json::json;

fn workspace() -> Town {
    let town = Town::new();
    town.run(&["init", &town.dir()]).code(0);
    town.connections();
    town.tenant(TENANT);
    town
}

#[test]
fn the_effective_file_says_where_each_value_came_from() {
    let town = workspace();
    let why = town.run(&["config", "acme", "--why"]).code(0);
    assert!(why.out.contains("# mappings/acme.yaml:"), "{}", why.out);
    assert!(why.out.contains("# preset keap-xero:"), "{}", why.out);
    let rows = town.run(&["config", "acme", "--json"]).code(0).json();
    let rows = rows["values"].as_array().unwrap().clone();
    let zero = rows
        .iter()
        .find(|r| r["path"] == json!("skip.zero_total"))
        .unwrap();
    assert_eq!(zero["place"]["file"], json!("mappings/acme.yaml"));
}

#[test]
fn editors_are_given_a_schema() {
    let town = workspace();
    town.run(&["schema", "acme"]).code(0);
    let text = std::fs::read_to_string(town.path().join(".schema/acme.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let file: serde_json::Value = json!({"tenant": "acme", "from": {"keap": "keap"}, "to": {"xero": "xero"}, "currency": "AUD"});
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&file));
    assert_eq!(
        town.run(&["schema", "acme", "--print"]).code(0).json(),
        schema
    );
}

#[test]
fn a_shipped_rule_is_written_out_and_its_cases_hold() {
    let town = workspace();
    let list = town.run(&["rules", "list"]).code(0);
    assert!(list.out.contains("skip_zero_total"), "{}", list.out);
    assert!(!list.out.contains("southern-lifts"), "{}", list.out);
    let near = town.run(&["rules", "show", "skip_zero_totals"]).code(2);
    assert!(near.err.contains("`skip_zero_total`"), "{}", near.err);
    town.run(&["rules", "eject", "skip_zero_total"]).code(0);
    town.run(&["rules", "eject", "skip_zero_total"]).code(2);
    let tested = town.run(&["test", "--coverage", "--json"]).code(0).json();
    assert_eq!(tested["failed"], json!(0));
    let files = tested["files"].as_array().unwrap();
    assert!(
        files
            .iter()
            .any(|f| f["file"] == json!("rules/skip_zero_total.rhai")),
        "{files:#?}"
    );
}

#[test]
fn a_case_that_fails_is_told_with_its_place() {
    let town = workspace();
    let rule = "/// Only the division's own.\n/// @example { sku: \"NSW-1\" } => account \"20-1\"\n/// @example { sku: \"QLD-1\" } => account \"99\"\nfn map_line(line, invoice) {\n    line.account = `${lookup(\"division\", line.sku.part(\"-\", 0))}-${line.sku.part(\"-\", 1)}`;\n    keep()\n}\n";
    std::fs::write(town.path().join("rules/acme.rhai"), rule).unwrap();
    town.tenant(&format!("{TENANT}tables: {{ division: {{ NSW: \"20\", QLD: \"30\", else: hold }} }}\nrules: [rules/acme.rhai]\n"));
    let path = town.path().join("rules/acme.rhai").display().to_string();
    let tested = town.run(&["test", &path]).code(1);
    assert_snapshot!("test_failed", town.tidy(&tested.out));
    std::fs::write(
        town.path().join("rules/acme.rhai"),
        rule.replace("part", "prat"),
    )
    .unwrap();
    town.run(&["test", &path]).code(2);
    town.run(&["lint"]).code(2);
}

#[test]
fn wrong_calls_end_with_two() {
    let town = workspace();
    town.run(&["sync"]).code(2);
    town.run(&["sync", "acme", "--onyl", "1"]).code(2);
    let near = town.run(&["status", "acmee"]).code(2);
    assert!(near.err.contains("Did you mean `acme`?"), "{}", near.err);
    town.run(&["connect", "acme", "quickbooks"]).code(2);
    let empty = tempfile::tempdir().unwrap();
    let elsewhere = empty.path().display().to_string();
    let none = town.run(&["--workspace", &elsewhere, "status"]);
    assert_eq!(none.code, 2, "{}", none.err);
}

#[test]
fn shells_are_given_completions() {
    let town = workspace();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let made = town.run(&["completions", shell]).code(0);
        assert!(made.out.contains("processing"), "{shell}");
    }
}
