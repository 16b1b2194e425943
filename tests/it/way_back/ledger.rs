//! Keap as a ledger, from files: orders, their tax as a line, manual payments; and a request that is lost, where no key helps.

use super::{Till, sent, until_done};
use crate::bed::{Bed, held, sync, synced, verified};
use crossfoot::model::Became;
use crossfoot::service::Engine;
use serde_json::json;

const FILE: &str = r#"tenant: acme
from: { files: files }
to: { keap: keap }
currency: AUD
sync: { first_run: post }
match:
  contacts: { by: [link, email, name], none: create, many: hold }
  items: { by: sku, use: account_and_item_code }
payments_account: { Cash: { code: "Cash" }, else: { code: "Check" } }
due: { else: +14d }
"#;

const HEAD: &str = "number,date,contact.id,contact.name,contact.email,line.kind,line.sku,line.description,line.quantity,line.unit_amount,tax,total,payment.id,payment.date,payment.amount,payment.method\n";

/// A hire of a crane with its carriage and something off, for a day and a half.
pub const SALE: &str = "INV-7,2026-07-10,7,Jo Harbour,jo@harbour.example,product,HIRE,Crane hire,1,100.00,19.00,209.00,,,,\n\
INV-7,,,,,product,,Rigging,1.5,80.00,,,,,,\n\
INV-7,,,,,shipping,,Carriage,1,20.00,,,,,,\n\
INV-7,,,,,discount,,Regular customer,1,-50.00,,,,,,\n";

pub const PAID: &str = "INV-7,,,,,,,,,,,,P1,2026-07-11,50.00,Cash\n";

pub fn put(bed: &Bed, rows: &[&str]) {
    let folder = bed.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.csv"), format!("{HEAD}{}", rows.concat())).unwrap();
}

pub fn bed(rows: &[&str]) -> Bed {
    let bed = Bed::new(FILE);
    let path = bed.folder.path().join("connections.yaml");
    let more = "files: { system: files, folder: data, currency: AUD }\n";
    let all = std::fs::read_to_string(&path).unwrap() + more;
    std::fs::write(&path, all).unwrap();
    bed.keap(json!({"products": [{"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true}]}));
    put(&bed, rows);
    bed
}

pub async fn begun(rows: &[&str]) -> (Bed, Engine) {
    let bed = bed(rows);
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn a_sale_becomes_an_order_with_its_lines_tax_and_payment_once() {
    let (bed, engine) = begun(&[SALE, PAID]).await;
    verified(&engine, "INV-7").await;
    let till = Till::of(&bed);
    assert_eq!(till.counts(), [1, 1, 1]);
    let order = till.order("INV-7");
    assert_eq!(
        (&order["total"], &order["total_paid"], &order["balance"]),
        (&json!("209"), &json!("50"), &json!("159"))
    );
    let lines: Vec<(&str, i64, &str)> = (order["items"].as_array().unwrap().iter())
        .map(|i| {
            let text = |f: &str| i[f].as_str().unwrap_or_default();
            (
                text("type"),
                i["quantity"].as_i64().unwrap(),
                text("amount"),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("PRODUCT", 1, "100"),
            ("OTHER", 1, "120"),
            ("SHIPPING", 1, "20"),
            ("DISCOUNT", 1, "-50"),
            ("TAX", 1, "19"),
        ]
    );
    assert_eq!(order["items"][0]["product_id"], json!("1"));
    assert_eq!(order["items"][1]["name"], json!("Rigging (1.5 x 80.00)"));
    let stamp = order["rest"]["external_create_user"].as_str().unwrap();
    assert!(stamp.starts_with("[sync:"), "{stamp}");
    assert_eq!(till.all("payments")[0]["type"], json!("Cash"));
    assert_eq!(
        till.all("payments")[0]["time"],
        json!("2026-07-11T10:30:00.000Z")
    );

    // No card is ever charged.
    let made = sent(&bed);
    assert_eq!(made.len(), 3);
    assert!(
        made.iter()
            .all(|(_, b)| b.get("payment_method_id").is_none())
    );

    // Again, and an hour later: nothing is made.
    for _ in 0..2 {
        let again = synced(&engine).await;
        assert_eq!(again.run.counts.all(Became::Created), 0);
        bed.minutes(60);
    }
    assert_eq!(sent(&bed).len(), 3);
    verified(&engine, "INV-7").await;
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_made_once_although_no_key_helps() {
    for noun in ["/contacts", "/orders", "/payments"] {
        for (fault, times) in [("drop_after", 1), ("drop_before", 1), ("drop_after", 2)] {
            let bed = bed(&[SALE, PAID]);
            let engine = bed.engine().await;
            bed.fault(json!([{"system": "keap", "method": "POST", "path_contains": noun, "fault": fault, "times": times}]));
            let _ = sync(&engine).await;
            bed.minutes(1);
            until_done(&bed, &engine).await;
            verified(&engine, "INV-7").await;
            let till = Till::of(&bed);
            assert_eq!(till.counts(), [1, 1, 1], "{noun} {fault} {times}");
            assert_eq!(till.order("INV-7")["balance"], json!("159"));
        }
    }
}

/// Nothing is sent again before the quarantine is over and two looks, a minute apart, have found nothing.
#[tokio::test]
async fn a_lost_request_waits_out_its_quarantine_and_two_looks() {
    let bed = bed(&[SALE]);
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "keap", "method": "POST", "path_contains": "/orders", "fault": "drop_before"}]));
    let _ = sync(&engine).await;
    let orders = |bed: &Bed| {
        let of = sent(bed)
            .into_iter()
            .filter(|(url, _)| url.ends_with("/orders"));
        of.count()
    };
    let first = orders(&bed);
    assert_eq!(first, 1);
    for _ in 0..14 {
        bed.minutes(1);
        let _ = sync(&engine).await;
        assert_eq!(orders(&bed), first, "within the quarantine");
    }
    bed.minutes(2);
    let _ = sync(&engine).await;
    assert_eq!(orders(&bed), first, "one look is no proof");
    until_done(&bed, &engine).await;
    assert_eq!((orders(&bed), Till::of(&bed).counts()), (2, [1, 1, 0]));
}

/// An order is only made and paid: a later edit is held, and the order stays as it is.
#[tokio::test]
async fn an_order_is_not_rewritten() {
    let (bed, engine) = begun(&[SALE]).await;
    verified(&engine, "INV-7").await;
    bed.minutes(30);
    let dearer = SALE.replace("209.00", "219.00").replace("19.00,", "29.00,");
    put(&bed, &[&dearer]);
    synced(&engine).await;
    let row = crate::bed::doc(&engine, "INV-7").await;
    assert_eq!(
        row.state,
        crossfoot::model::DocState::Held,
        "{:?}",
        row.reason
    );
    assert_eq!(Till::of(&bed).order("INV-7")["total"], json!("209"));
    assert_eq!(sent(&bed).len(), 2);
}

#[tokio::test]
async fn prices_that_hold_their_tax_and_contacts_without_an_address_are_held_before_anything_goes()
{
    let bare = SALE.replace("jo@harbour.example", "");
    let (bed, engine) = begun(&[&bare]).await;
    held(&engine, "INV-7", "encode", "no contact without", "").await;
    assert_eq!(Till::of(&bed).counts(), [0, 0, 0]);
}

/// What we wrote is not told as a sale of its own by whoever reads Keap.
#[tokio::test]
async fn an_order_of_ours_is_known_where_keap_is_the_source() {
    let (bed, _engine) = begun(&[SALE]).await;
    let order = Till::of(&bed).order("INV-7");
    let stamp = order["rest"]["external_create_user"].clone();
    let raw = json!({"order": {"id": "1", "invoice_id": "9", "external_create_user": stamp, "contact": {"id": "7"},
        "order_time": "2026-07-10T10:30:00Z", "modification_time": "2026-07-10T10:30:00Z",
        "total": {"amount": 0, "currency_code": "AUD"}, "total_paid": {"amount": 0, "currency_code": "AUD"}}});
    let settings = crate::support::settings("keap", &[]);
    let read = crossfoot::connectors::keap::read::invoice(&settings, &raw).unwrap();
    assert_eq!(read.made_by, "crossfoot");
}
