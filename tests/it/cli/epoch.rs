//! A backup made and put back, a database that was emptied, and a twin, as they are typed; each printed cure is carried out.

use super::town::{Ended, TENANT, Town};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use std::path::PathBuf;

fn order(id: &str, number: &str) -> Value {
    let items = json!([
        {"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": 1, "price": "100.00"},
        {"type": "TAX", "name": "GST", "quantity": 1, "price": "10.00"},
    ]);
    json!({"id": id, "invoice_id": number, "title": "Hire", "contact_id": "7", "order_time": "2026-07-10T01:00:00Z", "items": items})
}

fn shop() -> Value {
    let contact = json!({"id": "7", "given_name": "Jo", "family_name": "Harbour",
        "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]});
    let hire =
        json!({"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true});
    json!({"contacts": [contact], "products": [hire], "orders": [order("1", "1041")]})
}

fn town() -> Town {
    Town::selling(shop()).connected().switched_on()
}

fn backup(town: &Town) -> (String, Ended) {
    let file = town.path().parent().unwrap().join("kept.db");
    let file = file.display().to_string();
    let told = town.run(&["backup", &file]).code(0);
    (file, told)
}

/// The commands that a text prints to be pasted.
fn commands(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let ours = quoted.filter(|c| c.starts_with("crossfoot "));
    ours.map(str::to_owned).collect()
}

fn data(town: &Town) -> PathBuf {
    town.path().join(".crossfoot")
}

#[test]
fn a_backup_is_put_back_and_what_was_posted_since_is_found() {
    let town = town();
    let (file, told) = backup(&town);
    assert!(told.out.contains("does not hold"), "{}", told.out);
    let again = town.run(&["backup", &file]).code(2);
    assert!(again.err.contains("never written over"), "{}", again.err);
    town.run(&["sync", "acme"]).code(0);
    town.minutes(30);
    let told = town
        .run(&["restore", &file, "--why", "the disk died"])
        .code(0);
    assert!(told.out.contains("before-restore-"), "{}", told.out);
    // Each connection is made again, as it says.
    let asked = commands(&told.out);
    let dir = town.dir();
    let of = |ends: &str| format!("crossfoot connect {ends} --workspace {dir}");
    assert_eq!(asked, [of("acme keap"), of("acme xero")]);
    town.with(
        "CROSSFOOT_KEAP_KEY",
        crate::support::KEAP_KEY,
        &["connect", "acme", "keap"],
    )
    .code(0);
    town.sign_in(&["--organisation", super::town::ORG]).code(0);
    // The switch is as it was then.
    town.run(&["processing", "acme", "on"]).code(0);
    let told = town.run(&["sync", "acme"]).code(1);
    assert!(
        told.out.contains("writes wait until 2026-07-15 02:45"),
        "{}",
        told.out
    );
    assert!(told.out.contains("the disk died"), "{}", told.out);
    let status = town.run(&["status", "--json"]).code(0).json();
    assert_eq!(status["world"]["cause"], json!("restored"));
    town.minutes(16);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041"]);
    let told = town.run(&["status"]).code(0);
    assert!(told.out.contains("taken for ours: 1041"), "{}", told.out);
    let told = town.run(&["audit", "verify"]).code(0);
    assert!(
        told.out.contains("not whole") && told.out.contains("the disk died"),
        "{}",
        told.out
    );
    town.run(&["errors", "acme"]).code(0);
}

const LOST: &str = "acme 1042 of 110.00: left out by";

/// A person left 1042 out, an older backup was put back, and what they said is told as lost.
fn with_a_lost_word() -> Town {
    let town = town();
    let (file, _) = backup(&town);
    town.run(&["sync", "acme"]).code(0);
    town.minutes(30);
    town.keap(json!({"orders": [order("2", "1042")]}));
    // It is read, and nothing of it may go: the file asks for a person's approval.
    town.tenant(&TENANT.replace("first_run: post", "first_run: post, approval: manual"));
    town.run(&["sync", "acme"]);
    town.run(&["skip", "acme", "1042", "--why", "it is a test order"])
        .code(0);
    town.tenant(TENANT);
    town.minutes(30);
    let told = town.run(&["restore", &file]).code(0);
    assert!(told.out.contains(LOST), "{}", told.out);
    assert!(told.out.contains("(it is a test order)"), "{}", told.out);
    assert!(told.out.contains("is lost"), "{}", told.out);
    town.with(
        "CROSSFOOT_KEAP_KEY",
        crate::support::KEAP_KEY,
        &["connect", "acme", "keap"],
    )
    .code(0);
    town.sign_in(&["--organisation", super::town::ORG]).code(0);
    town.run(&["processing", "acme", "on"]).code(0);
    town.run(&["sync", "acme"]).code(1);
    let told = town.run(&["status"]).code(0);
    assert!(told.out.contains(LOST), "{}", told.out);
    let told = town.run(&["status", "--json"]).code(0).json();
    assert_eq!(told["world"]["lost"][0]["word"], json!("skip"));
    town.minutes(16);
    town.run(&["sync", "acme"]);
    town
}

/// What a person said after the backup is named by the restore, by status and by what it kept back; and the printed word ends it.
#[test]
fn words_that_a_restore_loses_are_named_one_by_one() {
    let town = with_a_lost_word();
    let told = town.run(&["errors", "acme"]).code(1);
    assert!(told.out.contains("[word.lost]"), "{}", told.out);
    let again = commands(&told.out);
    let skip = again.iter().find(|c| c.contains(" skip ")).unwrap();
    town.pasted(&skip.replace("\"...\"", "\"once more\""))
        .code(0);
    let told = town.run(&["errors", "acme"]).code(0);
    assert!(!told.out.contains("word.lost"), "{}", told.out);
    let told = town.run(&["status"]).code(0);
    assert!(!told.out.contains(LOST), "{}", told.out);
}

#[test]
fn a_document_whose_word_was_lost_is_decided_on_without_it_by_the_printed_retry() {
    let town = with_a_lost_word();
    let told = town.run(&["errors", "acme"]).code(1);
    assert!(told.out.contains("[word.lost]"), "{}", told.out);
    let again = commands(&told.out);
    let retry = again.iter().find(|c| c.contains(" retry ")).unwrap();
    town.pasted(retry).code(0);
    assert_eq!(town.invoices(), ["1041", "1042"]);
    town.run(&["errors", "acme"]).code(0);
}

#[test]
fn beside_a_running_process_a_backup_is_made_and_none_is_put_back() {
    let town = town();
    town.tenant(&TENANT.replace("first_run: post", "first_run: post, trigger: { every: 1d }"));
    let child = town.start(&[], &["run"]);
    super::beside::wait("the first run", || !town.invoices().is_empty());
    let (file, _) = backup(&town);
    let no = town.run(&["restore", &file]).code(1);
    assert!(no.err.contains("at work"), "{}", no.err);
    let told = super::running::end(child).code(0);
    assert!(told.out.contains("ended"), "{}", told.out);
    town.run(&["restore", &file]).code(0);
}

#[test]
fn an_emptied_database_is_told_and_the_printed_way_goes_on() {
    let town = town();
    town.run(&["sync", "acme"]).code(0);
    town.run(&["audit", "verify"]).code(0);
    std::fs::remove_dir_all(data(&town)).unwrap();
    let told = town.run(&["audit", "verify"]).code(1);
    assert!(told.out.contains("the database is empty"), "{}", told.out);
    assert!(!told.out.contains("holds"), "{}", told.out);
    town.with(
        "CROSSFOOT_KEAP_KEY",
        crate::support::KEAP_KEY,
        &["connect", "acme", "keap"],
    )
    .code(0);
    town.sign_in(&["--organisation", super::town::ORG]).code(0);
    town.run(&["processing", "acme", "on"]).code(0);
    let told = town.run(&["sync", "acme"]).code(1);
    assert!(told.out.contains("writes wait until"), "{}", told.out);
    town.minutes(16);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041"]);
}

#[test]
fn a_twin_stops_all_writes_until_the_printed_word_is_said() {
    let town = town();
    town.run(&["sync", "acme"]).code(0);
    // Another copy has begun an epoch of its own here, and the first one goes on elsewhere: its note is another.
    let elsewhere = town.path().parent().unwrap().join("elsewhere");
    let copy = town.path().parent().unwrap().join("copy");
    crate::scenes::copied(&town.path(), &copy);
    let first = |args: &[&str]| {
        let (state, dir) = (elsewhere.display(), copy.display());
        let args = args.join(" ");
        town.pasted(&format!(
            "CROSSFOOT_STATE={state} crossfoot --workspace {dir} {args}"
        ))
    };
    town.run(&["restore", "--here", "--why", "a try"]).code(0);
    town.minutes(20);
    // The copy waits too, since its machine has no note.
    first(&["sync", "acme"]);
    town.minutes(20);
    town.keap(json!({"orders": [order("2", "1042")]}));
    first(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1042"]);
    town.minutes(1);
    // The copy has used the tokens up that both had.
    town.sign_in(&["--organisation", super::town::ORG]).code(0);
    let told = town.run(&["sync", "acme"]).code(1);
    assert!(
        told.out.contains("nothing is written: another copy"),
        "{}",
        told.out
    );
    // Time alone ends nothing.
    town.minutes(60);
    let told = town.run(&["sync", "acme"]).code(1);
    let asked = commands(&told.out);
    assert_eq!(asked.len(), 1, "{}", told.out);
    town.pasted(&asked[0]).code(0);
    town.minutes(16);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1042"]);
    town.keap(json!({"orders": [order("3", "1043")]}));
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1042", "1043"]);
}

/// A step of the schema that this version does not know, as a later one would leave it in a backup.
async fn of_later(file: &str) {
    let mut db = SqliteConnection::connect(&format!("sqlite://{file}"))
        .await
        .unwrap();
    let step = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)";
    sqlx::query(step).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[test]
fn a_backup_of_a_newer_version_is_refused_before_anything_is_moved() {
    let town = town();
    town.run(&["sync", "acme"]).code(0);
    let (file, _) = backup(&town);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(of_later(&file));
    let no = town.run(&["restore", &file]).code(2);
    assert!(no.err.contains("newer Crossfoot"), "{}", no.err);
    // The database is where it was, and goes on.
    town.run(&["status"]).code(0);
    town.run(&["audit", "verify"]).code(0);
}
