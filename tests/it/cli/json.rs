//! What `--json` prints has the shape that `docs/json.md` promises, key by key.

use super::town::{ORG, TENANT, Town};
use crate::support::KEAP_KEY;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The shapes of the page, by verb.
fn shapes() -> BTreeMap<String, Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mut out = BTreeMap::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(verb) = line.strip_prefix("```json ") {
            let text = lines.next().unwrap();
            out.insert(verb.to_owned(), serde_json::from_str(text).unwrap());
        }
    }
    out
}

#[test]
fn the_page_of_answers_is_made_from_their_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");
    let page = std::fs::read_to_string(path).unwrap();
    let begin = "this page is made from the program's own types. -->\n\n";
    let end = "\n<!-- Here the made part ends. -->";
    let (head, rest) = page.split_once(begin).unwrap();
    let (kept, tail) = rest.split_once(end).unwrap();
    let made = crossfoot::service::desk::reference::reference();
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{head}{begin}{made}{end}{tail}")).unwrap();
        return;
    }
    assert!(
        kept == made,
        "docs/json.md is not what the types of the answers say: run this test with CROSSFOOT_WRITE_DOCS=1"
    );
}

/// Where a value differs from its shape.
fn differs(at: &str, shape: &Value, value: &Value, out: &mut Vec<String>) {
    match (shape, value) {
        (_, Value::Null) => {}
        (Value::Object(shape), Value::Object(value)) => {
            let any = shape
                .keys()
                .find(|k| k.chars().all(|c| c.is_ascii_uppercase()));
            if let Some(any) = any {
                for (key, v) in value {
                    differs(&format!("{at}.{key}"), &shape[any], v, out);
                }
                return;
            }
            // An empty shape stands for what is not promised.
            if shape.is_empty() {
                return;
            }
            let (wanted, found): (Vec<_>, Vec<_>) =
                (shape.keys().collect(), value.keys().collect());
            let (mut a, mut b) = (wanted.clone(), found.clone());
            a.sort();
            b.sort();
            if a != b {
                out.push(format!(
                    "{at}: the page says {wanted:?}, the program {found:?}"
                ));
                return;
            }
            for (key, v) in value {
                differs(&format!("{at}.{key}"), &shape[key], v, out);
            }
        }
        (Value::Array(shape), Value::Array(value)) => {
            for v in value {
                differs(&format!("{at}[]"), &shape[0], v, out);
            }
        }
        (Value::String(_) | Value::Number(_), Value::String(_) | Value::Number(_)) => {}
        (Value::Bool(_), Value::Bool(_)) => {}
        _ => out.push(format!("{at}: the page says {shape}, the program {value}")),
    }
}

#[test]
fn what_is_printed_has_the_shape_that_is_promised() {
    let town = Town::new();
    let shapes = shapes();
    let wrong = RefCell::new(Vec::new());
    let mut met = Vec::new();
    let mut check = |verb: &str, code: i32, args: &[&str]| {
        let args = [args, &["--json"]].concat();
        let value = town.run(&args).code(code).json();
        differs(
            &args.join(" "),
            &shapes[verb],
            &value,
            &mut wrong.borrow_mut(),
        );
        met.push(verb.to_owned());
    };
    check("init", 0, &["init", &town.dir()]);
    town.connections();
    check(
        "new",
        0,
        &[
            "new",
            "acme",
            "--preset",
            "keap-xero",
            "--from",
            "keap",
            "--to",
            "xero",
        ],
    );
    check("error", 2, &["sync", "nobody"]);
    check("schema --later", 0, &["schema", "--later"]);
    check("status", 0, &["status"]);
    town.with("CROSSFOOT_KEAP_KEY", KEAP_KEY, &["connect", "acme", "keap"])
        .code(0);
    let connected = town.sign_in(&["--organisation", ORG, "--json"]).code(0);
    differs(
        "connect",
        &shapes["connect"],
        &connected.json(),
        &mut wrong.borrow_mut(),
    );
    town.tenant(&TENANT.replace("accounts:", "acounts:"));
    check("lint", 2, &["lint"]);
    check("error", 2, &["sync", "acme"]);
    check("status", 0, &["status", "acme"]);
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    check("lint", 0, &["lint", "--live"]);
    check("plan", 1, &["plan", "acme"]);
    check("explain", 0, &["explain", "acme", "1043"]);
    check("processing", 0, &["processing", "acme", "on"]);
    check("sync", 1, &["sync", "acme"]);
    check("approve", 1, &["approve", "acme", "1041", "7"]);
    check("approve", 0, &["unapprove", "acme", "1041"]);
    // What a person has sent back waits for that person's word.
    check("approve", 1, &["release", "acme"]);
    check("approve", 0, &["approve", "acme", "1041"]);
    check("sync", 0, &["sync", "acme"]);
    for number in ["1041", "1043"] {
        check("explain", 0, &["explain", "acme", number]);
    }
    check("explain", 1, &["explain", "acme", "1042"]);
    check("explain NUMBER", 1, &["explain", "1042"]);
    check("explain --source", 0, &["explain", "1041", "--source"]);
    check("history --day", 0, &["history", "--day", "today"]);
    check("errors", 1, &["errors"]);
    check("approve", 1, &["retry", "acme", "--all"]);
    check("release --payments", 0, &["release", "acme", "--payments"]);
    check("resend", 0, &["resend", "acme"]);
    check("settle", 0, &["skip", "acme", "1042", "--why", "a test"]);
    check("unlink", 0, &["unlink", "acme", "1041", "--yes"]);
    check("history", 0, &["history", "acme"]);
    check("history --run", 0, &["history", "acme", "--run", "last"]);
    check("status", 0, &["status"]);
    check("config", 0, &["config", "acme", "--why"]);
    check("connector list", 0, &["connector", "list"]);
    check("lint", 0, &["connector", "lint"]);
    check("connector test", 0, &["connector", "test", "acme"]);
    check("rules list", 0, &["rules", "list"]);
    check("rules show", 0, &["rules", "show", "skip_zero_total"]);
    check("rules eject", 0, &["rules", "eject", "skip_zero_total"]);
    check("test", 0, &["test", "--coverage"]);
    check("audit verify", 0, &["audit", "verify"]);
    let kept = town.path().parent().unwrap().join("kept.db");
    let kept = kept.display().to_string();
    check("backup", 0, &["backup", &kept]);
    check("restore", 0, &["restore", &kept]);
    check("status", 0, &["status"]);
    let wrong = wrong.into_inner();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // `run` has its own test, and `connect` was looked at above.
    let unmet = shapes.keys().filter(|v| !met.contains(v));
    assert_eq!(unmet.collect::<Vec<_>>(), ["connect", "run"]);
}

#[test]
fn rows_that_nothing_comes_to_are_named() {
    let town = Town::working();
    town.run(&["sync", "acme"]).code(1);
    let rule = "/// Codes by the product.\n/// @example { sku: \"HIRE\" } => account \"20-1\"\n\
                fn map_line(line, document) {\n    line.account = `20-${lookup(\"nature\", line.sku)}`;\n    keep()\n}\n";
    std::fs::write(town.path().join("rules/acme.rhai"), rule).unwrap();
    let text = TENANT.replace(
        "  - { sku: HIRE",
        "  - { kind: shipping, use: \"260\" }\n  - { sku: HIRE",
    );
    town.tenant(&format!(
        "{text}rules: [rules/acme.rhai]\ntables:\n  nature: {{ HIRE: \"1\", PARTS: \"2\", else: hold }}\n"
    ));
    let told = town.run(&["test", "--coverage"]).code(0).out;
    let lines: Vec<&str> = told.lines().filter(|l| l.contains("acme")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
