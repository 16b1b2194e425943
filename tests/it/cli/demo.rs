//! `crossfoot demo --once`, as a first user types it: exit code, report, and nothing left behind.

use super::town::ended;
use std::process::{Command, Stdio};

#[test]
fn the_demo_proves_that_both_books_agree_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let temporary = home.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_crossfoot"))
        .args(["demo", "--once"])
        .current_dir(home.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("USER", "tester")
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = ended(child).code(0).out;
    let count = |what: &str| said.matches(what).count();
    assert!(said.contains("of 12 sample tenants"), "{said}");
    let again = "A second sync right after made nothing";
    assert_eq!((count(again), count("Both books agree.")), (1, 1), "{said}");
    assert_eq!(count("do not agree"), 0, "{said}");
    // A row of the report for every tenant whose file is shipped.
    let files = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
    let mut tenants = 0;
    for entry in std::fs::read_dir(files).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_stem().filter(|_| path.is_file()) else {
            continue;
        };
        let name = name.to_str().unwrap();
        // A sample for consultants, whose jobs its story makes.
        if name == "ironbark-lifts" {
            continue;
        }
        let report = said.split("without mapping, rules or journal").nth(1);
        let row = (report.unwrap().lines()).find(|l| l.starts_with(name));
        assert!(row.is_some(), "{name} in {said}");
        tenants += 1;
    }
    assert_eq!(tenants, 12);
    let left: Vec<_> = std::fs::read_dir(&temporary).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
