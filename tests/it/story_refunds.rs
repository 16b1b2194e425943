//! Money paid back: a credit note with its own payment, or a word that a person must look. What Keap's
//! documents leave open (does `total_paid` mean net or gross, which sign has a refund) is run both ways.

use super::bed::{
    Bed, amount, dec, end, file, gst, held, hire, order, paid, shop, synced, text, total, verified,
    with,
};
use crossfoot::model::DocState;
use serde_json::{Value, json};

const NOTES: (&str, &str) = ("refunds", "credit_note");

fn refund(amount: &str, of: &str, day: &str) -> Value {
    let mut row = paid(amount, day);
    row["id"] = json!("90");
    row["refund_of"] = json!(of);
    row.as_object_mut().unwrap().remove("pay_status");
    row
}

fn first(amount: &str) -> Value {
    let mut row = paid(amount, "2026-07-11");
    row["id"] = json!("80");
    row
}

fn refunded(items: Value, paid: &str, back: &str) -> Value {
    let payments = json!([first(paid), refund(back, "80", "2026-07-13")]);
    with(
        order(1, 1041, "2026-07-10"),
        json!({"items": items, "payments": payments}),
    )
}

async fn told(bed: &Bed, total_paid: &str, rows: &str) -> crossfoot::service::Engine {
    bed.plane
        .switch(
            "keap",
            &json!({"total_paid": total_paid, "refund_rows": rows}),
        )
        .unwrap();
    let engine = bed.engine().await;
    synced(&engine).await;
    engine
}

const READINGS: [(&str, &str); 4] = [
    ("net", "negative"),
    ("net", "positive"),
    ("gross", "negative"),
    ("gross", "positive"),
];

#[tokio::test]
async fn all_paid_back_is_a_credit_note_paid_out_however_keap_tells_it() {
    for (total_paid, rows) in READINGS {
        let bed = Bed::new(&file(&[NOTES]));
        bed.keap(shop(vec![refunded(
            json!([hire("1"), gst("10.00")]),
            "110.00",
            "110.00",
        )]));
        let engine = told(&bed, total_paid, rows).await;
        let at = format!("{total_paid} {rows}");
        assert_eq!(
            end(&engine, "1041").await,
            (DocState::Verified, String::new()),
            "{at}"
        );
        assert_eq!((bed.invoices(), bed.payments()), (1, 2), "{at}");
        let invoice = bed.invoice("1041").unwrap();
        assert_eq!(
            (
                text(&invoice, "Status").as_str(),
                dec(&invoice["AmountPaid"])
            ),
            ("PAID", amount("110.00")),
            "{at}"
        );
        let notes = bed.credit_notes();
        assert_eq!(notes.len(), 1, "{at}");
        assert_eq!(
            (
                total(&notes[0]),
                dec(&notes[0]["TotalTax"]),
                dec(&notes[0]["RemainingCredit"])
            ),
            (amount("110.00"), amount("10.00"), amount("0")),
            "{at}"
        );
        assert_eq!(text(&notes[0], "Status"), "PAID", "{at}");
        // Once is enough.
        synced(&engine).await;
        assert_eq!((bed.credit_notes().len(), bed.payments()), (1, 2), "{at}");
    }
}

#[tokio::test]
async fn a_part_paid_back_is_one_line_where_all_lines_are_alike() {
    for (total_paid, rows) in READINGS {
        let bed = Bed::new(&file(&[NOTES]));
        bed.keap(shop(vec![refunded(
            json!([hire("1"), gst("10.00")]),
            "110.00",
            "33.00",
        )]));
        let engine = told(&bed, total_paid, rows).await;
        verified(&engine, "1041").await;
        let notes = bed.credit_notes();
        assert_eq!(
            (notes.len(), total(&notes[0]), dec(&notes[0]["TotalTax"])),
            (1, amount("33.00"), amount("3.00")),
            "{total_paid} {rows}"
        );
        assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "PAID");
    }
}

#[tokio::test]
async fn a_part_of_lines_that_differ_is_held_and_the_rest_goes() {
    let book = json!({"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"});
    let bed = Bed::new(&file(&[NOTES]));
    bed.keap(shop(vec![refunded(
        json!([hire("1"), book, gst("10.00")]),
        "140.00",
        "33.00",
    )]));
    let engine = told(&bed, "net", "negative").await;
    held(
        &engine,
        "1041",
        "refund.partial",
        "33.00 of the invoice was paid back",
        "credit note in the ledger by hand",
    )
    .await;
    assert_eq!(
        (bed.invoices(), bed.payments(), bed.credit_notes().len()),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn by_default_a_refund_is_held_and_may_be_skipped() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![refunded(
        json!([hire("1"), gst("10.00")]),
        "110.00",
        "110.00",
    )]));
    let engine = told(&bed, "net", "negative").await;
    held(
        &engine,
        "1041",
        "refund.hold",
        "gives money back",
        "refunds: credit_note",
    )
    .await;
    assert_eq!(
        (bed.invoices(), bed.payments(), bed.credit_notes().len()),
        (1, 1, 0)
    );
    bed.tenant(&file(&[("refunds", "skip")]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), bed.credit_notes().len()), (1, 0));
    // A tenant who changes his mind gets the note after all, once.
    bed.tenant(&file(&[NOTES]));
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hire, given back"}}]}));
    let _ = super::bed::sync(&engine).await;
    assert!(bed.credit_notes().len() <= 1);
}

#[tokio::test]
async fn a_refund_that_comes_later_leaves_the_invoice_as_it_was() {
    let bed = Bed::new(&file(&[NOTES]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [first("110.00")]}),
    )]));
    let engine = told(&bed, "net", "negative").await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [refund("110.00", "80", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (bed.invoices(), bed.payments(), bed.credit_notes().len()),
        (1, 2, 1)
    );
    assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "PAID");
}

/// A part of what was sold in a region was paid back: the credit is of that region too. Of which of two it was nobody says.
#[tokio::test]
async fn a_refund_is_tracked_as_its_lines_are() {
    let rules = ("rules", "[rules/acme.rhai]");
    for two in [false, true] {
        let bed = Bed::new(&file(&[NOTES, rules]));
        let other = if two { "South" } else { "North" };
        bed.rule(
            "acme.rhai",
            &format!("fn map_line(line, invoice) {{\n    line.tracking = #{{ \"Region\": if line.description == \"Rigging\" {{ \"{other}\" }} else {{ \"North\" }} }};\n    keep()\n}}\n"),
        );
        bed.xero(json!({"tracking_categories": [{"Name": "Region", "Options": [{"Name": "North"}, {"Name": "South"}]}]}));
        let rigging = json!({"type": "PRODUCT", "product_id": "1", "name": "Rigging", "quantity": 1, "price": "100.00"});
        let rows = json!([hire("1"), rigging, gst("20.00")]);
        bed.keap(shop(vec![refunded(rows, "220.00", "110.00")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        if two {
            held(&engine, "1041", "refund.partial", "tracking", "settle").await;
            assert!(bed.credit_notes().is_empty());
            continue;
        }
        verified(&engine, "1041").await;
        let line = &bed.credit_notes()[0]["LineItems"][0];
        assert_eq!(line["Tracking"][0]["Option"], "North", "{line}");
    }
}
