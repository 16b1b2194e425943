//! The page of the rehearsal says what the sandbox has: its switches and seeds are written from the program, and every
//! fault and call of the control plane stands there.

use crossfoot::clock::{Clock as _, RealClock};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::service::demo::systems;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn page() -> String {
    std::fs::read_to_string(Path::new(ROOT).join("docs/rehearsal.md")).unwrap()
}

fn plane() -> Plane {
    Plane::new(PlaneOptions::new(systems, || RealClock.now())).unwrap()
}

/// The switches of one system, as a table.
fn table(switches: &Value) -> String {
    let mut out = "| switch | values | what it decides |\n| --- | --- | --- |\n".to_owned();
    for (name, told) in switches.as_object().unwrap() {
        let text = |v: &Value| match v.as_str() {
            Some("") => "a text".to_owned(),
            Some(word) => format!("`{word}`"),
            None => v.to_string(),
        };
        let default = text(&told["value"]);
        let values = match (told["values"].as_array(), told["least"].as_u64()) {
            (Some(all), _) => all.iter().map(text).collect::<Vec<_>>().join(", "),
            (None, Some(least)) => format!("{default}; any from {least} to {}", told["most"]),
            (None, None) if told["value"].is_number() => format!("{default}; any number"),
            (None, None) => default,
        };
        let about = told["about"].as_str().unwrap();
        assert!(!about.is_empty(), "{name} says nothing of itself");
        writeln!(out, "| `{name}` | {values} | {about} |").unwrap();
    }
    out
}

/// The block of text in the comment at the head of a file of the sandbox.
fn shape(file: &str) -> String {
    let text = std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
    let head = text.lines().map_while(|l| l.strip_prefix("//!"));
    let head: Vec<&str> = head.map(|l| l.strip_prefix(' ').unwrap_or(l)).collect();
    let from = head.iter().position(|l| l.starts_with("```")).unwrap();
    let to = head.iter().rposition(|l| l.starts_with("```")).unwrap();
    let rest = head[to + 1..].join("\n");
    format!(
        "```text\n{}\n```\n\n{}\n",
        head[from + 1..to].join("\n"),
        rest.trim()
    )
}

/// What stands between the marks of a part that the program makes.
fn made(plane: &Plane, part: &str) -> String {
    match part {
        "switches" => {
            let of = |system: &str| {
                let told = plane.switch(system, &json!({})).unwrap();
                table(&told)
            };
            format!(
                "Keap's:\n\n{}\nXero's:\n\n{}\nQuickBooks Online's:\n\n{}",
                of("keap"),
                of("xero"),
                of("qbo")
            )
        }
        "seed keap" => shape("src/sandbox/keap/seed.rs"),
        "seed xero" => format!(
            "{}\nWhat `tamper` does:\n\n{}",
            shape("src/sandbox/xero/seed.rs").replace("see `tamper.rs`", "see below"),
            shape("src/sandbox/xero/tamper.rs")
        ),
        "seed qbo" => shape("src/sandbox/qbo/seed.rs"),
        "seed servicem8" => shape("src/sandbox/servicem8/account.rs"),
        "seed kickserv" => shape("src/sandbox/kickserv/seed.rs"),
        "seed klipboard" => shape("src/sandbox/klipboard/seed.rs"),
        "seed invoiceasap" => shape("src/sandbox/invoiceasap/mod.rs"),
        other => panic!("nothing makes the part {other}"),
    }
}

/// The page with each such part made anew.
fn anew(page: &str) -> String {
    let (plane, mut out, mut inside, mut parts) = (plane(), String::new(), false, 0);
    for line in page.lines() {
        if line == "<!-- end -->" {
            inside = false;
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
        let mark = line.strip_prefix("<!-- made by the program: ");
        if let Some(part) = mark.and_then(|l| l.strip_suffix(" -->")) {
            write!(out, "\n{}\n", made(&plane, part)).unwrap();
            (inside, parts) = (true, parts + 1);
        }
    }
    assert_eq!(parts, 8);
    out
}

#[test]
fn the_page_of_the_rehearsal_has_the_switches_and_seeds_of_the_program() {
    let (page, path) = (page(), Path::new(ROOT).join("docs/rehearsal.md"));
    let anew = anew(&page);
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(&path, &anew).unwrap();
        return;
    }
    assert!(
        page == anew,
        "docs/rehearsal.md is not what the program says: run this test with CROSSFOOT_WRITE_DOCS=1"
    );
}

#[test]
fn the_page_of_the_rehearsal_names_every_fault_and_call() {
    let page = page();
    let refused = plane().faults(&json!([{"fault": "none"}])).unwrap_err();
    let (_, words) = refused.split_once("the faults are ").unwrap();
    let words: Vec<&str> = words
        .split([',', ' '])
        .filter(|w| !w.is_empty() && *w != "and")
        .collect();
    assert!(words.len() >= 15, "{words:?}");
    for word in words {
        assert!(page.contains(&format!("\"{word}\"")), "the fault {word}");
    }
    // The control plane's own page lists its calls between backticks.
    let control =
        std::fs::read_to_string(Path::new(ROOT).join("src/sandbox/plane/control.rs")).unwrap();
    let head: String = control
        .lines()
        .map_while(|l| l.strip_prefix("//!"))
        .collect();
    let calls: Vec<&str> = head
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|c| c.contains(' ') && !c.contains('{'))
        .collect();
    assert!(calls.len() >= 7, "{calls:?}");
    for call in calls {
        let (verbs, path) = call.split_once(' ').unwrap();
        for verb in verbs.split('|') {
            let told = format!("{verb} {}", path.replace("<system>", "keap"));
            assert!(page.contains(&format!("`{told}")), "{told}");
        }
    }
}
