//! Money in files: a payment is posted on the invoice it stands on, once, whatever else bears its id.

use super::bed::{Bed, doc, end, file, held, retried, synced, tenant, verified};
use crossfoot::model::DocState;
use crossfoot::pipeline::tenant::Done;
use crossfoot::service::Engine;
use crossfoot::service::desk::runs::SyncAnswer;
use crossfoot::service::desk::settle::{WordAsk, send};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

const HEAD: &str = "number,date,contact.id,contact.name,contact.email,line.sku,line.description,line.unit_amount,tax,total,payment.id,payment.date,payment.amount\n";

/// One crane hired for a day.
fn hire(number: u32) -> String {
    format!(
        "{number},2026-07-10,7,Jo Harbour,jo@harbour.example,HIRE,Crane hire,100.00,10.00,110.00,,,\n"
    )
}

/// Money received on an invoice.
fn paid(number: u32, id: &str, amount: &str) -> String {
    format!("{number},,,,,,,,,,{id},2026-07-11,{amount}\n")
}

fn put(bed: &Bed, rows: &[String]) {
    let folder = bed.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.csv"), format!("{HEAD}{}", rows.concat())).unwrap();
}

async fn begun(rows: &[String]) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let more = "files: { system: files, folder: data, currency: AUD }\n";
    let all = std::fs::read_to_string(&path).unwrap() + more;
    std::fs::write(&path, all).unwrap();
    put(&bed, rows);
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

/// Payments in the books, as number and amount.
fn money(bed: &Bed) -> Vec<(String, String)> {
    let mut all: Vec<_> = (bed.money().into_iter())
        .map(|(amount, _, _, number)| (number, amount))
        .collect();
    all.sort();
    all
}

fn of(number: &str, amount: &str) -> (String, String) {
    (number.to_owned(), amount.to_owned())
}

#[tokio::test]
async fn one_cheque_that_pays_two_invoices_is_posted_on_both() {
    let both = [
        hire(1041),
        paid(1041, "CHQ9", "110.00"),
        hire(1042),
        paid(1042, "CHQ9", "110.00"),
    ];
    let (bed, engine) = begun(&both).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
        assert_eq!(bed.invoice(number).unwrap()["Status"], json!("PAID"));
    }
    assert_eq!(money(&bed), [of("1041", "110"), of("1042", "110")]);

    // The same with the second half told a day later.
    let (bed, engine) = begun(&both[..3]).await;
    assert_eq!(money(&bed), [of("1041", "110")]);
    bed.minutes(60);
    put(&bed, &both);
    synced(&engine).await;
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(money(&bed), [of("1041", "110"), of("1042", "110")]);
}

#[tokio::test]
async fn a_payment_that_is_moved_to_another_invoice_is_there_once() {
    let (bed, engine) = begun(&[hire(1041), paid(1041, "90", "50.00"), hire(1042)]).await;
    verified(&engine, "1041").await;
    bed.minutes(60);
    put(&bed, &[hire(1041), hire(1042), paid(1042, "90", "50.00")]);
    synced(&engine).await;
    // The ledger has it on the old one, and a person is told so on both.
    assert_eq!(money(&bed), [of("1041", "50")]);
    held(
        &engine,
        "1041",
        "payment.removed",
        "payment 1041/90 of 50.00 was posted, and the source no longer has it",
        "delete it in the ledger by hand",
    )
    .await;
    held(
        &engine,
        "1042",
        "payment.elsewhere",
        "payment 1042/90 of 50.00 is in the ledger on 1041, for document 1041, where the source had it",
        "delete it on 1041 in the ledger",
    )
    .await;
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
    bed.minutes(60);
    retried(&engine).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
    assert_eq!(money(&bed), [of("1042", "50")]);
}

#[tokio::test]
async fn two_equal_payments_without_ids_are_posted_once_each() {
    let (first, second) = (paid(1041, "", "50.00"), paid(1042, "", "20.00"));
    let (bed, engine) = begun(&[hire(1041), first.clone(), first.clone(), hire(1042)]).await;
    assert_eq!(money(&bed), [of("1041", "50"), of("1041", "50")]);
    // More rows, in another order.
    bed.minutes(60);
    put(
        &bed,
        &[hire(1042), second, hire(1041), first.clone(), first],
    );
    synced(&engine).await;
    let all = [of("1041", "50"), of("1041", "50"), of("1042", "20")];
    assert_eq!(money(&bed), all);
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
}

/// Changes the journal beside the engine, as only a fault could.
async fn spoil(bed: &Bed, statement: &str) {
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    let url = format!("sqlite://{}", path.display());
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    let done = sqlx::query(AssertSqlSafe(statement.to_owned()));
    let done = done.execute(&mut db).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{statement}");
}

/// The invoice 1041 with a payment that is posted, to whose link or write the name of a payment of 1042 is given.
async fn confused(statements: &[&str]) -> (Bed, Engine, Done) {
    let mut rows = vec![hire(1041), paid(1041, "CHQ9", "110.00"), hire(1042)];
    let (bed, engine) = begun(&rows).await;
    for statement in statements {
        spoil(&bed, statement).await;
    }
    bed.minutes(60);
    rows.push(paid(1042, "CHQ9", "110.00"));
    put(&bed, &rows);
    let done = synced(&engine).await;
    (bed, engine, done)
}

const THING: &str =
    "INSERT INTO things (tenant, book, kind, id) VALUES ('acme', 'files', 'payment', '1042/CHQ9')";
const LINK: &str = "UPDATE links SET thing = (SELECT thing FROM things WHERE book = 'files' AND id = '1042/CHQ9')
     WHERE thing = (SELECT thing FROM things WHERE book = 'files' AND kind = 'payment' AND id = '1041/CHQ9')";
const WRITE: &str = "UPDATE writes SET thing = (SELECT thing FROM things WHERE book = 'files' AND id = '1042/CHQ9'),
     natural_key = 'acme/files/payment/1042//CHQ9/create' WHERE kind = 'payment'";

#[tokio::test]
async fn a_link_to_a_payment_on_another_document_stands_for_nothing_here() {
    let (bed, engine, _) = confused(&[THING, LINK]).await;
    verified(&engine, "1042").await;
    assert_eq!(money(&bed), [of("1041", "110"), of("1042", "110")]);
}

#[tokio::test]
async fn what_went_for_one_document_is_never_taken_for_anothers() {
    let (bed, engine, done) = confused(&[THING, LINK, WRITE]).await;
    held(
        &engine,
        "1042",
        "write.of_another",
        "the payment 1042/CHQ9 belongs to the document 1041 already, where it is linked",
        "give it an id of its own in the source",
    )
    .await;
    assert_eq!(money(&bed), [of("1041", "110")]);
    // The run that holds it says so, and so does the word that would not send it.
    let told = done.lines.iter().any(|l| l.code == "write.of_another");
    assert!(told, "{:?}", done.lines);
    assert!(SyncAnswer::of(&tenant(), done).stuck());
    let ask = WordAsk::payment("1042", "1042/CHQ9", "it is another", "jo@acme.example");
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = send(&engine, &loaded, ask).await;
    assert!(said.is_err(), "it does not go");
    // Asking again changes nothing of it, and the first document keeps what is its own.
    bed.minutes(60);
    retried(&engine).await;
    assert_eq!(
        end(&engine, "1042").await,
        (DocState::Held, "write.of_another".to_owned())
    );
    assert_eq!(money(&bed), [of("1041", "110")]);
    assert_eq!(doc(&engine, "1041").await.state, DocState::Verified);
}

#[tokio::test]
async fn what_is_wrong_with_one_invoice_is_told_of_no_other() {
    use crossfoot::service::desk::explain::explain;
    let bad = |number: u32, from: &str, to: &str| hire(number).replace(from, to);
    let rows = [
        hire(1041),
        bad(1042, "2026-07-10", "2026-13-01"),
        bad(1043, "100.00", "a hundred"),
    ];
    let (_bed, engine) = begun(&rows).await;
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let told = async |number: &str| explain(&engine, &loaded, number).await.unwrap_err().what;
    let (day, price) = (told("1042").await, told("1043").await);
    assert!(
        day.contains("a.csv:3") && day.contains("2026-13-01"),
        "{day}"
    );
    assert!(
        price.contains("a.csv:4") && price.contains("a hundred"),
        "{price}"
    );
    assert_eq!(told("1099").await, "Files has no invoice or order 1099");
}

/// What a run said that changes records, documents, decisions or writes.
fn changes(engine: &Engine) -> u64 {
    let said = engine.store().said();
    let changes = ["records", "documents", "decisions", "writes"];
    let of = |text: &str| {
        let mut words = text.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let table = match verb {
            "INSERT" => words.nth(1),
            "UPDATE" => words.next(),
            _ => None,
        };
        table.is_some_and(|t| changes.contains(&t))
    };
    let all = said.iter().filter(|(text, _)| of(text));
    all.map(|(_, n)| n).sum()
}

#[tokio::test]
async fn a_row_more_saves_that_row_and_not_those_that_were_there() {
    let mut few_and_many = Vec::new();
    for rows in [20, 400] {
        let mut all: Vec<String> = (1..=rows).map(hire).collect();
        let (bed, engine) = begun(&all).await;
        // What was made at the end of a run is looked at once more by the next.
        synced(&engine).await;
        all.push(hire(rows + 1));
        put(&bed, &all);
        engine.store().said();
        let before = engine.store().committed();
        synced(&engine).await;
        let commits = engine.store().committed() - before;
        few_and_many.push((changes(&engine), commits));
        // Nothing changed: the folder's hash says so, and nothing of it is looked up.
        let asked = engine.store().asked();
        synced(&engine).await;
        few_and_many.push((0, engine.store().asked() - asked));
    }
    let [few, few_still, many, many_still] = few_and_many[..] else {
        panic!("{few_and_many:?}");
    };
    assert!(few.0 > 0, "{few_and_many:?}");
    assert_eq!(few, many, "what is saved does not depend on what was there");
    assert_eq!(
        few_still, many_still,
        "nor does what is asked where nothing changed"
    );
}
