//! A connection that said the wrong thing of how its records are read, and was put right.

use super::bed::{Bed, amount, day, doc, end, file, shop, synced, tenant, total, verified};
use crossfoot::model::DocState;
use crossfoot::service::Engine;
use crossfoot::service::desk::resend::edited;
use serde_json::json;

const HEAD: &str = "number,date,contact.id,contact.name,currency,total,line.name,line.unit_amount,line.taxable,payment.date,payment.amount\n";

/// What the connection says of its files; a new start reads it.
async fn says(bed: &Bed, engine: Option<Engine>, said: &str) -> Engine {
    drop(engine);
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let others: Vec<&str> = text.lines().filter(|l| !l.starts_with("files:")).collect();
    let own = format!("files: {{ system: files, folder: data, {said} }}");
    std::fs::write(&path, format!("{}\n{own}\n", others.join("\n"))).unwrap();
    std::fs::create_dir_all(bed.folder.path().join("data")).unwrap();
    bed.engine().await
}

fn put(bed: &Bed, rows: &[&str]) {
    let path = bed.folder.path().join("data/a.csv");
    std::fs::write(path, format!("{HEAD}{}\n", rows.join("\n"))).unwrap();
}

/// How many posted documents would be made otherwise, and by what.
async fn otherwise(engine: &Engine) -> Option<(u64, Vec<String>)> {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = edited(engine, &loaded).await.unwrap()?;
    Some((told.documents, told.by.into_keys().collect()))
}

async fn later(bed: &Bed, engine: &Engine) {
    bed.minutes(60);
    synced(engine).await;
}

#[tokio::test]
async fn days_that_were_read_the_wrong_way_round_are_put_right_and_nothing_posted_is_rewritten() {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    bed.xero(json!({"period_lock_date": "2026-06-30"}));
    let engine = says(&bed, None, "dates: mm/dd/yyyy").await;
    let held = "D2,05/07/2026,C1,Ann Wharf,AUD,80.00,Work,80.00,no,06/07/2026,80.00";
    put(
        &bed,
        &[
            "D1,08/07/2026,C1,Ann Wharf,AUD,100.00,Work,100.00,no,09/07/2026,40.00",
            held,
        ],
    );
    synced(&engine).await;
    assert_eq!(day(&bed.invoice("D1").unwrap(), "DateString"), "2026-08-07");
    let (state, why) = end(&engine, "D2").await;
    assert_eq!((state, why.as_str()), (DocState::Held, "period.locked"));

    let engine = says(&bed, Some(engine), "dates: dd/mm/yyyy").await;
    later(&bed, &engine).await;
    // What was held goes right, with its payment; what people look at says so too.
    verified(&engine, "D2").await;
    assert_eq!(day(&bed.invoice("D2").unwrap(), "DateString"), "2026-07-05");
    assert_eq!(
        doc(&engine, "D2").await.date.unwrap().to_string(),
        "2026-07-05"
    );
    // What is posted stays, with its money, and is counted.
    assert_eq!(day(&bed.invoice("D1").unwrap(), "DateString"), "2026-08-07");
    verified(&engine, "D1").await;
    assert_eq!(bed.payments(), 2);
    assert_eq!(
        otherwise(&engine).await,
        Some((1, vec!["dates".to_owned()]))
    );

    // An edit of the row later sends that edit and nothing else; the payment that comes up goes once.
    let edited =
        "D1,08/07/2026,C1,Ann Wharf,AUD,100.00,Work at the quay,100.00,no,09/07/2026,40.00";
    put(&bed, &[edited, held]);
    later(&bed, &engine).await;
    let invoice = bed.invoice("D1").unwrap();
    assert_eq!(day(&invoice, "DateString"), "2026-08-07");
    assert_eq!(
        invoice["LineItems"][0]["Description"],
        json!("Work at the quay")
    );
    verified(&engine, "D1").await;
    assert_eq!(bed.payments(), 2);
    let paid = "D1,08/07/2026,C1,Ann Wharf,AUD,100.00,,,,10/07/2026,60.00";
    put(&bed, &[edited, paid, held]);
    later(&bed, &engine).await;
    verified(&engine, "D1").await;
    assert_eq!(bed.payments(), 3);
    assert_eq!(bed.invoice("D1").unwrap()["Status"], json!("PAID"));
    // And said otherwise once more, nothing moves.
    let engine = says(&bed, Some(engine), "dates: mm/dd/yyyy").await;
    later(&bed, &engine).await;
    let engine = says(&bed, Some(engine), "dates: dd/mm/yyyy").await;
    put(&bed, &[&edited.replace("quay", "pier"), paid, held]);
    later(&bed, &engine).await;
    verified(&engine, "D1").await;
    assert_eq!(bed.payments(), 3);
    let invoice = bed.invoice("D1").unwrap();
    assert_eq!(day(&invoice, "DateString"), "2026-08-07");
    assert_eq!(
        invoice["LineItems"][0]["Description"],
        json!("Work at the pier")
    );
}

#[tokio::test]
async fn a_column_that_was_mistaken_is_read_anew_for_what_is_held_and_only_counted_for_what_is_posted()
 {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let columns = |total: &str, text: &str| {
        format!(
            "currency: AUD, columns: {{ number: number, date: date, contact.name: contact.name, total: {total}, line.name: {text}, line.unit_amount: line.unit_amount, line.taxable: line.taxable }}, ignore: [a.total, b.total, payment.date, payment.amount]"
        )
    };
    let path = |name: &str| bed.folder.path().join("data").join(name);
    let engine = says(&bed, None, &columns("a.total", "code")).await;
    let head = "number,date,contact.name,a.total,b.total,code,text,line.unit_amount,line.taxable\n";
    let rows = "F1,2026-07-01,Ann Wharf,100.00,100.00,X1,Crane,100.00,no\nF2,2026-07-02,Ann Wharf,75.00,100.00,X2,Crane,100.00,no\n";
    std::fs::write(path("a.csv"), format!("{head}{rows}")).unwrap();
    synced(&engine).await;
    verified(&engine, "F1").await;
    assert_eq!(end(&engine, "F2").await.0, DocState::Held);
    let engine = says(&bed, Some(engine), &columns("b.total", "text")).await;
    later(&bed, &engine).await;
    verified(&engine, "F2").await;
    let described = |n: &str| bed.invoice(n).unwrap()["LineItems"][0]["Description"].clone();
    assert_eq!(described("F2"), json!("Crane"));
    assert_eq!(described("F1"), json!("X1"));
    assert_eq!(otherwise(&engine).await, Some((1, vec!["text".to_owned()])));
    // What no word fits is held with what cannot be read, and is let go by the word.
    let engine = says(
        &bed,
        Some(engine),
        &format!("decimal: comma, {}", columns("b.total", "text")),
    )
    .await;
    std::fs::write(
        path("a.csv"),
        format!("{head}{rows}F3,2026-07-03,Ann Wharf,1.00,1.00,X3,Crane,1.00,no\n"),
    )
    .unwrap();
    later(&bed, &engine).await;
    assert_eq!(bed.invoices(), 2);
    assert_eq!(total(&bed.invoice("F1").unwrap()), amount("100.00"));
    let engine = says(&bed, Some(engine), &columns("b.total", "text")).await;
    later(&bed, &engine).await;
    verified(&engine, "F3").await;
}

/// What may have left is compared with what was decided on, and not with what the same record is read as today.
#[tokio::test]
async fn a_refund_in_doubt_is_another_one_once_its_column_is_put_right() {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
        ("refunds", "credit_note"),
    ]));
    let columns = |of: &str, not: &str| {
        format!(
            "currency: AUD, columns: {{ number: number, date: date, contact.name: contact.name, total: total, line.name: line.name, line.unit_amount: line.unit_amount, line.taxable: line.taxable, payment.id: id, payment.date: day, payment.refunds: back, payment.amount: {of} }}, ignore: [{not}]"
        )
    };
    let engine = says(&bed, None, &columns("x.amount", "y.amount")).await;
    let head = "number,date,contact.name,total,line.name,line.unit_amount,line.taxable,id,day,back,x.amount,y.amount\n";
    let sold = "F1,2026-07-01,Ann Wharf,100.00,Crane,100.00,no,P1,2026-07-02,,100.00,100.00\n";
    let back = "F1,,,,,,,R1,2026-07-03,P1,-60.00,-40.00\n";
    let path = bed.folder.path().join("data").join("a.csv");
    std::fs::write(&path, format!("{head}{sold}")).unwrap();
    synced(&engine).await;
    verified(&engine, "F1").await;
    bed.minutes(30);
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "CreditNotes", "times": 0, "fault": "drop_after"}]));
    std::fs::write(&path, format!("{head}{sold}{back}")).unwrap();
    let _ = super::bed::sync(&engine).await;
    bed.heal().await;
    bed.minutes(6);
    let engine = says(&bed, Some(engine), &columns("y.amount", "x.amount")).await;
    synced(&engine).await;
    super::bed::held(&engine, "F1", "payment.in_doubt", "40.00", "nothing").await;
    for _ in 0..2 {
        bed.minutes(20);
        synced(&engine).await;
        super::bed::held(&engine, "F1", "payment.half", "60.00", "void").await;
        assert_eq!((bed.credit_notes().len(), bed.payments()), (1, 1));
    }
}

#[tokio::test]
async fn the_zone_of_an_account_is_put_right_without_a_change_at_the_source() {
    let bed = Bed::new(&file(&[]));
    // Eight in the evening in London is the next morning in Sydney.
    let order = super::bed::with(
        super::bed::order(1, 1041, "2026-07-10"),
        json!({"order_time": "2026-07-09T20:00:00Z"}),
    );
    bed.keap(shop(vec![order]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(
        day(&bed.invoice("1041").unwrap(), "DateString"),
        "2026-07-10"
    );
    drop(engine);
    bed.setting("keap", "zone", "Europe/London");
    let engine = bed.engine().await;
    later(&bed, &engine).await;
    assert_eq!(
        otherwise(&engine).await,
        Some((1, vec!["dates".to_owned()]))
    );
    let reference = |bed: &Bed| bed.invoice("1041").unwrap()["LineItems"][0]["Quantity"].clone();
    let before = reference(&bed);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [super::bed::hire("2"), super::bed::gst("20.00")]}]}));
    later(&bed, &engine).await;
    assert_ne!(reference(&bed), before);
    assert_eq!(
        day(&bed.invoice("1041").unwrap(), "DateString"),
        "2026-07-10"
    );
    verified(&engine, "1041").await;
}

/// The columns of the number and the id say which invoice a row is. Named otherwise after it was posted, the same row would be
/// another invoice, and posted once more.
#[tokio::test]
async fn what_is_posted_is_not_posted_once_more_under_another_number() {
    const HEAD: &str = "Inv,Order,Day,Client,Total,Work,Price,Paid on,Paid\n";
    let columns = |own: &str| {
        format!(
            "currency: AUD, columns: {{ {own}, date: Day, contact.name: Client, total: Total, line.name: Work, line.unit_amount: Price, payment.date: Paid on, payment.amount: Paid }}, ignore: [Inv, Order]"
        )
    };
    let named = |own: &str, ignore: &str| {
        columns(own).replace("ignore: [Inv, Order]", &format!("ignore: [{ignore}]"))
    };
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let by_order = named("number: Order", "Inv");
    let mut engine = says(&bed, None, &by_order).await;
    let path = bed.folder.path().join("data/a.csv");
    let row = "9911,SO-11,2026-07-01,Tina A,100.00,Work,100.00,2026-07-02,30.00\n";
    std::fs::write(&path, format!("{HEAD}{row}")).unwrap();
    synced(&engine).await;
    verified(&engine, "SO-11").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));

    for other in [
        named("number: Inv", "Order"),
        named("number: Order, id: Inv", ""),
    ] {
        engine = says(&bed, Some(engine), &other).await;
        bed.minutes(60);
        let refused = super::bed::sync(&engine).await;
        let told = crossfoot::service::NotDone::from(refused.map(|_| ()).unwrap_err());
        assert!(told.what.contains("SO-11, which is posted"), "{told:?}");
        assert!(told.fix.contains("as they were named before"), "{told:?}");
        // `plan` says so too.
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let planned = crossfoot::service::desk::plan::plan(&engine, &loaded, None, &|_| {}).await;
        let planned = planned.map(|_| ()).unwrap_err();
        assert_eq!(planned.what, told.what);
        assert_eq!((bed.invoices(), bed.payments()), (1, 1), "{other}");
    }

    // The cure: as before, and it goes on; other names for other columns are no matter.
    let engine = says(&bed, Some(engine), &by_order).await;
    let more = "9912,SO-12,2026-07-03,Tina B,200.00,Work,200.00,,\n";
    std::fs::write(&path, format!("{HEAD}{row}{more}")).unwrap();
    later(&bed, &engine).await;
    verified(&engine, "SO-11").await;
    verified(&engine, "SO-12").await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}
