//! A folder of CSV files whose invoices and payments go to the company.

use super::{AUSTRALIA, Desk};
use crate::bed::{synced, verified};
use serde_json::json;

const HEAD: &str = "number,date,contact.id,contact.name,contact.email,line.sku,line.description,line.unit_amount,tax,total,payment.id,payment.date,payment.amount\n";

fn put(desk: &Desk, rows: &str) {
    let folder = desk.bed.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.csv"), format!("{HEAD}{rows}")).unwrap();
}

/// What `new --preset files-qbo` leaves to be said, and nothing else: the preset says the rest.
#[tokio::test]
async fn invoices_and_payments_of_files_are_posted_once_with_what_the_preset_says() {
    let file = AUSTRALIA
        .replace("keap-qbo", "files-qbo")
        .replace("{ keap: keap }", "{ files: files }");
    let desk = Desk::of(&file, json!({"country": "AU"}), json!({"orders": []}));
    let path = desk.bed.folder.path().join("connections.yaml");
    let more = "files: { system: files, folder: data, currency: AUD }\n";
    let all = std::fs::read_to_string(&path).unwrap() + more;
    std::fs::write(&path, all).unwrap();
    let hire =
        "1041,2026-07-10,7,Jo Harbour,jo@harbour.example,HIRE,Crane hire,100.00,10.00,110.00,,,\n";
    let other =
        "1042,2026-07-11,7,Jo Harbour,jo@harbour.example,,Waiting time,50.00,5.00,55.00,,,\n";
    let paid = "1041,,,,,,,,,,CHQ9,2026-07-12,110.00\n";
    put(&desk, &format!("{hire}{other}{paid}"));
    let engine = desk.engine().await;
    synced(&engine).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
    assert_eq!(desk.counts(), [1, 2, 0, 1]);
    // The item of the SKU, and the one of `lines` for a line that has none.
    let of = |number: &str| {
        let all = desk.rows("Invoice");
        let one = all.into_iter().find(|i| i["DocNumber"] == json!(number));
        one.unwrap()
    };
    let item =
        |number: &str| of(number)["Line"][0]["SalesItemLineDetail"]["ItemRef"]["name"].clone();
    assert_eq!(
        (item("1041"), item("1042")),
        (json!("Crane hire"), json!("Sales"))
    );
    for _ in 0..2 {
        desk.bed.minutes(40);
        synced(&engine).await;
    }
    assert_eq!(desk.counts(), [1, 2, 0, 1]);
}
