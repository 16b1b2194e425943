//! A sync that is asked to end: with TERM, with ctrl-c, with ctrl-c twice, and while it waits beside another process.

use super::beside::{clock_runs, kill, once_a_day, slow, under_way, wait};
use super::town::{Town, ended};
use std::process::{Child, Command};
use std::time::Duration;

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(sent.success());
}

/// How often the ledger was asked to make something of this kind.
fn made(town: &Town, path: &str) -> usize {
    let all = town.plane.requests(0);
    let all = all["requests"].as_array().unwrap();
    all.iter()
        .filter(|r| r["method"] == "PUT" && r["path"].as_str().unwrap().contains(path))
        .count()
}

#[test]
fn a_signal_ends_a_sync_where_nothing_is_half_done_and_says_what_is_left() {
    for name in ["-TERM", "-INT"] {
        let town = Town::working();
        slow(&town, "PUT", "/Contacts", 3_000);
        let first = town.start(&[], &["sync", "acme"]);
        wait("its request", || under_way(&town, "contact"));
        signal(&first, name);
        let first = ended(first).code(1);
        assert!(first.err.contains("asked to end"), "{}", first.err);
        assert!(first.err.contains("2 to be posted"), "{}", first.err);
        let fix = format!(
            "fix: `crossfoot sync acme --workspace {}` goes on where it stopped",
            town.dir()
        );
        assert!(first.err.contains(&fix), "{}", first.err);
        // What was under way has its answer, and nothing else has left.
        assert!(!under_way(&town, "contact"), "{name}");
        assert!(town.invoices().is_empty(), "{name}");
        let runs = town.run(&["history", "acme", "--json"]).code(0).json();
        let stopped = runs["runs"][0]["stopped"].as_str().unwrap();
        assert!(stopped.contains("asked to end"), "{runs}");

        town.run(&["sync", "acme"]).code(0);
        assert_eq!(town.invoices(), ["1041", "1044"], "{name}");
        assert_eq!(made(&town, "/Contacts"), 1, "{name}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once_and_nothing_is_lost() {
    let town = Town::working();
    slow(&town, "PUT", "/Invoices", 60_000);
    let first = town.start(&[], &["sync", "acme"]);
    wait("its request", || under_way(&town, "invoice"));
    signal(&first, "-INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(&first, "-INT");
    ended(first).code(1);
    // It is in doubt, and the next sync finds out.
    assert!(under_way(&town, "invoice"));
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn who_waits_beside_a_run_and_is_asked_to_end_takes_its_wish_back() {
    let town = once_a_day();
    slow(&town, "PUT", "/Invoices", 20_000);
    let worker = town.start(&[], &["run"]);
    wait("its request", || under_way(&town, "invoice"));
    let waiting = town.start(&[], &["sync", "acme"]);
    wait("its wish", || wishes(&town) == 1);
    signal(&waiting, "-INT");
    let waiting = ended(waiting).code(1);
    assert!(waiting.err.contains("asked to end"), "{}", waiting.err);
    assert_eq!(wishes(&town), 0);
    kill(worker);
}

/// Wishes that lie in the store.
fn wishes(town: &Town) -> i64 {
    use sqlx::{ConnectOptions as _, Row as _};
    let path = town.path().join(".crossfoot/crossfoot.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut db = options.connect().await.unwrap();
        let row = sqlx::query("SELECT COUNT(*) FROM wishes")
            .fetch_one(&mut db)
            .await
            .unwrap();
        row.get(0)
    })
}

#[test]
fn who_waited_for_a_worker_that_died_goes_on_alone_and_ends_as_before() {
    let town = once_a_day();
    clock_runs(&town);
    slow(&town, "PUT", "/Invoices", 30_000);
    let worker = town.start(&[], &["run"]);
    wait("its request", || under_way(&town, "invoice"));
    let waiting = town.start(&[], &["sync", "acme"]);
    wait("its wish", || wishes(&town) == 1);
    // What goes on alone is slow too: it sends the same request again.
    slow(&town, "PUT", "/Invoices", 8_000);
    kill(worker);
    wait("a request of its own", || has_come(&town, 1));
    signal(&waiting, "-TERM");
    let waiting = ended(waiting).code(1);
    assert!(waiting.err.contains("asked to end"), "{}", waiting.err);
    assert!(!under_way(&town, "invoice"), "{}", waiting.err);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

/// What lies in the workspace's data, and in the folder that programs put into what nobody is to find.
fn lies(town: &Town, temporary: &std::path::Path) -> std::collections::BTreeSet<String> {
    let named = |folder: &std::path::Path| {
        let all = std::fs::read_dir(folder).unwrap();
        all.map(|e| e.unwrap().path().display().to_string())
            .collect::<Vec<_>>()
    };
    let data = named(&town.path().join(".crossfoot")).into_iter();
    data.chain(named(temporary)).collect()
}

/// Whether the call that is to wait by the nth rule, from 0, has come to the vendor: its answer may be far.
fn has_come(town: &Town, nth: usize) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let ask = (town.plane).call(
        http::Method::GET,
        "/_sandbox/faults",
        http::HeaderMap::new(),
        bytes::Bytes::new(),
    );
    let reply = runtime.block_on(ask).reply().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    told["faults"][nth]["fired"] == 1
}

#[test]
fn a_plan_that_is_ended_or_killed_leaves_nothing() {
    for name in ["-INT", "-TERM", "-KILL"] {
        let town = Town::working();
        town.run(&["status"]).code(0);
        let temporary = tempfile::tempdir().unwrap();
        let place = temporary.path().display().to_string();
        let before = lies(&town, temporary.path());
        slow(&town, "GET", "/Accounts", 60_000);
        let plan = town.start(
            &[("TMPDIR", &place), ("SQLITE_TMPDIR", &place)],
            &["plan", "acme"],
        );
        // It asks from within the rehearsal, and would for a minute.
        wait("its call", || has_come(&town, 0));
        signal(&plan, name);
        let _ = plan.wait_with_output().unwrap();
        let mut left = lies(&town, temporary.path());
        // What SQLite keeps beside a database that is not closed, and reads again.
        left.retain(|n| !n.ends_with("crossfoot.db-wal") && !n.ends_with("crossfoot.db-shm"));
        let new: Vec<_> = left.difference(&before).collect();
        assert!(new.is_empty(), "{name}: {new:?}");
        // A copy that an earlier version left is gone with the next start.
        std::fs::create_dir(town.path().join(".crossfoot/rehearsal-0011")).unwrap();
        town.run(&["status"]).code(0);
        assert!(!town.path().join(".crossfoot/rehearsal-0011").exists());
        town.run(&["sync", "acme"]);
        assert_eq!(town.invoices(), ["1041", "1044"], "{name}");
    }
}

#[test]
fn a_sync_leaves_no_log_that_the_next_process_would_read_whole() {
    let town = Town::working();
    // Something of it is held.
    town.run(&["sync", "acme"]).code(1);
    let log = town.path().join(".crossfoot/crossfoot.db-wal");
    let left = std::fs::metadata(log).map_or(0, |log| log.len());
    assert_eq!(left, 0);
}
