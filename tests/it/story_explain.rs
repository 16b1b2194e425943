//! `explain` is about the document that was asked for, as it stands now: never another row's reason, nor an old version as if it
//! were the present one.

use super::bed::{Bed, file, synced, tenant, verified};
use crossfoot::service::Engine;
use crossfoot::service::desk::explain::{Explanation, explain};

const HEAD: &str =
    "number,date,contact.name,currency,total,line.name,line.unit_amount,line.taxable\n";

async fn begun(rows: &str) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let own = "files: { system: files, folder: data }";
    std::fs::write(&path, format!("{text}{own}\n")).unwrap();
    std::fs::create_dir_all(bed.folder.path().join("data")).unwrap();
    put(&bed, rows);
    let engine = bed.engine().await;
    (bed, engine)
}

fn put(bed: &Bed, rows: &str) {
    let path = bed.folder.path().join("data/a.csv");
    std::fs::write(path, format!("{HEAD}{rows}")).unwrap();
}

async fn explained(engine: &Engine, number: &str) -> Result<Explanation, String> {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = explain(engine, &loaded, number).await;
    told.map_err(|e| format!("{} {}", e.what, e.fix))
}

fn row(number: &str, total: &str) -> String {
    format!("{number},2026-07-01,Ann,AUD,{total},Work,{total},no\n")
}

#[tokio::test]
async fn what_the_source_says_now_and_cannot_be_read_is_told_before_what_it_said_earlier() {
    let (bed, engine) = begun(&[row("N1", "10.00"), row("N2", "20.00")].concat()).await;
    synced(&engine).await;
    verified(&engine, "N1").await;
    assert!(
        explained(&engine, "N1")
            .await
            .unwrap()
            .unreadable
            .is_empty()
    );
    put(&bed, &[row("N1", "ten"), row("N2", "20.00")].concat());
    bed.minutes(60);
    synced(&engine).await;
    let told = explained(&engine, "N1").await.unwrap();
    let [unreadable] = told.unreadable.as_slice() else {
        panic!("{told:#?}");
    };
    assert_eq!(unreadable.at, "a.csv:2");
    assert!(unreadable.what.contains("`ten`"), "{}", unreadable.what);
    assert!(told.stuck(), "a person must act");
    // It is N1's alone, and over once the row can be read.
    assert!(
        explained(&engine, "N2")
            .await
            .unwrap()
            .unreadable
            .is_empty()
    );
    put(&bed, &[row("N1", "12.00"), row("N2", "20.00")].concat());
    bed.minutes(60);
    synced(&engine).await;
    assert!(
        explained(&engine, "N1")
            .await
            .unwrap()
            .unreadable
            .is_empty()
    );
}

#[tokio::test]
async fn a_number_that_nobody_has_is_never_given_another_rows_reason() {
    let (_bed, engine) = begun(&[row("N1", "ten"), row("N2", "20.00")].concat()).await;
    let told = explained(&engine, "N9").await.unwrap_err();
    assert!(!told.contains("ten") && !told.contains("a.csv"), "{told}");
    // Of its own row the reason is told, though it was never read.
    let told = explained(&engine, "N1").await.unwrap_err();
    assert!(told.contains("a.csv:2") && told.contains("`ten`"), "{told}");
}
