//! Every statement at the store's doors is answered by an index: none reads a table that grows from end to end,
//! and none sorts what it found there.
//!
//! The statements are read from the source, so that a new one is looked at too; the database says how it would
//! answer each.

use crossfoot::store::{OpenAs, Store};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

/// Tables that hold a row a tenant, a book, a connection, a day, a switch or a second of the last minute, and are read whole on
/// purpose.
const SMALL: [&str; 11] = [
    "edits",
    "tenants",
    "books",
    "leases",
    "cursors",
    "meta",
    "mirrors",
    "write_moves",
    "tokens",
    "day_counters",
    "recent_calls",
];

/// What may cost more than it finds, by a part of its text, with the reason.
const ALLOWED: [(&str, &str); 4] = [
    (
        "DELETE FROM would_differ WHERE tenant = $1",
        "another edit begins anew: all of it goes",
    ),
    (
        "SELECT MAX(started) FROM runs WHERE tenant = $1",
        "of the index its last entry alone is read",
    ),
    (
        "COUNT(*) AS n FROM documents",
        "a person asked how many there are, and the index alone is read",
    ),
    (
        "WHERE b.tenant = $1 ORDER BY b.place",
        "all that could not be read is what was asked for",
    ),
];

/// What a statement begins with of which the database can say how it would answer it.
pub const ASKED: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

/// The texts in a Rust source that begin so.
fn statements(source: &str, verbs: &[&str]) -> Vec<String> {
    let (mut out, mut inside) = (Vec::new(), None::<String>);
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match (c, &mut inside) {
            ('\\', _) => {
                chars.next();
            }
            ('"', None) => inside = Some(String::new()),
            ('"', Some(text)) => {
                out.push(std::mem::take(text).trim().to_owned());
                inside = None;
            }
            (c, Some(text)) => text.push(c),
            _ => {}
        }
    }
    out.retain(|text| verbs.iter().any(|v| text.starts_with(v)));
    out
}

/// Every statement in the store that begins so, with its file.
pub fn in_the_store(verbs: &[&str]) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        // In a file's folder are its tests.
        .filter(|path| path.is_file())
        .collect();
    // What another database is told is not asked of this one; and how a rehearsal is laid over the file is told to no other.
    files.retain(|path| !path.ends_with("dialect.rs") && !path.ends_with("overlay.rs"));
    files.sort();
    let mut out = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let bare: Vec<&str> = text
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
            .collect();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = statements(&bare.join("\n"), verbs);
        out.extend(found.into_iter().map(|s| (name.clone(), s)));
    }
    out
}

/// What is wrong with how a statement would be answered.
fn faults(statement: &str, plan: &[String]) -> Vec<String> {
    let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
    // The first so many of a tenant in the order of an index are no more work than they are many; with a condition
    // besides, all may be gone through to find them.
    let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let first_of = [
        "WHERE tenant = $1 ORDER BY",
        "WHERE tenant = $1 AND open = 1 ORDER BY",
    ];
    let bounded = first_of.iter().any(|f| flat.contains(f)) && flat.contains("LIMIT") && !sorted;
    let small = |step: &str| {
        let table = step.split_whitespace().nth(1).unwrap_or_default();
        SMALL.contains(&table) || table == "CONSTANT"
    };
    let of_a_tenant = |step: &str| step.ends_with("(tenant=?)") && !bounded;
    plan.iter()
        .filter(|step| {
            step.contains("TEMP B-TREE")
                || step.contains("AUTOMATIC")
                || (step.starts_with("SCAN") && !small(step))
                || (step.starts_with("SEARCH") && of_a_tenant(step) && !small(step))
        })
        .cloned()
        .collect()
}

async fn plan(db: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let ask = format!("EXPLAIN QUERY PLAN {statement}");
    let rows = sqlx::query(AssertSqlSafe(ask)).fetch_all(db).await;
    let rows = rows.unwrap_or_else(|e| panic!("{statement}: {e}"));
    rows.iter().map(|r| r.get::<String, _>("detail")).collect()
}

pub async fn database(folder: &tempfile::TempDir) -> SqliteConnection {
    let path = folder.path().join("crossfoot.db");
    let store = Store::open(&path, OpenAs::Worker).await.unwrap();
    store.close().await;
    SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}

#[tokio::test]
async fn no_statement_reads_or_sorts_a_table_that_grows() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = database(&folder).await;
    let all = in_the_store(&ASKED);
    assert!(all.len() > 70, "only {} statements were found", all.len());
    let mut wrong = Vec::new();
    let mut used = std::collections::BTreeSet::new();
    for (file, statement) in &all {
        // What the first stage left is read whole, once, and its tables are gone then.
        if statement.contains("sqlite_master") || file == "first_stage.rs" {
            continue;
        }
        let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let faults = faults(statement, &plan(&mut db, statement).await);
        if faults.is_empty() {
            continue;
        }
        match ALLOWED.iter().find(|(part, _)| flat.contains(part)) {
            Some((part, _)) => {
                used.insert(*part);
            }
            None => wrong.push(format!("{file}: {flat}\n    {}", faults.join("\n    "))),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for (part, why) in ALLOWED {
        assert!(used.contains(part), "no longer needed: {part} ({why})");
    }
}

/// A statement that is written for one value of a list, for so many; nothing for one that takes no list.
fn widened(statement: &str, values: usize) -> Option<String> {
    let (_, after) = statement.split_once("IN ($")?;
    let (at, _) = after.split_once(')')?;
    let at: usize = at.parse().ok()?;
    let all: Vec<String> = (at..at + values).map(|n| format!("${n}")).collect();
    Some(statement.replace(&format!("(${at})"), &format!("({})", all.join(","))))
}

#[tokio::test]
async fn many_values_are_looked_up_by_the_index_by_which_one_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = database(&folder).await;
    let (mut lists, mut wrong) = (0, Vec::new());
    for (file, statement) in in_the_store(&ASKED) {
        let Some(wide) = widened(&statement, 50) else {
            continue;
        };
        lists += 1;
        let (one, many) = (plan(&mut db, &statement).await, plan(&mut db, &wide).await);
        if one != many {
            wrong.push(format!("{file}: {statement}\n    {one:?}\n    {many:?}"));
        }
    }
    assert!(lists > 20, "only {lists} statements take a list");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_check_knows_a_bad_statement() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = database(&folder).await;
    let bad = [
        "SELECT * FROM document_rows WHERE tenant = $1 AND (id = $2 OR number = $2 OR also = $2) LIMIT 1",
        "SELECT DISTINCT document FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state IN ('planned','ready')",
        "SELECT * FROM writes WHERE tenant = $1 AND state IN ('sent','in_doubt') ORDER BY id",
        "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1",
        "SELECT body FROM records WHERE version = $1",
    ];
    let mut passed = Vec::new();
    for statement in bad {
        if faults(statement, &plan(&mut db, statement).await).is_empty() {
            passed.push(statement);
        }
    }
    assert!(passed.is_empty(), "these were let through: {passed:#?}");
}

/// What no rehearsal asks, or what is small, by file or by a part of its text.
const NOT_REHEARSED: [(&str, &str); 10] = [
    (
        "first_stage.rs",
        "a database is of today before it is rehearsed on",
    ),
    ("retention.rs", "only `run` forgets"),
    (
        "found.rs",
        "what the ledger proved is told of the store itself",
    ),
    ("ready.rs", "nothing is posted"),
    (
        "COUNT(*) AS n FROM documents",
        "`status` counts, of the store itself",
    ),
    (
        "DELETE FROM would_differ WHERE tenant = $1",
        "an edit is looked at in the store itself",
    ),
    ("FROM books WHERE side", "customers are known before"),
    ("FROM epochs", "a row an epoch"),
    (
        "WHERE status = 'refreshing'",
        "said when the store is opened, before any rehearsal",
    ),
    (
        "moves.rs",
        "a table of as many rows as there are legal moves",
    ),
];

#[tokio::test]
async fn no_statement_of_a_rehearsal_reads_the_book_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crossfoot.db");
    let store = Store::open(&path, OpenAs::Worker).await.unwrap();
    let over = store.rehearsal().await.unwrap();
    let mut wrong = Vec::new();
    for (file, statement) in in_the_store(&ASKED) {
        let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let passed = |(part, _): &(&str, &str)| file == *part || flat.contains(part);
        if statement.contains("sqlite_master") || NOT_REHEARSED.iter().any(passed) {
            continue;
        }
        let mut plan = Vec::new();
        for said in [Some(statement.clone()), widened(&statement, 50)] {
            let Some(said) = said else { continue };
            let how = over.answered_how(&said).await;
            plan.extend(how.unwrap_or_else(|e| panic!("{flat}: {e}")));
        }
        // `b` is the file's table and `g` what of it is gone; what is put together before it is asked is all of it.
        let whole = |s: &&String| {
            ["SCAN b", "SCAN g"].contains(&s.as_str())
                || s.contains("AUTOMATIC")
                || s.starts_with("MATERIALIZE")
        };
        if let Some(step) = plan.iter().find(whole) {
            wrong.push(format!("{file}: {flat}\n    {step}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
