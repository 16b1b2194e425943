//! What became of a source's documents is written back as a file: after each run, whole or not at all.

use super::bed::{Bed, file, synced, tenant};
use crossfoot::service::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;

const HEAD: &str =
    "number,date,contact.name,currency,total,line.name,line.unit_amount,line.taxable\n";
const ROWS: &str = "N1,2026-07-01,\"Ann, Wharf\",AUD,100.00,Work,100.00,no\nN2,2026-07-02,=cmd,AUD,50.00,Parts,50.00,no\n";

async fn begun(status_out: &str) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
        ("accounts", "[{ name: Work, use: \"200\" }, { else: hold }]"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let own = format!("files: {{ system: files, folder: data, status_out: \"{status_out}\" }}");
    std::fs::write(&path, format!("{text}{own}\n")).unwrap();
    for folder in ["data", "status"] {
        std::fs::create_dir_all(bed.folder.path().join(folder)).unwrap();
    }
    std::fs::write(
        bed.folder.path().join("data/a.csv"),
        format!("{HEAD}{ROWS}"),
    )
    .unwrap();
    let engine = bed.engine().await;
    (bed, engine)
}

fn at(bed: &Bed, path: &str) -> PathBuf {
    bed.folder.path().join(path)
}

#[tokio::test]
async fn each_run_writes_a_table_of_what_became_of_every_invoice() {
    let (bed, engine) = begun("status/acme.csv").await;
    let done = synced(&engine).await;
    assert_eq!(done.not_written, None);
    let text = std::fs::read_to_string(at(&bed, "status/acme.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("number,id,state,date,contact,currency,total,ledger_total,"));
    let id = bed.invoice("N1").unwrap()["InvoiceID"]
        .as_str()
        .unwrap()
        .to_owned();
    let first = format!("N1,N1,verified,2026-07-01,\"Ann, Wharf\",AUD,100.00,100.00,{id},N1,,,,");
    assert!(lines[1].starts_with(&first), "{text}");
    // A number is unique within its kind alone.
    assert!(lines[0].ends_with(",changed_at,kind") && lines[1].ends_with(",invoice"));
    // What is held says why and what to do; what a spreadsheet would compute is text.
    assert!(
        lines[2].starts_with("N2,N2,held,2026-07-02,'=cmd,AUD,50.00,,,,account.hold,"),
        "{text}"
    );
    assert!(lines[2].contains("Add a row such as"), "{text}");
    // Nothing is left beside it, and a later run writes it anew.
    assert_eq!(std::fs::read_dir(at(&bed, "status")).unwrap().count(), 1);
    let says = std::fs::read_to_string(at(&bed, "mappings/acme.yaml")).unwrap();
    bed.tenant(&says.replace("{ else: hold }]", "{ else: \"200\" }]"));
    bed.minutes(60);
    synced(&engine).await;
    let text = std::fs::read_to_string(at(&bed, "status/acme.csv")).unwrap();
    assert!(
        text.lines().nth(2).unwrap().starts_with("N2,N2,verified,"),
        "{text}"
    );
}

#[tokio::test]
async fn json_has_the_same_and_says_of_which_run() {
    let (bed, engine) = begun("status/acme.json").await;
    let done = synced(&engine).await;
    let text = std::fs::read_to_string(at(&bed, "status/acme.json")).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&read["tenant"], &read["run"]),
        (&json!("acme"), &json!(done.run.id))
    );
    let all = read["invoices"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (&all[0]["number"], &all[0]["state"]),
        (&json!("N1"), &json!("verified"))
    );
    assert_eq!(
        (&all[1]["code"], &all[1]["ledger_total"]),
        (&json!("account.hold"), &Value::Null)
    );
    // A rehearsal writes nothing.
    std::fs::remove_file(at(&bed, "status/acme.json")).unwrap();
    let loaded = engine.workspace().load(&tenant()).unwrap();
    engine.rehearse(&loaded, None, &|_| {}).await.unwrap();
    assert!(!at(&bed, "status/acme.json").exists());
}

#[tokio::test]
async fn where_it_cannot_be_written_the_run_stands_and_says_so_and_lint_says_it_before() {
    for (given, why) in [
        ("data/acme.csv", "are read as exports"),
        (
            "../acme.csv",
            "must be a path from the workspace's own folder",
        ),
        ("status/acme.txt", "must end in `.csv` or `.json`"),
        ("nowhere/acme.csv", "its folder is not there"),
    ] {
        let (bed, engine) = begun(given).await;
        let told = engine.workspace().lint_connections(None).await;
        let told: Vec<(&str, &str)> = told
            .iter()
            .map(|d| (d.code.as_str(), d.what.as_str()))
            .collect();
        assert!(
            told.len() == 1 && told[0].0 == "connections.status_out" && told[0].1.contains(why),
            "{given}: {told:?}"
        );
        let done = synced(&engine).await;
        assert!(done.not_written.unwrap().contains(why), "{given}");
        assert_eq!(bed.invoices(), 1);
    }
    // A disk that cannot be written: the file before stays.
    let (bed, engine) = begun("status/acme.csv").await;
    synced(&engine).await;
    let before = std::fs::read_to_string(at(&bed, "status/acme.csv")).unwrap();
    std::fs::create_dir(at(&bed, "status/.acme.csv.part")).unwrap();
    bed.minutes(60);
    assert!(
        synced(&engine)
            .await
            .not_written
            .unwrap()
            .contains("cannot be written")
    );
    assert_eq!(
        std::fs::read_to_string(at(&bed, "status/acme.csv")).unwrap(),
        before
    );
}
