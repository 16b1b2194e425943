//! PostgreSQL is not built, and nothing makes it harder: the schema and every statement hold there too, but for a few
//! words that are named in one place.
//!
//! The migrations and the statements are read from the source, so that new ones are looked at too; a PostgreSQL of the
//! machine says what it thinks of them.

use super::postgres::Postgres;
use super::store_statements::{ASKED, database, in_the_store};
use crossfoot::store::dialect::{self, DIFFERENT, WORDS};
use sqlx::Row as _;
use std::collections::BTreeSet;
use std::path::Path;

/// What else a statement begins with.
const OTHER: [&str; 9] = [
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "PRAGMA ",
    "VACUUM",
    "ATTACH ",
    "CREATE ",
    "ALTER ",
];

fn flat(statement: &str) -> String {
    statement.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every migration in order, with its name.
fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "sql"));
    files.sort();
    let name = |p: &Path| p.file_name().unwrap().to_string_lossy().into_owned();
    files
        .iter()
        .map(|p| (name(p), std::fs::read_to_string(p).unwrap()))
        .collect()
}

/// A PostgreSQL with the schema, or `None` where the machine has none.
fn with_the_schema() -> Option<Postgres> {
    let server = Postgres::of_the_machine()?;
    for (file, text) in migrations() {
        let made = dialect::schema(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let wrong: Vec<String> = server
            .run(&made)
            .iter()
            .map(|r| format!("{file}: {}\n    {}", made[r.at], r.said))
            .collect();
        assert!(wrong.is_empty(), "PostgreSQL refused\n{}", wrong.join("\n"));
    }
    Some(server)
}

/// Every statement of the store once, with its file.
fn all_statements() -> Vec<(String, String)> {
    let verbs = [&ASKED[..], &OTHER].concat();
    let mut seen = BTreeSet::new();
    let mut all = in_the_store(&verbs);
    all.retain(|(_, text)| seen.insert(text.clone()));
    all
}

/// How PostgreSQL is asked whether it could carry a statement out.
fn asked(at: usize, statement: &str) -> String {
    let statement = flat(statement);
    match ASKED.iter().any(|verb| statement.starts_with(verb)) {
        true => format!("PREPARE s{at} AS {statement}"),
        false if statement.starts_with("BEGIN") => format!("{statement}; ROLLBACK"),
        false => statement,
    }
}

#[test]
fn every_statement_is_prepared_in_postgresql() {
    let Some(server) = with_the_schema() else {
        return;
    };
    let all = all_statements();
    assert!(all.len() > 100, "only {} statements were found", all.len());
    let (mut told, mut from, mut differ) = (Vec::new(), Vec::new(), Vec::new());
    for (file, text) in &all {
        let theirs = dialect::statement(text);
        if theirs != Some(text) {
            differ.push(text.as_str());
        }
        if let Some(theirs) = theirs {
            told.push(asked(told.len(), theirs));
            from.push(file);
        }
    }
    let wrong: Vec<String> = server
        .run(&told)
        .iter()
        .map(|r| format!("{}: {}\n    {}", from[r.at], told[r.at], r.said))
        .collect();
    assert!(
        wrong.is_empty(),
        "PostgreSQL refused (what differs belongs into src/store/dialect.rs)\n{}",
        wrong.join("\n")
    );
    assert!(differ.len() <= 6, "too many differ: {differ:#?}");
}

#[test]
fn what_differs_is_little_and_needed() {
    assert!(WORDS.len() + 2 <= 10, "with the two for triggers");
    assert!(DIFFERENT.len() <= 6);
    let all = all_statements();
    for differs in DIFFERENT {
        let there = all.iter().any(|(_, text)| text == differs.sqlite);
        assert!(there, "no statement reads so any more: {}", differs.sqlite);
    }
    let Some(server) = with_the_schema() else {
        return;
    };
    let told: Vec<String> = DIFFERENT.iter().map(|d| asked(0, d.sqlite)).collect();
    let refused: BTreeSet<usize> = server.run(&told).iter().map(|r| r.at).collect();
    for (at, differs) in DIFFERENT.iter().enumerate() {
        assert!(
            refused.contains(&at),
            "PostgreSQL takes: {}",
            differs.sqlite
        );
    }
}

/// `SELECT *` and a view's columns are what preparing a statement does not look at.
#[tokio::test]
async fn tables_and_views_have_the_same_columns_in_both() {
    let Some(server) = with_the_schema() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut ours = database(&folder).await;
    let ask = "SELECT m.name AS name, p.name AS col, p.type AS kind FROM sqlite_master m, pragma_table_info(m.name) p
        WHERE m.type IN ('table','view') AND substr(m.name, 1, 1) <> '_' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid";
    let rows = sqlx::query(ask).fetch_all(&mut ours).await.unwrap();
    let ours: Vec<String> = rows
        .iter()
        .map(|r| {
            let kind = match r.get::<&str, _>("kind") {
                // What a view works out has no type there.
                "TEXT" | "" => "text",
                "INTEGER" | "BIGINT" => "bigint",
                "BLOB" => "bytea",
                other => other,
            };
            let (name, column): (&str, &str) = (r.get("name"), r.get("col"));
            format!("{name}|{column}|{kind}")
        })
        .collect();
    // What the first stage kept is moved and dropped by the program when it opens a database of its own.
    let theirs = server.ask(
        "SELECT table_name, column_name, data_type FROM information_schema.columns
          WHERE table_schema = 'public' AND table_name NOT LIKE 'first\\_%' ORDER BY table_name COLLATE \"C\", ordinal_position;",
    );
    let lacks = |these: &[String], those: &[String]| -> Vec<String> {
        these
            .iter()
            .filter(|c| !those.contains(c))
            .cloned()
            .collect()
    };
    assert_eq!(lacks(&ours, &theirs), [""; 0], "not so in PostgreSQL");
    assert_eq!(lacks(&theirs, &ours), [""; 0], "not so in SQLite");
    assert_eq!(ours, theirs, "in another order");
    let loose = server.ask(
        "SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
            AND a.attcollation NOT IN (0, (SELECT oid FROM pg_collation WHERE collname = 'C'));",
    );
    assert_eq!(loose, [""; 0], "not compared byte by byte");
}

/// A statement that enters a row of a table whatever its columns are.
fn any_row(table: &str, id: &str) -> String {
    format!(
        "SELECT format('INSERT INTO {table} (%s) VALUES (%s)', string_agg(column_name, ','),
             string_agg(CASE data_type WHEN 'bigint' THEN '1' ELSE '''x''' END, ','))
           FROM information_schema.columns WHERE table_name = '{table}' AND column_name <> '{id}' \\gexec\n"
    )
}

#[test]
fn triggers_refuse_in_postgresql_too_and_ids_come_by_themselves() {
    let Some(server) = with_the_schema() else {
        return;
    };
    server.ask(&any_row("writes", "id"));
    server.ask(&any_row("audit", "seq"));
    let ids = server.ask("SELECT id FROM writes; SELECT seq FROM audit;");
    assert_eq!(ids, ["1", "1"]);
    let tried = [
        "UPDATE writes SET state = 'y'",
        "INSERT INTO write_moves (from_state, to_state) VALUES ('x', 'y')",
        "UPDATE writes SET state = 'y'",
        "UPDATE audit SET actor = 'another'",
    ]
    .map(str::to_owned);
    let refused = server.run(&tried);
    let said: Vec<(usize, &str)> = refused
        .iter()
        .map(|r| (r.at, r.said.lines().next().unwrap_or_default()))
        .collect();
    let expected = [
        (0, "ERROR:  this write may not move so"),
        (3, "ERROR:  audit rows are never changed"),
    ];
    assert_eq!(said, expected);
}
